/*
 * The part of the switch on JSPI that is inlined where it is used: see switch_jspi.c. It goes to the engine's stacks by
 * JavaScript, js/features/flights.js.
 */
#ifndef LULL_SWITCH_JSPI_H
#define LULL_SWITCH_JSPI_H

/* Run `lull stack body` on a new stack, until it ends or suspends. */
LULL__STACKS("start") void lull__stack_start(uint32_t slot);
/* Have a stack go on in a microtask of its own. */
LULL__STACKS("resume") void lull__stack_resume(uint32_t slot);
/* Returns in that microtask, with 1 in place of 0 where the stack is to end. */
LULL__STACKS("suspend") int lull__stack_wait(uint32_t slot);

static inline int lull__stack_room(uint32_t slots)
{
    return slots > 0; /* JavaScript's arrays grow by themselves */
}

#define LULL__SUSPEND(context) lull__stack_suspend(context)
void lull__stack_suspend(lull__context *context);

static inline bool lull__context_flies(void)
{
    return lull__entering_now.how == LULL__STACK_FLIES;
}

static inline bool lull__context_lands(void)
{
    return lull__entering_now.lands;
}

void lull__context_trapped(char *pointer);

/* The slice is over, or has trapped, if the flight still is. The C stack pointer is as the slice left it. */
static inline void lull__context_left(void)
{
    lull__entering *now = &lull__entering_now;
    char *pointer = lull__stack_pointer();
    lull__set_stack(NULL, now->pointer);
    if (now->how == LULL__STACK_FLIES) {
        lull__context_trapped(pointer);
    } else {
        now->context->c.pointer = pointer;
    }
}

static inline lull__context *lull__context_land(void)
{
    lull__context_left();
    lull__entering_now.lands = !lull__context_flies();
    return lull__entering_now.context;
}

static inline bool lull__context_enter(lull__context *context, bool resumes, lull_function function, void *argument,
                                       lull_value *result)
{
    lull__entering *now = &lull__entering_now;
    if (!now->lands) {
        now->pointer = lull__stack_pointer();
        now->how = LULL__STACK_FLIES;
        now->context = context;
        if (resumes) {
            lull__stack_resume(context->slot);
            return false;
        }
        now->function = function;
        now->argument = argument;
        lull__set_stack(context->c.limit, context->c.pointer);
        lull__stack_start(context->slot);
        lull__context_left();
        if (lull__context_flies()) return false;
    }
    now->lands = false;
    now->context = NULL;
    context->suspended = now->how == LULL__STACK_SUSPENDED;
    *result = now->result;
    return now->how == LULL__STACK_RETURNED;
}

#endif
