/* Pools: blocks of one size that are kept for reuse. */
#ifndef LULL_POOL_H
#define LULL_POOL_H

#include <stddef.h>

typedef struct lull__pool {
    size_t size;                /* of a block: a multiple of the alignment of what is put into it */
    struct lull__spare *spares; /* free blocks */
    struct lull__slab *slabs;   /* the allocations that blocks are parts of, newest first */
    struct lull__slab *idle;    /* in `slabs`: from this one on, no block has been taken */
    char *fresh;                /* the first of the blocks of the slab before that which have not been taken … */
    size_t fresh_count;         /* … and their number */
    size_t taken;
    struct lull__pool *next; /* of all pools that have slabs */
} lull__pool;

/* A block, or NULL where there is no memory. */
void *lull__pool_take(lull__pool *pool);
void lull__pool_give(lull__pool *pool, void *block);
/* Free the blocks of all pools. None may be in use. */
void lull__pools_dispose(void);

#endif
