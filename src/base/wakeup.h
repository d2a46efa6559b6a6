/* Wake-ups: asking the host for a run of the loop, once until that run. */
#ifndef LULL_WAKEUP_H
#define LULL_WAKEUP_H

#include <stdbool.h>

#include "base/compiler.h"

/* The loop runs, or the host has been asked to run it. */
extern bool lull__awake;

LULL__COLD void lull__wake_host(void);
static inline void lull__ensure_awake(void)
{
    if (!lull__awake) lull__wake_host();
}

#endif
