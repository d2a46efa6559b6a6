/**
 * The tests of the wasm build for a page: each file is bundled, with what it uses of Node replaced by what is in page/,
 * and lull's entry for Node by that for pages.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import * as about from '../wasm/fixture.js';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/** By file, and by test within a file: why it is not run in pages. */
export const LEFT_OUT = /** @type {Record<string, string | Record<string, string>>} */ ({
  'high-memory.test.js': 'needs more than 2 GB of memory',
  'realms.test.js': { 'bytes of another context, to C': 'a page has no node:vm' },
  'size.test.js': 'bundles and compresses on the disk',
  'workerd.test.js': 'is about the entry of another engine',
  'deep-calls.test.js': {
    'an abort where the stack ends cancels all tasks, if the signal has aborted':
      'a page reports a listener that finds no room, and abort() returns',
  },
  'boundary.test.js': { 'a Buffer is bytes': "a Buffer is Node's" },
  'close.test.js': { 'close leaves no timer of the host that would keep the process': 'a page is no process' },
  'errors.test.js': {
    'where there is no reportError it is an unhandled rejection': "needs a thread of Node's; pages have reportError",
    'a result that nobody handles is an unhandled rejection': "needs a thread of Node's",
  },
  'js-channels.test.js': { 'a wait that is over has left its signal': 'a page cannot ask a signal who listens' },
  'load.test.js': {
    'from a path and a file: URL': 'a page has no paths',
    'a missing file is what the file system says': 'a page has no paths',
  },
});

const replaced = new Map(Object.entries({
  'node:test': here('page/node-test.js'),
  'node:assert/strict': here('page/node-assert.js'),
  './fixture.js': here('page/fixture.js'),
  '../../node/index.js': here('../../web/index.js'),
  '../../node/clock.js': here('page/clock.js'),
}));

/** What only tests that are left out use. */
const ABSENT = 'absent';

/** @type {import('esbuild').Plugin} */
const forPages = {
  name: 'for pages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:|fixture\.js$|node\/(index|clock)\.js$/ }, ({ path, importer }) => {
      if (path.endsWith('fixture.js') && !importer.endsWith('support.js')) return undefined;
      const file = replaced.get(path);
      return file ? { path: file } : { path, namespace: ABSENT };
    });
    onLoad({ filter: /.*/, namespace: ABSENT }, () => ({ contents: 'module.exports = {}', loader: 'js' }));
  },
};

export const files = readdirSync(here('../wasm')).filter((name) => name.endsWith('.test.js')).sort();

/**
 * The bundles, by name.
 *
 * @returns {Promise<Map<string, Uint8Array>>}
 */
async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [
      here('page/suite.js'),
      ...files.filter((name) => typeof LEFT_OUT[name] !== 'string').map((name) => here(`../wasm/${name}`)),
    ],
    entryNames: '[name]',
    bundle: true,
    // Whole: what lull loads when it needs it is there at once, as in Node, and a virtual clock waits for no network.
    format: 'esm',
    target: 'es2022',
    outdir: here('page'),
    write: false,
    inject: [here('page/globals.js')],
    plugins: [forPages],
    logLevel: 'warning',
  });
  return new Map(outputFiles.map(({ path, contents }) => [path.slice(here('page/').length), contents]));
}

/** @returns {Promise<Record<string, import('../../scripts/serve.js').Mount>>} for the server */
export async function wasmSuite() {
  const bundles = await bundle();
  return {
    '/suite/': async (path) =>
      path === 'index.html' ? '<!doctype html><script type="module" src="suite.js"></script>' : bundles.get(path),
    '/fixture/': async (path, query) => {
      if (path === 'about.json') return JSON.stringify(about);
      return about.fixture(path.replace('.wasm', ''), JSON.parse(query.get('options') ?? '{}'));
    },
  };
}
