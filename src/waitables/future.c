/* Futures: a value to come, and those who wait for it. */
#include <stdlib.h>

#include "port/port.h"

static int begin_await(lull_yieldable *self, lull_task waiter)
{
    lull__future *future = (lull__future *)(void *)self;
    lull__waiter *who = lull__waiter_get(waiter);
    future->awaited = true;
    if (future->settled) {
        lull__waiter_wake(who, future->status, future->value, lull__error_retain(future->error), false);
    } else {
        lull__list_push_back(&future->waiters.list, &who->link);
    }
    return 0;
}

static double settling_task(lull_yieldable *self, size_t *cursor)
{
    return lull__only_holder(((lull__future *)(void *)self)->settler, cursor);
}

static lull__holding settling = {.begin = begin_await, .next_holder = settling_task};

static void drop_object(void *future)
{
    lull__future_drop((lull__future *)future);
}

lull_future lull_future_new(void)
{
    lull__future *future = (lull__future *)lull__pool_take(&lull__self.futures);
    if (!future) return LULL_ENOMEM;
    memset(future, 0, sizeof *future);
    lull__waiters_init(&future->waiters, "future");
    future->waiters.yieldable.begin = begin_await;
    if (!settling.next) { /* the first future */
        lull__self.disposers[LULL__FUTURE_KIND] = drop_object;
        lull__holding_add(&settling);
    }
    future->handle = lull__handle_new(LULL__FUTURE_KIND, future);
    if (future->handle < 0) {
        lull__pool_give(&lull__self.futures, future);
        return LULL_ENOMEM;
    }
    return future->handle;
}

void lull__future_settle(lull__future *future, int status, lull_value value, lull__error *error)
{
    future->settled = true;
    future->status = status;
    future->value = value;
    future->error = error;
    lull__waiters_wake(&future->waiters, status, value, error);
}

void lull__owned_free(lull__owned owned, lull_value value)
{
    if (owned == LULL__OWNS_MEMORY) {
        free((void *)(uintptr_t)value);
    } else if (owned == LULL__OWNS_REF) {
        lull__host_release((lull_ref)value);
    }
}

void lull__future_drop(lull__future *future)
{
    if (!future->settled) lull__waiters_wake(&future->waiters, LULL_ECLOSED, 0, NULL);
    if (future->status < 0 && !future->awaited && !lull__self.closing) {
        lull__host_report(NULL, future->status, future->error);
    }
    lull__owned_free((lull__owned)future->owned, future->value);
    lull__error_release(future->error);
    lull__handle_free(future->handle);
    if (future->started) lull__hook_drop_started(future); /* last, for it may run code of the user's */
    lull__pool_give(&lull__self.futures, future);
}

int lull_future_free(lull_future handle)
{
    lull__future *future = lull__future_get(handle);
    if (!future) return LULL_ESRCH;
    if (future->settler) return LULL_EBUSY;
    lull__future_drop(future);
    return 0;
}

/* The pending future behind a handle; else *status says why not. */
static lull__future *pending_future(lull_future handle, int *status)
{
    lull__future *future = lull__future_get(handle);
    if (!future) {
        *status = LULL_ESRCH;
    } else {
        bool promised = future->settler || future->started || future->ticket; /* by a task, or by JavaScript */
        *status = future->settled || promised ? LULL_EBUSY : 0;
    }
    return *status == 0 ? future : NULL;
}

int lull_future_resolve(lull_future handle, lull_value value)
{
    int status;
    lull__future *future = pending_future(handle, &status);
    if (future) lull__future_settle(future, 0, value, NULL);
    return status;
}

int lull_future_reject(lull_future handle, int code, const char *format, ...)
{
    int status;
    lull__future *future = pending_future(handle, &status);
    if (!future) return status;
    if (code >= 0) return LULL_EINVAL;
    va_list arguments;
    va_start(arguments, format);
    lull__error *error = lull__error_print(code, format, arguments);
    va_end(arguments);
    if (!error && format) return LULL_ENOMEM;
    lull__future_settle(future, code, 0, error);
    return 0;
}

int lull_future_settled(lull_future handle)
{
    const lull__future *future = lull__future_get(handle);
    return future ? future->settled : LULL_ESRCH;
}

lull_yieldable *lull_future_yieldable(lull_future handle)
{
    lull__future *future = lull__future_get(handle);
    return future ? &future->waiters.yieldable : NULL;
}

int lull__await_begin(lull__task *task, lull__future *future)
{
    int status = lull__may_wait(task);
    if (status != 0) return status;
    future->awaited = true;
    if (!future->settled) return lull__wait_in_list(task, &future->waiters);
    task->failed = future->status != 0;
    if (task->failed) task->status = future->status;
    if (!task->waiter.item) task->waiter.value = future->value;
    if (future->error) lull__arrive(task, lull__error_retain(future->error));
    return 0;
}

LULL__BLOCKING int lull_await(lull_future handle, lull_value *value)
{
    lull__task *task = lull__self.running;
    if (!lull__context_resumed()) {
        lull__future *future = lull__future_get(handle);
        if (!future) return LULL_ESRCH;
        int status = lull__await_begin(task, future);
        if (status < 0) return status;
        if (status) LULL__SUSPEND(&task->context);
    }
    return lull__wait_end(task, value);
}
