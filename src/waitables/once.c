/* Once: a call that is made once, by the first task that can. */
#include "waitables/sync.h"

/* The runner ends during the call: the first waiter makes it. */
static void once_abandoned(lull__waiter *watch, int status, lull_value value, lull__error *error, bool next)
{
    (void)status, (void)value, (void)next;
    lull__error_release(error);
    lull_once *once = LULL__CONTAINER(watch, lull_once, watch);
    lull__waiter *first = lull__sync_first(&once->queue);
    once->runner = lull__task_handle(lull__waiter_task(first)); /* there is one: without waiters, there is no watch */
    lull__sync_grant(&once->queue, first, 0);
}

/* While there are waiters, watch for the end of the runner. */
static void once_watch_runner(lull_once *once)
{
    lull__task *runner = lull__sync_first(&once->queue) ? lull__task_get(once->runner) : NULL;
    lull__sync_watch(&once->watch, runner, once_abandoned);
}

/* Granted: the call is made, or the waiter makes it. Either may have happened while a lull_resume made the task run. */
static int begin_once(lull_yieldable *self, lull_task handle)
{
    lull_once *once = (lull_once *)(void *)self;
    lull__waiter *waiter = lull__waiter_get(handle);
    if (lull__task_get(once->runner)) {
        lull__sync_push(&once->queue, waiter);
        once_watch_runner(once);
    } else {
        lull__sync_grant(&once->queue, waiter, 0);
    }
    return 0;
}

static void end_once(lull_yieldable *self, lull_task handle)
{
    lull__end_in_list(self, handle);
    once_watch_runner((lull_once *)(void *)self);
}

static double once_runner(lull_yieldable *self, size_t *cursor)
{
    return lull__only_holder(((lull_once *)(void *)self)->runner, cursor);
}

int lull_once_do(lull_once *once, void (*function)(void *argument), void *argument)
{
    const lull__task *task = lull__rt.running;
    if (!function) return lull__wait_refused(LULL_EINVAL, "lull_once_do: there is no function to call");
    if (once->done) return 0;
    if (!task) return LULL_ENOSUSPEND;
    if (once->runner == lull__task_handle(task))
        return lull__wait_refused(LULL_EDEADLOCK, "lull_once_do: called by the function that it calls");
    if (lull__task_get(once->runner)) {
        static lull__wait_source running = {.begin = begin_once, .next_holder = once_runner};
        lull__wait_source_add(&running);
        lull__sync_init(&once->queue, begin_once, end_once, LULL__WAIT_ONCE);
        int status = lull__sync_wait(&once->queue);
        if (status < 0 || once->done) return status;
    }
    once->runner = lull__task_handle(task);
    function(argument);
    once->done = true;
    once->runner = 0;
    lull__sync_wake_all(&once->queue, 0);
    return 0;
}

int lull_once_destroy(lull_once *once)
{
    if (lull__task_get(once->runner)) return LULL_EBUSY;
    *once = (lull_once){0};
    return 0;
}
