/*
 * WebSockets, by the host's `WebSocket` (Node 22 or later has one). JavaScript gives the functions: `websocket()` of
 * lull/host; `lull run` passes it by itself. Those that suspend can be cancelled and timed out.
 *
 * Errors: LULL_EFAILED, with the host's message, in lull_last_error; LULL_ECLOSED for a connection that is closed.
 */
#ifndef LULL_WEBSOCKET_H
#define LULL_WEBSOCKET_H

#include "lull.h"

/*
 * Connect. `protocols`: names with a comma between them, or NULL for none. *result is a descriptor, to be given to
 * lull_websocket_close.
 */
LULL_HOST(int, lull_websocket_connect, (const char *, url), (const char *, protocols))

/*
 * Send a message: of text, or of bytes. Returns when the host holds few unsent bytes, so that a slow network slows its
 * sender down. A cancelled call has sent nonetheless.
 */
LULL_HOST(void, lull_websocket_send_text, (int, socket), (const char *, text))
LULL_HOST(void, lull_websocket_send, (int, socket), (lull_bytes, bytes))

/*
 * Wait for a message, which may be empty. There is a NUL behind its bytes. *result->data is to be freed. A message that
 * arrives after a cancelled call goes to the next one. The host takes messages whether C asks for them or not.
 *
 * LULL_ECLOSED after the last one, where the other side has closed: lull_last_error says why, as "1000 done".
 */
LULL_HOST(lull_bytes, lull_websocket_receive, (int, socket))

/* Whether the message that was last received is text. Does not suspend. */
LULL_HOST(bool, lull_websocket_is_text, (int, socket))

LULL_HOST(void, lull_websocket__close, (int, socket), (int, code), (const char *, reason))

/*
 * Close a connection. `code`: 1000, or 3000 to 4999; `reason`: up to 123 bytes, or NULL. Waiters for a message
 * get LULL_ECLOSED. Works in a cancelled task, too.
 */
LULL_NODISCARD static inline int lull_websocket_close(int socket, int code, const char *reason)
{
    lull_scope shield;
    int status = lull_scope_enter_shielded(&shield, 5);
    if (status < 0) return status;
    status = lull_websocket__close(socket, code, reason);
    return lull_scope_exit(&shield, status);
}

#endif
