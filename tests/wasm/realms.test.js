/** Bytes are what the engine says they are: of another realm, or with a length that is a lie. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { withApp } from './support.js';

const options = { fixture: 'edges', host: { length_of: (bytes) => bytes.length, call() {} } };

class Liar extends Uint8Array {
  get length() {
    return 1_000_000;
  }

  get byteLength() {
    return 1_000_000;
  }

  get buffer() {
    return new ArrayBuffer(0);
  }
}

const lying = Object.defineProperty(Uint8Array.of(1, 2, 3), 'length', { value: 70_000 });

for (const [what, bytes] of [
  ['of another context', () => vm.runInNewContext('Uint8Array.of(1, 2, 3)')],
  ['of a subclass that lies about its length', () => Liar.of(1, 2, 3)],
  ['with a length of its own', () => lying],
]) {
  test(`bytes ${what}, to C`, () => withApp(options, async (app, clock) => {
    assert.equal(await clock.until(app.call.sum(bytes())), 6n);
    assert.equal(await clock.until(app.call.length(bytes())), 3);
  }));
}

test('what only looks like bytes is refused', () => withApp(options, async (app, clock) => {
  for (const value of [
    { __proto__: Uint8Array.prototype, length: 3 }, { [Symbol.toStringTag]: 'Uint8Array' }, [1], new Uint16Array(1),
    new Uint8ClampedArray(1), new DataView(new ArrayBuffer(1)), null, 'text',
  ]) await assert.rejects(clock.until(app.call.sum(value)), /must be a Uint8Array/);
}));
