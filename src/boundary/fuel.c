/*
 * Tasks that run for long without a wait: they end after load(…, { maxRunTime }), or let the others run. Linked by
 * `lull build --fuel` alone, which has the program's functions call lull__fuel_used_up every now and then, and by
 * `--fuel=yield`, for which they call lull__fuel_yield (toolchain/fuel.js). See D84, D118.
 */
#include "port/port.h"
#include "sched/scope.h"
#include "sched/state.h"

/*
 * Throws the error by which the task ends. It has advice, in case that the task waits for a variable of another's; with
 * the complement of the function's number, it has none.
 */
__attribute__((import_module("lull"), import_name("overrun"))) _Noreturn void lull__js_overrun(int function);

void lull__fuel_used_up(int function);
void lull__fuel_yield(int function);
void lull_limit_run_time(double seconds);

static double most = LULL_FOREVER;

/* The slice that ran when the clock was last read. */
static uint64_t serial;
static uint64_t slices;
static uint64_t switches;
static double since;

void lull_limit_run_time(double seconds)
{
    most = seconds;
}

/*
 * The slice's time counts from the first reading in it, shortly after its beginning. A function that the loop calls for
 * a task, such as a deferred one, counts as the task's.
 */
static void limit_slice(int function, bool advise)
{
    const lull__runtime *rt = &lull__rt;
    const lull__task *task = rt->running ? rt->running : rt->trap_owner;
    if (!task || most == LULL_FOREVER) return;
    double now = lull__port_now();
    if (task->serial != serial || task->slices != slices || rt->switches != switches) {
        serial = task->serial;
        slices = task->slices;
        switches = rt->switches;
        since = now;
    } else if (now - since > most) {
        serial = 0; /* its deferred functions have as long again */
        lull__js_overrun(advise ? function : ~function);
    }
}

void lull__fuel_used_up(int function)
{
    limit_slice(function, lull__rt.live > 1);
}

/* Whether a task is to end in place of its next round: one that was cancelled ends as if each yield were a wait. */
static bool must_end(lull__task *task)
{
    if (lull__kill_pending(task)) return true;
    bool goes_on = task->canceled && lull__interruption(task) != 0;
    return goes_on && ++task->ignored_cancels > LULL_MAX_IGNORED_CANCELS;
}

/*
 * Behind the ready tasks, as by lull_pause(0), but the program does not know of it: a cancellation stays for the next
 * wait.
 */
LULL__BLOCKING static int give_way(lull__task *task)
{
    if (!lull__context_resumed()) {
        if (task->interrupted && must_end(task)) lull__kill_running(task);
        LULL__SUSPEND(&task->context);
    }
    return 0;
}

/* In the begin of a yieldable, a task is `running`, too, but waits for it already. */
void lull__fuel_yield(int function)
{
    lull__task *task = lull__rt.running;
    if (task && task->state == LULL__RUNNING && !task->waiting_on) {
        give_way(task);
    } else {
        limit_slice(function, false);
    }
}
