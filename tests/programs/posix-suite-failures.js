/**
 * The programs of the Open POSIX Test Suite that do not pass, and why. `sigaction/4-1..9` are 4-1 to 4-9.
 *
 * @type {{ reason: string, programs: string }[]}
 */
export const failures = [
  {
    reason: 'The suite has no test there: the program says so.',
    programs: `
      pthread_attr_setscope/5-1 sched_getscheduler/2-1 sched_setparam/3-1 sched_setparam/6-1 sched_setparam/7-1
      sched_setparam/8-1 sched_setparam/17-1 sched_setparam/18-1 sched_setparam/19-1 sched_setparam/26-1
      sched_setscheduler/2-1 sched_setscheduler/5-1 sched_setscheduler/6-1 sched_setscheduler/7-1
      sched_setscheduler/12-1 sched_setscheduler/13-1 sched_setscheduler/14-1 sched_setscheduler/17-6 sem_init/7-1
      sem_post/8-1 timer_getoverrun/3-1`,
  },
  {
    reason: 'It needs the policy SCHED_SPORADIC, or the scope PTHREAD_SCOPE_PROCESS, which are optional.',
    programs: `
      sched_get_priority_max/1-3 sched_get_priority_min/1-3 sched_setparam/12-1 sched_setparam/13-1
      sched_setparam/14-1 sched_setparam/15-1 sched_setparam/16-1 sched_setparam/20-1 sched_setparam/21-1
      sched_setparam/21-2 sched_setparam/23-2..5 sched_setparam/25-2 sched_setscheduler/9-1 sched_setscheduler/10-1
      sched_setscheduler/11-1 sched_setscheduler/15-1 sched_setscheduler/15-2 sched_setscheduler/17-2..4
      sched_setscheduler/19-2..4 sched_setscheduler/22-1 sched_setscheduler/22-2`,
  },
  {
    reason: 'It has no main(): what it tests is optional.',
    programs: `
      pthread_once/4-1 sched_setparam/25-3 sched_setparam/25-4`,
  },
  {
    reason: 'It asks for groups of processes (setpgrp), or for processors (cpu_set_t).',
    programs: `
      killpg/1-2 sched_yield/1-1`,
  },
  {
    reason: 'It gives a thread its stack, or a handler: only the size of a stack counts.',
    programs: `
      pthread_attr_setstack/2-1 pthread_create/1-5 sigaltstack/1-1 sigaltstack/6-1 sigaltstack/7-1`,
  },
  {
    reason: 'It sets a clock, which a module may not (EPERM).',
    programs: `
      clock_getcpuclockid/2-1 clock_settime/1-1 clock_settime/4-1 clock_settime/4-2 clock_settime/5-1
      clock_settime/5-2 clock_settime/7-1 clock_settime/7-2 clock_settime/8-1 pthread_cond_init/1-2
      pthread_cond_init/2-2`,
  },
  {
    reason: 'It shares memory between processes (shm_open, sys/ipc.h).',
    programs: `
      pthread_barrierattr_getpshared/2-1 pthread_rwlockattr_getpshared/2-1 pthread_spin_init/2-1
      pthread_spin_init/2-2 sched_setparam/9-1 sched_setparam/10-1 sem_init/3-2 sem_init/3-3`,
  },
  {
    reason: 'It counts the times of a timer of two microseconds, and each look at the clock takes one here.',
    programs: `
      timer_getoverrun/2-3`,
  },
  {
    reason: 'It forks.',
    programs: `
      clock_nanosleep/1-3..5 clock_nanosleep/2-2 clock_nanosleep/2-3 clock_nanosleep/9-1 clock_nanosleep/10-1
      kill/1-2 nanosleep/1-2 nanosleep/1-3 nanosleep/3-1 nanosleep/3-2 nanosleep/5-2 nanosleep/7-1 nanosleep/7-2
      pthread_cond_broadcast/1-2 pthread_cond_broadcast/2-3 pthread_cond_destroy/2-1 pthread_cond_init/1-3
      pthread_cond_init/4-1 pthread_cond_signal/1-2 pthread_cond_timedwait/2-4 pthread_cond_timedwait/2-7
      pthread_cond_timedwait/4-2 pthread_cond_wait/2-2 pthread_exit/6-1 pthread_mutex_init/5-1
      pthread_mutex_trylock/1-2 pthread_mutex_trylock/2-1 pthread_mutex_trylock/4-2 raise/1-2 sched_getparam/4-1
      sched_getscheduler/5-1 sched_rr_get_interval/3-1 sched_setparam/1-1 sched_setparam/2-1 sched_setparam/2-2
      sched_setparam/23-7 sched_setparam/27-1 sched_setscheduler/17-7 sched_setscheduler/21-1 sem_timedwait/2-1
      sem_timedwait/9-1 sem_unlink/2-2 sem_wait/7-1 sigaction/4-1..52 sigaction/9-1 sigaction/10-1 sigaction/11-1
      sigaction/17-1..3 sigaction/17-6..22 sigaction/17-24..26 sigaction/22-1..26 sigaction/25-1..26
      sigqueue/1-1 sigsuspend/1-1 sigsuspend/3-1 sigsuspend/4-1 sigsuspend/6-1 sigwaitinfo/3-1 timer_create/8-1`,
  },
  {
    reason: 'It asks for other users (getpwent).',
    programs: `
      sched_getparam/6-1 sched_getscheduler/7-1 sched_setparam/23-6 sched_setscheduler/20-1 sem_open/3-1
      sem_unlink/3-1 sigqueue/3-1 sigqueue/12-1`,
  },
  {
    reason: 'It is for other users, whose processes it may not reach (EPERM).',
    programs: `
      kill/2-2 kill/3-1`,
  },
  {
    reason: 'It starts another program (exec).',
    programs: `
      sigaltstack/9-1 timer_create/9-1`,
  },
  {
    reason: 'It computes for so long that the limit ends it: it calls clock() or the like millions of times in a row.',
    programs: `
      clock/1-1 clock_getcpuclockid/1-1 clock_gettime/4-1`,
  },
  {
    reason: 'It spins, or sends signals, without a wait: nothing is preempted, so what it waits for never runs.',
    programs: `
      pthread_cancel/5-2 pthread_cond_broadcast/4-2 pthread_cond_init/4-2 pthread_cond_signal/4-2
      pthread_cond_timedwait/2-5 pthread_cond_timedwait/4-3 pthread_cond_wait/4-1 pthread_create/1-6
      pthread_create/14-1 pthread_equal/2-1 pthread_getschedparam/4-1 pthread_join/6-3 pthread_kill/8-1
      pthread_mutex_init/5-3 pthread_mutex_lock/3-1 pthread_mutex_trylock/4-3 pthread_once/6-1
      pthread_setcanceltype/1-1 pthread_setschedparam/5-1 pthread_sigmask/18-1`,
  },
  {
    reason: 'It needs priorities, which have no effect.',
    programs: `
      pthread_rwlock_rdlock/2-1 pthread_rwlock_rdlock/2-2 pthread_rwlock_unlock/3-1`,
  },
  {
    reason: 'It asks for the ceiling of a mutex without one: a default within the range of SCHED_FIFO.',
    programs: `
      pthread_mutex_getprioceiling/1-1 pthread_mutexattr_getprioceiling/1-1`,
  },
  {
    reason: 'It locks a mutex of the default type twice, which has no defined end: it waits for itself.',
    programs: `
      pthread_mutex_init/1-2 pthread_mutex_init/3-2`,
  },
  {
    reason: 'It destroys a lock that a thread holds, and expects 0 in place of EBUSY.',
    programs: `
      pthread_rwlock_timedrdlock/6-2 pthread_rwlock_timedwrlock/6-2`,
  },
  {
    reason: 'It unlocks a lock that another thread holds, and expects 0 or EINVAL in place of EPERM.',
    programs: `
      pthread_rwlock_unlock/4-1`,
  },
  {
    reason: 'It expects SIG_HOLD of a sigset that holds a signal, where POSIX has what was before.',
    programs: `
      sigset/6-1 sigset/7-1 sigset/8-1`,
  },
];
