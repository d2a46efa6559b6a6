/* Pipes, and pairs of sockets: two ends, with a buffer for each direction. (POSIX.1-2017.) */
#include "posix/sockets.h"

#if defined(__wasm__)

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As Linux has them. */
#define CAPACITY 65536
#define ATOMIC 4096 /* PIPE_BUF */

#define LEAST_ROOM 512

/* Bytes that have been written and not read, in a circle. */
typedef struct pipe_ring {
    uint8_t *bytes;
    size_t room;
    size_t start;
    size_t length;
} pipe_ring;

/* One of two ends. */
typedef struct pipe_end {
    lull__description description;
    struct pipe_end *peer; /* NULL: it is closed */
    pipe_ring received;
    bool receives; /* not shut down */
    bool sends;
    bool has_messages; /* each with its length before it */
} pipe_end;

static pipe_end *end_of(lull__description *self)
{
    return LULL__CONTAINER(self, pipe_end, description);
}

/* ---- Rings ------------------------------------------------------------------------------------------------------- */

/* Room for that many bytes more. Rings of idle pipes are small. */
static bool ring_grow(pipe_ring *ring, size_t more)
{
    size_t room = ring->room ? ring->room : LEAST_ROOM;
    if (more > SIZE_MAX / 4 - ring->length) return false;
    while (room < ring->length + more) room *= 2;
    if (room == ring->room) return true;
    uint8_t *grown = (uint8_t *)malloc(room);
    if (!grown) return false;
    size_t first = ring->room - ring->start;
    if (first > ring->length) first = ring->length;
    if (ring->length) {
        memcpy(grown, ring->bytes + ring->start, first);
        memcpy(grown + first, ring->bytes, ring->length - first);
    }
    free(ring->bytes);
    ring->bytes = grown;
    ring->room = room;
    ring->start = 0;
    return true;
}

/* Append bytes for which there is room. */
static void ring_append(pipe_ring *ring, const uint8_t *from, size_t size)
{
    if (size == 0) return;
    size_t at = (ring->start + ring->length) & (ring->room - 1);
    size_t first = size < ring->room - at ? size : ring->room - at;
    memcpy(ring->bytes + at, from, first);
    memcpy(ring->bytes, from + first, size - first);
    ring->length += size;
}

/* Copy bytes that are there. */
static void ring_copy(const pipe_ring *ring, size_t offset, uint8_t *to, size_t size)
{
    if (size == 0) return;
    size_t at = (ring->start + offset) & (ring->room - 1);
    size_t first = size < ring->room - at ? size : ring->room - at;
    memcpy(to, ring->bytes + at, first);
    memcpy(to + first, ring->bytes, size - first);
}

static void ring_drop(pipe_ring *ring, size_t size)
{
    ring->length -= size;
    ring->start = ring->length ? (ring->start + size) & (ring->room - 1) : 0;
    if (ring->length == 0 && ring->room > ATOMIC) { /* it may stay idle */
        free(ring->bytes);
        *ring = (pipe_ring){0};
    }
}

/*
 * Move up to `most` bytes between the ring and the memory, from *done on there: append them, or copy them from `offset`
 * on.
 */
