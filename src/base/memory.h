/* The runtime's own memory, counted so that leaks show. Memory that passes to the user comes from malloc instead. */
#ifndef LULL_MEMORY_H
#define LULL_MEMORY_H

#include <stddef.h>

/* As malloc and free. */
void *lull__alloc(size_t size);
void lull__free(void *memory);
/*
 * A larger block with the contents of `memory`, which is freed; NULL where there is no memory: then `memory` stays. Not
 * by realloc, which is large and which few programs use otherwise.
 */
void *lull__grow(void *memory, size_t size, size_t grown_size);

/* Blocks that have not been freed. */
extern size_t lull__live_allocations;

#endif
