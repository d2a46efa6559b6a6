/* Calls for sockets of every kind: to send, to receive, and for their options. (POSIX.1-2017.) */
#include "posix/sockets.h"

#if defined(__wasm__)

#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>

int lull__socket_of(int fd, lull__description **found)
{
    (void)lull__descriptors_use();
    lull__description *description = lull__description_of(fd);
    if (!description) return EBADF;
    if (!description->kind->socket) return ENOTSOCK;
    *found = description;
    return 0;
}

LULL__HOOK static int lull__hook_shutdown(lull__description *socket, int how)
{
    return socket->kind->socket->shutdown(socket, how);
}

LULL__HOOK static int lull__hook_address(lull__description *socket, bool of_peer, lull__address *address)
{
    return socket->kind->socket->address(socket, of_peer, address);
}

LULL__HOOK static int lull__hook_set_option(lull__description *socket, unsigned option, int value)
{
    return socket->kind->socket->set_option(socket, option, value);
}

LULL__HOOK static int lull__hook_get_option(lull__description *socket, unsigned option, int *value)
{
    return socket->kind->socket->get_option(socket, option, value);
}

LULL__HOOK static int lull__hook_domain(const lull__description *socket)
{
    return socket->kind->socket->domain(socket);
}

LULL__WEAK int shutdown(int fd, int how)
{
    lull__description *socket;
    int error = lull__socket_of(fd, &socket);
    if (!error && how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) error = EINVAL;
    if (!error) error = lull__hook_shutdown(socket, how);
    return lull__posix_result(error);
}

/* ---- Sending and receiving --------------------------------------------------------------------------------------- */

#ifndef MSG_DONTWAIT
#define MSG_DONTWAIT 0x0040
#endif
#ifndef MSG_OOB
#define MSG_OOB 0x10000
#endif

static int receive(const char *function, int fd, const struct iovec *vectors, size_t count, int flags,
                   struct sockaddr *address, socklen_t *length, int *flags_out, ssize_t *received)
{
    const lull__lot_kind kind = {.name = function};
    lull__description *socket;
    lull__address from = {.family = LULL__FAMILY_NONE};
    size_t whole = 0, done;
    int error = lull__socket_of(fd, &socket);
    if (!error && (flags & MSG_OOB)) error = EINVAL; /* there is none */
    if (error) return error;
    bool is_stream = lull__socket_is_stream(socket);
    unsigned how = (flags & MSG_DONTWAIT ? LULL__DONT_WAIT : 0) | (flags & MSG_PEEK ? LULL__PEEK : 0) |
                   (is_stream && (flags & MSG_WAITALL) && !(flags & MSG_PEEK) ? LULL__FILL : 0);
    const lull__memory memory = {.vectors = (const __wasi_iovec_t *)(const void *)vectors,
                                 .count = count,
                                 .how = how,
                                 .address = length && !is_stream ? &from : NULL,
                                 .whole = is_stream ? NULL : &whole};
    error = lull__number_read(fd, &memory, &kind, &done);
    if (error) return error;
    if (length && from.family == LULL__FAMILY_NONE) {
        *length = 0;
    } else if (length) {
        lull__address_to(&from, address, length);
    }
    if (flags_out) *flags_out = whole > done ? MSG_TRUNC : 0;
    *received = (ssize_t)(!is_stream && (flags & MSG_TRUNC) && whole > done ? whole : done);
    return 0;
}

LULL__WEAK ssize_t recv(int fd, void *to, size_t size, int flags)
{
    const struct iovec vector = {to, size};
    ssize_t received = 0;
    int error = receive("recv", fd, &vector, 1, flags, NULL, NULL, NULL, &received);
    return error ? lull__posix_result(error) : received;
}

ssize_t recvfrom(int fd, void *restrict to, size_t size, int flags, struct sockaddr *restrict address,
                 socklen_t *restrict length);

LULL__WEAK ssize_t recvfrom(int fd, void *restrict to, size_t size, int flags, struct sockaddr *restrict address,
                            socklen_t *restrict length)
{
    const struct iovec vector = {to, size};
    ssize_t received = 0;
    int error = receive("recvfrom", fd, &vector, 1, flags, address, address ? length : NULL, NULL, &received);
    return error ? lull__posix_result(error) : received;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags);

