/* The entries of armed timers, and their sort. */
#ifndef LULL_TIMER_SORT_H
#define LULL_TIMER_SORT_H

#include "base/timer.h"

typedef struct lull__timer_entry {
    double deadline;
    uint32_t sequence; /* orders equal deadlines */
    lull__timer *timer;
} lull__timer_entry;

/*
 * Sort by the deadlines, none of which is negative, and then by the sequence, whose next number is `next`. `spare`
 * has room for as many; its contents do not matter.
 */
void lull__timers_sort(lull__timer_entry *entries, lull__timer_entry *spare, uint32_t count, uint32_t next);

#endif
