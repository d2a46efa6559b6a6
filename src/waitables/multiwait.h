/* Waits for several things at once: lull_await_all, lull_await_any, lull_race and lull_select. */
#ifndef LULL_MULTIWAIT_H
#define LULL_MULTIWAIT_H

#include "sched/task.h"

/* When such a wait ends. */
typedef enum lull__until {
    LULL__ALL_SUCCEED,  /* or one fails */
    LULL__ONE_SUCCEEDS, /* or all fail */
    LULL__ONE_SETTLES,
    LULL__ONE_HAPPENS /* and none of the others after it */
} lull__until;

typedef struct lull__case {
    lull__proxy proxy;                 /* waits for it in place of the task */
    struct lull__multiwait *multiwait; /* whose case it is */
    lull_yieldable *yieldable;         /* what it waits for; NULL: its time, if it has one, or a stale handle */
    const lull_case *given;            /* of lull_select: the user's case */
    lull__error *error;
    int status;   /* LULL_EBUSY: pending; else how it ended, with the value of its waiter */
    size_t order; /* how many ended before it */
} lull__case;

typedef struct lull__multiwait {
    lull_yieldable yieldable; /* what the task waits for */
    lull__task *task;
    lull__until until;
    /* Finds what a case waits for, right before it does: 0 or LULL_ENOMEM. NULL: the cases say that already. */
    int (*prepare)(lull__case *entry);
    lull__case *beginning; /* whose begin runs; NULL */
    size_t begun;          /* cases, from the first */
    size_t pending;        /* cases */
    lull__case *succeeded; /* the first, before it was decided; NULL */
    lull__case *failed;    /* likewise */
    size_t count;
    lull__case cases[];
} lull__multiwait;

/*
 * A wait of the current task, which is in no other one, for this many things: a lull__case_init for each is still to
 * come. NULL where there is no memory.
 */
lull__multiwait *lull__multiwait_new(lull__task *task, size_t count, lull__until until, const char *name);
/* `on_wake` is called for its proxy; NULL: what multiwait.c does. */
void lull__case_init(lull__multiwait *multiwait, size_t index, lull__on_wake *on_wake);
/* Wait until it is decided. Returns 0, or what failed the wait. */
int lull__multiwait_wait(lull__multiwait *multiwait);
/* The same without waiting: LULL_EBUSY where it is not decided at once. */
int lull__multiwait_try(lull__multiwait *multiwait);
bool lull__multiwait_decided(const lull__multiwait *multiwait);
/* End a task's wait for several things, and free it; nothing where it has none. */
void lull__multiwait_leave(lull__task *task);
/* Free a wait whose cases have all left what they waited for. */
void lull__multiwait_free(lull__multiwait *multiwait);

#endif
