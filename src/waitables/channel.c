/* Channels: elements on their way from senders to receivers. See D26, D132. */
#include "waitables/channel.h"

#include "base/memory.h"
#include "sched/notify.h"
#include "sched/wait.h"
#include "sched/wait_graph.h"

/* An item: an element of up to 8 bytes as it is, or the address of a larger element's box. */
typedef struct box {
    size_t size;
    char element[];
} box;

/* ---- Elements ------------------------------------------------------------------------------------------------ */

static inline bool is_boxed(size_t element_size)
{
    return element_size > sizeof(lull_value);
}

/*
 * Elements of usual sizes are loaded and stored as numbers. The others, which need an address, are apart: so the
 * functions that send and receive have no stack frame.
 */
LULL__NOINLINE static lull_value pack_unusual(size_t element_size, const void *element)
{
    lull_value item = 0;
    if (!is_boxed(element_size)) {
        memcpy(&item, element, element_size);
        return item;
    }
    box *made = (box *)lull__alloc(sizeof *made + element_size);
    if (!made) return 0;
    made->size = element_size;
    memcpy(made->element, element, element_size);
    return lull_from_pointer(made);
}

/* Put a copy of an element into *item. False where there is no memory. */
static inline bool pack(size_t element_size, const void *element, lull_value *item)
{
    if (element_size == sizeof(uint32_t)) {
        uint32_t number;
        memcpy(&number, element, sizeof number);
        *item = number;
        return true;
    }
    if (element_size == sizeof(lull_value)) {
        memcpy(item, element, sizeof *item);
        return true;
    }
    *item = pack_unusual(element_size, element);
    return *item || !is_boxed(element_size);
}

/* What a sender's item is. Until it is sent, the sender owns what the element owns. */
static inline lull__item sent_as(const lull__channel *channel)
{
    size_t size = channel->element_size;
    return is_boxed(size) ? (lull__item){LULL__BOX, 0, 0} : (lull__item){LULL__ELEMENT, (size - 1) & 7, 0};
}

/* What a receiver's item is. */
static inline lull__item received_as(const lull__channel *channel)
{
    lull__item item = sent_as(channel);
    item.owned = channel->owned & 3;
    return item;
}

LULL__NOINLINE static void unpack_unusual(bool boxed, size_t size, lull__owned owned, lull_value item, void *element)
{
    if (!boxed) {
        if (element) {
            memcpy(element, &item, size);
        } else {
            lull__owned_free(owned, item);
        }
        return;
    }
    box *made = (box *)lull_to_pointer(item);
    if (element) memcpy(element, made->element, made->size);
    lull__free(made);
}

/* Take an element out of its item, to `element` or to nowhere. */
static inline void unpack(lull__item kind, lull_value item, void *element)
{
    const bool boxed = kind.kind == LULL__BOX;
    const size_t size = kind.size_less_one + 1U;
    const size_t stored = element && !boxed ? size : 0;
    if (stored == sizeof(uint32_t)) {
        uint32_t number = (uint32_t)item;
        memcpy(element, &number, sizeof number);
    } else if (stored == sizeof item) {
        memcpy(element, &item, sizeof item);
    } else {
        unpack_unusual(boxed, size, (lull__owned)kind.owned, item, element);
    }
}

static void push(lull__channel *channel, lull_value item)
{
    size_t place = channel->first + channel->length++;
    channel->elements[place < channel->capacity ? place : place - channel->capacity] = item;
}

static lull_value pop(lull__channel *channel)
{
    lull_value item = channel->elements[channel->first];
    channel->length--;
    if (++channel->first == channel->capacity) channel->first = 0;
    return item;
}

/* The first waiter that is not a case of this task's own select; NULL. */
static lull__waiter *first_of(const lull__waiters *waiters, const lull__task *except)
{
    for (lull__link *link = waiters->list.next; link != &waiters->list; link = link->next) {
        lull__waiter *waiter = LULL__CONTAINER(link, lull__waiter, link);
        if (lull__is_waiting(waiter) && !(except && lull__waiter_task(waiter) == except)) return waiter;
    }
    return NULL;
}

/* End the wait of a sender, whose item has been taken. */
static void release_sender(lull__waiter *sender)
{
    sender->item = (lull__item){LULL__NO_ITEM, 0, 0};
    lull__waiter_wake(sender, 0, 0, NULL, false);
}

