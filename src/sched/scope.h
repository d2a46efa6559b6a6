/* Scopes and cancellation. */
#ifndef LULL_SCOPE_H
#define LULL_SCOPE_H

#include "base/error.h"
#include "base/timer.h"
#include "lull.h"

struct lull__task;

/*
 * A scope that a task is in. It lies in the runtime's memory, so that others reach it while the task's stack is swapped
 * out. The user's lull_scope is its token.
 */
typedef struct lull__scope {
    const lull_scope *token; /* NULL: it is the runtime's own */
    struct lull__scope *outer;
    double deadline;  /* its own, on the clock of lull_now */
    double effective; /* the earliest of the deadlines that reach it */
    bool shield;      /* nothing outside of it reaches in */
    bool momentary;   /* of 0 seconds: only a wait that suspends exceeds it */
    bool canceled;
    bool expired;
} lull__scope;

/* Enter a scope of the current task, in memory that stays the caller's. Returns what lull_scope_enter does. */
int lull__scope_enter(lull__scope *scope, double seconds, bool shield);
int lull__scope_exit(lull__scope *scope, int status);
/* Leave all scopes of a task. */
void lull__scopes_leave(struct lull__task *task);
/* Whether the end of `scope` reaches into the scope `innermost`: no shield lies between them. */
bool lull__scope_reaches(const lull__scope *scope, const lull__scope *innermost);
/* Give a task that has not run yet a timeout. Returns 0 or LULL_ENOMEM. */
int lull__task_limit(struct lull__task *task, double seconds);
/* What a timer for the deadlines of a task's scopes fires. */
void lull__deadline_fired(lull__timer *timer);

/* lull_cancel, with a reason, which stays the caller's; NULL. */
void lull__cancel(struct lull__task *task, lull__error *reason);
/* The same for the task itself, and not for its groups. */
void lull__cancel_alone(struct lull__task *task, lull__error *reason);
/* End a task's wait, if it has one that its scopes or its cancellation reach. */
void lull__interrupt(struct lull__task *task);
/* Have a deadline that reaches the task, and has passed since the loop looked at the clock, count from now on. */
void lull__look_at_deadlines(struct lull__task *task);
/* What fails the waits of a task: 0, LULL_ECANCELED or LULL_ETIMEDOUT. Called by the task itself only. */
int lull__interruption(struct lull__task *task);
/* The error of a wait that was interrupted with this status; NULL where there is none. Retained. */
lull__error *lull__interruption_error(const struct lull__task *task, int status);

/* Whether these seconds can be waited: not negative, and a number. */
static inline bool lull__valid_delay(double seconds)
{
    return seconds >= 0;
}

#endif
