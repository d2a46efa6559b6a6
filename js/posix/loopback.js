/** The network of an instance to which nothing else was given: its own loopback, in memory. */
import { isAny, isLoopback, posixError } from './network.js';

/** @import { Address, Link, LinkEvents, Listener, ListenerEvents, Network, Port, PortEvents } from './network.js' */

/** The ports that are given out by themselves. */
const FIRST = 49152;
const LAST = 65535;

/** The most bytes on their way to one side. */
const ROOM = 65536;

/** The prefix of the addresses of IPv6 that are of IPv4. */
const MAPPED = '::ffff:';

/**
 * The holder of an address.
 *
 * @typedef {object} Taken
 * @property {number} family of its socket
 * @property {Address} at
 * @property {any} events
 * @property {boolean} [onlyV6]
 */

/** An address of IPv4 as itself, where one of IPv6 stands for it. @param {Address} address @returns {Address} */
const plain = (address) => (address.family === 6 && address.host.startsWith(MAPPED)
  ? { ...address, family: 4, host: address.host.slice(MAPPED.length) } : address);

/** An address as a socket of this family has it. @param {number} family @param {Address} address @returns {Address} */
function as(family, address) {
  const found = plain(address);
  return family === 6 && found.family === 4 ? { ...found, family, host: MAPPED + found.host } : found;
}

/** Where a connection to all addresses goes. @param {Address} to @returns {Address} */
const target = (to) => (to.family !== 1 && isAny(to) ? { ...to, host: to.family === 4 ? '127.0.0.1' : '::1' } : to);

/** Whether an address with its port reaches a socket. @param {Taken} taken @param {Address} to */
function takes({ at, onlyV6 }, to) {
  if (at.family === 1 || at.host === to.host) return true;
  return isAny(at) && (at.family === to.family || (at.family === 6 && !onlyV6));
}

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
  /** By kind and port, or by path. @type {Map<string, Taken[]>} */
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
   * @param {{ onlyV6?: boolean }} [options]
   */
  #take(kind, at, events, { onlyV6 } = {}) {
    const wanted = plain(at);
    if (wanted.family !== 1 && !isLoopback(wanted) && !isAny(wanted)) throw posixError('EADDRNOTAVAIL');
    const port = wanted.family !== 1 && !wanted.port ? this.#free(kind, wanted) : wanted.port;
    /** @type {Taken} */
    const taken = { family: at.family, at: { ...wanted, port }, events, onlyV6 };
    const key = this.#key(kind, taken.at);
    const others = this.#taken.get(key) ?? [];
    if (others.some((other) => takes(other, taken.at) || takes(taken, other.at))) throw posixError('EADDRINUSE');
    this.#taken.set(key, [...others, taken]);
    const close = () => {
      const left = (this.#taken.get(key) ?? []).filter((other) => other !== taken);
      if (left.length) this.#taken.set(key, left);
      else this.#taken.delete(key);
    };
    return { local: { ...at, port }, close };
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
    const wanted = target(plain(to));
    if (!isLoopback(wanted)) throw posixError('ENETUNREACH');
    return this.#taken.get(this.#key(kind, wanted))?.find((taken) => takes(taken, wanted));
  }

  /** Whether a socket of the instance listens at an address. @param {Address} to */
  listens(to) {
    return (isLoopback(to) || isAny(to)) && this.#at('stream', to) !== undefined;
  }

  /**
   * @param {Address} at
   * @param {ListenerEvents} events
   * @param {{ onlyV6?: boolean }} [options]
   * @returns {Listener}
   */
  listen(at, events, options) {
    const taken = this.#take('stream', at, events, options);
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
    const remote = target(to);
    const port = from?.port || (to.family === 1 ? 0 : this.#free('stream', to));
    const local = to.family === 1 ? { ...to, host: '' } : { ...remote, port };
    const side = new Side(this.#soon, local, remote);
    if (!found) {
      return Object.assign(side, {
        start: (/** @type {LinkEvents} */ events) =>
          this.#soon(() => events.failed(to.family === 1 ? 'ENOENT' : 'ECONNREFUSED')),
      });
    }
    const { family } = found;
    const other = new Side(this.#soon, as(family, remote), as(family, local));
    side.peer = other;
    other.peer = side;
    this.#soon(() => found.events.connection(other));
    side.open();
    return side;
  }

  /**
   * @param {number} family
   * @param {PortEvents} events
   * @param {{ onlyV6?: boolean }} [options]
   * @returns {Port}
   */
  port(family, events, options) {
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
        const own = family === 1 ? { ...any, host: `\0${++this.#last}` } : any;
        taken = this.#take('datagram', at ?? own, events, options);
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
        const { host } = isAny(local) ? target({ ...local, family: plain(to).family }) : local;
        const from = { ...plain(to), host: host.startsWith('\0') ? '' : host, port: local.port };
        if (found) soon(() => found.events.message(bytes, as(found.family, from)));
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
