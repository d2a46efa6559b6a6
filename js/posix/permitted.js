/** A network as far as a program may use it. */
import { isAny, isLoopback, posixError } from './network.js';

/** @import { Address, Network, Port, PortEvents } from './network.js' */

/** The entry of a list that stands for the loopback, and the sockets of Unix below the current folder. */
export const LOOPBACK = 'loopback';

/** @param {Address} address */
const textOf = ({ family, host, port }) => (family === 1 ? host : `${family === 6 ? `[${host}]` : host}:${port}`);

/** An address of IPv6 as C has it: shortened. @param {string} address */
function sameAddress(address) {
  try {
    return new URL(`http://[${address}]`).hostname.slice(1, -1);
  } catch {
    return address.toLowerCase(); // with a scope, or none
  }
}

/**
 * The host and the port of an entry, as `example.org:443`, `[::1]`, `:8080`; an empty host or no port: any.
 *
 * @param {string} entry
 */
function parseEntry(entry) {
  const [, bracketed, plain, port] = entry.match(/^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/) ?? [];
  const host = bracketed ? sameAddress(bracketed) : (plain ?? entry).toLowerCase();
  return { host, port: port === undefined ? undefined : Number(port) };
}

/** Whether an entry is one. @param {unknown} entry */
export const isEntry = (entry) => entry === LOOPBACK
  || (typeof entry === 'string' && /^(?:\[[^\]]+\]|[^:[\]]*)(?::\d{1,5})?$/.test(entry) && entry !== '');

export class Permitted {
  /**
   * @param {readonly string[]} entries
   * @param {(path: string) => boolean} hasPath whether the program may use a socket of Unix there
   * @param {(what: string, entry: string | undefined, option: 'net') => void} refused
   */
  constructor(entries, hasPath, refused) {
    this.#loopback = entries.includes(LOOPBACK);
    this.#entries = entries.filter((entry) => entry !== LOOPBACK).map(parseEntry);
    this.#hasPath = hasPath;
    this.#refused = refused;
  }

  #loopback;
  #entries;
  #hasPath;
  #refused;
  /** The permitted names of addresses. @type {Map<string, Set<string>>} */
  #named = new Map();

  /**
   * @param {string} host
   * @param {number} port
   */
  #fits(host, port) {
    return this.#entries.some((entry) =>
      (!entry.host || entry.host === host) && (entry.port === undefined || entry.port === port));
  }

  /**
   * Throw unless an address is permitted.
   *
   * @param {string} call
   * @param {Address} address
   */
  check(call, address) {
    if (this.#allows(address)) return;
    this.#refuse(`${call} ${textOf(address)}`, address.family === 1 ? undefined : textOf(address));
  }

  /** @param {Address} address */
  #allows(address) {
    const { family, host, port } = address;
    if (family === 1) return this.#hasPath(host);
    return (this.#loopback && isLoopback(address))
      || [host, ...(this.#named.get(host) ?? [])].some((name) => this.#fits(name, port));
  }

  /**
   * Throw unless a name is permitted, with some port.
   *
   * @param {string} name
   */
  checkName(name) {
    const known = name.toLowerCase();
    if (this.#loopback && known === 'localhost') return;
    if (this.#entries.some(({ host }) => !host || host === known)) return;
    this.#refuse(`the lookup of ${name}`, name);
  }

  /**
   * @param {string} what
   * @param {string | undefined} entry that would permit it; undefined: none but all of the network
   * @returns {never}
   */
  #refuse(what, entry) {
    this.#refused(what, entry, 'net');
    throw posixError('EACCES', `EACCES: ${what} is not allowed`);
  }

  /**
   * Throw unless an address or a name is permitted.
   *
   * @param {string} call
   * @param {string | null} host null: all addresses
   * @param {number} port
   */
  checkHost(call, host, port) {
    const known = (host ?? '::').toLowerCase();
    const family = known.includes(':') ? 6 : 4;
    if ((this.#loopback && known === 'localhost') || this.#fits(known, port)) return;
    this.check(call, { family, host: known, port });
  }

  /**
   * @param {string} name that is permitted
   * @param {Address[]} found its addresses
   */
  learn(name, found) {
    for (const { host } of found) {
      this.#named.set(host, (this.#named.get(host) ?? new Set()).add(name.toLowerCase()));
    }
  }

  /**
   * @param {Network} network
   * @returns {Network}
   */
  around(network) {
    return {
      connect: (to, from) => {
        this.check('connect to', isAny(to) ? { ...to, host: to.family === 6 ? '::1' : '127.0.0.1' } : to);
        return network.connect(to, from);
      },
      listen: (at, events, options) => {
        this.check('listen at', at);
        return network.listen(at, events, options);
      },
      port: (family, events, options) => this.#port(network, family, events, options),
      lookUp: async (name, family) => {
        this.checkName(name);
        const found = await network.lookUp(name, family);
        this.learn(name, found);
        return found;
      },
      lookUpName: async (address) => {
        this.check('the lookup of', address);
        return network.lookUpName(address);
      },
    };
  }

  /**
   * A port of datagrams that the program does not bind itself gets messages of permitted senders alone.
   *
   * @param {Network} network
   * @param {number} family
   * @param {PortEvents} events
   * @param {Parameters<Network['port']>[2]} options
   * @returns {Port}
   */
  #port(network, family, events, options) {
    let isBound = false;
    const message = (/** @type {Uint8Array} */ bytes, /** @type {Address} */ from) => {
      if (isBound || this.#allows(from)) events.message(bytes, from);
    };
    const port = network.port(family, { ...events, message }, options);
    /** With the loopback alone, the machine need not listen elsewhere. @type {Address | undefined} */
    const own = this.#entries.length ? undefined : { family, host: family === 6 ? '::1' : '127.0.0.1', port: 0 };
    return {
      get local() {
        return port.local;
      },
      bind: (at) => {
        if (at) this.check('bind at', at);
        isBound = at !== undefined;
        port.bind(at ?? own);
      },
      check: (to) => this.check('connect to', to),
      connect: (to) => port.connect(to),
      send: (bytes, to) => {
        if (to) this.check('send to', to);
        port.send(bytes, to);
      },
      set: (option, value) => port.set(option, value),
      member: (joins, group, by) => {
        if (joins) this.check('join', { family, host: group, port: 0 });
        port.member(joins, group, by);
      },
      close: () => port.close(),
    };
  }
}
