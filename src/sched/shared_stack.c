/*
 * The shared stack: its tasks run on it one at a time. When a task suspends, its part is swapped out, to a copy of that
 * very size; before it resumes, back to the same place. See D53, D54, D57.
 */
#include "sched/shared_stack.h"

#include "base/memory.h"
#include "base/timer_batch.h"
#include "sched/slice.h"
#include "sched/state.h"
#include "sched/wait.h"

/*
 * Small copies come from pools, one for each size, and have no header: they are most of the memory of a million
 * sleeping tasks.
 */
#define SIZE_STEP 8
#define POOLED_MAX 128

static lull__pool pools[POOLED_MAX / SIZE_STEP];

/* Where a copy of this size comes from; NULL: lull__alloc. */
static lull__pool *pool_of(size_t size)
{
    if (size > POOLED_MAX) return NULL;
    lull__pool *pool = &pools[(size - 1) / SIZE_STEP];
    pool->size = (size + SIZE_STEP - 1) & ~(size_t)(SIZE_STEP - 1);
    return pool;
}

static void free_copy(lull__task *task)
{
    lull__pool *pool = pool_of(task->stack_size);
    if (pool) {
        lull__pool_give(pool, task->stack);
    } else {
        lull__free(task->stack);
    }
    task->stack = NULL;
    task->stack_size = 0;
}

/* Give a task a copy of this size in place of its present one. False where there is no memory. */
static bool change_copy(lull__task *task, size_t size)
{
    if (task->stack) free_copy(task);
    if (!size) return true;
    lull__pool *pool = pool_of(size);
    task->stack = (char *)(pool ? lull__pool_take(pool) : lull__alloc(size));
    if (task->stack) task->stack_size = size;
    return task->stack;
}

/* Swap a suspended task out. False where there is no memory. */
static bool swap_out(lull__task *task, const char *stack)
{
    size_t kept = lull__context_kept(&task->context, stack, LULL_SHARED_STACK_SIZE);
    if (kept != task->stack_size && !change_copy(task, kept)) return false;
    lull__context_save(&task->context, stack, LULL_SHARED_STACK_SIZE, task->stack);
    return true;
}

/* End a task that is in no queue, because there is no memory for its stack, or for this reason. */
static void give_up(lull__task *task, const char *reason)
{
    task->state = LULL__WAITING; /* for nothing, if it does not */
    lull__task_end(task, LULL_ENOMEM, lull__error_because(LULL_ENOMEM, reason));
}

/* The alarm of tasks, once there is a shared stack: a million of them may be due together. */
static void wake_fired(lull__timer *timer)
{
    lull__batch_due(lull__rt.now);
    lull__wake_fired(timer);
}

/* Swap a task in. False where it has ended instead. */
static bool swap_in(lull__task *task, bool resumes)
{
    lull__runtime *rt = &lull__rt;
    char *stack = rt->shared_stack;
    if (!stack) {
        rt->shared_stack = stack = (char *)lull__alloc(LULL_SHARED_STACK_SIZE);
        lull__alarms[LULL__TASK_ALARM] = wake_fired;
    }
    const char *refusal = stack ? lull__context_open(&task->context) : NULL;
    if (!stack || refusal) {
        give_up(task, refusal);
        return false;
    }
    if (resumes) {
        lull__context_restore(&task->context, stack, LULL_SHARED_STACK_SIZE, task->stack);
    } else {
        lull__context_reset(&task->context, stack, LULL_SHARED_STACK_SIZE);
        task->ready_as = LULL__READY_SWAPPED_OUT;
        lull__waiter_free_up(&task->waiter);
    }
    task->state = LULL__RUNNING;
    task->slices++;
    rt->running = task;
    return true;
}

/* lull_stack's run: also where the task's slice was a flight, which is over. */
LULL__BLOCKING static void run(lull__task *task)
{
    bool resumes = task->state == LULL__READY_SWAPPED_OUT;
    if (!lull__context_lands() && !swap_in(task, resumes)) return;
    lull_value result = 0;
    bool returned = lull__slice_run(task, resumes, &result);
    if (lull__context_flies()) return;
    lull__rt.running = NULL;
    if (returned || task->state == LULL__ENDED) {
        lull__slice_ended(task, returned, result);
    } else if (!swap_out(task, lull__rt.shared_stack)) {
        give_up(task, NULL);
    } else if (task->state == LULL__RUNNING) {
        lull__ready_last(task); /* lull_pause(0) */
        task->state = LULL__READY_SWAPPED_OUT;
    }
}

/* lull_stack's free. */
static void free_of(lull__task *task)
{
    if (task) {
        free_copy(task);
        return;
    }
    lull__batch_dispose();
    lull__free(lull__rt.shared_stack);
    lull__rt.shared_stack = NULL;
}

const lull_stack lull__shared_stack = {LULL_SHARED_STACK_SIZE, run, free_of};
