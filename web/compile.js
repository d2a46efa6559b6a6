/** Compiles a module from any source but a file. */
import { loadDiagnostics } from '../js/load.js';

/** @import { Source } from '../js/lull.js' */
/** @import { Compiled } from '../js/load.js' */

/** What a value is, whatever realm made it. @param {unknown} value */
const tagOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

/** @param {unknown} source */
export const isModule = (source) => tagOf(source) === 'WebAssembly.Module';

/**
 * A URL as text, or a text.
 *
 * @param {any} source
 * @returns {string | undefined} undefined for what is neither
 */
export function addressOf(source) {
  const address = source?.href ?? source;
  return typeof address === 'string' ? address : undefined;
}

/**
 * @param {Source | Promise<Source | Response>} given
 * @returns {Promise<Compiled>}
 */
export async function compile(given) {
  const source = /** @type {any} */ (await given);
  const name = addressOf(source);
  if (isModule(source)) return { module: source };
  if (tagOf(source) === 'ArrayBuffer' || ArrayBuffer.isView(source)) return compileBytes(source);
  const response = name === undefined ? source : await fetch(name);
  if (!response?.arrayBuffer || response.ok === false) return refuse(source, response);
  // Other types work without streaming, as do responses of another realm, or of a library.
  const streams = response instanceof Response && response.headers.get('content-type') === 'application/wasm';
  const from = name ?? response.url;
  if (!streams) return compileBytes(await response.arrayBuffer(), from);
  return { module: await WebAssembly.compileStreaming(response).catch((cause) => refuse(from, cause)), name: from };
}

/**
 * @param {BufferSource} bytes
 * @param {string} [name] where they are from
 * @returns {Promise<Compiled>}
 */
export async function compileBytes(bytes, name) {
  return { module: await WebAssembly.compile(bytes).catch((cause) => refuse(name, cause, bytes)), name };
}

/**
 * @param {unknown} source
 * @param {unknown} found a response that has failed, or why it does not compile
 * @param {BufferSource} [bytes]
 * @returns {Promise<never>}
 */
async function refuse(source, found, bytes) {
  return (await loadDiagnostics()).refuse(source, found, bytes);
}
