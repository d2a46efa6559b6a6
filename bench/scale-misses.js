/**
 * `node bench/scale-misses.js`: cache misses of the operations of scale.c, by the number of tasks. Cachegrind counts
 * them in the native build: the difference of a longer and a shorter run, so that the start does not count. The native
 * build has the same records, but pointers of 8 bytes; its tasks suspend by `swapcontext`, without Asyncify's frames;
 * its stacks lie at whole pages, so they compete for places in the cache.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildNative, MEASURES } from './scale-native.js';

/** As in scale.c. */
const ROUNDS = 5;
/** Valgrind has no room for a million native stacks. */
const SIZES = [10, 1e3, 1e4, 1e5];
/** The simulated caches: those of a usual processor, whatever this one has or shares with others. */
const CACHES = ['--D1=49152,12,64', '--LL=33554432,16,64'];
const SHORT = 1, LONG = 3;

/** The counts that a line of a summary has: `D   refs:  1,234  ( …`. @param {string} text @param {string} name */
const count = (text, name) => Number(new RegExp(`${name}: +([\\d,]+)`).exec(text)?.[1].replaceAll(',', ''));

/** @param {string} program @param {string[]} args */
function counts(program, args) {
  const { stderr, status } = spawnSync('valgrind',
    ['--tool=cachegrind', '--cache-sim=yes', ...CACHES, '--cachegrind-out-file=/dev/null', program, ...args],
    { encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`${args.join(' ')}: cachegrind ended with ${status}\n${stderr.slice(0, 2000)}`);
  return ['I +refs', 'D1 +misses', 'LLd misses'].map((name) => count(stderr, name));
}

/** @param {string} program @param {string} name @param {number} tasks */
function difference(program, name, tasks) {
  const repeats = Math.max(1, Math.min(1000, Math.round(1e4 / tasks)));
  const [short, long] = [SHORT, LONG].map((times) => counts(program, [name, String(tasks), String(times * repeats)]));
  const operations = (LONG - SHORT) * repeats * ROUNDS * (name === 'channel' ? tasks / 2 : tasks);
  return long.map((one, at) => (one - short[at]) / operations);
}

for (const tool of ['gcc', 'valgrind']) {
  if (!spawnSync(tool, ['--version']).error) continue;
  console.error(`scale-misses: there is no ${tool} (apt install ${tool})`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'lull-misses-'));
try {
  const program = buildNative(folder);
  console.log('| | tasks | instructions | misses of the first level | of the last level |\n|---|---:|---:|---:|---:|');
  for (const name of MEASURES) {
    for (const tasks of SIZES) {
      const figures = difference(program, name, tasks).map((one) => one.toFixed(one < 100 ? 2 : 0));
      console.log(`| ${name} | ${tasks.toLocaleString('en')} | ${figures.join(' | ')} |`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
