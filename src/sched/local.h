/* Locals: variables that each task has its own value of. */
#ifndef LULL_LOCAL_H
#define LULL_LOCAL_H

#include "sched/task.h"

/* Give a task a copy of another one's locals. False where there is no memory. */
bool lull__locals_copy(lull__task *task, const lull__task *from);
void lull__locals_free(lull__task *task);

#endif
