/* The programs of bench/peers.js in lull that bench/cases.c does not have. */
#include <lull.h>
#include <stdlib.h>

#define RING 503

typedef struct link {
    lull_chan from, to;
} link;

/* Passes each token on, one less, until none is left. */
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

LULL_TASK(void, pingpong, (int, messages))
{
    link pair = {lull_chan_new(sizeof(int), 0), lull_chan_new(sizeof(int), 0)};
    lull_check(lull_spawn(pass_on, &pair));
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
