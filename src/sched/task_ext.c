/* What only some tasks need: allocated with the first of it, and freed with the task. */
#include "sched/kernel.h"

static int begin_join(lull_yieldable *self, lull_task waiter)
{
    lull__task *task = LULL__CONTAINER(self, lull__extra, join)->task;
    lull__list_push_back(&task->ended, &lull__waiter_get(waiter)->link);
    return 0;
}

static double joined_task(lull_yieldable *self, size_t *cursor)
{
    return lull__only_holder(lull__task_handle(LULL__CONTAINER(self, lull__extra, join)->task), cursor);
}

lull__holding lull__joining = {.begin = begin_join, .next_holder = joined_task};

const lull__extra lull__no_extra = {.passed = -1};

lull__extra *lull__task_extra(lull__task *task)
{
    if (task->extra->task) return task->extra;
    lull__extra *extra = (lull__extra *)lull__pool_take(&lull__self.extras);
    if (!extra) return NULL;
    *extra = (lull__extra){
        .task = task,
        .join = {begin_join, lull__end_in_list, "join"},
        .deadline.alarm = LULL__SCOPES_ALARM,
        .passed = -1,
    };
    lull__list_init(&extra->sibling);
    if (task->cleaning) extra->outcome = lull__task_outcome(task); /* its body is over */
    return task->extra = extra;
}