static void ring_move(pipe_ring *ring, bool appends, size_t offset, const lull__memory *memory, size_t most,
                      size_t *done)
{
    size_t skip = *done;
    for (size_t i = 0; i < memory->count && most > 0; i++) {
        size_t size = memory->vectors[i].buf_len;
        if (skip >= size) {
            skip -= size;
            continue;
        }
        uint8_t *bytes = memory->vectors[i].buf + skip;
        size -= skip;
        if (size > most) size = most;
        if (appends) {
            ring_append(ring, bytes, size);
        } else {
            ring_copy(ring, offset, bytes, size);
        }
        *done += size;
        offset += size;
        most -= size;
        skip = 0;
    }
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

static bool is_finished(const pipe_end *self)
{
    return !self->receives || !self->peer || !self->peer->sends;
}

static bool has_reader(const pipe_end *self)
{
    return self->peer && self->peer->receives;
}

static int end_read(lull__description *description, const lull__memory *memory, size_t *done)
{
    pipe_end *self = end_of(description);
    pipe_ring *ring = &self->received;
    if (ring->length == 0) return is_finished(self) || lull__memory_size(memory) == 0 ? 0 : EAGAIN;
    uint32_t size = (uint32_t)ring->length;
    size_t header = self->has_messages ? sizeof size : 0;
    if (self->has_messages) ring_copy(ring, 0, (uint8_t *)&size, sizeof size);
    if (self->has_messages && memory->whole) *memory->whole = size;
    size_t before = *done;
    ring_move(ring, false, header, memory, size, done);
    if (memory->how & LULL__PEEK) return 0;
    ring_drop(ring, self->has_messages ? header + size : *done - before); /* the rest of a message is lost */
    if (self->peer) lull__description_changed(&self->peer->description, LULL__WRITABLE);
    return 0;
}

static int end_write(lull__description *description, const lull__memory *memory, size_t *done)
{
    pipe_end *self = end_of(description);
    size_t size = lull__memory_size(memory) - *done;
    if (!self->sends || !has_reader(self)) return EPIPE;
    pipe_ring *ring = &self->peer->received;
    uint32_t length = (uint32_t)size;
    size_t header = self->has_messages ? sizeof length : 0;
    if (size == 0 && !header) return 0;
    if (header && size > CAPACITY - header) return EMSGSIZE;
    size_t free_room = ring->length < CAPACITY ? CAPACITY - ring->length : 0;
    bool is_whole = header || (*done == 0 && size <= ATOMIC);
    size_t most = size;
    if (!(memory->how & LULL__OVERFILL)) {
        if (free_room == 0 || (is_whole && free_room < header + size)) return EAGAIN;
        if (most > free_room) most = free_room;
    }
    if (!ring_grow(ring, header + most)) return ENOMEM;
    if (header) ring_append(ring, (const uint8_t *)&length, header);
    ring_move(ring, true, 0, memory, most, done);
    lull__description_changed(&self->peer->description, LULL__READABLE);
    return most < size ? EAGAIN : 0;
}

static unsigned end_state(const lull__description *description)
{
    const pipe_end *self = (const pipe_end *)(const void *)description;
    unsigned state = 0;
    bool is_socket = description->reads && description->writes;
    if (description->reads) {
        if (self->received.length > 0) state |= LULL__READABLE;
        if (is_finished(self)) state |= is_socket ? LULL__READABLE | LULL__FINISHED : LULL__HUNG_UP;
    }
    if (description->writes) {
        size_t used = has_reader(self) ? self->peer->received.length : 0;
        if (used <= CAPACITY - ATOMIC) state |= LULL__WRITABLE;
        if (!has_reader(self) && !is_socket) state |= LULL__BROKEN;
    }
    if (is_socket && (!self->peer || (is_finished(self) && !self->sends))) state |= LULL__HUNG_UP;
    return state;
}

/* All that can change, for those at the other end. */
static void peer_changed(pipe_end *self)
{
    if (self->peer)
        lull__description_changed(&self->peer->description, LULL__READABLE | LULL__WRITABLE | LULL__FINISHED);
}

static void end_close(lull__description *description)
{
    pipe_end *self = end_of(description);
    if (self->peer) {
        self->peer->peer = NULL;
        peer_changed(self);
    }
    free(self->received.bytes);
    free(self);
}

static const lull__descriptor_kind pipe_kind = {.type = __WASI_FILETYPE_SOCKET_STREAM, /* WASI has none for pipes */
                                                .read = end_read,
                                                .write = end_write,
                                                .state = end_state,
                                                .close = end_close};

/* ---- Pairs of sockets -------------------------------------------------------------------------------------------- */

static int pair_shutdown(lull__description *description, int how)
{
    pipe_end *self = end_of(description);
    if (how != SHUT_WR) self->receives = false;
    if (how != SHUT_RD) self->sends = false;
    lull__description_changed(description, LULL__READABLE | LULL__WRITABLE | LULL__FINISHED);
    peer_changed(self);
    return 0;
}

/* They have no names. */
static int pair_address(lull__description *description, bool of_peer, lull__address *address)
{
    if (of_peer && !end_of(description)->peer) return ENOTCONN;
    address->family = LULL__FAMILY_UNIX;
    address->port = 0;
    address->text[0] = 0;
    return 0;
}

static int pair_set_option(lull__description *description, unsigned option, int value)
{
    (void)description;
    (void)option;
    (void)value;
    return 0;
}

static int pair_get_option(lull__description *description, unsigned option, int *value)
{
    (void)description;
    *value = option == LULL__SOCKET_RCVBUF || option == LULL__SOCKET_SNDBUF ? CAPACITY : 0;
    return 0;
}

static int pair_domain(const lull__description *description)
{
    (void)description;
    return AF_UNIX;
}

static const lull__socket_operations pair_operations = {.shutdown = pair_shutdown,
                                                        .address = pair_address,
                                                        .set_option = pair_set_option,
                                                        .get_option = pair_get_option,
                                                        .domain = pair_domain};
static const lull__descriptor_kind stream_kind = {.type = __WASI_FILETYPE_SOCKET_STREAM,
                                                  .read = end_read,
                                                  .write = end_write,
                                                  .state = end_state,
                                                  .close = end_close,
                                                  .socket = &pair_operations};
static const lull__descriptor_kind message_kind = {.type = __WASI_FILETYPE_SOCKET_DGRAM,
                                                   .read = end_read,
                                                   .write = end_write,
                                                   .state = end_state,
                                                   .close = end_close,
                                                   .socket = &pair_operations};

/* Two ends with numbers. A pipe's first end receives only, its second sends only. */
static int make_ends(const lull__descriptor_kind *kind, lull__number_flags flags, int fds[2])
{
    bool is_pipe = kind == &pipe_kind;
    pipe_end *ends[2] = {(pipe_end *)calloc(1, sizeof(pipe_end)), (pipe_end *)calloc(1, sizeof(pipe_end))};
    int result = -1;
    if (ends[0] && ends[1]) {
        for (int i = 0; i < 2; i++) {
            pipe_end *self = ends[i];
            lull__description_init(&self->description, kind);
            self->peer = ends[!i];
            self->has_messages = kind == &message_kind;
            self->description.reads = self->receives = !is_pipe || i == 0;
            self->description.writes = self->sends = !is_pipe || i == 1;
        }
        result = lull__number_both((lull__description *[]){&ends[0]->description, &ends[1]->description}, flags, fds);
    }
    if (result == 0) return 0;
    free(ends[0]);
    free(ends[1]);
    return -1;
}

/* ---- Functions of POSIX ------------------------------------------------------------------------------------------ */

int pipe2(int fds[2], int flags);

LULL__WEAK int pipe2(int fds[2], int flags)
{
    if (flags & ~(O_NONBLOCK | O_CLOEXEC)) return lull__posix_result(EINVAL);
    return make_ends(&pipe_kind,
                     (lull__number_flags){.is_nonblocking = flags & O_NONBLOCK, .closes_on_exec = flags & O_CLOEXEC},
                     fds);
}

LULL__WEAK int pipe(int fds[2])
{
    return pipe2(fds, 0);
}

int socketpair(int domain, int type, int protocol, int fds[2]);

LULL__WEAK int socketpair(int domain, int type, int protocol, int fds[2])
{
    lull__number_flags flags = {.is_nonblocking = type & SOCK_NONBLOCK, .closes_on_exec = type & SOCK_CLOEXEC};
    type &= ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (domain != AF_UNIX) return lull__posix_result(EAFNOSUPPORT);
    if (protocol != 0) return lull__posix_result(EPROTONOSUPPORT);
    if (type != SOCK_STREAM && type != SOCK_DGRAM) return lull__posix_result(EPROTOTYPE);
    return make_ends(type == SOCK_STREAM ? &stream_kind : &message_kind, flags, fds);
}

#endif
