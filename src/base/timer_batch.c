/*
 * The batch: many timers that are due together, as one timer. To take a timer out of a large heap misses the cache at
 * each level. So where many are due, all these leave the heap together, and are sorted. One entry stands for them
 * there, that of a timer whose alarm fires them; its key is always that of the first of them. See D136.
 */
#include "base/timer_batch.h"

#include <string.h>

#include "base/memory.h"
#include "base/timer_sort.h"

/* A batch has at least so many timers, and this part of the heap, all of which it reads. */
#define FEW 256
#define PART 8

/* Misses of the cache for this many timers overlap. */
#define READ_AHEAD 16

static struct {
    lull__timer timer;
    lull__timer_entry *entries; /* from 1, in order; NULL: there is no batch. Without a timer: it has left the batch. */
    uint32_t first;             /* that is left */
    uint32_t count;             /* with those that have left */
    double looked_at;           /* the last time of lull__batch_due */
} batch;

/* Have the first timer's key in the heap. */
static void set_key(uint32_t position)
{
    const lull__timer_entry *first = &batch.entries[batch.first];
    lull__heap.entries[position] = (lull__timer_entry){first->deadline, first->sequence, &batch.timer};
}

/* There is a place, which the batch has left or one of its timers. */
static void enter_heap(void)
{
    uint32_t position = ++lull__heap.count;
    set_key(position);
    lull__sift_up(position);
}

static void end_batch(void)
{
    lull__timer_disarm(&batch.timer);
    lull__free(batch.entries);
    batch.entries = NULL;
}

/* The alarm of disarming. */
static void leave_batch(lull__timer *timer)
{
    uint32_t position = timer->position;
    timer->position = 0;
    timer->in_batch = false;
    batch.entries[position].timer = NULL;
    if (!lull__heap.others) {
        end_batch();
        return;
    }
    lull__heap.others--;
    if (position != batch.first) return;
    do batch.first++;
    while (!batch.entries[batch.first].timer);
    set_key(batch.timer.position);
    lull__sift_down(batch.timer.position);
}

/* Have the cache read the next timers. */
static void read_ahead(void)
{
    uint32_t left = batch.count - batch.first + 1;
    uint32_t end = batch.first + (left < READ_AHEAD ? left : READ_AHEAD);
    for (uint32_t i = batch.first; i < end; i++) {
        const volatile lull__timer *timer = batch.entries[i].timer;
        if (timer) (void)timer->alarm;
    }
}

/* The batch's alarm: fire its timers, up to one of the heap that is before them. */
static void fire_batch(lull__timer *timer)
{
    enter_heap(); /* first: a trap may end this */
    do {
        if (batch.first % READ_AHEAD == 0) read_ahead();
        lull__timer *first = batch.entries[batch.first].timer;
        leave_batch(first);
        lull__hook_alarm((lull__alarm)first->alarm, first);
    } while (timer->position == 1);
}

/* The number of due timers; 0 where they are few among the first ones of the heap, which are due if any are. */
static uint32_t count_due(double now)
{
    uint32_t count = 0;
    for (uint32_t i = 1; i <= lull__heap.count; i++) {
        count += lull__heap.entries[i].deadline <= now;
        if (count < i / PART) return 0;
    }
    return count < FEW ? 0 : count;
}

/* Move the due entries out of the heap, which is none then. */
static void divide(double now)
{
    uint32_t left = 0;
    for (uint32_t i = 1; i <= lull__heap.count; i++) {
        lull__timer_entry moved = lull__heap.entries[i];
        if (moved.deadline <= now) {
            batch.entries[++batch.count] = moved;
        } else {
            lull__heap.entries[++left] = moved;
        }
    }
    lull__heap.count = left;
}

static void make_batch(double now)
{
    batch.first = 1;
    batch.count = 0;
    divide(now);
    lull__timers_sort(&batch.entries[1], &lull__heap.entries[lull__heap.count + 1], batch.count, lull__heap.sequence);
    for (uint32_t i = 1; i <= batch.count; i++) {
        lull__timer *timer = batch.entries[i].timer;
        timer->position = i;
        timer->in_batch = true;
    }
    for (uint32_t i = lull__heap.count; i > 0; i--) lull__sift_down(i);
    lull__heap.others = batch.count - 1;
    batch.timer.alarm = LULL__BATCH_ALARM;
    lull__alarms[LULL__BATCH_ALARM] = fire_batch;
    lull__alarms[LULL__LEAVES_BATCH] = leave_batch;
    enter_heap();
}

void lull__batch_due(double now)
{
    if (now == batch.looked_at || batch.entries) return;
    batch.looked_at = now;
    uint32_t count = count_due(now);
    if (!count) return;
    batch.entries = (lull__timer_entry *)lull__alloc((count + 1) * sizeof *batch.entries);
    if (batch.entries) make_batch(now); /* else they fire out of the heap */
}

void lull__batch_dispose(void)
{
    lull__heap.others = 0;
    end_batch();
    batch.looked_at = 0;
}
