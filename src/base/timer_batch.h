/* The batch: many timers that are due together, as one timer. */
#ifndef LULL_TIMER_BATCH_H
#define LULL_TIMER_BATCH_H

#include "base/timer.h"

/*
 * Make those that are due at `now` a batch, if they are many. For alarms to call first: a program without such alarms
 * does not carry the batch along.
 */
void lull__batch_due(double now);
/* Before lull__timers_dispose. */
void lull__batch_dispose(void);

#endif
