/* Waiting: the one way in which a task suspends, the ways in which its wait ends, and the ready queue. */
#ifndef LULL_WAIT_H
#define LULL_WAIT_H

#include "base/wakeup.h"
#include "sched/state.h"
#include "sched/task_ext.h"

/* ---- The ready queue ----------------------------------------------------------------------------------------- */

/* Put a task into the ready queue: next, or behind the others. */
void lull__ready_next(lull__task *task);
void lull__ready(lull__task *task);
void lull__ready_new(lull__task *task); /* a task that has just been made */
/* Put a suspended task behind the others, as it is. */
static inline void lull__ready_last(lull__task *task)
{
    task->next = NULL;
    *lull__rt.last = task;
    lull__rt.last = &task->next;
}

/* ---- The wait ------------------------------------------------------------------------------------------------ */

/*
 * A wait, in the form that switch.h asks for. Begin says whether to suspend (1), or not, because the wait has ended (0)
 * or failed (negative). End returns its status.
 */
int lull__wait_begin(lull__task *task, lull_yieldable *yieldable);
static inline int lull__wait_end(lull__task *task, lull_value *value);
LULL__HOOK int lull__hook_begin(lull_yieldable *yieldable, lull_task waiter);
/*
 * Whether the current task (NULL: none) may wait now. 0; or why not, remembered as its last failure; or 1 where it has
 * been killed, because it kept asking: then it suspends for good.
 */
int lull__may_wait(lull__task *task);
/* Whether nothing fails the waits of a running task that may be interrupted. */
LULL__COLD bool lull__is_undisturbed(lull__task *task);
/* lull__wait_begin, of a task that may wait, for what does no more than put it into a list. */
static inline int lull__wait_in_list(lull__task *task, lull__waiters *waiters)
{
    task->state = LULL__WAITING;
    task->waiting_on = &waiters->yieldable;
    lull__list_push_back(&waiters->list, &task->waiter.link);
    return 1;
}
/* Remember why a wait of the current task failed. Returns the code. The error passes to the task. */
int lull__wait_failed(lull__task *task, int code, lull__error *error);
/* The same for a wait of any caller that does not begin. The message is copied, where there is memory for it. */
LULL__COLD int lull__wait_refused(int code, const char *message);

/* ---- Its end ------------------------------------------------------------------------------------------------- */

/* End a task's wait: it runs after the ready tasks, or next. The error passes to the task. */
void lull__wake(lull__task *task, int status, lull_value value, lull__error *error, bool next);
/* lull_throw. The error passes over. */
int lull__throw(lull_task handle, int code, lull__error *error);
/* What the timer of a waiter fires. */
void lull__wake_fired(lull__timer *timer);
void lull__proxy_timer_fired(lull__timer *timer);
/* Detach a waiting task from whatever would wake it. Returns what it waited for, whose end is still to be called. */
lull_yieldable *lull__wait_detach(lull__task *task);
/* The error with which a task's wait ends, which passes to the task. It has none yet. */
LULL__COLD void lull__pending_error_set(lull__task *task, lull__error *error);
/* That error, which passes to the caller; NULL. */
LULL__COLD lull__error *lull__pending_error_take(lull__task *task);

/*
 * The wait of a waiter, whose handle has this index, has ended. Call this last: the end of a user's yieldable may do
 * anything.
 */
LULL__HOOK void lull__hook_end(lull_yieldable *yieldable, lull__task *task, uint32_t waiter);
static inline void lull__end_wait(lull_yieldable *yieldable, lull__waiter *waiter, lull__task *task, uint32_t index)
{
    if (!yieldable || !yieldable->end) return;
    if (yieldable->end == lull__end_in_list) {
        lull__list_remove(&waiter->link);
    } else {
        lull__hook_end(yieldable, task, index);
    }
}

LULL__COLD int lull__wait_failure(lull__task *task);
static inline int lull__wait_end(lull__task *task, lull_value *value)
{
    if (task->failed) return lull__wait_failure(task);
    if (value) *value = task->waiter.value;
    return 0;
}

/*
 * Around user code that may not suspend, because it is called in the middle of something: the end of a yieldable, and
 * what JavaScript does when it is notified. Leave takes what enter has returned.
 */
LULL__NOINLINE lull__task *lull__nosuspend_enter(void);
LULL__NOINLINE void lull__nosuspend_leave(lull__task *running);

/* The end of a task as a yieldable; NULL in *yieldable for a stale handle. Returns 0 or LULL_ENOMEM. */
int lull__end_of(lull_task handle, lull_yieldable **yieldable);

#endif
