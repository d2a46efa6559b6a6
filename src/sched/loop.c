/* The loop: one run of the ready tasks, within a budget of time. */
#include "port/port.h"
#include <limits.h>

/*
 * Looking at the clock costs several switches, so a run does so only every few slices: at first after each, then after
 * twice as many as long as they took a small part of the budget, up to SLICES_MAX.
 */
#define SLICES_MAX 64
#define SMALL_PART (1.0 / 64)

/* A run ends after so many looks, too: there are hosts whose clock stands still until they get their turn (workerd). */
#define LOOKS_MAX 1024

lull__kernel lull__self = {
    .last = &lull__self.ready,
    .resumed = &lull__self.ready,
    .stacks = {.size = LULL_STACK_SIZE},
    .tasks = {.size = sizeof(lull__task)},
    .extras = {.size = sizeof(lull__extra)},
    .scopes = {.size = sizeof(lull__scope)},
    .futures = {.size = sizeof(lull__future)},
    .packs = {.size = sizeof(lull__arguments) + 32},
    .holdings = &lull__joining,
    .random = 1,
};

LULL__COLD void lull__wake_host(void)
{
    lull__self.awake = true;
    lull__host_wake();
}

static inline lull__task *take_ready(lull__kernel *kernel)
{
    lull__task *task = kernel->ready;
    kernel->ready = task->next;
    if (!kernel->ready) kernel->last = &kernel->ready;
    if (kernel->resumed == &task->next) kernel->resumed = &kernel->ready;
    return task;
}

void lull__hook_run_shared(lull__task *task)
{
    lull__self.sharing->run(task);
}

void lull__hook_free_shared(lull__task *task)
{
    if (lull__self.sharing) lull__self.sharing->free(task);
}

void lull__hook_go_on_canceling(void)
{
    if (lull__self.canceling) lull__self.go_on_canceling();
}

/* Whether a task that is not suspended starts now. Else it has ended or shares its stack, and that is seen to. */
LULL__COLD static bool starts(lull__task *task)
{
    lull__self.running = NULL;
    bool ended = task->state == LULL__ENDED;
    if (!ended && task->shares_stack) {
        lull__hook_run_shared(task);
        return false;
    }
    if (ended || !(task->stack || lull__task_start(task))) {
        lull__task_ended(task);
        return false;
    }
    task->state = LULL__READY;
    task->waiter.item = LULL__NO_ITEM;
    return true;
}

/* Run one slice, and more while tasks are ready, up to so many. Returns how many of those it has not run. */
LULL__BLOCKING static unsigned run_slices(unsigned left)
{
    lull__kernel *kernel = &lull__self;
    do {
        lull__task *task = take_ready(kernel);
        bool resumes = task->state == LULL__READY;
        if (!resumes && !starts(task)) continue;
        task->slices++;
        kernel->running = task;
        lull_value result = 0;
        bool returned =
            lull__context_enter(&task->context, resumes, task->function, lull__task_argument(task), &result);
        if (!returned && task->state == LULL__READY) {
            lull__ready_last(task); /* lull_pause(0) */
        } else if (returned || task->state == LULL__ENDED) {
            lull__slice_ended(task, returned, result);
        }
    } while (--left && kernel->ready);
    return left;
}

static void run_up_to(unsigned slices)
{
    bool announced = false;
    if (lull__self.observed) {
        slices = 1;
        announced = lull__self.ready->state != LULL__ENDED; /* else it gets none */
        if (announced) lull__host_observe(LULL__BEFORE_SLICE, lull__self.ready, 0);
    }
    lull__self.switches += slices - run_slices(slices);
    lull__self.running = NULL;
    if (announced) lull__host_observe(LULL__AFTER_SLICE, NULL, 0);
}

/* Look at the clock, and fire what is due. */
static double look(void)
{
    lull__self.now = lull__host_now();
    lull__timers_fire(lull__self.now);
    return lull__self.now;
}

double lull__run(double budget)
{
    lull__kernel *kernel = &lull__self;
    if (kernel->looping) return 0; /* JavaScript called by a task called the loop */
    kernel->looping = kernel->awake = true;
    lull__end_tasks(); /* a trap came between */
    lull__hook_go_on_canceling();
    /* A slice with no timer armed and nothing to run behind it needs no clock. It may have taken half of the budget. */
    if (lull__timers_next() == LULL_FOREVER && kernel->ready && !kernel->ready->next) {
        run_up_to(1);
        budget /= 2;
    }
    if (kernel->ready || lull__timers_next() != LULL_FOREVER) {
        double start = look();
        double before = start;
        unsigned slices = 1;
        unsigned looks = budget < LULL_FOREVER ? LOOKS_MAX : UINT_MAX;
        while (kernel->ready && before - start < budget && looks--) {
            run_up_to(slices);
            double now = look();
            slices = now - before >= budget * SMALL_PART ? 1 : slices < SLICES_MAX ? slices * 2 : SLICES_MAX;
            before = now;
        }
    }
    kernel->looping = kernel->awake = false;
    if (kernel->ready) {
        kernel->awake = true; /* the host sees to it */
        return 0;
    }
    double next = lull__timers_next();
    if (next == LULL_FOREVER) return -1;
    return next > kernel->now ? next - kernel->now : 0;
}

void lull__dispose(void)
{
    lull__error_release(lull__self.given);
    lull__self.given = NULL;
    for (int kind = 0; kind < LULL__KINDS; kind++) {
        uint32_t index = 0;
        void *object;
        if (!lull__self.disposers[kind]) continue;
        while ((object = lull__handle_next((lull__kind)kind, &index))) lull__self.disposers[kind](object);
    }
    lull__pool_dispose(&lull__self.stacks);
    lull__hook_free_shared(NULL);
    lull__pool_dispose(&lull__self.tasks);
    lull__pool_dispose(&lull__self.extras);
    lull__pool_dispose(&lull__self.scopes);
    lull__pool_dispose(&lull__self.futures);
    lull__pool_dispose(&lull__self.packs);
    lull__timers_dispose();
    lull__handles_dispose();
}
