/*
 * Read-write locks of threads. A thread may read several times at once, so readers do not wait behind a writer that
 * waits, as in glibc. (POSIX.1-2017.)
 */
#include "posix/thread.h"

#if defined(__wasm__)

#include <limits.h>

typedef struct lull__prwlock {
    unsigned reading; /* the number of readers */
    lull__lot readers;
    lull__lot writers;
    lull_task writer; /* 0: none */
} __attribute__((packed, aligned(4))) lull__prwlock;
_Static_assert(sizeof(lull__prwlock) <= sizeof(pthread_rwlock_t), "pthread_rwlock_t has room for it");

static lull__prwlock *lock_of(pthread_rwlock_t *lock)
{
    return (lull__prwlock *)(void *)lock;
}

static lull_task writer_of(const void *object)
{
    return ((const lull__prwlock *)object)->writer;
}

static int try_read(void *object)
{
    lull__prwlock *lock = (lull__prwlock *)object;
    if (lock->writer) return EBUSY;
    if (lock->reading == UINT_MAX) return EAGAIN;
    lock->reading++;
    return 0;
}

static int try_write(void *object)
{
    lull__prwlock *lock = (lull__prwlock *)object;
    if (lock->writer || lock->reading) return EBUSY;
    lock->writer = lull__locker();
    return 0;
}

static int read_lock(lull__prwlock *lock, const char *function, double seconds)
{
    int error = try_read(lock);
    if (error != EBUSY) return error;
    if (lock->writer == lull__locker()) return EDEADLK;
    const lull__lot_kind kind = {.name = function, .holder = writer_of, .take = try_read};
    return lull__park_for_lock(&lock->readers, lock, &kind, seconds);
}

static int write_lock(lull__prwlock *lock, const char *function, double seconds)
{
    int error = try_write(lock);
    if (error != EBUSY) return error;
    if (lock->writer == lull__locker()) return EDEADLK;
    const lull__lot_kind kind = {.name = function, .holder = writer_of, .take = try_write};
    return lull__park_for_lock(&lock->writers, lock, &kind, seconds);
}

LULL__THREADS(int, pthread_rwlock_rdlock, pthread_rwlock_t *lock)
{
    return read_lock(lock_of(lock), "pthread_rwlock_rdlock", LULL_FOREVER);
}

LULL__THREADS(int, pthread_rwlock_wrlock, pthread_rwlock_t *lock)
{
    return write_lock(lock_of(lock), "pthread_rwlock_wrlock", LULL_FOREVER);
}

LULL__THREADS(int, pthread_rwlock_tryrdlock, pthread_rwlock_t *lock)
{
    return try_read(lock_of(lock));
}

LULL__THREADS(int, pthread_rwlock_trywrlock, pthread_rwlock_t *lock)
{
    return try_write(lock_of(lock));
}

LULL__THREADS(int, pthread_rwlock_timedrdlock, pthread_rwlock_t *lock, const struct timespec *until)
{
    int error = try_read(lock_of(lock));
    if (error != EBUSY) return error;
    if (!lull__is_time(until)) return EINVAL;
    return read_lock(lock_of(lock), "pthread_rwlock_timedrdlock", lull__seconds_until(CLOCK_REALTIME, until));
}

LULL__THREADS(int, pthread_rwlock_timedwrlock, pthread_rwlock_t *lock, const struct timespec *until)
{
    int error = try_write(lock_of(lock));
    if (error != EBUSY) return error;
    if (!lull__is_time(until)) return EINVAL;
    return write_lock(lock_of(lock), "pthread_rwlock_timedwrlock", lull__seconds_until(CLOCK_REALTIME, until));
}

LULL__THREADS(int, pthread_rwlock_unlock, pthread_rwlock_t *handle)
{
    lull__prwlock *lock = lock_of(handle);
    if (lock->writer == lull__locker()) {
        lock->writer = 0;
    } else if (lock->reading == 0) {
        return EPERM;
    } else if (--lock->reading > 0) {
        return 0;
    }
    while (lull__unpark(&lock->readers)) lock->reading++;
    if (!lock->reading) lock->writer = lull__unpark(&lock->writers);
    return 0;
}

LULL__THREADS(int, pthread_rwlock_init, pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes)
{
    (void)attributes;
    *lock_of(lock) = (lull__prwlock){0};
    return 0;
}

LULL__THREADS(int, pthread_rwlock_destroy, pthread_rwlock_t *handle)
{
    const lull__prwlock *lock = lock_of(handle);
    return lock->reading || lock->writer ? EBUSY : 0;
}

#endif
