/* A slice: what both kinds of stacks do around the run of a task. */
#ifndef LULL_SLICE_H
#define LULL_SLICE_H

#include "sched/errno.h"
#include "sched/thread_local.h"

/* lull__context_enter for the running task, which sees its own errno and thread-local variables. */
static inline bool lull__slice_run(lull__task *task, bool resumes, lull_value *result)
{
    lull__errno_enter(task);
    lull__thread_locals_enter(task);
    bool returned = lull__context_enter(&task->context, resumes, task->function, lull__task_argument(task), result);
    lull__errno_leave(task);
    return returned;
}

#endif
