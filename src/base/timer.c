/*
 * Timers: a 4-ary heap, which has half as many levels as a binary heap, and whose siblings share a cache line. Entries
 * hold their own deadline, so that sifting reads nothing but the heap.
 */
#include "base/timer.h"

#include "base/memory.h"
#include "base/timer_heap.h"
#include "base/wakeup.h"

#define ARITY 4
#define FIRST_TIMERS 64

lull__timer_heap lull__heap;

static bool before(const lull__timer_entry *a, const lull__timer_entry *b)
{
    if (a->deadline != b->deadline) return a->deadline < b->deadline;
    return (int32_t)(a->sequence - b->sequence) < 0; /* right also when the sequence has wrapped */
}

static void put(uint32_t position, lull__timer_entry moved)
{
    lull__heap.entries[position] = moved;
    moved.timer->position = position;
}

static uint32_t parent_of(uint32_t position)
{
    return (position - 2) / ARITY + 1;
}

LULL__NOINLINE void lull__sift_up(uint32_t position)
{
    lull__timer_entry moved = lull__heap.entries[position];
    while (position > 1) {
        uint32_t parent = parent_of(position);
        if (!before(&moved, &lull__heap.entries[parent])) break;
        put(position, lull__heap.entries[parent]);
        position = parent;
    }
    put(position, moved);
}

LULL__NOINLINE void lull__sift_down(uint32_t position)
{
    lull__timer_entry moved = lull__heap.entries[position];
    for (;;) {
        uint32_t child = ARITY * (position - 1) + 2;
        if (child > lull__heap.count) break;
        uint32_t end = child + ARITY <= lull__heap.count + 1 ? child + ARITY : lull__heap.count + 1;
        uint32_t first = child;
        for (uint32_t other = child + 1; other < end; other++) {
            if (before(&lull__heap.entries[other], &lull__heap.entries[first])) first = other;
        }
        if (!before(&lull__heap.entries[first], &moved)) break;
        put(position, lull__heap.entries[first]);
        position = first;
    }
    put(position, moved);
}

static bool reserve(void)
{
    if (lull__heap.count + lull__heap.others + 1 < lull__heap.capacity) return true;
    uint32_t capacity = lull__heap.capacity ? lull__heap.capacity * 2 : FIRST_TIMERS;
    size_t used = lull__heap.capacity ? lull__heap.count + 1 : 0;
    lull__timer_entry *entries =
        (lull__timer_entry *)lull__grow(lull__heap.entries, used * sizeof *entries, capacity * sizeof *entries);
    if (!entries) return false;
    lull__heap.entries = entries;
    lull__heap.capacity = capacity;
    return true;
}

int lull__timer_arm(lull__timer *timer, double deadline)
{
    if (!timer->position && !reserve()) return LULL_ENOMEM; /* before anything changes */
    lull__timer_disarm(timer);
    uint32_t position = ++lull__heap.count;
    lull__heap.entries[position] = (lull__timer_entry){deadline, lull__heap.sequence++, timer};
    lull__sift_up(position);
    if (timer->position == 1) lull__ensure_awake();
    return 0;
}

LULL__NOINLINE void lull__timer_remove(lull__timer *timer)
{
    if (timer->in_batch) {
        lull__hook_alarm(LULL__LEAVES_BATCH, timer);
        return;
    }
    uint32_t position = timer->position;
    timer->position = 0;
    lull__heap.entries[position] = lull__heap.entries[lull__heap.count--];
    if (position > lull__heap.count) return;
    lull__sift_up(position);
    lull__sift_down(position); /* without effect on a parent that has come down */
}

void lull__hook_alarm(lull__alarm alarm, lull__timer *timer)
{
    lull__alarms[alarm](timer);
}

void lull__timers_fire(double now)
{
    while (lull__heap.count && lull__heap.entries[1].deadline <= now) {
        lull__timer *timer = lull__heap.entries[1].timer;
        lull__timer_disarm(timer);
        lull__hook_alarm((lull__alarm)timer->alarm, timer);
    }
}

uint32_t lull__timers_count(void)
{
    return lull__heap.count + lull__heap.others;
}

double lull__timers_next(void)
{
    return lull__heap.count ? lull__heap.entries[1].deadline : LULL_FOREVER;
}

void lull__timers_dispose(void)
{
    lull__free(lull__heap.entries);
    memset(&lull__heap, 0, sizeof lull__heap);
}
