/** A network whose connections a function of the user's opens: over a WebSocket, or by workerd's connect(). */
import { Loopback } from './loopback.js';
import { posixError } from './network.js';

/** @import { Connection, PosixOptions } from '../lull.js' */
/** @import { Address, Link, LinkEvents, Network } from './network.js' */

/** The most bytes on their way to a stream. */
const ROOM = 65536;

/** Milliseconds that a closed connection has to send its buffered bytes. */
const LINGER = 5000;

/**
 * @param {unknown} value that a stream gives
 * @returns {Uint8Array}
 */
function bytesOf(value) {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError('posix.connect: a chunk of readable must be bytes, a Uint8Array');
}

/** A connection made of streams. @implements {Link} */
class StreamLink {
  /**
   * @param {Promise<Connection>} opening
   * @param {Address} remote
   * @param {(error: unknown) => void} report of what has no code of C's
   */
  constructor(opening, remote, report) {
    this.remote = remote;
    this.#opening = opening;
    this.#report = report;
  }

  local = undefined;
  #opening;
  #report;
  /** @type {Connection | undefined} */
  #connection;
  #isOpen = false;
  /** @type {ReadableStreamDefaultReader<Uint8Array> | undefined} */
  #reader;
  /** @type {WritableStreamDefaultWriter<Uint8Array> | undefined} */
  #writer;
  /** @type {LinkEvents | undefined} */
  #events;
  #paused = false;
  #resumed = () => {};
  #size = 0;

  /** @param {LinkEvents} events */
  start(events) {
    this.#events = events;
    this.#opening.then(async (connection) => {
      this.#connection = connection;
      await connection.opened;
      this.#isOpen = true;
      this.#reader = connection.readable.getReader();
      this.#writer = connection.writable.getWriter();
      this.#writer.closed.catch(() => {}); // each write tells
      if (!this.#events) return this.reset();
      this.#events.opened();
      await this.#read(this.#reader);
    }).catch((error) => {
      if (typeof error?.code !== 'string') this.#report(error);
      this.#events?.failed(this.#isOpen ? 'ECONNRESET' : codeOf(error));
    });
  }

  /** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
  async #read(reader) {
    for (;;) {
      const { done, value } = await reader.read();
      if (this.#paused) {
        await new Promise((/** @type {(value: void) => void} */ resolve) => {
          this.#resumed = resolve;
        });
      }
      if (done) return this.#events?.ended();
      const bytes = bytesOf(value);
      if (bytes.length) this.#events?.data(bytes);
    }
  }

  /** @param {Uint8Array} bytes */
  write(bytes) {
    const writer = /** @type {WritableStreamDefaultWriter<Uint8Array>} */ (this.#writer);
    this.#size += bytes.length;
    writer.write(bytes).then(() => {
      const full = this.#size >= ROOM;
      this.#size -= bytes.length;
      if (full && this.#size < ROOM) this.#events?.drained();
    }, () => this.#events?.failed('EPIPE'));
    return this.#size < ROOM;
  }

  end() {
    this.#writer?.close().catch(() => {});
  }

  pause() {
    this.#paused = true;
  }

  resume() {
    this.#paused = false;
    this.#resumed();
  }

  close() {
    this.#events = undefined;
    this.resume();
    this.#reader?.cancel().catch(() => {});
    const timer = setTimeout(() => this.#end(), LINGER);
    Promise.resolve(this.#writer?.close()).catch(() => {}).then(() => {
      clearTimeout(timer);
      this.#end();
    });
  }

  /** The connection is the user's: what goes wrong in its end is not C's. */
  async #end() {
    const connection = this.#connection;
    this.#connection = undefined;
    try {
      await connection?.close?.();
    } catch {
      // nothing is left of it
    }
  }

  reset() {
    this.#events = undefined;
    this.resume();
    this.#reader?.cancel().catch(() => {});
    this.#writer?.abort().catch(() => {});
    this.#end();
  }

  set() {}
}

/** @param {any} error */
const codeOf = (error) => (typeof error?.code === 'string' ? error.code : 'ECONNREFUSED');

/** Addresses that stand for names: those of 198.18.0.0/15, which no host has. (RFC 2544.) */
class Names {
  /** @type {string[]} */
  #names = [];

  /** @param {string} name @returns {Address} */
  addressOf(name) {
    let index = this.#names.indexOf(name);
    if (index < 0) index = this.#names.push(name) - 1;
    if (index > 0x1ffff) throw posixError('ENOMEM');
    return { family: 4, host: `198.${18 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`, port: 0 };
  }

  /** The name that an address stands for. @param {string} host */
  nameOf(host) {
    const [a, b, c, d] = host.split('.').map(Number);
    return a === 198 && (b & 0xfe) === 18 ? this.#names[((b - 18) << 16) | (c << 8) | d] : undefined;
  }
}

/** The instance's loopback, and beyond it what `connect` opens. @implements {Network} */
export class Provided extends Loopback {
  /**
   * @param {(act: () => void) => void} soon
   * @param {NonNullable<PosixOptions['connect']>} connect
   * @param {(error: unknown) => void} report
   */
  constructor(soon, connect, report) {
    super(soon);
    this.#connect = connect;
    this.#report = report;
  }

  #connect;
  #report;
  #names = new Names();

  /**
   * @param {Address} to
   * @param {Address} [from]
   * @returns {Link}
   */
  connect(to, from) {
    if (to.family === 1 || this.listens(to)) return super.connect(to, from);
    const hostname = this.#names.nameOf(to.host) ?? to.host;
    const connect = this.#connect;
    return new StreamLink(Promise.resolve().then(() => connect({ hostname, port: to.port })), to, this.#report);
  }

  /**
   * @param {string} name
   * @param {number} family
   */
  async lookUp(name, family) {
    if (name === 'localhost') return super.lookUp(name, family);
    if (family === 6) throw posixError('ENOENT');
    return [this.#names.addressOf(name)];
  }

  /** @param {Address} address */
  async lookUpName(address) {
    return this.#names.nameOf(address.host) ?? super.lookUpName(address);
  }
}
