/*
 * Clocks. The monotonic one is lull_now, so that a virtual clock is one for the whole program. A module cannot ask for
 * its processor time: in its place is the time that has passed, sleeps included.
 */
#include "posix/wait.h"

#if defined(__wasm__)

#include <unistd.h>
#include <wasi/api.h>

enum {
    REALTIME,
    MONOTONIC,
    PROCESS_TIME,
    THREAD_TIME,
    MONOTONIC_RAW,
    REALTIME_COARSE,
    MONOTONIC_COARSE,
    BOOT_TIME,
    NO_CLOCK
};

#if defined(__wasi__)

struct __clockid {
    __wasi_clockid_t id;
};
LULL__WEAK const struct __clockid _CLOCK_PROCESS_CPUTIME_ID = {PROCESS_TIME};
LULL__WEAK const struct __clockid _CLOCK_THREAD_CPUTIME_ID = {THREAD_TIME};

/* A clockid_t is a pointer here. Another one is no clock, and may lead nowhere. */
static unsigned number_of(clockid_t clock)
{
    if (clock == CLOCK_REALTIME) return REALTIME;
    if (clock == CLOCK_MONOTONIC) return MONOTONIC;
    if (clock == CLOCK_PROCESS_CPUTIME_ID) return PROCESS_TIME;
    return clock == CLOCK_THREAD_CPUTIME_ID ? THREAD_TIME : NO_CLOCK;
}

#else

static unsigned number_of(clockid_t clock)
{
    return (unsigned)clock;
}

#endif

/*
 * Seconds since 1970. The host's wall clock moves by whole milliseconds; in between, this one goes on with the
 * monotonic clock, so that a sleep never seems shorter than it was.
 */
static double wall_time(void)
{
    static const double step = 0.001;
    static double offset; /* of the wall clock from lull_now */
    __wasi_timestamp_t nanoseconds = 0;
    if (__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 1, &nanoseconds)) return lull_now() + offset;
    double wall = (double)(nanoseconds / 1000) / 1e6;
    double time = lull_now() + offset;
    if (time < wall || time >= wall + step) {
        offset += wall - time;
        time = wall;
    }
    return time;
}

int __clock_gettime(clockid_t clock, struct timespec *time);

LULL__WEAK int __clock_gettime(clockid_t clock, struct timespec *time)
{
    switch (number_of(clock)) {
    case REALTIME:
    case REALTIME_COARSE:
        *time = lull__timespec(wall_time());
        return 0;
    case MONOTONIC:
    case MONOTONIC_RAW:
    case MONOTONIC_COARSE:
    case BOOT_TIME:
    case PROCESS_TIME:
    case THREAD_TIME:
        *time = lull__timespec(lull_now());
        return 0;
    default:
        return lull__posix_result(EINVAL);
    }
}

LULL__WEAK int clock_gettime(clockid_t clock, struct timespec *time)
{
    return __clock_gettime(clock, time);
}

LULL__WEAK int clock_getres(clockid_t clock, struct timespec *resolution)
{
    if (number_of(clock) >= NO_CLOCK) return lull__posix_result(EINVAL);
    if (resolution) *resolution = (struct timespec){.tv_nsec = 1000};
    return 0;
}

/* A program does not set the clocks of its host. */
LULL__WEAK int clock_settime(clockid_t clock, const struct timespec *time)
{
    if (number_of(clock) != REALTIME || !lull__is_time(time)) return lull__posix_result(EINVAL);
    return lull__posix_result(EPERM);
}

LULL__WEAK int clock_getcpuclockid(pid_t process, clockid_t *clock)
{
    if (process != 0 && process != getpid()) return ESRCH;
    *clock = CLOCK_PROCESS_CPUTIME_ID;
    return 0;
}

/* C11. Some versions of Emscripten lack it. */
LULL__WEAK int timespec_get(struct timespec *time, int base)
{
    if (base != TIME_UTC || clock_gettime(CLOCK_REALTIME, time) != 0) return 0;
    return base;
}

/* Where clock_t has 32 bits, it wraps around, as C allows. */
LULL__WEAK clock_t clock(void)
{
    return (clock_t)(int64_t)(lull_now() * (double)CLOCKS_PER_SEC);
}

double lull__seconds_until(clockid_t clock, const struct timespec *time)
{
    struct timespec now;
    clock_gettime(clock, &now);
    double seconds = (double)(time->tv_sec - now.tv_sec) + (double)(time->tv_nsec - now.tv_nsec) / 1e9;
    return seconds > 0 ? seconds : 0;
}

#endif
