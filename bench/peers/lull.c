/* The programs of bench/peers.js in lull. */
#include <lull.h>
#include <lull_sync.h>
#include <stdlib.h>

#define CHILDREN 10
#define RING 503

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
        const int leaves = self->leaves / CHILDREN;
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

static double morning;
static lull_wait_group all;

static lull_value sleeper(void *argument)
{
    const double left = morning - lull_now();
    lull_check(lull_pause(left > 0 ? left : 0));
    lull_check(lull_wait_group_done(&all));
    return lull_from_pointer(argument);
}

LULL_HOST(void, asleep)

/* Returns the seconds between the deadline and the last one's waking. */
LULL_TASK(double, sleepers, (int, count), (double, night))
{
    morning = lull_now() + night;
    lull_check(lull_wait_group_add(&all, count));
    for (int i = 0; i < count; i++) lull_check(lull_spawn(sleeper, NULL, .stack = LULL_STACK_SHARED));
    lull_check(lull_pause(0));
    lull_check(asleep());
    lull_check(lull_wait_group_wait(&all));
    return lull_now() - morning;
}

typedef struct link {
    lull_chan from, to;
} link;

/* Each passes the token on, one less, until it is below zero. */
static lull_value pass_on(void *argument)
{
    const link *self = argument;
    int token;
    do {
        lull_check(lull_receive(self->from, &token));
        token--;
        lull_check(lull_send(self->to, &token));
    } while (token > 0);
    return 0;
}

LULL_TASK(void, ring, (int, hops))
{
    link *links = malloc(RING * sizeof *links);
    if (!links) lull_fail(LULL_ENOMEM, NULL);
    for (int i = 0; i < RING; i++) links[i].from = lull_chan_new(sizeof(int), 1);
    for (int i = 0; i < RING; i++) links[i].to = links[(i + 1) % RING].from;
    lull_group group = lull_group_open();
    for (int i = 0; i < RING; i++) lull_check(lull_spawn(pass_on, &links[i], .group = group));
    lull_check(lull_send(links[0].from, &hops));
    lull_check(lull_group_wait(group));
    for (int i = 0; i < RING; i++) lull_chan_release(links[i].from);
    free(links);
}

/* Answers each message with the next number. */
static lull_value answer(void *argument)
{
    const link *self = argument;
    int value;
    do {
        lull_check(lull_receive(self->from, &value));
        value--;
        lull_check(lull_send(self->to, &value));
    } while (value > 0);
    return 0;
}

LULL_TASK(void, pingpong, (int, messages))
{
    link pair = {lull_chan_new(sizeof(int), 0), lull_chan_new(sizeof(int), 0)};
    lull_check(lull_spawn(answer, &pair));
    int value = messages;
    while (value > 0) {
        lull_check(lull_send(pair.from, &value));
        lull_check(lull_receive(pair.to, &value));
    }
    lull_chan_release(pair.from);
    lull_chan_release(pair.to);
}

LULL_HOST(int, next, (int, n))

LULL_TASK(int, awaits, (int, times))
{
    int n = 0;
    for (int i = 0; i < times; i++) lull_check(next(n, &n));
    return n;
}
