/* Sleeping: the task pauses, and the others run. */
#include "posix/wait.h"

#if defined(__wasm__)

#include <sched.h>
#include <threads.h>
#include <unistd.h>

/* Returns an error number, and how much is left. EINTR also where the task is resumed early. */
static int sleep_for(const char *function, double seconds, double *left)
{
    double end = lull_now() + seconds;
    lull__point_enter();
    int status = lull_pause(seconds);
    lull__point_leave(status);
    int error = lull__posix_error(function, status);
    *left = error == EAGAIN ? seconds : end - lull_now();
    if (*left < 0) *left = 0;
    return error == 0 && *left > 0 ? EINTR : error;
}

int __clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remaining);

/* POSIX.1-2017. */
LULL__WEAK int __clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remaining)
{
    struct timespec now;
    if (!lull__is_time(request) || request->tv_sec < 0) return EINVAL;
#ifdef CLOCK_THREAD_CPUTIME_ID
    if (clock == CLOCK_THREAD_CPUTIME_ID) return EINVAL;
#endif
    if (clock_gettime(clock, &now) != 0) return EINVAL;
    double left;
    if (flags & TIMER_ABSTIME) return sleep_for("clock_nanosleep", lull__seconds_until(clock, request), &left);
    int error = sleep_for("nanosleep", lull__seconds(request), &left);
    if (error && remaining) *remaining = lull__timespec(left);
    return error;
}

LULL__WEAK int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remaining)
{
    return __clock_nanosleep(clock, flags, request, remaining);
}

LULL__WEAK int nanosleep(const struct timespec *request, struct timespec *remaining)
{
    return lull__posix_result(__clock_nanosleep(CLOCK_REALTIME, 0, request, remaining));
}

LULL__WEAK int usleep(useconds_t microseconds)
{
    double left;
    return lull__posix_result(sleep_for("usleep", (double)microseconds / 1e6, &left));
}

LULL__WEAK unsigned sleep(unsigned seconds)
{
    double left;
    int error = sleep_for("sleep", seconds, &left);
    if (!error) return 0;
    errno = error;
    unsigned whole = (unsigned)left;
    return whole < left ? whole + 1 : whole;
}

/* C11: 0; -1 where it is interrupted; another negative number for another error. */
LULL__WEAK int thrd_sleep(const struct timespec *duration, struct timespec *remaining)
{
    int error = __clock_nanosleep(CLOCK_REALTIME, 0, duration, remaining);
    return error == 0 ? 0 : error == EINTR ? -1 : -2;
}

/* Outside of a task, no other task waits for its turn. */
LULL__WEAK int sched_yield(void)
{
    if (!lull_current()) return 0;
    int status = lull_pause(0);
    return status == LULL_ENOSUSPEND ? 0 : lull__posix_result(lull__posix_error("sched_yield", status));
}

LULL__WEAK void thrd_yield(void)
{
    (void)sched_yield();
}

#endif
