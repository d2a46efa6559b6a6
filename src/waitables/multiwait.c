/* Waiting for several things at once: each has a case, which stands for the task there. */
#include <limits.h>

#include "port/port.h"

bool lull__several_decided(const lull__several *several)
{
    if (several->pending == 0) return true;
    if (several->until == LULL__ALL_SUCCEED) return several->failed;
    return several->succeeded || (several->until != LULL__ONE_SUCCEEDS && several->failed);
}

/* ---- Cases ----------------------------------------------------------------------------------------------------- */

/* From now on nothing happens to any of them. */
static void close_cases(lull__several *several)
{
    for (size_t i = 0; i < several->begun; i++) several->cases[i].standin.waits = false;
}

static void settle(lull__several *several, lull__case *entry, int status, lull_value value, lull__error *error)
{
    entry->status = status;
    if (!entry->standin.waiter.item) entry->standin.waiter.value = value;
    entry->error = error;
    entry->order = several->count - several->pending;
    lull__case **first = status < 0 ? &several->failed : &several->succeeded;
    if (!*first && !lull__several_decided(several)) *first = entry;
    several->pending--;
    entry->standin.waits = false;
    if (several->until == LULL__ONE_HAPPENS) close_cases(several);
}

/* The case waits no longer. */
static void leave_case(lull__task *task, lull__case *entry)
{
    uint32_t index = entry->standin.waiter.index;
    entry->standin.waiter.index = 0;
    entry->standin.waits = false;
    lull__timer_disarm(&entry->standin.waiter.wake);
    lull_yieldable *yieldable = entry->yieldable;
    lull__end_wait(yieldable, &entry->standin.waiter, task, index);
    lull__handle_free(index);
}

/*
 * Take those that wait out of the kernel's lists. The ends of the user's yieldables, which are in none, come when the
 * task runs: here they could do anything to whoever has woken it.
 */
static void withdraw(lull__several *several)
{
    close_cases(several);
    for (size_t i = 0; i < several->begun; i++) {
        lull__case *entry = &several->cases[i];
        lull__timer_disarm(&entry->standin.waiter.wake);
        if (entry->standin.waiter.index && !lull__list_empty(&entry->standin.waiter.link))
            leave_case(several->task, entry);
    }
}

/* A case is over: it waits no longer, and where no other may happen, neither do those. */
static void leave(lull__several *several, lull__case *entry)
{
    lull__task *task = several->task;
    if (several->until == LULL__ONE_HAPPENS) withdraw(several);
    if (entry->standin.waiter.index) leave_case(task, entry); /* last: it may end the task */
}

/* See lull__standin. */
static void case_over(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next)
{
    lull__case *entry = LULL__CONTAINER(waiter, lull__case, standin.waiter);
    lull__several *several = entry->several;
    lull__task *task = several->task;
    if (!entry->standin.waits) { /* another one has happened, just now */
        lull__error_release(error);
        if (entry->standin.waiter.index) leave_case(task, entry);
        return;
    }
    settle(several, entry, status, value, error);
    bool waits = task->state == LULL__WAITING && task->waiting_on == &several->yieldable;
    if (waits && lull__several_decided(several)) lull__wake(task, 0, 0, NULL, next);
    if (several->beginning != entry) leave(several, entry); /* else when that has returned */
}

/* Its begin has failed. It may have been resumed by that before. */
static void refuse_case(lull__several *several, lull__case *entry, int status)
{
    lull__timer_disarm(&entry->standin.waiter.wake);
    if (entry->standin.waits) {
        settle(several, entry, status, 0, NULL);
    } else if (entry == several->succeeded || entry == several->failed) {
        lull__error_release(entry->error);
        entry->error = NULL;
        entry->status = status;
        entry->standin.waiter.value = 0;
    }
}

