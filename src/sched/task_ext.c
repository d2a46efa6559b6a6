/* The task extension: allocated when a task first needs it, and freed with the task. */
#include "sched/task_ext.h"

#include "sched/state.h"
#include "sched/wait.h"
#include "sched/wait_graph.h"

static int begin_join(lull_yieldable *self, lull_task waiter)
{
    lull__task *task = LULL__CONTAINER(self, lull__task_ext, join)->task;
    lull__list_push_back(&task->ended, &lull__waiter_get(waiter)->link);
    return 0;
}

static double joined_task(lull_yieldable *self, size_t *cursor)
{
    return lull__only_holder(lull__task_handle(LULL__CONTAINER(self, lull__task_ext, join)->task), cursor);
}

lull__wait_source lull__join_source = {.begin = begin_join, .next_holder = joined_task};

const lull__task_ext lull__empty_ext = {.last_deadline_fired = -1};

lull__task_ext *lull__task_extend(lull__task *task)
{
    if (task->ext->task) return task->ext;
    lull__task_ext *ext = (lull__task_ext *)lull__pool_take(&lull__rt.exts);
    if (!ext) return NULL;
    *ext = (lull__task_ext){
        .task = task,
        .join = {begin_join, lull__end_in_list, LULL__WAIT_JOIN},
        .deadline.alarm = LULL__SCOPES_ALARM,
        .last_deadline_fired = -1,
    };
    if (task->cleaning) ext->outcome = lull__task_outcome(task); /* its body is over */
    return task->ext = ext;
}
