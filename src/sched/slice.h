/* A slice: the steps around the run of a task, the same for both kinds of stacks. See D122. */
#ifndef LULL_SLICE_H
#define LULL_SLICE_H

#include "sched/errno.h"
#include "sched/thread_local.h"

/* The running task is about to go on in a flight, or has trapped in one: until then, it does not run. */
void lull__slice_departs(lull__task *task);

static inline void lull__slice_enter(lull__task *task)
{
    lull__errno_enter(task);
    lull__thread_locals_enter(task);
}

/* lull__context_enter for the running task, which sees its own errno and thread-local variables. */
static inline bool lull__slice_run(lull__task *task, bool resumes, lull_value *result)
{
    if (!lull__context_lands()) lull__slice_enter(task);
    bool returned = lull__context_enter(&task->context, resumes, task->function, lull__task_argument(task), result);
    if (lull__context_flies()) {
        lull__slice_departs(task);
        return false;
    }
    lull__errno_leave(task);
    return returned;
}

#endif
