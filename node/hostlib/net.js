/** The host functions of src/include/lull_net.h, on Node's sockets. See D39, D40. */
import { connect, createServer } from 'node:net';
import { LullError } from '../../js/marshal/errors.js';
import { ECLOSED } from '../../js/marshal/status.js';
import { Bytes } from '../../js/hostlib/bytes.js';
import { systemError, tableOf } from '../../js/hostlib/descriptors.js';
import { EventQueue, HostThenable } from '../../js/hostlib/event-queue.js';
import { closeSoon } from '../posix/linger.js';

/**
 * @import { AddressInfo, Server, Socket } from 'node:net'
 * @import { Descriptors } from '../../js/hostlib/descriptors.js'
 * @import { HostContext } from '../../js/lull.js'
 */

/** The most bytes buffered while no call reads. */
const AHEAD = 65536;

/** The end of the other side does not end C's side. */
const how = { allowHalfOpen: true, noDelay: true };

class Connection {
  /** @param {Socket} socket paused */
  constructor(socket) {
    this.socket = socket;
    this.bytes = new Bytes();
    this.bytes.wanted = () => this.#flow();
    socket.on('data', (chunk) => this.#arrived(chunk));
    socket.on('end', () => this.bytes.close());
    socket.on('drain', () => this.#settle());
    socket.on('finish', () => this.#settle());
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(systemError('ECONNRESET', 'the connection is closed')));
  }

  #flowing = false;
  /** Calls that wait for their bytes to be sent. @type {HostThenable[]} */
  #writes = [];
  /** @type {unknown} */
  #error;

  #flow() {
    if (this.#flowing) return;
    this.#flowing = true;
    this.socket.resume();
  }

  /** @param {Uint8Array} chunk */
  #arrived(chunk) {
    this.bytes.put(chunk);
    if (this.bytes.size < AHEAD) return;
    this.#flowing = false;
    this.socket.pause();
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#error ??= error;
    this.bytes.close(this.#error);
    this.#settle();
  }

  #settle() {
    for (const wait of this.#writes.splice(0)) {
      if (wait.call.settled) continue;
      if (this.#error === undefined) wait.resolve();
      else wait.reject(this.#error);
    }
  }

  /** Whether a write or a shutdown was cancelled. */
  get #stuck() {
    return this.#writes.some(({ call }) => call.settled);
  }

  /** @param {HostContext} call */
  #sent(call) {
    const wait = new HostThenable(call);
    this.#writes.push(wait);
    return wait;
  }

  /**
   * @param {HostContext} call
   * @param {Uint8Array} bytes
   */
  write(call, bytes) {
    if (this.#error !== undefined) throw this.#error;
    if (this.socket.writableEnded) throw systemError('EPIPE', 'a write after the shutdown');
    return this.socket.write(bytes) ? undefined : this.#sent(call);
  }

  /** @param {HostContext} call */
  shutdown(call) {
    if (this.#error !== undefined) throw this.#error;
    this.socket.end();
    return this.socket.writableFinished ? undefined : this.#sent(call);
  }

  get port() {
    return this.socket.localPort ?? 0;
  }

  get peer() {
    const { remoteAddress: address, remoteFamily: family, remotePort: port } = this.socket;
    if (address === undefined) return '';
    return `${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  destroy() {
    const { socket } = this;
    const stuck = this.#stuck;
    this.#fail(new LullError(ECLOSED));
    if (stuck) socket.destroy();
    closeSoon(socket.removeAllListeners('data'));
  }
}

/** A listener, as a queue of connections to accept. @extends {EventQueue<Connection>} */
class Listener extends EventQueue {
  /**
   * @param {Server} server
   * @param {number} backlog
   * @param {Descriptors} descriptors
   */
  constructor(server, backlog, descriptors) {
    super();
    this.server = server;
    this.#descriptors = descriptors;
    server.on('connection', (socket) => {
      this.put(new Connection(socket));
      if (this.items.length > backlog) /** @type {Connection} */ (this.items.pop()).socket.resetAndDestroy();
    });
    server.on('error', (error) => this.settleAll((wait) => wait.reject(error)));
  }

  #descriptors;

  take() {
    const connection = this.items.shift();
    return connection && this.#descriptors.add(connection);
  }

  get port() {
    return /** @type {AddressInfo | null} */ (this.server.address())?.port ?? 0;
  }

  destroy() {
    this.server.close();
    for (const connection of this.items.splice(0)) connection.socket.resetAndDestroy();
    this.close();
  }
}

/**
 * Wait for a socket or a server to open. A cancelled call gives it up.
 *
 * @template {Server | Socket} T
 * @param {HostContext} call
 * @param {T} opening
 * @param {string} event
 * @param {() => unknown} giveUp
 * @param {() => number} open returns its descriptor
 */
function begun(call, opening, event, giveUp, open) {
  const wait = new HostThenable(call);
  const failed = (/** @type {Error} */ error) => {
    giveUp();
    wait.reject(error);
  };
  call.signal.addEventListener('abort', giveUp);
  opening.on('error', failed);
  opening.once(event, () => {
    if (call.settled) return giveUp();
    opening.off('error', failed);
    wait.resolve(open());
  });
  return wait;
}

/** One set for each app, which has descriptors of its own. */
export function net(/** @type {unknown[]} */ ...given) {
  const descriptors = tableOf('net', given);
  /** @param {number} descriptor */
  const connectionOf = (descriptor) => descriptors.get(descriptor, Connection);
  /** @param {number} descriptor */
  const socketOf = (descriptor) => descriptors.get(descriptor, Connection, Listener);

  return descriptors.usedBy({
    /**
     * @this {HostContext}
     * @param {string | null} host
     * @param {number} port
     * @param {number} backlog
     */
    lull_tcp_listen(host, port, backlog) {
      if (backlog < 0) throw systemError('EINVAL', `invalid argument, a backlog of ${backlog}`);
      const server = createServer({ ...how, pauseOnConnect: true });
      server.listen({ host: host ?? undefined, port, backlog: Math.max(backlog, 1) });
      const open = () => descriptors.add(new Listener(server, backlog, descriptors));
      return begun(this, server, 'listening', () => server.close(), open);
    },

    /**
     * @this {HostContext}
     * @param {number} listener
     */
    lull_tcp_accept(listener) {
      return descriptors.get(listener, Listener).next(this);
    },

    /**
     * @this {HostContext}
     * @param {string} host
     * @param {number} port
     */
    lull_tcp_connect(host, port) {
      const socket = connect({ ...how, host, port });
      const open = () => descriptors.add(new Connection(socket.pause()));
      return begun(this, socket, 'connect', () => socket.destroy(), open);
    },

    /**
     * @this {HostContext}
     * @param {number} connection
     * @param {number} most
     */
    lull_tcp_read(connection, most) {
      return connectionOf(connection).bytes.read(this, most);
    },

    /**
     * @this {HostContext}
     * @param {number} connection
     * @param {Uint8Array} bytes
     */
    lull_tcp_write(connection, bytes) {
      return connectionOf(connection).write(this, bytes);
    },

    /**
     * @this {HostContext}
     * @param {number} connection
     */
    lull_tcp_shutdown(connection) {
      return connectionOf(connection).shutdown(this);
    },

    /** @param {number} descriptor */
    lull_tcp__close(descriptor) {
      socketOf(descriptor).destroy();
      descriptors.remove(descriptor);
    },

    /** @param {number} descriptor */
    lull_tcp_port(descriptor) {
      return socketOf(descriptor).port;
    },

    /** @param {number} connection */
    lull_tcp_peer(connection) {
      return connectionOf(connection).peer;
    },
  });
}
