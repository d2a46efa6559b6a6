/*
 * Thread-local variables of C: each task has its own values. The build puts these variables into a section of their own
 * (toolchain/thread-local.js), so they are at the same addresses for all tasks, and the loop puts the values there of
 * the task that runs. A program without such variables does not carry this along: both ends of the section are then a
 * constant NULL.
 */
#ifndef LULL_THREAD_LOCAL_H
#define LULL_THREAD_LOCAL_H

#include "sched/task_ext.h"

#if defined(__wasm__)

extern char lull__thread_locals[] __asm__("__start_lull_tls") __attribute__((weak));
extern char lull__thread_locals_end[] __asm__("__stop_lull_tls") __attribute__((weak));
static inline size_t lull__thread_locals_size(void)
{
    return (size_t)(lull__thread_locals_end - lull__thread_locals);
}

/* Put the values of a task there; NULL: of code outside of tasks. */
LULL__COLD void lull__thread_locals_load(lull__task *task);
/* Free the values of a task that has ended. */
void lull__thread_locals_free(lull__task *task);
void lull__thread_locals_dispose(void);

extern const lull__task *lull__thread_locals_owner; /* whose values are there; NULL: of code outside */

static inline void lull__thread_locals_enter(lull__task *task)
{
    if (lull__thread_locals_size() && lull__thread_locals_owner != task) lull__thread_locals_load(task);
}

#else

static inline void lull__thread_locals_enter(lull__task *task)
{
    (void)task;
}
static inline void lull__thread_locals_free(lull__task *task)
{
    (void)task;
}
static inline void lull__thread_locals_dispose(void)
{
}

#endif

#endif
