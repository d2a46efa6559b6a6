/* Pools: blocks of one size that are kept for the next who needs one. */
#include "kernel.h"

typedef struct lull__spare {
    struct lull__spare *next;
} lull__spare;

void *lull__pool_take(lull__pool *pool)
{
    lull__spare *spare = pool->spares;
    if (!spare) return lull__alloc(pool->size);
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
    while (pool->spares) {
        lull__spare *next = pool->spares->next;
        lull__free(pool->spares);
        pool->spares = next;
    }
}
