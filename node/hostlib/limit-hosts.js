/** Host functions for the network that reach no more of it than a program may use: one policy with its sockets. */
import { systemError } from '../../js/hostlib/descriptors.js';

/** @import { HostContext } from '../../js/lull.js' */
/** @import { Permitted } from '../../js/posix/permitted.js' */

/** What each function that begins something does, and where its host and port are. */
const CALLS = /** @type {const} */ ({
  lull_tcp_listen: ['listen at', (/** @type {any[]} */ [host, port]) => ({ host, port })],
  lull_tcp_connect: ['connect to', (/** @type {any[]} */ [host, port]) => ({ host, port })],
  lull_websocket_connect: ['connect to', (/** @type {any[]} */ [url]) => hostOf(url)],
});

/** @param {string} url of http or ws, with or without TLS */
function hostOf(url) {
  const { protocol, hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (/^(https|wss):$/.test(protocol) ? 443 : 80) };
}

/**
 * @template {Record<string, any>} T
 * @param {Permitted | undefined} network undefined: all of it
 * @param {T} functions
 * @returns {T}
 */
export function limitHosts(network, functions) {
  if (!network) return functions;
  const limited = Object.entries(CALLS).flatMap(([name, [call, place]]) => {
    const unlimited = functions[name];
    return unlimited ? [[name, /** @this {HostContext} @param {any[]} args */ function (...args) {
      const { host, port } = place(args);
      network.checkHost(call, host, port);
      return unlimited.apply(this, args);
    }]] : [];
  });
  return Object.assign(functions, Object.fromEntries(limited));
}

/** The most redirects, as in every `fetch`. */
const REDIRECTS = 20;

/**
 * A `fetch` that looks at each address that a redirect leads to.
 *
 * @param {Permitted | undefined} network
 * @returns {(url: string, request: RequestInit) => Promise<Response>}
 */
export const limitedFetch = (network) => async (url, request) => {
  if (!network) return fetch(url, request);
  let at = new URL(url).href; // as fetch reads it: without spaces, in lower case
  let how = request;
  for (let left = REDIRECTS; left >= 0; left--) {
    if (/^https?:/.test(at)) {
      const { host, port } = hostOf(at);
      network.checkHost('connect to', host, port);
    } else if (!/^(data|blob):/.test(at)) { // some hosts fetch files
      throw systemError('EACCES', `fetch of '${at}' is not allowed: an address of http or https is needed`);
    }
    const response = await fetch(at, { ...how, redirect: 'manual' });
    const to = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || to === null) return response;
    await response.body?.cancel();
    const next = new URL(to, at);
    const headers = new Headers(how.headers);
    if (next.origin !== new URL(at).origin) for (const name of ['authorization', 'cookie']) headers.delete(name);
    const { method = 'GET', signal, body } = how;
    const becomesGet = response.status === 303 ? method !== 'HEAD' : response.status < 303 && method === 'POST';
    how = becomesGet ? { method: 'GET', headers, signal } : { method, headers, signal, body };
    at = next.href;
  }
  throw new TypeError(`fetch: more than ${REDIRECTS} redirects from ${url}`);
};
