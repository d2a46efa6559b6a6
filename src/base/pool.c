/*
 * Pools: blocks of one size that are kept for reuse. They come in slabs, each twice as large as the one before, and
 * then by a share of all, because engines take as long to grow memory by one page as by many, and some the longer the
 * more there is. When all blocks of a pool are free, they are taken in the order of their addresses again, so that
 * blocks that are used together lie together. See D55, D56.
 */
#include "base/pool.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/memory.h"

#define SLAB_BLOCKS_MAX 256
#define SLAB_SHARE 8
#define ALIGNMENT 16

typedef struct lull__spare {
    struct lull__spare *next;
} lull__spare;

typedef struct lull__slab {
    _Alignas(ALIGNMENT) struct lull__slab *next;
    size_t blocks;
} lull__slab;

static lull__pool *pools_in_use; /* those that have slabs */

/* Take blocks from an idle slab next, or from a new one with this many. False where there is no memory. */
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
    pool->fresh = (char *)(slab + 1);
    pool->fresh_count = slab->blocks;
    return true;
}

/* Blocks for the next slab: as many as the last one has twice, up to a limit or a share of those that are taken. */
static size_t next_blocks(const lull__pool *pool)
{
    size_t share = pool->taken / SLAB_SHARE;
    size_t limit = share > SLAB_BLOCKS_MAX ? share : SLAB_BLOCKS_MAX;
    size_t blocks = pool->slabs ? pool->slabs->blocks * 2 : 1;
    return blocks < limit ? blocks : limit;
}

/* A block that has not been taken before. Until then it is not touched: it takes only addresses. */
LULL__COLD static void *take_fresh(lull__pool *pool)
{
    if (!pool->fresh_count && !add_slab(pool, next_blocks(pool)) && !add_slab(pool, SLAB_BLOCKS_MAX) &&
        !add_slab(pool, 1))
        return NULL;
    char *block = pool->fresh;
    pool->fresh += pool->size;
    pool->fresh_count--;
    pool->taken++;
    return block;
}

/* Not inlined, as lull__pool_give: in all their callers they would take 100 bytes of each module. */
LULL__NOINLINE void *lull__pool_take(lull__pool *pool)
{
    lull__spare *spare = pool->spares;
    if (!spare) return take_fresh(pool);
    pool->taken++;
    pool->spares = spare->next;
    return spare;
}

LULL__NOINLINE void lull__pool_give(lull__pool *pool, void *block)
{
    lull__spare *spare = (lull__spare *)block;
    spare->next = pool->spares;
    pool->spares = spare;
    if (--pool->taken == 0 && pool->slabs->next) { /* a single slab stays as it is */
        pool->spares = NULL;
        pool->fresh_count = 0;
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
    pool->fresh_count = 0;
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
