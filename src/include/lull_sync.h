/*
 * Synchronization primitives: mutex, read-write lock, condition, semaphore, event, barrier, wait group, once. Included
 * by lull.h.
 *
 * A task is interrupted only where it waits, so code between two waits needs no lock. A mutex is for what has to stay
 * together across a wait.
 *
 * Each is a plain struct of the caller's, whose members are the runtime's. A struct of zeros is ready for use (but a
 * barrier and a semaphore need a number first). It must stay in place from its first use on. None of these functions
 * allocates, unless its comment says so.
 *
 * Waits are like lull_yield_to: they can be cancelled and limited by a scope, and then have acquired nothing. They are
 * first come, first served: whatever is free goes to the first waiter, never to a later one. What has been handed over
 * is received: a task that is cancelled or times out after that holds the lock, and finds out at its next wait. A
 * lull_resume of a waiter is ignored, but costs it its place. The try_ forms never wait, so they succeed even in a
 * cancelled task.
 *
 * lull_…_yieldable gives the same wait as a yieldable, for lull_with_timeout and lull_select: valid until the struct is
 * destroyed. Its value is the runtime's. There, a lull_resume ends the wait with nothing acquired.
 *
 * LULL_EDEADLOCK means that the wait could never end: the task itself holds the lock, or its holder has ended. A lock
 * is not taken from a task that ends while holding it, because whatever it guards may be half done: present and later
 * waiters get LULL_EDEADLOCK, until the lock is destroyed, which makes it new. (Trio's BrokenResourceError.) If a task
 * may fail or be killed, unlock with lull_defer. A task killed between being granted a lock or a unit and resuming
 * counts as having held it.
 *
 * The destroy functions check that the struct is no longer needed, and make it new. They free nothing, unless their
 * comment says so: a struct without waiters and holders can as well be forgotten. They return 0; LULL_EBUSY if it has
 * waiters, or a holder that has not ended: then nothing has changed. A task that a lull_resume has just made run is no
 * waiter; it then waits again, for the new struct.
 */
#ifndef LULL_SYNC_H
#define LULL_SYNC_H

/* The waiters for one thing. */
typedef struct lull__queue {
    lull_yieldable yieldable;
    void *links[2];
} lull__queue;

/* A watch of the holder's end. */
typedef union lull__watch {
    int64_t aligned;
    void *space[12];
} lull__watch;

/* ---- Mutex --------------------------------------------------------------------------------------------------- */

/* A lock that one task holds at a time. (Pthreads' error-checking mutex, with trio's hand-over.) */
typedef struct lull_mutex {
    lull__queue queue;
    lull_task holder; /* 0: none */
    lull__watch watch;
    size_t lent; /* the number of waiters for a condition, which will lock it again */
} lull_mutex;

/*
 * Lock a mutex. If it is free, this does not suspend. May suspend.
 * Returns 0; LULL_EDEADLOCK where the current task holds it, or its holder has ended; else as lull_yield_to.
 */
LULL_NODISCARD int lull_mutex_lock(lull_mutex *mutex);

/*
 * Lock it if it is free. Returns 0; LULL_EBUSY; LULL_EDEADLOCK as lull_mutex_lock; LULL_ENOSUSPEND outside of a task.
 */
LULL_NODISCARD int lull_mutex_try_lock(lull_mutex *mutex);

/* Unlock it. The first waiter, if any, holds it now. Returns 0; LULL_EINVAL where the current task does not hold it. */
int lull_mutex_unlock(lull_mutex *mutex);

/* See above. LULL_EBUSY also if a waiter for a condition has unlocked it. */
int lull_mutex_destroy(lull_mutex *mutex);

/* Locking it as a yieldable. */
lull_yieldable *lull_mutex_yieldable(lull_mutex *mutex);

/* ---- Read-write lock ----------------------------------------------------------------------------------------- */

/* The number of readers at once before it allocates. */
#define LULL_RWLOCK_FEW 4

/*
 * A lock that any number of tasks hold for reading, or one for writing. While a writer waits, new readers wait behind
 * it, so that writers do not starve; a writer that unlocks lets in all readers that wait by then, so that neither do
 * they. (Go's RWMutex.) A task holds it once, either way.
 */
