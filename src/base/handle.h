/* Handles: numbers for objects, which no longer name anything once the object is freed. */
#ifndef LULL_HANDLE_H
#define LULL_HANDLE_H

#include "base/compiler.h"
#include "lull.h"

/* What an object is. */
typedef enum lull__kind {
    LULL__FREE,
    LULL__TASK_KIND,
    LULL__FUTURE_KIND,
    LULL__GROUP_KIND,
    LULL__CHANNEL_KIND,
    LULL__GENERATOR_KIND,
    LULL__WAITER_KIND,
    LULL__KINDS
} lull__kind;

/* A handle is the index of a slot, in its lower bits, and above them the slot's generation. */
enum { LULL__INDEX_MAX = (1 << LULL__INDEX_BITS) - 1 };

/* A new handle for `object`, or LULL_ENOMEM. */
int64_t lull__handle_new(lull__kind kind, void *object);
/* Half as long as the handle, for an owner that can ask for the handle while it is valid (lull__handle_at). */
static inline uint32_t lull__handle_index(int64_t handle)
{
    return (uint32_t)handle & LULL__INDEX_MAX;
}
/* The handle with this index. */
int64_t lull__handle_at(uint32_t index);
/* The object; NULL for a handle that is stale, unknown or of another kind. */
void *lull__handle_get(lull__kind kind, int64_t handle);
/* Free a handle, given whole or by its index. */
void lull__handle_free(int64_t handle);
#ifdef LULL_TEST
void lull__handle_age(void);
#endif
/* The next object of this kind after *index, which starts as 0; NULL at the end. */
void *lull__handle_next(lull__kind kind, uint32_t *index);

/* How to free the objects of a kind that the user has not freed; NULL: the user can have none. Set by their maker. */
extern void (*lull__disposers[LULL__KINDS])(void *object);
/* Free all those objects, and then the table of handles itself. */
LULL__HOOK void lull__hook_dispose_objects(void);
void lull__handles_dispose(void);

#endif
