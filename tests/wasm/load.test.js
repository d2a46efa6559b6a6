/** load: what it takes, and what it refuses with a sentence. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { load } from '../../node/index.js';
import { fixture, moduleOf, withApp } from './support.js';

const empty = await fixture('empty');

/** It loads, runs and closes. */
async function works(source) {
  const app = await load(source);
  assert.equal(await app.call.nothing(), undefined);
  await app.close();
}

/** The same bytes with one text in place of another of the same length. */
function patched(bytes, from, to) {
  const copy = bytes.slice();
  const at = new TextDecoder('latin1').decode(bytes).indexOf(from);
  assert.ok(at >= 0);
  copy.set(new TextEncoder().encode(to), at);
  return copy;
}

test('from a module', async () => works(await moduleOf('empty')));
test('from bytes', () => works(empty));
test('from an ArrayBuffer', () => works(empty.buffer.slice(empty.byteOffset, empty.byteOffset + empty.byteLength)));
test('from a response', () => works(new Response(empty, { headers: { 'content-type': 'application/wasm' } })));
test('from a response that does not say its type', () => works(Promise.resolve(new Response(empty))));
test('from a data: URL', () => works(`data:application/wasm;base64,${btoa(String.fromCharCode(...empty))}`));

test('from a path and a file: URL', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lull load '));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'a b.wasm');
  writeFileSync(file, empty);
  await works(file);
  await works(pathToFileURL(file));
});

test('a missing file is what the file system says', () =>
  assert.rejects(load('/nowhere/at all.wasm'), { code: 'ENOENT' }));

test('a response that is no success is named', () =>
  assert.rejects(load(new Response('', { status: 404, statusText: 'Not Found' })), /answered 404 Not Found/));

test('a source that fails is what load says, beside a bad option, too', () =>
  assert.rejects(load(Promise.reject(new Error('offline')), { budget: -1 }), { message: 'offline' }));

test('a source that is none is a TypeError', () =>
  assert.rejects(load(5), {
    name: 'TypeError',
    message: 'load: the source must be a WebAssembly.Module, its bytes, a Response or a URL, not 5',
  }));

test('a module that lull did not build is refused', () =>
  assert.rejects(load(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)), {
    code: 'ERR_LULL_ABI',
    message: "this module was not built by lull: build it with 'lull build'",
  }));

test('a module of another version is refused', () =>
  assert.rejects(load(patched(empty, 'lull abi 1', 'lull abi 7')), {
    code: 'ERR_LULL_ABI',
    message:
      "this module was built for version 7 of lull's interface, and this is version 1: " +
        "build it again with 'lull build'",
  }));

test('a declaration with a type that cannot cross is refused, and the types that can are listed', () =>
  assert.rejects(load(patched(empty, 'lull task void nothing()', 'lull task file nothing()')), {
    name: 'TypeError',
    message: new RegExp(
      "^'file nothing\\(\\)' has the type 'file', which lull cannot carry between C and JavaScript: "
        + 'write one of void, bool, .*, lull_bytes, lull_ref, or LULL_CHAN\\(type\\)$',
    ),
  }));

test('an export that looks like a declaration but is none is refused', () =>
  assert.rejects(load(patched(empty, 'lull task void nothing()', 'lull task void nothing[]')), {
    name: 'TypeError',
    message: "'void nothing[]' was not declared by LULL_TASK, LULL_HOST or LULL_GENERATOR",
  }));

test('an import that lull does not provide is named', async () =>
  assert.rejects(load(await moduleOf('stranger')), {
    code: 'ERR_LULL_ABI',
    message: "this module imports 'missing' from 'nowhere', which lull does not provide: declare it with LULL_HOST",
  }));

const needs = 'this module needs host functions that were not given: pass load(…, { host: { … } }) with ';

test('host functions that are missing are named at load', async () => {
  const module = await moduleOf('two_hosts');
  const message = `${needs}fetch_text(const char * url, double seconds) → char *; log_line(const char * line) → void`;
  await assert.rejects(load(module), { name: 'TypeError', message });
  await assert.rejects(load(module, { host: {} }), { name: 'TypeError', message });
});

test('only what is missing is named', async () =>
  assert.rejects(load(await moduleOf('two_hosts'), { host: { log_line() {} } }), {
    message: `${needs}fetch_text(const char * url, double seconds) → char *`,
  }));

for (const [value, shown] of [['x', '"x"'], [3, '3'], [null, 'null'], [{}, 'an object (Object)']]) {
  test(`a host function that is ${shown} is wrong, also where another is missing`, async () =>
    assert.rejects(load(await moduleOf('two_hosts'), { host: { log_line: value } }), {
      name: 'TypeError', message: `host function log_line must be a function, not ${shown}`,
    }));
}

test('a host function that is undefined is missing', async () =>
  assert.rejects(load(await moduleOf('two_hosts'), { host: { fetch_text() {}, log_line: undefined } }), {
    message: `${needs}log_line(const char * line) → void`,
  }));

for (const [budget, shown] of [[0, '0'], [-1, '-1'], [NaN, 'NaN'], ['8', '"8"'], [null, 'null']]) {
  test(`budget: ${shown} is refused`, () =>
    assert.rejects(load(empty, { budget }), {
      name: 'TypeError',
      message: `load: option 'budget' must be milliseconds above 0, not ${shown}`,
    }));
}

for (const [stackSize, shown] of [
  [0, '0'],
  [1023, '1023'],
  [1.5e4 + 0.5, '15000.5'],
  [2 ** 31, '2147483648'],
  ['16384', '"16384"'],
]) {
  test(`stackSize: ${shown} is refused`, () =>
    assert.rejects(load(empty, { stackSize }), {
      name: 'TypeError',
      message: `load: option 'stackSize' must be at least 1024 bytes, not ${shown}`,
    }));
}

test('the smallest stack does for a small task', () => withApp({ fixture: 'empty', stackSize: 1024 }, async (app) => {
  assert.equal(await app.call.nothing(), undefined);
}));

test('two apps of one module are two', () => withApp({ fixture: 'empty' }, (one) =>
  withApp({ fixture: 'empty' }, async (other) => {
    await one.call.nothing();
    assert.deepEqual([one.stats().spawned, other.stats().spawned], [1, 0]);
  })));
