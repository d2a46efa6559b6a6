/* Sockets of the network: TCP, UDP, and those of Unix with a path. The host has them. (POSIX.1-2017.) */
#include "posix/sockets.h"

#if defined(__wasm__)

#include <netinet/in.h>
#include <stdlib.h>

/* ---- The kinds --------------------------------------------------------------------------------------------------- */

typedef struct network_socket {
    lull__external external;
    int domain;
} network_socket;

static lull__external *external_of(lull__description *description)
{
    return lull__external_of(description);
}

static void network_close(lull__description *self)
{
    lull__external *external = external_of(self);
    lull__external_end(external);
    free(LULL__CONTAINER(external, network_socket, external));
}

static int network_shutdown(lull__description *self, int how)
{
    return -lull__host_shutdown(external_of(self), how != SHUT_WR, how != SHUT_RD);
}

static int network_address(lull__description *self, bool of_peer, lull__address *address)
{
    return -lull__host_address(external_of(self), of_peer, address);
}

static int network_set_option(lull__description *self, unsigned option, int value)
{
    return -lull__host_set_option(external_of(self), option, value);
}

static int network_get_option(lull__description *self, unsigned option, int *value)
{
    int result = lull__host_get_option(external_of(self), option);
    if (result < 0) return -result;
    *value = result;
    return 0;
}

static int network_domain(const lull__description *self)
{
    const network_socket *socket = (const network_socket *)(const void *)lull__external_of(self);
    return socket->domain;
}

static const lull__socket_operations network_operations = {.shutdown = network_shutdown,
                                                           .address = network_address,
                                                           .set_option = network_set_option,
                                                           .get_option = network_get_option,
                                                           .domain = network_domain};
static const lull__descriptor_kind network_stream = {.type = __WASI_FILETYPE_SOCKET_STREAM,
                                                     .read = lull__external_read,
                                                     .write = lull__external_write,
                                                     .state = lull__external_state,
                                                     .close = network_close,
                                                     .socket = &network_operations};
static const lull__descriptor_kind network_datagram = {.type = __WASI_FILETYPE_SOCKET_DGRAM,
                                                       .read = lull__external_read,
                                                       .write = lull__external_write,
                                                       .state = lull__external_state,
                                                       .close = network_close,
                                                       .socket = &network_operations};

/* The socket of the network with a number. Returns an error number. */
static int network_socket_of(int fd, lull__external **found)
{
    lull__description *description;
    int error = lull__socket_of(fd, &description);
    if (error) return error;
    if (description->kind->socket != &network_operations) return EOPNOTSUPP; /* of a socketpair */
    *found = external_of(description);
    return 0;
}

/* The same for a socket that may listen. */
static int listening_socket_of(int fd, lull__external **found)
{
    int error = network_socket_of(fd, found);
    return !error && !lull__socket_is_stream(&(*found)->description) ? EOPNOTSUPP : error;
}

static network_socket *new_socket(int domain, bool is_stream)
{
    network_socket *self = (network_socket *)malloc(sizeof *self);
    if (!self) return NULL;
    lull__external_init(&self->external, is_stream ? &network_stream : &network_datagram);
    self->domain = domain;
    return self;
}

/* A number for a socket. -1: it is closed. */
static int number_of_socket(network_socket *self, int flags)
{
    lull__number_flags how = {.is_nonblocking = flags & SOCK_NONBLOCK, .closes_on_exec = flags & SOCK_CLOEXEC};
    int fd = lull__number(&self->external.description, how);
    if (fd < 0) network_close(&self->external.description);
    return fd;
}

/* Wait for the end of an operation. Returns its error number. */
static int settled(int fd, lull__external *self, int error, const lull__lot_kind *kind)
{
    if (error != EINPROGRESS) return error;
    for (;;) {
        error = -lull__host_settle(self);
        if (error != EINPROGRESS) return error;
        error = lull__number_wait(fd, true, kind);
        if (error) return error == EAGAIN && self->description.write_timeout > 0 ? EINPROGRESS : error;
    }
}

/* ---- Functions of POSIX ------------------------------------------------------------------------------------------ */

