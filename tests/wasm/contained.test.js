/** Nothing throws between C's "done" and JavaScript's "settled", and nothing throws through C. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { VirtualClock } from '../../js/testing.js';
import { load } from '../../node/index.js';
import { moduleOf, withApp } from './support.js';

const host = { length_of: (bytes) => bytes.length, call() {} };
const options = { fixture: 'edges', host };

/** Decoders of text that refuse one of so many bytes, as engines do with those longer than their longest string. */
async function withoutTextOf(size, body) {
  const { prototype } = TextDecoder;
  const { decode } = prototype;
  prototype.decode = function (bytes, ...more) {
    if (bytes?.length === size) throw new RangeError('too long a string');
    return decode.call(this, bytes, ...more);
  };
  try {
    await body();
  } finally {
    prototype.decode = decode;
  }
}

describe('a text that JavaScript cannot have', () => {
  test('as a result rejects the call, and is freed', () => withoutTextOf(4000, () =>
    withApp(options, async (app, clock) => {
      await assert.rejects(clock.until(app.call.text(4000)), {
        code: 'ERR_LULL_FAILED',
        message: 'the result of text cannot be converted: too long a string',
        cause: new RangeError('too long a string'),
      });
      assert.equal(await clock.until(app.call.add(1, 2)), 3);
    })));

  test('as an element rejects the reader, and ends the stream', () => withoutTextOf(4000, () =>
    withApp(options, async (app, clock) => {
      const stream = app.stream('texts', [4000, 3]);
      await assert.rejects(clock.until(stream.next()), {
        message: 'an element of texts cannot be converted: too long a string',
      });
      assert.deepEqual(await clock.until(stream.next()), { value: undefined, done: true });
    })));

  test('as the message of an error rejects the call', () => withoutTextOf(4000, () =>
    withApp(options, async (app, clock) => {
      await assert.rejects(clock.until(app.call.fail_with_text(4000)), /cannot be converted: too long a string/);
    })));

  test('as an argument of a host function fails the call', () => withoutTextOf(4000, () =>
    withApp({ ...options, host: { ...host, length_of: () => assert.fail('called') } }, async (app, clock) => {
      const text = new Array(4001).join('x');
      await assert.rejects(clock.until(app.call.ask_length(text)));
    })));
});

test('a result or an element in static memory, which free() would corrupt, fails', () =>
  withApp(options, async (app, clock) => {
    const rest = 'cannot be converted: '
      + 'its memory is static: return strdup("...") or other memory of malloc, or a const char *';
    await assert.rejects(clock.until(app.call.literal()), { message: `the result of literal ${rest}` });
    await assert.rejects(clock.until(app.call.static_bytes()), { message: `the result of static_bytes ${rest}` });
    const stream = app.stream('literals');
    await assert.rejects(clock.until(stream.next()), { message: `an element of literals ${rest}` });
    assert.equal(await clock.until(app.call.add(1, 2)), 3);
  }));

test('a decoder that has worn out is replaced', async () => {
  const { prototype } = TextDecoder;
  const { decode } = prototype;
  const decoded = new WeakMap();
  prototype.decode = function (bytes, ...more) {
    const total = (decoded.get(this) ?? 0) + (bytes?.length ?? 0);
    if (total > 100_000) throw new RangeError('Bad value');
    decoded.set(this, total);
    return decode.call(this, bytes, ...more);
  };
  try {
    await withApp(options, async (app, clock) => {
      for (let i = 0; i < 20; i++) assert.equal((await clock.until(app.call.text(30_000))).length, 30_000);
    });
  } finally {
    prototype.decode = decode;
  }
});

describe('where what the runtime stands on fails', () => {
  /** An app whose clock fails on request. */
  async function failing() {
    const clock = new VirtualClock();
    const { now } = clock;
    const reports = [];
    const app = await load(await moduleOf('edges'), {
      clock,
      host: { ...host, call: () => new Promise(() => {}) },
      report: (error) => reports.push(error),
    });
    const fail = () => { clock.now = () => { throw new Error('no time'); }; };
    return { app, clock, fail, now, reports };
  }

  const why = { code: 'ERR_LULL_TRAP', message: 'lull itself has failed, and ended this app: no time' };

  test('all that waits rejects with the cause', async () => {
    const { app, clock, fail, reports } = await failing();
    const channel = app.channel('lull_ref');
    const stream = app.stream('texts', [1, 3]);
    await clock.advance(0);
    await stream.next();
    await stream.next();
    const waits = [
      app.call.sleep(5), app.spawn('sleep', [5]).result, app.idle(), channel.receive(), app.call.call_host(),
    ];
    await clock.advance(0);
    const task = app.spawn('sleep', [5]);
    task.result.catch(() => {});
    fail();
    app.call.sleep(1).catch(() => {});
    for (const { status, reason } of await Promise.allSettled(waits)) {
      assert.equal(status, 'rejected');
      assert.deepEqual({ code: reason.code, message: reason.message }, why);
      assert.equal(reason.cause.message, 'no time');
    }
    await task.cancel(); // it has ended
    assert.deepEqual(reports.map(({ message }) => message), [why.message]);
    await stream.task.result.catch(() => {});
  });

  test('and so it is where the clock cannot even disarm a timer', async () => {
    const { app, clock, reports } = await failing();
    const waits = [app.call.sleep(5), app.idle()];
    await clock.advance(0);
    clock.disarm = () => { throw new Error('no time'); };
    waits.push(app.call.sleep(1)); // an earlier deadline
    for (const { status, reason } of await Promise.allSettled(waits)) {
      assert.equal(status, 'rejected');
      assert.equal(reason.message, why.message);
    }
    assert.deepEqual(reports.map(({ message }) => message), [why.message]);
    await app.close();
  });

  test('later calls reject with it, and close() resolves', async () => {
    const { app, clock, fail } = await failing();
    fail();
    await assert.rejects(app.call.sleep(1), why);
    await assert.rejects(app.call.add(1, 2), why);
    assert.throws(() => app.spawn('add', [1, 2]), why);
    await assert.rejects(app.idle(), why);
    assert.deepEqual([app.tasks(), app.stats().tasks], [[], 0]);
    app.cancel();
    await app.close();
    assert.equal(clock.armed, 0);
  });
});
