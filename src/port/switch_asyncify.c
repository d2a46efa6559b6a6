/*
 * The switch on Asyncify. The loop's function that enters tasks is what Asyncify calls the bottom-most runtime, the
 * blocking functions are its top-most: the pass leaves both uninstrumented, and nothing may inline them.
 *
 * To suspend, a blocking function starts an unwind: every function below it saves its locals and returns, down to
 * enter, which stops the unwind. To resume, enter starts a rewind and calls the task's function again: every function
 * restores its locals and calls on to where it was, up to the blocking function, which stops the rewind and goes on.
 *
 * Overflow. The instrument step (toolchain/instrument.js) makes every change of the C stack pointer, and every
 * frame that is saved, check the limit, and trap. So no byte outside of the stack is written. See D44.
 */
#include <string.h>

#include "port/switch.h"

#define EXPORT(name) __attribute__((export_name(name)))

/* With less room than this, whatever runs would overflow. */
#define ROOM_MIN 768

static bool overflowed; /* the C stack */

static char *top_of(const void *stack, size_t size)
{
    return (char *)(((uintptr_t)stack + size) & ~(uintptr_t)15); /* what compilers rely on */
}

void lull__context_reset(lull__context *context, void *stack, size_t size)
{
    context->limit = (char *)stack;
    context->pointer = top_of(stack, size);
}

void lull__context_reset_beyond(lull__context *context, void *stack, size_t size)
{
    char *bottom = (char *)stack;
    if (context->pointer - bottom < ROOM_MIN) {
        lull__context_reset(context, stack, size);
    } else {
        context->limit = bottom;
    }
}

size_t lull__context_kept(const lull__context *context, const void *stack, size_t size)
{
    return (size_t)(context->limit - (const char *)stack) + (size_t)(top_of(stack, size) - context->pointer);
}

void lull__context_save(const lull__context *context, const void *stack, size_t size, void *copy)
{
    size_t frames = (size_t)(context->limit - (const char *)stack);
    memcpy(copy, stack, frames);
    memcpy((char *)copy + frames, context->pointer, (size_t)(top_of(stack, size) - context->pointer));
}

void lull__context_restore(const lull__context *context, void *stack, size_t size, const void *copy)
{
    size_t frames = (size_t)(context->limit - (const char *)stack);
    memcpy(stack, copy, frames);
    memcpy(context->pointer, (const char *)copy + frames, (size_t)(top_of(stack, size) - context->pointer));
}

LULL__BLOCKING void lull__context_leave(lull__context *context)
{
    lull__context_unwind(context);
}

void lull__context_dispose(lull__context *context)
{
    (void)context;
}

EXPORT("lull stack overflow") void lull__stack_overflow(void)
{
    overflowed = true;
    __builtin_trap();
}

bool lull__context_recover(lull__context *context, char *pointer)
{
    bool overflow = overflowed;
    overflowed = false;
    if (context && !overflow) context->pointer = pointer;
    if (lull__asyncify_state() == LULL__ASYNCIFY_UNWINDING) {
        overflow = true; /* of the saved frames: nothing else traps meanwhile */
        lull__stop_unwind();
    } else if (lull__asyncify_state() == LULL__ASYNCIFY_REWINDING) {
        lull__stop_rewind();
    }
    return overflow;
}
