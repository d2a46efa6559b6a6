/* Barriers of threads. (POSIX.1-2017.) */
#include "posix/thread.h"

#if defined(__wasm__)

typedef struct lull__pbarrier {
    unsigned count;   /* how many wait for each other */
    unsigned arrived; /* how many of them are there */
    unsigned round;   /* how often all have come */
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

/* A thread that runs the handler of a signal meanwhile has arrived, too: the others do not wait for it. */
LULL__THREADS(int, pthread_barrier_wait, pthread_barrier_t *handle)
{
    static const lull__lot_kind kind = {.name = "pthread_barrier_wait"};
    lull__pbarrier *barrier = barrier_of(handle);
    if (barrier->count == 0) return EINVAL;
    if (++barrier->arrived == barrier->count) {
        barrier->arrived = 0;
        barrier->round++;
        lull__unpark_all(&barrier->waiters);
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    unsigned round = barrier->round;
    while (barrier->round == round) {
        int status = lull__park(&barrier->waiters, barrier, &kind, LULL_FOREVER, false);
        if (status == LULL__EINTR && lull__run_handlers) lull__run_handlers();
        if (status == 0 || lull__posix_is_interrupted(status)) continue;
        barrier->arrived--;
        if (status == LULL_ECANCELED) lull_fail(status, NULL);
        return lull__posix_error(kind.name, status);
    }
    return 0;
}

LULL__THREADS(int, pthread_barrier_destroy, pthread_barrier_t *barrier)
{
    return barrier_of(barrier)->arrived > 0 ? EBUSY : 0;
}

#endif
