/*
 * Locks, and what else tasks tell one another by: mutex, read-write lock, condition, semaphore, event, barrier, wait
 * group, once. Included by lull.h.
 *
 * A task is interrupted only where it waits, so what happens between two waits needs no lock. A mutex is for what has
 * to stay together across a wait.
 *
 * Each is a plain struct of the caller's, and its members are the runtime's. One that is all zeros is ready for use (a
 * barrier and a semaphore are given a number first), and it must stay where it is from its first use on. None of these
 * functions allocates, unless its comment says so.
 *
 * Waits are as lull_yield_to in all else: they can be cancelled and be limited by a scope, and then nothing was
 * acquired. They are first come, first served. What is free is handed to the first who waits, never to one who comes
 * later; what was handed over is received: a task that is cancelled or whose time is up after that holds the lock, and
 * finds out at its next wait. A lull_resume of a task that waits here is ignored, but costs it its place. The try_
 * forms never wait, and so succeed in a task that is cancelled, too.
 *
 * lull_…_yieldable gives the same wait as a yieldable, for lull_with_timeout and lull_select: valid until the struct is
 * destroyed. Its value is the runtime's, and there a lull_resume ends the wait with nothing acquired.
 *
 * LULL_EDEADLOCK says that a wait could not end: the task holds the lock itself, or who holds it has ended. A lock is
 * not taken from a task that ends while it holds it, because what the lock guards may be half done: those who wait for
 * it, and those who come later, get LULL_EDEADLOCK, until it is destroyed and so made new. (Trio's
 * BrokenResourceError.) Let lull_defer unlock what a task that may fail or be killed holds. A task that is killed after
 * a lock or a unit was handed to it, and before it ran on, has had it.
 *
 * The destroy functions check that nobody needs the struct any longer, and make it as new. They free nothing, unless
 * their comment says so: one that nobody waits for or holds can as well be forgotten. Returns 0; LULL_EBUSY where
 * somebody waits for it, or a task that has not ended holds it: nothing has then changed. A task that a lull_resume has
 * just made run does not wait; it waits again for what is as new then.
 */
#ifndef LULL_SYNC_H
#define LULL_SYNC_H

/* Those who wait for one thing. */
typedef struct lull__queue {
    lull_yieldable yieldable;
    void *links[2];
} lull__queue;

/* What learns of the end of the task that holds it. */
typedef union lull__watch {
    int64_t aligned;
    void *space[12];
} lull__watch;

/* ---- Mutex --------------------------------------------------------------------------------------------------- */

/* A lock that one task holds at a time. (Pthreads' error-checking mutex, with trio's hand-over.) */
typedef struct lull_mutex {
    lull__queue queue;
    lull_task holder; /* 0: nobody */
    lull__watch watch;
    size_t lent; /* how many wait for a condition, and will lock it again */
} lull_mutex;

/*
 * Lock a mutex; where it is free, without suspending. May suspend.
 * Returns 0; LULL_EDEADLOCK where the current task holds it, or its holder has ended; else as lull_yield_to.
 */
LULL_NODISCARD int lull_mutex_lock(lull_mutex *mutex);

/*
 * Lock it if it is free. Returns 0; LULL_EBUSY; LULL_EDEADLOCK as lull_mutex_lock; LULL_ENOSUSPEND outside of a task.
 */
LULL_NODISCARD int lull_mutex_try_lock(lull_mutex *mutex);

/* Unlock it: the first who waits holds it now. Returns 0; LULL_EINVAL where the current task does not hold it. */
int lull_mutex_unlock(lull_mutex *mutex);

/* See above. LULL_EBUSY also where somebody waits for a condition with it. */
int lull_mutex_destroy(lull_mutex *mutex);

/* Locking it as a yieldable. */
lull_yieldable *lull_mutex_yieldable(lull_mutex *mutex);

/* ---- Read-write lock ----------------------------------------------------------------------------------------- */

/* How many read it at once before it allocates. */
#define LULL_RWLOCK_FEW 4

