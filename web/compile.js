/** Compiles a module from any source but a file. */
import { wrong } from '../js/marshal/check.js';

/** @import { Source } from '../js/lull.js' */

/**
 * @param {Source | Promise<Source | Response>} given
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile(given) {
  const source = await given;
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    return WebAssembly.compile(/** @type {BufferSource} */ (source));
  }
  if (source instanceof Response) return compileResponse(source);
  if (typeof source === 'string' || source instanceof URL) return compileResponse(await fetch(source));
  throw wrong('load: the source', 'a WebAssembly.Module, its bytes, a Response or a URL', source);
}

/** @param {Response} response */
async function compileResponse(response) {
  if (!response.ok) throw new Error(`load: ${response.url} answered ${response.status} ${response.statusText}`);
  // Other content types work, but without streaming.
  const streams = response.headers.get('content-type')?.startsWith('application/wasm');
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}