/* End the wait of a receiver, which is given this item. */
static void give_to(lull__waiter *receiver, const lull__channel *channel, lull_value item)
{
    receiver->item = received_as(channel);
    receiver->value = item;
    lull__waiter_wake(receiver, 0, 0, NULL, false);
}

/*
 * Send an item for a task (NULL: for none). It passes to the channel or, unless that is NULL, to *receiver, to which
 * the caller then gives it. LULL_EBUSY where a wait is needed, LULL_ECLOSED: then the item stays the caller's.
 */
LULL__INLINE int send_item(lull__channel *channel, lull_value item, const lull__task *task, lull__waiter **receiver)
{
    if (channel->closed) return LULL_ECLOSED;
    *receiver = first_of(&channel->receiving, task);
    if (*receiver) return 0;
    if (channel->length == channel->capacity) return LULL_EBUSY;
    push(channel, item);
    return 0;
}

/*
 * Receive an item for a task (NULL: for none). The caller then releases *sender, unless that is NULL. LULL_EBUSY where
 * a wait is needed; LULL_ECLOSED: then the channel may be gone.
 */
LULL__INLINE int receive_item(lull__channel *channel, lull_value *item, const lull__task *task, lull__waiter **sender)
{
    *sender = first_of(&channel->sending, task);
    if (channel->length) {
        *item = pop(channel);
        if (*sender) push(channel, (*sender)->value);
    } else if (*sender) {
        *item = (*sender)->value;
    } else {
        if (!channel->closed) return LULL_EBUSY;
        lull__channel_drop_js_reference(channel);
        return LULL_ECLOSED;
    }
    return 0;
}

/* ---- Waits --------------------------------------------------------------------------------------------------- */

/*
 * Where two waits end at once, the task's own one ends first. So a select is decided before the end of the other wait
 * can have effects, and takes no part in those.
 */

int lull__channel_begin_sending(lull__channel *channel, lull__waiter *sender)
{
    lull__waiter *receiver;
    lull_value item = sender->value;
    int status = send_item(channel, item, lull__waiter_task(sender), &receiver);
    if (status == LULL_EBUSY) {
        lull__list_push_back(&channel->sending.list, &sender->link);
        return 0;
    }
    if (status < 0) return status;
    release_sender(sender);
    if (receiver) give_to(receiver, channel, item);
    return 0;
}

int lull__channel_begin_receiving(lull__channel *channel, lull__waiter *receiver)
{
    lull__waiter *sender;
    lull_value item;
    int status = receive_item(channel, &item, lull__waiter_task(receiver), &sender);
    if (status == LULL_EBUSY) {
        lull__list_push_back(&channel->receiving.list, &receiver->link);
        return 0;
    }
    if (status < 0) return status;
    give_to(receiver, channel, item);
    if (sender) release_sender(sender);
    return 0;
}

static int begin_sending(lull_yieldable *self, lull_task waiter)
{
    return lull__channel_begin_sending(LULL__CONTAINER(self, lull__channel, sending.yieldable),
                                       lull__waiter_get(waiter));
}

static int begin_receiving(lull_yieldable *self, lull_task waiter)
{
    lull__channel *channel = LULL__CONTAINER(self, lull__channel, receiving.yieldable);
    return lull__channel_begin_receiving(channel, lull__waiter_get(waiter));
}

int lull__sending(lull_chan handle, lull__waiter *waiter, const void *element, lull_yieldable **yieldable)
{
    lull__channel *channel = lull__channel_get(handle);
    *yieldable = channel ? &channel->sending.yieldable : NULL;
    if (!channel) return 0;
    if (!pack(channel->element_size, element, &waiter->value)) return LULL_ENOMEM;
    waiter->item = sent_as(channel);
    return 0;
}

lull_yieldable *lull__receiving(lull_chan handle)
{
    lull__channel *channel = lull__channel_get(handle);
    return channel ? &channel->receiving.yieldable : NULL;
}

void lull__item_take(lull__waiter *waiter, void *element)
{
    unpack(waiter->item, waiter->value, element);
    waiter->item = (lull__item){LULL__NO_ITEM, 0, 0};
}

/* What the following return, besides what lull__wait_begin and lull__wait_end do. */
enum {
    DONE = 2,   /* no wait was needed */
    RESUMED = 3 /* by lull_resume, which does not end such a wait: the task waits again, behind the others */
};

