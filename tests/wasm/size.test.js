/** What a page loads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { compilers, fixture } from './support.js';

const zipped = (contents) => gzipSync(contents, { level: 9 }).length;

for (const cc of compilers) {
  for (const level of ['2', 's']) {
    test(`an empty program of ${cc} -O${level} has at most 12 KB, gzipped`, async (t) => {
      const size = zipped(await fixture('empty', { cc, level }));
      t.diagnostic(`${size} bytes`);
      assert.ok(size <= 12 * 1024, `${size} bytes`);
    });
  }
}

test('the JavaScript of a page has at most 8 KB, minified and gzipped', async (t) => {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [fileURLToPath(new URL('../../web/index.js', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    // Loaded for modules that have what it is about, or when it is asked for.
    external: [
      'wasi', 'run-main', 'host-calls', 'stream', 'channel', 'load-error', 'deadlock', 'observe', 'leaks',
    ].map((name) => `*/${name}.js`),
  });
  const size = zipped(bundle.contents);
  t.diagnostic(`${size} bytes`);
  assert.ok(size <= 8 * 1024, `${size} bytes`);
});
