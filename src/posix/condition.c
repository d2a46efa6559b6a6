/* Condition variables of threads. (POSIX.1-2017.) */
#include "posix/mutex.h"

#if defined(__wasm__)

typedef struct lull__pcond {
    lull__lot waiting;
    unsigned is_monotonic; /* its clock */
} lull__pcond;
_Static_assert(sizeof(lull__pcond) <= sizeof(pthread_cond_t), "pthread_cond_t has room for it");

static lull__pcond *cond_of(pthread_cond_t *cond)
{
    return (lull__pcond *)(void *)cond;
}

/* Lock the mutex again, as often as it was, whatever becomes of the task meanwhile. */
static int lock_again(lull__pmutex *mutex, unsigned count)
{
    lull_scope shield;
    int shielded = lull_scope_enter_shielded(&shield, LULL_FOREVER);
    int error = lull__pmutex_lock(mutex, "pthread_cond_wait", LULL_FOREVER);
    if (shielded == 0) (void)lull_scope_exit(&shield, 0);
    if (!error || error == EOWNERDEAD) mutex->count = count;
    return error;
}

static int wait_for(pthread_cond_t *handle, pthread_mutex_t *locked, const char *function, double seconds)
{
    const lull__lot_kind kind = {.name = function};
    lull__pmutex *mutex = (lull__pmutex *)(void *)locked;
    if (mutex->holder != lull__locker()) return EPERM;
    lull__point_enter();
    unsigned count = mutex->count;
    lull__pmutex_release(mutex);
    int status = lull__park(&cond_of(handle)->waiting, handle, &kind, seconds, true);
    int error = lock_again(mutex, count);
    lull__point_leave(status);
    if (status == LULL_ECANCELED) lull_fail(status, NULL);
    if (error || lull__posix_is_interrupted(status)) return error; /* 0: one of the wake-ups without a cause */
    return lull__posix_error(function, status);
}

LULL__THREADS(int, pthread_cond_wait, pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    return wait_for(cond, mutex, "pthread_cond_wait", LULL_FOREVER);
}

LULL__THREADS(int, pthread_cond_timedwait, pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until)
{
    if (!lull__is_time(until)) return EINVAL;
    clockid_t clock = cond_of(cond)->is_monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME;
    return wait_for(cond, mutex, "pthread_cond_timedwait", lull__seconds_until(clock, until));
}

LULL__THREADS(int, pthread_cond_signal, pthread_cond_t *cond)
{
    (void)lull__unpark(&cond_of(cond)->waiting);
    return 0;
}

LULL__THREADS(int, pthread_cond_broadcast, pthread_cond_t *cond)
{
    lull__unpark_all(&cond_of(cond)->waiting);
    return 0;
}

LULL__THREADS(int, pthread_cond_init, pthread_cond_t *cond, const pthread_condattr_t *attributes)
{
    *cond_of(cond) = (lull__pcond){.is_monotonic = attributes ? attributes->__attr & 1 : 0};
    return 0;
}

LULL__THREADS(int, pthread_cond_destroy, pthread_cond_t *cond)
{
    return lull__lot_count(&cond_of(cond)->waiting) > 0 ? EBUSY : 0;
}

#endif
