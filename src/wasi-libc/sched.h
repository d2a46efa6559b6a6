/* The C library's header, with its missing policies and functions: see src/posix/scheduling.c. */
#ifndef LULL_WASI_LIBC_SCHED_H
#define LULL_WASI_LIBC_SCHED_H

#include_next <sched.h>

#ifdef __cplusplus
extern "C" {
#endif

#if !__has_include_next(<pthread.h>) /* older versions leave this out, too */
struct sched_param {
    int sched_priority;
};
#endif

#define SCHED_OTHER 0
#define SCHED_FIFO 1
#define SCHED_RR 2

int sched_get_priority_max(int policy);
int sched_get_priority_min(int policy);
int sched_getscheduler(pid_t process);
int sched_setscheduler(pid_t process, int policy, const struct sched_param *param);
int sched_getparam(pid_t process, struct sched_param *param);
int sched_setparam(pid_t process, const struct sched_param *param);
int sched_rr_get_interval(pid_t process, struct timespec *interval);

#ifdef __cplusplus
}
#endif

#endif
