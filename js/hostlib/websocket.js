/** The host functions of src/include/lull_websocket.h, on the engine's `WebSocket`. */
import { LullError } from '../marshal/errors.js';
import { ECLOSED } from '../marshal/status.js';
import { tableOf } from './descriptors.js';
import { EventQueue, HostThenable } from './event-queue.js';

/** @import { HostContext } from '../lull.js' */

/** The bytes that may be buffered before senders wait. */
const AHEAD = 65536;

/** Milliseconds between polls of the buffered amount, for which a WebSocket has no event. */
const LOOK_EVERY = 5;

const NORMAL = 1000;

/** As they are at the import: what fake timers have may never come. */
const { setTimeout, clearTimeout } = globalThis;

/** A connection, as a queue of received messages. @extends {EventQueue<string | ArrayBuffer>} */
class Connection extends EventQueue {
  /** @param {WebSocket} socket */
  constructor(socket) {
    super();
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => this.put(data));
    socket.addEventListener('close', ({ code, reason }) => {
      this.#stop(new LullError(ECLOSED, `${code} ${reason}`.trimEnd()));
    });
  }

  /** Whether the last message taken is text. */
  isText = false;
  /** @type {HostThenable[]} */
  #sends = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #look;

  take() {
    const message = this.items.shift();
    if (message === undefined) return undefined;
    this.isText = typeof message === 'string';
    return typeof message === 'string' ? new TextEncoder().encode(message) : new Uint8Array(message);
  }

  /**
   * @param {HostContext} call
   * @param {string | Uint8Array<ArrayBuffer>} message
   */
  send(call, message) {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) throw new LullError(ECLOSED);
    socket.send(message);
    if (socket.bufferedAmount <= AHEAD) return undefined;
    const wait = new HostThenable(call);
    this.#sends.push(wait);
    this.#look ??= setTimeout(() => this.#sent(), LOOK_EVERY);
    return wait;
  }

  #sent() {
    this.#look = undefined;
    this.#sends = this.#sends.filter(({ call }) => !call.settled);
    if (this.socket.bufferedAmount <= AHEAD) this.#sends.splice(0).forEach((wait) => wait.resolve());
    else if (this.#sends.length) this.#look = setTimeout(() => this.#sent(), LOOK_EVERY);
  }

  /** @param {LullError} error */
  #stop(error) {
    clearTimeout(this.#look);
    for (const wait of this.#sends.splice(0)) if (!wait.call.settled) wait.reject(error);
    this.close(error);
  }

  /**
   * @param {number} code
   * @param {string} [reason]
   */
  hangUp(code, reason) {
    this.socket.close(code, reason);
    this.#stop(new LullError(ECLOSED));
  }

  destroy() {
    this.hangUp(NORMAL);
  }
}

/** One set for each app, which has descriptors of its own. */
export function websocket(/** @type {unknown[]} */ ...given) {
  const descriptors = tableOf('websocket', given);
  /** @param {number} socket */
  const connectionOf = (socket) => descriptors.get(socket, Connection);

  return descriptors.usedBy({
    /**
     * @this {HostContext}
     * @param {string} url
     * @param {string | null} protocols
     */
    lull_websocket_connect(url, protocols) {
      if (typeof WebSocket !== 'function') throw new Error('this engine has no WebSocket; Node has one from 22 on');
      const wait = new HostThenable(this);
      const socket = new WebSocket(url, protocols?.split(',').map((name) => name.trim()) ?? []);
      const connection = new Connection(socket);
      this.signal.addEventListener('abort', () => connection.destroy());
      socket.addEventListener('open', () => {
        if (!this.settled) wait.resolve(descriptors.add(connection));
      });
      socket.addEventListener('error', (event) => {
        const { message } = /** @type {{ message?: string }} */ (event);
        if (!this.settled) wait.reject(new Error(`cannot connect to ${url}${message ? `: ${message}` : ''}`));
      });
      return wait;
    },

    /**
     * @this {HostContext}
     * @param {number} socket
     * @param {string} text
     */
    lull_websocket_send_text(socket, text) {
      return connectionOf(socket).send(this, text);
    },

    /**
     * @this {HostContext}
     * @param {number} socket
     * @param {Uint8Array} bytes
     */
    lull_websocket_send(socket, bytes) {
      return connectionOf(socket).send(this, /** @type {Uint8Array<ArrayBuffer>} */ (bytes));
    },

    /**
     * @this {HostContext}
     * @param {number} socket
     */
    lull_websocket_receive(socket) {
      return connectionOf(socket).next(this);
    },

    /** @param {number} socket */
    lull_websocket_is_text(socket) {
      return connectionOf(socket).isText;
    },

    /**
     * @param {number} socket
     * @param {number} code
     * @param {string | null} reason
     */
    lull_websocket__close(socket, code, reason) {
      connectionOf(socket).hangUp(code, reason ?? undefined);
      descriptors.remove(socket);
    },
  });
}
