/** Host calls that a task starts, to have several in flight. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LullError } from '../../js/marshal/errors.js';
import { EBUSY, EINVAL, ENOSUSPEND, ESRCH } from '../../js/marshal/status.js';
import { compilers, deferred, turn, withApp } from './support.js';

/** An app whose calls of fetch wait here, by their URL. */
function withFetch(body, { cc } = {}) {
  const calls = {};
  const host = {
    fetch(url) {
      calls[url] = { ...deferred(), signal: this.signal };
      return calls[url].promise;
    },
    store() {},
    open() {},
  };
  return withApp({ fixture: 'started', cc, host }, (app, clock, reports) => body(app, calls, { clock, reports }));
}

for (const cc of compilers) {
  test(`${cc}: two calls of a task are in flight at once`, () => withFetch(async (app, calls) => {
    const both = app.call.fetch_both('a', 'b');
    await turn();
    assert.deepEqual(Object.keys(calls), ['a', 'b']);
    calls.b.resolve('B');
    await turn();
    calls.a.resolve('A');
    assert.equal(await both, 'A B');
  }, { cc }));

  test(`${cc}: calls are awaited as futures among others, and finished in any order`, () =>
    withFetch(async (app, calls) => {
      const both = app.call.fetch_all('a', 'b');
      await turn();
      calls.a.resolve('A');
      calls.b.resolve('B');
      assert.equal(await both, 'B A');
    }, { cc }));
}

test('a call that a task finishes is not freed by another', () => withFetch(async (app, calls) => {
  const status = app.call.status_of_freeing_while_finished('a');
  await turn();
  calls.a.resolve('A');
  assert.equal(await status, EBUSY);
}));

test('a call that is waited for is named by its function', () => withFetch(async (app, calls) => {
  const both = app.call.fetch_both('a', 'b');
  await turn();
  assert.deepEqual(app.tasks().map(({ waitingOn }) => waitingOn), ['fetch']);
  calls.a.resolve('A');
  calls.b.resolve('B');
  await both;
}));

test('a call that nobody has finished is abandoned at the end of its task', () => withFetch(async (app, calls) => {
  const first = app.call.fetch_first('a', 'b');
  await turn();
  calls.b.resolve('B');
  assert.equal(await first, 'B');
  assert.ok(calls.a.signal.aborted);
  assert.equal(calls.a.signal.reason.code, 'ERR_LULL_CANCELED');
  assert.ok(!calls.b.signal.aborted);
  calls.a.resolve('too late');
}));

test('cancelling a task aborts all that it has started', () => withFetch(async (app, calls) => {
  const task = app.spawn('fetch_both', ['a', 'b']);
  await turn();
  const reason = new Error('enough');
  await task.cancel(reason);
  assert.equal(calls.a.signal.reason, reason);
  assert.ok(calls.b.signal.aborted);
}));

test('killing a task aborts all that it has started', () => withFetch(async (app, calls) => {
  const task = app.spawn('fetch_both', ['a', 'b']);
  await turn();
  task.kill();
  await task.result.catch(() => {});
  assert.ok(calls.a.signal.aborted);
  assert.ok(calls.b.signal.aborted);
}));

test('finishing that times out abandons that call alone', () => withFetch(async (app, calls, { clock }) => {
  const text = app.call.fetch_in_time('a', 'b', 2);
  await clock.advance(2000);
  assert.equal(calls.b.signal.reason.name, 'TimeoutError');
  assert.ok(!calls.a.signal.aborted);
  calls.a.resolve('A');
  assert.equal(await text, 'A');
}));

test('freeing its future abandons a call', () => withFetch(async (app, calls) => {
  await app.call.start_and_free('a');
  assert.ok(calls.a.signal.aborted);
}));

test('closing the app aborts what was started', () => {
  let signal;
  return withFetch(async (app, calls) => {
    app.spawn('start_only', ['a']).result.catch(() => {});
    await turn();
    ({ signal } = calls.a);
    assert.ok(!signal.aborted);
  }).then(() => assert.ok(signal.aborted));
});

test('a result that is not taken is freed with its future', () => withFetch(async (app, calls) => {
  const length = app.call.length_of('a');
  await turn();
  calls.a.resolve('four');
  assert.equal(await length, 4);
}));

test('finishing a call that failed fails with the very error', () => withFetch(async (app, calls) => {
  const both = app.call.fetch_both('a', 'b');
  await turn();
  const error = new RangeError('no such page');
  calls.a.reject(error);
  await assert.rejects(both, (thrown) => thrown === error);
}));

test('a failure that nobody has awaited is reported', () => withFetch(async (app, calls, { clock, reports }) => {
  const task = app.spawn('start_only', ['a']);
  await turn();
  const error = new RangeError('no such page');
  calls.a.reject(error);
  await clock.advance(1000);
  await task.result;
  assert.deepEqual(reports.splice(0), [error]);
}));

test('calls without a promise do not suspend the task', () => {
  const stored = [];
  const host = { fetch() {}, open() {}, store: (bytes) => { stored.push([...bytes]); } };
  return withApp({ fixture: 'started', host }, async (app) => {
    const before = app.stats().switches;
    await app.call.store_both(new Uint8Array([1, 2]), new Uint8Array([3]));
    assert.deepEqual(stored, [[1, 2], [3]]);
    assert.equal(app.stats().switches - before, 1);
  });
});

test('a call that throws at once fails when it is finished', () => {
  const error = new LullError('ERR_LULL_BUSY');
  const host = { fetch() { throw error; }, open() {}, store() {} };
  return withApp({ fixture: 'started', host }, async (app) => {
    await assert.rejects(app.call.fetch_all('a', 'b'), (thrown) => thrown === error);
  });
});

test('a channel is a result as any', async () => {
  let loaded;
  const host = { fetch() {}, store() {}, open: async (capacity) => loaded.channel('int', { capacity }) };
  await withApp({ fixture: 'started', host }, async (app) => {
    loaded = app;
    const channel = await app.call.open_one(2);
    await channel.send(5);
    channel.close();
    assert.deepEqual(await channel.receive(), { value: 5, done: false });
    assert.ok((await channel.receive()).done);
  });
});

test('what is no call in flight cannot be finished', () => withFetch(async (app, calls) => {
  const twice = app.call.status_of_finishing_twice('a');
  await turn();
  calls.a.resolve('A');
  assert.equal(await twice, ESRCH);
  assert.equal(await app.call.status_of_finishing_a_future(), EINVAL);
}));

test('C cannot settle the future of a call', () => withFetch(async (app) => {
  assert.equal(await app.call.status_of_resolving('a'), EBUSY);
}));

test('outside of a task, none is started', () => withFetch(async (app, calls) => {
  assert.equal(app.exports.start_outside(), ENOSUSPEND);
  assert.deepEqual(calls, {});
}));
