/* Wait groups: counters whose waiters wait for zero. */
#include "waitables/sync.h"

static int begin_wait_group(lull_yieldable *self, lull_task handle)
{
    lull_wait_group *group = (lull_wait_group *)(void *)self;
    lull__waiter *waiter = lull__waiter_get(handle);
    if (group->count == 0) {
        lull__sync_grant(&group->queue, waiter, 0);
    } else {
        lull__sync_push(&group->queue, waiter);
    }
    return 0;
}

lull_yieldable *lull_wait_group_yieldable(lull_wait_group *group)
{
    return lull__sync_init(&group->queue, begin_wait_group, lull__end_in_list, LULL__WAIT_WAIT_GROUP);
}

int lull_wait_group_add(lull_wait_group *group, int64_t delta)
{
    if (delta > 0 ? delta > INT64_MAX - group->count : delta < -group->count) return LULL_EINVAL;
    group->count += delta;
    if (group->count == 0) lull__sync_wake_all(&group->queue, 0);
    return 0;
}

int lull_wait_group_done(lull_wait_group *group)
{
    return lull_wait_group_add(group, -1);
}

int lull_wait_group_wait(lull_wait_group *group)
{
    if (group->count == 0 && lull__sync_undisturbed()) return 0;
    lull_wait_group_yieldable(group);
    return lull__sync_wait(&group->queue);
}

int lull_wait_group_destroy(lull_wait_group *group)
{
    if (group->count || lull__sync_first(&group->queue)) return LULL_EBUSY;
    *group = (lull_wait_group){0};
    return 0;
}
