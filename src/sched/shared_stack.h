/* The shared stack: reached through a lull_stack, so that a program without such tasks does not carry it along. */
#ifndef LULL_SHARED_STACK_H
#define LULL_SHARED_STACK_H

#include "sched/task.h"

struct lull_stack {
    size_t size; /* bytes */
    /* Run a slice of a task, and see to what follows it, as the loop does. */
    void (*run)(lull__task *task);
    /* Free the copy of what a task keeps there; of NULL: the stack itself. Then no such task may be left. */
    void (*free)(lull__task *task);
};

LULL__HOOK void lull__hook_run_shared(lull__task *task);
LULL__HOOK void lull__hook_free_shared(lull__task *task);

#endif
