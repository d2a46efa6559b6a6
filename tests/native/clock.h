/* The passage of time in native builds, whose clock is virtual. */
#ifndef CLOCK_H
#define CLOCK_H

#include "base/timer.h"
#include "port/port_native.h"
#include "sched/loop.h"

/* Run until nothing is ready, and nothing that this makes ready. */
static inline void lull_native_run_ready(void)
{
    while (lull__run(LULL_FOREVER, false) == 0) continue;
}

/* Let this many seconds pass, and nothing later happen. The clock then shows their end. */
static inline void lull_native_advance(double seconds)
{
    double end = lull_native.now + seconds;
    lull_native_run_ready();
    double next;
    while ((next = lull__timers_next()) <= end && next < LULL_FOREVER) {
        if (next > lull_native.now) lull_native.now = next;
        lull_native_run_ready();
    }
    if (end < LULL_FOREVER && end > lull_native.now) lull_native.now = end;
}

/* Run until nothing is left to do. Returns the time. */
static inline double lull_native_run(void)
{
    lull_native_advance(LULL_FOREVER);
    return lull_native.now;
}

#endif
