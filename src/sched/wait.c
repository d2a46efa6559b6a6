/* Waiting: the one way in which a task suspends, and the ways in which its wait ends. See D12, D18. */
#include "sched/wait.h"

#include "port/port.h"
#include "sched/last_error.h"
#include "sched/notify.h"

/* ---- The ready queue ----------------------------------------------------------------------------------------- */

void lull__ready_next(lull__task *task)
{
    lull__runtime *rt = &lull__rt;
    task->next = *rt->resumed;
    *rt->resumed = task;
    if (rt->last == rt->resumed) rt->last = &task->next;
    rt->resumed = &task->next;
    task->state = task->ready_as;
    lull__ensure_awake();
}

/*
 * A task that waits for its first run can leave the queue again, from its place: the `next` of the task before it,
 * noted in its link, which has no other use yet. If all before it have run, it comes right after those that were
 * resumed.
 */
static lull__task **place_of(const lull__task *task)
{
    return *lull__rt.resumed == task ? lull__rt.resumed : (lull__task **)(void *)task->waiter.link.previous;
}

static void note_place(lull__task *task, lull__task **place)
{
    task->waiter.link.previous = (lull__link *)(void *)place;
}

/* Whether a task is in the ready queue, and only its spawn or a lull_schedule has put it there. */
static bool is_starting(const lull__task *task)
{
    return task->state == LULL__FRESH && !lull__has_started(task) && !task->canceled &&
           task->waiter.link.previous != &task->waiter.link;
}

/* Take such a task out of the queue: it waits on. */
static void unready(lull__task *task)
{
    lull__task **place = place_of(task);
    *place = task->next;
    if (!task->next) {
        lull__rt.last = place;
    } else if (is_starting(task->next)) {
        note_place(task->next, place);
    }
    lull__list_init(&task->waiter.link);
    task->state = LULL__WAITING;
}

void lull__ready(lull__task *task)
{
    if (!lull__has_started(task)) note_place(task, lull__rt.last);
    lull__ready_last(task);
    task->state = task->ready_as;
    lull__ensure_awake();
}

void lull__ready_new(lull__task *task)
{
    note_place(task, lull__rt.last);
    lull__ready_last(task);
    task->state = LULL__FRESH;
    lull__ensure_awake();
}

/* ---- The end of a wait --------------------------------------------------------------------------------------- */

lull__task *lull__nosuspend_enter(void)
{
    lull__runtime *rt = &lull__rt;
    lull__task *running = rt->running;
    if (running) rt->trap_owner = rt->beneath = running;
    rt->running = NULL;
    return running;
}

void lull__nosuspend_leave(lull__task *running)
{
    if (!running) return;
    lull__rt.running = running;
    lull__rt.trap_owner = lull__rt.beneath = NULL;
}

void lull__hook_end(lull_yieldable *yieldable, lull__task *task, uint32_t waiter)
{
    lull__task *outer = lull__rt.trap_owner;
    lull__task *running = lull__nosuspend_enter();
    if (!running) lull__rt.trap_owner = task;
    yieldable->end(yieldable, lull__handle_at(waiter));
    lull__rt.trap_owner = outer;
    lull__nosuspend_leave(running);
}

void lull__pending_error_set(lull__task *task, lull__error *error)
{
    lull__task_ext *ext = lull__task_extend(task);
    if (ext) {
        ext->pending_error = error;
    } else {
        lull__error_release(error); /* there is no memory */
    }
}

lull__error *lull__pending_error_take(lull__task *task)
{
    lull__error *error = task->ext->pending_error;
    if (error) task->ext->pending_error = NULL;
    return error;
}

lull_yieldable *lull__wait_detach(lull__task *task)
{
    lull_yieldable *yieldable = task->waiting_on;
    lull__timer_disarm(&task->waiter.wake);
    task->waiting_on = NULL;
    return yieldable;
}

void lull__wake(lull__task *task, int status, lull_value value, lull__error *error, bool next)
{
    task->failed = status != 0;
    if (task->failed) {
        if (task->ext->task) task->ext->previous_status = task->status;
        task->status = status;
    }
    if (task->waiter.item.kind == LULL__NO_ITEM)
        task->waiter.value = value; /* else it is in use, and the wait returns no value */
    if (error) lull__pending_error_set(task, error);
    if (lull__on_stack(task)) {
        task->state = LULL__RUNNING; /* by its yieldable's begin: it will not suspend */
        return;
    }
    lull_yieldable *yieldable = lull__wait_detach(task);
    if (next) {
        lull__ready_next(task);
    } else {
        lull__ready(task);
    }
    lull__end_wait(yieldable, &task->waiter, task, task->waiter.index);
}

void lull__wake_fired(lull__timer *timer)
{
    lull__task *task = LULL__CONTAINER(timer, lull__task, waiter.wake);
    lull__wake(task, 0, task->waiter.value, NULL, false);
}

