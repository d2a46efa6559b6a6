/*
 * The costs of operations by the number of tasks: bench/scale.js. Each function repeats its operation with all tasks in
 * turn, and reports the nanoseconds of one, and when to read the memory. Natively it is a program for cachegrind.
 */
#include <lull.h>
#include <lull_sync.h>
#include <stdlib.h>

#ifdef __wasm__
LULL_HOST(double, milliseconds)            /* the host's clock, which a run does not keep */
LULL_HOST(void, tell_memory, (int, tasks)) /* the resident memory, now with these tasks; 0: before them */
LULL_HOST(void, tell, (int, row), (double, nanoseconds))

static double clock_now(void)
{
    double now;
    lull_check(milliseconds(&now));
    return now;
}
#define MEMORY(tasks) lull_check(tell_memory(tasks))
#define TELL(row, milliseconds, operations) lull_check(tell(row, (milliseconds)*1e6 / (operations)))
#else
#define clock_now() 0.0
#define MEMORY(tasks) ((void)(tasks))
#define TELL(row, milliseconds, operations) ((void)(milliseconds))
#endif

/* Enough for these tasks, on a stack of their own. */
#define STACK 2048
#define ROUNDS 5

static struct {
    lull_wait_group tasks; /* that have not ended: a group would take memory for each */
    bool over;
    int left;        /* tasks that have not done their part of a round */
    lull_future end; /* settled where none is left */
    double morning;  /* when all sleepers wake */
    uint32_t random;
} shared;

static lull_spawn_options options_of(lull_function function, const void *argument, int on_shared)
{
    return (lull_spawn_options){
        .function = function,
        .argument = (void *)argument,
        .stack_size = on_shared ? 0 : STACK,
        .stack = on_shared ? LULL_STACK_SHARED : NULL,
    };
}

static void spawn_all(int count, lull_function function, lull_task *tasks, int on_shared)
{
    lull_check(lull_wait_group_add(&shared.tasks, count));
    for (int i = 0; i < count; i++) {
        const lull_spawn_options options = options_of(function, NULL, on_shared);
        lull_task task = lull_spawn_with(&options);
        lull_check(task);
        if (tasks) tasks[i] = task;
    }
}

static lull_value ended(void *argument)
{
    lull_check(lull_wait_group_done(&shared.tasks));
    return lull_from_pointer(argument);
}

/* ---- Switches --------------------------------------------------------------------------------------------------- */

static lull_value pauser(void *argument)
{
    while (!shared.over) lull_check(lull_pause(0));
    return ended(argument);
}

static void switches(int tasks, int times, int on_shared)
{
    shared.over = false;
    MEMORY(0);
    spawn_all(tasks - 1, pauser, NULL, on_shared);
    for (int i = 0; i < 2; i++) lull_check(lull_pause(0));
    MEMORY(tasks);
    for (int round = 0; round < ROUNDS; round++) {
        const double start = clock_now();
        for (int i = 0; i < times; i++) lull_check(lull_pause(0));
        TELL(0, clock_now() - start, (double)tasks * times);
    }
    shared.over = true;
    lull_check(lull_wait_group_wait(&shared.tasks));
}

/* ---- Timers ----------------------------------------------------------------------------------------------------- */

static double noise(void)
{
    shared.random = shared.random * 1664525 + 1013904223;
    return shared.random / 4294967296.0;
}

/* A sleeper that another task wakes before its time, until all is over. */
static lull_value interrupted(void *argument)
{
    while (!shared.over) lull_check(lull_pause(1e5 + 1e4 * noise()));
    return ended(argument);
}

