/** What host functions have open: files, sockets and the like, which their app closes at its end. See D80. */

/**
 * The name under which a host function has the function that closes what it has open. A symbol that every copy of lull
 * has: a host library may be another copy's.
 */
const CLOSE = Symbol.for('lull.close');

/**
 * Have the app of these functions close what they have open.
 *
 * @template {Record<string, Function>} T
 * @param {T} functions
 * @param {() => void} close
 * @returns {T}
 */
export function closedBy(functions, close) {
  for (const one of Object.values(functions)) /** @type {any} */ (one)[CLOSE] = close;
  return functions;
}

/**
 * The functions that close what these host functions have open.
 *
 * @param {Record<string, any>} host
 * @returns {Set<() => void>}
 */
export const closersOf = (host) => new Set(Object.values(host).flatMap((one) => one?.[CLOSE] ?? []));
