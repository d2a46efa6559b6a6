/* poll and select. Without the table, they know the descriptors of the host, which are always ready. (POSIX.1-2017.) */
#include "posix/poll.h"
#include "posix/signals.h"
#include "posix/stdin.h"

#if defined(__wasm__)

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/select.h>

/* ---- The wait ---------------------------------------------------------------------------------------------------- */

static lull_local current_poller = {.lull__own = true};

static void stop_observing(lull__poller *poller)
{
    for (size_t i = 0; i < poller->observing; i++) lull__list_remove(&poller->polled[i].observer.link);
    poller->observing = 0;
}

/* The task ends, perhaps in the middle of a wait. */
static void poller_ends(void *argument)
{
    lull__poller *poller = (lull__poller *)argument;
    (void)lull_local_set(&current_poller, NULL);
    stop_observing(poller);
    free(poller->polled);
    free(poller);
}

static lull__poller *poller_of_task(void)
{
    static lull__poller outside;
    if (!lull_current()) return &outside;
    lull__poller *poller = (lull__poller *)lull_local_get(&current_poller);
    if (poller) return poller;
    poller = (lull__poller *)calloc(1, sizeof *poller);
    if (!poller) return NULL;
    if (lull_local_set(&current_poller, poller) == 0 && lull_defer(poller_ends, poller) == 0) return poller;
    (void)lull_local_set(&current_poller, NULL);
    free(poller);
    return NULL;
}

/* A handler may poll within a poll, which then ends with EINTR, and may leave it by longjmp. */
lull__poller *lull__poller_get(size_t count)
{
    lull__poller *poller = poller_of_task();
    if (poller) stop_observing(poller);
    if (!poller || count <= poller->room) return poller;
    if (count > SIZE_MAX / sizeof(lull__polled)) return NULL;
    lull__polled *polled = (lull__polled *)malloc(count * sizeof *polled);
    if (!polled) return NULL;
    free(poller->polled);
    poller->polled = polled;
    poller->room = count;
    return poller;
}

static void polled_changed(lull__observer *self, unsigned changed)
{
    (void)changed;
    lull__unpark_all(&LULL__CONTAINER(self, lull__polled, observer)->poller->waiting);
}

LULL__HOOK static bool lull__hook_observe(const lull__descriptor_calls *calls, int fd, lull__observer *observer)
{
    return calls->observe(fd, observer);
}

LULL__HOOK static unsigned lull__hook_number_state(const lull__descriptor_calls *calls, int fd)
{
    return calls->state(fd);
}

static unsigned state_of(int fd)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    if (calls) return lull__hook_number_state(calls, fd);
    if (lull__reads_stdin() && lull__is_stdin(fd)) return lull__stdin_state(&lull__stdin_get(NULL)->description);
    __wasi_fdstat_t stat;
    return lull__host_fd_fdstat_get(fd, &stat) == 0 ? LULL__READABLE | LULL__WRITABLE : LULL__INVALID;
}

static int look_at(lull__poller *poller, size_t count)
{
    int found = 0;
    for (size_t i = 0; i < count; i++) {
        lull__polled *polled = &poller->polled[i];
        polled->found = polled->fd < 0 ? 0 : state_of(polled->fd) & (polled->wanted | LULL__UNASKED);
        if (polled->found) found++;
    }
    return found;
}

static void observe(lull__poller *poller, size_t count)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    for (size_t i = 0; (calls || lull__reads_stdin()) && i < count; i++) {
        lull__polled *polled = &poller->polled[i];
        polled->poller = poller;
        polled->observer.notice = polled_changed;
        lull__list_init(&polled->observer.link);
        if (polled->fd >= 0 && calls) {
            (void)lull__hook_observe(calls, polled->fd, &polled->observer);
        } else if (lull__is_stdin(polled->fd)) {
            lull__list_push_back(&lull__stdin_get(NULL)->description.observers, &polled->observer.link);
        }
        poller->observing = i + 1;
    }
}

void lull__poll_yield(void)
{
    if (lull_current()) (void)!lull_pause(0);
}

bool lull__is_due(double deadline)
{
    return lull_now() + 1e-6 >= deadline; /* the time left is rounded */
}

double lull__deadline_after(const struct timespec *timeout)
{
    return timeout ? lull_now() + lull__seconds(timeout) : LULL_FOREVER;
}

int lull__poller_wait(lull__poller *poller, size_t count, double deadline, const char *function)
{
    const lull__lot_kind kind = {.name = function};
    bool has_waited = false;
    lull__point_pass();
    for (;;) {
        int found = look_at(poller, count);
        if (found > 0 || (has_waited && lull__is_due(deadline))) return found;
        int status = 0;
        if (lull__is_due(deadline)) {
            lull__poll_yield();
        } else {
            observe(poller, count);
            status = lull__park_once(&poller->waiting, poller, &kind, deadline);
            stop_observing(poller);
        }
        has_waited = true;
        if (status == LULL_ETIMEDOUT && lull__is_due(deadline)) continue;
        if (status < 0) return -lull__posix_error(function, status);
    }
}

/* ---- poll -------------------------------------------------------------------------------------------------------- */

#ifndef POLLRDNORM
#define POLLRDNORM POLLIN
#endif
#ifndef POLLWRNORM
#define POLLWRNORM POLLOUT
#endif
#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif

static unsigned states_of(short events)
{
    return (events & (POLLIN | POLLRDNORM) ? LULL__READABLE : 0) |
           (events & (POLLOUT | POLLWRNORM) ? LULL__WRITABLE : 0) | (events & POLLRDHUP ? LULL__FINISHED : 0);
}

