/**
 * A socket of connections: it connects, was accepted, or listens. The calls of POSIX's sockets use it (index.js), and
 * the host functions of lull_net.h (node/hostlib/net.js). See D120.
 */
import { scatter } from './crossing.js';
import { posixError } from './network.js';
import {
  BROKEN, CONNECTED, FINISHED, HUNG_UP, OVERFILL, PEEK, READABLE, SOCKET_ACCEPTCONN, SOCKET_ERROR, SOCKET_LINGER,
  SOCKET_RCVBUF, SOCKET_REUSEPORT, SOCKET_SNDBUF, SOCKET_V6ONLY, WRITABLE,
} from './protocol.js';

/**
 * @import { Address, Link, Listener, Network } from './network.js'
 */

/** The most bytes buffered while C reads none. */
const AHEAD = 65536;

/** The most bytes that one send takes. */
const MOST = 1 << 20;

/**
 * The most connections that wait to be accepted. The backlog of C is a hint: elsewhere, a connection beyond it is late,
 * not refused.
 */
const MOST_WAITING = 65536;

export class StreamSocket {
  /**
   * @param {Network} network
   * @param {number} family
   * @param {(state: number, changed: number) => void} tell called with each change of the state
   */
  constructor(network, family, tell) {
    this.family = family;
    this.#network = network;
    this.#tell = tell;
    this.#changed(0);
  }

  #network;
  #tell;
  /** The values of options. @type {Map<number, number>} */
  #options = new Map();
  /** Where it is bound. @type {Address | undefined} */
  #bound;
  /** The operation under way. */
  #pending = false;
  /** How the connection or the operation has failed; forgotten once C knows. @type {string | undefined} */
  #error;
  /** The host's error behind that, with its message. @type {Error | undefined} */
  cause;

  /* ---- State ---- */

