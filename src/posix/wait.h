/*
 * The common part of all waits of POSIX. Each is a wait of lull: it can be cancelled and timed out, and is named in
 * dumps. An early end is an error number:
 *
 *     the task is cancelled       EINTR; a thread ends there, where that is a cancellation point
 *     a scope around it expires   ETIMEDOUT
 *     there is no task            EAGAIN, and a report to the host: the event loop never blocks
 */
#ifndef LULL_POSIX_WAIT_H
#define LULL_POSIX_WAIT_H

#if defined(__wasm__)

#include <errno.h>
#include <time.h>

#include "lull.h"

/* The functions give way to a program's own. See D105. */
#define LULL__WEAK __attribute__((weak))

/* The error number for the status of a wait in this function; 0 for 0. */
int lull__posix_error(const char *function, int status);
/* Whether a lull_throw ended a wait: to POSIX, that is the handler of a signal, and the wait may go on. */
bool lull__posix_is_interrupted(int status);

/* Set errno, unless the error is 0. Returns 0 or -1. */
static inline int lull__posix_result(int error)
{
    if (!error) return 0;
    errno = error;
    return -1;
}

/*
 * Cancellation points, which signals interrupt, too. A function that is one calls these around its wait, and nothing
 * else between them. Neither returns where the thread is cancelled.
 */
typedef struct lull__points {
    void (*enter)(void);
    void (*leave)(int status); /* of the wait */
} lull__points;
/* Whether the wait that has just been left is to begin anew: SA_RESTART. */
extern bool lull__point_restarts;
extern const lull__points *lull__points_in_use; /* NULL: the program has neither threads nor signals */

static inline void lull__point_enter(void)
{
    if (lull__points_in_use) lull__points_in_use->enter();
}
static inline void lull__point_leave(int status)
{
    if (lull__points_in_use) lull__points_in_use->leave(status);
}
/* The same where there may be no wait. */
static inline void lull__point_pass(void)
{
    lull__point_enter();
    lull__point_leave(0);
}

/* The status of a wait that the handler of a signal has interrupted. */
#define LULL__EINTR (-1000)

/* Runs the handlers that are due in the current thread, whose wait has ended so; NULL: there are no signals. */
extern void (*lull__run_handlers)(void);
/*
 * Tells that the current thread jumps out of its handlers: its mask is as before them. May not suspend, since each jump
 * calls it. NULL: there are no signals.
 */
extern void (*lull__leave_handlers)(void);
/* Set where SIGPIPE has a handler: runs it. May suspend. */
extern void (*lull__signal_broken_pipe)(void);

/*
 * Sends a signal to a child, or with its number below 0 to its group. Returns an error number. NULL: there are no
 * children. Of a type that stdio has, too: see lull__observer.
 */
extern int (*lull__send_to_child)(int process, int signal, int unused);
/* Whether children that end leave nothing to wait for: SIGCHLD is ignored, or has SA_NOCLDWAIT. */
extern bool lull__children_are_dropped;

/* A function of any type. */
typedef void lull__any(void);
/*
 * Supplied by the build: calls a function, whatever its type is (toolchain/call-any.js). One without a result returns
 * NULL.
 */
__attribute__((import_module("lull build"), import_name("call_any"))) void *lull__call_any(lull__any *function,
                                                                                           void *argument);
/* The same with a second argument, for the functions that take one. */
__attribute__((import_module("lull build"), import_name("call_any_with_two"))) void *
lull__call_any_with_two(lull__any *function, void *argument, void *second);

/* Whether a struct timespec is a time. */
static inline bool lull__is_time(const struct timespec *time)
{
    return time->tv_nsec >= 0 && time->tv_nsec < 1000000000;
}
static inline double lull__seconds(const struct timespec *time)
{
    return (double)time->tv_sec + (double)time->tv_nsec / 1e9;
}
static inline struct timespec lull__timespec(double seconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds};
    time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
    return time;
}
/* From now until a time on a clock: 0 where that has passed. */
double lull__seconds_until(clockid_t clock, const struct timespec *time);

#endif

#endif
