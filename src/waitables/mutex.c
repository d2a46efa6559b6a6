/* Mutexes, which are handed to their waiters in order. */
#include "waitables/sync.h"

/* The holder ends: see lull_sync.h. Its handle stays in the mutex, stale, as the mark of that. */
static void mutex_abandoned(lull__waiter *watch, int status, lull_value value, lull__error *error, bool next)
{
    (void)status, (void)value, (void)next;
    lull__error_release(error);
    lull_mutex *mutex = LULL__CONTAINER(watch, lull_mutex, watch);
    lull__sync_wake_all(&mutex->queue, LULL_EDEADLOCK);
}

/* While there are waiters, watch for the holder's end. */
static void mutex_watch_holder(lull_mutex *mutex)
{
    lull__task *holder = lull__sync_first(&mutex->queue) ? lull__task_get(mutex->holder) : NULL;
    lull__sync_watch(&mutex->watch, holder, mutex_abandoned);
}

static int mutex_take(lull_mutex *mutex, lull_task task)
{
    if (!mutex->holder) {
        mutex->holder = task;
        return 0;
    }
    return mutex->holder == task || !lull__task_get(mutex->holder) ? LULL_EDEADLOCK : LULL_EBUSY;
}

static int begin_mutex(lull_yieldable *self, lull_task handle)
{
    lull_mutex *mutex = (lull_mutex *)(void *)self;
    lull__waiter *waiter = lull__waiter_get(handle);
    int status = mutex_take(mutex, lull__task_handle(lull__waiter_task(waiter)));
    if (status == 0) lull__sync_grant(&mutex->queue, waiter, 0);
    if (status != LULL_EBUSY) return status;
    lull__sync_push(&mutex->queue, waiter);
    mutex_watch_holder(mutex);
    return 0;
}

static void end_mutex(lull_yieldable *self, lull_task handle)
{
    lull__end_in_list(self, handle);
    mutex_watch_holder((lull_mutex *)(void *)self);
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

int lull_mutex_lock(lull_mutex *mutex)
{
    const lull__task *task = lull__sync_undisturbed();
    if (task && !mutex->holder) {
        mutex->holder = lull__task_handle(task);
        return 0;
    }
    lull_mutex_yieldable(mutex);
    return lull__sync_wait(&mutex->queue);
}

int lull_mutex_try_lock(lull_mutex *mutex)
{
    const lull__task *task = lull__rt.running;
    return task ? mutex_take(mutex, lull__task_handle(task)) : LULL_ENOSUSPEND;
}

int lull_mutex_unlock(lull_mutex *mutex)
{
    const lull__task *task = lull__rt.running;
    if (!task || mutex->holder != lull__task_handle(task)) return LULL_EINVAL;
    lull__waiter *first = lull__sync_first(&mutex->queue);
    mutex->holder = first ? lull__task_handle(lull__waiter_task(first)) : 0;
    if (first) lull__sync_grant(&mutex->queue, first, 0);
    return 0;
}

int lull_mutex_destroy(lull_mutex *mutex)
{
    bool held = mutex->holder && lull__task_get(mutex->holder);
    if (held || mutex->lent || lull__sync_first(&mutex->queue)) return LULL_EBUSY;
    *mutex = (lull_mutex){0};
    return 0;
}
