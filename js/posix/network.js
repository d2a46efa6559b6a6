/**
 * The interface between the sockets of C and a network, which loopback.js, provided.js and node/posix/network.js
 * implement, and their common functions. See D113.
 */

/**
 * An address of IP, or with `family` 1 the path of a socket of Unix.
 *
 * @typedef {{ family: number, host: string, port: number }} Address
 */

/**
 * The events of a connection. None of them is called before the call that made the connection has returned.
 *
 * @typedef {object} LinkEvents
 * @property {() => void} opened
 * @property {(bytes: Uint8Array) => void} data they stay as they are
 * @property {() => void} ended the other side sends no more
 * @property {() => void} drained it takes more
 * @property {(code: string, error?: Error) => void} failed
 */

/**
 * A connection.
 *
 * @typedef {object} Link
 * @property {(events: LinkEvents) => void} start to be called once; before it, nothing is lost
 * @property {(bytes: Uint8Array) => boolean} write whether it takes more at once. The bytes become the link's
 * @property {(sent?: () => void) => void} end send no more, once all is sent. Node's calls `sent` then
 * @property {() => void} pause
 * @property {() => void} resume
 * @property {(drops?: boolean) => void} close send the written bytes, and forget the events. Node's can drop the bytes
 * @property {() => void} reset
 * @property {(option: number, value: number) => void} set
 * @property {Address | undefined} local
 * @property {Address | undefined} remote
 */

/**
 * @typedef {object} ListenerEvents
 * @property {() => void} opened
 * @property {(link: Link) => void} connection
 * @property {(code: string, error?: Error) => void} failed
 */

/**
 * @typedef {object} Listener
 * @property {Address | undefined} local
 * @property {() => void} close
 */

/** `backlog`: a hint. @typedef {{ onlyV6: boolean, reusePort: boolean, backlog: number }} ListenOptions */

/**
 * @typedef {object} PortEvents
 * @property {() => void} opened the port is bound
 * @property {() => void} connected
 * @property {(bytes: Uint8Array, from: Address) => void} message
 * @property {(code: string) => void} failed
 */

/**
 * A port of datagrams.
 *
 * @typedef {object} Port
 * @property {(at: Address | undefined) => void} bind
 * @property {(to: Address) => void} [check] throws where that is not allowed
 * @property {(to: Address | undefined) => void} connect
 * @property {(bytes: Uint8Array, to: Address | undefined) => void} send the bytes become the port's
 * @property {(option: number, value: number) => void} set once it is bound
 * @property {(joins: boolean, group: string, by: string | undefined) => void} member
 * @property {() => void} close
 * @property {Address | undefined} local
 */

/**
 * Whatever fails at once throws an error with a code of POSIX.
 *
 * @typedef {object} Network
 * @property {(to: Address, from: Address | undefined) => Link} connect
 * @property {(at: Address, events: ListenerEvents, options: ListenOptions) => Listener} listen
 * @property {(family: number, events: PortEvents, options: { onlyV6: boolean, reuse: boolean, reusePort: boolean })
 *   => Port} port
 * @property {(name: string, family: number) => Promise<Address[]>} lookUp
 * @property {(address: Address) => Promise<string>} lookUpName
 */

/** Errors by their codes: most say that there is nothing yet, and making one takes as long as a small read. */
const plain = new Map();

/**
 * An error of POSIX, which C gets as its number.
 *
 * @param {string} code
 * @param {string} [message] where JavaScript sees the error, too
 * @returns {Error & { code: string }}
 */
export function posixError(code, message) {
  if (message !== undefined) return Object.assign(new Error(message), { code });
  if (!plain.has(code)) plain.set(code, posixError(code, code));
  return plain.get(code);
}

/**
 * Whether an address is of this machine, or of this instance.
 *
 * @param {Address} address
 */
export function isLoopback({ family, host }) {
  return family === 1 || /^(::ffff:)?127(\.\d{1,3}){3}$|^::1$/.test(host);
}

/** Whether an address stands for all of a machine's. @param {Address} address */
export const isAny = ({ host }) => host === '0.0.0.0' || /^[:0]+$/.test(host);
