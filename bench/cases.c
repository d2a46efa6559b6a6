/* The tasks that bench/run.js measures. Each repeats its work, so that the cost of its start does not count. */
#include <lull.h>
#include <stdlib.h>

LULL_HOST(int, settled, (int, n))
LULL_HOST(int, sum, (int, a), (int, b)) /* not a promise */

static volatile int sink;
static volatile int one = 1; /* keeps the recursion from being folded */

__attribute__((noinline)) static int pause_below(int depth)
{
    if (depth == 0) return lull_pause(0);
    int status = pause_below(depth - one);
    sink += status;
    return status;
}

static lull_value pauser(void *times)
{
    for (int i = 0; i < (int)(intptr_t)times; i++) lull_check(lull_pause(0));
    return 0;
}

static lull_value deep_pauser(void *times)
{
    for (int i = 0; i < (int)(intptr_t)times; i++) lull_check(pause_below(16));
    return 0;
}

static lull_value very_deep_pauser(void *times)
{
    for (int i = 0; i < (int)(intptr_t)times; i++) lull_check(pause_below(256));
    return 0;
}

static void two_at_once(lull_function function, int times)
{
    lull_future first = lull_future_new();
    lull_future second = lull_future_new();
    lull_check(lull_spawn(function, (void *)(intptr_t)times, .result = first));
    lull_check(lull_spawn(function, (void *)(intptr_t)times, .result = second));
    lull_check(lull_await(first, NULL));
    lull_check(lull_await(second, NULL));
    lull_check(lull_future_free(first));
    lull_check(lull_future_free(second));
}

LULL_TASK(void, pause_twice, (int, times))
{
    two_at_once(pauser, times);
}

LULL_TASK(void, pause_deep_twice, (int, times))
{
    two_at_once(deep_pauser, times);
}

LULL_TASK(void, pause_very_deep_twice, (int, times))
{
    two_at_once(very_deep_pauser, times);
}

LULL_TASK(void, pause_many, (int, tasks), (int, times))
{
    lull_group group = lull_group_open();
    for (int i = 0; i < tasks; i++) lull_check(lull_spawn(pauser, (void *)(intptr_t)times, .group = group));
    lull_check(lull_group_wait(group));
}

static lull_value nothing(void *argument)
{
    return lull_from_pointer(argument);
}

LULL_TASK(void, spawn_many, (int, times))
{
    for (int i = 0; i < times; i++) {
        lull_check(lull_spawn(nothing, NULL));
        if (i % 64 == 63) lull_check(lull_pause(0));
    }
}

static lull_value waiter(void *argument)
{
    lull_check(lull_pause(LULL_FOREVER));
    return lull_from_pointer(argument);
}

LULL_TASK(void, kill_many, (int, times))
{
    for (int i = 0; i < times; i++) {
        lull_task task = lull_spawn(waiter, NULL);
        lull_check(task);
        lull_check(lull_pause(0));
        lull_check(lull_kill(task));
    }
}

LULL_TASK(int, add_one, (int, n))
{
    return n + 1;
}

/* Keeps a timer armed. */
LULL_TASK(void, nap)
{
    (void)lull_pause(3600);
}

LULL_TASK(char *, echo, (const char *, text))
{
    const size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (!copy) lull_fail(LULL_ENOMEM, NULL);
    return memcpy(copy, text, size);
}

LULL_TASK(int, sum_many, (int, times))
{
    int total = 0;
    for (int i = 0; i < times; i++) lull_check(sum(total, i & 1, &total));
    return total;
}

LULL_TASK(int, await_many, (int, times))
{
    int sum = 0;
    for (int i = 0; i < times; i++) {
        int value;
        lull_check(settled(i, &value));
        sum += value;
    }
    return sum;
}

/* ---- Channels --------------------------------------------------------------------------------------------------- */

typedef struct flow {
    lull_chan channel;
    int times;
} flow;

static lull_value sender(void *argument)
{
    const flow *flow = argument;
    for (int i = 0; i < flow->times; i++) lull_check(lull_send(flow->channel, &i));
    return 0;
}

/* Ints from one task to another. */
LULL_TASK(int, channel, (int, times), (int, capacity))
{
    flow flow = {lull_chan_new(sizeof(int), (size_t)capacity), times};
    lull_spawn(sender, &flow);
    int sum = 0, value;
    for (int i = 0; i < times; i++) {
        lull_check(lull_receive(flow.channel, &value));
        sum += value;
    }
    lull_chan_release(flow.channel);
    return sum;
}