static short events_of(unsigned states, short wanted)
{
    int events = 0;
    if (states & LULL__INVALID) return POLLNVAL;
    if (states & LULL__READABLE) events |= wanted & (POLLIN | POLLRDNORM);
    if (states & LULL__WRITABLE) events |= wanted & (POLLOUT | POLLWRNORM);
    if (states & LULL__FINISHED) events |= wanted & POLLRDHUP;
    if (states & LULL__BROKEN) events |= POLLERR;
    if (states & LULL__HUNG_UP) events |= POLLHUP;
    return (short)events;
}

static int poll_until(struct pollfd *fds, size_t count, double deadline, const char *function)
{
    lull__poller *poller = lull__poller_get(count);
    if (!poller) return lull__posix_result(ENOMEM);
    for (size_t i = 0; i < count; i++) {
        poller->polled[i] = (lull__polled){.fd = fds[i].fd, .wanted = states_of(fds[i].events)};
    }
    int found = lull__poller_wait(poller, count, deadline, function);
    if (found < 0) return lull__posix_result(-found);
    for (size_t i = 0; i < count; i++) fds[i].revents = events_of(poller->polled[i].found, fds[i].events);
    return found;
}

LULL__WEAK int poll(struct pollfd *fds, nfds_t count, int milliseconds)
{
    return poll_until(fds, count, milliseconds < 0 ? LULL_FOREVER : lull_now() + milliseconds / 1e3, "poll");
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask);

LULL__WEAK int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    if (timeout && (!lull__is_time(timeout) || timeout->tv_sec < 0)) return lull__posix_result(EINVAL);
    lull__mask saved;
    bool is_over = lull__mask_begin(mask, &saved);
    int result = is_over ? lull__posix_result(EINTR) : poll_until(fds, count, lull__deadline_after(timeout), "ppoll");
    lull__mask_end(&saved);
    return result;
}

/* ---- select ------------------------------------------------------------------------------------------------------ */

#if defined(__wasi__)

/* A set is a list there. */
static size_t count_set(const fd_set *set, int limit)
{
    (void)limit;
    return set ? set->__nfds : 0;
}

static int next_in_set(const fd_set *set, int limit, size_t *cursor)
{
    while (*cursor < set->__nfds) {
        int fd = set->__fds[(*cursor)++];
        if (fd < limit) return fd;
    }
    return -1;
}

static void add_to_set(fd_set *set, int fd)
{
    set->__fds[set->__nfds++] = fd;
}

#else

static int next_in_set(const fd_set *set, int limit, size_t *cursor)
{
    while (*cursor < (size_t)limit) {
        int fd = (int)(*cursor)++;
        if (FD_ISSET(fd, set)) return fd;
    }
    return -1;
}

static size_t count_set(const fd_set *set, int limit)
{
    size_t count = 0, cursor = 0;
    while (set && next_in_set(set, limit, &cursor) >= 0) count++;
    return count;
}

static void add_to_set(fd_set *set, int fd)
{
    FD_SET(fd, set);
}

#endif

/* What each of the three sets is about. Nothing is exceptional. */
static const unsigned set_states[3] = {LULL__READABLE | LULL__HUNG_UP, LULL__WRITABLE | LULL__BROKEN, 0};

static int select_until(int limit, fd_set *const sets[3], double deadline, const char *function)
{
    if (limit < 0 || limit > FD_SETSIZE) return lull__posix_result(EINVAL);
    size_t room = 0, count = 0;
    for (int i = 0; i < 3; i++) room += count_set(sets[i], limit);
    lull__poller *poller = lull__poller_get(room);
    if (!poller) return lull__posix_result(ENOMEM);
    for (int i = 0; i < 3; i++) {
        size_t cursor = 0;
        int fd;
        while (sets[i] && (fd = next_in_set(sets[i], limit, &cursor)) >= 0) {
            if (state_of(fd) & LULL__INVALID) return lull__posix_result(EBADF);
            poller->polled[count++] = (lull__polled){.fd = fd, .wanted = set_states[i], .set = (unsigned)i};
        }
    }
    int found = lull__poller_wait(poller, count, deadline, function);
    if (found < 0) return lull__posix_result(-found);
    for (size_t i = 0; i < count; i++) {
        if (poller->polled[i].found & LULL__INVALID) return lull__posix_result(EBADF); /* it was closed meanwhile */
    }
    for (int i = 0; i < 3; i++) {
        if (sets[i]) FD_ZERO(sets[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (poller->polled[i].found) add_to_set(sets[poller->polled[i].set], poller->polled[i].fd);
    }
    return found;
}

LULL__WEAK int select(int limit, fd_set *restrict reads, fd_set *restrict writes, fd_set *restrict exceptions,
                      struct timeval *restrict timeout)
{
    if (timeout && (timeout->tv_sec < 0 || timeout->tv_usec < 0)) return lull__posix_result(EINVAL);
    double seconds = timeout ? (double)timeout->tv_sec + (double)timeout->tv_usec / 1e6 : 0;
    return select_until(limit, (fd_set *[]){reads, writes, exceptions}, timeout ? lull_now() + seconds : LULL_FOREVER,
                        "select");
}

LULL__WEAK int pselect(int limit, fd_set *restrict reads, fd_set *restrict writes, fd_set *restrict exceptions,
                       const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
    if (timeout && (!lull__is_time(timeout) || timeout->tv_sec < 0)) return lull__posix_result(EINVAL);
    lull__mask saved;
    bool is_over = lull__mask_begin(mask, &saved);
    fd_set *sets[] = {reads, writes, exceptions};
    int result =
        is_over ? lull__posix_result(EINTR) : select_until(limit, sets, lull__deadline_after(timeout), "pselect");
    lull__mask_end(&saved);
    return result;
}

#endif
