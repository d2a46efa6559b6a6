/* Task parts: the calls of what features add to the life of a task. */
#include "sched/task_part.h"

#include "sched/state.h"

const lull__task_part *lull__task_parts[LULL__TASK_PARTS];

int lull__hook_admit(enum lull__part_kind kind, const lull_spawn_options *options)
{
    const lull__task_part *part = lull__task_parts[kind];
    return part ? part->admit(options, lull__rt.running) : LULL_ESRCH;
}

void lull__hook_attach(enum lull__part_kind kind, lull__task *task, const lull_spawn_options *options)
{
    lull__task_parts[kind]->attach(task, options);
}

void lull__hook_leave(enum lull__part_kind kind, lull__task *task, struct lull__future *call, int status,
                      const lull__error *error)
{
    lull__task_parts[kind]->leave(task, call, status, error);
}

bool lull__hook_deliver(enum lull__part_kind kind, lull__task *task, const lull__outcome *outcome)
{
    return lull__task_parts[kind]->deliver(task, outcome);
}

void lull__hook_groups_cancel(lull__task *task, const lull__scope *scope, lull__error *reason)
{
    if (task->ext->groups) lull__task_parts[LULL__GROUP_PART]->cancel(task, scope, reason);
}

void lull__hook_groups_expire(lull__task *task, double now)
{
    lull__task_parts[LULL__GROUP_PART]->expire(task, now);
}

void lull__hook_groups_resume(void)
{
    if (lull__task_parts[LULL__GROUP_PART]) lull__task_parts[LULL__GROUP_PART]->resume();
}

void lull__hook_groups_drop(lull__task *task)
{
    if (task->ext->groups) lull__task_parts[LULL__GROUP_PART]->drop(task);
}
