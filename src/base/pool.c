/*
 * Pools: blocks of one size that are kept for the next who needs one. They come in slabs, each twice as large as the
 * one before, because memory that grows by one stack at a time grows slowly: engines take as long for a page as for
 * many. When all blocks have been given back, they are taken in the order of their addresses again, and not in the one
 * in which they happened to come: what is used together lies together.
 */
#include "sched/kernel.h"

#define SLAB_BLOCKS_MAX 256
#define ALIGNMENT 16

typedef struct lull__spare {
    struct lull__spare *next;
} lull__spare;

typedef struct lull__slab {
    _Alignas(ALIGNMENT) struct lull__slab *next;
    size_t blocks;
} lull__slab;

static void put_spare(lull__pool *pool, void *block)
{
    lull__spare *spare = (lull__spare *)block;
    spare->next = pool->spares;
    pool->spares = spare;
}

/* Make the blocks of a slab spare: of an idle one, or of a new one with so many. False where there is no memory. */
static bool add_slab(lull__pool *pool, size_t blocks)
{
    lull__slab *slab = pool->idle;
    if (slab) {
        pool->idle = slab->next;
    } else {
        slab = (lull__slab *)lull__alloc(sizeof *slab + blocks * pool->size);
        if (!slab) return false;
        *slab = (lull__slab){pool->slabs, blocks};
        pool->slabs = slab;
    }
    char *block = (char *)(slab + 1) + slab->blocks * pool->size;
    for (size_t i = slab->blocks; i--;) put_spare(pool, block -= pool->size);
    return true;
}

/* The first of more spares; NULL where there is no memory. */
LULL__COLD static lull__spare *refill(lull__pool *pool)
{
    size_t blocks = pool->slabs ? pool->slabs->blocks * 2 : 1;
    if (blocks > SLAB_BLOCKS_MAX) blocks = SLAB_BLOCKS_MAX;
    return add_slab(pool, blocks) || add_slab(pool, 1) ? pool->spares : NULL;
}

/* Apart, as lull__pool_give: within all who call them, they are 100 bytes of each module. */
LULL__APART void *lull__pool_take(lull__pool *pool)
{
    lull__spare *spare = pool->spares ? pool->spares : refill(pool);
    if (!spare) return NULL;
    pool->taken++;
    pool->spares = spare->next;
    return spare;
}

LULL__APART void lull__pool_give(lull__pool *pool, void *block)
{
    put_spare(pool, block);
    if (--pool->taken == 0 && pool->slabs->next) { /* those of one slab are as they were */
        pool->spares = NULL;
        pool->idle = pool->slabs;
    }
}

void lull__pool_dispose(lull__pool *pool)
{
    while (pool->slabs) {
        lull__slab *next = pool->slabs->next;
        lull__free(pool->slabs);
        pool->slabs = next;
    }
    pool->spares = NULL;
    pool->idle = NULL;
}
