/*
 * Timers: a 4-ary heap, which has half as many levels as a binary heap, and whose siblings share a cache line. Entries
 * hold their own deadline, so that sifting reads nothing but the heap.
 */
#include "base/timer.h"

#include "base/memory.h"
#include "base/wakeup.h"

#define ARITY 4
#define FIRST_TIMERS 64

typedef struct entry {
    double deadline;
    uint32_t sequence; /* orders equal deadlines */
    lull__timer *timer;
} entry;

static struct {
    entry *entries; /* from 1: the children of i are ARITY * (i - 1) + 2 and on */
    uint32_t count;
    uint32_t capacity;
    uint32_t sequence;
} heap;

static bool before(const entry *a, const entry *b)
{
    if (a->deadline != b->deadline) return a->deadline < b->deadline;
    return (int32_t)(a->sequence - b->sequence) < 0; /* right also when the sequence has wrapped */
}

static void put(uint32_t position, entry moved)
{
    heap.entries[position] = moved;
    moved.timer->position = position;
}

static uint32_t parent_of(uint32_t position)
{
    return (position - 2) / ARITY + 1;
}

static void sift_up(uint32_t position, entry moved)
{
    while (position > 1) {
        uint32_t parent = parent_of(position);
        if (!before(&moved, &heap.entries[parent])) break;
        put(position, heap.entries[parent]);
        position = parent;
    }
    put(position, moved);
}

static void sift_down(uint32_t position, entry moved)
{
    for (;;) {
        uint32_t child = ARITY * (position - 1) + 2;
        if (child > heap.count) break;
        uint32_t end = child + ARITY <= heap.count + 1 ? child + ARITY : heap.count + 1;
        uint32_t first = child;
        for (uint32_t other = child + 1; other < end; other++) {
            if (before(&heap.entries[other], &heap.entries[first])) first = other;
        }
        if (!before(&heap.entries[first], &moved)) break;
        put(position, heap.entries[first]);
        position = first;
    }
    put(position, moved);
}

static bool reserve(void)
{
    if (heap.count + 1 < heap.capacity) return true;
    uint32_t capacity = heap.capacity ? heap.capacity * 2 : FIRST_TIMERS;
    size_t used = heap.capacity ? heap.count + 1 : 0;
    entry *entries = (entry *)lull__grow(heap.entries, used * sizeof *entries, capacity * sizeof *entries);
    if (!entries) return false;
    heap.entries = entries;
    heap.capacity = capacity;
    return true;
}

int lull__timer_arm(lull__timer *timer, double deadline)
{
    if (!timer->position && !reserve()) return LULL_ENOMEM; /* before anything changes */
    lull__timer_disarm(timer);
    heap.count++;
    sift_up(heap.count, (entry){deadline, heap.sequence++, timer});
    if (timer->position == 1) lull__ensure_awake();
    return 0;
}

void lull__timer_remove(lull__timer *timer)
{
    uint32_t position = timer->position;
    timer->position = 0;
    entry last = heap.entries[heap.count--];
    if (position > heap.count) return;
    if (position > 1 && before(&last, &heap.entries[parent_of(position)])) {
        sift_up(position, last);
    } else {
        sift_down(position, last);
    }
}

void lull__hook_fire(lull__timer *timer)
{
    lull__alarms[timer->alarm](timer);
}

void lull__timers_fire(double now)
{
    while (heap.count && heap.entries[1].deadline <= now) {
        lull__timer *timer = heap.entries[1].timer;
        lull__timer_disarm(timer);
        lull__hook_fire(timer);
    }
}

uint32_t lull__timers_count(void)
{
    return heap.count;
}

double lull__timers_next(void)
{
    return heap.count ? heap.entries[1].deadline : LULL_FOREVER;
}

void lull__timers_dispose(void)
{
    lull__free(heap.entries);
    memset(&heap, 0, sizeof heap);
}
