/** The cache: its entries, and how long they stay. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { cached, keyOf } from '../../node/toolchain/cache.js';
import { systemOf } from '../../node/toolchain/system.js';
import { unpacked } from '../../node/toolchain/wasi.js';
import { build } from '../../toolchain/build.js';
import { findClang, findEmcc } from '../../toolchain/compiler.js';
import { cache as runtimes, folderWith } from './support.js';

const result = new Uint8Array([1, 2, 3]);

/** @param {string} file */
const age = (file) => utimesSync(file, 0, 0);

test('a result is made once, and again when its file is changed or cut short', async (t) => {
  const cache = folderWith(t);
  let made = 0;
  const get = () => cached(cache, ['a'], async () => {
    made++;
    return result;
  });
  assert.deepEqual([await get(), await get(), made], [result, result, 1]);
  const file = join(cache, `${keyOf(['a'])}.wasm`);
  writeFileSync(file, readFileSync(file).subarray(1));
  assert.deepEqual([await get(), made], [result, 2]);
});

test('an entry that nobody has used for a month is removed, and a used one is not', async (t) => {
  const cache = folderWith(t, { 'unused.wasm': '', other: '' });
  const make = async () => result;
  const packed = join(cache, 'source.c.br');
  writeFileSync(packed, brotliCompressSync('int one;'));
  for (const folder of ['runtime-used', 'runtime-unused']) {
    await unpacked(cache, pathToFileURL(packed).href, folder);
    assert.equal(readFileSync(join(cache, folder, 'source.c'), 'utf8'), 'int one;');
    age(join(cache, folder));
  }
  await unpacked(cache, pathToFileURL(packed).href, 'runtime-used');
  rmSync(packed);
  await cached(cache, ['used'], make);
  const used = `${keyOf(['used'])}.wasm`;
  for (const name of [used, 'unused.wasm', 'other', 'cleaned']) {
    if (name === 'unused.wasm') writeFileSync(join(cache, name), '');
    age(join(cache, name));
  }
  await cached(cache, ['used'], make);
  assert.ok(statSync(join(cache, used)).mtimeMs > 0);
  await cached(cache, ['new'], make);
  const left = ['cleaned', 'other', 'runtime-used', used, `${keyOf(['new'])}.wasm`];
  assert.deepEqual(readdirSync(cache).sort(), left.sort());
});

test('a program is instrumented once, until it or its flags change', async (t) => {
  const folder = folderWith(t);
  cpSync(runtimes, join(folder, 'cache'), { recursive: true });
  const stream = { write() {} };
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  const system = systemOf({ folder, env, stdout: stream, stderr: stream, input: async () => new Uint8Array() });
  /** @type {string[]} */
  let steps = [];
  system.progress.show = (text) => steps.push(text);
  const compiler = findEmcc(system) ?? findClang(system);
  assert.ok(compiler);

  /** @param {string} body @param {string[]} flags */
  const instruments = async (body, ...flags) => {
    writeFileSync(join(folder, 'app.c'), `#include <lull.h>\nLULL_TASK(int, f, (int, n)) { ${body} }\n`);
    steps = [];
    const wasm = await build(system, compiler, { args: ['app.c', ...flags] });
    assert.ok(WebAssembly.validate(wasm));
    return steps.includes('instrumenting and optimizing');
  };
  assert.equal(await instruments('return n;'), true);
  assert.equal(await instruments('/* the same */ return n;'), false);
  assert.equal(await instruments('return n + 1;'), true);
  assert.equal(await instruments('return n;', '-O2'), true);
  assert.equal(await instruments('return n;'), false);
});
