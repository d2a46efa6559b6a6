/* Waits for several things at once: each is a case, whose proxy waits in place of the task. See D131. */
#include "waitables/multiwait.h"

#include <limits.h>

#include "base/memory.h"
#include "base/pool.h"
#include "sched/task_part.h"
#include "sched/wait.h"
#include "sched/wait_graph.h"
#include "waitables/future.h"

bool lull__multiwait_decided(const lull__multiwait *multiwait)
{
    if (multiwait->pending == 0) return true;
    if (multiwait->until == LULL__ALL_SUCCEED) return multiwait->failed;
    return multiwait->succeeded || (multiwait->until != LULL__ONE_SUCCEEDS && multiwait->failed);
}

/* ---- Cases ----------------------------------------------------------------------------------------------------- */

/* From now on, no case can happen. */
static inline void close_cases(lull__multiwait *multiwait)
{
    for (size_t i = 0; i < multiwait->begun; i++) multiwait->cases[i].proxy.waiting = false;
}

static void settle(lull__multiwait *multiwait, lull__case *entry, int status, lull_value value, lull__error *error)
{
    entry->status = status;
    if (entry->proxy.waiter.item.kind == LULL__NO_ITEM) entry->proxy.waiter.value = value;
    entry->error = error;
    entry->order = multiwait->count - multiwait->pending;
    lull__case **first = status < 0 ? &multiwait->failed : &multiwait->succeeded;
    if (!*first && !lull__multiwait_decided(multiwait)) *first = entry;
    multiwait->pending--;
    entry->proxy.waiting = false;
    if (multiwait->until != LULL__ONE_HAPPENS) return;
    close_cases(multiwait);
    multiwait->yieldable.end = NULL; /* see end_choice */
}

/* End the wait of a case that has a handle. */
static void leave_case(lull__task *task, lull__case *entry)
{
    uint32_t index = entry->proxy.waiter.index;
    entry->proxy.waiter.index = 0;
    entry->proxy.waiting = false;
    lull__timer_disarm(&entry->proxy.waiter.wake);
    lull_yieldable *yieldable = entry->yieldable;
    lull__end_wait(yieldable, &entry->proxy.waiter, task, index);
    lull__handle_free(index);
}

/*
 * Remove the waiting cases from the runtime's lists. Cases that wait for the user's yieldables are in none; their end
 * comes when the task runs. Here, that could do anything to the task that has woken this one.
 */
static void withdraw(lull__multiwait *multiwait)
{
    close_cases(multiwait);
    for (size_t i = 0; i < multiwait->begun; i++) {
        lull__case *entry = &multiwait->cases[i];
        lull__timer_disarm(&entry->proxy.waiter.wake);
        if (!entry->proxy.waiter.index) {
            lull__list_remove(&entry->proxy.waiter.link);
        } else if (!lull__list_empty(&entry->proxy.waiter.link)) {
            leave_case(multiwait->task, entry);
        }
    }
}

/* End the wait of a case that has ended; and those of the others, if only one may happen. */
static void leave(lull__multiwait *multiwait, lull__case *entry)
{
    lull__task *task = multiwait->task;
    if (multiwait->until == LULL__ONE_HAPPENS) withdraw(multiwait);
    if (entry->proxy.waiter.index) leave_case(task, entry); /* last: that may end the task */
}

/* See lull__proxy. */
static void case_woken(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next)
{
    lull__case *entry = LULL__CONTAINER(waiter, lull__case, proxy.waiter);
    lull__multiwait *multiwait = entry->multiwait;
    lull__task *task = multiwait->task;
    if (!entry->proxy.waiting) { /* another case has happened just before */
        lull__error_release(error);
        if (entry->proxy.waiter.index) leave_case(task, entry);
        return;
    }
    settle(multiwait, entry, status, value, error);
    bool waits = task->state == LULL__WAITING && task->waiting_on == &multiwait->yieldable;
    if (waits && lull__multiwait_decided(multiwait)) lull__wake(task, 0, 0, NULL, next);
    if (multiwait->beginning != entry) leave(multiwait, entry); /* else after its begin */
}

