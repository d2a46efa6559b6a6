/** The network of an instance to which nothing else was given: its own loopback, in memory. */
import { isAny, isLoopback, posixError } from './network.js';

/** @import { Address, Link, LinkEvents, Listener, ListenerEvents, Network, Port, PortEvents } from './network.js' */

/** The ports that are given out by themselves. */
const FIRST = 49152;
const LAST = 65535;

/** The most bytes on their way to one side. */
const ROOM = 65536;

/** One side of a connection. @implements {Link} */
class Side {
  /**
   * @param {(act: () => void) => void} soon
   * @param {Address} local
   * @param {Address} remote
   */
  constructor(soon, local, remote) {
    this.local = local;
    this.remote = remote;
    this.#soon = soon;
  }

  /** @type {Side} */
  peer = this;
  #soon;
  /** @type {LinkEvents | undefined} */
  #events;
  /** Chunks on their way from the other side. @type {(Uint8Array | string)[]} an error, or '' for the end */
  #arriving = [];
  #size = 0;
  #scheduled = false;
  #paused = false;
  #closed = false;

  /** @param {LinkEvents} events */
  start(events) {
    this.#events = events;
    this.#deliver();
  }

  /** Have the events of the arrivals follow: never within a call of C. */
  #deliver() {
    if (this.#scheduled || !this.#events || this.#paused || !this.#arriving.length) return;
    this.#scheduled = true;
    this.#soon(() => {
      this.#scheduled = false;
      const full = this.#size >= ROOM;
      while (this.#events && !this.#paused && this.#arriving.length) {
        const item = /** @type {Uint8Array | string} */ (this.#arriving.shift());
        if (typeof item !== 'string') {
          this.#size -= item.length;
          this.#events.data(item);
        } else if (item) {
          this.#events.failed(item);
        } else {
          this.#events.ended();
        }
      }
      if (full && this.#size < ROOM) this.peer.#tell((events) => events.drained());
    });
  }

  /** @param {(events: LinkEvents) => void} act */
  #tell(act) {
    this.#soon(() => {
      if (this.#events) act(this.#events);
    });
  }

  /** @param {Uint8Array | string} item */
  #arrive(item) {
    if (this.#closed) return;
    this.#arriving.push(item);
    if (typeof item !== 'string') this.#size += item.length;
    this.#deliver();
  }

  /** The other side has accepted the connection. */
  open() {
    this.#tell((events) => events.opened());
  }

  /** @param {Uint8Array} bytes */
  write(bytes) {
    const { peer } = this;
    if (peer.#closed) {
      this.#arrive('EPIPE');
      return true;
    }
    peer.#arrive(bytes);
    return peer.#size < ROOM;
  }

  end() {
    this.peer.#arrive('');
  }

  pause() {
    this.#paused = true;
  }

  resume() {
    this.#paused = false;
    this.#deliver();
  }

  close() {
    if (this.#closed) return;
    const unread = this.#size > 0;
    this.#finish();
    if (unread) this.peer.#arrive('ECONNRESET');
    else this.peer.#arrive('');
  }

  reset() {
    if (this.#closed) return;
    this.#finish();
    this.peer.#arrive('ECONNRESET');
  }

  #finish() {
    this.#closed = true;
    this.#events = undefined;
    this.#arriving = [];
    this.#size = 0;
  }

  set() {}
}

/** @implements {Network} */
export class Loopback {
  /** @param {(act: () => void) => void} soon calls it in a microtask */
  constructor(soon) {
    this.#soon = soon;
  }

  #soon;
  /** By kind and port, or by path. @type {Map<string, { at: Address, events: any }>} */
  #taken = new Map();
  #last = FIRST - 1;

