/*
 * Pools: blocks of one size that are kept for the next who needs one. They come in slabs, each twice as large as the
 * one before, because memory that grows by one stack at a time grows slowly: engines take as long for a page as for
 * many.
 */
#include "kernel.h"

#define SLAB_BLOCKS_MAX 256
#define ALIGNMENT 16

typedef struct lull__spare {
    struct lull__spare *next;
} lull__spare;

typedef struct lull__slab {
    _Alignas(ALIGNMENT) struct lull__slab *next;
} lull__slab;

static size_t stride_of(const lull__pool *pool)
{
    return (pool->size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Get a slab of so many blocks, and make them spare. False where there is no memory. */
static bool add_slab(lull__pool *pool, size_t blocks)
{
    size_t stride = stride_of(pool);
    lull__slab *slab = (lull__slab *)lull__alloc(sizeof *slab + blocks * stride);
    if (!slab) return false;
    slab->next = pool->slabs;
    pool->slabs = slab;
    char *block = (char *)(slab + 1) + blocks * stride;
    while (blocks--) lull__pool_give(pool, block -= stride);
    return true;
}

void *lull__pool_take(lull__pool *pool)
{
    if (!pool->spares) {
        size_t blocks = pool->slab_blocks ? pool->slab_blocks : 1;
        if (!add_slab(pool, blocks)) {
            if (blocks == 1 || !add_slab(pool, 1)) return NULL;
        } else if (blocks < SLAB_BLOCKS_MAX) {
            pool->slab_blocks = blocks * 2;
        }
    }
    lull__spare *spare = pool->spares;
    pool->spares = spare->next;
    return spare;
}

void lull__pool_give(lull__pool *pool, void *block)
{
    lull__spare *spare = (lull__spare *)block;
    spare->next = pool->spares;
    pool->spares = spare;
}

void lull__pool_dispose(lull__pool *pool)
{
    while (pool->slabs) {
        lull__slab *next = pool->slabs->next;
        lull__free(pool->slabs);
        pool->slabs = next;
    }
    pool->spares = NULL;
    pool->slab_blocks = 0;
}
