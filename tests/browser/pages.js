/** The pages of the tests: as a user writes them, without a build step. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chat } from './chat.js';
import { documents, scripts } from './documents.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What an import map of a page says: the same names as in a bundler. */
const IMPORTS = { lull: '/lull/web/index.js', 'lull/host/web': '/lull/web/hostlib/index.js' };

const SHIM = { '@bjorn3/browser_wasi_shim': '/shim/dist/index.js' };

/** @param {Record<string, string>} imports */
const importMap = (imports) => JSON.stringify({ imports });

const maps = [importMap(IMPORTS), importMap({ ...IMPORTS, ...SHIM })];

/** Import maps, too, are scripts within the page, which such a policy allows by their hashes. */
const hashes = [...maps, ...scripts].map((script) =>
  `'sha256-${createHash('sha256').update(script).digest('base64')}'`);

/** What a page that is careful says. Nothing isolates it from other origins. */
export const HEADERS = { 'content-security-policy': `script-src 'self' 'wasm-unsafe-eval' ${hashes.join(' ')}` };

const SCRIPT = `
import { load } from 'lull';
import { browserHost, storedFiles } from 'lull/host/web';
globalThis.lull = { load, browserHost, storedFiles };
`;

/** Import maps are for pages: a worker imports by addresses. */
const WORKER = `
import { load } from '/lull/web/index.js';
import { browserHost } from '/lull/web/hostlib/index.js';
const app = await load('/fixture/frame.wasm', { host: browserHost() });
const waited = await app.call.wait_frames(3);
await app.close();
postMessage({ waited, isolated: globalThis.crossOriginIsolated });
`;

/** @param {string} map */
const page = (map) => `<!doctype html>
<title>lull</title>
<script type="importmap">${map}</script>
<script type="module" src="/page/script.js"></script>
<button id="button">A button</button>
<canvas id="canvas" width="40" height="30"></canvas>
`;

const files = /** @type {Record<string, string>} */ ({
  'index.html': page(maps[0]),
  'wasi.html': page(maps[1]),
  'script.js': SCRIPT,
  'worker.js': WORKER,
  'large.txt': 'x'.repeat(100_000),
});

/** The parts that are loaded when a module needs them: js_channels.wasm needs both. */
const PARTS = ['js/features/index.js', 'js/features/wasi.js'];

/**
 * lull from a server that answers none of the parts before all have been asked for, or does not answer at all.
 *
 * @returns {(path: string) => Promise<Uint8Array | undefined>}
 */
function together() {
  /** @type {Set<string>} */
  const asked = new Set();
  /** @type {(value?: unknown) => void} */
  let all;
  const allAsked = new Promise((resolve) => { all = resolve; });
  return async (path) => {
    if (PARTS.includes(path) && asked.add(path).size === PARTS.length) all();
    const inTime = !PARTS.includes(path)
      || await Promise.race([allAsked.then(() => true), setTimeout(300_000, false, { ref: false })]);
    return inTime ? readFile(root + path) : undefined;
  };
}

/** @type {Record<string, import('../../scripts/serve.js').Mount>} */
export const pages = {
  '/page/': async (path) => (path === 'never.txt' ? new Promise(() => {}) : files[path]),
  '/chat/': chat,
  '/docs/': documents,
  '/together/': together(),
  '/lull/js/': `${root}js`,
  '/lull/web/': `${root}web`,
  '/shim/': `${root}node_modules/@bjorn3/browser_wasi_shim`,
};
