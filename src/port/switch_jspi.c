/*
 * The switch on JSPI: WebAssembly's promise integration, which has a stack of the engine's wait for a promise of
 * JavaScript. A slice that starts a task runs below the loop, as with any switch. A slice that goes on cannot: an
 * engine runs a stack whose promise is settled in a microtask. So the loop returns, and that slice is a flight:
 *
 *     the loop                        the engine's stack, in microtasks     JavaScript
 *     lull__context_enter()  ------------------------------------------>   settles the promise
 *         returns; lull__context_flies()
 *                                     LULL__SUSPEND is over:
 *                                     lull__entering_now.arrived()
 *                                         …
 *                                     it suspends, returns or traps  --->  the very next microtask
 *     lull_land: the run goes on  <-------------------------------------
 *
 * The microtasks that were queued before the flight run while it has not arrived. The task counts as in a call of
 * JavaScript then, and so does a trapped one until the engine reports the trap: JavaScript may call any export.
 * See D122.
 */
#include "port/switch.h"

/* On the task's stack, between its functions and the engine. */
void lull__stack_suspend(lull__context *context)
{
    lull__entering_now.how = LULL__STACK_SUSPENDED;
    if (lull__stack_wait(context->slot)) lull__stack_leave();
    lull__entering_now.pointer = lull__stack_pointer(); /* that of no loop */
    lull__set_stack(context->c.limit, context->c.pointer);
    lull__entering_now.arrived(context);
}

void lull__context_trapped(char *pointer)
{
    lull__entering *now = &lull__entering_now;
    now->overflow = lull__c_stack_recover(&now->context->c, pointer);
    now->context->suspended = false;
    lull__stack_forget(now->context->slot);
}

bool lull__context_recover(lull__context *context, char *pointer)
{
    lull__entering *now = &lull__entering_now;
    if (!context || context != now->context) return lull__c_stack_recover(context ? &context->c : NULL, pointer);
    now->context = NULL;
    now->how = LULL__STACK_LEFT;
    return now->overflow;
}