typedef struct lull_rwlock {
    lull__queue readers; /* that wait */
    lull__queue writers;
    size_t waiting;   /* readers */
    lull_task writer; /* 0: none */
    size_t reading;   /* the number of readers */
    size_t room;      /* of `many` */
    lull_task *many;  /* the readers; NULL: see `few` */
    lull_task few[LULL_RWLOCK_FEW];
    lull__watch watch;
    lull_task watched;
} lull_rwlock;

/*
 * Lock it for reading or for writing. If it is free for that, this does not suspend. May suspend.
 *
 * Returns 0; LULL_EDEADLOCK where the current task holds it in any way, or all its holders have ended; LULL_ENOMEM, for
 * reading, where there are LULL_RWLOCK_FEW readers and no memory for one more; else as lull_yield_to.
 */
LULL_NODISCARD int lull_rwlock_read(lull_rwlock *lock);
LULL_NODISCARD int lull_rwlock_write(lull_rwlock *lock);

/* The same if it is free. LULL_EBUSY where they would wait; LULL_ENOSUSPEND outside of a task. */
LULL_NODISCARD int lull_rwlock_try_read(lull_rwlock *lock);
LULL_NODISCARD int lull_rwlock_try_write(lull_rwlock *lock);

/* Unlock it, for reading or for writing. Returns 0; LULL_EINVAL where the current task does not hold it. */
int lull_rwlock_unlock(lull_rwlock *lock);

/* See above. Frees memory for many readers that have ended without unlocking. */
int lull_rwlock_destroy(lull_rwlock *lock);

/* Locking it to read or to write as a yieldable. One lull_select can wait for one of the two. */
lull_yieldable *lull_rwlock_read_yieldable(lull_rwlock *lock);
lull_yieldable *lull_rwlock_write_yieldable(lull_rwlock *lock);

/* ---- Condition ----------------------------------------------------------------------------------------------- */

/*
 * A condition: wait, with a mutex unlocked, until another task signals that what the mutex guards has changed. Another
 * task may lock the mutex between the signal and the end of the wait, so look again in a loop. (Pthreads.)
 *
 *     lull_check(lull_mutex_lock(&mutex));
 *     int status = 0;
 *     while (queue_is_empty() && status == 0) status = lull_cond_wait(&filled, &mutex);
 *     …
 *     lull_mutex_unlock(&mutex);
 *     lull_check(status);
 */
typedef struct lull_cond {
    lull__queue queue;
    lull_mutex *mutex; /* of the waiters */
} lull_cond;

/*
 * Unlock the mutex and wait for a signal, atomically; then lock the mutex again, however the wait has ended, shielded
 * from cancellation and timeouts. So the mutex is held again on every return but LULL_EDEADLOCK. A signal that has been
 * handed over is received: the wait succeeds, and a cancellation shows at the next one. A lull_resume ends the wait as
 * a signal does. May suspend.
 *
 * Returns 0; LULL_EINVAL where the current task does not hold the mutex, or others wait for this condition with another
 * mutex; LULL_ENOMEM; LULL_EDEADLOCK where the mutex cannot be locked again, because its holder has ended, or in a
 * deferred call whose time is up; else as lull_yield_to. Limit it with a scope (lull_scope_enter).
 */
LULL_NODISCARD int lull_cond_wait(lull_cond *cond, lull_mutex *mutex);

/*
 * End the wait of the first waiter, if any; of all waiters. The caller may hold the mutex, or not.
 */
void lull_cond_signal(lull_cond *cond);
void lull_cond_broadcast(lull_cond *cond);

/* See above. */
int lull_cond_destroy(lull_cond *cond);

/* ---- Semaphore ----------------------------------------------------------------------------------------------- */

/* A number of units, to be acquired one at a time. They belong to no task: any code may release them. (POSIX.) */
typedef struct lull_semaphore {
    lull__queue queue;
    size_t units;
} lull_semaphore;

/* Make a semaphore with this many units. A struct of zeros has none. */
void lull_semaphore_init(lull_semaphore *semaphore, size_t units);

/* Take a unit. If there is one, this does not suspend. May suspend. Returns 0; else as lull_yield_to. */
LULL_NODISCARD int lull_semaphore_acquire(lull_semaphore *semaphore);

/* Take a unit if there is one. Works outside of a task. Returns 0; LULL_EBUSY. */
LULL_NODISCARD int lull_semaphore_try_acquire(lull_semaphore *semaphore);