/*
 * A lock that any number of tasks hold to read, or one to write. Readers who come while a writer waits, wait behind it,
 * so writers do not starve; a writer that unlocks lets in all readers who wait by then, so neither do they. (Go's
 * RWMutex.) A task holds it once, either way.
 */
typedef struct lull_rwlock {
    lull__queue readers; /* who wait */
    lull__queue writers;
    size_t waiting;   /* readers */
    lull_task writer; /* who writes; 0: nobody */
    size_t reading;   /* how many read */
    size_t room;      /* for how many of those at `many` */
    lull_task *many;  /* who they are; NULL: see `few` */
    lull_task few[LULL_RWLOCK_FEW];
    lull__watch watch;
    lull_task watched;
} lull_rwlock;

/*
 * Lock it to read or to write; where that is possible at once, without suspending. May suspend.
 *
 * Returns 0; LULL_EDEADLOCK where the current task holds it in any way, or all who hold it have ended; LULL_ENOMEM, to
 * read, where more than LULL_RWLOCK_FEW read it and there is no memory to remember one more; else as lull_yield_to.
 */
LULL_NODISCARD int lull_rwlock_read(lull_rwlock *lock);
LULL_NODISCARD int lull_rwlock_write(lull_rwlock *lock);

/* The same if it is possible at once. LULL_EBUSY where they would wait; LULL_ENOSUSPEND outside of a task. */
LULL_NODISCARD int lull_rwlock_try_read(lull_rwlock *lock);
LULL_NODISCARD int lull_rwlock_try_write(lull_rwlock *lock);

/* Unlock what the current task reads or writes. Returns 0; LULL_EINVAL where it does neither. */
int lull_rwlock_unlock(lull_rwlock *lock);

/* See above. Frees what is allocated for many readers that have ended without unlocking. */
int lull_rwlock_destroy(lull_rwlock *lock);

/* Locking it to read or to write as a yieldable. Not both of one lock in one lull_select. */
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
    lull_mutex *mutex; /* of those who wait */
} lull_cond;

/*
 * Unlock the mutex and wait for a signal, in one; then lock the mutex again, however the wait has ended: that part is
 * shielded from cancellation and timeouts. So the mutex is held again on return, whatever is returned, but for
 * LULL_EDEADLOCK. A signal that was handed over is received: the wait succeeds, and a cancellation shows at the next
 * one. A lull_resume ends the wait as a signal does. May suspend.
 *
 * Returns 0; LULL_EINVAL where the current task does not hold the mutex, or others wait for this condition with another
 * mutex; LULL_ENOMEM; LULL_EDEADLOCK where the mutex cannot be locked again, because its holder has ended, or in a
 * deferred call whose time is up; else as lull_yield_to. Limit it with a scope (lull_scope_enter).
 */
LULL_NODISCARD int lull_cond_wait(lull_cond *cond, lull_mutex *mutex);

/*
 * End the wait of the first who waits, if anybody does; of all who wait. Whoever calls this may hold the mutex, or not.
 */
void lull_cond_signal(lull_cond *cond);
void lull_cond_broadcast(lull_cond *cond);

/* See above. */
int lull_cond_destroy(lull_cond *cond);

/* ---- Semaphore ----------------------------------------------------------------------------------------------- */

/* A number of units, of which each who acquires takes one. They belong to no task: anybody may release. (POSIX.) */
typedef struct lull_semaphore {
    lull__queue queue;
    size_t units;
} lull_semaphore;

/* Make a semaphore of so many units. One that is all zeros has none. */
void lull_semaphore_init(lull_semaphore *semaphore, size_t units);

/* Take a unit; where there is one, without suspending. May suspend. Returns 0; else as lull_yield_to. */
LULL_NODISCARD int lull_semaphore_acquire(lull_semaphore *semaphore);

/* Take a unit if there is one. Works outside of a task. Returns 0; LULL_EBUSY. */
LULL_NODISCARD int lull_semaphore_try_acquire(lull_semaphore *semaphore);

/* Give a unit: to the first who waits. Returns 0; LULL_EINVAL where it has SIZE_MAX of them. */
int lull_semaphore_release(lull_semaphore *semaphore);

