/* Timers: a heap of deadlines. Equal deadlines fire in the order in which they were armed. */
#ifndef LULL_TIMER_H
#define LULL_TIMER_H

#include "base/compiler.h"
#include "lull.h"

/* What a timer is a member of, and so which function it fires. */
typedef enum lull__alarm {
    LULL__TASK_ALARM,   /* a task: its first run, a pause, a lull_schedule */
    LULL__PROXY_ALARM,  /* a proxy waiter: likewise, in one of several waits of a task */
    LULL__SCOPES_ALARM, /* a task's extension: the earliest deadline of its scopes */
    LULL__GROUP_ALARM,  /* a group: the earliest deadline that reaches its children */
    LULL__ALARMS
} lull__alarm;

typedef struct lull__timer {
    uint32_t position : 28; /* in the heap or the due ones, from 1; 0: not armed */
    uint32_t is_due : 1;    /* in the due ones */
    uint32_t alarm : 3;     /* lull__alarm */
} lull__timer;

/* By alarm: what a timer that has fired calls. The layers above fill the table. */
extern void (*lull__alarms[LULL__ALARMS])(lull__timer *timer);

/* Arm or re-arm, on the clock of lull_now. Returns 0 or LULL_ENOMEM. */
int lull__timer_arm(lull__timer *timer, double deadline);
void lull__timer_remove(lull__timer *timer);
static inline void lull__timer_disarm(lull__timer *timer)
{
    if (timer->position) lull__timer_remove(timer);
}
/* Fire all that are due at `now`. */
void lull__timers_fire(double now);
LULL__HOOK void lull__hook_fire(lull__timer *timer);
/*
 * Called after every few timers that a call of lull__timers_fire has fired; NULL: unset. The shared stack, whose tasks
 * may be a million, sets it to lull__timers_fire_many: other programs do not link that.
 */
extern void (*lull__timers_many)(double now, uint32_t fired);
LULL__HOOK void lull__hook_many(double now, uint32_t fired);
void lull__timers_fire_many(double now, uint32_t fired);
/* The earliest deadline; LULL_FOREVER where none is armed. */
double lull__timers_next(void);
/* The number of armed timers. */
uint32_t lull__timers_count(void);
void lull__timers_dispose(void);

#endif
