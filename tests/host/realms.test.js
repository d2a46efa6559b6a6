/** Values of another realm, as an iframe, a vm context or jsdom makes them, and errors of another copy of lull. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { load } from '../../node/index.js';
import { fixture, withApp } from '../wasm/support.js';

const wasm = await fixture('empty');

/** Evaluate in another realm, with these values of this one. */
const there = (code, values = {}) => runInNewContext(code, values);

const SOURCES = {
  'bytes': 'Uint8Array.from(wasm)',
  'an ArrayBuffer': 'Uint8Array.from(wasm).buffer',
  'a view of a part': 'Uint8Array.of(9, ...wasm).subarray(1)',
  'a module': 'new WebAssembly.Module(Uint8Array.from(wasm))',
};

for (const [what, code] of Object.entries(SOURCES)) {
  test(`load takes ${what} of another realm`, async () => {
    const app = await load(there(code, { wasm }));
    await app.call.nothing();
    await app.close();
  });
}

test('load takes a Buffer, and one whose class lies about its length', async () => {
  class Lying extends Uint8Array {
    get length() { return 3; }
    get byteLength() { return 3; }
  }
  for (const source of [Buffer.from(wasm), new Lying(wasm)]) {
    const app = await load(source);
    await app.call.nothing();
    await app.close();
  }
});

test('options and host functions of another realm', async () => {
  const options = there('({ budget: 5, report: () => {}, host: { call: (n) => n + 1, note() {} } })');
  await withApp({ fixture: 'tasks', ...options }, async (app) => {
    assert.equal(await app.call.call_host(1), 2);
    assert.equal(await app.spawn('add', there('[1, 2]'), there('({ timeout: 50 })')).result, 3);
  });
});

test('an object of another realm gives no host function that it inherits', async () => {
  const { moduleOf } = await import('../wasm/support.js');
  const loading = load(await moduleOf('inherited'), { host: there('({})') });
  await assert.rejects(loading, { message: /with toString\(int n\)/ });
});

test('the text of an error of another realm is its message', () =>
  withApp({ fixture: 'tasks', host: { call: () => { throw there("new TypeError('over there')"); }, note() {} } },
    async (app) => assert.equal(await app.call.last_message(1), 'over there')));