/* The begin of a case has failed, perhaps after having resumed it. */
static void refuse_case(lull__multiwait *multiwait, lull__case *entry, int status)
{
    lull__timer_disarm(&entry->proxy.waiter.wake);
    if (entry->proxy.waiting) {
        settle(multiwait, entry, status, 0, NULL);
    } else if (entry == multiwait->succeeded || entry == multiwait->failed) {
        lull__error_release(entry->error);
        entry->error = NULL;
        entry->status = status;
        entry->proxy.waiter.value = 0;
    }
}

static int begin_case(lull__multiwait *multiwait, lull__case *entry)
{
    int status = multiwait->prepare ? multiwait->prepare(entry) : 0;
    if (status < 0) return status;
    lull_yieldable *yieldable = entry->yieldable;
    const double seconds = entry->given ? entry->given->after : 0;
    if (!yieldable && !(seconds > 0)) {
        static const char gone[] = "no such task, future or channel: it is over already, or this never was a handle";
        settle(multiwait, entry, LULL_ESRCH, 0, lull__error_new(LULL_ESRCH, gone, sizeof gone - 1, NULL));
        return 0;
    }
    lull_task handle = lull__handle_new(LULL__WAITER_KIND, &entry->proxy.waiter);
    if (handle < 0) return LULL_ENOMEM;
    entry->proxy.waiter.index = lull__handle_index(handle);
    entry->proxy.waiting = true;
    if (!yieldable) return lull__timer_arm(&entry->proxy.waiter.wake, lull_now() + seconds);
    entry->yieldable = NULL; /* no end before its begin has returned */
    multiwait->beginning = entry;
    status = lull__hook_begin(yieldable, handle);
    multiwait->beginning = NULL;
    if (status < 0) {
        refuse_case(multiwait, entry, status);
    } else if (entry->proxy.waiter.index) {
        entry->yieldable = yieldable;
        if (!entry->proxy.waiting) leave(multiwait, entry);
    }
    return 0;
}

static int begin_cases(lull__multiwait *multiwait)
{
    const lull__task *task = multiwait->task;
    const uint8_t state = task->state; /* if it changes, a begin has ended the wait */
    bool all = multiwait->until != LULL__ONE_HAPPENS;
    int status = 0;
    while (multiwait->begun < multiwait->count && status == 0 &&
           (all || (!lull__multiwait_decided(multiwait) && task->state == state))) {
        status = begin_case(multiwait, &multiwait->cases[multiwait->begun++]);
    }
    return status;
}

/* There is no `end`: cases wait until the task leaves them, so that a lull_resume of the task loses none. */
static int begin_multiwait(lull_yieldable *self, lull_task waiter)
{
    (void)waiter;
    lull__multiwait *multiwait = (lull__multiwait *)(void *)self;
    int status = begin_cases(multiwait);
    if (status == 0 && lull__multiwait_decided(multiwait)) {
        lull__error_release(lull__pending_error_take(multiwait->task)); /* a begin may have thrown one, too late */
        lull__wake(multiwait->task, 0, 0, NULL, false);
    }
    return status;
}

/* What the pending cases wait for. The cursor is the index of the next case. */
static double next_case(lull_yieldable *self, size_t *cursor)
{
    const lull__multiwait *multiwait = (const lull__multiwait *)(void *)self;
    while (*cursor < multiwait->begun) {
        const lull__case *entry = &multiwait->cases[(*cursor)++];
        if (entry->status == LULL_EBUSY && entry->yieldable) return -(double)(uintptr_t)entry->yieldable;
    }
    return 0;
}

/* After a failure of the wait, no case can happen. A lull_resume does not end the wait. */
static void end_choice(lull_yieldable *self, lull_task waiter)
{
    (void)waiter;
    lull__multiwait *multiwait = (lull__multiwait *)(void *)self;
    if (multiwait->task->failed) withdraw(multiwait);
}

int lull__multiwait_try(lull__multiwait *multiwait)
{
    int status = begin_cases(multiwait);
    return status < 0 || lull__multiwait_decided(multiwait) ? status : LULL_EBUSY;
}

