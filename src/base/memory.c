/* The runtime's own memory, counted. */
#include <stdlib.h>

#include "sched/kernel.h"

#ifdef LULL_TEST
/* Tests count this down to fail the n-th allocation; negative: none. */
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
    if (memory) lull__self.allocations++;
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
    lull__self.allocations--;
    free(memory);
}
