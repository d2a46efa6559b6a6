/* The runtime's own memory: malloc, with a count. */
#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

size_t lull__live_allocations;

#ifdef LULL_TEST
/* Tests make the n-th allocation fail by counting this down; negative: none fails. */
long lull__allocations_left = -1;

static bool refused(void)
{
    if (lull__allocations_left < 0) return false;
    if (lull__allocations_left == 0) return true;
    lull__allocations_left--;
    return false;
}
#else
static inline bool refused(void)
{
    return false;
}
#endif

void *lull__alloc(size_t size)
{
    void *memory = refused() ? NULL : malloc(size);
    if (memory) lull__live_allocations++;
    return memory;
}

void *lull__grow(void *memory, size_t size, size_t grown_size)
{
    void *grown = lull__alloc(grown_size);
    if (!grown) return NULL;
    if (size) memcpy(grown, memory, size);
    lull__free(memory);
    return grown;
}

void lull__free(void *memory)
{
    if (!memory) return;
    lull__live_allocations--;
    free(memory);
}
