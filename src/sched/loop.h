/* The loop: one run of the ready tasks, and the end of the instance. */
#ifndef LULL_LOOP_H
#define LULL_LOOP_H

/*
 * Run ready tasks until there is none or `budget` seconds are over. Returns when to call again: 0 at once (after the
 * host's own events), else the seconds to the earliest deadline; negative: not before something wakes the instance.
 */
double lull__run(double budget);
/* Free all that the instance holds. No task may be left. */
void lull__dispose(void);

#endif
