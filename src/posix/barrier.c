/* Barriers of threads. (POSIX.1-2017.) */
#include "posix/thread.h"

#if defined(__wasm__)

typedef struct lull__pbarrier {
    unsigned count; /* how many wait for each other */
    lull__lot waiters;
} lull__pbarrier;
_Static_assert(sizeof(lull__pbarrier) <= sizeof(pthread_barrier_t), "pthread_barrier_t has room for it");

static lull__pbarrier *barrier_of(pthread_barrier_t *barrier)
{
    return (lull__pbarrier *)(void *)barrier;
}

LULL__THREADS(int, pthread_barrier_init, pthread_barrier_t *barrier, const pthread_barrierattr_t *attributes,
              unsigned count)
{
    (void)attributes;
    if (count == 0) return EINVAL;
    *barrier_of(barrier) = (lull__pbarrier){.count = count};
    return 0;
}

/* See lull__lot_kind. The last one to come lets all go on. */
static int arrive(void *object)
{
    lull__pbarrier *barrier = (lull__pbarrier *)object;
    if (lull__lot_count(&barrier->waiters) + 1 < barrier->count) return EBUSY;
    lull__unpark_all(&barrier->waiters);
    return PTHREAD_BARRIER_SERIAL_THREAD;
}

LULL__THREADS(int, pthread_barrier_wait, pthread_barrier_t *handle)
{
    static const lull__lot_kind kind = {.name = "pthread_barrier_wait", .take = arrive};
    lull__pbarrier *barrier = barrier_of(handle);
    if (barrier->count == 0) return EINVAL;
    int result = arrive(barrier);
    return result == EBUSY ? lull__park_for_lock(&barrier->waiters, barrier, &kind, LULL_FOREVER) : result;
}

LULL__THREADS(int, pthread_barrier_destroy, pthread_barrier_t *barrier)
{
    return lull__lot_count(&barrier_of(barrier)->waiters) > 0 ? EBUSY : 0;
}

#endif
