/** What a page loads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { asyncifyOnly, clangOnly, compilers, fixture } from './support.js';

const zipped = (contents) => gzipSync(contents, { level: 9 }).length;

for (const cc of compilers) {
  for (const level of ['2', 's']) {
    test(`an empty program of ${cc} -O${level} has at most 12 KB, gzipped`, { skip: asyncifyOnly }, async (t) => {
      const size = zipped(await fixture('empty', { cc, level }));
      t.diagnostic(`${size} bytes`);
      assert.ok(size <= 12 * 1024, `${size} bytes`);
    });
  }
}

test('an empty program of clang imports nothing of WASI', { skip: clangOnly || asyncifyOnly }, async () => {
  const module = await WebAssembly.compile(await fixture('empty'));
  const origins = WebAssembly.Module.imports(module).map((entry) => entry.module);
  assert.deepEqual([...new Set(origins)], ['lull']);
});

/** What a page loads of lull: minified and gzipped, without these parts. */
const sizeWithout = (...external) => sizeOf('web/index.js', external);

async function sizeOf(entry, external) {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [fileURLToPath(new URL(`../../${entry}`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    external,
  });
  return zipped(bundle.contents);
}

const SEQUENCES = '*/features/sequences.js';
const WASI = '*/features/wasi.js';
const LIMITS = '*/features/limits.js';
const FILES = '*/files/index.js';
const POSIX = '*/posix/index.js';
const TERMINAL = '*/terminal.js';
const PROMISED = '*/promised-files.js';
const PROVIDED = '*/provided.js';
const FLIGHTS = '*/features/flights.js';
const FEATURES = ['*/features/index.js', SEQUENCES, LIMITS, WASI, FILES, POSIX, TERMINAL, PROMISED, FLIGHTS];
const DIAGNOSTICS = '*/diagnostics/index.js';

test('the core has at most 9.2 KB, minified and gzipped', async (t) => {
  const size = await sizeWithout(DIAGNOSTICS, ...FEATURES);
  t.diagnostic(`${size} bytes`);
  assert.ok(size <= 9.2 * 1024, `${size} bytes`);
});

test('the core and the features together have at most 12 KB', async (t) => {
  const size = await sizeWithout(DIAGNOSTICS, SEQUENCES, LIMITS, WASI, FILES, POSIX, TERMINAL, FLIGHTS);
  t.diagnostic(`${size} bytes`);
  assert.ok(size <= 12 * 1024, `${size} bytes`);
});

test('the core, the features and the sequences together have at most 13.3 KB', async (t) => {
  const size = await sizeWithout(DIAGNOSTICS, LIMITS, WASI, FILES, POSIX, TERMINAL, FLIGHTS);
  t.diagnostic(`${size} bytes`);
  assert.ok(size <= 13.3 * 1024, `${size} bytes`);
});

test('with the adapter for WASI, they have at most 14 KB', async (t) => {
  const size = await sizeWithout(DIAGNOSTICS, LIMITS, FILES, POSIX, TERMINAL, FLIGHTS, '@bjorn3/browser_wasi_shim');
  t.diagnostic(`${size} bytes`);
  assert.ok(size <= 14 * 1024, `${size} bytes`);
});

test('the files have at most 4.9 KB', async (t) => {
  const size = await sizeOf('js/files/index.js', ['@bjorn3/browser_wasi_shim']);
  t.diagnostic(`${size} bytes`);
  assert.ok(size <= 4.9 * 1024, `${size} bytes`);
});

test('the sockets and stdin have at most 7.6 KB', async (t) => {
  const size = await sizeOf('js/posix/index.js', [TERMINAL, PROMISED, PROVIDED]);
  t.diagnostic(`${size} bytes`);
  assert.ok(size <= 7.6 * 1024, `${size} bytes`);
});

test('files behind promises have at most 5.8 KB', async (t) => {
  const size = await sizeOf('js/posix/promised-files.js', ['@bjorn3/browser_wasi_shim']);
  t.diagnostic(`${size} bytes`);
  assert.ok(size <= 5.8 * 1024, `${size} bytes`);
});

test('lull has eleven chunks besides the adapter for WASI', async () => {
  const { metafile: { outputs } } = await build({
    entryPoints: [fileURLToPath(new URL('../../web/index.js', import.meta.url))],
    bundle: true,
    splitting: true,
    format: 'esm',
    write: false,
    metafile: true,
    outdir: 'dist',
    external: ['@bjorn3/browser_wasi_shim'],
  });
  const entries = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  assert.deepEqual(entries.map((path) => path.replace(/^.*?(?=(js|web)\/)/, '')).sort(), [
    'js/diagnostics/index.js', 'js/features/flights.js', 'js/features/index.js', 'js/features/limits.js',
    'js/features/sequences.js', 'js/features/wasi.js', 'js/files/index.js', 'js/posix/index.js',
    'js/posix/promised-files.js', 'js/posix/provided.js', 'js/posix/terminal.js', 'web/index.js',
  ]);
});