LULL__WEAK ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t received = 0;
    socklen_t length = message->msg_name ? message->msg_namelen : 0;
    int error = receive("recvmsg", fd, message->msg_iov, (size_t)message->msg_iovlen, flags,
                        (struct sockaddr *)message->msg_name, message->msg_name ? &length : NULL, &message->msg_flags,
                        &received);
    if (error) return lull__posix_result(error);
    message->msg_namelen = length;
    message->msg_controllen = 0; /* descriptors do not travel */
    return received;
}

static int send_to(const char *function, int fd, const struct iovec *vectors, size_t count, int flags,
                   const struct sockaddr *address, socklen_t length, ssize_t *sent)
{
    const lull__lot_kind kind = {.name = function};
    lull__description *socket;
    lull__address to;
    size_t done;
    int error = lull__socket_of(fd, &socket);
    if (!error && (flags & MSG_OOB)) error = EOPNOTSUPP;
    bool has_address = !error && address && !lull__socket_is_stream(socket);
    if (has_address) error = lull__address_from(address, length, &to);
    if (error) return error;
    const lull__memory memory = {.vectors = (const __wasi_iovec_t *)(const void *)vectors,
                                 .count = count,
                                 .how = (flags & MSG_DONTWAIT ? LULL__DONT_WAIT : 0) |
                                        (flags & MSG_NOSIGNAL ? LULL__NO_SIGNAL : 0),
                                 .address = has_address ? &to : NULL};
    error = lull__number_write(fd, &memory, &kind, &done);
    *sent = (ssize_t)done;
    return error;
}

LULL__WEAK ssize_t send(int fd, const void *from, size_t size, int flags)
{
    const struct iovec vector = {(void *)from, size};
    ssize_t sent = 0;
    int error = send_to("send", fd, &vector, 1, flags, NULL, 0, &sent);
    return error ? lull__posix_result(error) : sent;
}

ssize_t sendto(int fd, const void *from, size_t size, int flags, const struct sockaddr *address, socklen_t length);

LULL__WEAK ssize_t sendto(int fd, const void *from, size_t size, int flags, const struct sockaddr *address,
                          socklen_t length)
{
    const struct iovec vector = {(void *)from, size};
    ssize_t sent = 0;
    int error = send_to("sendto", fd, &vector, 1, flags, address, length, &sent);
    return error ? lull__posix_result(error) : sent;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags);

LULL__WEAK ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t sent = 0;
    if (message->msg_control && message->msg_controllen > 0) return lull__posix_result(EOPNOTSUPP);
    int error = send_to("sendmsg", fd, message->msg_iov, (size_t)message->msg_iovlen, flags,
                        (const struct sockaddr *)message->msg_name, message->msg_namelen, &sent);
    return error ? lull__posix_result(error) : sent;
}

/* ---- Addresses --------------------------------------------------------------------------------------------------- */

static int hand_out_address(int fd, bool of_peer, struct sockaddr *address, socklen_t *length)
{
    lull__description *socket;
    lull__address found;
    int error = lull__socket_of(fd, &socket);
    if (!error) error = lull__hook_address(socket, of_peer, &found);
    if (!error) lull__address_to(&found, address, length);
    return lull__posix_result(error);
}

int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length);

LULL__WEAK int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    return hand_out_address(fd, false, address, length);
}

int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length);

LULL__WEAK int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length)
{
    return hand_out_address(fd, true, address, length);
}

/* ---- Options ----------------------------------------------------------------------------------------------------- */

#define NO_OPTION UINT_MAX