  /** Write the state, and tell of it where that may end a wait. @param {number} changed */
  #changed(changed) {
    this.#tell(this.#state(), changed);
  }

  #state() {
    if (this.#listens) return this.#queue.length ? READABLE : 0;
    if (this.#pending) return 0;
    if (!this.#link) {
      return WRITABLE | HUNG_UP | (this.#refused ? READABLE | FINISHED : 0) | (this.#error ? READABLE | BROKEN : 0);
    }
    const finished = this.#ended || this.#stopsReading;
    return (
      CONNECTED
      | (this.#size || finished || this.#error ? READABLE : 0)
      | (this.#room || this.#error || this.#lost || this.#stopsWriting ? WRITABLE : 0)
      | (finished ? FINISHED : 0)
      | (this.#error ? BROKEN : 0)
      | (this.#lost || (finished && this.#stopsWriting) ? HUNG_UP : 0)
    );
  }

  /**
   * @param {string} code
   * @param {Error} [cause]
   */
  #fail(code, cause) {
    this.cause = cause;
    this.#pending = false;
    this.#error = code;
    this.#changed(READABLE | WRITABLE | BROKEN | HUNG_UP);
  }

  /** The error, which is then forgotten. */
  #takeError() {
    const code = this.#error;
    this.#error = undefined;
    this.#changed(0);
    return code;
  }

  /** The end of the operation under way. */
  settle() {
    if (this.#pending) throw posixError('EINPROGRESS');
    const code = this.#takeError();
    if (code) throw posixError(code);
  }

  /* ---- Listening ---- */

  /** @type {Listener | undefined} */
  #listener;
  #closed = false;
  /** Connections to accept. @type {Link[]} */
  #queue = [];
  /** Whether C has called listen(). */
  #listens = false;
  #backlog = MOST_WAITING;

  /**
   * The host listens as soon as the socket is bound: the port is then taken, and known.
   *
   * @param {Address} at
   */
  bind(at) {
    if (this.#link || this.#bound || this.#pending) throw posixError('EINVAL');
    if (at.family !== this.family) throw posixError('EAFNOSUPPORT');
    this.#open(at);
    throw posixError('EINPROGRESS');
  }

  /** @param {Address} at */
  #open(at) {
    const listener = this.#network.listen(at, {
      opened: () => {
        this.#pending = false;
        this.#bound = listener.local;
        this.#changed(WRITABLE);
      },
      connection: (link) => this.#arrived(link),
      failed: (code, cause) => {
        if (!this.#bound) {
          this.#listener = undefined;
          this.#listens = false;
        }
        this.#fail(code, cause);
      },
    }, { onlyV6: this.#isSet(SOCKET_V6ONLY), reusePort: this.#isSet(SOCKET_REUSEPORT), backlog: this.#backlog });
    this.#listener = listener;
    this.#pending = true;
    this.#changed(0);
  }

  /** @param {Link} link */
  #arrived(link) {
    if (!this.#listens || this.#closed) return link.reset();
    this.#queue.push(link);
    this.#changed(READABLE); // an accept that waits may take it at once
    if (this.#queue.length <= this.#backlog) return;
    this.#queue.pop()?.reset();
    this.#changed(0);
  }

  /**
   * Bind, and listen.
   *
   * @param {Address} at
   * @param {number} backlog the most connections that wait to be accepted
   */
  listenAt(at, backlog) {
    this.#backlog = backlog;
    this.#listens = true;
    this.#open(at);
  }

  listen() {
    if (this.#link || (this.#pending && !this.#listener)) throw posixError('EINVAL');
    if (!this.#listener) this.#open({ family: this.family, host: NOWHERE[this.family], port: 0 });
    this.#listens = true;
    this.#changed(0);
    if (this.#pending) throw posixError('EINPROGRESS');
  }

  /** A connection for a socket of C; without one, look whether there is any. @param {StreamSocket | undefined} made */
  accept(made) {
    if (!this.#listens) throw posixError('EINVAL');
    if (!this.#queue.length) {
      const code = this.#takeError();
      throw posixError(code ?? 'EAGAIN');
    }
    if (!made) return;
    made.adopt(/** @type {Link} */ (this.#queue.shift()));
    this.#changed(0);
  }

  /* ---- The connection ---- */

  /** @type {Link | undefined} */
  #link;
  /** Its own address. @type {Address | undefined} */
  #local;
  /** Chunks that have arrived. @type {Uint8Array[]} */
  #chunks = [];
  #size = 0;
  #paused = false;
  /** Whether it takes more to send. */
  #room = false;
  /** The other side sends no more. */
  #ended = false;
  /** The connection is gone. */
  #lost = false;
  /** It was not made. */
  #refused = false;
  #stopsReading = false;
  #stopsWriting = false;

  /** @param {Address} to */
  connect(to) {
    if (this.#pending) throw posixError(this.#listener ? 'EINVAL' : 'EALREADY');
    if (this.#error) throw posixError(/** @type {string} */ (this.#takeError()));
    if (this.#link && !this.#lost) throw posixError('EISCONN');
    if (this.#listens) throw posixError('EISCONN');
    if (to.family !== this.family) throw posixError('EAFNOSUPPORT');
    this.#listener?.close(); // it held the port
    this.#listener = undefined;
    this.connectTo(to);
    throw posixError('EINPROGRESS');
  }

  /** Begin to connect a new socket. @param {Address} to */
  connectTo(to) {
    const link = this.#network.connect(to, this.#bound);
    this.#pending = true;
    this.#connected(link);
  }

  /** @param {Link} link */
  #connected(link) {
    this.#link = link;
    this.#lost = this.#ended = this.#refused = false;
    link.start({
      opened: () => this.#opened(),
      data: (bytes) => {
        if (this.#stopsReading) return;
        this.#chunks.push(bytes);
        this.#size += bytes.length;
        this.#changed(READABLE); // a read that waits may take them at once
        if (this.#size >= AHEAD && !this.#paused) {
          this.#paused = true;
          link.pause();
        }
      },
      ended: () => {
        this.#ended = true;
        this.#changed(READABLE | FINISHED | HUNG_UP);
      },
      drained: () => {
        this.#room = true;
        this.#changed(WRITABLE);
      },
      failed: (code, cause) => {
        const opening = this.#pending;
        this.#lost = this.#ended = true;
        this.#room = false;
        this.#refused = opening;
        if (opening) this.#link = undefined; // another connect may follow
        this.#fail(code, cause);
      },
    });
    this.#changed(0);
  }

  /** Become the socket of a connection that is open. @param {Link} link */
  adopt(link) {
    this.#connected(link);
    this.#opened();
  }

  #opened() {
    this.#pending = false;
    this.#local = this.#link?.local; // the host forgets it with the connection
    this.#room = true;
    for (const [option, value] of this.#options) this.#link?.set(option, value);
    this.#changed(WRITABLE);
  }

  /**
   * @param {Uint8Array[]} to
   * @param {number} how
   * @returns {number} bytes
   */
  receive(to, how) {
    if (!this.#link && !this.#size) throw posixError(this.#takeError() ?? 'ENOTCONN');
    if (this.#pending) throw posixError('EAGAIN');
    if (!this.#size) {
      const code = this.#takeError();
      if (code && code !== 'EPIPE') throw posixError(code);
      if (this.#ended || this.#stopsReading || !to.length) return 0;
      throw posixError('EAGAIN');
    }
    const [first] = this.#chunks;
    if (to[0] && first.length <= to[0].length && this.#chunks.length === 1 && !(how & PEEK)) { // as most often
      to[0].set(first);
      this.#chunks.length = 0;
      this.#took(first.length);
      return first.length;
    }
    let done = 0;
    for (const [index, chunk] of this.#chunks.entries()) {
      const room = done ? rest(to, done) : to;
      const taken = scatter(chunk, room);
      done += taken;
      if (how & PEEK) {
        if (taken < chunk.length) break;
      } else if (taken < chunk.length) {
        this.#chunks.splice(0, index);
        this.#chunks[0] = chunk.subarray(taken);
        this.#took(done);
        return done;
      }
    }
    if (!(how & PEEK)) {
      this.#chunks.length = 0;
      this.#took(done);
    }
    return done;
  }

  /**
   * The next bytes, without a copy. Undefined: there are none.
   *
   * @param {number} most
   */
  take(most) {
    let [first] = this.#chunks;
    if (first === undefined) return undefined;
    if (first.length > most) {
      this.#chunks[0] = first.subarray(most);
      first = first.subarray(0, most);
    } else {
      this.#chunks.shift();
    }
    this.#took(first.length);
    return first;
  }

  /** @param {number} count bytes */
  #took(count) {
    this.#size -= count;
    if (this.#paused && this.#size < AHEAD) {
      this.#paused = false;
      this.#link?.resume();
    }
    this.#changed(0);
  }

  /**
   * @param {(most: number) => Uint8Array} gather
   * @param {number} how
   * @returns {number} bytes
   */
  send(gather, how) {
    if (this.#pending) throw posixError('EAGAIN');
    if (this.#error) throw posixError(/** @type {string} */ (this.#takeError()));
    if (!this.#link) throw posixError('ENOTCONN');
    if (this.#stopsWriting || this.#lost) throw posixError('EPIPE', 'EPIPE: a write after the shutdown');
    if (!this.#room && !(how & OVERFILL)) throw posixError('EAGAIN');
    const bytes = gather(how & OVERFILL ? Infinity : MOST);
    if (bytes.length) this.#room = this.#link.write(bytes);
    this.#changed(0);
    return bytes.length;
  }

  /**
   * @param {boolean} reads
   * @param {boolean} writes
   * @param {() => void} [sent] called once all is sent
   */
  shutdown(reads, writes, sent) {
    if (!this.#link || this.#pending) {
      if (this.#listens) {
        this.#listens = false;
        return this.#changed(READABLE | HUNG_UP);
      }
      throw posixError('ENOTCONN');
    }
    if (this.#lost) throw posixError('ENOTCONN');
    if (writes && !this.#stopsWriting) {
      this.#stopsWriting = true;
      this.#link.end(sent);
    }
    if (reads) {
      this.#stopsReading = true;
      this.#link.resume();
    }
    this.#changed(READABLE | WRITABLE | FINISHED | HUNG_UP);
  }

  /** @param {boolean} ofPeer @returns {Address} */
  address(ofPeer) {
    const none = { family: this.family, host: NOWHERE[this.family], port: 0 };
    if (!ofPeer) return this.#local ?? this.#bound ?? none;
    if (!this.#link || this.#pending || this.#lost) throw posixError('ENOTCONN');
    return this.#link.remote ?? none;
  }

  /** @param {number} option */
  #isSet(option) {
    return (this.#options.get(option) ?? 0) !== 0;
  }

  /**
   * @param {number} option
   * @param {number} value
   */
  set(option, value) {
    this.#options.set(option, option === SOCKET_LINGER ? value + 1 : value);
    if (this.#link && !this.#pending) this.#link.set(option, value);
  }

  /** @param {number} option */
  get(option) {
    if (option === SOCKET_ERROR) return this.#takeError();
    if (option === SOCKET_ACCEPTCONN) return Number(this.#listens);
    return this.#options.get(option) ?? DEFAULTS[option] ?? 0;
  }

  /** @param {boolean} [drops] the bytes that are not sent yet */
  close(drops) {
    this.#closed = true;
    this.#tell = () => {};
    this.#listener?.close();
    for (const link of this.#queue.splice(0)) link.reset();
    if (this.#options.get(SOCKET_LINGER) === 1) this.#link?.reset(); // for 0 seconds
    else this.#link?.close(drops);
  }
}

/** Options that are not 0 at first: the room of both directions. @type {Record<number, number>} */
const DEFAULTS = { [SOCKET_RCVBUF]: AHEAD, [SOCKET_SNDBUF]: AHEAD };

/** The address of a socket without one. @type {Record<number, string>} */
const NOWHERE = { 1: '', 4: '0.0.0.0', 6: '::' };

/**
 * The pieces after the first bytes.
 *
 * @param {Uint8Array[]} to
 * @param {number} skip
 */
function rest(to, skip) {
  const left = [];
  for (const piece of to) {
    if (skip < piece.length) left.push(piece.subarray(skip));
    skip = Math.max(0, skip - piece.length);
  }
  return left;
}
