/*
 * The switch on Asyncify. The loop's function that enters tasks is what Asyncify calls the bottom-most runtime, the
 * blocking functions are its top-most: the pass leaves both uninstrumented, and nothing may inline them.
 *
 * To suspend, a blocking function starts an unwind: every function below it saves its locals and returns, down to
 * enter, which stops the unwind. To resume, enter starts a rewind and calls the task's function again: every function
 * restores its locals and calls on to where it was, up to the blocking function, which stops the rewind and goes on.
 *
 * A stack's layout: the C stack grows down from its top; the frames that Asyncify saves while the task does not run
 * grow up from its bottom (TinyGo's layout). They share the room between: the end of the frames, which is the bottom
 * while the task runs, is also the limit of the C stack. The build makes every frame that is saved check the limit, as
 * every change of the C stack pointer does. See D44.
 */
#include "port/switch.h"

void lull__context_reset(lull__context *context, void *stack, size_t size)
{
    lull__c_stack_reset(&context->c, stack, size);
}

void lull__context_reset_beyond(lull__context *context, void *stack, size_t size)
{
    lull__c_stack_reset_beyond(&context->c, stack, size);
}

LULL__BLOCKING void lull__context_leave(lull__context *context)
{
    lull__context_unwind(context);
}

void lull__context_dispose(lull__context *context)
{
    (void)context;
}

bool lull__context_recover(lull__context *context, char *pointer)
{
    bool overflow = lull__c_stack_recover(context ? &context->c : NULL, pointer);
    if (lull__asyncify_state() == LULL__ASYNCIFY_UNWINDING) {
        overflow = true; /* of the saved frames: nothing else traps meanwhile */
        lull__stop_unwind();
    } else if (lull__asyncify_state() == LULL__ASYNCIFY_REWINDING) {
        lull__stop_rewind();
    }
    return overflow;
}
