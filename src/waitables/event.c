/* Events, which stay set until they are cleared. */
#include "waitables/sync.h"

static int begin_event(lull_yieldable *self, lull_task handle)
{
    lull_event *event = (lull_event *)(void *)self;
    lull__waiter *waiter = lull__waiter_get(handle);
    if (event->set) {
        lull__sync_grant(&event->queue, waiter, 0);
    } else {
        lull__sync_push(&event->queue, waiter);
    }
    return 0;
}

lull_yieldable *lull_event_yieldable(lull_event *event)
{
    return lull__sync_init(&event->queue, begin_event, lull__end_in_list, LULL__WAIT_EVENT);
}

void lull_event_set(lull_event *event)
{
    event->set = true;
    lull__sync_wake_all(&event->queue, 0);
}

void lull_event_clear(lull_event *event)
{
    event->set = false;
}

int lull_event_wait(lull_event *event)
{
    if (event->set && lull__sync_undisturbed()) return 0;
    lull_event_yieldable(event);
    return lull__sync_wait(&event->queue);
}

int lull_event_destroy(lull_event *event)
{
    if (lull__sync_first(&event->queue)) return LULL_EBUSY;
    *event = (lull_event){0};
    return 0;
}
