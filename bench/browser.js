/** The cases in a browser, with two more that only a page has: frames, and the time to the first task. */
import { fileURLToPath } from 'node:url';
import { build } from '../toolchain/build.js';
import { system } from '../node/toolchain/system.js';
import { serve } from '../scripts/serve.js';
import { launch, missing } from '../tests/browser/browsers.js';
import { measureFirstTask } from './first-task.js';

const root = fileURLToPath(new URL('..', import.meta.url));

const TASKS = 100_000;
const FRAMES = 120;

/** The names of these two. */
export const pageCases = ['first-task', 'frame-100k'];

/** Milliseconds of a frame, at 60 frames per second. */
const FRAME = 1000 / 60;

/**
 * @param {'chromium' | 'firefox'} name
 * @param {Parameters<typeof build>[1]} compiler
 * @param {Uint8Array} cases cases.c
 * @param {{ chosen: string[], rounds: number }} options
 * @returns {Promise<{ engine: string, figures: { name: string, what: string, unit: string, baseline: string, pairs:
 *   number[][] }[] }>}
 */
export async function measureIn(name, compiler, cases, { chosen, rounds }) {
  const reason = missing(name);
  if (reason) throw new Error(reason);
  const frame = await build(system, compiler, { args: [`${root}bench/frame.c`, '-O3'] });
  /** @type {Record<string, Uint8Array>} */
  const modules = { 'cases.wasm': cases, 'frame.wasm': frame };
  const firsts = chosen.includes('first-task') ? await measureFirstTask(name, frame, rounds) : [];
  const shim = '{ "imports": { "@bjorn3/browser_wasi_shim": "/shim/index.js" } }';
  /** @type {Record<string, string>} */
  const pages = {
    'index.html': `<!doctype html>
      <script type="importmap">${shim}</script><script type="module" src="/bench/page/page.js"></script>`,
  };
  const server = await serve({
    '/': async (path) => pages[path],
    '/wasm/': async (path) => modules[path],
    '/bench/': `${root}bench`,
    '/shim/': `${root}node_modules/@bjorn3/browser_wasi_shim/dist`,
    '/lull/js/': `${root}js`,
    '/lull/web/': `${root}web`,
  });
  const browser = await launch(name);
  try {
    const tab = await browser.open();
    const until = (/** @type {string} */ global) => tab.evaluate(async (name) => {
      while (!(name in globalThis)) await new Promise((resolve) => setTimeout(resolve, 5));
    }, global);
    await tab.goto(`${server.origin}/`);
    await until('measureCases');
    const figures = await tab.evaluate(
      (names, count) => /** @type {any} */ (globalThis).measureCases(names, count), chosen, rounds);
    figures.push(...firsts);
    if (chosen.includes('frame-100k')) {
      /** @type {Record<string, number>[]} */
      const measured = [];
      while (measured.length < 3) {
        measured.push(await tab.evaluate(
          (tasks, frames) => /** @type {any} */ (globalThis).measureFrames(tasks, frames), TASKS, FRAMES));
      }
      const row = (/** @type {string} */ key) => measured.map((one) => [one[key], FRAME]);
      const of60 = { unit: 'ms', baseline: '60 frames a second' };
      figures.push(
        { name: 'frame-100k', what: '100,000 tasks that wake in every frame: the frame', ...of60, pairs: row('frame') },
        { name: 'frame-100k-lull', what: "the same: lull's share of the frame", ...of60, pairs: row('lull') },
        {
          name: 'frame-100k-wakes',
          what: 'the same: how often each task woke per frame',
          unit: '/frame',
          baseline: 'in every frame',
          pairs: measured.map(({ wakes }) => [wakes, 1]),
        },
      );
    }
    return { engine: `${browser.version}, ${process.platform} ${process.arch}`, figures };
  } finally {
    await browser.close();
    await server.close();
  }
}
