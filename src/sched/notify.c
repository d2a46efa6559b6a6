/* Notifications to the host. See D29. */
#include "sched/notify.h"

#include "sched/shared_stack.h"
#include "sched/state.h"
#include "sched/wait.h"

LULL__NOINLINE static void notify(lull__notice notice, lull__ticket ticket, int status, const lull__error *error)
{
    lull__task *running = lull__nosuspend_enter();
    lull__port_notify(notice, ticket, status, lull__error_public(error));
    lull__nosuspend_leave(running);
}

void lull__notify_settled(lull__ticket ticket, int status, lull_value value, const lull__error *error)
{
    lull__mailbox.value = value;
    notify(LULL__SETTLED, ticket, status, error);
}

void lull__notify_abandoned(lull__ticket ticket, int status, const lull__error *error)
{
    notify(LULL__ABANDONED, ticket, status, error);
}

void lull__notify_unhandled(const lull__task *task, int status, const lull__error *error)
{
    lull__mailbox.failure.id = task ? (double)task->serial : 0;
    lull__mailbox.failure.name = task ? (double)(uintptr_t)task->name : 0;
    notify(LULL__UNHANDLED, 0, status, error);
}

void lull__notify_observer(lull__notice notice, const lull__task *task, int status)
{
    if (task) lull__describe(task);
    notify(notice, 0, status, NULL);
}

void lull__describe(const lull__task *task)
{
    const lull_yieldable *waiting_on = task->waiting_on;
    const char *what = !lull__has_started(task) ? LULL__WAIT_FIRST_RUN : !waiting_on ? NULL : waiting_on->name;
    if (waiting_on && !what) what = LULL__WAIT_UNNAMED;
    bool runs = lull__on_stack(task) || task == lull__rt.calling;
    lull__mailbox.task.id = (double)task->serial;
    lull__mailbox.task.parent = (double)task->parent;
    lull__mailbox.task.state = runs ? LULL__RUNNING : task->state;
    lull__mailbox.task.slices = task->slices;
    lull__mailbox.task.stack_size = (double)(runs && task->shares_stack ? lull__rt.sharing->size : task->stack_size);
    lull__mailbox.task.name = (double)(uintptr_t)task->name;
    lull__mailbox.task.waiting_on = (double)(uintptr_t)what;
    lull__mailbox.task.yieldable = (double)(uintptr_t)waiting_on;
}
