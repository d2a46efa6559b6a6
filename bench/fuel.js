/**
 * What `lull build --fuel` and `--fuel=yield` cost: programs that compute, built with and without, for each compiler.
 * Prints the ratios of their times, the medians of many pairs, and of their sizes.
 */
import { fileURLToPath } from 'node:url';
import { findClang, findEmcc } from '../toolchain/compiler.js';
import { build } from '../toolchain/build.js';
import { system } from '../node/toolchain/system.js';
import { load } from '../node/index.js';

const PAIRS = 31;
/** Without fuel, with it, and with yields. */
const KINDS = /** @type {const} */ ([false, true, 'yield']);
/** The milliseconds of one measurement. */
const LENGTH = 20;

const files = ['fuel.c', '../examples/third_party/picohttpparser/picohttpparser.c']
  .map((name) => fileURLToPath(new URL(name, import.meta.url)));

/** @param {(times: number) => Promise<unknown>} task @param {number} times */
async function measure(task, times) {
  const start = performance.now();
  await task(times);
  return performance.now() - start;
}

for (const compiler of [findClang(system), findEmcc(system)]) {
  if (!compiler) continue;
  const modules = await Promise.all(KINDS.map((fuel) => build(system, compiler, { args: [...files, '-O2'], fuel })));
  const apps = await Promise.all(modules.map((wasm, i) => load(wasm, KINDS[i] === true ? { maxRunTime: 10_000 } : {})));
  const ratiosOf = (/** @type {number[]} */ values) => values.slice(1).map((value) => (value / values[0]).toFixed(3));
  console.log(`${compiler.name} size: ${ratiosOf(modules.map(({ length }) => length)).join(' ')}`);
  for (const name of ['mandelbrot', 'parse', 'quicksort', 'multiply', 'recurse']) {
    const ratios = [];
    for (const app of apps.slice(1)) ratios.push(await compare(apps[0].call[name], app.call[name]));
    console.log(`${compiler.name} ${name}: ${ratios.map((ratio) => ratio.toFixed(3)).join(' ')}`);
  }
  for (const app of apps) await app.close();
}

/**
 * @param {(times: number) => Promise<unknown>} plain
 * @param {(times: number) => Promise<unknown>} counted
 */
async function compare(plain, counted) {
  let times = 1;
  for (const task of [counted, plain]) {
    times = 1;
    while (await measure(task, times) < LENGTH) times *= 2; // long enough, and the engine has optimized it
  }
  const ratios = [];
  for (let i = 0; i < PAIRS; i++) {
    // In turns, so that what else the machine does falls on both.
    const [first, second] = i % 2 ? [plain, counted] : [counted, plain];
    const [a, b] = [await measure(first, times), await measure(second, times)];
    ratios.push(i % 2 ? b / a : a / b);
  }
  return ratios.sort((a, b) => a - b)[PAIRS >> 1];
}
