/**
 * `npm run bench -- --scale`: what operations cost by the number of tasks, each point in a process of its own. The
 * figures of --json are what bench/chart.js draws.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { load } from '../node/index.js';
import { measures, point, rows } from './scale-measures.js';

/** @import { Point } from './scale-measures.js' */

const self = fileURLToPath(import.meta.url);

/** Milliseconds after which a point is given up, as on a machine without the memory. */
const LONGEST = 300_000;

/** The numbers of tasks, up to ten to this power. @param {number} power */
export const sizes = (power) => [10, 1e3, 1e5, 1e6, 1e7].filter((tasks) => tasks <= 10 ** power);

/** @param {number} tasks */
const shown = (tasks) => tasks.toLocaleString('en');

/**
 * @param {string} name the measure
 * @param {number} tasks
 * @param {Uint8Array} wasm scale.c
 * @returns {Promise<Point[]>} none where it fails, which is said
 */
async function measureAlone(name, tasks, wasm) {
  const child = fork(self, { serialization: 'advanced', execArgv: ['--expose-gc', '--max-old-space-size=8192'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), LONGEST);
  child.send({ name, tasks, wasm });
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  clearTimeout(limit);
  if (Array.isArray(first)) return first;
  console.error(`bench: ${name} with ${shown(tasks)} tasks is left out: ${first?.failed ?? 'its process has ended'}`);
  return [];
}

/**
 * @param {Uint8Array} wasm scale.c
 * @param {{ power: number, chosen: Set<string> }} options `chosen` are rows
 * @returns {Promise<Point[]>}
 */
export async function measureScale(wasm, { power, chosen }) {
  const points = [];
  for (const [name, { rows: names, most }] of Object.entries(measures)) {
    if (!names.some((row) => chosen.has(row))) continue;
    for (const tasks of sizes(Math.min(power, most))) points.push(...await measureAlone(name, tasks, wasm));
  }
  return points.filter(({ row }) => chosen.has(row));
}

/** @param {number} number */
const figure = (number) => (number < 10 ? number.toFixed(1) : Math.round(number).toLocaleString('en'));

/**
 * The points as a table of Markdown: nanoseconds, and bytes where there are any.
 *
 * @param {Point[]} points
 */
export function markdown(points) {
  const counts = [...new Set(points.map(({ tasks }) => tasks))].sort((a, b) => a - b);
  const cell = (/** @type {Point | undefined} */ one) =>
    (one ? `${figure(one.nanoseconds)} ns${one.bytes === undefined ? '' : `, ${figure(one.bytes)} B`}` : '');
  const lines = Object.entries(rows).flatMap(([name, what]) => {
    const mine = points.filter(({ row }) => row === name);
    const cells = counts.map((tasks) => cell(mine.find((one) => one.tasks === tasks)));
    return mine.length ? [`| ${name} | ${cells.join(' | ')} | ${what} |`] : [];
  });
  return [`| tasks | ${counts.map(shown).join(' | ')} | |`, `|---|${counts.map(() => '---:|').join('')}---|`, ...lines]
    .join('\n');
}

if (process.argv[1] === self && process.send) {
  const [{ name, tasks, wasm }] = await once(process, 'message');
  const memory = () => {
    globalThis.gc?.();
    return process.memoryUsage.rss();
  };
  const open = async (/** @type {any} */ host) =>
    /** @type {any} */ (await load(wasm, { host, stackSize: 2048 }));
  try {
    process.send(await point(open, name, tasks, { memory }), () => process.exit());
  } catch (error) {
    process.send({ failed: /** @type {Error} */ (error).message }, () => process.exit(1));
  }
}
