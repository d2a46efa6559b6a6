/* Lists of waiters: how threads wait for each other, and for locks. See D106. */
#include "posix/thread.h"

#if defined(__wasm__)

#include "sched/wait.h"
#include "sched/wait_graph.h"

static lull__thread *thread_of(lull_yieldable *wait)
{
    return LULL__CONTAINER(wait, lull__thread, wait);
}

static int begin_park(lull_yieldable *self, lull_task waiter)
{
    lull__link *waiters = &thread_of(self)->lot->waiters;
    if (!waiters->next) lull__list_init(waiters);
    lull__list_push_back(waiters, &lull__waiter_get(waiter)->link);
    return 0;
}

static double holder_of(lull_yieldable *self, size_t *cursor)
{
    const lull__thread *thread = thread_of(self);
    return thread->kind.holder ? lull__only_holder(thread->kind.holder(thread->object), cursor) : 0;
}

/* Sets *value to the value of the wait: the thread itself, or the value of a lull_resume. */
static int park_until(lull__lot *lot, const void *object, const lull__lot_kind *kind, double deadline,
                      bool is_cancelable, lull_value *value)
{
    static lull__wait_source source = {.begin = begin_park, .next_holder = holder_of};
    lull__wait_source_add(&source);
    lull__thread *self = lull__thread_self();
    if (!self) return LULL_ENOMEM;
    self->wait = (lull_yieldable){begin_park, lull__end_in_list, kind->name};
    self->lot = lot;
    self->object = object;
    self->kind = *kind;
    self->is_locking = !is_cancelable;
    double left = deadline < LULL_FOREVER ? deadline - lull_now() : deadline;
    int status = left == LULL_FOREVER ? lull_yield_to(&self->wait, value)
                                      : lull_with_timeout(left > 0 ? left : 0, &self->wait, value);
    self->is_locking = false;
    return status;
}

int lull__park_once(lull__lot *lot, const void *object, const lull__lot_kind *kind, double deadline)
{
    lull_value value = 0;
    lull__point_enter();
    int status = park_until(lot, object, kind, deadline, true, &value);
    lull__point_leave(status);
    return status;
}

int lull__park(lull__lot *lot, const void *object, const lull__lot_kind *kind, double seconds, bool is_cancelable)
{
    double deadline = seconds < LULL_FOREVER ? lull_now() + seconds : seconds;
    int status;
    lull_value value;
    do {
        value = 0;
        status = park_until(lot, object, kind, deadline, is_cancelable, &value);
    } while (status == 0 && value != lull_from_pointer(lull__thread_self())); /* a lull_resume costs it its place */
    return status;
}

int lull__park_for_lock(lull__lot *lot, void *object, const lull__lot_kind *kind, double seconds)
{
    double end = seconds < LULL_FOREVER ? lull_now() + seconds : seconds;
    for (;;) {
        int status = lull__park(lot, object, kind, end < LULL_FOREVER ? end - lull_now() : end, false);
        if (status == LULL_ECANCELED) lull_fail(status, NULL);
        if (!lull__posix_is_interrupted(status)) return lull__posix_error(kind->name, status);
        if (status == LULL__EINTR && lull__run_handlers) lull__run_handlers();
        int error = kind->take ? kind->take(object) : 0; /* it may be free by now */
        if (error != EBUSY) return error;
    }
}

bool lull__park_restarts(int status)
{
    const lull__thread *self = status == LULL__EINTR ? lull__thread_self() : NULL;
    return self && self->restarts;
}

int lull__park_at_point(lull__lot *lot, const void *object, const lull__lot_kind *kind, double seconds)
{
    double end = seconds < LULL_FOREVER ? lull_now() + seconds : seconds;
    int status;
    do {
        lull__point_enter();
        status = lull__park(lot, object, kind, seconds, true);
        lull__point_leave(status);
        seconds = end < LULL_FOREVER ? end - lull_now() : end;
    } while (lull__park_restarts(status));
    return lull__posix_error(kind->name, status);
}

lull_task lull__unpark(lull__lot *lot)
{
    lull__link *first = lot->waiters.next;
    if (!first || first == &lot->waiters) return 0;
    lull__waiter *waiter = LULL__CONTAINER(first, lull__waiter, link);
    const lull__task *task = lull__waiter_task(waiter);
    lull__list_remove(first);
    lull__waiter_wake(waiter, 0, lull_from_pointer(thread_of(task->waiting_on)), NULL, false);
    return lull__task_handle(task);
}

void lull__unpark_all(lull__lot *lot)
{
    while (lull__unpark(lot)) continue;
}

size_t lull__lot_count(const lull__lot *lot)
{
    size_t count = 0;
    const lull__link *link = lot->waiters.next;
    for (; link && link != &lot->waiters; link = link->next) count++;
    return count;
}

#endif
