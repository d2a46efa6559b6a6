/* Waiting: the one way in which a task suspends, and the ways in which its wait ends. */
#include "port/port.h"

/* ---- The ready queue ----------------------------------------------------------------------------------------- */

void lull__ready_next(lull__task *task)
{
    lull__kernel *kernel = &lull__self;
    task->next = *kernel->resumed;
    *kernel->resumed = task;
    if (kernel->last == kernel->resumed) kernel->last = &task->next;
    kernel->resumed = &task->next;
    task->state = task->ready_as;
    if (!kernel->awake) lull__wake_host();
}

void lull__ready(lull__task *task)
{
    lull__ready_last(task);
    task->state = task->ready_as;
    if (!lull__self.awake) lull__wake_host();
}

/* ---- The end of a wait --------------------------------------------------------------------------------------- */

lull__task *lull__mask(void)
{
    lull__kernel *kernel = &lull__self;
    lull__task *running = kernel->running;
    if (running) kernel->hooked = kernel->masked = running;
    kernel->running = NULL;
    return running;
}

void lull__unmask(lull__task *running)
{
    if (!running) return;
    lull__self.running = running;
    lull__self.hooked = lull__self.masked = NULL;
}

void lull__hook_end(lull_yieldable *yieldable, lull__task *task, uint32_t waiter)
{
    lull__task *outer = lull__self.hooked;
    lull__task *running = lull__mask();
    if (!running) lull__self.hooked = task;
    yieldable->end(yieldable, lull__handle_at(waiter));
    lull__self.hooked = outer;
    lull__unmask(running);
}

void lull__arrive(lull__task *task, lull__error *error)
{
    lull__extra *extra = lull__task_extra(task);
    if (extra) {
        extra->arriving = error;
    } else {
        lull__error_release(error); /* there is no memory */
    }
}

lull__error *lull__arrived(lull__task *task)
{
    lull__error *error = task->extra->arriving;
    if (error) task->extra->arriving = NULL;
    return error;
}

lull_yieldable *lull__wait_over(lull__task *task)
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
        if (task->extra->task) task->extra->before = task->status;
        task->status = status;
    }
    if (!task->waiter.item) task->waiter.value = value; /* a wait at a channel, or for the first run, returns none */
    if (error) lull__arrive(task, error);
    if (lull__on_stack(task)) {
        task->state = LULL__READY; /* by its yieldable's begin: it does not suspend */
        return;
    }
    lull_yieldable *yieldable = lull__wait_over(task);
    if (next) {
        lull__ready_next(task);
    } else {
        lull__ready(task);
    }
    lull__end_wait(yieldable, &task->waiter, task, task->waiter.index);
}

void lull__hook_over(lull__standin *standin, int status, lull_value value, lull__error *error, bool next)
{
    standin->over(&standin->waiter, status, value, error, next);
}

void lull__waiter_wake(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next)
{
    if (lull__is_standin(waiter)) {
        lull__hook_over(lull__standin_of(waiter), status, value, error, next);
    } else {
        lull__wake(LULL__CONTAINER(waiter, lull__task, waiter), status, value, error, next);
    }
}

lull__waiter *lull__waiter_get(lull_task handle)
{
    lull__task *task = lull__task_get(handle);
    return task ? &task->waiter : (lull__waiter *)lull__handle_get(LULL__WAITER_KIND, handle);
}

void lull__wake_fired(lull__timer *timer)
{
    lull__task *task = LULL__CONTAINER(timer, lull__task, waiter.wake);
    lull__wake(task, 0, task->waiter.value, NULL, false);
}

void lull__standin_fired(lull__timer *timer)
{
    lull__standin *standin = LULL__CONTAINER(timer, lull__standin, waiter.wake);
    lull__hook_over(standin, 0, standin->waiter.value, NULL, false);
}

