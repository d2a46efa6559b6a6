/*
 * Timers: a 4-ary heap, which has half as many levels as a binary heap, and whose siblings share a cache line. Entries
 * hold their own deadline, so that sifting reads nothing but the heap.
 */
#include "base/timer.h"

#include "base/memory.h"
#include "base/timer_sort.h"
#include "base/wakeup.h"

#define ARITY 4
#define FIRST_TIMERS 64
#define GONE (-1.0) /* the deadline of a due timer that has fired or is disarmed */

static struct {
    lull__timer_entry *entries; /* from 1: the children of i are ARITY * (i - 1) + 2 and on */
    uint32_t count;
    uint32_t capacity;
    uint32_t sequence;
} heap;

/* The due timers that take_due() has taken out of the heap, sorted. */
static struct {
    lull__timer_entry *entries; /* from 1; NULL: there are none */
    uint32_t position;          /* of the first */
    uint32_t count;
} due;

static bool before(const lull__timer_entry *a, const lull__timer_entry *b)
{
    if (a->deadline != b->deadline) return a->deadline < b->deadline;
    return (int32_t)(a->sequence - b->sequence) < 0; /* right also when the sequence has wrapped */
}

static void put(uint32_t position, lull__timer_entry moved)
{
    heap.entries[position] = moved;
    moved.timer->position = position;
}

static uint32_t parent_of(uint32_t position)
{
    return (position - 2) / ARITY + 1;
}

static void sift_up(uint32_t position, lull__timer_entry moved)
{
    while (position > 1) {
        uint32_t parent = parent_of(position);
        if (!before(&moved, &heap.entries[parent])) break;
        put(position, heap.entries[parent]);
        position = parent;
    }
    put(position, moved);
}

static void sift_down(uint32_t position, lull__timer_entry moved)
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

/* The due ones have a place each, too: one that is armed again as soon as it has fired needs no memory. */
static bool reserve(void)
{
    if (heap.count + due.count + 1 < heap.capacity) return true;
    uint32_t capacity = heap.capacity ? heap.capacity * 2 : FIRST_TIMERS;
    size_t used = heap.capacity ? heap.count + 1 : 0;
    lull__timer_entry *entries =
        (lull__timer_entry *)lull__grow(heap.entries, used * sizeof *entries, capacity * sizeof *entries);
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
    sift_up(heap.count, (lull__timer_entry){deadline, heap.sequence++, timer});
    if (timer->position == 1) lull__ensure_awake();
    return 0;
}

static void remove_from_heap(uint32_t position)
{
    lull__timer_entry last = heap.entries[heap.count--];
    if (position > heap.count) return;
    if (position > 1 && before(&last, &heap.entries[parent_of(position)])) {
        sift_up(position, last);
    } else {
        sift_down(position, last);
    }
}

LULL__SMALL static void remove_from_due(uint32_t position)
{
    due.entries[position].deadline = GONE;
    if (--due.count) {
        while (due.entries[due.position].deadline == GONE) due.position++;
    } else {
        lull__free(due.entries);
        due.entries = NULL;
    }
}

void lull__timer_remove(lull__timer *timer)
{
    uint32_t position = timer->position;
    bool is_due = timer->is_due;
    timer->position = 0;
    timer->is_due = false;
    if (is_due) {
        remove_from_due(position);
    } else {
        remove_from_heap(position);
    }
}

void lull__hook_fire(lull__timer *timer)
{
    lull__alarms[timer->alarm](timer);
}

/* The first of all; NULL: none is armed. */
LULL__SMALL static const lull__timer_entry *first(void)
{
    const lull__timer_entry *root = heap.count ? &heap.entries[1] : NULL;
    const lull__timer_entry *head = due.count ? &due.entries[due.position] : NULL;
    return !head || (root && before(root, head)) ? root : head;
}

/* ---- Many at once -------------------------------------------------------------------------------------------- */

/*
 * Taking a timer out of a large heap misses the cache at each level. So where a part of them is due, all these are
 * taken out together, and sorted. To look for them reads the whole heap: that comes after another part has fired one
 * by one, which has cost as much, and again when twice as many have. See D131.
 */
#define PART_TO_TAKE 8
#define PART_BEFORE 128
#define FEW 256

/* Misses of the cache for this many timers overlap. */
#define READ_AHEAD 16

static uint32_t count_due(double now)
{
    uint32_t count = 0;
    for (uint32_t i = 1; i <= heap.count; i++) count += heap.entries[i].deadline <= now;
    return count;
}

/* Move the due entries out of the heap, which is none then. */
static void divide(double now)
{
    uint32_t left = 0;
    for (uint32_t i = 1; i <= heap.count; i++) {
        lull__timer_entry moved = heap.entries[i];
        if (moved.deadline <= now) {
            due.entries[++due.count] = moved;
        } else {
            heap.entries[++left] = moved;
        }
    }
    heap.count = left;
}

/* Take the due timers out of the heap, if they are a large part of it. Without memory, they stay in the heap. */
LULL__SMALL static void take_due(double now)
{
    uint32_t count = count_due(now);
    if (count < FEW || count < heap.count / PART_TO_TAKE) return;
    due.entries = (lull__timer_entry *)lull__alloc((count + 1) * sizeof *due.entries);
    if (!due.entries) return;
    divide(now);
    lull__timers_sort(&due.entries[1], &heap.entries[heap.count + 1], count, heap.sequence);
    due.position = 1;
    for (uint32_t i = 1; i <= count; i++) {
        lull__timer *timer = due.entries[i].timer;
        timer->position = i;
        timer->is_due = true;
    }
    for (uint32_t i = heap.count; i > 0; i--) sift_down(i, heap.entries[i]);
}

/* Have the cache read the next due timers. */
LULL__SMALL static void read_ahead(void)
{
    uint32_t left = due.count < READ_AHEAD ? due.count : READ_AHEAD;
    for (uint32_t i = due.position; i < due.position + left; i++) {
        const volatile lull__timer *timer = due.entries[i].timer;
        if (due.entries[i].deadline != GONE) (void)timer->alarm;
    }
}

void lull__timers_fire_many(double now, uint32_t fired)
{
    if (due.count) {
        read_ahead();
    } else if (fired >= FEW && fired >= heap.count / PART_BEFORE && (fired & (fired - 1)) == 0) {
        take_due(now);
    }
}

void (*lull__timers_many)(double now, uint32_t fired);

void lull__hook_many(double now, uint32_t fired)
{
    if (lull__timers_many) lull__timers_many(now, fired);
}

void lull__timers_fire(double now)
{
    uint32_t fired = 0;
    for (const lull__timer_entry *next; (next = first()) && next->deadline <= now;) {
        lull__timer *timer = next->timer;
        lull__timer_disarm(timer);
        lull__hook_fire(timer);
        if (++fired % READ_AHEAD == 0) lull__hook_many(now, fired);
    }
}

uint32_t lull__timers_count(void)
{
    return heap.count + due.count;
}

double lull__timers_next(void)
{
    const lull__timer_entry *next = first();
    return next ? next->deadline : LULL_FOREVER;
}

void lull__timers_dispose(void)
{
    lull__free(heap.entries);
    lull__free(due.entries);
    memset(&heap, 0, sizeof heap);
    memset(&due, 0, sizeof due);
}
