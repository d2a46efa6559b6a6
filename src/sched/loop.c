/* The loop: one run of the ready tasks, within a budget of time. See D75, D45, D59, D60, D62. */
#include "sched/loop.h"

#include <limits.h>

#include "base/wakeup.h"
#include "lull_protocol.h"
#include "port/port.h"
#include "sched/notify.h"
#include "sched/shared_stack.h"
#include "sched/slice.h"
#include "sched/state.h"
#include "sched/task_part.h"
#include "sched/wait.h"

/*
 * Reading the clock costs as much as several switches, so a run reads it every few slices: at first after each, then
 * after twice as many, up to SLICES_MAX, as long as they take no more than SMALL_PART of the budget.
 */
#define SLICES_MAX 64
#define SMALL_PART (1.0 / 64)

/* A run also ends after this many readings: the clock of some hosts stands still during a run (workerd). */
#define READINGS_MAX 1024

static inline lull__task *take_ready(lull__runtime *rt)
{
    lull__task *task = rt->ready;
    rt->ready = task->next;
    if (!rt->ready) rt->last = &rt->ready;
    if (rt->resumed == &task->next) rt->resumed = &rt->ready;
    return task;
}

void lull__hook_run_shared(lull__task *task)
{
    lull__rt.sharing->run(task);
}

void lull__hook_free_shared(lull__task *task)
{
    if (lull__rt.sharing) lull__rt.sharing->free(task);
}

/* Whether a task that is not suspended starts now. Else it has ended, or shares a stack: both are dealt with here. */
LULL__COLD static bool starts(lull__task *task)
{
    lull__rt.running = NULL;
    bool ended = task->state == LULL__ENDED;
    if (!ended && task->shares_stack) {
        lull__hook_run_shared(task);
        return false;
    }
    if (ended || !(task->stack || lull__task_start(task))) {
        lull__task_ended(task);
        return false;
    }
    lull__waiter_free_up(&task->waiter);
    return true;
}

/* Run a slice of the running task; or finish it, where it was a flight that has landed. */
static inline void run_slice(lull__task *task, bool resumes)
{
    lull_value result = 0;
    bool returned = lull__slice_run(task, resumes, &result);
    if (lull__context_flies()) return;
    if (!returned && task->state == LULL__RUNNING) { /* lull_pause(0) */
        task->state = LULL__READY;
        lull__ready_last(task);
    } else if (returned || task->state == LULL__ENDED) {
        lull__slice_ended(task, returned, result);
    }
}

/*
 * Run slices while tasks are ready: at least one, and up to `left`, or to a flight. Returns how many of these remain.
 */
LULL__BLOCKING static unsigned run_slices(unsigned left)
{
    lull__runtime *rt = &lull__rt;
    do {
        lull__task *task = take_ready(rt);
        bool resumes = task->state == LULL__READY;
        if (!resumes && !starts(task)) continue;
        task->state = LULL__RUNNING;
        task->slices++;
        rt->running = task;
        run_slice(task, resumes);
    } while (--left && rt->ready && !lull__context_flies());
    return left;
}

/* `observed` is the task that had the last of them; 0: there are no observers. */
static inline void slices_over(lull_task observed)
{
    lull__rt.running = NULL;
    if (observed) {
        const lull__task *task = lull__task_get(observed);
        lull__notify_observer(LULL__AFTER_SLICE, task, task ? 0 : LULL_ESRCH);
    }
}

/* A run that goes on when a flight is over. */
static struct {
    lull_task observed; /* as above */
    bool is_timed;      /* it has looked at the clock */
    double start;       /* its first look */
    double before;      /* its last look */
    double budget;
    unsigned readings; /* how many are left to it */
    unsigned slices;   /* from one look to the next */
    unsigned left;     /* of these */
} in_flight;

static void run_up_to(unsigned slices)
{
    lull_task observed = 0;
    if (lull__rt.observed) {
        slices = 1;
        lull__task *task = lull__rt.ready;
        if (task->state != LULL__ENDED) { /* else it gets no slice */
            observed = lull__task_handle(task);
            lull__notify_observer(LULL__BEFORE_SLICE, task, 0);
        }
    }
    unsigned left = run_slices(slices);
    lull__rt.switches += slices - left;
    if (lull__context_flies()) {
        in_flight.observed = observed;
        in_flight.left = left;
    } else {
        slices_over(observed);
    }
}

