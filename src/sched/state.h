/*
 * The state of the instance, as far as more than one file needs it. One instance is one wasm module instance.
 */
#ifndef LULL_STATE_H
#define LULL_STATE_H

#include "base/pool.h"
#include "sched/task.h"

typedef struct lull__runtime {
    /* The ready queue. */
    lull__task *ready;    /* the first task; NULL: none */
    lull__task **last;    /* the end: the `next` of the last task, or &ready */
    lull__task **resumed; /* the end of the tasks in front that lull_resume put there: likewise */

    /* Whose code runs. */
    lull__task *running;    /* the task; NULL while the loop calls anything, and while JavaScript runs on top of one */
    lull__task *calling;    /* the task on top of which JavaScript runs; NULL */
    lull__task *beneath;    /* the task beneath code that may not suspend: it runs, but is not `running`; NULL */
    lull__task *trap_owner; /* the task whose failure a trap in such code is: see lull__nosuspend_enter; NULL */
    bool looping;           /* lull__run is on the stack */
    double now;             /* when the loop last looked at the clock */

    /* Stacks and structs. */
    lull__pool stacks; /* of the default size */
    lull__pool tasks;
    lull__pool exts;   /* lull__task_ext */
    lull__pool scopes; /* of the user's */
    lull__pool packs;  /* lull__arguments of usual size */
    lull__pool memberships;
    char *shared_stack;        /* NULL: no task has run there */
    const lull_stack *sharing; /* runs the tasks that share a stack; NULL: there has been none */

    /* Ends. */
    lull__task *ending;         /* tasks whose end is not complete: see lull__end_tasks; NULL */
    lull__error *cancel_reason; /* of the cancellation that the host has asked for, while that lasts; NULL */
    bool closing;               /* nothing more may be spawned */

    /* What the host sees. */
    size_t live;       /* tasks that have not ended */
    size_t max_live;   /* how many there may be; 0: as many as memory has room for */
    uint64_t spawned;  /* tasks, ever */
    uint64_t switches; /* slices, ever */
    bool observed;     /* each event of a task is notified: see lull__notify_observer */
} lull__runtime;

extern lull__runtime lull__rt;

/* Whether a task's C code is on the machine stack, where nothing outside may touch it. */
static inline bool lull__on_stack(const lull__task *task)
{
    return task == lull__rt.running || task == lull__rt.beneath;
}

#endif
