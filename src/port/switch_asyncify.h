/* The part of the switch on Asyncify that is inlined where it is used: see switch_asyncify.c. */
#ifndef LULL_SWITCH_ASYNCIFY_H
#define LULL_SWITCH_ASYNCIFY_H

/*
 * Not to be inlined, here or in Binaryen: toolchain/switches/asyncify.js sees to it for the functions that call
 * Asyncify's intrinsics.
 */
#define LULL__BLOCKING __attribute__((noinline))

#define LULL__SUSPEND(context)                                                                                         \
    do {                                                                                                               \
        lull__context_unwind(context);                                                                                 \
        return 0;                                                                                                      \
    } while (0)

#define LULL__ASYNCIFY(name) __attribute__((import_module("asyncify"), import_name(name)))
/* The instrument step keeps what these would have in `data` in the stack's limit. */
LULL__ASYNCIFY("start_unwind") void lull__start_unwind(void *data);
LULL__ASYNCIFY("stop_unwind") void lull__stop_unwind(void);
LULL__ASYNCIFY("start_rewind") void lull__start_rewind(void *data);
LULL__ASYNCIFY("stop_rewind") void lull__stop_rewind(void);

/* Supplied by the instrument step: the end of the saved frames. */
__attribute__((import_module("lull build"), import_name("stack_limit"))) char *lull__stack_limit(void);

/* Supplied by the instrument step: what Asyncify is doing. */
__attribute__((import_module("lull build"), import_name("switching"))) int lull__asyncify_state(void);
enum { LULL__ASYNCIFY_NORMAL, LULL__ASYNCIFY_UNWINDING, LULL__ASYNCIFY_REWINDING };

static inline const char *lull__context_open(lull__context *context)
{
    (void)context;
    return NULL;
}

static inline void lull__context_abandon(lull__context *context)
{
    (void)context;
}

static inline bool lull__context_enter(lull__context *context, bool resumes, lull_function function, void *argument,
                                       lull_value *result)
{
    char *pointer = lull__stack_pointer();
    lull__set_stack(context->c.limit, context->c.pointer);
    if (resumes) lull__start_rewind(NULL);
    *result = function(argument);
    bool returned = lull__asyncify_state() == LULL__ASYNCIFY_NORMAL;
    lull__stop_unwind();
    context->c.limit = lull__stack_limit();
    context->c.pointer = lull__stack_pointer(); /* as it was at the suspension: see lull__context_unwind */
    lull__set_stack(NULL, pointer);
    return returned;
}

static inline bool lull__context_resumed(void)
{
    if (lull__asyncify_state() != LULL__ASYNCIFY_REWINDING) return false;
    lull__stop_rewind();
    return true;
}

/*
 * The C stack pointer stays what it is for the caller's caller: a blocking function has no C stack frame of its own,
 * or each resumption would leave one behind, and functions that unwind leave theirs in place. So the runtime is always
 * compiled with optimization, and the build checks.
 */
static inline void lull__context_unwind(lull__context *context)
{
    (void)context;
    lull__start_unwind(NULL);
}

#endif