static void timers(int tasks, int times)
{
    lull_task *all = malloc((size_t)tasks * sizeof *all);
    if (!all) lull_fail(LULL_ENOMEM, NULL);
    memset(all, 1, (size_t)tasks * sizeof *all); /* not memory of the tasks */
    shared.over = false;
    MEMORY(0);
    spawn_all(tasks, interrupted, all, 1);
    for (int i = 0; i < 2; i++) lull_check(lull_pause(0));
    MEMORY(tasks);
    for (int round = 0; round < ROUNDS; round++) {
        double cancel = 0, set = 0;
        for (int i = 0; i < times; i++) {
            const double start = clock_now();
            for (int task = 0; task < tasks; task++) lull_check(lull_resume(all[task], 0));
            const double cancelled = clock_now();
            lull_check(lull_pause(0));
            cancel += cancelled - start;
            set += clock_now() - cancelled;
        }
        TELL(0, set, (double)tasks * times);
        TELL(1, cancel, (double)tasks * times);
    }
    shared.over = true;
    for (int task = 0; task < tasks; task++) lull_check(lull_resume(all[task], 0));
    lull_check(lull_wait_group_wait(&shared.tasks));
    free(all);
}

#ifdef __wasm__ /* by its clock */
static lull_value sleeper(void *argument)
{
    const double left = shared.morning - lull_now();
    lull_check(lull_pause((left > 0 ? left : 0) + 0.01 * noise()));
    if (--shared.left == 0) lull_check(lull_future_resolve(shared.end, 0));
    return ended(argument);
}

/* Sleepers whose time has come while this task did not let them run; they end, too. */
static void fired(int tasks, int times)
{
    for (int round = 0; round < ROUNDS; round++) {
        double sum = 0;
        for (int i = 0; i < times; i++) {
            shared.left = tasks;
            shared.end = lull_future_new();
            shared.morning = lull_now() + 0.001 + tasks * 2e-6;
            spawn_all(tasks, sleeper, NULL, 1);
            lull_check(lull_pause(0));
            const double late =
                clock_now() + 12 + 1e3 * (shared.morning > lull_now() ? shared.morning - lull_now() : 0);
            double start = clock_now();
            while (start < late) start = clock_now();
            lull_check(lull_await(shared.end, NULL));
            sum += clock_now() - start;
            lull_check(lull_future_free(shared.end));
        }
        TELL(0, sum, (double)tasks * times);
    }
}
#endif

/* ---- Spawns ------------------------------------------------------------------------------------------------------ */

static lull_value nothing(void *argument)
{
    return ended(argument);
}

/* Tasks that are all there before the first one runs, and end. */
static void spawns(int tasks, int times)
{
    MEMORY(0);
    spawn_all(tasks, nothing, NULL, 0);
    MEMORY(tasks);
    lull_check(lull_wait_group_wait(&shared.tasks));
    for (int round = 0; round < ROUNDS; round++) {
        const double start = clock_now();
        for (int i = 0; i < times; i++) {
            spawn_all(tasks, nothing, NULL, 0);
            lull_check(lull_wait_group_wait(&shared.tasks));
        }
        TELL(0, clock_now() - start, (double)tasks * times);
    }
}

/* ---- Channels ---------------------------------------------------------------------------------------------------- */

typedef struct pair {
    lull_chan channel;
    int times;
    lull_task sender, receiver;
} pair;

static lull_value send_all(void *argument)
{
    const pair *self = argument;
    while (!shared.over) {
        for (int i = 0; i < self->times; i++) lull_check(lull_send(self->channel, &i));
        lull_check(lull_yield_to(NULL, NULL));
    }
    return ended(argument);
}

static lull_value receive_all(void *argument)
{
    const pair *self = argument;
    while (!shared.over) {
        int value;
        for (int i = 0; i < self->times; i++) lull_check(lull_receive(self->channel, &value));
        if (--shared.left == 0) lull_check(lull_future_resolve(shared.end, 0));
        lull_check(lull_yield_to(NULL, NULL));
    }
    return ended(argument);
}

static void resume_all(const pair *pairs, int count)
{
    for (int i = 0; i < count; i++) {
        lull_check(lull_resume(pairs[i].sender, 0));
        lull_check(lull_resume(pairs[i].receiver, 0));
    }
}

