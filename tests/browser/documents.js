/** The snippets of docs/browsers.md: its C is built as one module, its page loads it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from '../../toolchain/build.js';
import { chooseCompiler } from '../../toolchain/compiler.js';
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

/** @type {Promise<Uint8Array> | undefined} */
let built;

async function buildModule() {
  const folder = mkdtempSync(join(tmpdir(), 'lull-browsers-'));
  const file = join(folder, 'app.c');
  try {
    writeFileSync(file, snippets('c').join('\n'));
    const compiler = chooseCompiler(system, process.env.LULL_TEST_COMPILER);
    return await build(system, compiler, { files: [file], level: '2', flags: [], debug: false });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @type {import('../../scripts/serve.js').Mount} */
export const documents = async (path) => (path === 'app.wasm' ? (built ??= buildModule()) : page);

/** @param {() => { open: () => Promise<Page>, origin: string }} given */
export function testDocuments(given) {
  test('what docs/browsers.md shows runs', async () => {
    const { open, origin } = given();
    const page = await open();
    await page.goto(`${origin}/docs/`);
    const found = await page.evaluate(async () => {
      while (document.title === 'not yet') await new Promise((resolve) => setTimeout(resolve, 5));
      const [{ load }, { browserHost }] = await Promise.all([
        import('/lull/web/index.js'),
        import('/lull/web/hostlib/index.js'),
      ]);
      const app = await load('app.wasm', { host: browserHost() });
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
    });
    await page.close();
    assert.deepEqual(found, { title: 'at 120', x: 7, drawn: [[0, 0, 0, 0], [255, 99, 71, 255]] });
  });
}
