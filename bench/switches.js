/**
 * `npm run bench -- --switches [--browser NAME]`: the switches beside each other, as a table of docs/switches.md.
 *
 * Each switch has a process or page of its own in each case: an app disturbs another by the garbage that it makes, and
 * by what the engine has learnt of the JavaScript that they share; and Chromium 156 keeps address space of each stack
 * that has ended, and aborts a page in which there were some 60,000. They take turns, so that changes in the machine's
 * speed affect all. Asyncify's figures are medians, the others' the medians of the ratios in the same round.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { system } from '../node/toolchain/system.js';
import { engines } from '../tests/engines/engines.js';
import { build } from '../toolchain/build.js';
import { SWITCHES } from '../toolchain/switches.js';
import { median } from './heavy.js';
import { openBrowser } from './switch-pages.js';
import { startProcess } from './switch-process.js';
import { freshRows, repeatedRows } from './switch-cases.js';

/** @import { Switch } from '../toolchain/switches.js' */

const ROUNDS = 5;
const OLDEST = 26;
const names = /** @type {Switch[]} */ (Object.keys(SWITCHES));

/**
 * A figure of each switch: of Asyncify in the unit, of the others as ratios to it. Undefined where the engine lacks it.
 *
 * @typedef {{ name: string, what: string, unit: string } & Partial<Record<Switch, number>>} Row
 */

/** The Node with stack switching: this one, or that of tests/engines. */
export const nodeWithStacks = () =>
  (parseInt(process.versions.node) >= OLDEST ? process.execPath : engines['node-26']);

/** In processes of Node. @param {string} node @param {Record<string, Uint8Array>} modules */
function openNode(node, modules) {
  const folder = mkdtempSync(join(tmpdir(), 'lull-bench-'));
  const file = (/** @type {string} */ name) => join(folder, `${name}.wasm`);
  for (const [name, bytes] of Object.entries(modules)) writeFileSync(file(name), bytes);
  const versions = JSON.parse(execFileSync(node, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' }));
  return {
    engine: `Node ${versions.node} (V8 ${versions.v8}), ${process.platform} ${process.arch}`,
    start: async (/** @type {string} */ name) => startProcess(node, name, file(name)),
    async close() {
      rmSync(folder, { recursive: true });
    },
  };
}

/**
 * @param {Parameters<typeof build>[1]} compiler
 * @param {{ browser?: 'chromium' | 'firefox', chosen: Set<string> }} options
 * @returns {Promise<{ engine: string, table: Row[] }>}
 */
export async function measureSwitches(compiler, { browser, chosen }) {
  /** @type {Record<string, Uint8Array>} */
  const modules = {};
  const args = ['cases.c', 'compute.c'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  for (const name of names) modules[name] = await build(system, compiler, { args: [...args, '-O3'], switch: name });
  const place = browser ? await openBrowser(browser, modules) : openNode(String(nodeWithStacks()), modules);
  /** @type {Map<string, Partial<Record<Switch, number[]>>>} */
  const measured = new Map();
  /** @param {Switch} side @param {Record<string, number>} figures */
  const add = (side, figures) => {
    for (const [row, figure] of Object.entries(figures)) {
      const sides = measured.get(row) ?? {};
      measured.set(row, { ...sides, [side]: [...sides[side] ?? [], figure] });
    }
  };
  const isChosen = (/** @type {{ name: string }} */ { name }) => chosen.has(name);
  /** @param {(sides: { name: Switch, ask: (what: string) => Promise<any> }[]) => Promise<void>} run */
  const withSides = async (run) => {
    const sides = [];
    try {
      for (const name of supported) sides.push({ name, ...await place.start(name) });
      await run(sides);
    } finally {
      for (const side of sides) await side.close();
    }
  };
  /** @type {Switch[]} */
  let supported = names;
  try {
    await withSides(async (sides) => {
      // One after the other: Firefox waits for ever until a page is in front that another one has pushed back.
      supported = [];
      for (const { name, ask } of sides) if (!await ask('lack')) supported.push(name);
    });
    for (const { name } of repeatedRows.filter(isChosen)) {
      await withSides(async (sides) => {
        for (let round = 0; round < ROUNDS; round++) {
          for (const side of sides) add(side.name, { [name]: await side.ask(name) });
        }
      });
    }
    for (let round = 0; round < ROUNDS && freshRows.some(isChosen); round++) {
      await withSides(async (sides) => {
        for (const side of sides) add(side.name, await side.ask('fresh'));
      });
    }
  } finally {
    await place.close();
  }
  const sizes = Object.fromEntries(supported.map((name) => [name, [modules[name].length / 1000]]));
  const all = [...repeatedRows, ...freshRows].filter(isChosen).concat(SIZE);
  return {
    engine: place.engine,
    table: all.flatMap((row) => {
      const figures = row === SIZE ? sizes : measured.get(row.name);
      return figures ? [compare(row, figures)] : [];
    }),
  };
}

const SIZE = { name: 'size', what: 'the module of these cases', unit: 'KB' };

/**
 * @param {{ name: string, what: string, unit: string }} row
 * @param {Partial<Record<Switch, number[]>>} figures by round
 * @returns {Row}
 */
function compare(row, { asyncify = [], stacks, jspi }) {
  const ratio = (/** @type {number[] | undefined} */ others) =>
    others && median(others.map((figure, round) => figure / asyncify[round]));
  return { ...row, asyncify: median(asyncify), stacks: ratio(stacks), jspi: ratio(jspi) };
}

/** Three digits, or more where they are before the point. @param {number} value */
const short = (value) =>
  (value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(2)).toString());

/** @param {Row[]} table */
export const markdown = (table) => [
  '| | Asyncify | stacks | JSPI |',
  '|---|---|---|---|',
  ...table.map(({ name, what, unit, asyncify = NaN, stacks, jspi }) =>
    `| \`${name}\`: ${what} | ${short(asyncify)} ${unit} | ${[stacks, jspi].map((ratio) =>
      (ratio === undefined ? 'n/a' : ratio.toFixed(2))).join(' | ')} |`),
].join('\n');
