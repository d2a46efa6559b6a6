/**
 * The entry for workerd, Cloudflare's Workers. It compiles no bytes, and its clock may stand still while JavaScript
 * runs. See D67.
 */
import { wrong } from '../js/marshal/check.js';
import { hostClock } from '../js/core/clock.js';
import { loadModule } from '../js/load.js';
import { isModule } from './compile.js';

export { LullError } from '../js/marshal/errors.js';

/** @import { Compiled, Platform } from '../js/load.js' */
/** @import { Clock, LoadOptions } from '../js/lull.js' */

/** @type {Clock} */
export const workerdClock = {
  ...hostClock,
  // Not by a shared MessagePort, as elsewhere: one request may not use what another has made.
  later: (run) => setTimeout(run, 0),
};

/**
 * Load a module built by lull.
 *
 * @param {WebAssembly.Module} source
 * @param {LoadOptions<any>} [options]
 */
export const load = (source, options) => loadModule(check(source), options, platform);

/** @type {Platform} */
const platform = { clock: () => workerdClock, outputs: undefined, follower: undefined };

/**
 * @param {unknown} source
 * @returns {Promise<Compiled>}
 */
async function check(source) {
  const module = await source;
  if (isModule(module)) return { module: /** @type {WebAssembly.Module} */ (module) };
  const expected = "a WebAssembly.Module in workerd, as import module from './app.wasm' gives";
  throw wrong('load: the source', expected, module);
}
