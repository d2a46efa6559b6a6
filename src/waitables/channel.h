/* The channel, for select and the boundary. */
#ifndef LULL_CHANNEL_INTERNAL_H
#define LULL_CHANNEL_INTERNAL_H

#include "sched/task.h"

typedef struct lull__channel {
    lull__waiters receiving; /* none of them while there is an element */
    lull__waiters sending;   /* none of them while there is room */
    lull_chan handle;
    lull_task feeder; /* the only task that sends; 0: any task may */
    size_t references;
    size_t element_size;
    size_t capacity;
    size_t length;
    size_t first;        /* the place of the oldest element */
    lull__ticket ticket; /* of JavaScript, if one of the references is its; 0 */
    lull__owned owned;   /* what each element owns; freed with elements that are not received */
    bool closed;
    lull_value elements[];
} lull__channel;

static inline lull__channel *lull__channel_get(lull_chan handle)
{
    return (lull__channel *)lull__handle_get(LULL__CHANNEL_KIND, handle);
}

/*
 * Begin the wait of a waiter that sends its item or receives one, at once or in its turn. Returns 0; or LULL_ECLOSED:
 * then the wait has not begun and, for a receiver, the channel may be gone.
 */
int lull__channel_begin_sending(lull__channel *channel, lull__waiter *sender);
int lull__channel_begin_receiving(lull__channel *channel, lull__waiter *receiver);

/*
 * Give back JavaScript's reference, if it has one, and notify JavaScript. Done when a receiver has learned that no more
 * elements come.
 */
void lull__channel_drop_js_reference(lull__channel *channel);

/*
 * What lull_select waits for to send or to receive; NULL for a stale handle. The sending waiter is given a copy of the
 * element: returns 0 or LULL_ENOMEM.
 */
int lull__sending(lull_chan handle, lull__waiter *waiter, const void *element, lull_yieldable **yieldable);
lull_yieldable *lull__receiving(lull_chan handle);
/*
 * For a task's lull_select: whether it could send or receive at once, 0 or why not; and lull_try_send and
 * lull_try_receive, but not with another case of the same task. NULL: with any.
 */
int lull__can_send(lull_chan handle, const lull__task *task);
int lull__can_receive(lull_chan handle, const lull__task *task);
int lull__try_send(lull_chan handle, const void *element, const lull__task *task);
int lull__try_receive(lull_chan handle, void *element, const lull__task *task);
/* Take a waiter's element out of it, to `element` or to nowhere. */
void lull__item_take(lull__waiter *waiter, void *element);
/* Only this task sends. */
void lull__channel_set_feeder(lull_chan handle, lull_task task);

#endif
