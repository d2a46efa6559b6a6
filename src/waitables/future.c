/* Futures: values to come, and the waiters for them. */
#include "waitables/future.h"

#include "base/pool.h"
#include "sched/last_error.h"
#include "sched/notify.h"
#include "sched/task_part.h"
#include "sched/wait.h"
#include "sched/wait_graph.h"

static lull__pool futures = {.size = sizeof(lull__future)};

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

static lull__wait_source settling = {.begin = begin_await, .next_holder = settling_task};

/* ---- The result of a task -------------------------------------------------------------------------------------- */

static int admit_result(const lull_spawn_options *options, const lull__task *parent)
{
    (void)parent;
    const lull__future *future = lull__future_get(options->result);
    return future && !future->settled && !future->settler ? 0 : LULL_ESRCH;
}

static void attach_result(lull__task *task, const lull_spawn_options *options)
{
    lull__future_get(options->result)->settler = lull__task_handle(task);
    task->ext->settles = options->result;
}

static bool deliver_result(lull__task *task, const lull__outcome *outcome)
{
    lull__future *future = lull__future_get(task->ext->settles);
    if (!future) return false;
    future->settler = 0;
    lull__future_settle(future, outcome->status, outcome->value, lull__error_retain(outcome->error));
    return true;
}

static const lull__task_part result_part = {.admit = admit_result, .attach = attach_result, .deliver = deliver_result};

/* ---- Futures --------------------------------------------------------------------------------------------------- */

static void drop_object(void *future)
{
    lull__future_drop((lull__future *)future);
}

lull_future lull_future_new(void)
{
    lull__future *future = (lull__future *)lull__pool_take(&futures);
    if (!future) return LULL_ENOMEM;
    memset(future, 0, sizeof *future);
    lull__waiters_init(&future->waiters, LULL__WAIT_FUTURE);
    future->waiters.yieldable.begin = begin_await;
    if (!settling.next) { /* the first future */
        lull__disposers[LULL__FUTURE_KIND] = drop_object;
        lull__task_parts[LULL__RESULT_PART] = &result_part;
        lull__wait_source_add(&settling);
    }
    future->handle = lull__handle_new(LULL__FUTURE_KIND, future);
    if (future->handle < 0) {
        lull__pool_give(&futures, future);
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

void lull__future_drop(lull__future *future)
{
    lull__handle_free(future->handle); /* first, so that no code of the user's finds it any more */
    if (!future->settled) lull__waiters_wake(&future->waiters, LULL_ECLOSED, 0, NULL);
    if (future->status < 0 && !future->awaited && !lull__rt.closing) {
        lull__notify_unhandled(NULL, future->status, future->error);
    }
    lull__owned_free((lull__owned)future->owned, future->value);
    lull__error_release(future->error);
    if (future->started) lull__hook_drop_started(future); /* last: it may run user code */
    lull__pool_give(&futures, future);
}

void lull__hook_drop_started(lull__future *future)
{
    future->started->drop(future->started);
}

int lull_future_free(lull_future handle)
{
    lull__future *future = lull__future_get(handle);
    if (!future) return LULL_ESRCH;
    bool called = future->caller && !future->started; /* a task is in that host call, and frees it when it leaves */
    if (future->settler || called) return LULL_EBUSY;
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
    return status != 0 ? status : lull__await_unchecked(task, future);
}

int lull__await_unchecked(lull__task *task, lull__future *future)
{
    future->awaited = true;
    if (!future->settled) return lull__wait_in_list(task, &future->waiters);
    task->failed = future->status != 0;
    if (task->failed) task->status = future->status;
    if (task->waiter.item.kind == LULL__NO_ITEM) task->waiter.value = future->value;
    if (future->error) lull__pending_error_set(task, lull__error_retain(future->error));
    return 0;
}

/* As lull__wait_begin. */
LULL__NOINLINE static int begin_await_of(lull__task *task, lull_future handle)
{
    lull__future *future = lull__future_get(handle);
    return future ? lull__await_begin(task, future)
                  : lull__wait_refused(LULL_ESRCH,
                                       "lull_await: no such future: it was freed, or this never was a handle of one");
}

LULL__BLOCKING int lull_await(lull_future handle, lull_value *value)
{
    lull__task *task = lull__rt.running;
    if (!lull__context_resumed()) {
        int status = begin_await_of(task, handle);
        if (status < 0) return status;
        if (status) LULL__SUSPEND(&task->context);
    }
    return lull__wait_end(task, value);
}
