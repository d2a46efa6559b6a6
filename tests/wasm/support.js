/** What the tests of the wasm build share: fixtures built once, apps that may leave nothing behind. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VirtualClock } from '../../core/testing.js';
import { load } from '../../node/index.js';
import { build } from '../../node/toolchain/build.js';
import { keyOf } from '../../node/toolchain/cache.js';
import { findClang, findEmcc } from '../../node/toolchain/compiler.js';
import { Progress } from '../../node/toolchain/progress.js';

const root = new URL('../../', import.meta.url);
const fixtures = new URL('fixtures/', import.meta.url);
const folder = join(tmpdir(), `lull-tests-${process.getuid?.() ?? 'all'}`);

const found = new Map([findClang(), findEmcc()].flatMap((compiler) => (compiler ? [[compiler.name, compiler]] : [])));

/** The compilers of this machine, for tests that hold for each of them. */
export const compilers = [...found.keys()];

/** The compiler of the tests that do not depend on it: the one that every machine can have. */
export const compiler = compilers[0];

/** Everything but the fixture's own file that a build is made of. */
const made = ['src', 'node/toolchain', 'tests/wasm/fixtures'].flatMap((name) => {
  const at = new URL(`${name}/`, root);
  const files = readdirSync(at).sort();
  return files
    .filter((file) => name !== 'tests/wasm/fixtures' || file.endsWith('.h'))
    .map((file) => readFileSync(new URL(file, at)));
});

/** Whether all tasks of the fixtures share their stack: `LULL_TEST_STACK=shared`. */
export const sharesStack = process.env.LULL_TEST_STACK === 'shared';
const always = sharesStack ? ['-include', fileURLToPath(new URL('shared.h', fixtures))] : [];

/**
 * A fixture's wasm, built when it is not there.
 *
 * @param {string} name of a file in fixtures, without its extension
 * @param {{ cc?: string, level?: string, flags?: string[], debug?: boolean }} [options]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function fixture(name, { cc = compiler, level = '2', flags = [], debug = false } = {}) {
  const file = fileURLToPath(new URL(`${name}.c`, fixtures));
  const chosen = found.get(cc);
  flags = [...always, ...flags];
  const key = keyOf([...made, readFileSync(file), cc, await chosen.version(), level, String(debug), ...flags]);
  const output = join(folder, `${name}-${cc}-${level}-${key.slice(0, 16)}.wasm`);
  try {
    return readFileSync(output);
  } catch {
    const wasm = await build(chosen, { files: [file], level, flags, progress: new Progress(), debug });
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${output}.${process.pid}`, wasm);
    renameSync(`${output}.${process.pid}`, output); // another process never sees half of it
    return wasm;
  }
}

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
 * @param {{ fixture: string, cc?: string, level?: string, clock?: any, [option: string]: any }} options `fixture`, how
 *   to build
 *   it, and what `load` takes
 * @param {(app: any, clock: VirtualClock, reports: unknown[]) => Promise<void>} body takes the reports that it expects
 *   out
 */
export async function withApp({ fixture: name, cc, level, clock = new VirtualClock(), ...options }, body) {
  const reports = [];
  const app = await load(await moduleOf(name, { cc, level }), {
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
  return new Float64Array(exports.memory.buffer, exports.lull_exchange(), 4)[3];
}

/** The next turn of the host's event loop. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A promise and what settles it. */
export function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}
