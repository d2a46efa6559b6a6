/* Sockets: what those of the network and those of socketpair share. */
#ifndef LULL_SOCKETS_H
#define LULL_SOCKETS_H

#include "posix/external.h"

#if defined(__wasm__)

#include <sys/socket.h>

/* The operations of a kind of socket. Nothing here suspends; they return error numbers. */
typedef struct lull__socket_operations {
    int (*shutdown)(lull__description *self, int how);
    /* Its own address or the peer's. */
    int (*address)(lull__description *self, bool of_peer, lull__address *address);
    /* Options of the host: LULL__SOCKET_OPTION_MAP. */
    int (*set_option)(lull__description *self, unsigned option, int value);
    int (*get_option)(lull__description *self, unsigned option, int *value);
    int (*domain)(const lull__description *self);
} lull__socket_operations;

/* The socket with a number. Returns an error number. */
int lull__socket_of(int fd, lull__description **found);
static inline bool lull__socket_is_stream(const lull__description *description)
{
    return description->kind->type == __WASI_FILETYPE_SOCKET_STREAM;
}

/* An address of C, as it crosses. Returns an error number. */
int lull__address_from(const struct sockaddr *from, socklen_t length, lull__address *address);
/* The other way: up to *length bytes, which is then the whole length. */
void lull__address_to(const lull__address *address, struct sockaddr *to, socklen_t *length);
/* A text with an address of IP. Returns whether it is one. */
bool lull__address_parse(const char *text, lull__address *address);

/* POSIX's domain of an address that crosses. */
static inline int lull__domain_of(uint32_t family)
{
    return family == LULL__FAMILY_IPV4 ? AF_INET : family == LULL__FAMILY_IPV6 ? AF_INET6 : AF_UNIX;
}
/* The other way; LULL__FAMILY_NONE: there is none. */
static inline uint32_t lull__family_of(int domain)
{
    switch (domain) {
    case AF_INET:
        return LULL__FAMILY_IPV4;
    case AF_INET6:
        return LULL__FAMILY_IPV6;
    case AF_UNIX:
        return LULL__FAMILY_UNIX;
    default:
        return LULL__FAMILY_NONE;
    }
}

#endif

#endif
