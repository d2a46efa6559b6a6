/**
 * The entry for workerd, which is Cloudflare's Workers. It compiles no bytes, and may let its clock stand still while
 * JavaScript runs: time passes there only between events. See D67.
 */
import { wrong } from '../js/marshal/check.js';
import { hostClock } from '../js/core/clock.js';
import { loadModule } from '../js/load.js';
import { closeDescriptorsWith } from '../js/hostlib/descriptors.js';

export { LullError } from '../js/marshal/errors.js';

/** @import { Clock, LoadOptions } from '../js/lull.js' */

/**
 * How many wake-ups come by a microtask before one waits for the host's events. Elsewhere the clock says when: see
 * pump.js. With a clock that stands still, microtasks that bring one another about would keep those off for ever.
 */
const MICROTASKS = 4096;

let soon = 0;

/** @type {Clock} */
export const workerdClock = {
  ...hostClock,
  soon: (run) => (++soon % MICROTASKS ? hostClock.soon(run) : workerdClock.later(run)),
  // Not by a port for all, as elsewhere: what one request has made, another may not use.
  later: (run) => setTimeout(run, 0),
};

/**
 * Load a module that lull has built.
 *
 * @param {WebAssembly.Module} source
 * @param {LoadOptions<any>} [options]
 */
export async function load(source, options) {
  const module = await source;
  if (!(module instanceof WebAssembly.Module)) {
    const expected = "a WebAssembly.Module in workerd, as import module from './app.wasm' gives";
    throw wrong('load: the source', expected, module);
  }
  const app = await loadModule(Promise.resolve(module), { clock: workerdClock, ...options });
  return closeDescriptorsWith(app, options?.host);
}
