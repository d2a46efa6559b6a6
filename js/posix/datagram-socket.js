/** A socket of datagrams, as C has it. */
import { scatter } from './crossing.js';
import { posixError } from './network.js';
import {
  BROKEN, CONNECTED, FAMILY_IPV6, PEEK, READABLE, SOCKET_ACCEPTCONN, SOCKET_ERROR, SOCKET_RCVBUF, SOCKET_REUSEADDR,
  SOCKET_REUSEPORT, SOCKET_SNDBUF, SOCKET_V6ONLY, WRITABLE,
} from './protocol.js';

/** @import { Address, Network, Port } from './network.js' */

/** The most bytes that wait; later messages are lost, as on every network. */
const MOST = 1 << 20;
/** The longest message. */
const LONGEST = 65507;

/** Options that are not 0 at first. Those of the host are Linux's. @type {Record<number, number>} */
const DEFAULTS = { [SOCKET_RCVBUF]: 212992, [SOCKET_SNDBUF]: 212992 };

export class DatagramSocket {
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
  /** Made when it is first used: options come before. @type {Port | undefined} */
  #port;
  /** @type {Map<number, number>} */
  #options = new Map();
  #binding = false;
  #bound = false;
  /** The port is not connected yet: what follows has to wait. */
  #connecting = false;
  /** @type {Address | undefined} */
  #peer;
  /** @type {string | undefined} */
  #error;
  /** @type {{ bytes: Uint8Array, from: Address }[]} */
  #messages = [];
  #size = 0;
  #isShut = false;
  /** C has closed it: the port is closed once it has sent the messages of C. */
  #isClosed = false;
  /** Operations for the time when it is bound. @type {(() => void)[]} */
  #later = [];

  /** @param {number} changed */
  #changed(changed) {
    const state = CONNECTED | (this.#messages.length || this.#error || this.#isShut ? READABLE : 0)
      | WRITABLE | (this.#error ? BROKEN : 0);
    this.#tell(state, changed);
  }

  #takeError() {
    const code = this.#error;
    this.#error = undefined;
    this.#changed(0);
    return code;
  }

  settle() {
    if (this.#binding) throw posixError('EINPROGRESS');
    const code = this.#takeError();
    if (code) throw posixError(code);
  }

  get #opened() {
    this.#port ??= this.#network.port(this.family, {
      opened: () => {
        this.#binding = false;
        this.#bound = true;
        this.#catchUp();
        this.#changed(WRITABLE);
      },
      connected: () => {
        this.#connecting = false;
        this.#catchUp();
      },
      message: (bytes, from) => {
        if (this.#size + bytes.length > MOST) return;
        this.#messages.push({ bytes, from });
        this.#size += bytes.length;
        this.#changed(READABLE);
      },
      failed: (code) => {
        this.#binding = false;
        this.#error = code;
        if (this.#connecting) {
          this.#connecting = false;
          this.#later = [];
        }
        if (this.#isClosed) this.#port?.close();
        this.#changed(READABLE | WRITABLE | BROKEN);
      },
    }, {
      onlyV6: this.#isSet(SOCKET_V6ONLY), reuse: this.#isSet(SOCKET_REUSEADDR),
      reusePort: this.#isSet(SOCKET_REUSEPORT),
    });
    return this.#port;
  }

  /** Do what had to wait. */
  #catchUp() {
    while (this.#bound && !this.#connecting && this.#later.length) {
      try {
        /** @type {() => void} */ (this.#later.shift())();
      } catch (error) {
        this.#error = /** @type {any} */ (error).code;
      }
    }
    if (this.#isClosed && !this.#connecting) this.#port?.close();
  }

  /** Do something with the port once it is bound, which it is at the latest then. @param {() => void} act */
  #whenReady(act) {
    if (this.#bound && !this.#connecting) return act();
    this.#later.push(act);
    if (!this.#bound && !this.#binding) this.#bind(undefined);
  }

  /** @param {Address | undefined} at */
  #bind(at) {
    const port = this.#opened;
    this.#binding = true; // it may end at once
    try {
      port.bind(at);
    } catch (error) {
      this.#binding = false;
      throw error;
    }
  }

  /** @param {Address} at */
  bind(at) {
    if (this.#bound || this.#binding) throw posixError('EINVAL');
    if (at.family !== this.family) throw posixError('EAFNOSUPPORT');
    this.#bind(at);
    this.#changed(0);
    throw posixError('EINPROGRESS');
  }

  /** The first message goes out once the port is connected. @param {Address} to of no family: of no peer any more */
  connect(to) {
    const peer = to.family ? to : undefined;
    if (peer && peer.family !== this.family) throw posixError('EAFNOSUPPORT');
    const port = this.#opened;
    if (peer) port.check?.(peer);
    this.#peer = peer;
    this.#whenReady(() => {
      this.#connecting = peer !== undefined;
      port.connect(peer);
    });
  }

  /**
   * @param {Uint8Array[]} to
   * @param {number} how
   * @param {(from: Address, whole: number) => void} sender
   */
  receive(to, how, sender) {
    const [first] = this.#messages;
    if (!first && this.#isShut) return 0;
    if (!first) throw posixError(this.#takeError() ?? 'EAGAIN');
    sender(first.from, first.bytes.length);
    const done = scatter(first.bytes, to);
    if (how & PEEK) return done;
    this.#messages.shift();
    this.#size -= first.bytes.length;
    this.#changed(0);
    return done;
  }

  /**
   * @param {(most: number) => Uint8Array} gather
   * @param {number} _how
   * @param {Address} [to]
   */
  send(gather, _how, to) {
    if (this.#error) throw posixError(/** @type {string} */ (this.#takeError()));
    if (!to && !this.#peer) throw posixError('EDESTADDRREQ');
    if (to && to.family !== this.family) throw posixError('EAFNOSUPPORT');
    const bytes = gather(LONGEST + 1);
    if (bytes.length > LONGEST) throw posixError('EMSGSIZE');
    const port = this.#opened;
    const isPeer = to && this.#peer && to.host === this.#peer.host && to.port === this.#peer.port;
    if (to) port.check?.(to);
    this.#whenReady(() => port.send(bytes, isPeer ? undefined : to));
    return bytes.length;
  }

  /** The reader gets the messages that have come, and then nothing. @param {boolean} reads */
  shutdown(reads) {
    if (!this.#peer) throw posixError('ENOTCONN');
    if (!reads) return;
    this.#isShut = true;
    this.#changed(READABLE);
  }

  /** @param {boolean} ofPeer @returns {Address} */
  address(ofPeer) {
    if (ofPeer && !this.#peer) throw posixError('ENOTCONN');
    const none = { family: this.family, host: this.family === FAMILY_IPV6 ? '::' : '0.0.0.0', port: 0 };
    return (ofPeer ? this.#peer : this.#port?.local) ?? none;
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
    this.#options.set(option, value);
    const act = () => {
      try {
        this.#port?.set(option, value);
      } catch {
        // a value that the host refuses
      }
    };
    if (this.#bound) act();
    else this.#later.push(act);
  }

  /** @param {number} option */
  get(option) {
    if (option === SOCKET_ERROR) return this.#takeError();
    return this.#options.get(option) ?? DEFAULTS[option] ?? 0;
  }

  /**
   * @param {boolean} joins
   * @param {string} group
   * @param {string} [by]
   */
  member(joins, group, by) {
    this.#whenReady(() => this.#opened.member(joins, group, by));
  }

  close() {
    this.#tell = () => {};
    this.#isClosed = true;
    const sends = this.#later.length > 0 && (this.#binding || this.#connecting);
    if (!sends) this.#port?.close();
  }
}
