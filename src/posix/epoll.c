/* epoll: a list of descriptors with a list of the ready ones. (Linux.) */
#include "posix/poll.h"
#include "posix/signals.h"

#if defined(__wasm__)

#include <stdlib.h>
#include <sys/epoll.h>

typedef struct epoll {
    lull__description description;
    lull__link interests;
    lull__link ready; /* perhaps; the others are not */
} epoll;

typedef struct interest {
    lull__observer observer;
    lull__link in_interests;
    lull__link in_ready;
    epoll *owner;
    lull__description *target;
    int fd;
    bool is_off; /* EPOLLONESHOT, and it has been told */
    struct epoll_event event;
} interest;

static void forget_interest(interest *self)
{
    lull__list_remove(&self->observer.link);
    lull__list_remove(&self->in_interests);
    lull__list_remove(&self->in_ready);
    free(self);
}

static unsigned wanted_of(uint32_t events)
{
    return (events & (EPOLLIN | EPOLLRDNORM) ? LULL__READABLE : 0) |
           (events & (EPOLLOUT | EPOLLWRNORM) ? LULL__WRITABLE : 0) | (events & EPOLLRDHUP ? LULL__FINISHED : 0) |
           LULL__UNASKED;
}

static uint32_t epoll_events_of(const interest *self)
{
    if (self->is_off) return 0;
    unsigned states = lull__description_state(self->target);
    uint32_t events = 0, wanted = self->event.events;
    if (states & LULL__READABLE) events |= wanted & (EPOLLIN | EPOLLRDNORM);
    if (states & LULL__WRITABLE) events |= wanted & (EPOLLOUT | EPOLLWRNORM);
    if (states & LULL__FINISHED) events |= wanted & EPOLLRDHUP;
    if (states & LULL__BROKEN) events |= EPOLLERR;
    if (states & LULL__HUNG_UP) events |= EPOLLHUP;
    return events;
}

static void look_at_interest(interest *self)
{
    if (!epoll_events_of(self)) return;
    lull__list_remove(&self->in_ready);
    lull__list_push_back(&self->owner->ready, &self->in_ready);
    lull__description_changed(&self->owner->description, LULL__READABLE);
}

static void interest_changed(lull__observer *observer, unsigned changed)
{
    interest *self = LULL__CONTAINER(observer, interest, observer);
    if (!changed) {
        forget_interest(self);
    } else if (changed & (wanted_of(self->event.events) | LULL__FINISHED)) {
        look_at_interest(self);
    }
}

static void interest_awaited(lull__observer *observer, unsigned *awaited)
{
    *awaited = lull__description_awaited(&LULL__CONTAINER(observer, interest, observer)->owner->description);
}

static unsigned epoll_state(const lull__description *description)
{
    const epoll *self = (const epoll *)(const void *)description;
    for (const lull__link *link = self->ready.next; link != &self->ready; link = link->next) {
        if (epoll_events_of(LULL__CONTAINER(link, interest, in_ready))) return LULL__READABLE;
    }
    return 0;
}

static int epoll_refuses(lull__description *self, const lull__memory *memory, size_t *done)
{
    (void)self;
    (void)memory;
    (void)done;
    return EINVAL;
}

static void epoll_close(lull__description *description)
{
    epoll *self = LULL__CONTAINER(description, epoll, description);
    while (!lull__list_empty(&self->interests)) {
        forget_interest(LULL__CONTAINER(self->interests.next, interest, in_interests));
    }
    free(self);
}

static const lull__descriptor_kind epoll_kind = {.type = __WASI_FILETYPE_UNKNOWN,
                                                 .read = epoll_refuses,
                                                 .write = epoll_refuses,
                                                 .state = epoll_state,
                                                 .close = epoll_close};

static epoll *epoll_of(const lull__description *description)
{
    return description->kind == &epoll_kind ? (epoll *)(void *)description : NULL;
}

/* Whether the first has the second in it, at whatever depth. */
static bool contains(epoll *outer, const epoll *inner)
{
    if (outer == inner) return true;
    for (lull__link *link = outer->interests.next; link != &outer->interests; link = link->next) {
        epoll *next = epoll_of(LULL__CONTAINER(link, interest, in_interests)->target);
        if (next && contains(next, inner)) return true;
    }
    return false;
}

LULL__WEAK int epoll_create1(int flags)
{
    if (flags & ~EPOLL_CLOEXEC) return lull__posix_result(EINVAL);
    epoll *self = (epoll *)malloc(sizeof *self);
    if (!self) return -1;
    lull__description_init(&self->description, &epoll_kind);
    lull__list_init(&self->interests);
    lull__list_init(&self->ready);
    int fd = lull__number(&self->description, (lull__number_flags){.closes_on_exec = flags & EPOLL_CLOEXEC});
    if (fd < 0) free(self);
    return fd;
}

LULL__WEAK int epoll_create(int size)
{
    return size > 0 ? epoll_create1(0) : lull__posix_result(EINVAL);
}

