/** The host functions of src/include/lull_net.h, on the sockets that POSIX's calls have. See D39, D40, D120. */
import { LullError } from '../../js/marshal/errors.js';
import { ECLOSED } from '../../js/marshal/status.js';
import { systemError, tableOf } from '../../js/hostlib/descriptors.js';
import { EventQueue, HostThenable } from '../../js/hostlib/event-queue.js';
import {
  BROKEN, FINISHED, OVERFILL, READABLE, SOCKET_NODELAY, WRITABLE,
} from '../../js/posix/protocol.js';
import { StreamSocket } from '../../js/posix/stream-socket.js';
import { NodeNetwork } from '../posix/network.js';

/**
 * @import { Descriptors } from '../../js/hostlib/descriptors.js'
 * @import { HostContext } from '../../js/lull.js'
 */

const network = new NodeNetwork();

/** The family of all sockets: Node finds out that of a host. */
const ANY = 0;

const EMPTY = new Uint8Array();

/** A socket, and the calls that wait for it. @extends {EventQueue<never>} */
class Waited extends EventQueue {
  /** The state of the socket. */
  state = 0;
  /** Called once it has opened, or failed to. @type {((error: unknown) => void) | undefined} */
  opening;

  socket = new StreamSocket(network, ANY, (state, changed) => {
    this.state = state;
    if (!changed) return;
    const error = changed & BROKEN
      ? this.socket.cause ?? systemError('ECONNRESET', 'the connection is closed')
      : undefined;
    if (this.opening) this.opening(error);
    else this.changed(error);
  });

  /** The state has changed, once it is open. @param {unknown} _error */
  changed(_error) {}

  get port() {
    return this.socket.address(false).port;
  }
}

class Connection extends Waited {
  constructor() {
    super();
    this.socket.set(SOCKET_NODELAY, 1);
  }

  /** Calls that wait for their bytes to be sent. @type {HostThenable[]} */
  #writes = [];
  #ends = false;
  /** Whether all is sent, and the end. */
  #isSent = false;
  /** @type {unknown} */
  #error;

  /** @param {unknown} error */
  changed(error) {
    if (error !== undefined) return this.#fail(error);
    if (this.state & FINISHED) this.close();
    else this.deliver();
    if (this.state & WRITABLE && !this.#ends) this.#settle();
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#error ??= error;
    this.close(this.#error);
    this.#settle();
  }

  #settle() {
    if (!this.#writes.length) return;
    for (const wait of this.#writes.splice(0)) {
      if (wait.call.settled) continue;
      if (this.#error === undefined) wait.resolve();
      else wait.reject(this.#error);
    }
  }

  /** @param {HostContext} call */
  #sent(call) {
    const wait = new HostThenable(call);
    this.#writes.push(wait);
    return wait;
  }

  /**
   * 1 to `most` bytes; none at the end.
   *
   * @param {HostContext} call
   * @param {number} most
   */
  read(call, most) {
    if (most === 0) throw systemError('EINVAL', 'invalid argument, 0 bytes to read'); // none would mean the end
    return this.next(call, most);
  }

  /** @param {number} most */
  take(most) {
    return this.socket.take(most);
  }

  end() {
    if (this.#error !== undefined) throw this.#error;
    return EMPTY;
  }

  /**
   * @param {HostContext} call
   * @param {Uint8Array} bytes the caller's: they are copied, small ones into memory that Node has at hand
   */
  write(call, bytes) {
    if (this.#error !== undefined) throw this.#error;
    this.socket.send(() => Buffer.from(bytes), OVERFILL);
    return this.state & WRITABLE ? undefined : this.#sent(call);
  }

  /** @param {HostContext} call */
  shutdown(call) {
    if (this.#error !== undefined) throw this.#error;
    this.#ends = true;
    this.socket.shutdown(false, true, () => {
      this.#isSent = true;
      this.#settle();
    });
    return this.#isSent ? undefined : this.#sent(call);
  }

  get peer() {
    if (this.#error !== undefined) return '';
    const { family, host, port } = this.socket.address(true);
    return `${family === 6 ? `[${host}]` : host}:${port}`;
  }

  destroy() {
    const isStuck = this.#writes.some(({ call }) => call.settled); // a write or a shutdown was cancelled
    this.#fail(new LullError(ECLOSED));
    this.socket.close(isStuck);
  }
}

class Listener extends Waited {
  /** @param {Descriptors} descriptors for the connections */
  constructor(descriptors) {
    super();
    this.#descriptors = descriptors;
  }

  #descriptors;

  /** @param {unknown} error */
  changed(error) {
    if (error === undefined) this.deliver();
    else this.settleAll((wait) => wait.reject(error));
  }

  take() {
    if (!(this.state & READABLE)) return undefined;
    const made = new Connection();
    this.socket.accept(made.socket);
    return this.#descriptors.add(made);
  }

  destroy() {
    this.socket.close();
    this.close();
  }
}

/**
 * Wait for a socket to open. A cancelled call gives it up.
 *
 * @param {HostContext} call
 * @param {Connection | Listener} opening
 * @param {Descriptors} descriptors
 */
function begun(call, opening, descriptors) {
  const wait = new HostThenable(call);
  opening.opening = (error) => {
    opening.opening = undefined;
    if (error !== undefined || call.settled) opening.socket.close();
    if (error !== undefined) wait.reject(error);
    else if (!call.settled) wait.resolve(descriptors.add(opening));
  };
  call.signal.addEventListener('abort', () => opening.socket.close());
  return wait;
}

/** One set for each app, which has descriptors of its own. */
export function net(/** @type {unknown[]} */ ...given) {
  const descriptors = tableOf('net', given);
  /** @param {number} descriptor */
  const connectionOf = (descriptor) => descriptors.get(descriptor, Connection);
  /** @param {number} descriptor */
  const socketOf = (descriptor) => descriptors.get(descriptor, Connection, Listener);

  /**
   * @this {HostContext}
   * @param {number} connection
   * @param {Uint8Array} bytes
   */
  function write(connection, bytes) {
    return connectionOf(connection).write(this, bytes);
  }
  write.lent = true; // the bytes: see D120

  return descriptors.usedBy({
    /**
     * @this {HostContext}
     * @param {string | null} host
     * @param {number} port
     * @param {number} backlog
     */
    lull_tcp_listen(host, port, backlog) {
      if (backlog < 0) throw systemError('EINVAL', `invalid argument, a backlog of ${backlog}`);
      const listener = new Listener(descriptors);
      listener.socket.listenAt({ family: ANY, host: host ?? '', port }, backlog);
      return begun(this, listener, descriptors);
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
      const connection = new Connection();
      connection.socket.connectTo({ family: ANY, host, port });
      return begun(this, connection, descriptors);
    },

    /**
     * @this {HostContext}
     * @param {number} connection
     * @param {number} most
     */
    lull_tcp_read(connection, most) {
      return connectionOf(connection).read(this, most);
    },

    lull_tcp_write: write,

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
