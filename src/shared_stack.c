/*
 * The stack that tasks share: each runs on it, and when it is suspended, what it keeps there is moved away, to a copy
 * of that very size, and back to the same place before it runs on.
 */
#include "kernel.h"

/* Move what a suspended task keeps on the stack away. False where there is no memory. */
static bool move_away(lull__task *task, const char *stack)
{
    size_t kept = lull__context_kept(&task->context, stack, LULL_SHARED_STACK_SIZE);
    if (kept != task->stack_size) {
        lull__free(task->stack);
        task->stack = kept ? (char *)lull__alloc(kept) : NULL;
        task->stack_size = task->stack ? kept : 0;
        if (kept && !task->stack) return false;
    }
    lull__context_save(&task->context, stack, LULL_SHARED_STACK_SIZE, task->stack);
    return true;
}

/* End a task that is in no queue, because there is no memory for its stack. */
static void give_up(lull__task *task)
{
    task->state = LULL__WAITING; /* for nothing, if it has not waited */
    lull__task_end(task, LULL_ENOMEM, NULL);
}

/* See lull_stack. */
LULL__BLOCKING static void run(lull__task *task)
{
    lull__kernel *kernel = &lull__self;
    char *stack = kernel->shared_stack;
    if (!stack) kernel->shared_stack = stack = (char *)lull__alloc(LULL_SHARED_STACK_SIZE);
    if (!stack) {
        give_up(task);
        return;
    }
    bool resumes = task->state == LULL__MOVED;
    if (resumes) {
        lull__context_restore(&task->context, stack, LULL_SHARED_STACK_SIZE, task->stack);
    } else {
        lull__context_reset(&task->context, stack, LULL_SHARED_STACK_SIZE);
        task->ready_as = LULL__MOVED;
    }
    task->state = LULL__READY;
    task->slices++;
    kernel->running = task;
    lull_value result = 0;
    bool returned = lull__context_enter(&task->context, resumes, task->function, task->argument, &result);
    kernel->running = NULL;
    if (returned || task->state == LULL__ENDED) {
        lull__slice_ended(task, returned, result);
    } else if (!move_away(task, stack)) {
        give_up(task);
    } else if (task->state == LULL__READY) {
        lull__ready_last(task); /* lull_pause(0) */
        task->state = LULL__MOVED;
    }
}

const lull_stack lull__shared_stack = {LULL_SHARED_STACK_SIZE, run};
