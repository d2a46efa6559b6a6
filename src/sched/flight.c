/*
 * Flights: slices that go on below no loop, but in a microtask of the engine's, on the switch on JSPI: see
 * port/switch_jspi.c. See D122.
 */
#include "sched/loop.h"
#include "sched/slice.h"
#include "sched/state.h"
#include "sched/wait.h"

#ifdef LULL__SWITCH_JSPI

static void arrived(lull__context *context)
{
    lull__task *task = LULL__CONTAINER(context, lull__task, context);
    lull__rt.calling = NULL;
    lull__rt.running = task;
    lull__slice_enter(task);
    if (!lull__kill_pending(task)) return;
    lull__kill_running(task);
    lull__context_leave(context);
}

/* It counts as in a call of JavaScript, so that it may be cancelled and killed. */
void lull__slice_departs(lull__task *task)
{
    lull__runtime *rt = &lull__rt;
    lull__entering_now.arrived = arrived;
    rt->calling = task;
    rt->running = rt->trap_owner = rt->beneath = NULL;
    lull__thread_locals_enter(NULL);
}

/*
 * JavaScript calls this in the microtask after a flight. Returns as lull__run. It uses no C stack before it has left
 * that of the task.
 */
__attribute__((export_name("lull_land"))) double lull__js_land(int last)
{
    return lull__run_on(lull__context_land(), last);
}

#else

void lull__slice_departs(lull__task *task)
{
    (void)task; /* there are no flights */
}

#endif