static int begin_case(lull__several *several, lull__case *entry)
{
    int status = several->prepare ? several->prepare(entry) : 0;
    if (status < 0) return status;
    lull_yieldable *yieldable = entry->yieldable;
    if (!yieldable && !(entry->seconds > 0)) {
        settle(several, entry, LULL_ESRCH, 0, NULL);
        return 0;
    }
    lull_task handle = lull__handle_new(LULL__WAITER_KIND, &entry->standin.waiter);
    if (handle < 0) return LULL_ENOMEM;
    entry->standin.waiter.index = lull__handle_index(handle);
    entry->standin.waits = true;
    if (!yieldable) return lull__timer_arm(&entry->standin.waiter.wake, lull_now() + entry->seconds);
    entry->yieldable = NULL; /* no end before its begin has returned */
    several->beginning = entry;
    status = lull__hook_begin(yieldable, handle);
    several->beginning = NULL;
    if (status < 0) {
        refuse_case(several, entry, status);
    } else if (entry->standin.waiter.index) {
        entry->yieldable = yieldable;
        if (!entry->standin.waits) leave(several, entry);
    }
    return 0;
}

static int begin_cases(lull__several *several)
{
    const lull__task *task = several->task;
    const uint8_t state = task->state; /* another one: a begin has ended the wait */
    bool all = several->until != LULL__ONE_HAPPENS;
    int status = 0;
    while (several->begun < several->count && status == 0 &&
           (all || (!lull__several_decided(several) && task->state == state))) {
        status = begin_case(several, &several->cases[several->begun++]);
    }
    return status;
}

/* The cases have no end of their own: they stay until the task leaves them, so that a lull_resume of it loses none. */
static int begin_several(lull_yieldable *self, lull_task waiter)
{
    (void)waiter;
    lull__several *several = (lull__several *)(void *)self;
    int status = begin_cases(several);
    if (status == 0 && lull__several_decided(several)) {
        lull__error_release(lull__arrived(several->task)); /* a begin may have thrown it, too late */
        lull__wake(several->task, 0, 0, NULL, false);
    }
    return status;
}

/* Those that are not over, each with what it waits for. The cursor is the place of the next. */
static double next_case(lull_yieldable *self, size_t *cursor)
{
    const lull__several *several = (const lull__several *)(void *)self;
    while (*cursor < several->count) {
        const lull__case *entry = &several->cases[(*cursor)++];
        if (entry->status == LULL_EBUSY && entry->yieldable) return -(double)(uintptr_t)entry->yieldable;
    }
    return 0;
}

/* The wait is over. If something has ended it, nothing happens any more; a lull_resume does not end it. */
static void end_choice(lull_yieldable *self, lull_task waiter)
{
    (void)waiter;
    lull__several *several = (lull__several *)(void *)self;
    if (several->task->failed) withdraw(several);
}

int lull__several_try(lull__several *several)
{
    int status = begin_cases(several);
    return status < 0 || lull__several_decided(several) ? status : LULL_EBUSY;
}

/* ---- The wait -------------------------------------------------------------------------------------------------- */

/* As lull__end_of, of a task or a future. */
static int find_yieldable(int64_t handle, lull_yieldable **yieldable)
{
    int status = lull__end_of(handle, yieldable);
    if (status == 0 && !*yieldable) *yieldable = lull_future_yieldable(handle);
    return status;
}

lull__several *lull__several_new(lull__task *task, size_t count, lull__until until, const char *name)
{
    if (count > (SIZE_MAX - sizeof(lull__several)) / sizeof(lull__case)) return NULL;
    static lull__holding waiting_for_several = {.begin = begin_several, .next_holder = next_case};
    lull__holding_add(&waiting_for_several);
    lull__extra *extra = lull__task_extra(task);
    if (!extra) return NULL;
    lull__several *several = (lull__several *)lull__alloc(sizeof *several + count * sizeof(lull__case));
    if (!several) return NULL;
    *several = (lull__several){
        .yieldable = {begin_several, until == LULL__ONE_HAPPENS ? end_choice : NULL, name},
        .task = task,
        .until = until,
        .pending = count,
        .count = count,
    };
    for (size_t i = 0; i < count; i++) {
        lull__case *entry = &several->cases[i];
        *entry = (lull__case){.several = several, .status = LULL_EBUSY};
        lull__standin_init(&entry->standin, task, case_over);
    }
    extra->several = several;
    return several;
}

