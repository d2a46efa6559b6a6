/* Barriers, which release their waiters together. */
#include "waitables/sync.h"

static int begin_barrier(lull_yieldable *self, lull_task handle)
{
    lull_barrier *barrier = (lull_barrier *)(void *)self;
    lull__waiter *waiter = lull__waiter_get(handle);
    if (!barrier->count) return LULL_EINVAL;
    if (barrier->waiting + 1 < barrier->count) {
        barrier->waiting++;
        lull__sync_push(&barrier->queue, waiter);
    } else {
        barrier->waiting = 0;
        lull__sync_wake_all(&barrier->queue, 0);
        lull__sync_grant(&barrier->queue, waiter, 1);
    }
    return 0;
}

static void end_barrier(lull_yieldable *self, lull_task handle)
{
    if (lull__sync_is_queued(lull__waiter_get(handle))) ((lull_barrier *)(void *)self)->waiting--;
    lull__end_in_list(self, handle);
}

lull_yieldable *lull_barrier_yieldable(lull_barrier *barrier)
{
    return lull__sync_init(&barrier->queue, begin_barrier, end_barrier, LULL__WAIT_BARRIER);
}

int lull_barrier_init(lull_barrier *barrier, size_t count)
{
    if (!count) return LULL_EINVAL;
    *barrier = (lull_barrier){.count = count};
    return 0;
}

int lull_barrier_wait(lull_barrier *barrier)
{
    lull_barrier_yieldable(barrier);
    int status = lull__sync_wait(&barrier->queue);
    if (status != LULL_EINVAL || barrier->count) return status;
    return lull__wait_refused(status, "lull_barrier_wait: lull_barrier_init has not said how many tasks meet here");
}

int lull_barrier_destroy(lull_barrier *barrier)
{
    if (barrier->waiting) return LULL_EBUSY;
    *barrier = (lull_barrier){0};
    return 0;
}