static interest *find_interest(epoll *self, int fd, const lull__description *target)
{
    for (lull__link *link = target->observers.next; link != &target->observers; link = link->next) {
        lull__observer *observer = LULL__CONTAINER(link, lull__observer, link);
        if (observer->notice != interest_changed) continue;
        interest *found = LULL__CONTAINER(observer, interest, observer);
        if (found->owner == self && found->fd == fd) return found;
    }
    return NULL;
}

static int add_interest(epoll *self, int fd, lull__description *target, const struct epoll_event *event)
{
    epoll *inner = epoll_of(target);
    if (inner && contains(inner, self)) return ELOOP;
    if (lull__is_file(target)) return EPERM;
    interest *added = (interest *)malloc(sizeof *added);
    if (!added) return ENOMEM;
    *added = (interest){.observer = {.notice = interest_changed, .is_awaited = interest_awaited},
                        .owner = self,
                        .target = target,
                        .fd = fd,
                        .event = *event};
    lull__list_push_back(&target->observers, &added->observer.link);
    lull__list_push_back(&self->interests, &added->in_interests);
    lull__list_init(&added->in_ready);
    look_at_interest(added);
    return 0;
}

static int control_epoll(int epfd, int operation, int fd, const struct epoll_event *event)
{
    lull__description *description = lull__description_of(epfd);
    lull__description *target = lull__description_of(fd);
    if (!description || !target) return EBADF;
    epoll *self = epoll_of(description);
    if (!self || description == target) return EINVAL;
    interest *found = find_interest(self, fd, target);
    switch (operation) {
    case EPOLL_CTL_ADD:
        return found ? EEXIST : add_interest(self, fd, target, event);
    case EPOLL_CTL_MOD:
        if (!found) return ENOENT;
        found->event = *event;
        found->is_off = false;
        lull__list_remove(&found->in_ready);
        look_at_interest(found);
        return 0;
    case EPOLL_CTL_DEL:
        if (!found) return ENOENT;
        forget_interest(found);
        return 0;
    default:
        return EINVAL;
    }
}

LULL__WEAK int epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event)
{
    (void)lull__descriptors_use();
    return lull__posix_result(control_epoll(epfd, operation, fd, event));
}

/* Each ready one at most once; if it stays ready, it goes to the end of the list. */
static int take_events(epoll *self, struct epoll_event *events, int most)
{
    int count = 0;
    lull__link passed;
    lull__list_init(&passed);
    while (count < most && !lull__list_empty(&self->ready)) {
        interest *first = LULL__CONTAINER(self->ready.next, interest, in_ready);
        uint32_t found = epoll_events_of(first);
        lull__list_remove(&first->in_ready);
        if (!found) continue;
        events[count++] = (struct epoll_event){.events = found, .data = first->event.data};
        if (first->event.events & EPOLLONESHOT) {
            first->is_off = true;
        } else if (!(first->event.events & EPOLLET)) {
            lull__list_push_back(&passed, &first->in_ready);
        }
    }
    while (!lull__list_empty(&passed)) {
        lull__link *first = passed.next;
        lull__list_remove(first);
        lull__list_push_back(&self->ready, first);
    }
    return count;
}

static int wait_for_events(int epfd, struct epoll_event *events, int most, double deadline, const char *function)
{
    const lull__lot_kind kind = {.name = function};
    lull__description *description = lull__description_of(epfd);
    if (!description) return -EBADF;
    if (!epoll_of(description) || most <= 0) return -EINVAL;
    unsigned serial = description->serial;
    bool has_waited = false;
    lull__point_pass();
    for (;;) {
        int count = take_events(epoll_of(description), events, most);
        if (count > 0 || (has_waited && lull__is_due(deadline))) return count;
        int status = 0;
        if (lull__is_due(deadline)) {
            lull__poll_yield();
        } else {
            status = lull__park_once(&description->readers, description, &kind, deadline);
        }
        has_waited = true;
        if (status < 0 && !(status == LULL_ETIMEDOUT && lull__is_due(deadline)))
            return -lull__posix_error(function, status);
        description = lull__description_of(epfd);
        if (!description || description->serial != serial) return -EBADF;
    }
}

LULL__WEAK int epoll_wait(int epfd, struct epoll_event *events, int most, int milliseconds)
{
    (void)lull__descriptors_use();
    double deadline = milliseconds < 0 ? LULL_FOREVER : lull_now() + milliseconds / 1e3;
    return result_or_errno(wait_for_events(epfd, events, most, deadline, "epoll_wait"));
}

LULL__WEAK int epoll_pwait(int epfd, struct epoll_event *events, int most, int milliseconds, const sigset_t *mask)
{
    lull__mask saved;
    bool is_over = lull__mask_begin(mask, &saved);
    int result = is_over ? lull__posix_result(EINTR) : epoll_wait(epfd, events, most, milliseconds);
    lull__mask_end(&saved);
    return result;
}

#endif