int socket(int domain, int type, int protocol);

LULL__WEAK int socket(int domain, int type, int protocol)
{
    int flags = type & (SOCK_NONBLOCK | SOCK_CLOEXEC);
    type &= ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    uint32_t family = lull__family_of(domain);
    if (family == LULL__FAMILY_NONE) return lull__posix_result(EAFNOSUPPORT);
    if (type != SOCK_STREAM && type != SOCK_DGRAM) return lull__posix_result(EPROTOTYPE);
    bool is_stream = type == SOCK_STREAM;
    int usual = family == LULL__FAMILY_UNIX ? 0 : is_stream ? IPPROTO_TCP : IPPROTO_UDP;
    if (protocol != 0 && protocol != usual) return lull__posix_result(EPROTONOSUPPORT);
    network_socket *self = new_socket(domain, is_stream);
    if (!self) return lull__posix_result(ENOMEM);
    int error = -lull__host_socket(&self->external, family, is_stream);
    if (!error) return number_of_socket(self, flags);
    network_close(&self->external.description);
    return lull__posix_result(error);
}

int bind(int fd, const struct sockaddr *address, socklen_t length);

LULL__WEAK int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    static const lull__lot_kind binding = {.name = "bind"};
    lull__external *self;
    lull__address at;
    int error = network_socket_of(fd, &self);
    if (!error) error = lull__address_from(address, length, &at);
    if (!error) error = settled(fd, self, -lull__host_bind(self, &at), &binding);
    return lull__posix_result(error);
}

int listen(int fd, int backlog);

LULL__WEAK int listen(int fd, int backlog)
{
    static const lull__lot_kind starting = {.name = "listen"};
    lull__external *self;
    (void)backlog; /* a hint */
    int error = listening_socket_of(fd, &self);
    if (!error) error = settled(fd, self, -lull__host_listen(self), &starting);
    return lull__posix_result(error);
}

int connect(int fd, const struct sockaddr *address, socklen_t length);

LULL__WEAK int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    static const lull__lot_kind connecting = {.name = "connect"};
    lull__external *self;
    lull__address to;
    lull__point_pass();
    int error = network_socket_of(fd, &self);
    if (!error) error = lull__address_from(address, length, &to);
    if (!error) error = -lull__host_connect(self, &to);
    if (!error || self->description.is_nonblocking) return lull__posix_result(error);
    return lull__posix_result(settled(fd, self, error, &connecting));
}

int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length, int flags);

LULL__WEAK int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length, int flags)
{
    static const lull__lot_kind accepting = {.name = "accept"};
    lull__external *self;
    lull__address peer;
    lull__point_pass();
    int error = listening_socket_of(fd, &self);
    if (!error && (flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC))) error = EINVAL;
    while (!error && !(self->state & LULL__READABLE)) {
        error = -lull__host_accept(self, NULL); /* whether it listens */
        if (error == EAGAIN && !self->description.is_nonblocking) error = lull__number_wait(fd, false, &accepting);
        if (!error) error = listening_socket_of(fd, &self);
    }
    if (error) return lull__posix_result(error);
    network_socket *made = new_socket(network_domain(&self->description), true);
    if (!made) return lull__posix_result(ENOMEM);
    int number = number_of_socket(made, flags); /* first: without one, the connection stays */
    if (number < 0) return -1;
    error = -lull__host_accept(self, &made->external);
    if (error) {
        (void)lull__number_close(number);
        return lull__posix_result(error);
    }
    if (address && network_address(&made->external.description, true, &peer) == 0) {
        lull__address_to(&peer, address, length);
    } else if (length) {
        *length = 0;
    }
    return number;
}

LULL__WEAK int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    return accept4(fd, address, length, 0);
}

/* ---- Groups, of setsockopt --------------------------------------------------------------------------------------- */

int lull__network_membership(int fd, bool joins, const lull__address *group, const lull__address *interface);

int lull__network_membership(int fd, bool joins, const lull__address *group, const lull__address *interface)
{
    lull__external *self;
    int error = network_socket_of(fd, &self);
    return error ? error : -lull__host_membership(self, joins, group, interface);
}

#endif
