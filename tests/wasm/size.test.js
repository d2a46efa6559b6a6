/** What a page loads. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
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

/** A module and all that it imports by itself, each once. */
function closure(url, seen = new Map()) {
  if (seen.has(url.href)) return seen;
  const source = readFileSync(url, 'utf8');
  seen.set(url.href, source);
  for (const [, from] of source.matchAll(/^(?:import|export)\b[^'";]*?\bfrom '(\.[^']+)'/gm)) closure(new URL(from, url), seen);
  return seen;
}

/** Without comments and indentation, which is far less than what a minifier does. */
const stripped = (source) => source.replace(/\/\*\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/ .*$/gm, '$1').replace(/^\s+/gm, '').replace(/\n+/g, '\n');

test('the JavaScript of a page has at most 8 KB, gzipped', async (t) => {
  const sources = closure(new URL('../../web/index.js', import.meta.url));
  const plain = [...sources.values()].map(stripped).join('');
  const bundle = await bundled().catch(() => undefined);
  const size = zipped(bundle ?? plain);
  t.diagnostic(`${size} bytes, ${bundle ? 'minified' : 'without comments'}, of ${sources.size} modules`);
  assert.ok(size <= 8 * 1024, `${size} bytes`);
});

/** By esbuild, where it is there. */
async function bundled() {
  const name = 'esbuild';
  const { build } = await import(name);
  const { outputFiles } = await build({
    entryPoints: [new URL('../../web/index.js', import.meta.url).pathname],
    bundle: true, minify: true, format: 'esm', write: false, splitting: true, outdir: '/out', external: ['@bjorn3/browser_wasi_shim'],
  });
  return outputFiles.find(({ path }) => path.endsWith('index.js')).contents;
}
