/** The machine's network, for the sockets of C: node:net, node:dgram and node:dns. See D113, D120. */
import { createSocket } from 'node:dgram';
import { lookup, lookupService } from 'node:dns/promises';
import { Socket, connect, createServer } from 'node:net';
import { closeSoon } from './linger.js';
import { posixError } from '../../js/posix/network.js';
import {
  SOCKET_BROADCAST, SOCKET_KEEPALIVE, SOCKET_KEEPIDLE, SOCKET_MULTICAST_LOOP, SOCKET_MULTICAST_TTL, SOCKET_NODELAY,
  SOCKET_RCVBUF, SOCKET_SNDBUF, SOCKET_TTL,
} from '../../js/posix/protocol.js';

/** @import { RemoteInfo } from 'node:dgram' */
/** @import { AddressInfo } from 'node:net' */
/**
 * @import {
 *   Address, Link, LinkEvents, ListenOptions, Listener, ListenerEvents, Network, Port, PortEvents,
 * } from '../../js/posix/network.js'
 */

/** Those of the constants that have a family of IP. @param {string | number | undefined} family */
const familyOf = (family) => (family === 'IPv6' || family === 6 ? 6 : 4);

/**
 * @param {string | undefined} host
 * @param {number | undefined} port
 * @param {string | undefined} family
 * @returns {Address | undefined}
 */
const addressOf = (host, port, family) =>
  (host === undefined ? undefined : { family: familyOf(family), host, port: port ?? 0 });

/** The code of an error of Node's. @param {unknown} error @returns {string} */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code ?? 'EIO';

/** A socket of Node's. @implements {Link} */
export class NodeLink {
  /**
   * @param {Socket} socket paused, or connecting
   * @param {string} [path] of a socket of Unix
   */
  constructor(socket, path) {
    this.#socket = socket;
    this.#path = path;
  }

  #socket;
  #path;

  /** @param {LinkEvents} events */
  start(events) {
    const socket = this.#socket;
    let ended = false;
    let failed = false;
    const fail = (/** @type {string} */ code, error = /** @type {Error | undefined} */ (undefined)) => {
      if (!failed) events.failed(code, error);
      failed = true;
    };
    if (socket.connecting) socket.once('connect', () => events.opened());
    socket.on('data', (bytes) => events.data(bytes));
    socket.on('end', () => {
      ended = true;
      events.ended();
    });
    socket.on('drain', () => events.drained());
    socket.on('error', (error) => fail(codeOf(error), error));
    socket.on('close', () => {
      if (!ended) fail('ECONNRESET');
    });
    socket.resume();
  }

  /** @param {Uint8Array} bytes */
  write(bytes) {
    return this.#socket.write(bytes);
  }

  /** @param {() => void} [sent] */
  end(sent) {
    if (sent) this.#socket.once('finish', sent);
    this.#socket.end();
  }

  pause() {
    this.#socket.pause();
  }

  resume() {
    this.#socket.resume();
  }

  /** @param {boolean} [drops] the bytes that are not sent yet */
  close(drops) {
    const socket = this.#socket;
    for (const event of ['connect', 'data', 'end', 'drain', 'error', 'close']) socket.removeAllListeners(event);
    socket.on('error', () => {});
    if (socket.connecting || drops) return void socket.destroy();
    closeSoon(socket);
  }