  /**
   * @param {string} kind
   * @param {Address} at
   */
  #key(kind, { family, host, port }) {
    return family === 1 ? `${kind}:${host}` : `${kind}:${port}`;
  }

  /**
   * Take an address.
   *
   * @param {string} kind
   * @param {Address} at
   * @param {any} events
   */
  #take(kind, at, events) {
    if (at.family !== 1 && !isLoopback(at) && !isAny(at)) throw posixError('EADDRNOTAVAIL');
    const taken = { at: at.family !== 1 && !at.port ? { ...at, port: this.#free(kind, at) } : at, events };
    const key = this.#key(kind, taken.at);
    if (this.#taken.has(key)) throw posixError('EADDRINUSE');
    this.#taken.set(key, taken);
    return { local: taken.at, close: () => void (this.#taken.get(key) === taken && this.#taken.delete(key)) };
  }

  /**
   * @param {string} kind
   * @param {Address} at
   */
  #free(kind, at) {
    for (let tries = FIRST; tries <= LAST; tries++) {
      this.#last = this.#last < LAST ? this.#last + 1 : FIRST;
      if (!this.#taken.has(this.#key(kind, { ...at, port: this.#last }))) return this.#last;
    }
    throw posixError('EADDRINUSE');
  }

  /**
   * @param {string} kind
   * @param {Address} to
   */
  #at(kind, to) {
    if (to.family !== 1 && !isLoopback(to) && !isAny(to)) throw posixError('ENETUNREACH');
    return this.#taken.get(this.#key(kind, to));
  }

  /** Whether a socket of the instance listens at an address. @param {Address} to */
  listens(to) {
    return (isLoopback(to) || isAny(to)) && this.#taken.has(this.#key('stream', to));
  }

  /**
   * @param {Address} at
   * @param {ListenerEvents} events
   * @returns {Listener}
   */
  listen(at, events) {
    const taken = this.#take('stream', at, events);
    this.#soon(() => events.opened());
    return taken;
  }

  /**
   * @param {Address} to
   * @param {Address} [from]
   * @returns {Link}
   */
  connect(to, from) {
    const found = this.#at('stream', to);
    const remote = isAny(to) ? { ...to, host: to.family === 4 ? '127.0.0.1' : '::1' } : to;
    const port = from?.port || (to.family === 1 ? 0 : this.#free('stream', to));
    const local = to.family === 1 ? { ...to, host: '' } : { ...remote, port };
    const side = new Side(this.#soon, local, remote);
    if (!found) {
      return Object.assign(side, {
        start: (/** @type {LinkEvents} */ events) =>
          this.#soon(() => events.failed(to.family === 1 ? 'ENOENT' : 'ECONNREFUSED')),
      });
    }
    const other = new Side(this.#soon, remote, local);
    side.peer = other;
    other.peer = side;
    this.#soon(() => found.events.connection(other));
    side.open();
    return side;
  }

  /**
   * @param {number} family
   * @param {PortEvents} events
   * @returns {Port}
   */
  port(family, events) {
    /** @type {{ local: Address, close: () => void } | undefined} */
    let taken;
    /** @type {Address | undefined} */
    let peer;
    const soon = this.#soon;
    const any = { family, host: family === 4 ? '0.0.0.0' : '::', port: 0 };
    return {
      get local() {
        return taken?.local;
      },
      bind: (at) => {
        taken = this.#take('datagram', at ?? (family === 1 ? { ...any, host: `\0${++this.#last}` } : any), events);
        soon(() => events.opened());
      },
      connect: (to) => {
        peer = to;
        if (to) soon(() => events.connected());
      },
      send: (bytes, to = peer) => {
        if (!to) throw posixError('EDESTADDRREQ');
        const found = this.#at('datagram', to);
        const local = /** @type {Address} */ (taken?.local);
        const host = isAny(local) ? (family === 4 ? '127.0.0.1' : '::1') : local.host;
        if (found) soon(() => found.events.message(bytes, { ...local, host: host.startsWith('\0') ? '' : host }));
        else if (peer) soon(() => events.failed('ECONNREFUSED'));
      },
      set() {},
      member() {},
      close: () => taken?.close(),
    };
  }

  /**
   * @param {string} name
   * @param {number} family
   * @returns {Promise<Address[]>}
   */
  async lookUp(name, family) {
    if (name !== 'localhost') throw posixError('ENOENT');
    const found = [{ family: 4, host: '127.0.0.1', port: 0 }, { family: 6, host: '::1', port: 0 }];
    return found.filter((address) => !family || address.family === family);
  }

  /** @param {Address} address */
  async lookUpName(address) {
    if (!isLoopback(address)) throw posixError('ENOENT');
    return 'localhost';
  }
}