/* ---- The wait -------------------------------------------------------------------------------------------------- */

/* As lull__end_of, of a task or a future. */
static int find_yieldable(int64_t handle, lull_yieldable **yieldable)
{
    int status = lull__end_of(handle, yieldable);
    if (status == 0 && !*yieldable) *yieldable = lull_future_yieldable(handle);
    return status;
}

static void leave_multiwait(lull__task *task, lull__future *call, int status, const lull__error *error)
{
    (void)call, (void)status, (void)error;
    lull__multiwait_leave(task);
}

static const lull__task_part part = {.leave = leave_multiwait};

/* Of a wait for few things, the memory is kept for reuse. */
#define FEW_CASES 4
static lull__pool few_cases = {.size = sizeof(lull__multiwait) + FEW_CASES * sizeof(lull__case)};

lull__multiwait *lull__multiwait_new(lull__task *task, size_t count, lull__until until, const char *name)
{
    if (count > (SIZE_MAX - sizeof(lull__multiwait)) / sizeof(lull__case)) return NULL;
    static lull__wait_source multiwait_source = {.begin = begin_multiwait, .next_holder = next_case};
    lull__wait_source_add(&multiwait_source);
    lull__task_parts[LULL__MULTIWAIT_PART] = &part;
    lull__task_ext *ext = lull__task_extend(task);
    if (!ext) return NULL;
    lull__multiwait *multiwait =
        (lull__multiwait *)(count <= FEW_CASES ? lull__pool_take(&few_cases)
                                               : lull__alloc(sizeof *multiwait + count * sizeof(lull__case)));
    if (!multiwait) return NULL;
    *multiwait = (lull__multiwait){
        .yieldable = {begin_multiwait, until == LULL__ONE_HAPPENS ? end_choice : NULL, name},
        .task = task,
        .until = until,
        .pending = count,
        .count = count,
    };
    ext->multiwait = multiwait;
    return multiwait;
}

void lull__case_init(lull__multiwait *multiwait, size_t index, lull__on_wake *on_wake)
{
    lull__case *entry = &multiwait->cases[index];
    *entry = (lull__case){
        .proxy = {.waiter.wake.alarm = LULL__PROXY_ALARM, .task = multiwait->task, .on_wake = on_wake},
        .multiwait = multiwait,
        .status = LULL_EBUSY,
    };
    if (!on_wake) entry->proxy.on_wake = case_woken;
    lull__list_init(&entry->proxy.waiter.link);
}

int lull__multiwait_wait(lull__multiwait *multiwait)
{
    int status;
    do {
        status = lull_yield_to(&multiwait->yieldable, NULL);
    } while (status == 0 && !lull__multiwait_decided(multiwait)); /* after a lull_resume, wait again */
    return status;
}

void lull__multiwait_leave(lull__task *task)
{
    lull__multiwait *multiwait = task->ext->multiwait;
    if (!multiwait) return;
    withdraw(multiwait);
    for (size_t i = 0; i < multiwait->begun; i++) {
        lull__case *entry = &multiwait->cases[i];
        if (entry->proxy.waiter.index) leave_case(task, entry);
    }
    lull__multiwait_free(multiwait); /* last: if the end of one case traps, the task leaves the others when it ends */
}

void lull__multiwait_free(lull__multiwait *multiwait)
{
    for (size_t i = 0; i < multiwait->begun; i++) {
        lull__case *entry = &multiwait->cases[i];
        if (entry->proxy.waiter.item.kind != LULL__NO_ITEM) lull__item_free(&entry->proxy.waiter);
        if (entry->error) lull__error_release(entry->error);
    }
    multiwait->task->ext->multiwait = NULL;
    if (multiwait->count <= FEW_CASES) {
        lull__pool_give(&few_cases, multiwait);
    } else {
        lull__free(multiwait);
    }
}

static void cancel_loser(int64_t handle)
{
    const lull__future *future = lull__future_get(handle);
    lull__task *task = lull__task_get(future ? future->settler : handle);
    if (task) lull__cancel(task, NULL);
}

