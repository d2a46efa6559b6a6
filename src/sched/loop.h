/* The loop: one run of the ready tasks, and the end of the instance. */
#ifndef LULL_LOOP_H
#define LULL_LOOP_H

#include "port/switch.h"

/*
 * Run ready tasks until there is none or `budget` seconds are over. Returns when to call again: 0 at once (after the
 * host's own events), else at this time of the host's timer; LULL_FOREVER: not before something wakes the instance.
 * `host_times`: the host has a timer for the time that was returned last, and need not be told here that it has come.
 */
double lull__run(double budget, bool host_times);
/*
 * On JSPI, a run also ends with a flight, by LULL__IN_FLIGHT. This goes on with it when the flight of this context is
 * over, and returns likewise; once more LULL__IN_FLIGHT if it has trapped: JavaScript hears of that, and calls
 * lull__run. `last`: no other slice comes in this run.
 */
double lull__run_on(lull__context *landed, bool last);
/* Free all that the instance holds. No task may be left. */
void lull__dispose(void);

#endif
