/*
 * The end of a task that holds the event loop for longer than load(…, { maxRunTime }) allows. Linked by
 * `lull build --fuel` alone, which has the program's functions call lull__fuel_used_up every now and then
 * (toolchain/fuel.js). See D84.
 */
#include "port/port.h"
#include "sched/state.h"

/* Throws the error by which the task ends. */
__attribute__((import_module("lull"), import_name("overrun"))) _Noreturn void lull__js_overrun(int function);

void lull__fuel_used_up(int function);
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
void lull__fuel_used_up(int function)
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
        lull__js_overrun(function);
    }
}
