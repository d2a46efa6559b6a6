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
    LULL__BATCH_ALARM,  /* the batch: the first of its deadlines */
    LULL__LEAVES_BATCH, /* the disarming of a timer in the batch */
    LULL__ALARMS
} lull__alarm;

typedef struct lull__timer {
    uint32_t alarm : 3;     /* lull__alarm */
    uint32_t in_batch : 1;  /* see timer_batch.c */
    uint32_t position : 28; /* in the heap or the batch, from 1; 0: not armed */
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
LULL__HOOK void lull__hook_alarm(lull__alarm alarm, lull__timer *timer);
/* The earliest deadline; LULL_FOREVER where none is armed. */
double lull__timers_next(void);
/* The number of armed timers. */
uint32_t lull__timers_count(void);
void lull__timers_dispose(void);

#endif
