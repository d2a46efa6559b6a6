/*
 * errno: each task has its own, though the C library has a single variable. The loop puts the task's value there for
 * the time of a slice. A program that does not link the variable does not carry this along: its address is then a
 * constant NULL. See D107.
 */
#ifndef LULL_ERRNO_H
#define LULL_ERRNO_H

#include "sched/task_ext.h"

#if defined(__wasi__)

extern int lull__c_errno __asm__("errno") __attribute__((weak));
static inline int *lull__errno(void)
{
    return &lull__c_errno;
}

#elif defined(__wasm__)

__attribute__((weak)) int *__errno_location(void);
static inline int *lull__errno(void)
{
    return __errno_location ? __errno_location() : NULL;
}

#else

static inline int *lull__errno(void)
{
    return NULL; /* native builds test the kernel without a C library of tasks */
}

#endif

/* Remember a value that is not 0. It is lost where there is no memory. */
LULL__COLD void lull__errno_remember(lull__task *task, int value);

/* Around each slice. */
static inline void lull__errno_enter(const lull__task *task)
{
    int *place = lull__errno();
    if (place) *place = task->ext->error_number;
}

static inline void lull__errno_leave(lull__task *task)
{
    const int *place = lull__errno();
    if (place && *place != task->ext->error_number) lull__errno_remember(task, *place);
}

#endif
