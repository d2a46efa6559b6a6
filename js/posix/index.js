/** The sockets of C: the imports of src/posix/external.h, over a network. Loaded for the modules that import them. */
import { readOptions } from '../core/options.js';
import { asName, gather, pieces, readAddress, writeAddress } from './crossing.js';
import { DatagramSocket } from './datagram-socket.js';
import { Loopback } from './loopback.js';
import { posixError } from './network.js';
import { isEntry } from './permitted.js';
import { ERRORS, READABLE } from './protocol.js';
import { StreamSocket } from './stream-socket.js';

/** @import { Instance } from '../core/instance.js' */
/** @import { Address, Network } from './network.js' */
/** @import { Options } from '../core/options.js' */
/** @import { PosixOptions } from '../lull.js' */
/** @import { Base } from './promised-files.js' */

/** @param {any} value */
const isInput = (value) => typeof value?.getReader === 'function'
  || (typeof value?.on === 'function' && typeof value.resume === 'function');

/** @param {(value: unknown) => boolean} fits @returns {(value: unknown) => boolean} */
const isListOf = (fits) => (value) => typeof value === 'boolean' || (Array.isArray(value) && value.every(fits));

/** @typedef {Record<string, (...args: any[]) => any>} Calls */

/** Notifies C of the state of an external. @typedef {(state: number, changed: number) => void} Teller */

/**
 * The platform, as far as it is used here.
 *
 * @typedef {object} PosixPlatform
 * @property {(options: PosixOptions) => Promise<Network | undefined>} [network] gives the machine's, as far as the
 *   options do
 * @property {(options: PosixOptions, instance: Instance, fds: () => any[], known: Map<number, any>,
 *   tellerOf: (pointer: number) => Teller) => Promise<Calls>} [processes] `fds`: of WASI; `known`: all
 *   objects by C's addresses for them
 */

/** @type {Options} */
const POSIX_OPTIONS = {
  net: [isListOf(isEntry), "true, or an array of 'host:port', 'host', ':port' and 'loopback'"],
  spawn: [isListOf((name) => typeof name === 'string'), 'true, or an array of the names or paths of programs'],
  refused: [(value) => typeof value === 'function', 'a function'],
  connect: [(value) => typeof value === 'function', 'a function'],
  stdin: [isInput, 'a ReadableStream, or a Readable of Node, of bytes'],
  terminal: [
    (value) => typeof value?.output?.write === 'function' && (value.input === undefined || isInput(value.input)),
    'an object with an output, which has write, columns and rows, and perhaps an input',
  ],
  signals: [(value) => typeof value === 'function', 'a function'],
  folders: [(value) => Object(value) === value, 'an object of folders by path'],
};

/** A lookup of names. */
class Lookup {
  /**
   * @param {Teller} tell
   * @param {(error: unknown) => void} report for errors without a code of C's
   */
  constructor(tell, report) {
    this.#tell = tell;
    this.#report = report;
  }

  #tell;
  #report;
  /** @type {string | undefined} */
  #error;
  /** @type {Address[] | undefined} */
  #found;

