/** Closing a connection of the machine's network: for sockets of C and for lull_net.h alike. */

/** @import { Socket } from 'node:net' */

/** Milliseconds that a closed connection has to send its buffered bytes. */
const LINGER = 5000;

/** As they are at the import: fake timers come and go, and connections with them would stay open. */
const { setTimeout, clearTimeout } = globalThis;

/**
 * Send the buffered bytes, if the other side takes them in time, and close.
 *
 * @param {Socket} socket without listeners for its data
 */
export function closeSoon(socket) {
  // Read and drop the rest: closing a socket with unread bytes resets it, and the bytes sent last may be lost.
  socket.resume().destroySoon();
  if (socket.destroyed) return;
  // Not the socket's own timeout, which starts anew whenever the other side sends or takes something.
  const timer = setTimeout(() => socket.destroy(), LINGER).unref();
  socket.on('close', () => clearTimeout(timer));
}
