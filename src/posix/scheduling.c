/*
 * Policies and priorities: kept as given, and without effect. All tasks take turns, first come, first served.
 * (POSIX.1-2017; the range is Linux's.)
 */
#include "posix/thread.h"

#if defined(__wasm__)

#include <sched.h>
#include <unistd.h>

/* Of the process. */
static int process_policy, process_priority;

static bool is_policy(int policy)
{
    return policy == SCHED_OTHER || policy == SCHED_FIFO || policy == SCHED_RR;
}

static bool is_priority(int policy, int priority)
{
    if (policy == SCHED_OTHER) return priority == 0;
    return is_policy(policy) && priority >= 1 && priority <= LULL__PRIORITY_MAX;
}

LULL__THREADS(int, pthread_getschedparam, pthread_t id, int *policy, struct sched_param *param)
{
    const lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live) return ESRCH;
    *policy = thread->policy;
    *param = (struct sched_param){.sched_priority = thread->priority};
    return 0;
}

LULL__THREADS(int, pthread_setschedparam, pthread_t id, int policy, const struct sched_param *param)
{
    lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live) return ESRCH;
    if (!is_priority(policy, param->sched_priority)) return EINVAL;
    thread->policy = policy;
    thread->priority = param->sched_priority;
    return 0;
}

LULL__THREADS(int, pthread_setschedprio, pthread_t id, int priority)
{
    lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live) return ESRCH;
    if (!is_priority(thread->policy, priority)) return EINVAL;
    thread->priority = priority;
    return 0;
}

LULL__THREADS(int, pthread_getconcurrency, void)
{
    return 0;
}

LULL__THREADS(int, pthread_setconcurrency, int level)
{
    return level < 0 ? EINVAL : 0;
}

LULL__THREADS(int, pthread_getcpuclockid, pthread_t id, clockid_t *clock)
{
    const lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live) return ESRCH;
    *clock = CLOCK_THREAD_CPUTIME_ID;
    return 0;
}

/* There is no fork. */
LULL__THREADS(int, pthread_atfork, void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    (void)prepare, (void)parent, (void)child;
    return 0;
}

LULL__WEAK int sched_get_priority_max(int policy)
{
    if (!is_policy(policy)) return lull__posix_result(EINVAL);
    return policy == SCHED_OTHER ? 0 : LULL__PRIORITY_MAX;
}

LULL__WEAK int sched_get_priority_min(int policy)
{
    if (!is_policy(policy)) return lull__posix_result(EINVAL);
    return policy == SCHED_OTHER ? 0 : 1;
}

/* 0, or why the caller may not ask about this process. */
static int check_process(pid_t process)
{
    if (process < 0) return EINVAL;
    return process == 0 || process == getpid() ? 0 : ESRCH;
}

LULL__WEAK int sched_getscheduler(pid_t process)
{
    int error = check_process(process);
    return error ? lull__posix_result(error) : process_policy;
}

LULL__WEAK int sched_getparam(pid_t process, struct sched_param *param)
{
    int error = !param ? EINVAL : check_process(process);
    if (!error) *param = (struct sched_param){.sched_priority = process_priority};
    return lull__posix_result(error);
}

LULL__WEAK int sched_setscheduler(pid_t process, int policy, const struct sched_param *param)
{
    int before = process_policy;
    int error = check_process(process);
    if (!error && (!param || !is_priority(policy, param->sched_priority))) error = EINVAL;
    if (error) return lull__posix_result(error);
    process_policy = policy;
    process_priority = param->sched_priority;
    return before;
}

LULL__WEAK int sched_setparam(pid_t process, const struct sched_param *param)
{
    int result = sched_setscheduler(process, process_policy, param);
    return result < 0 ? result : 0;
}

/* A slice ends where the task waits. */
LULL__WEAK int sched_rr_get_interval(pid_t process, struct timespec *interval)
{
    int error = check_process(process);
    if (!error) *interval = (struct timespec){0};
    return lull__posix_result(error);
}

#endif