/* The waiter behind a handle, if it waits; else NULL, and *status says why. */
static lull__waiter *waiting(lull_task handle, int *status)
{
    lull__waiter *waiter = lull__waiter_get(handle);
    const lull__task *task = waiter && lull__is_waiting(waiter) ? lull__waiter_task(waiter) : NULL;
    bool waits =
        task && (lull__is_proxy(waiter) || task->state == LULL__WAITING); /* a proxy waits even while its task runs */
    if (!waits && task) waits = is_starting(task);
    *status = !task || task->state == LULL__ENDED ? LULL_ESRCH : waits ? 0 : LULL_EBUSY;
    return waits && *status == 0 ? waiter : NULL;
}

/* Likewise, to be given a value. The value of a host call comes from JavaScript alone. */
static lull__waiter *open_to_values(lull_task handle, int *status)
{
    lull__waiter *waiter = waiting(handle, status);
    if (!waiter || waiter->item.kind != LULL__CALL) return waiter;
    *status = LULL_EBUSY;
    return NULL;
}

/* Take a waiter that is a starting task out of the ready queue. */
static void leave_queue(lull__waiter *waiter)
{
    lull__task *task = lull__waiter_task(waiter);
    if (!lull__is_proxy(waiter) && is_starting(task)) unready(task);
}

int lull_schedule(lull_task handle, double delay, lull_value value)
{
    int status;
    lull__waiter *waiter = open_to_values(handle, &status);
    if (!waiter) return status;
    if (!lull__valid_delay(delay)) return LULL_EINVAL;
    if (delay == 0 && !lull__on_stack(lull__waiter_task(waiter))) {
        leave_queue(waiter);
        lull__waiter_wake(waiter, 0, value, NULL, false);
        return 0;
    }
    status = lull__timer_arm(&waiter->wake, lull_now() + delay);
    if (status == 0 && waiter->item.kind == LULL__NO_ITEM) waiter->value = value;
    if (status == 0) leave_queue(waiter);
    return status;
}

int lull_resume(lull_task handle, lull_value value)
{
    int status;
    lull__waiter *waiter = open_to_values(handle, &status);
    if (!waiter) return status;
    leave_queue(waiter);
    lull__waiter_wake(waiter, 0, value, NULL, true);
    return 0;
}

int lull__throw(lull_task handle, int code, lull__error *error)
{
    int status;
    lull__waiter *waiter = waiting(handle, &status);
    if (waiter && !lull__has_started(lull__waiter_task(waiter))) status = LULL_EBUSY;
    if (status == 0) {
        lull__waiter_wake(waiter, code, 0, error, true);
    } else {
        lull__error_release(error);
    }
    return status;
}

int lull_throw(lull_task handle, int code, const char *format, ...)
{
    int status;
    if (!waiting(handle, &status)) return status;
    if (code >= 0) return LULL_EINVAL;
    va_list arguments;
    va_start(arguments, format);
    lull__error *error = lull__error_print(code, format, arguments);
    va_end(arguments);
    if (!error && format) return LULL_ENOMEM;
    return lull__throw(handle, code, error);
}

/* ---- The wait ------------------------------------------------------------------------------------------------- */

int lull__wait_failed(lull__task *task, int code, lull__error *error)
{
    task->status = code;
    lull__task_ext *ext = error ? lull__task_extend(task) : task->ext;
    if (ext && ext->task) {
        lull__error_release(ext->error);
        ext->error = error;
    } else {
        lull__error_release(error); /* there is no memory */
    }
    return code;
}

LULL__COLD int lull__wait_refused(int code, const char *message)
{
    lull__task *task = lull__rt.running;
    bool waits = task && task->state == LULL__RUNNING; /* else it is in a begin: no wait of its own fails */
    return waits ? lull__wait_failed(task, code, lull__error_new(code, message, strlen(message), NULL)) : code;
}

LULL__COLD bool lull__is_undisturbed(lull__task *task)
{
    if (lull__kill_pending(task)) return false;
    lull__look_at_deadlines(task);
    if (lull__interruption(task) != 0) return false;
    task->ignored_cancels = 0;
    return true;
}

/* What lull__may_wait returns for a task that is interrupted. */
LULL__COLD static int refuse(lull__task *task)
{
    if (lull__is_undisturbed(task)) return 0;
    if (!lull__kill_pending(task)) {
        int status = lull__interruption(task);
        task->ignored_cancels++;
        if (task->ignored_cancels <= LULL_MAX_IGNORED_CANCELS) {
            return lull__wait_failed(task, status, lull__interruption_error(task, status));
        }
    }
    if (!task->canceled && !task->killed) lull__notify_unhandled(task, LULL_EKILLED, NULL); /* nobody asked for that */
    lull__kill_running(task);
    return 1;
}

int lull__may_wait(lull__task *task)
{
    if (!task || task->state != LULL__RUNNING) return LULL_ENOSUSPEND;
    return task->interrupted ? refuse(task) : 0;
}

int lull__hook_begin(lull_yieldable *yieldable, lull_task waiter)
{
    return yieldable->begin ? yieldable->begin(yieldable, waiter) : 0;
}

