/* What bench/run.js measures. Each task does its work many times, so that starting it does not count. */
#include <lull.h>

LULL_HOST(int, settled, (int, n))

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

static void two_at_once(lull_function function, int times)
{
    lull_future first = lull_future_new();
    lull_future second = lull_future_new();
    lull_check((int)lull_spawn(function, (void *)(intptr_t)times, .result = first) < 0 ? LULL_ENOMEM : 0);
    lull_check((int)lull_spawn(function, (void *)(intptr_t)times, .result = second) < 0 ? LULL_ENOMEM : 0);
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

static lull_value nothing(void *argument)
{
    return lull_from_pointer(argument);
}

LULL_TASK(int, spawn_many, (int, times))
{
    for (int i = 0; i < times; i++) {
        if (lull_spawn(nothing, NULL) < 0) return -1;
        if (i % 64 == 63) lull_pause(0);
    }
    return 0;
}

LULL_TASK(int, add_one, (int, n))
{
    return n + 1;
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

/* So many ints from one task to another. */
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

/* The same from two tasks, one of which has nothing to say. */
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
