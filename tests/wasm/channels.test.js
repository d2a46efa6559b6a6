/** Channels between tasks, and select. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilers, turn, withApp } from './support.js';

const BUSY = -13;
const options = { fixture: 'channels' };

/** What a promise came to, as text. */
const outcome = (promise) => promise.then(String, (error) => error.code);

test('elements go from those who send to those who receive, first come, first served', () =>
  withApp(options, async (app) => {
    await app.call.open_channel(1);
    const received = [app.call.receive(), app.call.receive()];
    const sent = [1, 2, 3, 4].map((value) => app.call.send(value));
    assert.deepEqual(await Promise.all(received), [1, 2]);
    await Promise.all(sent.slice(0, 3));
    assert.deepEqual([await app.call.receive(), await app.call.receive()], [3, 4]);
    await sent[3];
    await app.call.free_channel();
  }));

test('a task that is cancelled takes no element with it', () => withApp(options, async (app) => {
  await app.call.open_channel(0);
  const abort = new AbortController();
  const waits = [outcome(app.spawn('receive', [], { signal: abort.signal }).result), outcome(app.call.receive())];
  await turn();
  abort.abort();
  await app.call.send(5);
  assert.deepEqual(await Promise.all(waits), [20, '5']); // the AbortError itself
  await app.call.free_channel();
}));

test('who waits learns that a channel is closed', () => withApp(options, async (app) => {
  await app.call.open_channel(0);
  const waits = [outcome(app.call.receive()), outcome(app.call.receive_within(5))];
  await app.call.close_channel();
  assert.deepEqual(await Promise.all(waits), ['ERR_LULL_CLOSED', 'ERR_LULL_CLOSED']);
  assert.equal(await outcome(app.call.send(1)), 'ERR_LULL_CLOSED');
  await app.call.free_channel();
  assert.equal(await outcome(app.call.send(1)), 'ERR_LULL_SRCH');
}));

test('a select waits for an element or a time, whichever comes first', () => withApp(options, async (app, clock) => {
  await app.call.open_channel(0);
  assert.equal(await clock.until(app.call.receive_within(0.5)), -1);
  const received = app.call.receive_within(0.5);
  await app.call.send(7);
  assert.equal(await received, 7);
  assert.equal(clock.armed, 0);
  await app.call.free_channel();
}));

test('JavaScript can send without a task', () => withApp(options, async (app) => {
  await app.call.open_channel(1);
  const received = app.call.receive_within(5);
  await turn();
  assert.deepEqual([1, 2, 3].map(app.exports.try_send), [0, 0, BUSY]); // to the one that waits, into the channel
  assert.equal(await received, 1);
  await app.call.free_channel();
}));

test('a channel that nobody frees is freed when the app closes, with what is in it', () =>
  withApp(options, async (app) => {
    await app.call.open_channel(1);
    const sent = [1, 2].map((value) => outcome(app.call.send(value)));
    assert.equal(await sent[0], 'undefined');
    await app.close();
    assert.equal(await sent[1], 'ERR_LULL_CANCELED');
  }));

for (const cc of compilers) {
  for (const level of ['0', '2', 's']) {
    test(`a chain of tasks and channels, ${cc} -O${level}`, () => withApp({ ...options, cc, level }, async (app) => {
      assert.deepEqual(await Promise.all([app.call.prime(1), app.call.prime(25), app.call.prime(60)]), [2, 97, 281]);
    }));
  }
}