/* As lull__wait_begin. */
LULL__NOINLINE static int start_sending(lull__task *task, lull_chan handle, const void *element)
{
    int status = lull__may_wait(task);
    if (status != 0) return status;
    lull__channel *channel = lull__channel_get(handle);
    if (!channel)
        return lull__wait_refused(
            LULL_ESRCH, "no such channel: its last reference was given back, or this never was a handle of one");
    lull__waiter *receiver;
    lull_value item;
    if (!pack(channel->element_size, element, &item)) return lull__wait_failed(task, LULL_ENOMEM, NULL);
    status = send_item(channel, item, task, &receiver);
    if (status == 0) {
        if (receiver) give_to(receiver, channel, item);
        return DONE;
    }
    if (status == LULL_EBUSY) {
        task->waiter.value = item;
        task->waiter.item = sent_as(channel);
        return lull__wait_in_list(task, &channel->sending);
    }
    unpack(sent_as(channel), item, NULL);
    return lull__wait_failed(task, status, NULL);
}

LULL__NOINLINE static int finish_sending(lull__task *task)
{
    int status = lull__wait_end(task, NULL);
    if (status == 0 && task->waiter.item.kind != LULL__NO_ITEM) status = RESUMED;
    lull__item_free(&task->waiter); /* if it was not sent */
    return status;
}

LULL__NOINLINE static int start_receiving(lull__task *task, lull_chan handle, void *element)
{
    int status = lull__may_wait(task);
    if (status != 0) return status;
    lull__channel *channel = lull__channel_get(handle);
    if (!channel)
        return lull__wait_refused(
            LULL_ESRCH, "no such channel: its last reference was given back, or this never was a handle of one");
    lull__waiter *sender;
    lull_value item;
    status = receive_item(channel, &item, task, &sender);
    if (status == LULL_EBUSY) return lull__wait_in_list(task, &channel->receiving);
    if (status < 0) return lull__wait_failed(task, status, NULL);
    unpack(received_as(channel), item, element);
    if (sender) release_sender(sender);
    return DONE;
}

LULL__NOINLINE static int finish_receiving(lull__task *task, void *element)
{
    int status = lull__wait_end(task, NULL);
    if (status < 0) return status;
    if (task->waiter.item.kind == LULL__NO_ITEM) return RESUMED;
    lull__item_take(&task->waiter, element);
    return 0;
}

LULL__BLOCKING int lull_send(lull_chan handle, const void *element)
{
    lull__task *task = lull__rt.running;
    int status;
    do {
        if (!lull__context_resumed()) {
            status = start_sending(task, handle, element);
            if (status < 0) return status;
            if (status == DONE) return 0;
            if (status) LULL__SUSPEND(&task->context);
        }
        status = finish_sending(task);
    } while (status == RESUMED);
    return status;
}

LULL__BLOCKING int lull_receive(lull_chan handle, void *element)
{
    lull__task *task = lull__rt.running;
    int status;
    do {
        if (!lull__context_resumed()) {
            status = start_receiving(task, handle, element);
            if (status < 0) return status;
            if (status == DONE) return 0;
            if (status) LULL__SUSPEND(&task->context);
        }
        status = finish_receiving(task, element);
    } while (status == RESUMED);
    return status;
}

/* ---- Without waiting ----------------------------------------------------------------------------------------- */

int lull__can_send(lull_chan handle, const lull__task *task)
{
    const lull__channel *channel = lull__channel_get(handle);
    if (!channel) return LULL_ESRCH;
    if (channel->closed) return LULL_ECLOSED;
    return channel->length < channel->capacity || first_of(&channel->receiving, task) ? 0 : LULL_EBUSY;
}

int lull__can_receive(lull_chan handle, const lull__task *task)
{
    const lull__channel *channel = lull__channel_get(handle);
    if (!channel) return LULL_ESRCH;
    if (channel->length || first_of(&channel->sending, task)) return 0;
    return channel->closed ? LULL_ECLOSED : LULL_EBUSY;
}

int lull__try_send(lull_chan handle, const void *element, const lull__task *task)
{
    lull__channel *channel = lull__channel_get(handle);
    if (!channel) return LULL_ESRCH;
    lull_value item;
    if (!pack(channel->element_size, element, &item)) return LULL_ENOMEM;
    lull__waiter *receiver = NULL;
    int status = send_item(channel, item, task, &receiver);
    if (status < 0) unpack(sent_as(channel), item, NULL);
    if (receiver) give_to(receiver, channel, item);
    return status;
}

int lull__try_receive(lull_chan handle, void *element, const lull__task *task)
{
    lull__channel *channel = lull__channel_get(handle);
    if (!channel) return LULL_ESRCH;
    lull_value item;
    lull__waiter *sender;
    int status = receive_item(channel, &item, task, &sender);
    if (status < 0) return status;
    unpack(received_as(channel), item, element);
    if (sender) release_sender(sender);
    return 0;
}

