/* Semaphores: counts of units. */
#include "waitables/sync.h"

/* There are units only while there are no waiters. */
static int begin_semaphore(lull_yieldable *self, lull_task handle)
{
    lull_semaphore *semaphore = (lull_semaphore *)(void *)self;
    lull__waiter *waiter = lull__waiter_get(handle);
    if (lull_semaphore_try_acquire(semaphore) == 0) {
        lull__sync_grant(&semaphore->queue, waiter, 0);
    } else {
        lull__sync_push(&semaphore->queue, waiter);
    }
    return 0;
}

lull_yieldable *lull_semaphore_yieldable(lull_semaphore *semaphore)
{
    return lull__sync_init(&semaphore->queue, begin_semaphore, lull__end_in_list, LULL__WAIT_SEMAPHORE);
}

void lull_semaphore_init(lull_semaphore *semaphore, size_t units)
{
    *semaphore = (lull_semaphore){.units = units};
}

int lull_semaphore_acquire(lull_semaphore *semaphore)
{
    if (lull__sync_undisturbed() && lull_semaphore_try_acquire(semaphore) == 0) return 0;
    lull_semaphore_yieldable(semaphore);
    return lull__sync_wait(&semaphore->queue);
}

int lull_semaphore_try_acquire(lull_semaphore *semaphore)
{
    if (!semaphore->units) return LULL_EBUSY;
    semaphore->units--;
    return 0;
}

int lull_semaphore_release(lull_semaphore *semaphore)
{
    lull__waiter *first = lull__sync_first(&semaphore->queue);
    if (first) {
        lull__sync_grant(&semaphore->queue, first, 0);
    } else if (semaphore->units == SIZE_MAX) {
        return LULL_EINVAL;
    } else {
        semaphore->units++;
    }
    return 0;
}

int lull_semaphore_destroy(lull_semaphore *semaphore)
{
    if (lull__sync_first(&semaphore->queue)) return LULL_EBUSY;
    *semaphore = (lull_semaphore){0};
    return 0;
}