/* What lull__wait_begin returns after a begin that has failed, or has perhaps woken or cancelled its own task. */
LULL__COLD static int begun_and_ended(lull__task *task, int status)
{
    if (status < 0) {
        lull__timer_disarm(&task->waiter.wake);
        lull__error_release(lull__pending_error_take(task));
        task->waiting_on = NULL;
        task->state = LULL__RUNNING;
        return lull__wait_failed(task, status, NULL);
    }
    if (lull__kill_pending(task)) lull__kill_running(task);
    if (task->state == LULL__WAITING) {
        status = lull__interruption(task);
        if (status == 0) return 1;
        lull__wake(task, status, 0, lull__interruption_error(task, status), false);
    }
    lull_yieldable *yieldable = lull__wait_detach(task);
    lull__end_wait(yieldable, &task->waiter, task, task->waiter.index);
    return task->state == LULL__ENDED; /* 1: it has been killed, and suspends for good */
}

int lull__wait_begin(lull__task *task, lull_yieldable *yieldable)
{
    int status = lull__may_wait(task);
    if (status != 0) return status;
    task->state = LULL__WAITING;
    task->waiting_on = yieldable;
    if (yieldable) {
        bool interrupted = task->interrupted;
        task->interrupted = true; /* so that lull_pause checks, and finds that this task waits */
        status = lull__hook_begin(yieldable, lull__task_handle(task));
        task->interrupted = interrupted || lull__may_be_interrupted(task);
        if (status < 0 || task->state == LULL__RUNNING || task->interrupted) return begun_and_ended(task, status);
    }
    return 1;
}

LULL__COLD int lull__wait_failure(lull__task *task)
{
    int status = task->status;
    lull__error *error = lull__pending_error_take(task);
    task->status = 0;
    task->failed = false;
    if (status == LULL__INTERRUPTED) {
        status = lull__interruption(task);
        if (status == 0) { /* the interruption is over */
            task->status = task->ext->previous_status;
            return 0;
        }
        error = lull__interruption_error(task, status);
    }
    return lull__wait_failed(task, status, error);
}

LULL__BLOCKING int lull_yield_to(lull_yieldable *yieldable, lull_value *value)
{
    lull__task *task = lull__rt.running;
    if (!lull__context_resumed()) {
        int status = lull__wait_begin(task, yieldable);
        if (status < 0) return status;
        if (status) LULL__SUSPEND(&task->context);
    }
    return lull__wait_end(task, value);
}

/* Begin any pause but an uninterrupted lull_pause(0). Negative: it has failed. */
LULL__COLD static int begin_pause(lull__task *task, double seconds)
{
    static lull_yieldable sleep = {.name = LULL__WAIT_PAUSE};
    if (!lull__valid_delay(seconds))
        return lull__wait_refused(LULL_EINVAL,
                                  "lull_pause: the time has to be a number of seconds that is not negative");
    int status = lull__may_wait(task);
    if (status != 0 || seconds == 0) return status;
    if (lull__timer_arm(&task->waiter.wake, lull_now() + seconds) < 0)
        return lull__wait_failed(task, LULL_ENOMEM, NULL);
    task->waiter.value = 0;
    task->waiting_on = &sleep;
    task->state = LULL__WAITING;
    return 1;
}

LULL__BLOCKING int lull_pause(double seconds)
{
    lull__task *task = lull__rt.running;
    if (!lull__context_resumed()) {
        if (seconds != 0 || !task || task->interrupted) {
            int status = begin_pause(task, seconds);
            if (status < 0) return status;
        }
        LULL__SUSPEND(&task->context); /* while running: the loop puts it behind the ready tasks */
    }
    return lull__wait_end(task, NULL);
}

int lull__end_of(lull_task handle, lull_yieldable **yieldable)
{
    lull__task *task = lull__task_get(handle);
    lull__task_ext *ext = task ? lull__task_extend(task) : NULL;
    *yieldable = ext ? &ext->join : NULL;
    return task && !ext ? LULL_ENOMEM : 0;
}

/* As lull__wait_begin. */
LULL__NOINLINE static int begin_join_of(lull__task *task, lull_task handle)
{
    lull_yieldable *end;
    int status = lull__end_of(handle, &end);
    if (!task) return status < 0 ? status : end ? LULL_ENOSUSPEND : LULL_ESRCH;
    if (status < 0) return lull__wait_failed(task, status, NULL);
    if (!end) {
        return lull__wait_refused(
            LULL_ESRCH,
            "lull_join: no such task: it has ended already; a future (.result) would still have its result");
    }
    if (handle == lull__task_handle(task))
        return lull__wait_refused(LULL_EINVAL, "lull_join: a task cannot wait for its own end");
    return lull__wait_begin(task, end);
}

LULL__BLOCKING int lull_join(lull_task handle, lull_value *value)
{
    lull__task *task = lull__rt.running;
    if (!lull__context_resumed()) {
        int status = begin_join_of(task, handle);
        if (status < 0) return status;
        if (status) LULL__SUSPEND(&task->context);
    }
    return lull__wait_end(task, value);
}

lull_yieldable *lull_task_yieldable(lull_task handle)
{
    lull_yieldable *end;
    return lull__end_of(handle, &end) == 0 ? end : NULL;
}

double lull_now(void)
{
    return lull__port_now();
}
