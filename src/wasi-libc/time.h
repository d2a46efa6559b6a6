/* The C library's header, with the clocks of src/posix/clock.c. */
#ifndef LULL_WASI_LIBC_TIME_H
#define LULL_WASI_LIBC_TIME_H

#include_next <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* By POSIX. wasi-libc has nanoseconds. */
#undef CLOCKS_PER_SEC
#define CLOCKS_PER_SEC ((clock_t)1000000)

#ifdef CLOCK_REALTIME
extern const struct __clockid _CLOCK_PROCESS_CPUTIME_ID;
#define CLOCK_PROCESS_CPUTIME_ID (&_CLOCK_PROCESS_CPUTIME_ID)
extern const struct __clockid _CLOCK_THREAD_CPUTIME_ID;
#define CLOCK_THREAD_CPUTIME_ID (&_CLOCK_THREAD_CPUTIME_ID)
#define CLOCK_MONOTONIC_RAW CLOCK_MONOTONIC
#define CLOCK_MONOTONIC_COARSE CLOCK_MONOTONIC
#define CLOCK_REALTIME_COARSE CLOCK_REALTIME
#define CLOCK_BOOTTIME CLOCK_MONOTONIC

struct sigevent;
int timer_create(clockid_t clock, struct sigevent *__restrict event, timer_t *__restrict timer);
int timer_delete(timer_t timer);
int timer_settime(timer_t timer, int flags, const struct itimerspec *__restrict value,
                  struct itimerspec *__restrict before);
int timer_gettime(timer_t timer, struct itimerspec *value);
int timer_getoverrun(timer_t timer);

int clock_settime(clockid_t clock, const struct timespec *time);
int clock_getcpuclockid(pid_t process, clockid_t *clock);
#endif

#ifdef __cplusplus
}
#endif

#endif