  /** @param {Promise<Address[]>} finding */
  begin(finding) {
    finding.then((found) => {
      this.#found = found;
    }, (error) => {
      if (typeof error?.code !== 'string') this.#report(error);
      this.#error = posixCode(error?.code);
    }).then(() => this.#tell(READABLE, READABLE));
    throw posixError('EINPROGRESS');
  }

  settle() {
    if (this.#error) throw posixError(this.#error);
    if (!this.#found) throw posixError('EINPROGRESS');
  }

  /** @param {number} index */
  at(index) {
    const address = this.#found?.[index];
    if (!address) throw posixError('ENOENT');
    return address;
  }

  close() {
    this.#tell = () => {};
  }
}

/** A code that C knows. @param {string} code of an error of the host @returns {string} */
const posixCode = (code) => (Object.hasOwn(ERRORS, code) ? code : 'EIO');

/** @param {any} error */
function numberOf(error) {
  if (typeof error?.code !== 'string') throw error;
  return ERRORS[posixCode(error.code)];
}

/**
 * @param {Instance} instance
 * @param {PosixOptions | undefined} given
 * @param {PosixPlatform} platform
 * @returns {Promise<{ imports: (base: Base) => Calls, streams?: () => any[], start: () => void, end: () => void }>}
 */
export async function sockets(instance, given, platform) {
  const options = readOptions("load: option 'posix'", given, POSIX_OPTIONS);
  const { net, connect, folders } = options;
  const promised = folders ? await import('./promised-files.js') : undefined;
  /** @type {any[]} */
  let fds;
  const hasTerminal = options.stdin || options.terminal || options.signals;
  const terminal = hasTerminal ? (await import('./terminal.js')).terminalOf(instance, options) : undefined;
  const soon = (/** @type {() => void} */ act) => instance.clock.soon(act);
  const own = async () =>
    (connect ? new (await import('./provided.js')).Provided(soon, connect, instance.report) : new Loopback(soon));
  const network = await platform.network?.(options) ?? await own();
  if (net && network instanceof Loopback) {
    throw new TypeError("load: option 'posix': net is the machine's network, which Node, Deno and Bun have; here, pass "
      + 'connect, which opens connections');
  }
  if (options.spawn && !platform.processes) {
    throw new TypeError("load: option 'posix': spawn starts programs of the machine, which Node, Deno and Bun have");
  }
  /** Sockets, lookups and children by C's address for them. @type {Map<number, any>} */
  const known = new Map();

  /** What an external notifies of. @param {number} pointer */
  const tellerOf = (pointer) => (/** @type {number} */ state, /** @type {number} */ changed) => {
    if (instance.ended) return;
    instance.memory.u32[pointer >>> 2] = state;
    if (changed) instance.enter(() => instance.exports.lull_external_changed(pointer, changed));
  };

  /** @param {number} pointer @returns {any} */
  const find = (pointer) => {
    const found = known.get(pointer);
    if (!found) throw posixError('EBADF');
    return found;
  };

  /** @returns {never} */
  const absent = () => {
    throw posixError('ENOSYS');
  };

  /** @type {Calls} */
  const calls = {
    ...(await platform.processes?.(options, instance, () => fds, known, tellerOf)
      ?? { spawn: absent, shares: absent, kill: absent }),

    /** @param {number} pointer */
    standard_input(pointer) {
      if (!terminal) return absent();
      known.set(pointer, terminal.input(tellerOf(pointer)));
    },

    set_terminal: notTerminal,
    terminal_size: notTerminal,
    ...terminal?.calls,

    /** @param {number} pointer @param {number} family @param {number} isStream */
    socket(pointer, family, isStream) {
      const Kind = isStream ? StreamSocket : DatagramSocket;
      known.set(pointer, new Kind(network, family, tellerOf(pointer)));
    },

    /** @param {number} pointer @param {number} address */
    bind(pointer, address) {
      find(pointer).bind(readAddress(instance.memory, address));
    },

    /** @param {number} pointer */
    listen(pointer) {
      find(pointer).listen();
    },

    /** @param {number} pointer @param {number} made */
    accept(pointer, made) {
      const listener = find(pointer);
      const socket = made ? new StreamSocket(network, listener.family, tellerOf(made)) : undefined;
      listener.accept(socket);
      if (socket) known.set(made, socket);
    },

    /** @param {number} pointer @param {number} address */
    connect(pointer, address) {
      find(pointer).connect(readAddress(instance.memory, address));
    },

    /** @param {number} pointer */
    settle(pointer) {
      return find(pointer).settle();
    },

    /**
     * @param {number} pointer
     * @param {number} vectors
     * @param {number} count
     * @param {number} skip
     * @param {number} how
     * @param {number} from
     * @param {number} whole
     */
    receive(pointer, vectors, count, skip, how, from, whole) {
      const { memory } = instance;
      const to = pieces(memory, vectors, count, skip);
      if (!whole) return find(pointer).receive(to, how, () => {}); // of a stream
      return find(pointer).receive(to, how, (/** @type {Address} */ sender, /** @type {number} */ length) => {
        writeAddress(memory, from, sender);
        memory.u32[whole >>> 2] = length;
      });
    },

    /**
     * @param {number} pointer
     * @param {number} vectors
     * @param {number} count
     * @param {number} skip
     * @param {number} how
     * @param {number} to
     */
    send(pointer, vectors, count, skip, how, to) {
      const { memory } = instance;
      const take = (/** @type {number} */ most) => gather(pieces(memory, vectors, count, skip), most);
      return find(pointer).send(take, how, to ? readAddress(memory, to) : undefined);
    },

    /** @param {number} pointer @param {number} reads @param {number} writes */
    shutdown(pointer, reads, writes) {
      find(pointer).shutdown(reads !== 0, writes !== 0);
    },

    /** @param {number} pointer @param {number} ofPeer @param {number} to */
    address(pointer, ofPeer, to) {
      writeAddress(instance.memory, to, find(pointer).address(ofPeer !== 0));
    },

    /** @param {number} pointer @param {number} option @param {number} value */
    set_option(pointer, option, value) {
      find(pointer).set(option, value);
    },

    /** @param {number} pointer @param {number} option */
    get_option(pointer, option) {
      const value = find(pointer).get(option);
      return typeof value === 'string' ? ERRORS[posixCode(value)] : value;
    },

    /** @param {number} pointer @param {number} joins @param {number} group @param {number} by */
    membership(pointer, joins, group, by) {
      const socket = find(pointer);
      if (!socket.member) throw posixError('ENOPROTOOPT');
      const { host } = readAddress(instance.memory, by);
      socket.member(joins !== 0, readAddress(instance.memory, group).host, host || undefined);
    },

    /** @param {number} pointer @param {number} name @param {number} family */
    look_up(pointer, name, family) {
      const lookup = new Lookup(tellerOf(pointer), instance.report);
      known.set(pointer, lookup);
      lookup.begin(network.lookUp(instance.memory.text(name) ?? '', family));
    },

    /** @param {number} pointer @param {number} address */
    look_up_name(pointer, address) {
      const lookup = new Lookup(tellerOf(pointer), instance.report);
      known.set(pointer, lookup);
      lookup.begin(network.lookUpName(readAddress(instance.memory, address)).then((name) => [asName(name)]));
    },

    /** @param {number} pointer @param {number} index @param {number} to */
    looked_up(pointer, index, to) {
      writeAddress(instance.memory, to, find(pointer).at(index));
    },

    /** @param {number} pointer */
    close(pointer) {
      known.get(pointer)?.close();
      known.delete(pointer);
    },
  };

  return {
    imports(base) {
      ({ fds } = base);
      return {
        ...Object.fromEntries(Object.entries(calls).map(([name, run]) => [name, guarded(run)])),
        ...(promised?.promisedFiles(instance, folders, base) ?? {
          file_wait: none, file_take: none, file_leave: none, file_ahead: none, file_fail: none,
        }),
      };
    },
    streams: terminal?.streams,
    start() {
      if (folders && !instance.exports.lull_file_answered) {
        throw new TypeError("load: option 'posix': C waits for files in folders only if its module is built with "
          + '--async-files: lull build --async-files');
      }
      terminal?.start();
    },
    end() {
      terminal?.end();
      for (const one of known.values()) one.close();
      known.clear();
    },
  };
}

/** There are no files behind promises. */
const none = () => 0;

function notTerminal() {
  throw posixError('ENOTTY');
}

/**
 * An import: returns its result to C, an error number below 0.
 *
 * @param {(...args: any[]) => any} run
 */
const guarded = (run) => (
  /** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ c, /** @type {number} */ d,
  /** @type {number} */ e, /** @type {number} */ f, /** @type {number} */ g,
) => {
  try {
    return run(a >>> 0, b >>> 0, c >>> 0, d >>> 0, e >>> 0, f >>> 0, g >>> 0) ?? 0;
  } catch (error) {
    return -numberOf(error);
  }
};
