/**
 * The fixtures of the tests of the wasm build, as Node has them: built once on this machine. In a page,
 * tests/browser/page/fixture.js is there in place of this file.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../../toolchain/build.js';
import { keyOf } from '../../node/toolchain/cache.js';
import { system } from '../../node/toolchain/system.js';
import { findClang, findEmcc, findNative } from '../../toolchain/compiler.js';
import { chooseWasmOpt } from '../../toolchain/wasm-opt.js';

const root = new URL('../../', import.meta.url);
const fixtures = new URL('fixtures/', import.meta.url);
const folder = join(tmpdir(), `lull-tests-${process.getuid?.() ?? 'all'}`);

/**
 * `LULL_TEST_COMPILER=clang` leaves the others out, where it is the engine that is tested. A clang of the machine has a
 * step of its own.
 */
const { LULL_TEST_COMPILER: wanted } = process.env;
const found = new Map(
  [findClang(system), findEmcc(system), wanted === 'native' ? findNative(system) : undefined].flatMap((compiler) =>
    (compiler && (!wanted || compiler.name === wanted) ? [[compiler.name, compiler]] : [])),
);

/** The compilers of this machine, for tests that hold for each of them. */
export const compilers = [...found.keys()];

/** The compiler of the tests that do not depend on it: the one that every machine can have. */
export const compiler = compilers[0];

/** Why a test of the npm compiler is left out, or false. */
export const clangOnly = compiler !== 'clang' && (wanted ? 'clang has a step of its own' : 'there is no clang');

/** Everything but the fixture's own file that a build is made of. */
const made = ['src', 'toolchain', 'tests/wasm/fixtures'].flatMap((name) => {
  const at = new URL(`${name}/`, root);
  const files = readdirSync(at, { encoding: 'utf8', recursive: true }).sort();
  return files
    .filter((file) => (name === 'tests/wasm/fixtures' ? /\.h$/ : /\.(c|cc|h|hpp|js)$/).test(file))
    .map((file) => readFileSync(new URL(file, at)));
});

/** `LULL_TEST_STACK=shared` has all tasks of the fixtures share their stack. */
const sharesStack = process.env.LULL_TEST_STACK === 'shared';

/** Why a test about stacks of their own is left out, or false. */
export const ownStacksOnly = sharesStack && 'all tasks share a stack';

/** `LULL_TEST_FRAMES=plain` leaves the frames as Asyncify saves them: compaction is optimization alone. */
const compactFrames = process.env.LULL_TEST_FRAMES !== 'plain';

/** Why a test of compact frames is left out, or false. */
export const compactFramesOnly = !compactFrames && 'frames are not compacted';

/** `LULL_TEST_SWITCH=stacks` builds the fixtures with that switch; the engine has to have it. */
const { LULL_TEST_SWITCH: switched = 'asyncify' } = process.env;

/** Why a test about Asyncify is left out, or false. */
export const asyncifyOnly = switched !== 'asyncify'
  && `Asyncify saves the frames of wasm in memory; the switch on ${switched} leaves them where they are`;

/** Why a test about the engine's stacks is left out, or false. */
export const stacksOnly = !['stacks', 'jspi'].includes(switched) && `the switch is that on ${switched}`;

/** Why a test about JSPI is left out, or false. */
export const jspiOnly = switched !== 'jspi' && `the switch is that on ${switched}`;

/** Why a test about slices that go on within the run is left out, or false. */
export const noFlightsOnly = switched === 'jspi' && 'a slice that goes on is in a microtask of its own';

/** The version of the wasm-opt that builds use. @type {Promise<string> | undefined} */
let wasmOpt;

const always = sharesStack ? ['-include', fileURLToPath(new URL('shared.h', fixtures))] : [];

/**
 * A fixture's wasm, built when it is not there.
 *
 * @param {string} name of a file in fixtures; without an extension, of C
 * @param {{ cc?: string, level?: string, flags?: string[], debug?: boolean }} [options]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function fixture(name, { cc = compiler, level = '2', flags = [], debug = false } = {}) {
  const file = fileURLToPath(new URL(name.includes('.') ? name : `${name}.c`, fixtures));
  const chosen = found.get(cc);
  flags = [...always, ...flags];
  wasmOpt ??= chooseWasmOpt(system).then((found) => found?.version ?? 'none');
  const settings = [cc, await chosen.version(), await wasmOpt, level, String(debug), String(compactFrames),
    switched];
  const key = keyOf([...made, readFileSync(file), ...settings, ...flags]);
  const output = join(folder, `${name}-${cc}-${level}-${key.slice(0, 16)}.wasm`);
  try {
    return new Uint8Array(readFileSync(output)); // a Buffer's slice is no copy
  } catch {
    const wasm = await build(system, chosen, {
      args: [file, `-O${level}`, ...flags], debug, compactFrames, switch: switched,
    });
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${output}.${process.pid}`, wasm);
    renameSync(`${output}.${process.pid}`, output); // another process never sees half of it
    return wasm;
  }
}
