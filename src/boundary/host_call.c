/* Host calls: a task calls JavaScript and waits, or starts calls and waits for them later. See D28. */
#include "boundary/host_call.h"

#include "base/memory.h"
#include "port/port.h"
#include "sched/notify.h"
#include "sched/task_part.h"
#include "sched/wait.h"

/* JavaScript runs: C that it calls back cannot suspend. */
static void call_out(lull__task *task)
{
    lull__rt.calling = task;
    lull__rt.running = NULL;
}

/* It has returned. Returns the caller. */
static lull__task *call_returned(void)
{
    lull__rt.running = lull__rt.calling;
    lull__rt.calling = NULL;
    return lull__rt.running;
}

void lull__host_call_answered(lull__future *call, lull__ticket answer)
{
    call->ticket = answer < 0 ? 0 : answer;
    if (answer >= 0 || call->settled) return;
    call->owned = (uint8_t)~answer;
    lull__future_settle(call, 0, lull__mailbox.value, NULL);
}

/* A task has left a host call. If that is pending, notify JavaScript that no task waits for it any longer, and why. */
static void leave_call(lull__task *task, lull__future *call, int status, const lull__error *error)
{
    (void)task;
    call->awaited = true; /* by a task that has ended, at worst: its rejection is not reported */
    if (!call->settled && call->ticket) lull__notify_abandoned(call->ticket, status, error);
    lull__future_drop(call);
}

static const lull__task_part call_part = {.leave = leave_call};

/* The future of the last call that was answered at once, for the next; NULL. JavaScript names neither. See D126. */
static lull__future *spare;

static void forget_spare(lull__started *mark)
{
    (void)mark;
    spare = NULL;
}

static lull__started spare_mark = {.drop = forget_spare};

static inline lull__future *take_future(void)
{
    lull__future *call = spare;
    if (!call) return lull__future_get(lull_future_new());
    spare = NULL;
    call->started = NULL;
    return call;
}

/* Whether a call is over with this answer: the result then has the value, and owns all that it owns. */
static inline bool is_over(lull__task *caller, lull__future *call, lull__ticket answer, void *result, size_t size)
{
    if (answer >= 0 || caller->interrupted || spare) return false;
    caller->waiter.item = (lull__item){LULL__NO_ITEM, 0, 0};
    call->started = &spare_mark;
    spare = call;
    if (size == sizeof(int)) { /* without a call */
        memcpy(result, &lull__mailbox.value, sizeof(int));
    } else if (size) {
        memcpy(result, &lull__mailbox.value, size);
    }
    return true;
}

static void enter_call(lull__task *task, lull__future *call)
{
    lull__task_parts[LULL__CALL_PART] = &call_part;
    call->caller = task;
    task->waiter.item = (lull__item){LULL__CALL, 0, 0};
    task->waiter.value = lull_from_pointer(call);
    call_out(task);
}

LULL__BLOCKING int lull__host_call_begin(const char *name)
{
    lull__task *task = lull__rt.running;
    int status = lull__may_wait(task);
    if (status > 0) LULL__SUSPEND(&task->context); /* for good */
    if (status < 0) return status;
    lull__future *call = take_future();
    if (!call) return lull__wait_failed(task, LULL_ENOMEM, NULL);
    call->waiters.yieldable.name = name;
    enter_call(task, call);
    return (int)lull__handle_index(call->handle);
}

LULL__BLOCKING int lull__host_call_end(lull__ticket answer, void *result, size_t size)
{
    if (!lull__context_resumed()) {
        lull__task *caller = call_returned();
        lull__future *called = lull__host_call_of(caller);
        if (is_over(caller, called, answer, result, size)) return 0;
        lull__host_call_answered(called, answer);
        if (lull__kill_pending(caller)) { /* by what JavaScript did in the call */
            lull__kill_running(caller);
            LULL__SUSPEND(&caller->context);
        }
        /* The deadlines were looked at before the call. The function may have cancelled its caller. */
        bool interrupted = caller->interrupted && lull__interruption(caller) != 0;
        int status = interrupted ? lull__await_begin(caller, called) : lull__await_unchecked(caller, called);
        if (status < 0) {
            caller->waiter.item = (lull__item){LULL__NO_ITEM, 0, 0};
            leave_call(caller, called, status, caller->ext->error);
            return status;
        }
        if (status) LULL__SUSPEND(&caller->context);
    }
    lull__task *task = lull__rt.running;
    lull__future *call = lull__host_call_of(task);
    task->waiter.item = (lull__item){LULL__NO_ITEM, 0, 0};
    int status = lull__wait_end(task, NULL);
    if (status == 0 && size) {
        memcpy(result, &call->value, size);
        call->owned = LULL__OWNS_NOTHING;
    }
    leave_call(task, call, status, task->ext->error);
    return status;
}

/* ---- Calls that a task starts, to have several in flight --------------------------------------------------------- */

static void forget_started(lull__started *started)
{
    started->future->started = NULL;
    lull__list_remove(&started->watch.waiter.link);
    lull__free(started);
}

static void drop_started(lull__started *started)
{
    const lull__future *future = started->future;
    forget_started(started);
    if (!future->settled && future->ticket) lull__notify_abandoned(future->ticket, LULL_ECANCELED, NULL);
}

/* The task that has started the call has ended. */
static void starter_ended(lull__waiter *watch, int status, lull_value value, lull__error *error, bool next)
{
    (void)status;
    (void)value;
    (void)next;
    lull__error_release(error);
    lull__future_drop(LULL__CONTAINER(watch, lull__started, watch)->future);
}

lull_future lull__host_call_start(const char *name)
{
    lull__task *task = lull__rt.running;
    if (!task) return LULL_ENOSUSPEND;
    lull__started *started = (lull__started *)lull__alloc(sizeof *started);
    lull_future handle = started ? lull_future_new() : LULL_ENOMEM;
    if (handle < 0) {
        lull__free(started);
        return handle;
    }
    started->future = lull__future_get(handle);
    started->drop = drop_started;
    started->future->started = started;
    started->future->waiters.yieldable.name = name;
    started->future->caller = task;
    lull__proxy_init(&started->watch, NULL, starter_ended);
    lull__list_push_back(&task->ended, &started->watch.waiter.link);
    call_out(task);
    return handle;
}

lull_future lull__host_call_started(lull_future handle, lull__ticket answer)
{
    call_returned();
    lull__host_call_answered(lull__future_get(handle), answer);
    return handle;
}

lull__ticket lull__host_call_take(lull_future handle)
{
    lull__task *task = lull__rt.running;
    if (!task) return LULL_ENOSUSPEND;
    lull__future *future = lull__future_get(handle);
    if (!future) return lull__wait_refused(LULL_ESRCH, "no such host call: it was finished or freed already");
    if (!future->started)
        return lull__wait_refused(LULL_EINVAL, "not a host call that was started: this is another future");
    if (task->interrupted) lull__is_undisturbed(task); /* looks at its deadlines: host_call_end does not */
    forget_started(future->started);
    enter_call(task, future);
    return future->ticket;
}
