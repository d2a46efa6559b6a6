/* Waiting for the state of several descriptors at once: what poll and select share. */
#ifndef LULL_POLL_H
#define LULL_POLL_H

#include "posix/descriptors.h"

#if defined(__wasm__)

#include <time.h>

/* One of the descriptors. */
typedef struct lull__polled {
    lull__observer observer;
    struct lull__poller *poller;
    int fd;          /* negative: none */
    unsigned set;    /* of select: which of the three */
    unsigned wanted; /* states */
    unsigned found;
} lull__polled;

/* A task's: its memory stays for the next poll. */
typedef struct lull__poller {
    lull__lot waiting;
    lull__polled *polled;
    size_t room;
    size_t observing; /* how many have their observer in a list */
} lull__poller;

/* States that are always reported. */
#define LULL__UNASKED (LULL__BROKEN | LULL__HUNG_UP | LULL__INVALID)

/* The current task's, with room for that many. NULL: there is no memory. */
lull__poller *lull__poller_get(size_t count);
/*
 * Wait until one of the first `count` is found in a state that it is wanted in, up to a time of lull_now. A
 * cancellation point. Returns how many are, 0 at that time, or an error number below 0. May suspend.
 */
int lull__poller_wait(lull__poller *poller, size_t count, double deadline, const char *function);
/* The time of lull_now after a timeout; NULL: never. */
double lull__deadline_after(const struct timespec *timeout);
/*
 * Let others run before a function returns that has found nothing, and was not to wait: a loop around it would keep
 * them from ever making it find something. May suspend.
 */
void lull__poll_yield(void);
/* Whether a wait that timed out did so at its own deadline. */
bool lull__is_due(double deadline);

#endif

#endif
