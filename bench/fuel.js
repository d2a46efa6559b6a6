/**
 * What `lull build --fuel` costs: programs that compute, built with and without, for each compiler. Prints the ratio of
 * their times, the median of many pairs.
 */
import { fileURLToPath } from 'node:url';
import { findClang, findEmcc } from '../toolchain/compiler.js';
import { build } from '../toolchain/build.js';
import { system } from '../node/toolchain/system.js';
import { load } from '../node/index.js';

const PAIRS = 31;
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
  const apps = await Promise.all([false, true].map(async (fuel) => {
    const wasm = await build(system, compiler, { args: [...files, '-O2'], fuel });
    return load(wasm, fuel ? { maxRunTime: 10_000 } : {});
  }));
  for (const name of ['mandelbrot', 'parse', 'quicksort', 'multiply', 'recurse']) {
    const [plain, counted] = apps.map(({ call }) => call[name]);
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
    console.log(`${compiler.name} ${name}: ${ratios.sort((a, b) => a - b)[PAIRS >> 1].toFixed(3)}`);
  }
  for (const app of apps) await app.close();
}
