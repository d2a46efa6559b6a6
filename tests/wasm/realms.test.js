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

test('bytes of the app itself are copied as the engine has them, not as a subclass lists them', () =>
  withApp(options, async (app, clock) => {
    class Lister extends Uint8Array {
      * [Symbol.iterator]() { yield 1; }
    }
    const own = new Lister(app.exports.memory.buffer, 0, 3);
    assert.equal(await clock.until(app.call.length(own)), 3);
  }));

test('bytes whose buffer is gone are refused, and leave nothing behind', () => withApp(options, async (app, clock) => {
  const moved = new Uint8Array(8);
  structuredClone(moved.buffer, { transfer: [moved.buffer] });
  const shorter = new ArrayBuffer(8, { maxByteLength: 8 });
  const outOfBounds = new Uint8Array(shorter, 4, 4);
  shorter.resize(2);
  const channel = app.channel('lull_bytes', { capacity: 1 });
  for (const gone of [moved, outOfBounds]) {
    await assert.rejects(clock.until(app.call.sum(gone)), {
      name: 'TypeError',
      message: "sum: argument 1, 'bytes' (lull_bytes), must be a Uint8Array that is not detached, "
        + 'not an object (Uint8Array)',
    });
    await assert.rejects(channel.send(gone), /must be a Uint8Array that is not detached/);
  }
  assert.equal(await clock.until(app.call.sum(new Uint8Array(0))), 0n);
  channel.close();
  await channel.receive();
}));