/* Give a unit back: to the first waiter, if any. Returns 0; LULL_EINVAL where it has SIZE_MAX of them. */
int lull_semaphore_release(lull_semaphore *semaphore);

/* See above. It has no units then. */
int lull_semaphore_destroy(lull_semaphore *semaphore);

/* Acquiring as a yieldable. */
lull_yieldable *lull_semaphore_yieldable(lull_semaphore *semaphore);

/* ---- Event --------------------------------------------------------------------------------------------------- */

/* A flag to wait for. (Trio's Event, which can be cleared as Python's.) */
typedef struct lull_event {
    lull__queue queue;
    bool set;
} lull_event;

/* Set it: all waiters go on, first come, first served, even if it is cleared before they run. */
void lull_event_set(lull_event *event);
void lull_event_clear(lull_event *event);

/* Wait until it is set. If it is, this does not suspend. May suspend. Returns 0; else as lull_yield_to. */
LULL_NODISCARD int lull_event_wait(lull_event *event);

/* See above. It is not set then. */
int lull_event_destroy(lull_event *event);

/* Waiting for it as a yieldable. */
lull_yieldable *lull_event_yieldable(lull_event *event);

/* ---- Barrier ------------------------------------------------------------------------------------------------- */

/* A meeting point for a number of tasks: when the last arrives, all go on, and the next may meet. (Pthreads.) */
typedef struct lull_barrier {
    lull__queue queue;
    size_t count;   /* the tasks that meet */
    size_t waiting; /* those that have arrived */
} lull_barrier;

/* Make a barrier for this many tasks. Returns 0; LULL_EINVAL for 0. */
LULL_NODISCARD int lull_barrier_init(lull_barrier *barrier, size_t count);

/*
 * Wait until all have arrived; the last does not suspend. A task whose wait is cut short has not arrived: another may
 * take its place. May suspend.
 *
 * Returns 1 to the last one, 0 to the others; LULL_EINVAL for a barrier without a number; else as lull_yield_to.
 */
LULL_NODISCARD int lull_barrier_wait(lull_barrier *barrier);

/* See above. It has no number then. */
int lull_barrier_destroy(lull_barrier *barrier);

/* Arriving as a yieldable. */
lull_yieldable *lull_barrier_yieldable(lull_barrier *barrier);

/* ---- Wait group ---------------------------------------------------------------------------------------------- */

/* A count of pending work, whose waiters wait for 0. (Go's WaitGroup.) */
typedef struct lull_wait_group {
    lull__queue queue;
    int64_t count;
} lull_wait_group;

/*
 * Add to the count. When it becomes 0, all waiters go on. Returns 0; LULL_EINVAL where it would be negative, or too
 * large.
 */
int lull_wait_group_add(lull_wait_group *group, int64_t delta);

/* lull_wait_group_add(group, -1). */
int lull_wait_group_done(lull_wait_group *group);

/* Wait until the count is 0. If it is, this does not suspend. May suspend. Returns 0; else as lull_yield_to. */
LULL_NODISCARD int lull_wait_group_wait(lull_wait_group *group);

/* See above. LULL_EBUSY also where the count is not 0. */
int lull_wait_group_destroy(lull_wait_group *group);

/* Waiting for 0 as a yieldable. */
lull_yieldable *lull_wait_group_yieldable(lull_wait_group *group);

/* ---- Once ---------------------------------------------------------------------------------------------------- */

/* A call that is made once. (Go's Once; pthread_once.) */
typedef struct lull_once {
    lull__queue queue;
    lull_task runner; /* the task that makes it; 0: none */
    lull__watch watch;
    bool done;
} lull_once;

/*
 * Call `function(argument)`, unless that has been done. While another task makes the call, wait until it has returned.
 * If that task ends in the call (lull_fail, lull_return, a kill), the first waiter makes it, or else the next caller.
 * If it is done, this does not suspend. May suspend.
 *
 * Returns 0 where it is done; LULL_EDEADLOCK in the function itself; LULL_EINVAL for no function; LULL_ENOSUSPEND
 * outside of a task, if it is not done; else as lull_yield_to, for the wait for another task.
 */
LULL_NODISCARD int lull_once_do(lull_once *once, void (*function)(void *argument), void *argument);

/* See above. It has not been done then. */
int lull_once_destroy(lull_once *once);

#endif
