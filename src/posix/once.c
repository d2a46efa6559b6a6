/* pthread_once, and spin locks: both are an int, so their waiters wait in one lot for all. (POSIX.1-2017.) */
#include "posix/thread.h"

#if defined(__wasm__)

enum { NOT_DONE, BEING_DONE, IS_DONE };

static lull__lot for_once;

static void begin_anew(void *control)
{
    *(pthread_once_t *)control = NOT_DONE;
    lull__unpark_all(&for_once);
}

LULL__THREADS(int, pthread_once, pthread_once_t *control, void (*function)(void))
{
    static const lull__lot_kind kind = {.name = "pthread_once"};
    while (*control == BEING_DONE) {
        int error = lull__park_for_lock(&for_once, control, &kind, LULL_FOREVER);
        if (error) return error;
    }
    if (*control == IS_DONE) return 0;
    *control = BEING_DONE;
    pthread_cleanup_push(begin_anew, control); /* where the thread is cancelled meanwhile */
    (void)lull__call_any((lull__any *)function, NULL);
    pthread_cleanup_pop(0);
    *control = IS_DONE;
    lull__unpark_all(&for_once);
    return 0;
}

enum { IS_FREE, IS_LOCKED };

static lull__lot for_spin_locks;

LULL__THREADS(int, pthread_spin_init, pthread_spinlock_t *lock, int shared)
{
    (void)shared;
    *lock = IS_FREE;
    return 0;
}

LULL__THREADS(int, pthread_spin_destroy, pthread_spinlock_t *lock)
{
    return *lock == IS_FREE ? 0 : EBUSY;
}

LULL__THREADS(int, pthread_spin_trylock, pthread_spinlock_t *lock)
{
    if (*lock != IS_FREE) return EBUSY;
    *lock = IS_LOCKED;
    return 0;
}

/* Its holder can only go on if this thread waits. */
LULL__THREADS(int, pthread_spin_lock, pthread_spinlock_t *lock)
{
    static const lull__lot_kind kind = {.name = "pthread_spin_lock"};
    while (pthread_spin_trylock(lock) != 0) {
        int error = lull__park_for_lock(&for_spin_locks, (void *)lock, &kind, LULL_FOREVER);
        if (error) return error;
    }
    return 0;
}

LULL__THREADS(int, pthread_spin_unlock, pthread_spinlock_t *lock)
{
    *lock = IS_FREE;
    lull__unpark_all(&for_spin_locks);
    return 0;
}

#endif