/* Read the clock, and fire the timers that are due. */
static double poll_clock(void)
{
    lull__rt.now = lull__port_now();
    lull__timers_fire(lull__rt.now);
    return lull__rt.now;
}

/* How many slices follow a look at the clock, where as many took so long. */
static inline unsigned slices_after(unsigned slices, double taken, double budget)
{
    if (taken >= budget * SMALL_PART) return 1;
    return slices < SLICES_MAX ? slices * 2 : SLICES_MAX;
}

/* Run ready tasks within the rest of the budget, or up to a flight. `host_times`: without a last look. */
static inline void run_ready(double start, double before, double budget, unsigned slices, unsigned readings,
                             bool host_times)
{
    while (lull__rt.ready && before - start < budget && readings--) {
        run_up_to(slices);
        if (host_times && !lull__rt.ready) return;
        if (lull__context_flies()) {
            in_flight.is_timed = true;
            in_flight.start = start;
            in_flight.before = before;
            in_flight.budget = budget;
            in_flight.slices = slices;
            in_flight.readings = readings;
            return;
        }
        double now = poll_clock();
        slices = slices_after(slices, now - before, budget);
        before = now;
    }
}

/* Look at the clock for the first time in a run, and go on with it. */
static inline void run_timed(double budget, bool host_times)
{
    if (!lull__rt.ready && (host_times || lull__timers_next() == LULL_FOREVER)) return;
    double start = poll_clock();
    run_ready(start, start, budget, 1, budget < LULL_FOREVER ? READINGS_MAX : UINT_MAX, host_times);
}

/* The end of a run, or of a part of it that ends with a flight. Returns as lull__run. */
static inline double run_over(void)
{
    lull__runtime *rt = &lull__rt;
    if (lull__context_flies()) return LULL__IN_FLIGHT;
    lull__thread_locals_enter(NULL);
    rt->looping = lull__awake = false;
    if (rt->ready) {
        lull__awake = true; /* by returning 0 */
        return 0;
    }
    double next = lull__timers_next();
    return next > rt->now ? lull__port_deadline(next) : 0;
}

double lull__run(double budget, bool host_times)
{
    lull__runtime *rt = &lull__rt;
    if (rt->looping) return 0; /* called by JavaScript on top of a task */
    rt->looping = lull__awake = true;
    lull__end_tasks(); /* a trap has interrupted that */
    lull__hook_groups_resume();
    /* A single ready task needs no clock, unless for timers. Its slice counts as half of the budget. See D125. */
    if (rt->ready && !rt->ready->next && (host_times || lull__timers_next() == LULL_FOREVER)) {
        run_up_to(1);
        budget /= 2;
        if (lull__context_flies()) {
            in_flight.is_timed = false;
            in_flight.budget = budget;
        }
    }
    if (!lull__context_flies()) run_timed(budget, host_times);
    return run_over();
}

#ifdef LULL__SWITCH_JSPI
double lull__run_on(lull__context *landed, bool last)
{
    lull__runtime *rt = &lull__rt;
    lull__task *task = LULL__CONTAINER(landed, lull__task, context);
    if (lull__context_flies()) {
        lull__slice_departs(task);
        return LULL__IN_FLIGHT;
    }
    if (task->shares_stack) {
        lull__hook_run_shared(task);
    } else {
        run_slice(task, true);
    }
    slices_over(in_flight.observed);
    if (last) return run_over();
    if (in_flight.left && rt->ready) run_up_to(in_flight.left);
    if (lull__context_flies()) return LULL__IN_FLIGHT;
    double budget = in_flight.budget;
    if (in_flight.is_timed) {
        double now = poll_clock();
        unsigned slices = slices_after(in_flight.slices, now - in_flight.before, budget);
        run_ready(in_flight.start, now, budget, slices, in_flight.readings, false);
    } else {
        run_timed(budget, false);
    }
    return run_over();
}
#endif

void lull__dispose(void)
{
    lull__error_release(lull__rt.cancel_reason);
    lull__rt.cancel_reason = NULL;
    lull__hook_dispose_objects();
    lull__hook_free_shared(NULL);
    lull__pools_dispose();
    lull__thread_locals_dispose();
    lull__timers_dispose();
    lull__handles_dispose();
}