/* The options that the host has. */
static const struct {
    int level;
    int name;
    unsigned option;
} host_options[] = {
    {SOL_SOCKET, SO_KEEPALIVE, LULL__SOCKET_KEEPALIVE},
    {SOL_SOCKET, SO_BROADCAST, LULL__SOCKET_BROADCAST},
    {SOL_SOCKET, SO_REUSEPORT, LULL__SOCKET_REUSEPORT},
    {SOL_SOCKET, SO_RCVBUF, LULL__SOCKET_RCVBUF},
    {SOL_SOCKET, SO_SNDBUF, LULL__SOCKET_SNDBUF},
    {SOL_SOCKET, SO_ERROR, LULL__SOCKET_ERROR},
    {SOL_SOCKET, SO_ACCEPTCONN, LULL__SOCKET_ACCEPTCONN},
    {SOL_SOCKET, SO_REUSEADDR, LULL__SOCKET_REUSEADDR},
    {IPPROTO_TCP, TCP_NODELAY, LULL__SOCKET_NODELAY},
    {IPPROTO_TCP, TCP_KEEPIDLE, LULL__SOCKET_KEEPIDLE},
    {IPPROTO_IPV6, IPV6_V6ONLY, LULL__SOCKET_V6ONLY},
    {IPPROTO_IP, IP_TTL, LULL__SOCKET_TTL},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS, LULL__SOCKET_TTL},
    {IPPROTO_IP, IP_MULTICAST_TTL, LULL__SOCKET_MULTICAST_TTL},
    {IPPROTO_IPV6, IPV6_MULTICAST_HOPS, LULL__SOCKET_MULTICAST_TTL},
    {IPPROTO_IP, IP_MULTICAST_LOOP, LULL__SOCKET_MULTICAST_LOOP},
    {IPPROTO_IPV6, IPV6_MULTICAST_LOOP, LULL__SOCKET_MULTICAST_LOOP},
};

/* Options without an effect here, which programs set nonetheless. */
static const int idle_options[][2] = {
    {SOL_SOCKET, SO_DONTROUTE},      {SOL_SOCKET, SO_OOBINLINE},  {SOL_SOCKET, SO_PRIORITY},
    {SOL_SOCKET, SO_RCVLOWAT},       {SOL_SOCKET, SO_SNDLOWAT},   {SOL_SOCKET, SO_DEBUG},
    {IPPROTO_TCP, TCP_KEEPINTVL},    {IPPROTO_TCP, TCP_KEEPCNT},  {IPPROTO_TCP, TCP_CORK},
    {IPPROTO_TCP, TCP_QUICKACK},     {IPPROTO_TCP, TCP_FASTOPEN}, {IPPROTO_TCP, TCP_DEFER_ACCEPT},
    {IPPROTO_TCP, TCP_USER_TIMEOUT}, {IPPROTO_IP, IP_TOS},        {IPPROTO_IPV6, IPV6_TCLASS},
};

static unsigned host_option(int level, int name)
{
    for (size_t i = 0; i < sizeof host_options / sizeof *host_options; i++) {
        if (host_options[i].level == level && host_options[i].name == name) return host_options[i].option;
    }
    return NO_OPTION;
}

static bool is_idle_option(int level, int name)
{
    for (size_t i = 0; i < sizeof idle_options / sizeof *idle_options; i++) {
        if (idle_options[i][0] == level && idle_options[i][1] == name) return true;
    }
    return false;
}

/* The timeout of reads or of writes; NULL: the option is another. */
static double *timeout_of(lull__description *socket, int level, int name)
{
    if (level != SOL_SOCKET) return NULL;
    return name == SO_RCVTIMEO ? &socket->read_timeout : name == SO_SNDTIMEO ? &socket->write_timeout : NULL;
}

int lull__network_membership(int fd, bool joins, const lull__address *group, const lull__address *interface);

/* Join or leave a group of multicast. */
static int set_membership(int fd, int level, int name, const void *value, socklen_t size)
{
    lull__address group = {.family = LULL__FAMILY_IPV4}, interface = {.family = LULL__FAMILY_NONE};
    socklen_t least = level == IPPROTO_IP ? sizeof(struct ip_mreq) : sizeof(struct ipv6_mreq);
    if (size < least) return EINVAL;
    if (level == IPPROTO_IP) {
        struct ip_mreq request;
        memcpy(&request, value, sizeof request);
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = request.imr_multiaddr};
        (void)lull__address_from((struct sockaddr *)(void *)&in, sizeof in, &group);
        in.sin_addr = request.imr_interface;
        if (in.sin_addr.s_addr != INADDR_ANY) {
            (void)lull__address_from((struct sockaddr *)(void *)&in, sizeof in, &interface);
        }
        return lull__network_membership(fd, name == IP_ADD_MEMBERSHIP, &group, &interface);
    }
    struct ipv6_mreq request;
    memcpy(&request, value, sizeof request);
    struct sockaddr_in6 in = {
        .sin6_family = AF_INET6, .sin6_addr = request.ipv6mr_multiaddr, .sin6_scope_id = request.ipv6mr_interface};
    (void)lull__address_from((struct sockaddr *)(void *)&in, sizeof in, &group);
    return lull__network_membership(fd, name == IPV6_JOIN_GROUP, &group, &interface);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size);

