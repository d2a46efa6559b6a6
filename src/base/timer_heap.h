/* The heap of timers, as far as more than one file needs it. */
#ifndef LULL_TIMER_HEAP_H
#define LULL_TIMER_HEAP_H

#include "base/timer.h"

typedef struct lull__timer_entry {
    double deadline;
    uint32_t sequence; /* orders equal deadlines */
    lull__timer *timer;
} lull__timer_entry;

typedef struct lull__timer_heap {
    lull__timer_entry *entries; /* from 1: the children of i are 4 * (i - 1) + 2 and on */
    uint32_t count;
    uint32_t others; /* in the batch, besides its first. Each has a place here, for when it is armed again. */
    uint32_t capacity;
    uint32_t sequence;
} lull__timer_heap;

extern lull__timer_heap lull__heap;

/* Move the entry at this position to where it belongs, which is nearer to the root, or farther from it. */
void lull__sift_up(uint32_t position);
void lull__sift_down(uint32_t position);

#endif
