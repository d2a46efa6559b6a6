/* Select: waiting for the first of several operations. See D131. */
#include <limits.h>

#include "sched/wait.h"
#include "waitables/channel.h"
#include "waitables/future.h"
#include "waitables/multiwait.h"

/* The state of the generator that lull_select chooses by. */
static uint32_t random_state = 1;

void lull_seed(uint32_t seed)
{
    random_state = seed ? seed : 1;
}

/*
 * A number below the limit (Marsaglia's xorshift32, times an odd number because small seeds begin with small numbers).
 */
static size_t random_below(size_t limit)
{
    uint32_t state = random_state;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    random_state = state;
    return (size_t)(((uint64_t)(state * 0x9E3779B1U) * limit) >> 32);
}

/* ---- What can happen at once ----------------------------------------------------------------------------------- */

enum { UNKNOWN = INT_MIN }; /* what only the begin of a case says */

/* Whether a case names exactly one operation, which is not a wait of this task for itself. */
static bool is_valid(const lull_case *one, lull_task self)
{
    bool other = (one->send | one->await | one->join) != 0 || one->yieldable || one->after != 0;
    if (one->receive) return !other;
    int said = (one->send != 0) + (one->receive != 0) + (one->await != 0) + (one->join != 0) +
               (one->yieldable != NULL) + (one->after != 0);
    return said == 1 && lull__valid_delay(one->after) && !(one->send && !one->element) && one->join != self;
}

/* Whether an operation can happen at once: 0, LULL_EBUSY, or UNKNOWN, also for one that fails. */
static int look_at_case(const lull_case *one, const lull__task *task)
{
    int status = LULL_EBUSY;
    if (one->receive) {
        status = lull__can_receive(one->receive, task);
    } else if (one->send) {
        status = lull__can_send(one->send, task);
    } else if (one->await) {
        const lull__future *future = lull__future_get(one->await);
        status = future && !future->settled ? LULL_EBUSY : UNKNOWN;
    } else if (!(one->after > 0)) {
        return UNKNOWN;
    }
    return status == 0 || status == LULL_EBUSY ? status : UNKNOWN;
}

/* The order in which cases begin, drawn at random: their indices, a byte each. Of more cases, it is drawn later. */
typedef uint64_t order;
enum { ORDERED_MAX = sizeof(order) };

static inline size_t index_at(order drawn, size_t place)
{
    return drawn >> (place * 8) & 0xFF;
}

static order draw_order(size_t count)
{
    order drawn = 0;
    for (size_t i = 1; i < count; i++) {
        size_t place = random_below(i + 1);
        order moved = index_at(drawn, place);
        drawn |= moved << (i * 8);
        drawn ^= (moved ^ i) << (place * 8);
    }
    return drawn;
}

/*
 * The index of the first case in this order that can happen at once; LULL_EBUSY where none can, or UNKNOWN. Nothing is
 * begun.
 */
static int look_at_cases(const lull_case *cases, size_t count, order drawn, const lull__task *task)
{
    if (count > ORDERED_MAX) return UNKNOWN;
    for (size_t i = 0; i < count; i++) {
        size_t index = index_at(drawn, i);
        int status = look_at_case(&cases[index], task);
        if (status != LULL_EBUSY) return status == 0 ? (int)index : UNKNOWN;
    }
    return LULL_EBUSY;
}

/* The futures that a look has passed are awaited, as if their cases had begun: their rejections are not reported. */
static void await_futures(const lull_case *cases, size_t count, order drawn, int found)
{
    for (size_t i = 0; i < count && (int)index_at(drawn, i) != found; i++) {
        const lull_case *one = &cases[index_at(drawn, i)];
        if (one->await) lull__future_get(one->await)->awaited = true;
    }
}

static bool are_valid(const lull_case *cases, size_t count, lull_task self)
{
    if (count == 0 || count > INT_MAX) return false;
    for (size_t i = 0; i < count; i++) {
        if (!is_valid(&cases[i], self)) return false;
    }
    return true;
}

/* Do what a look has found. Returns the index. */
static int happen(lull__task *task, lull_case *cases, int index)
{
    lull_case *one = &cases[index];
    one->value = 0;
    one->status = one->receive ? lull__try_receive(one->receive, one->element, task)
                               : lull__try_send(one->send, one->element, task);
    return one->status < 0 ? lull__wait_failed(task, one->status, NULL) : index; /* there is no memory */
}

