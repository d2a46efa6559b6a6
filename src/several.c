/* Waiting for several things at once: each has a case, which stands for the task there. */
#include <limits.h>

#include "host.h"

/* When the wait is over. */
typedef enum until { ALL_SUCCEED, ONE_SUCCEEDS, ONE_IS_OVER } until;

typedef struct lull__case {
    lull__waiter waiter;
    struct lull__several *several; /* what it is a case of */
    lull_task handle;              /* what its thing knows it by; 0 while it does not wait */
    lull_yieldable *yieldable;     /* what it waits for */
    lull_value value;
    lull__error *error;
    int status;   /* LULL_EBUSY: pending */
    size_t order; /* how many were over before */
} lull__case;

typedef struct lull__several {
    lull_yieldable yieldable; /* what the task waits for */
    lull__task *task;
    until until;
    bool beginning;
    size_t begun;          /* cases, from the first */
    size_t pending;        /* cases */
    lull__case *succeeded; /* the first, before it was decided; NULL */
    lull__case *failed;    /* likewise */
    size_t count;
    lull__case cases[];
} lull__several;

static bool decided(const lull__several *several)
{
    if (several->pending == 0) return true;
    if (several->until == ALL_SUCCEED) return several->failed;
    return several->succeeded || (several->until == ONE_IS_OVER && several->failed);
}

/* ---- Cases ----------------------------------------------------------------------------------------------------- */

static void settle(lull__several *several, lull__case *entry, int status, lull_value value, lull__error *error)
{
    entry->status = status;
    entry->value = value;
    entry->error = error;
    entry->order = several->count - several->pending;
    lull__case **first = status < 0 ? &several->failed : &several->succeeded;
    if (!*first && !decided(several)) *first = entry;
    several->pending--;
}

/* The case waits no longer. */
static void leave_case(lull__task *task, lull__case *entry)
{
    lull_task handle = entry->handle;
    entry->handle = 0;
    entry->waiter.task = NULL;
    lull__timer_disarm(&entry->waiter.wake);
    lull_yieldable *yieldable = entry->yieldable;
    lull__hook_end(yieldable, task, handle);
    lull__handle_free(handle);
}

/* See lull__waiter. */
static void case_over(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next)
{
    lull__case *entry = LULL__CONTAINER(waiter, lull__case, waiter);
    lull__several *several = entry->several;
    lull__task *task = several->task;
    settle(several, entry, status, value, error);
    leave_case(task, entry);
    bool waits = task->state == LULL__WAITING && task->waiting_on == &several->yieldable && !several->beginning;
    if (waits && decided(several)) lull__wake(task, 0, 0, NULL, next);
}

static int begin_case(lull__several *several, lull__case *entry)
{
    if (!entry->yieldable) {
        settle(several, entry, LULL_ESRCH, 0, NULL);
        return 0;
    }
    entry->handle = lull__handle_new(LULL__WAITER_KIND, &entry->waiter);
    if (entry->handle < 0) {
        entry->handle = 0;
        return LULL_ENOMEM;
    }
    lull_task handle = entry->handle;
    entry->waiter.task = several->task;
    int status = lull__hook_begin(entry->yieldable, handle);
    if (status < 0) {
        lull__timer_disarm(&entry->waiter.wake);
        entry->waiter.task = NULL;
        entry->handle = 0;
        lull__handle_free(handle);
        settle(several, entry, status, 0, NULL);
    }
    return 0;
}

/* The cases have no end of their own: they stay until the task leaves them, so that a lull_resume of it loses none. */
static int begin_several(lull_yieldable *self, lull_task waiter)
{
    (void)waiter;
    lull__several *several = (lull__several *)(void *)self;
    int status = 0;
    several->beginning = true;
    for (; several->begun < several->count && status == 0; several->begun++) {
        status = begin_case(several, &several->cases[several->begun]);
    }
    several->beginning = false;
    if (status == 0 && decided(several)) lull__wake(several->task, 0, 0, NULL, false);
    return status;
}

/* ---- The wait -------------------------------------------------------------------------------------------------- */

static lull_yieldable *yieldable_of(int64_t handle)
{
    lull_yieldable *yieldable = lull_task_yieldable(handle);
    return yieldable ? yieldable : lull_future_yieldable(handle);
}

/* A wait of the current task for these; NULL where there is no memory. */
static lull__several *new_several(lull__task *task, const lull_awaited *items, size_t count, until until)
{
    if (count > (SIZE_MAX - sizeof(lull__several)) / sizeof(lull__case)) return NULL;
    lull__several *several = (lull__several *)lull__alloc(sizeof *several + count * sizeof(lull__case));
    if (!several) return NULL;
    static const char *const names[] = {"all of several", "any of several", "the first of several"};
    *several = (lull__several){
        .yieldable = {begin_several, NULL, names[until]},
        .task = task,
        .until = until,
        .pending = count,
        .count = count,
    };
    for (size_t i = 0; i < count; i++) {
        lull__case *entry = &several->cases[i];
        *entry = (lull__case){.yieldable = yieldable_of(items[i].handle), .status = LULL_EBUSY};
        entry->several = several;
        entry->waiter.over = case_over;
        entry->waiter.wake.fire = lull__wake_fired;
        lull__list_init(&entry->waiter.link);
    }
    return several;
}

void lull__several_leave(lull__task *task)
{
    lull__several *several = task->several;
    if (!several) return;
    task->several = NULL;
    for (size_t i = 0; i < several->count; i++) {
        lull__case *entry = &several->cases[i];
        if (entry->handle) leave_case(task, entry);
        lull__error_release(entry->error);
    }
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
    bool succeeded = several->until == ALL_SUCCEED ? !several->failed : several->succeeded != NULL;
    if (several->until == ALL_SUCCEED && succeeded) return 0;
    if (succeeded) return (int)(several->succeeded - several->cases);
    const lull__case *failed = several->failed;
    lull__error *error = several->until == ONE_SUCCEEDS ? join_errors(several) : lull__error_retain(failed->error);
    return lull__wait_failed(task, failed->status, error);
}

static int await(lull_awaited *items, size_t count, until until, int flags)
{
    lull__task *task = lull__self.running;
    if (!task) return LULL_ENOSUSPEND;
    for (size_t i = 0; i < count; i++) {
        if (items[i].handle == task->handle) return LULL_EINVAL;
    }
    for (size_t i = 0; i < count; i++) items[i].status = LULL_EBUSY;
    lull__several *several = new_several(task, items, count, until);
    task->several = several;
    int status = several ? 0 : LULL_ENOMEM;
    do {
        if (several) status = lull_yield_to(&several->yieldable, NULL);
    } while (status == 0 && !decided(several)); /* a lull_resume of the task says nothing about these */
    for (size_t i = 0; several && i < count; i++) {
        items[i].status = several->cases[i].status;
        items[i].value = several->cases[i].value;
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
    return count ? await(items, count, ALL_SUCCEED, flags) : 0;
}

int lull_await_any(lull_awaited *items, size_t count, int flags)
{
    return count && count <= INT_MAX ? await(items, count, ONE_SUCCEEDS, flags) : LULL_EINVAL;
}

int lull_race(lull_awaited *items, size_t count, int flags)
{
    return count && count <= INT_MAX ? await(items, count, ONE_IS_OVER, flags) : LULL_EINVAL;
}
