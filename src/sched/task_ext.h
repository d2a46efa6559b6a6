/*
 * The task extension: what only some tasks need. A task that needs any of it is given all of it, until its end.
 */
#ifndef LULL_TASK_EXT_H
#define LULL_TASK_EXT_H

#include "sched/scope.h"
#include "sched/task.h"

typedef struct lull__defer {
    struct lull__defer *next;
    void (*function)(void *argument);
    void *argument;
} lull__defer;

typedef struct lull__task_ext {
    lull__task *task; /* whose it is; NULL: this is lull__empty_ext */

    /* Its end: task.c. */
    lull_yieldable join;   /* its end, as a yieldable */
    lull__outcome outcome; /* of its body, once that has ended */
    lull__defer *defers;   /* last first */
    double cleanup;        /* until when its cleanup may wait; 0: it has not begun */
    bool deferring;        /* its defers have begun */

    /* Its wait: wait.c. */
    lull__error *pending_error; /* with which its wait ends; NULL */
    lull__error *error;         /* of its last failed wait; NULL: there was none, or no more than a status */
    int previous_status;        /* before it was ended from outside; 0 */
    bool uninterruptible;       /* nothing interrupts its wait: it has killed its children, and waits for their end */

    int error_number;    /* its errno, while others run: errno.h */
    char *thread_locals; /* the values of its thread-local variables, likewise; NULL: the initial ones */

    /* Its scopes: scope.c. */
    bool has_timeout;           /* `own` is the scope of its timeout, and its outermost one */
    uint16_t shields;           /* how many of its scopes are shields */
    lull__timer deadline;       /* the earliest that reaches the innermost of its scopes */
    double last_deadline_fired; /* when that was; -1: it has not */
    lull__scope *scope;         /* its innermost scope; NULL */
    lull__scope own;            /* around its body, if it has a timeout; later, around each step of its cleanup */
    lull__scope relock;         /* around the end of a wait for a condition: cond.c */
    lull__error *reason;        /* of its cancellation; NULL: none was given */

    /* Features: each is of the file that is named. */
    lull_future settles;               /* the future that its end settles; 0. future.c */
    struct lull__group *groups;        /* that it has open: the innermost; NULL. group.c */
    struct lull__multiwait *multiwait; /* the wait for several things that it is in; NULL. multiwait.c */
    struct lull__local *locals;        /* NULL: it has none. local.c */
    lull_chan output;                  /* of a generator that C reads; 0. generator.c */
    int (*emit)(const void *element);  /* of a generator that JavaScript reads: lull_send, to there; NULL. spawn.c */
    uint8_t emits;                     /* the size of those elements in bytes */
} lull__task_ext;

/* The extension of a task that needs none: it can be read, but not be written. */
extern const lull__task_ext lull__empty_ext;
/* Give a task an extension of its own, which can be written. NULL where there is no memory. */
LULL__COLD lull__task_ext *lull__task_extend(lull__task *task);

/*
 * The outcome of a task's body, once that has ended. A task without an extension has had no error; the rest is in the
 * fields for the end of a wait, because no more waits come.
 */
static inline lull__outcome lull__task_outcome(const lull__task *task)
{
    if (task->ext->task) return task->ext->outcome;
    return (lull__outcome){.value = task->waiter.value, .status = task->status};
}

/* Whether there is something for lull__interruption to look at. */
static inline bool lull__may_be_interrupted(const lull__task *task)
{
    return task->canceled || task->killed || task->ext->scope || lull__others_deadline(task) < LULL_FOREVER;
}

#endif