/* See above. It has no units then. */
int lull_semaphore_destroy(lull_semaphore *semaphore);

/* Acquiring as a yieldable. */
lull_yieldable *lull_semaphore_yieldable(lull_semaphore *semaphore);

/* ---- Event --------------------------------------------------------------------------------------------------- */

/* Something that has happened, or not yet. (Trio's Event, which can be cleared as Python's.) */
typedef struct lull_event {
    lull__queue queue;
    bool set;
} lull_event;

/* Set it: all who wait go on, in the order in which they came, even if it is cleared before they run. */
void lull_event_set(lull_event *event);
void lull_event_clear(lull_event *event);

/* Wait until it is set; where it is, without suspending. May suspend. Returns 0; else as lull_yield_to. */
LULL_NODISCARD int lull_event_wait(lull_event *event);

/* See above. It is not set then. */
int lull_event_destroy(lull_event *event);

/* That it is set, as a yieldable. */
lull_yieldable *lull_event_yieldable(lull_event *event);

/* ---- Barrier ------------------------------------------------------------------------------------------------- */

/* Where a number of tasks meet; when the last has come, all go on, and the next may meet. (Pthreads.) */
typedef struct lull_barrier {
    lull__queue queue;
    size_t count;   /* how many meet */
    size_t waiting; /* how many are there */
} lull_barrier;

/* Make a barrier for so many tasks. Returns 0; LULL_EINVAL for 0. */
LULL_NODISCARD int lull_barrier_init(lull_barrier *barrier, size_t count);

/*
 * Wait until so many tasks wait; the last does not suspend. One whose wait is cut short has not come: another one may
 * come in its place. May suspend.
 *
 * Returns 1 to the last one, 0 to the others; LULL_EINVAL for a barrier without a number; else as lull_yield_to.
 */
LULL_NODISCARD int lull_barrier_wait(lull_barrier *barrier);

/* See above. It has no number then. */
int lull_barrier_destroy(lull_barrier *barrier);

/* Coming there as a yieldable. */
lull_yieldable *lull_barrier_yieldable(lull_barrier *barrier);

/* ---- Wait group ---------------------------------------------------------------------------------------------- */

/* A count of what is to be done, and those who wait until it is 0. (Go's WaitGroup.) */
typedef struct lull_wait_group {
    lull__queue queue;
    int64_t count;
} lull_wait_group;

/*
 * Add to the count. Where it becomes 0, all who wait go on. Returns 0; LULL_EINVAL where it would be negative, or too
 * large.
 */
int lull_wait_group_add(lull_wait_group *group, int64_t delta);

/* One is done: lull_wait_group_add(group, -1). */
int lull_wait_group_done(lull_wait_group *group);

/* Wait until the count is 0; where it is, without suspending. May suspend. Returns 0; else as lull_yield_to. */
LULL_NODISCARD int lull_wait_group_wait(lull_wait_group *group);

/* See above. LULL_EBUSY also where the count is not 0. */
int lull_wait_group_destroy(lull_wait_group *group);

/* That the count is 0, as a yieldable. */
lull_yieldable *lull_wait_group_yieldable(lull_wait_group *group);

/* ---- Once ---------------------------------------------------------------------------------------------------- */

/* Something that is done once. (Go's Once; pthread_once.) */
typedef struct lull_once {
    lull__queue queue;
    lull_task runner; /* who does it; 0: nobody */
    lull__watch watch;
    bool done;
} lull_once;

/*
 * Call `function(argument)`, unless that has been done; while another task does it, wait until it has. It is done when
 * the function returns. Where the task ends in it instead (lull_fail, lull_return, a kill), the first who waits, or the
 * next who comes, does it. Where it is done, this does not suspend. May suspend.
 *
 * Returns 0: it is done; LULL_EDEADLOCK in the function itself; LULL_EINVAL for no function; LULL_ENOSUSPEND outside of
 * a task, if it is not done; else as lull_yield_to, for the wait for another task.
 */
LULL_NODISCARD int lull_once_do(lull_once *once, void (*function)(void *argument), void *argument);

/* See above. It has not been done then. */
int lull_once_destroy(lull_once *once);

#endif
