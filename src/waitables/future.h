/* Futures: values to come, and the waiters for them. */
#ifndef LULL_FUTURE_H
#define LULL_FUTURE_H

#include "sched/task.h"

typedef struct lull__future {
    lull__waiters waiters; /* first: lull_future_yieldable gives its address */
    lull_future handle;
    lull_value value;
    lull__error *error;            /* of a rejection; NULL: there was no memory for it */
    int status;                    /* 0, or the code of a rejection */
    lull__ticket ticket;           /* of the host call that settles it; 0 */
    lull__task *caller;            /* whose host call it is, in which that task is if it is not `started`; NULL */
    struct lull__started *started; /* of a started host call that has not been finished; NULL */
    lull_task settler;             /* the task whose end settles it; 0 */
    bool settled;
    bool awaited;  /* it has been awaited, so that a rejection is not lost */
    uint8_t owned; /* lull__owned: what the value owns */
} lull__future;

static inline lull__future *lull__future_get(lull_future handle)
{
    return (lull__future *)lull__handle_get(LULL__FUTURE_KIND, handle);
}

/* A host call that a task has started and not finished. It ends with the task. */
typedef struct lull__started {
    lull__proxy watch; /* of the task's end */
    lull__future *future;
    void (*drop)(struct lull__started *started); /* its future is freed: free it, and abandon the call */
} lull__started;

/* lull__wait_begin for a future, in which the task itself waits: shorter than by way of the yieldable's begin. */
int lull__await_begin(lull__task *task, lull__future *future);
/* The same of a task that may wait. */
int lull__await_unchecked(lull__task *task, lull__future *future);
/* Settle a pending future. The error passes to it. */
void lull__future_settle(lull__future *future, int status, lull_value value, lull__error *error);
/* Free a future, and end the waits for it. */
void lull__future_drop(lull__future *future);
LULL__HOOK void lull__hook_drop_started(lull__future *future);

#endif