/* The same from two tasks, one of which sends nothing. */
LULL_TASK(int, select_one, (int, times))
{
    flow flow = {lull_chan_new(sizeof(int), 0), times};
    lull_chan silent = lull_chan_new(sizeof(int), 0);
    lull_spawn(sender, &flow);
    int sum = 0, value;
    for (int i = 0; i < times; i++) {
        lull_case cases[] = {{.receive = flow.channel, .element = &value}, {.receive = silent, .element = &value}};
        lull_check(lull_select(cases, 2));
        sum += value;
    }
    lull_chan_release(flow.channel);
    lull_chan_release(silent);
    return sum;
}

LULL_GENERATOR(int, count, (int, times))
{
    for (int i = 0; i < times; i++) lull_emit(i);
}

/* ---- Mutexes ---------------------------------------------------------------------------------------------------- */

typedef struct contest {
    lull_mutex mutex;
    int times;
} contest;

/* An unlock hands the mutex to the next waiter, so each lock after the first pause has to wait. */
static lull_value contender(void *argument)
{
    contest *contest = argument;
    for (int i = 0; i < contest->times; i++) {
        lull_check(lull_mutex_lock(&contest->mutex));
        if (i == 0) lull_check(lull_pause(0));
        lull_check(lull_mutex_unlock(&contest->mutex));
    }
    return 0;
}

/* Two tasks that hand a mutex to each other. */
LULL_TASK(void, contend, (int, times))
{
    contest contest = {.times = times / 2};
    lull_group group = lull_group_open();
    for (int i = 0; i < 2; i++) lull_check(lull_spawn(contender, &contest, .group = group));
    lull_check(lull_group_wait(group));
}

/* ---- Many at once: measured in a process of their own, see heavy.js ---------------------------------------------- */

#define CHILDREN 10

typedef struct node {
    lull_chan sums; /* the parent's */
    int first;      /* the number of its first leaf */
    int leaves;
} node;

static lull_value run_node(void *argument)
{
    const node *self = argument;
    double sum = self->first;
    if (self->leaves > 1) {
        node children[CHILDREN];
        lull_chan sums = lull_chan_new(sizeof sum, CHILDREN);
        lull_check(sums);
        int leaves = self->leaves / CHILDREN;
        for (int i = 0; i < CHILDREN; i++) {
            children[i] = (node){sums, self->first + i * leaves, leaves};
            lull_check(lull_spawn(run_node, &children[i], .stack_size = 4096));
        }
        sum = 0;
        for (int i = 0; i < CHILDREN; i++) {
            double part;
            lull_check(lull_receive(sums, &part));
            sum += part;
        }
        lull_chan_release(sums);
    }
    lull_check(lull_send(self->sums, &sum));
    return 0;
}

/* The sum of the numbers of the leaves of a tree of tasks. */
LULL_TASK(double, skynet, (int, leaves))
{
    node root = {lull_chan_new(sizeof(double), 1), 0, leaves};
    lull_check(root.sums);
    lull_check(lull_spawn(run_node, &root, .stack_size = 4096));
    double sum;
    lull_check(lull_receive(root.sums, &sum));
    lull_chan_release(root.sums);
    return sum;
}

static struct {
    int awake;       /* that have not started to sleep */
    int asleep;      /* that have not ended */
    double morning;  /* when all wake */
    lull_future out; /* settled when none is awake */
    lull_future up;  /* settled when none is asleep */
} night;

static lull_value sleeper(void *argument)
{
    if (--night.awake == 0) lull_check(lull_future_resolve(night.out, 0));
    const double left = night.morning - lull_now();
    lull_check(lull_pause(left > 0 ? left : 0));
    if (--night.asleep == 0) lull_check(lull_future_resolve(night.up, 0));
    return lull_from_pointer(argument);
}

/* Make tasks sleep until a deadline, in seconds from now; returns when all sleep. */
LULL_TASK(void, fall_asleep, (int, count), (double, seconds))
{
    night.awake = night.asleep = count;
    night.morning = lull_now() + seconds;
    night.out = lull_future_new();
    night.up = lull_future_new();
    for (int i = 0; i < count; i++) lull_check(lull_spawn(sleeper, NULL, .stack = LULL_STACK_SHARED));
    lull_check(lull_await(night.out, NULL));
    lull_check(lull_future_free(night.out));
}

/* Wait until all have woken. Returns the seconds between the deadline and the last wake-up. */
LULL_TASK(double, wake_up)
{
    lull_check(lull_await(night.up, NULL));
    lull_check(lull_future_free(night.up));
    return lull_now() - night.morning;
}
