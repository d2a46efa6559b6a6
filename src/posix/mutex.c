/*
 * Mutexes of threads. They are handed to their waiters in order, so that a thread that locks again and again keeps
 * nobody out. See D106. (POSIX.1-2017.)
 */
#include "posix/mutex.h"

#if defined(__wasm__)

#include <limits.h>
#include <stdlib.h>

static lull__pmutex *mutex_of(pthread_mutex_t *mutex)
{
    return (lull__pmutex *)(void *)mutex;
}

static lull_task holder_of_mutex(const void *object)
{
    return ((const lull__pmutex *)object)->holder;
}

/* ---- Robust ones: a thread that ends hands them on --------------------------------------------------------------- */

typedef struct lull__robust {
    struct lull__robust *next;
    lull__pmutex *mutex;
} lull__robust;

static bool note_robust(lull__thread *self, lull__pmutex *mutex)
{
    lull__robust *robust = (lull__robust *)malloc(sizeof *robust);
    if (!robust) return false;
    *robust = (lull__robust){self->robust, mutex};
    self->robust = robust;
    return true;
}

static void forget_robust(lull__thread *self, const lull__pmutex *mutex)
{
    lull__robust **at = &self->robust;
    while (*at && (*at)->mutex != mutex) at = &(*at)->next;
    lull__robust *found = *at;
    if (!found) return;
    *at = found->next;
    free(found);
}

void lull__robust_end(lull__thread *thread)
{
    while (thread->robust) {
        lull__pmutex *mutex = thread->robust->mutex;
        forget_robust(thread, mutex);
        mutex->flags |= LULL__INCONSISTENT;
        lull__pmutex_release(mutex);
    }
}

/* The error number of a lock that the current thread has got. */
static int locked(lull__pmutex *mutex)
{
    if (!(mutex->flags & LULL__ROBUST)) return 0;
    lull__thread *self = lull__thread_self();
    bool is_recoverable = !(mutex->flags & LULL__UNRECOVERABLE);
    if (is_recoverable && self && note_robust(self, mutex)) return mutex->flags & LULL__INCONSISTENT ? EOWNERDEAD : 0;
    lull__pmutex_release(mutex);
    return is_recoverable ? ENOMEM : ENOTRECOVERABLE;
}

/* ---- Lock and unlock --------------------------------------------------------------------------------------------- */

/* See lull__lot_kind. */
static int take_mutex(void *object)
{
    lull__pmutex *mutex = (lull__pmutex *)object;
    if (mutex->holder) return EBUSY;
    mutex->holder = lull__locker();
    mutex->count = 1;
    return 0;
}

/* Lock it, if that needs no wait. EBUSY: it does. */
static int try_lock(lull__pmutex *mutex)
{
    if (take_mutex(mutex) == 0) return locked(mutex);
    bool is_recursive = (mutex->flags & LULL__MUTEX_TYPE) == PTHREAD_MUTEX_RECURSIVE;
    if (mutex->holder != lull__locker() || !is_recursive) return EBUSY;
    if (mutex->count == UINT_MAX) return EAGAIN;
    mutex->count++;
    return 0;
}

int lull__pmutex_lock(lull__pmutex *mutex, const char *function, double seconds)
{
    int error = try_lock(mutex);
    if (error != EBUSY) return error;
    bool checks = (mutex->flags & LULL__MUTEX_TYPE) == PTHREAD_MUTEX_ERRORCHECK;
    if (checks && mutex->holder == lull__locker()) return EDEADLK;
    const lull__lot_kind kind = {.name = function, .holder = holder_of_mutex, .take = take_mutex};
    error = lull__park_for_lock(&mutex->waiting, mutex, &kind, seconds);
    return error ? error : locked(mutex); /* the unlocking thread has made this one the holder */
}

void lull__pmutex_release(lull__pmutex *mutex)
{
    mutex->holder = lull__unpark(&mutex->waiting);
    mutex->count = mutex->holder ? 1 : 0;
}

LULL__THREADS(int, pthread_mutex_lock, pthread_mutex_t *mutex)
{
    return lull__pmutex_lock(mutex_of(mutex), "pthread_mutex_lock", LULL_FOREVER);
}

LULL__THREADS(int, pthread_mutex_trylock, pthread_mutex_t *mutex)
{
    return try_lock(mutex_of(mutex));
}

LULL__THREADS(int, pthread_mutex_timedlock, pthread_mutex_t *mutex, const struct timespec *until)
{
    int error = try_lock(mutex_of(mutex));
    if (error != EBUSY) return error;
    if (!lull__is_time(until)) return EINVAL;
    double seconds = lull__seconds_until(CLOCK_REALTIME, until);
    return lull__pmutex_lock(mutex_of(mutex), "pthread_mutex_timedlock", seconds);
}

/* One of the default type may be unlocked by any thread: POSIX leaves that open, and programs rely on it. */
LULL__THREADS(int, pthread_mutex_unlock, pthread_mutex_t *handle)
{
    lull__pmutex *mutex = mutex_of(handle);
    bool is_checked = mutex->flags != PTHREAD_MUTEX_NORMAL;
    if (is_checked ? mutex->holder != lull__locker() : !mutex->holder) return EPERM;
    if (--mutex->count > 0) return 0;
    if (mutex->flags & LULL__ROBUST) {
        lull__thread *self = lull__thread_self();
        if (self) forget_robust(self, mutex);
        if (mutex->flags & LULL__INCONSISTENT) mutex->flags |= LULL__UNRECOVERABLE;
    }
    lull__pmutex_release(mutex);
    return 0;
}

LULL__THREADS(int, pthread_mutex_consistent, pthread_mutex_t *handle)
{
    lull__pmutex *mutex = mutex_of(handle);
    if (!(mutex->flags & LULL__INCONSISTENT) || mutex->holder != lull__locker()) return EINVAL;
    mutex->flags &= ~(unsigned)LULL__INCONSISTENT;
    return 0;
}

LULL__THREADS(int, pthread_mutex_init, pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    *mutex_of(mutex) = (lull__pmutex){.flags = attributes ? attributes->__attr & (LULL__MUTEX_TYPE | LULL__ROBUST) : 0};
    return 0;
}

LULL__THREADS(int, pthread_mutex_destroy, pthread_mutex_t *mutex)
{
    return mutex_of(mutex)->holder ? EBUSY : 0;
}

/* There are no priorities. */
LULL__THREADS(int, pthread_mutex_getprioceiling, const pthread_mutex_t *mutex, int *ceiling)
{
    (void)mutex, (void)ceiling;
    return EINVAL;
}

LULL__THREADS(int, pthread_mutex_setprioceiling, pthread_mutex_t *mutex, int ceiling, int *before)
{
    (void)mutex, (void)ceiling, (void)before;
    return EINVAL;
}

#endif
