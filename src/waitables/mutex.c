/* Mutexes, which are handed to their waiters in order. See D132. */
#include "waitables/sync.h"

/* The holder ends: see lull_sync.h. Its handle stays in the mutex, stale, as the mark of that. */
static void mutex_abandoned(lull__waiter *watch, int status, lull_value value, lull__error *error, bool next)
{
    (void)status, (void)value, (void)next;
    lull__error_release(error);
    lull_mutex *mutex = LULL__CONTAINER(watch, lull_mutex, watch);
    lull__sync_wake_all(&mutex->queue, LULL_EDEADLOCK);
}

/* While there are waiters, watch for the end of the holder (NULL: it has ended, or there is none). */
static inline void mutex_watch(lull_mutex *mutex, lull__task *holder)
{
    lull__sync_watch(&mutex->watch, lull__sync_first(&mutex->queue) ? holder : NULL, mutex_abandoned);
}

static int mutex_take(lull_mutex *mutex, lull_task task)
{
    if (!mutex->holder) {
        mutex->holder = task;
        return 0;
    }
    return mutex->holder == task || !lull__task_get(mutex->holder) ? LULL_EDEADLOCK : LULL_EBUSY;
}

/* Wait for a holder that has not ended. */
static inline void mutex_queue(lull_mutex *mutex, lull__waiter *waiter)
{
    lull__sync_push(&mutex->queue, waiter);
    lull__sync_watch(&mutex->watch, lull__task_get(mutex->holder), mutex_abandoned);
}

static int begin_mutex(lull_yieldable *self, lull_task handle)
{
    lull_mutex *mutex = (lull_mutex *)(void *)self;
    lull__waiter *waiter = lull__waiter_get(handle);
    int status = mutex_take(mutex, lull__task_handle(lull__waiter_task(waiter)));
    if (status == 0) lull__sync_grant(&mutex->queue, waiter, 0);
    if (status != LULL_EBUSY) return status;
    mutex_queue(mutex, waiter);
    return 0;
}

static void end_mutex(lull_yieldable *self, lull_task handle)
{
    lull__end_in_list(self, handle);
    lull_mutex *mutex = (lull_mutex *)(void *)self;
    mutex_watch(mutex, lull__task_get(mutex->holder));
}

static double mutex_holder(lull_yieldable *self, size_t *cursor)
{
    return lull__only_holder(((lull_mutex *)(void *)self)->holder, cursor);
}

lull_yieldable *lull_mutex_yieldable(lull_mutex *mutex)
{
    static lull__wait_source source = {.begin = begin_mutex, .next_holder = mutex_holder};
    lull__wait_source_add(&source);
    return lull__sync_init(&mutex->queue, begin_mutex, end_mutex, LULL__WAIT_MUTEX);
}

/* What these return, besides what lull_mutex_lock does: the task waits. */
enum { QUEUED = 1 };

LULL__NOINLINE static int start_locking(lull__task *task, lull_mutex *mutex)
{
    if (!mutex->holder && lull__sync_undisturbed()) {
        mutex->holder = lull__task_handle(task);
        return 0;
    }
    int status = lull__may_wait(task);
    if (status != 0) return status;
    status = mutex_take(mutex, lull__task_handle(task));
    if (status != LULL_EBUSY) return status < 0 ? lull__wait_failed(task, status, NULL) : 0;
    task->waiting_on = lull_mutex_yieldable(mutex);
    task->state = LULL__WAITING;
    mutex_queue(mutex, &task->waiter);
    return QUEUED;
}

/* A lull_resume does not end the wait: the task waits again, also for a mutex that has been destroyed meanwhile. */
LULL__NOINLINE static int finish_locking(lull__task *task, lull_mutex *mutex)
{
    int status = lull__wait_end(task, NULL);
    bool locked = task->waiter.value == lull_from_pointer(&mutex->queue);
    return status < 0 || locked ? status : start_locking(task, mutex);
}

LULL__BLOCKING int lull_mutex_lock(lull_mutex *mutex)
{
    lull__task *task = lull__rt.running;
    int status;
    if (!lull__context_resumed()) {
        status = start_locking(task, mutex);
        if (status != QUEUED) return status;
        LULL__SUSPEND(&task->context);
    }
    while ((status = finish_locking(task, mutex)) == QUEUED) LULL__SUSPEND(&task->context);
    return status;
}

int lull_mutex_try_lock(lull_mutex *mutex)
{
    const lull__task *task = lull__rt.running;
    return task ? mutex_take(mutex, lull__task_handle(task)) : LULL_ENOSUSPEND;
}

/* End the wait of a task for this mutex, which holds it from now on: with what end_mutex would do. */
static inline void mutex_hand_over(lull_mutex *mutex, lull__task *task)
{
    lull__list_remove(&task->waiter.link);
    task->waiting_on = NULL;
    mutex_watch(mutex, task);
    lull__wake(task, 0, lull_from_pointer(&mutex->queue), NULL, false);
}

int lull_mutex_unlock(lull_mutex *mutex)
{
    const lull__task *task = lull__rt.running;
    if (!task || mutex->holder != lull__task_handle(task)) return LULL_EINVAL;
    mutex->holder = 0;
    lull__waiter *first = lull__sync_first(&mutex->queue);
    if (!first) return 0;
    lull__task *next = lull__waiter_task(first);
    mutex->holder = lull__task_handle(next);
    if (!lull__is_proxy(first) && next->waiting_on == &lull__sync_waiters(&mutex->queue)->yieldable) {
        mutex_hand_over(mutex, next);
    } else {
        lull__sync_grant(&mutex->queue, first, 0);
    }
    return 0;
}

int lull_mutex_destroy(lull_mutex *mutex)
{
    bool held = mutex->holder && lull__task_get(mutex->holder);
    if (held || mutex->lent || lull__sync_first(&mutex->queue)) return LULL_EBUSY;
    *mutex = (lull_mutex){0};
    return 0;
}
