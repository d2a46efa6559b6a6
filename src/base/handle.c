/* Handles: a table of slots, each with a generation that a handle must match. See D14. */
#include "base/handle.h"

#include "base/memory.h"

void (*lull__disposers[LULL__KINDS])(void *object);

/*
 * A slot whose generations are used up is never used again, or a handle of its first one would be valid again. Index
 * and generation fit a JavaScript number.
 */
#define GENERATIONS ((1U << 28) - 1)
#define FIRST_SLOTS 64

typedef struct slot {
    union {
        void *object;
        uint32_t next_free; /* the index of the next free slot; 0: there is none */
    } as;
    uint32_t generation : 28;
    uint32_t kind : 4;
} slot;

static struct {
    slot *slots; /* slot 0 is never used */
    uint32_t count;
    uint32_t capacity;
    uint32_t first_free;
    uint32_t fresh; /* from this one on, all are free and in no list */
    uint32_t taken;
} table;

static bool grow(void)
{
    if (table.capacity > LULL__INDEX_MAX) return false;
    uint32_t capacity = table.capacity ? table.capacity * 2 : FIRST_SLOTS;
    slot *slots = (slot *)lull__grow(table.slots, table.count * sizeof *slots, capacity * sizeof *slots);
    if (!slots) return false;
    table.slots = slots;
    table.capacity = capacity;
    if (table.count == 0) {
        slots[0] = (slot){.kind = LULL__FREE};
        table.count = table.fresh = 1;
    }
    return true;
}

/* A slot that is in no list. 0: there is no memory, or all indices are in use. */
static uint32_t fresh_slot(void)
{
    while (table.fresh < table.count && table.slots[table.fresh].generation == GENERATIONS) table.fresh++;
    if (table.fresh == table.count) {
        if (table.count == table.capacity && !grow()) return 0;
        table.slots[table.count++].generation = 0;
    }
    return table.fresh++;
}

int64_t lull__handle_new(lull__kind kind, void *object)
{
    uint32_t index = table.first_free;
    if (index) {
        table.first_free = table.slots[index].as.next_free;
    } else {
        index = fresh_slot();
        if (!index) return LULL_ENOMEM;
    }
    table.taken++;
    slot *entry = &table.slots[index];
    entry->as.object = object;
    entry->kind = kind;
    return lull__handle_at(index);
}

int64_t lull__handle_at(uint32_t index)
{
    return (int64_t)table.slots[index].generation << LULL__INDEX_BITS | index;
}

void *lull__handle_get(lull__kind kind, int64_t handle)
{
    uint32_t index = lull__handle_index(handle);
    if (index >= table.count) return NULL;
    const slot *entry = &table.slots[index];
    return entry->kind == kind && (int64_t)entry->generation == handle >> LULL__INDEX_BITS ? entry->as.object : NULL;
}

void lull__handle_free(int64_t handle)
{
    uint32_t index = lull__handle_index(handle);
    slot *entry = &table.slots[index];
    entry->kind = LULL__FREE;
    if (++entry->generation < GENERATIONS) {
        entry->as.next_free = table.first_free;
        table.first_free = index;
    }
    if (--table.taken == 0 && table.fresh > FIRST_SLOTS) { /* as in pool.c */
        table.first_free = 0;
        table.fresh = 1;
    }
}

#ifdef LULL_TEST
/* Let a test skip the generations of the slot that is used next, up to the last one. */
void lull__handle_age(void)
{
    uint32_t index = table.first_free ? table.first_free : table.fresh;
    table.slots[index].generation = GENERATIONS - 1;
}
#endif

void *lull__handle_next(lull__kind kind, uint32_t *index)
{
    while (++*index < table.count) {
        if (table.slots[*index].kind == kind) return table.slots[*index].as.object;
    }
    return NULL;
}

void lull__hook_dispose_objects(void)
{
    for (int kind = 0; kind < LULL__KINDS; kind++) {
        uint32_t index = 0;
        void *object;
        if (!lull__disposers[kind]) continue;
        while ((object = lull__handle_next((lull__kind)kind, &index))) lull__disposers[kind](object);
    }
}

void lull__handles_dispose(void)
{
    lull__free(table.slots);
    memset(&table, 0, sizeof table);
}