int lull_try_send(lull_chan handle, const void *element)
{
    return lull__try_send(handle, element, NULL);
}

int lull_try_receive(lull_chan handle, void *element)
{
    return lull__try_receive(handle, element, NULL);
}

/* ---- Channels ------------------------------------------------------------------------------------------------ */

static double feeding_task(lull_yieldable *self, size_t *cursor)
{
    return lull__only_holder(LULL__CONTAINER(self, lull__channel, receiving.yieldable)->feeder, cursor);
}

void lull__channel_set_feeder(lull_chan handle, lull_task task)
{
    static lull__wait_source feeding = {.begin = begin_receiving, .next_holder = feeding_task};
    lull__wait_source_add(&feeding);
    lull__channel_get(handle)->feeder = task;
}

static void dispose_channel(void *object)
{
    lull__channel *channel = (lull__channel *)object;
    channel->references = 1;
    lull_chan_release(channel->handle);
}

lull_chan lull_chan_new(size_t element_size, size_t capacity)
{
    if (element_size == 0) return LULL_EINVAL;
    if (element_size > SIZE_MAX - sizeof(box)) return LULL_ENOMEM;
    if (capacity > (SIZE_MAX - sizeof(lull__channel)) / sizeof(lull_value)) return LULL_ENOMEM;
    lull__channel *channel = (lull__channel *)lull__alloc(sizeof *channel + capacity * sizeof(lull_value));
    if (!channel) return LULL_ENOMEM;
    *channel = (lull__channel){.references = 1, .element_size = element_size, .capacity = capacity};
    lull__waiters_init(&channel->sending, LULL__WAIT_SEND);
    lull__waiters_init(&channel->receiving, LULL__WAIT_RECEIVE);
    channel->sending.yieldable.begin = begin_sending;
    channel->receiving.yieldable.begin = begin_receiving;
    lull__disposers[LULL__CHANNEL_KIND] = dispose_channel;
    channel->handle = lull__handle_new(LULL__CHANNEL_KIND, channel);
    if (channel->handle < 0) {
        lull__free(channel);
        return LULL_ENOMEM;
    }
    return channel->handle;
}

/*
 * Returns whether any receiver learned that no more elements come. Tasks that are woken may do anything to the channel
 * but free it: see the callers.
 */
static bool close_channel(lull__channel *channel)
{
    channel->closed = true;
    lull__waiters_wake(&channel->sending, LULL_ECLOSED, 0, NULL);
    return lull__waiters_wake(&channel->receiving, LULL_ECLOSED, 0, NULL);
}

void lull__channel_drop_js_reference(lull__channel *channel)
{
    lull__ticket ticket = channel->ticket;
    if (!ticket) return;
    const lull_chan handle = channel->handle;
    channel->ticket = 0;
    lull__notify_settled(ticket, 0, 0, NULL); /* may run user code, which may release the channel once too often */
    lull_chan_release(handle);
}

int lull_chan_close(lull_chan handle)
{
    lull__channel *channel = lull__channel_get(handle);
    if (!channel) return LULL_ESRCH;
    channel->references++; /* a task that is woken may give the last one back */
    if (close_channel(channel)) lull__channel_drop_js_reference(channel);
    return lull_chan_release(handle);
}

int lull_chan_retain(lull_chan handle)
{
    lull__channel *channel = lull__channel_get(handle);
    if (!channel) return LULL_ESRCH;
    channel->references++;
    return 0;
}

int lull_chan_release(lull_chan handle)
{
    lull__channel *channel = lull__channel_get(handle);
    if (!channel) return LULL_ESRCH;
    if (--channel->references) return 0;
    lull__handle_free(handle); /* first, so that it is not found any more */
    close_channel(channel);
    while (channel->length) unpack(received_as(channel), pop(channel), NULL);
    if (channel->ticket) lull__notify_settled(channel->ticket, 0, 0, NULL);
    lull__free(channel);
    return 0;
}

int64_t lull_chan_length(lull_chan handle)
{
    const lull__channel *channel = lull__channel_get(handle);
    return channel ? (int64_t)channel->length : LULL_ESRCH;
}

int64_t lull_chan_capacity(lull_chan handle)
{
    const lull__channel *channel = lull__channel_get(handle);
    return channel ? (int64_t)channel->capacity : LULL_ESRCH;
}
