/** The snippets of docs/browsers.md: its C is built as one module by each compiler, its page loads it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from '../../toolchain/build.js';
import { findClang, findEmcc } from '../../toolchain/compiler.js';
import { system } from '../../node/toolchain/system.js';

/** @import { Page } from './browsers.js' */

const text = readFileSync(new URL('../../docs/browsers.md', import.meta.url), 'utf8');

/** @param {string} language */
const snippets = (language) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, body]) => body);

const [head] = snippets('html');

/** What it has of scripts, which a policy allows by their hashes. */
export const scripts = [...head.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(([, script]) => script);

const page = `<!doctype html>
<title>not yet</title>
<button id="stop">Stop</button>
<canvas id="chart" width="320" height="200"></canvas>
${head}`;

/** All that this machine has: the page has no WASI shim, and the module of neither compiler may need one. */
const compilers = [findClang(system), findEmcc(system)].flatMap((compiler) => compiler ?? []);

/** @param {import('../../toolchain/compiler.js').Compiler} compiler */
async function buildWith(compiler) {
  const folder = mkdtempSync(join(tmpdir(), 'lull-browsers-'));
  const file = join(folder, 'app.c');
  try {
    writeFileSync(file, snippets('c').join('\n'));
    return await build(system, compiler, { args: [file, '-O2'] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What has been built, by the compiler's name. @type {Map<string, Promise<Uint8Array>>} */
const built = new Map();

/** A folder for each compiler. @type {import('../../scripts/serve.js').Mount} */
export const documents = async (path) => {
  const [name, file] = path.split('/');
  const compiler = compilers.find((candidate) => candidate.name === name);
  if (!compiler || file !== 'app.wasm') return page;
  const module = built.get(name) ?? buildWith(compiler);
  built.set(name, module);
  return module;
};

/** @param {() => { open: () => Promise<Page>, origin: string }} given */
export function testDocuments(given) {
  for (const { name } of compilers) {
    test(`what docs/browsers.md shows runs, built by ${name}`, async () => {
      const { open, origin } = given();
      const page = await open();
      await page.goto(`${origin}/docs/${name}/`);
      const found = await page.evaluate(useSnippets);
      await page.close();
      assert.deepEqual(found, { title: 'at 120', x: 7, drawn: [[0, 0, 0, 0], [255, 99, 71, 255]] });
    });
  }
}

/** Runs in the page, and loads the module as the page does: so an error is seen before the page is waited for. */
async function useSnippets() {
  const [{ load }, { browserHost }] = await Promise.all([
    import(/** @type {any} */ ('/lull/web/index.js')),
    import(/** @type {any} */ ('/lull/web/hostlib/index.js')),
  ]);
  const app = await load('app.wasm', { host: browserHost() });
  while (document.title === 'not yet') await new Promise((resolve) => setTimeout(resolve, 5));
  const clicked = app.call.where_clicked();
  const listens = () => app.tasks().some((/** @type {any} */ { waitingOn }) => waitingOn === 'lull_dom_next');
  while (!listens()) await new Promise((resolve) => setTimeout(resolve, 5));
  document.querySelector('#stop')?.dispatchEvent(new MouseEvent('click', { clientX: 7 }));
  await app.call.grow(20);
  const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#chart'));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const at = (/** @type {number} */ y) => [...context.getImageData(50, y, 1, 1).data];
  const drawn = [at(160), at(175)];
  const x = await clicked;
  await app.close();
  return { title: document.title, x, drawn };
}