/* One error for all cases, which have all failed, first to last. NULL where there is no memory. */
static lull__error *join_errors(const lull__multiwait *multiwait)
{
    lull__error **errors = (lull__error **)lull__alloc(multiwait->count * sizeof(lull__error *));
    if (!errors) return NULL;
    for (size_t i = 0; i < multiwait->count; i++) {
        const lull__case *entry = &multiwait->cases[i];
        const char *text = lull_strerror(entry->status);
        errors[entry->order] =
            entry->error ? lull__error_retain(entry->error) : lull__error_new(entry->status, text, strlen(text), NULL);
    }
    size_t count = 0;
    for (size_t i = 0; i < multiwait->count; i++) {
        if (errors[i]) errors[count++] = errors[i];
    }
    return lull__error_join(errors, count);
}

/* What the public functions return for a wait that is decided. */
static int outcome(lull__task *task, const lull__multiwait *multiwait)
{
    bool succeeded = multiwait->until == LULL__ALL_SUCCEED ? !multiwait->failed : multiwait->succeeded != NULL;
    if (multiwait->until == LULL__ALL_SUCCEED && succeeded) return 0;
    if (succeeded) return (int)(multiwait->succeeded - multiwait->cases);
    const lull__case *failed = multiwait->failed;
    lull__error *error =
        multiwait->until == LULL__ONE_SUCCEEDS ? join_errors(multiwait) : lull__error_retain(failed->error);
    return lull__wait_failed(task, failed->status, error);
}

static int await(lull_awaited *items, size_t count, lull__until until, int flags)
{
    lull__task *task = lull__rt.running;
    if (!task || task->ext->multiwait) return LULL_ENOSUSPEND; /* called by the begin of a case */
    for (size_t i = 0; i < count; i++) {
        if (items[i].handle == lull__task_handle(task))
            return lull__wait_refused(LULL_EINVAL, "a task cannot wait for its own end among others");
    }
    for (size_t i = 0; i < count; i++) items[i].status = LULL_EBUSY;
    static const char *const names[] = {LULL__WAIT_ALL, LULL__WAIT_ANY, LULL__WAIT_FIRST};
    lull__multiwait *multiwait = lull__multiwait_new(task, count, until, names[until]);
    int status = multiwait ? 0 : LULL_ENOMEM;
    for (size_t i = 0; status == 0 && i < count; i++) lull__case_init(multiwait, i, NULL);
    for (size_t i = 0; status == 0 && i < count; i++) {
        status = find_yieldable(items[i].handle, &multiwait->cases[i].yieldable);
    }
    if (status == 0) status = lull__multiwait_wait(multiwait);
    if (status == LULL_ENOMEM) lull__wait_failed(task, status, NULL);
    for (size_t i = 0; multiwait && i < count; i++) {
        items[i].status = multiwait->cases[i].status;
        items[i].value = multiwait->cases[i].proxy.waiter.value;
    }
    if (status == 0) status = outcome(task, multiwait);
    for (size_t i = 0; i < count && flags & LULL_CANCEL_LOSERS; i++) {
        if (items[i].status == LULL_EBUSY) cancel_loser(items[i].handle);
    }
    lull__multiwait_leave(task);
    return status;
}

int lull_await_all(lull_awaited *items, size_t count, int flags)
{
    return count ? await(items, count, LULL__ALL_SUCCEED, flags) : 0;
}

/* Wait for the first of some items, whose number is that of an index. */
static int await_one(lull_awaited *items, size_t count, lull__until until, int flags)
{
    return count && count <= INT_MAX
               ? await(items, count, until, flags)
               : lull__wait_refused(LULL_EINVAL, "waiting for the first of no tasks and futures, or of too many");
}

int lull_await_any(lull_awaited *items, size_t count, int flags)
{
    return await_one(items, count, LULL__ONE_SUCCEEDS, flags);
}

int lull_race(lull_awaited *items, size_t count, int flags)
{
    return await_one(items, count, LULL__ONE_SETTLES, flags);
}
