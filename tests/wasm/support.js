/** What the tests of the wasm build share: fixtures built once, apps that may leave nothing behind. */
import assert from 'node:assert/strict';
import { STATS_ALLOCATIONS } from '../../js/marshal/protocol.js';
import { VirtualClock } from '../../js/testing.js';
import { load } from '../../node/index.js';
import { fixture } from './fixture.js';

export {
  asyncifyOnly, clangOnly, compactFramesOnly, compiler, compilers, fixture, jspiOnly, noFlightsOnly, ownStacksOnly,
  stacksOnly,
} from './fixture.js';

/** @type {Map<string, Promise<WebAssembly.Module>>} */
const modules = new Map();

/**
 * A fixture's module, compiled once in this process.
 *
 * @param {string} name
 * @param {{ cc?: string, level?: string, flags?: string[] }} [options]
 * @returns {Promise<WebAssembly.Module>}
 */
export function moduleOf(name, options = {}) {
  const key = JSON.stringify([name, options]);
  if (!modules.has(key)) modules.set(key, fixture(name, options).then((bytes) => WebAssembly.compile(bytes)));
  return modules.get(key);
}

/**
 * Load a fixture, do something with the app, close it, and see that nothing is left: no allocation, no reference, no
 * timer, no failure that was reported without the test's asking for it.
 *
 * @param {{ fixture: string, cc?: string, level?: string, flags?: string[], clock?: any, [option: string]: any
 *   }} options `fixture`, how to build it, and the options of `load`
 * @param {(app: any, clock: VirtualClock, reports: unknown[]) => Promise<void>} body takes the reports that it expects
 *   out
 */
export async function withApp({ fixture: name, cc, level, flags, clock = new VirtualClock(), ...options }, body) {
  const reports = [];
  const app = await load(await moduleOf(name, { cc, level, flags }), {
    clock,
    report: (error) => reports.push(error),
    ...options,
  });
  let failure;
  try {
    await body(app, clock, reports);
  } catch (error) {
    failure = error;
  }
  await (clock.until ? clock.until(app.close()) : app.close());
  if (failure) throw failure;
  assert.deepEqual(reports, [], 'failures that were reported');
  assert.equal(allocationsOf(app), 0, 'allocations after close');
  assert.equal(app.stats().references, 0, 'references after close');
  if (clock instanceof VirtualClock) assert.equal(clock.armed, 0, 'timers after close');
}

/**
 * What the runtime has allocated and not freed. Also of an app that is closed, which says nothing about itself any
 * more.
 *
 * @param {any} app
 * @returns {number}
 */
export function allocationsOf({ exports }) {
  exports.lull_stats();
  return new Float64Array(exports.memory.buffer, exports.lull_mailbox())[STATS_ALLOCATIONS];
}

/** The next turn of the host's event loop. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A promise and what settles it. */
export function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}
