/* What all primitives of lull_sync.h share: the queue, its wait, and the watch. */
#include "waitables/sync.h"

void lull__sync_grant(lull__queue *queue, lull__waiter *waiter, int word)
{
    lull__list_remove(&waiter->link);
    lull__waiter_wake(waiter, 0, lull_from_pointer(queue) + word, NULL, false);
}

void lull__sync_wake_all(lull__queue *queue, int status)
{
    if (lull__sync_first(queue)) lull__waiters_wake(lull__sync_waiters(queue), status, lull_from_pointer(queue), NULL);
}

int lull__sync_wait(lull__queue *queue)
{
    const lull_yieldable wait = queue->yieldable;
    lull_value token = lull_from_pointer(queue);
    lull_value value;
    int status;
    do {
        /* Again: it may have been destroyed while a lull_resume made the task run. */
        lull__sync_init(queue, wait.begin, wait.end, wait.name);
        status = lull_yield_to(&queue->yieldable, &value);
    } while (status == 0 && value != token && value != token + 1);
    return status < 0 ? status : (int)(value - token);
}

void lull__sync_watch(lull__watch *watch, lull__task *task, lull__on_wake *ended)
{
    lull__proxy *proxy = (lull__proxy *)(void *)watch;
    if (proxy->on_wake) {
        lull__list_remove(&proxy->waiter.link);
    } else {
        lull__proxy_init(proxy, NULL, ended);
    }
    if (task) lull__list_push_back(&task->ended, &proxy->waiter.link);
}