/* Half of the tasks send to the other half, each over a channel of its own. */
static void messages(int tasks, int times)
{
    const int count = tasks / 2;
    pair *pairs = malloc((size_t)count * sizeof *pairs);
    if (!pairs) lull_fail(LULL_ENOMEM, NULL);
    memset(pairs, 1, (size_t)count * sizeof *pairs); /* not memory of the tasks */
    shared.over = false;
    MEMORY(0);
    lull_check(lull_wait_group_add(&shared.tasks, 2 * count));
    for (int round = -1; round < ROUNDS; round++) {
        shared.left = count;
        shared.end = lull_future_new();
        const double start = clock_now();
        if (round >= 0) resume_all(pairs, count);
        for (int i = 0; i < count && round < 0; i++) {
            pairs[i] = (pair){.channel = lull_chan_new(sizeof(int), 0), .times = times};
            lull_check(pairs[i].channel);
            const lull_spawn_options sender = options_of(send_all, &pairs[i], 0);
            const lull_spawn_options receiver = options_of(receive_all, &pairs[i], 0);
            lull_check(pairs[i].sender = lull_spawn_with(&sender));
            lull_check(pairs[i].receiver = lull_spawn_with(&receiver));
        }
        lull_check(lull_await(shared.end, NULL));
        if (round >= 0)
            TELL(0, clock_now() - start, (double)count * times);
        else
            MEMORY(tasks);
        lull_check(lull_future_free(shared.end));
        lull_check(lull_pause(0)); /* the last ones wait again */
    }
    shared.over = true;
    resume_all(pairs, count);
    lull_check(lull_wait_group_wait(&shared.tasks));
    for (int i = 0; i < count; i++) lull_chan_release(pairs[i].channel);
    free(pairs);
}

/* ---- The entries ------------------------------------------------------------------------------------------------- */

#ifdef __wasm__
LULL_TASK(void, scale_switch, (int, tasks), (int, times))
{
    switches(tasks, times, 0);
}
LULL_TASK(void, scale_switch_shared, (int, tasks), (int, times))
{
    switches(tasks, times, 1);
}
LULL_TASK(void, scale_timer, (int, tasks), (int, times))
{
    timers(tasks, times);
}
LULL_TASK(void, scale_timer_fired, (int, tasks), (int, times))
{
    fired(tasks, times);
}
LULL_TASK(void, scale_spawn, (int, tasks), (int, times))
{
    spawns(tasks, times);
}
LULL_TASK(void, scale_channel, (int, tasks), (int, times))
{
    messages(tasks, times);
}

LULL_TASK(int, add_one, (int, n))
{
    return n + 1;
}

/* Calls in flight until hold_release. */
LULL_TASK(void, hold)
{
    lull_check(lull_await(shared.end, NULL));
}

LULL_TASK(void, hold_open)
{
    shared.end = lull_future_new();
}

LULL_TASK(void, hold_release)
{
    lull_check(lull_future_resolve(shared.end, 0));
}
#else
#include "sched/loop.h"

static struct {
    const char *name;
    int tasks, times;
} asked;

static lull_value entry(void *argument)
{
    const char *name = asked.name;
    if (!strcmp(name, "switch"))
        switches(asked.tasks, asked.times, 0);
    else if (!strcmp(name, "switch-shared"))
        switches(asked.tasks, asked.times, 1);
    else if (!strcmp(name, "timer"))
        timers(asked.tasks, asked.times);
    else if (!strcmp(name, "spawn"))
        spawns(asked.tasks, asked.times);
    else if (!strcmp(name, "channel"))
        messages(asked.tasks, asked.times);
    else
        lull_fail(LULL_EINVAL, "no such measure");
    return lull_from_pointer(argument);
}

int main(int count, char **arguments)
{
    if (count < 4) return 2;
    asked.name = arguments[1];
    asked.tasks = atoi(arguments[2]);
    asked.times = atoi(arguments[3]);
    if (lull_spawn(entry, NULL, .stack_size = 65536) < 0) return 1;
    while (lull__run(LULL_FOREVER, false) == 0) continue;
    return 0;
}
#endif