LULL__WEAK int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    lull__description *socket;
    int error = lull__socket_of(fd, &socket);
    if (error) return lull__posix_result(error);
    double *timeout = timeout_of(socket, level, name);
    if (timeout) {
        struct timeval time;
        if (size < sizeof time) return lull__posix_result(EINVAL);
        memcpy(&time, value, sizeof time);
        if (time.tv_sec < 0 || time.tv_usec < 0 || time.tv_usec >= 1000000) return lull__posix_result(EDOM);
        *timeout = (double)time.tv_sec + (double)time.tv_usec / 1e6;
        return 0;
    }
    if (level == SOL_SOCKET && name == SO_LINGER) {
        struct linger linger;
        if (size < sizeof linger) return lull__posix_result(EINVAL);
        memcpy(&linger, value, sizeof linger);
        int seconds = linger.l_onoff ? linger.l_linger : -1;
        return lull__posix_result(lull__hook_set_option(socket, LULL__SOCKET_LINGER, seconds));
    }
    if ((level == IPPROTO_IP && (name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP)) ||
        (level == IPPROTO_IPV6 && (name == IPV6_JOIN_GROUP || name == IPV6_LEAVE_GROUP)))
        return lull__posix_result(set_membership(fd, level, name, value, size));
    int number = 0;
    if (size < 1) return lull__posix_result(EINVAL);
    memcpy(&number, value, size < sizeof number ? 1 : sizeof number); /* a byte, for some of multicast's */
    if (is_idle_option(level, name)) return 0;
    unsigned option = host_option(level, name);
    if (option == NO_OPTION || option == LULL__SOCKET_ERROR || option == LULL__SOCKET_ACCEPTCONN)
        return lull__posix_result(ENOPROTOOPT);
    return lull__posix_result(lull__hook_set_option(socket, option, number));
}

/* The value of an option that is a number. Returns an error number. */
static int number_option(lull__description *socket, int level, int name, int *value)
{
    if (level == SOL_SOCKET && name == SO_TYPE) {
        *value = lull__socket_is_stream(socket) ? SOCK_STREAM : SOCK_DGRAM;
        return 0;
    }
    if (level == SOL_SOCKET && name == SO_DOMAIN) {
        *value = lull__hook_domain(socket);
        return 0;
    }
    if (level == SOL_SOCKET && name == SO_PROTOCOL) {
        bool is_local = lull__hook_domain(socket) == AF_UNIX;
        *value = is_local ? 0 : lull__socket_is_stream(socket) ? IPPROTO_TCP : IPPROTO_UDP;
        return 0;
    }
    if (is_idle_option(level, name)) {
        *value = 0;
        return 0;
    }
    unsigned option = host_option(level, name);
    return option == NO_OPTION ? ENOPROTOOPT : lull__hook_get_option(socket, option, value);
}

static void hand_out_option(const void *value, size_t size, void *to, socklen_t *length)
{
    if (size > *length) size = *length;
    memcpy(to, value, size);
    *length = (socklen_t)size;
}

LULL__WEAK int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict length)
{
    lull__description *socket;
    int number = 0;
    int error = lull__socket_of(fd, &socket);
    if (error) return lull__posix_result(error);
    const double *timeout = timeout_of(socket, level, name);
    if (timeout) {
        struct timeval time = {.tv_sec = (time_t)*timeout};
        time.tv_usec = (suseconds_t)((*timeout - (double)time.tv_sec) * 1e6 + 0.5);
        hand_out_option(&time, sizeof time, value, length);
        return 0;
    }
    if (level == SOL_SOCKET && name == SO_LINGER) {
        error = lull__hook_get_option(socket, LULL__SOCKET_LINGER, &number);
        const struct linger linger = {.l_onoff = number > 0, .l_linger = number > 0 ? number - 1 : 0};
        if (!error) hand_out_option(&linger, sizeof linger, value, length);
        return lull__posix_result(error);
    }
    error = number_option(socket, level, name, &number);
    if (!error) hand_out_option(&number, sizeof number, value, length);
    return lull__posix_result(error);
}

#endif
