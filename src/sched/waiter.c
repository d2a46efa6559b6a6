/* Waiters: tasks and their proxies, and the lists in which they wait. */
#include "sched/waiter.h"

#include "sched/wait.h"

void lull__hook_on_wake(lull__proxy *proxy, int status, lull_value value, lull__error *error, bool next)
{
    proxy->on_wake(&proxy->waiter, status, value, error, next);
}

void lull__waiter_wake(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next)
{
    if (lull__is_proxy(waiter)) {
        lull__hook_on_wake(lull__proxy_of(waiter), status, value, error, next);
    } else {
        lull__wake(LULL__CONTAINER(waiter, lull__task, waiter), status, value, error, next);
    }
}

lull__waiter *lull__waiter_get(lull_task handle)
{
    lull__task *task = lull__task_get(handle);
    return task ? &task->waiter : (lull__waiter *)lull__handle_get(LULL__WAITER_KIND, handle);
}

void lull__proxy_timer_fired(lull__timer *timer)
{
    lull__proxy *proxy = LULL__CONTAINER(timer, lull__proxy, waiter.wake);
    lull__hook_on_wake(proxy, 0, proxy->waiter.value, NULL, false);
}

void lull__proxy_init(lull__proxy *proxy, lull__task *task, lull__on_wake *on_wake)
{
    *proxy = (lull__proxy){.waiter.wake.alarm = LULL__PROXY_ALARM, .task = task, .on_wake = on_wake};
    lull__list_init(&proxy->waiter.link);
}

static int begin_in_list(lull_yieldable *self, lull_task waiter)
{
    lull__list_push_back(&((lull__waiters *)self)->list, &lull__waiter_get(waiter)->link);
    return 0;
}

void lull__end_in_list(lull_yieldable *self, lull_task waiter)
{
    (void)self;
    lull__list_remove(&lull__waiter_get(waiter)->link);
}

void lull__waiters_init(lull__waiters *waiters, const char *name)
{
    waiters->yieldable = (lull_yieldable){begin_in_list, lull__end_in_list, name};
    lull__list_init(&waiters->list);
}

bool lull__list_wake(lull__link *list, int status, lull_value value, lull__error *error)
{
    bool any = false;
    while (!lull__list_empty(list)) {
        lull__waiter *waiter = LULL__CONTAINER(list->next, lull__waiter, link);
        if (lull__is_waiting(waiter)) any = true; /* a watch receives nothing */
        lull__list_remove(&waiter->link);         /* first: in its begin, it gets no end */
        lull__waiter_wake(waiter, status, value, lull__error_retain(error), false);
    }
    return any;
}