int lull__several_wait(lull__several *several)
{
    int status;
    do {
        status = lull_yield_to(&several->yieldable, NULL);
    } while (status == 0 && !lull__several_decided(several)); /* a lull_resume of the task says nothing about these */
    return status;
}

void lull__several_leave(lull__task *task)
{
    lull__several *several = task->extra->several;
    if (!several) return;
    withdraw(several);
    for (size_t i = 0; i < several->count; i++) {
        lull__case *entry = &several->cases[i];
        if (entry->standin.waiter.index) leave_case(task, entry);
        lull__item_free(&entry->standin.waiter);
        lull__error_release(entry->error);
        entry->error = NULL;
    }
    task->extra->several = NULL; /* last: if the end of one traps, the task leaves the others when it ends */
    lull__free(several);
}

static void cancel_loser(int64_t handle)
{
    const lull__future *future = lull__future_get(handle);
    lull__task *task = lull__task_get(future ? future->settler : handle);
    if (task) lull__cancel(task, NULL);
}

/* The error of all cases, which have failed, first to last. NULL where there is no memory. */
static lull__error *join_errors(const lull__several *several)
{
    lull__error **errors = (lull__error **)lull__alloc(several->count * sizeof(lull__error *));
    if (!errors) return NULL;
    for (size_t i = 0; i < several->count; i++) {
        const lull__case *entry = &several->cases[i];
        const char *text = lull_strerror(entry->status);
        errors[entry->order] =
            entry->error ? lull__error_retain(entry->error) : lull__error_new(entry->status, text, strlen(text), NULL);
    }
    size_t count = 0;
    for (size_t i = 0; i < several->count; i++) {
        if (errors[i]) errors[count++] = errors[i];
    }
    return lull__error_join(errors, count);
}

/* What a wait that was decided has come to: as the public functions return it. */
static int outcome(lull__task *task, const lull__several *several)
{
    bool succeeded = several->until == LULL__ALL_SUCCEED ? !several->failed : several->succeeded != NULL;
    if (several->until == LULL__ALL_SUCCEED && succeeded) return 0;
    if (succeeded) return (int)(several->succeeded - several->cases);
    const lull__case *failed = several->failed;
    lull__error *error =
        several->until == LULL__ONE_SUCCEEDS ? join_errors(several) : lull__error_retain(failed->error);
    return lull__wait_failed(task, failed->status, error);
}

static int await(lull_awaited *items, size_t count, lull__until until, int flags)
{
    lull__task *task = lull__self.running;
    if (!task || task->extra->several) return LULL_ENOSUSPEND; /* in the begin of one of several */
    for (size_t i = 0; i < count; i++) {
        if (items[i].handle == lull__task_handle(task)) return LULL_EINVAL;
    }
    for (size_t i = 0; i < count; i++) items[i].status = LULL_EBUSY;
    static const char *const names[] = {"all of several", "any of several", "the first of several"};
    lull__several *several = lull__several_new(task, count, until, names[until]);
    int status = several ? 0 : LULL_ENOMEM;
    for (size_t i = 0; status == 0 && i < count; i++) {
        status = find_yieldable(items[i].handle, &several->cases[i].yieldable);
    }
    if (status == 0) status = lull__several_wait(several);
    for (size_t i = 0; several && i < count; i++) {
        items[i].status = several->cases[i].status;
        items[i].value = several->cases[i].standin.waiter.value;
    }
    if (status == 0) status = outcome(task, several);
    for (size_t i = 0; i < count && flags & LULL_CANCEL_LOSERS; i++) {
        if (items[i].status == LULL_EBUSY) cancel_loser(items[i].handle);
    }
    lull__several_leave(task);
    return status;
}

int lull_await_all(lull_awaited *items, size_t count, int flags)
{
    return count ? await(items, count, LULL__ALL_SUCCEED, flags) : 0;
}

int lull_await_any(lull_awaited *items, size_t count, int flags)
{
    return count && count <= INT_MAX ? await(items, count, LULL__ONE_SUCCEEDS, flags) : LULL_EINVAL;
}

int lull_race(lull_awaited *items, size_t count, int flags)
{
    return count && count <= INT_MAX ? await(items, count, LULL__ONE_IS_OVER, flags) : LULL_EINVAL;
}
