/* Condition variables. */
#include "waitables/sync.h"

/* Unlocks the mutex, so that a wait that does not begin leaves it locked. */
static int begin_cond(lull_yieldable *self, lull_task handle)
{
    lull_cond *cond = (lull_cond *)(void *)self;
    lull__sync_push(&cond->queue, lull__waiter_get(handle));
    cond->mutex->lent++;
    return lull_mutex_unlock(cond->mutex);
}

static void end_cond(lull_yieldable *self, lull_task handle)
{
    lull__end_in_list(self, handle);
    ((lull_cond *)(void *)self)->mutex->lent--;
}

/* Lock the mutex again after a wait with this status, shielded from cancellation. Returns the wait's final status. */
static int cond_lock(lull__task *task, lull_mutex *mutex, int status)
{
    lull__scope *shield = &task->ext->relock;
    lull__scope_enter(shield, LULL_FOREVER, true); /* cannot fail: the task's deadline has its timer */
    int locked;
    while ((locked = lull_mutex_lock(mutex)) < 0) {
        bool by_mutex = task->waiter.value == lull_from_pointer(&mutex->queue); /* not by a throw */
        bool abandoned = mutex->holder && !lull__task_get(mutex->holder);
        if ((locked == LULL_EDEADLOCK && (by_mutex || abandoned)) || lull__interruption(task) != 0) {
            status = lull__wait_failed(task, LULL_EDEADLOCK, NULL);
            break;
        }
        status = locked; /* thrown into this wait: the caller has to know */
    }
    lull__scope_exit(shield, 0);
    return status;
}

int lull_cond_wait(lull_cond *cond, lull_mutex *mutex)
{
    lull__task *task = lull__rt.running;
    if (!task) return LULL_ENOSUSPEND;
    if (mutex->holder != lull__task_handle(task))
        return lull__wait_refused(LULL_EINVAL, "lull_cond_wait: the task does not hold the mutex");
    if (cond->mutex != mutex && lull__sync_first(&cond->queue))
        return lull__wait_refused(LULL_EINVAL, "lull_cond_wait: others wait for this condition with another mutex");
    lull__task_ext *ext = lull__task_extend(task);
    bool alone = ext && !ext->scope; /* its timer is not armed */
    if (!ext || (alone && lull__timer_arm(&ext->deadline, LULL_FOREVER) < 0))
        return lull__wait_failed(task, LULL_ENOMEM, NULL);
    cond->mutex = mutex;
    int status = lull_yield_to(lull__sync_init(&cond->queue, begin_cond, end_cond, LULL__WAIT_CONDITION), NULL);
    if (mutex->holder != lull__task_handle(task)) return cond_lock(task, mutex, status);
    if (alone) lull__timer_disarm(&ext->deadline);
    return status;
}

void lull_cond_signal(lull_cond *cond)
{
    lull__waiter *first = lull__sync_first(&cond->queue);
    if (first) lull__sync_grant(&cond->queue, first, 0);
}

void lull_cond_broadcast(lull_cond *cond)
{
    lull__sync_wake_all(&cond->queue, 0);
}

int lull_cond_destroy(lull_cond *cond)
{
    if (lull__sync_first(&cond->queue)) return LULL_EBUSY;
    *cond = (lull_cond){0};
    return 0;
}
