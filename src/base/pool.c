/*
 * Pools: blocks of one size that are kept for reuse. They come in slabs, each twice as large as the one before, because
 * engines take as long to grow memory by one page as by many. When all blocks of a pool are free, they are taken in the
 * order of their addresses again, so that blocks that are used together lie together. See D55, D56.
 */
#include "base/pool.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/memory.h"

#define SLAB_BLOCKS_MAX 256
#define ALIGNMENT 16

typedef struct lull__spare {
    struct lull__spare *next;
} lull__spare;

typedef struct lull__slab {
    _Alignas(ALIGNMENT) struct lull__slab *next;
    size_t blocks;
} lull__slab;

static lull__pool *pools_in_use; /* those that have slabs */

static void put_spare(lull__pool *pool, void *block)
{
    lull__spare *spare = (lull__spare *)block;
    spare->next = pool->spares;
    pool->spares = spare;
}

/* Make the blocks of an idle slab spare, or those of a new one with this many. False where there is no memory. */
static bool add_slab(lull__pool *pool, size_t blocks)
{
    lull__slab *slab = pool->idle;
    if (slab) {
        pool->idle = slab->next;
    } else {
        if (blocks > (SIZE_MAX - sizeof *slab) / pool->size) return false;
        slab = (lull__slab *)lull__alloc(sizeof *slab + blocks * pool->size);
        if (!slab) return false;
        *slab = (lull__slab){pool->slabs, blocks};
        if (!pool->slabs) {
            pool->next = pools_in_use;
            pools_in_use = pool;
        }
        pool->slabs = slab;
    }
    char *block = (char *)(slab + 1) + slab->blocks * pool->size;
    for (size_t i = slab->blocks; i--;) put_spare(pool, block -= pool->size);
    return true;
}

/* Make more spares. Returns the first; NULL where there is no memory. */
LULL__COLD static lull__spare *refill(lull__pool *pool)
{
    size_t blocks = pool->slabs ? pool->slabs->blocks * 2 : 1;
    if (blocks > SLAB_BLOCKS_MAX) blocks = SLAB_BLOCKS_MAX;
    return add_slab(pool, blocks) || add_slab(pool, 1) ? pool->spares : NULL;
}

/* Not inlined, as lull__pool_give: in all their callers they would take 100 bytes of each module. */
LULL__NOINLINE void *lull__pool_take(lull__pool *pool)
{
    lull__spare *spare = pool->spares ? pool->spares : refill(pool);
    if (!spare) return NULL;
    pool->taken++;
    pool->spares = spare->next;
    return spare;
}

LULL__NOINLINE void lull__pool_give(lull__pool *pool, void *block)
{
    put_spare(pool, block);
    if (--pool->taken == 0 && pool->slabs->next) { /* a single slab stays as it is */
        pool->spares = NULL;
        pool->idle = pool->slabs;
    }
}

static void dispose(lull__pool *pool)
{
    while (pool->slabs) {
        lull__slab *next = pool->slabs->next;
        lull__free(pool->slabs);
        pool->slabs = next;
    }
    pool->spares = NULL;
    pool->idle = NULL;
}

void lull__pools_dispose(void)
{
    while (pools_in_use) {
        lull__pool *pool = pools_in_use;
        pools_in_use = pool->next;
        dispose(pool);
    }
}