void lull__standin_init(lull__standin *standin, lull__task *task, lull__over *over)
{
    *standin = (lull__standin){.waiter.wake.alarm = LULL__STANDIN_ALARM, .task = task, .over = over};
    lull__list_init(&standin->waiter.link);
}

/* The waiter behind a handle, if its wait can be ended from outside; else *status says why not. */
static lull__waiter *waiting(lull_task handle, int *status)
{
    lull__waiter *waiter = lull__waiter_get(handle);
    const lull__task *task = waiter && lull__waits(waiter) ? lull__waiter_task(waiter) : NULL;
    bool waits =
        task && (lull__is_standin(waiter) || task->state == LULL__WAITING); /* a case does, whatever its task does */
    *status = !task || task->state == LULL__ENDED ? LULL_ESRCH : waits ? 0 : LULL_EBUSY;
    return waits && *status == 0 ? waiter : NULL;
}

/* Likewise, for a value: what a host call comes to is JavaScript's alone to say. */
static lull__waiter *open_to_values(lull_task handle, int *status)
{
    lull__waiter *waiter = waiting(handle, status);
    if (!waiter || waiter->item != LULL__CALL) return waiter;
    *status = LULL_EBUSY;
    return NULL;
}

int lull_schedule(lull_task handle, double delay, lull_value value)
{
    int status;
    lull__waiter *waiter = open_to_values(handle, &status);
    if (!waiter) return status;
    if (!lull__valid_delay(delay)) return LULL_EINVAL;
    if (delay == 0 && !lull__on_stack(lull__waiter_task(waiter))) {
        lull__waiter_wake(waiter, 0, value, NULL, false);
        return 0;
    }
    status = lull__timer_arm(&waiter->wake, lull_now() + delay);
    if (status == 0 && !waiter->item) waiter->value = value;
    return status;
}

int lull_resume(lull_task handle, lull_value value)
{
    int status;
    lull__waiter *waiter = open_to_values(handle, &status);
    if (waiter) lull__waiter_wake(waiter, 0, value, NULL, true);
    return status;
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
    lull__extra *extra = error ? lull__task_extra(task) : task->extra;
    if (extra && extra->task) {
        lull__error_release(extra->error);
        extra->error = error;
    } else {
        lull__error_release(error); /* there is no memory */
    }
    return code;
}

/* A task that is interrupted may not wait, nor ask too often. */
LULL__COLD static int refuse(lull__task *task)
{
    int status = lull__interruption(task);
    if (!lull__is_doomed(task)) {
        if (status == 0) {
            task->refusals = 0;
            return 0;
        }
        task->refusals++;
        if (task->refusals <= LULL_PATIENCE) {
            return lull__wait_failed(task, status, lull__interruption_error(task, status));
        }
    }
    if (!task->canceled && !task->killed) lull__host_report(task, LULL_EKILLED, NULL); /* nobody has asked for it */
    lull__task_doom(task);
    return 1;
}

int lull__may_wait(lull__task *task)
{
    if (!task || task->state != LULL__READY) return LULL_ENOSUSPEND;
    return task->interrupted ? refuse(task) : 0;
}

int lull__hook_begin(lull_yieldable *yieldable, lull_task waiter)
{
    return yieldable->begin ? yieldable->begin(yieldable, waiter) : 0;
}

/* After a begin that has failed, woken its waiter or had it cancelled, maybe: what lull__wait_begin returns then. */
LULL__COLD static int begun_and_over(lull__task *task, int status)
{
    if (status < 0) {
        lull__timer_disarm(&task->waiter.wake);
        lull__error_release(lull__arrived(task));
        task->waiting_on = NULL;
        task->state = LULL__READY;
        return lull__wait_failed(task, status, NULL);
    }
    if (lull__is_doomed(task)) lull__task_doom(task);
    if (task->state == LULL__WAITING) {
        status = lull__interruption(task);
        if (status == 0) return 1;
        lull__wake(task, status, 0, lull__interruption_error(task, status), false);
    }
    lull_yieldable *yieldable = lull__wait_over(task);
    lull__end_wait(yieldable, &task->waiter, task, task->waiter.index);
    return task->state == LULL__ENDED; /* 1: it was killed, and suspends for good */
}

