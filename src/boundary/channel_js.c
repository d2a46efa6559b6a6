/*
 * Channels in JavaScript: js/features/channel.js is the other side. C notifies JavaScript of the end of its wait,
 * or of its reference, as of the end of a task: by a ticket, with the element in the mailbox. See D24, D25.
 */
#include "waitables/channel.h"

#include "base/memory.h"
#include "lull_boundary.h"
#include "sched/notify.h"
#include "sched/state.h"
#include "waitables/sync.h"

/* A send or a receive of JavaScript's: it waits in line with those of tasks, for no task. */
typedef struct js_wait {
    lull__proxy proxy;
    lull__ticket ticket;
} js_wait;

static void js_wait_woken(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next)
{
    (void)value;
    (void)next;
    js_wait *wait = LULL__CONTAINER(waiter, js_wait, proxy.waiter);
    lull_value item = waiter->value; /* received, or not sent: it passes to JavaScript */
    lull__ticket ticket = wait->ticket;
    lull__list_remove(&waiter->link);
    lull__error_release(error);
    lull__free(wait);
    lull__notify_settled(ticket, status, item, NULL);
}

/*
 * Wait, with this item. Returns a token for lull__export_channel_forget, perhaps of a wait that has already ended; or a
 * status.
 */
static double wait_outside(lull_chan handle, lull_value item, lull__ticket ticket,
                           int (*begin)(lull__channel *channel, lull__waiter *waiter))
{
    lull__channel *channel = lull__channel_get(handle);
    if (!channel) return LULL_ESRCH;
    js_wait *wait = (js_wait *)lull__alloc(sizeof *wait);
    if (!wait) return LULL_ENOMEM;
    wait->ticket = ticket;
    lull__proxy_init(&wait->proxy, NULL, js_wait_woken);
    wait->proxy.waiting = true;
    wait->proxy.waiter.value = item;
    double token = (double)(uintptr_t)wait;
    int status = begin(channel, &wait->proxy.waiter);
    if (status == 0) return token;
    lull__free(wait);
    return status;
}

/* Send an element. It stays JavaScript's if that fails. */
double lull__export_channel_send(lull_chan channel, lull_value element, lull__ticket ticket)
{
    return wait_outside(channel, element, ticket, lull__channel_begin_sending);
}

double lull__export_channel_receive(lull_chan channel, lull__ticket ticket)
{
    return wait_outside(channel, 0, ticket, lull__channel_begin_receiving);
}

/* Give up a pending wait. Returns its element. */
lull_value lull__export_channel_forget(double token)
{
    js_wait *wait = (js_wait *)(uintptr_t)token;
    lull_value item = wait->proxy.waiter.value;
    lull__list_remove(&wait->proxy.waiter.link);
    lull__free(wait);
    return item;
}

lull_chan lull__export_channel_new(size_t element_size, size_t capacity)
{
    return lull__rt.closing ? LULL_ECLOSED : lull_chan_new(element_size, capacity);
}

/*
 * Give JavaScript a channel, with a reference that `passes` to it, or one more. It has one reference to a channel at
 * most. Returns the ticket by which it knows the channel: this one, or an earlier one. A negative status where the
 * handle is no channel of such elements.
 */
int lull__export_channel_share(lull_chan handle, size_t element_size, lull__owned owned, bool passes,
                               lull__ticket ticket)
{
    lull__channel *channel = lull__channel_get(handle);
    if (!channel) return handle < 0 ? (int)handle : LULL_ESRCH;
    int answer = channel->element_size == element_size ? channel->ticket : LULL_EINVAL;
    if (answer == 0) {
        channel->ticket = answer = ticket;
        channel->owned = owned;
        if (!passes) channel->references++;
    } else if (passes) {
        lull_chan_release(handle);
    }
    return answer;
}

int lull__export_channel_close(lull_chan channel)
{
    return lull_chan_close(channel);
}

/* Close a channel of JavaScript's, and give back its reference. */
void lull__export_channel_dispose(lull_chan handle)
{
    lull__channel *channel = lull__channel_get(handle);
    if (!channel) return;
    lull_chan_retain(handle);
    lull_chan_close(handle);
    lull__channel_drop_js_reference(channel);
    lull_chan_release(handle);
}

static bool any_task(const lull__waiters *waiters)
{
    for (lull__link *link = waiters->list.next; link != &waiters->list; link = link->next) {
        lull__waiter *waiter = LULL__CONTAINER(link, lull__waiter, link);
        if (lull__is_waiting(waiter) && lull__waiter_task(waiter)) return true;
    }
    return false;
}

/* Whether any task waits at a channel of JavaScript's, and so for what JavaScript may do. */
bool lull__export_channel_awaited(void)
{
    uint32_t index = 0;
    lull__channel *channel;
    while ((channel = (lull__channel *)lull__handle_next(LULL__CHANNEL_KIND, &index))) {
        if (channel->ticket && (any_task(&channel->sending) || any_task(&channel->receiving))) return true;
    }
    return false;
}

/* ---- What the macros of lull_boundary.h call --------------------------------------------------------------------- */

#ifdef __wasm__

/* The exports of the above. */
const lull__export lull__channel_exports[] = {
    (lull__export)lull__export_channel_send,    (lull__export)lull__export_channel_receive,
    (lull__export)lull__export_channel_forget,  (lull__export)lull__export_channel_new,
    (lull__export)lull__export_channel_share,   (lull__export)lull__export_channel_close,
    (lull__export)lull__export_channel_dispose, (lull__export)lull__export_channel_awaited,
};

/* A task that had a channel as an argument has ended. */
static void holder_ended(lull__waiter *watch, int status, lull_value value, lull__error *error, bool next)
{
    (void)status;
    (void)value;
    (void)next;
    lull__error_release(error);
    lull_chan_release(LULL__CONTAINER(watch, lull__held, watch)->channel);
}

void lull__channel_hold(double handle, lull_chan channel, size_t offset)
{
    lull__task *task = lull__task_get((lull_task)handle);
    if (!task || lull_chan_retain(channel) < 0) return;
    lull__held *held = (lull__held *)(void *)(task->as.arguments->packed + offset);
    held->channel = channel;
    lull__sync_watch(&held->watch, task, holder_ended);
}

int lull__channel_received(int status, const lull_chan *channel)
{
    LULL__REFER(lull__channel_exports)
    return status < 0 ? status : lull_chan_retain(*channel);
}

#endif