/* ---- The wait -------------------------------------------------------------------------------------------------- */

/* See lull__multiwait. A stale handle has no yieldable. */
static int prepare_case(lull__case *entry)
{
    const lull_case *given = entry->given;
    if (given->send) return lull__sending(given->send, &entry->proxy.waiter, given->element, &entry->yieldable);
    if (given->join) return lull__end_of(given->join, &entry->yieldable);
    entry->yieldable = given->receive ? lull__receiving(given->receive)
                       : given->await ? lull_future_yieldable(given->await)
                                      : given->yieldable;
    return 0;
}

/*
 * A wait for the first of the cases, which begin in random order. `on_wake` as for lull__case_init. NULL where there is
 * no memory.
 */
static lull__multiwait *new_choice(lull__task *task, const lull_case *cases, size_t count, order drawn,
                                   lull__on_wake *on_wake)
{
    lull__multiwait *multiwait = lull__multiwait_new(task, count, LULL__ONE_HAPPENS, LULL__WAIT_ONE);
    if (!multiwait) return NULL;
    multiwait->prepare = prepare_case;
    for (size_t i = 0; i < count; i++) {
        lull__case_init(multiwait, i, on_wake);
        if (count <= ORDERED_MAX) {
            multiwait->cases[i].given = &cases[index_at(drawn, i)];
            continue;
        }
        size_t place = i ? random_below(i + 1) : 0;
        multiwait->cases[i].given = multiwait->cases[place].given;
        multiwait->cases[place].given = &cases[i];
    }
    return multiwait;
}

/* Remove all cases from the lists in which they wait: from now on, none can happen. */
static void unlist_all(lull__multiwait *multiwait)
{
    for (size_t i = 0; i < multiwait->begun; i++) {
        lull__proxy *proxy = &multiwait->cases[i].proxy;
        proxy->waiting = false;
        lull__timer_disarm(&proxy->waiter.wake);
        lull__list_remove(&proxy->waiter.link);
    }
    multiwait->yieldable.end = NULL; /* it would do that for a wait that fails */
}

/* See lull__proxy. */
static void enlisted_woken(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next)
{
    lull__case *entry = LULL__CONTAINER(waiter, lull__case, proxy.waiter);
    lull__multiwait *multiwait = entry->multiwait;
    lull__task *task = multiwait->task;
    if (!entry->proxy.waiting) { /* another case has happened just before */
        lull__error_release(error);
        return;
    }
    entry->status = status;
    if (waiter->item.kind == LULL__NO_ITEM) waiter->value = value;
    entry->error = error;
    multiwait->succeeded = entry; /* or failed: its status says which */
    unlist_all(multiwait);
    if (task->state == LULL__WAITING && task->waiting_on == &multiwait->yieldable) lull__wake(task, 0, 0, NULL, next);
}

/*
 * The begin of a case that is a channel's, a future or a time, and does not happen at once. Only the runtime knows of
 * its waiter, which needs no handle.
 */
static int enlist(lull__case *entry)
{
    int status = prepare_case(entry);
    if (status < 0) return status;
    entry->proxy.waiting = true;
    if (entry->given->after > 0) return lull__timer_arm(&entry->proxy.waiter.wake, lull_now() + entry->given->after);
    lull__waiters *waiters = (lull__waiters *)(void *)entry->yieldable;
    if (entry->given->await) LULL__CONTAINER(waiters, lull__future, waiters)->awaited = true;
    lull__list_push_back(&waiters->list, &entry->proxy.waiter.link);
    return 0;
}

/* lull__wait_begin, of a task that may wait, for cases that can all be enlisted. */
static int enlist_all(lull__multiwait *multiwait)
{
    int status = 0;
    while (multiwait->begun < multiwait->count && status == 0) {
        status = enlist(&multiwait->cases[multiwait->begun++]);
    }
    if (status < 0) return lull__wait_failed(multiwait->task, status, NULL);
    multiwait->task->state = LULL__WAITING;
    multiwait->task->waiting_on = &multiwait->yieldable;
    return 1;
}

