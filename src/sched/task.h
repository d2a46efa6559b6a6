/*
 * Tasks: their state, and their life from spawn to end.
 *
 * A task is in the ready queue, or in the list of what it waits for, or in neither. Only the switch knows how a task is
 * suspended: nothing looks into a suspended task's stack, or keeps a pointer into one, because it may be moved away.
 */
#ifndef LULL_TASK_H
#define LULL_TASK_H

#include "port/switch.h"
#include "sched/waiter.h"

#define LULL__STATE(name, status) LULL__##name,
typedef enum lull__state { LULL__STATE_MAP(LULL__STATE) } lull__state;
#undef LULL__STATE

/* The arguments of a task that JavaScript spawned, or of a generator. */
typedef struct lull__arguments {
    lull__ticket ticket; /* notified of the task's end; 0 */
    void *block;         /* the memory that they point into, freed with them; NULL */
    size_t size;         /* bytes of all this */
    _Alignas(lull_value) char packed[];
} lull__arguments;

/* A task's place among the children of a group: group.c. See D134. */
typedef struct lull__membership {
    lull__link sibling;
    struct lull__task *task;
    struct lull__group *group;
    double limit; /* the earliest deadline that reaches the task through the group's owner; LULL_FOREVER */
} lull__membership;

/* The result of a wait or of a task's body. */
typedef struct lull__outcome {
    lull_value value;
    lull__error *error; /* NULL: there was none, or no memory for it */
    int status;
} lull__outcome;

/* What every task needs. A million of them sleep: each byte counts. */
typedef struct lull__task {
    lull__waiter waiter;
    struct lull__task *next;    /* in the ready queue; NULL: the last */
    lull__context context;      /* where it stands while it does not run */
    lull_function function;     /* what it runs */
    char *stack;                /* NULL before its first run and after its end */
    size_t stack_size;          /* bytes at `stack`, or to be */
    int status;                 /* of its last wait that failed, or of its body; may be LULL__INTERRUPTED */
    lull_yieldable *waiting_on; /* NULL: it waits for anybody to resume it */
    const char *name;           /* static; or from lull__alloc, where owns_name */
    uint32_t slices;            /* how often it ran */
    union {
        lull__arguments *arguments;   /* that it was spawned with, freed at its end; NULL */
        lull__membership *membership; /* of a child of a group, which has no arguments */
    } as;
    struct lull__task_ext *ext; /* what only some tasks need; never NULL: see lull__empty_ext */
    lull__link ended;           /* the waiters and watches of its end */
    uint64_t serial : 48;       /* what JavaScript calls it: 1 for the first task, and so on */
    uint8_t state;              /* lull__state */
    bool interrupted : 1;       /* something may fail its waits: lull__interruption looks closer */
    bool failed : 1;            /* its wait has failed, and it has not run since */
    bool canceled : 1;          /* lull_cancel */
    bool killed : 1;            /* its defers may not wait; if it is in a host call, it ends when JavaScript returns */
    bool cleaning : 1;          /* its body has ended, and its defers run */
    bool owns_name : 1;
    bool shares_stack : 1;         /* see shared_stack.c; its `stack` is then the copy, while it is swapped out */
    bool is_child : 1;             /* of a group */
    uint64_t parent : 48;          /* the serial of the task that spawned it; 0: the host did */
    uint16_t ignored_cancels : 12; /* consecutive waits that its scopes or its cancellation have failed */
    uint16_t ready_as : 4;         /* its state when it becomes ready: LULL__FRESH before its first run */
} lull__task;

/* The status of a wait whose task has to find out itself which of its scopes ended it. */
#define LULL__INTERRUPTED 1

static inline lull_task lull__task_handle(const lull__task *task)
{
    return lull__handle_at(task->waiter.index);
}

static inline lull__task *lull__task_get(lull_task handle)
{
    return (lull__task *)lull__handle_get(LULL__TASK_KIND, handle);
}

