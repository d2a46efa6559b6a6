/* errno of tasks: kept in the task's extension, if it is not 0. */
#include "sched/errno.h"

void lull__errno_remember(lull__task *task, int value)
{
    lull__task_ext *ext = lull__task_extend(task);
    if (ext) ext->error_number = value;
}