/* The case that has happened. */
static int chosen(const lull__multiwait *multiwait, lull_case *cases)
{
    lull__case *entry = multiwait->succeeded ? multiwait->succeeded : multiwait->failed;
    lull_case *given = &cases[entry->given - cases];
    given->status = entry->status;
    given->value = given->receive ? 0 : entry->proxy.waiter.value;
    if (entry->status < 0) {
        lull__wait_failed(multiwait->task, entry->status, lull__error_retain(entry->error));
    } else if (given->receive) {
        lull__item_take(&entry->proxy.waiter, given->element);
    }
    return (int)(given - cases);
}

/* What lull_select returns, besides what it is for: nothing yet, the task waits. */
enum { WAITS = INT_MAX };

/*
 * After a part of the wait, which has ended with this status, as that of lull__wait_begin: WAITS for the next one,
 * because a lull_resume does not end the wait.
 */
LULL__NOINLINE static int finish_selecting(lull__task *task, lull_case *cases, int status)
{
    lull__multiwait *multiwait = task->ext->multiwait;
    for (;;) {
        if (status == 1) return WAITS;
        if (status == 0) status = lull__wait_end(task, NULL);
        if (status < 0 || lull__multiwait_decided(multiwait)) break;
        status = lull__wait_begin(task, &multiwait->yieldable);
    }
    if (status == 0) status = chosen(multiwait, cases);
    if (multiwait->yieldable.end || multiwait->cases->proxy.on_wake != enlisted_woken) {
        lull__multiwait_leave(task);
    } else {
        lull__multiwait_free(multiwait);
    }
    return status;
}

LULL__COLD static int refuse_cases(void)
{
    return lull__wait_refused(LULL_EINVAL,
                              "lull_select: there has to be a case, and each names one operation, with an element "
                              "to send or a time that is not negative, and not the end of the task itself");
}

/* Whether a task, or NULL, is at a place where it can select: not in the begin of a case. */
static inline bool can_select(const lull__task *task)
{
    return task && !task->ext->multiwait;
}

LULL__NOINLINE static int start_selecting(lull__task *task, lull_case *cases, size_t count)
{
    if (!can_select(task)) return LULL_ENOSUSPEND;
    if (!are_valid(cases, count, lull__task_handle(task))) return refuse_cases();
    order drawn = count <= ORDERED_MAX ? draw_order(count) : 0;
    int found = look_at_cases(cases, count, drawn, task);
    if (found != UNKNOWN) {
        int status = lull__may_wait(task);
        if (status != 0) return status < 0 ? status : WAITS;
        if (task->interrupted)
            found = look_at_cases(cases, count, drawn, task); /* once more: its deadlines may have ended others */
        if (found >= 0) {
            await_futures(cases, count, drawn, found);
            return happen(task, cases, found);
        }
    }
    lull__multiwait *multiwait = new_choice(task, cases, count, drawn, found == UNKNOWN ? NULL : enlisted_woken);
    if (!multiwait) return lull__wait_failed(task, LULL_ENOMEM, NULL);
    int status = found == UNKNOWN ? lull__wait_begin(task, &multiwait->yieldable) : enlist_all(multiwait);
    return finish_selecting(task, cases, status);
}

LULL__BLOCKING int lull_select(lull_case *cases, size_t count)
{
    lull__task *task = lull__rt.running;
    int status = 0;
    if (!lull__context_resumed()) {
        status = start_selecting(task, cases, count);
        if (status != WAITS) return status;
        LULL__SUSPEND(&task->context);
    }
    while ((status = finish_selecting(task, cases, 0)) == WAITS) LULL__SUSPEND(&task->context);
    return status;
}

int lull_try_select(lull_case *cases, size_t count)
{
    lull__task *task = lull__rt.running;
    if (!can_select(task)) return LULL_ENOSUSPEND;
    if (!are_valid(cases, count, lull__task_handle(task))) return refuse_cases();
    order drawn = count <= ORDERED_MAX ? draw_order(count) : 0;
    int status = look_at_cases(cases, count, drawn, task);
    if (status != UNKNOWN) {
        await_futures(cases, count, drawn, status);
        return status < 0 ? status : happen(task, cases, status);
    }
    lull__multiwait *multiwait = new_choice(task, cases, count, drawn, NULL);
    status = multiwait ? lull__multiwait_try(multiwait) : LULL_ENOMEM;
    if (status == LULL_ENOMEM) lull__wait_failed(task, status, NULL);
    if (status == 0) status = chosen(multiwait, cases);
    lull__multiwait_leave(task);
    return status;
}