/* The task that waits, or has waited; NULL for a proxy of none. */
static inline lull__task *lull__waiter_task(lull__waiter *waiter)
{
    return lull__is_proxy(waiter) ? lull__proxy_of(waiter)->task : LULL__CONTAINER(waiter, lull__task, waiter);
}

/* What its function is called with, when it starts. Later, this is anything. */
static inline void *lull__task_argument(const lull__task *task)
{
    return lull_to_pointer(task->waiter.value);
}

/* Whether it has run. */
static inline bool lull__has_started(const lull__task *task)
{
    return task->ready_as != LULL__FRESH;
}

/* What it was spawned with; NULL. */
static inline lull__arguments *lull__arguments_of(const lull__task *task)
{
    return task->is_child ? NULL : task->as.arguments;
}

/* The group whose child it is; NULL. */
static inline struct lull__group *lull__group_of(const lull__task *task)
{
    return task->is_child ? task->as.membership->group : NULL;
}

/* The earliest deadline that reaches it from outside; LULL_FOREVER. */
static inline double lull__others_deadline(const lull__task *task)
{
    return task->is_child ? task->as.membership->limit : LULL_FOREVER;
}

/* The host call that a task is in; NULL. */
static inline struct lull__future *lull__host_call_of(const lull__task *task)
{
    return task->waiter.item.kind == LULL__CALL ? (struct lull__future *)lull_to_pointer(task->waiter.value) : NULL;
}

/* ---- Spawn --------------------------------------------------------------------------------------------------- */

/*
 * lull_spawn_with, for a task that is called `name`, which is static, unless the options name it. The caller calls
 * lull__spawned once the task is complete, because its observer may then do anything to it.
 */
lull_task lull__spawn(const lull_spawn_options *options, const char *name);
LULL__NOINLINE lull_task lull__spawned(lull_task handle);
/* Dumps and messages then have this name. Without memory, the one before. */
void lull__task_rename(lull_task handle, const char *name);
/* A copy of packed arguments. NULL where there is no memory. The block passes over, even then. */
lull__arguments *lull__arguments_new(const void *packed, size_t size, void *block, lull__ticket ticket);
void lull__arguments_free(lull__arguments *arguments);
/* Give the running task a stack for its first run. False: there is no memory, and the task has failed. */
LULL__COLD bool lull__task_start(lull__task *task);

/* ---- End ----------------------------------------------------------------------------------------------------- */

/* After a task's last slice: its function has returned, or the task has ended otherwise. */
LULL__COLD void lull__slice_ended(lull__task *task, bool returned, lull_value result);
/* Run the defers of a task that has ended, or free it. */
void lull__task_ended(lull__task *task);
/* End a task that is not running. The error passes to it (NULL: the code's text). */
void lull__task_end(lull__task *task, int code, lull__error *error);
/* The same, but the end of its wait is left to lull__end_tasks. Returns whether there is one. */
bool lull__task_ending(lull__task *task, int code, lull__error *error);
void lull__end_tasks(void);
/* End a task without even running its defers. Not to be called by a task. */
void lull__task_discard(lull__task *task);
/* End the running task from any depth: the switch drops its stack. */
LULL_NORETURN void lull__task_exit(lull__task *task, int code, lull_value value, lull__error *error);
/* Kill the running task, which then suspends for good. */
void lull__kill_running(lull__task *task);
/* Whether the task was killed where it could not end at once, and is to end at its next wait. */
static inline bool lull__kill_pending(const lull__task *task)
{
    return task->killed && !task->cleaning;
}
/* Whether a failure is reported where nobody receives it. Whoever cancels or kills knows of it. */
static inline bool lull__is_reportable(int code)
{
    return code < 0 && code != LULL_ECANCELED && code != LULL_EKILLED;
}
/*
 * Failures of children that a task ends without having received, the first with this code. They pass to it, and are
 * joined to its own failure, or reported.
 */
void lull__task_add_failures(lull__task *task, int code, lull__error **failures, size_t count);

#endif
