/* The part of the switch on Asyncify that is inlined where it is used: see switch_asyncify.c. */
#ifndef LULL_SWITCH_ASYNCIFY_H
#define LULL_SWITCH_ASYNCIFY_H

#define LULL__ASYNCIFY(name) __attribute__((import_module("asyncify"), import_name(name)))
LULL__ASYNCIFY("start_unwind") void lull__start_unwind(void *data);
LULL__ASYNCIFY("stop_unwind") void lull__stop_unwind(void);
LULL__ASYNCIFY("start_rewind") void lull__start_rewind(void *data);
LULL__ASYNCIFY("stop_rewind") void lull__stop_rewind(void);

/* Supplied by the instrument step: go to another C stack, at `pointer`, which may not move below `bottom`. */
__attribute__((import_module("lull build"), import_name("set_stack"))) void lull__set_stack(char *bottom,
                                                                                            char *pointer);

/* Supplied by the instrument step: the largest frame that any function saves. */
__attribute__((import_module("lull build"), import_name("frame_room"))) size_t lull__frame_room(void);

/* Supplied by the instrument step: what Asyncify is doing. */
__attribute__((import_module("lull build"), import_name("switching"))) int lull__switching(void);
enum { LULL__STRAIGHT, LULL__UNWINDING, LULL__REWINDING };

static inline char *lull__stack_pointer(void)
{
    char *pointer;
    __asm__ volatile(".globaltype __stack_pointer, i32\nglobal.get __stack_pointer\nlocal.set %0" : "=r"(pointer));
    return pointer;
}

static inline bool lull__context_enter(lull__context *context, bool resumes, lull_function function, void *argument,
                                       lull_value *result)
{
    char *pointer = lull__stack_pointer();
    lull__set_stack(context->bottom, context->pointer);
    if (resumes) lull__start_rewind(&context->frames_top);
    lull_value returned = function(argument);
    bool suspended = lull__switching() == LULL__UNWINDING;
    if (suspended) {
        lull__stop_unwind();
    } else {
        *result = returned;
    }
    lull__set_stack(NULL, pointer);
    return !suspended;
}

static inline bool lull__context_resumed(void)
{
    if (lull__switching() != LULL__REWINDING) return false;
    lull__stop_rewind();
    return true;
}

/*
 * The C stack pointer is the caller's caller's: a blocking function has no C stack frame of its own, or each resumption
 * would leave one behind. So the runtime is always compiled with optimization, and instrument.js checks.
 */
static inline void lull__context_unwind(lull__context *context)
{
    context->pointer = lull__stack_pointer();
    context->frames_end = context->pointer - lull__frame_room();
    lull__start_unwind(&context->frames_top);
}

#endif