  reset() {
    const socket = this.#socket;
    socket.on('error', () => {});
    if (socket.remoteFamily || this.#path === undefined) socket.resetAndDestroy();
    else socket.destroy(); // those of Unix have no reset
  }

  /**
   * @param {number} option
   * @param {number} value
   */
  set(option, value) {
    if (option === SOCKET_NODELAY) this.#socket.setNoDelay(value !== 0);
    else if (option === SOCKET_KEEPALIVE) this.#socket.setKeepAlive(value !== 0);
    else if (option === SOCKET_KEEPIDLE) this.#socket.setKeepAlive(true, value * 1000);
  }

  get local() {
    const { localAddress, localPort, localFamily } = this.#socket;
    if (this.#path !== undefined) return { family: 1, host: '', port: 0 };
    return addressOf(localAddress, localPort, localFamily);
  }

  get remote() {
    const { remoteAddress, remotePort, remoteFamily } = this.#socket;
    if (this.#path !== undefined) return { family: 1, host: this.#path, port: 0 };
    return addressOf(remoteAddress, remotePort, remoteFamily);
  }
}

/** @implements {Network} */
export class NodeNetwork {
  /**
   * @param {Address} to
   * @param {Address} [from]
   * @returns {Link}
   */
  connect(to, from) {
    const how = { allowHalfOpen: true };
    if (to.family === 1) return new NodeLink(connect({ ...how, path: to.host }), to.host);
    const local = from && { localAddress: from.host, localPort: from.port || undefined };
    return new NodeLink(connect({ ...how, host: to.host, port: to.port, ...local }));
  }

  /**
   * @param {Address} at
   * @param {ListenerEvents} events
   * @param {ListenOptions} options
   * @returns {Listener}
   */
  listen({ family, host, port }, events, { onlyV6, reusePort, backlog }) {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    server.on('listening', () => events.opened());
    server.on('connection', (socket) => events.connection(new NodeLink(socket, family === 1 ? '' : undefined)));
    server.on('error', (error) => events.failed(codeOf(error), error));
    if (family === 1) server.listen({ path: host });
    // Node 20's types have no reusePort, and it ignores one.
    else {
      const how = { ipv6Only: onlyV6, reusePort, backlog: Math.max(backlog, 1) };
      server.listen(/** @type {any} */ ({ host: host || undefined, port, ...how }));
    }
    return {
      get local() {
        const address = server.address();
        if (address === null) return undefined;
        if (typeof address === 'string') return { family: 1, host: address, port: 0 };
        return addressOf(address.address, address.port, address.family);
      },
      close: () => void server.close(() => {}),
    };
  }

  /**
   * @param {number} family
   * @param {PortEvents} events
   * @param {{ onlyV6: boolean, reuse: boolean, reusePort: boolean }} options
   * @returns {Port}
   */
  port(family, events, { onlyV6, reuse, reusePort }) {
    if (family === 1) throw posixError('EAFNOSUPPORT'); // Node has no datagrams of Unix
    const socket = createSocket(/** @type {any} */ ({
      type: family === 6 ? 'udp6' : 'udp4',
      ipv6Only: onlyV6,
      reuseAddr: reuse,
      reusePort: reusePort || undefined,
      // All of them are addresses already.
      lookup: (/** @type {string} */ host, /** @type {unknown} */ _options, /** @type {any} */ callback) =>
        callback(null, host, family),
    }));
    let connected = false;
    const fail = (/** @type {Error | null} */ error) => {
      if (error) events.failed(codeOf(error));
    };
    socket.on('listening', () => events.opened());
    socket.on('connect', () => events.connected());
    socket.on('message', (/** @type {Uint8Array} */ bytes, /** @type {RemoteInfo} */ from) =>
      events.message(bytes, { family: familyOf(from.family), host: from.address, port: from.port }));
    socket.on('error', fail);
    return {
      get local() {
        try {
          const { address, port, family: kind } = socket.address();
          return addressOf(address, port, kind);
        } catch {
          return undefined; // it is not bound
        }
      },
      bind(at) {
        socket.bind({ address: at?.host, port: at?.port ?? 0, exclusive: false });
      },
      connect(to) {
        if (connected) socket.disconnect();
        connected = to !== undefined;
        if (to) socket.connect(to.port, to.host);
      },
      send(bytes, to) {
        if (to && connected) throw posixError('EISCONN');
        if (to) socket.send(bytes, to.port, to.host, fail);
        else socket.send(bytes, fail);
      },
      set(option, value) {
        if (option === SOCKET_BROADCAST) socket.setBroadcast(value !== 0);
        else if (option === SOCKET_TTL) socket.setTTL(value);
        else if (option === SOCKET_MULTICAST_TTL) socket.setMulticastTTL(value);
        else if (option === SOCKET_MULTICAST_LOOP) socket.setMulticastLoopback(value !== 0);
        else if (option === SOCKET_RCVBUF) socket.setRecvBufferSize(value);
        else if (option === SOCKET_SNDBUF) socket.setSendBufferSize(value);
      },
      member(joins, group, by) {
        if (joins) socket.addMembership(group, by);
        else socket.dropMembership(group, by);
      },
      close() {
        socket.removeAllListeners();
        socket.on('error', () => {});
        socket.close();
      },
    };
  }

  /**
   * @param {string} name
   * @param {number} family
   * @returns {Promise<Address[]>}
   */
  async lookUp(name, family) {
    try {
      const found = await lookup(name, { all: true, family, verbatim: true });
      return found.map((address) => ({ family: familyOf(address.family), host: address.address, port: 0 }));
    } catch (error) {
      throw posixError(NAME_ERRORS[codeOf(error)] ?? codeOf(error));
    }
  }

  /**
   * @param {Address} address
   * @returns {Promise<string>}
   */
  async lookUpName({ host, port }) {
    try {
      return (await lookupService(host, port)).hostname;
    } catch (error) {
      throw posixError(NAME_ERRORS[codeOf(error)] ?? codeOf(error));
    }
  }
}

/** Node's codes of failed lookups, as C has them. @type {Record<string, string>} */
const NAME_ERRORS = { ENOTFOUND: 'ENOENT', ENODATA: 'ENOENT', EAI_AGAIN: 'EAGAIN', ETIMEOUT: 'EAGAIN' };