int lull__wait_begin(lull__task *task, lull_yieldable *yieldable)
{
    int status = lull__may_wait(task);
    if (status != 0) return status;
    task->state = LULL__WAITING;
    task->waiting_on = yieldable;
    if (yieldable) {
        bool interrupted = task->interrupted;
        task->interrupted = true; /* so that lull_pause looks further, and finds that this task is waiting */
        status = lull__hook_begin(yieldable, lull__task_handle(task));
        task->interrupted = interrupted || lull__may_be_interrupted(task);
        if (status < 0 || task->state == LULL__READY || task->interrupted) return begun_and_over(task, status);
    }
    return 1;
}

LULL__COLD int lull__wait_failure(lull__task *task)
{
    int status = task->status;
    lull__error *error = lull__arrived(task);
    task->status = 0;
    task->failed = false;
    if (status == LULL__INTERRUPTED) {
        status = lull__interruption(task);
        if (status == 0) return 0; /* it interrupts no longer */
        error = lull__interruption_error(task, status);
    }
    return lull__wait_failed(task, status, error);
}

LULL__BLOCKING int lull_yield_to(lull_yieldable *yieldable, lull_value *value)
{
    lull__task *task = lull__self.running;
    if (!lull__context_resumed()) {
        int status = lull__wait_begin(task, yieldable);
        if (status < 0) return status;
        if (status) LULL__SUSPEND(&task->context);
    }
    return lull__wait_end(task, value);
}

/* Any pause but the plain one. Negative: it does not suspend. */
LULL__COLD static int begin_pause(lull__task *task, double seconds)
{
    static lull_yieldable sleep = {.name = "pause"};
    if (!lull__valid_delay(seconds)) return LULL_EINVAL;
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
    lull__task *task = lull__self.running;
    if (!lull__context_resumed()) {
        if (seconds != 0 || !task || task->interrupted) {
            int status = begin_pause(task, seconds);
            if (status < 0) return status;
        }
        LULL__SUSPEND(&task->context); /* running as it is: the loop has it run again after the ready ones */
    }
    return lull__wait_end(task, NULL);
}

int lull__end_of(lull_task handle, lull_yieldable **yieldable)
{
    lull__task *task = lull__task_get(handle);
    lull__extra *extra = task ? lull__task_extra(task) : NULL;
    *yieldable = extra ? &extra->join : NULL;
    return task && !extra ? LULL_ENOMEM : 0;
}

/* As lull__wait_begin. */
LULL__APART static int begin_join_of(lull__task *task, lull_task handle)
{
    lull_yieldable *end;
    int status = lull__end_of(handle, &end);
    if (status < 0) return status;
    if (!end) return LULL_ESRCH;
    return handle == lull_current() ? LULL_EINVAL : lull__wait_begin(task, end);
}

LULL__BLOCKING int lull_join(lull_task handle, lull_value *value)
{
    lull__task *task = lull__self.running;
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
    return lull__host_now();
}

/* ---- Waiters -------------------------------------------------------------------------------------------------- */

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
        if (lull__waits(waiter)) any = true; /* a watch (sync.h) does not, and receives nothing */
        lull__list_remove(&waiter->link);    /* its begin may be what wakes it: then it has no end yet */
        lull__waiter_wake(waiter, status, value, lull__error_retain(error), false);
    }
    return any;
}

/* ---- Who holds it --------------------------------------------------------------------------------------------- */

double lull__only_holder(lull_task handle, size_t *cursor)
{
    const lull__task *task = (*cursor)++ ? NULL : lull__task_get(handle);
    return task ? (double)task->number : 0;
}
