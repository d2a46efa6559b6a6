/* The sort of timers. */
#ifndef LULL_TIMER_SORT_H
#define LULL_TIMER_SORT_H

#include "base/timer_heap.h"

/*
 * Sort by the deadlines, none of which is negative, and then by the sequence, whose next number is `next`. `spare`
 * has room for as many; its contents do not matter.
 */
void lull__timers_sort(lull__timer_entry *entries, lull__timer_entry *spare, uint32_t count, uint32_t next);

#endif
