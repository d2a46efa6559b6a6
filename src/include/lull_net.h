/*
 * TCP, while other tasks run. JavaScript gives the functions: `net()` of lull/host, on Node's sockets; `lull run`
 * passes it by itself. Those that suspend can be cancelled and timed out.
 *
 * Errors: LULL_EFAILED, with the system's message, as "connect ECONNREFUSED 127.0.0.1:1", in lull_last_error. A wait at
 * a descriptor that another task closes ends with LULL_ECLOSED.
 *
 * A descriptor is a positive int, and is not reused. Descriptors that are open at the app's end are closed with it.
 */
#ifndef LULL_NET_H
#define LULL_NET_H

#include "lull.h"

/*
 * Listen at a port of a host, as "127.0.0.1", or "::" for all; NULL: all. Port 0: one that is free (see lull_tcp_port).
 * Up to `backlog` connections wait to be accepted; further ones are reset. *result is a descriptor of the listener, to
 * be given to lull_tcp_close.
 */
LULL_HOST(int, lull_tcp_listen, (const char *, host), (int, port), (int, backlog))

/*
 * Wait for a connection. *result is its descriptor, to be given to lull_tcp_close. Several tasks may wait: first
 * come, first served. A connection that arrives after a cancelled call goes to the next one.
 */
LULL_HOST(int, lull_tcp_accept, (int, listener))

/* Connect to a port of a host, which is an address or a name. *result is a descriptor, for lull_tcp_close. */
LULL_HOST(int, lull_tcp_connect, (const char *, host), (int, port))

/*
 * Read the bytes that have arrived, or wait for some: from 1 to `most`, which is not 0. Length 0: the other side has
 * ended. *result->data is to be freed. Bytes that arrive after a cancelled call go to the next one. Without a reader,
 * no more than about 64 KB are taken from the other side.
 */
LULL_HOST(lull_bytes, lull_tcp_read, (int, connection), (size_t, most))

/*
 * Write all of the bytes. Returns when few of them are still to be sent, so that a slow reader slows its writer down. A
 * cancelled call has written nonetheless, as far as the other side takes it before the close.
 */
LULL_HOST(void, lull_tcp_write, (int, connection), (lull_bytes, bytes))

/* Send what is written, and then the end: the other side reads length 0. Reading goes on. Returns when it is sent. */
LULL_HOST(void, lull_tcp_shutdown, (int, connection))

LULL_HOST(void, lull_tcp__close, (int, descriptor))

/*
 * Close a connection; or a listener, with its connections that have not been accepted. Written bytes are still sent, if
 * the other side takes them within five seconds; not after a write or a shutdown that was cut short. Works in a
 * cancelled task, too.
 */
LULL_NODISCARD static inline int lull_tcp_close(int descriptor)
{
    lull_scope shield;
    int status = lull_scope_enter_shielded(&shield, 5);
    if (status < 0) return status;
    status = lull_tcp__close(descriptor);
    return lull_scope_exit(&shield, status);
}

/* The port that a listener or a connection has on this side. Does not suspend. */
LULL_HOST(int, lull_tcp_port, (int, descriptor))

/* The other side, as "127.0.0.1:1234" or "[::1]:1234"; "" where it has gone. To be freed. Does not suspend. */
LULL_HOST(char *, lull_tcp_peer, (int, connection))

#endif
