/** Many of a kind: each costs what one costs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turn, withApp } from './support.js';

const options = { fixture: 'edges', host: { length_of: (bytes) => bytes.length, call() {} } };

test('30,000 cancels of one task all resolve at its end', () => withApp(options, async (app, clock) => {
  const task = app.spawn('sleep', [1000]);
  task.result.catch(() => {});
  await turn();
  await clock.until(Promise.all(Array.from({ length: 30_000 }, () => task.cancel())));
  assert.equal(task.status, 'cancelled');
}));

/** A signal that counts who listens. */
function counted() {
  const controller = new AbortController();
  const { signal } = controller;
  const count = { listeners: 0, most: 0 };
  for (const [name, by] of [['addEventListener', 1], ['removeEventListener', -1]]) {
    const own = signal[name];
    signal[name] = function (...args) {
      count.listeners += by;
      count.most = Math.max(count.most, count.listeners);
      return own.apply(this, args);
    };
  }
  return { controller, signal, count };
}

test('a signal has one listener for all the tasks and waits of an app', () => withApp(options, async (app, clock) => {
  const { controller, signal, count } = counted();
  const channel = app.channel('int');
  const tasks = Array.from({ length: 1000 }, () => app.spawn('sleep', [5], { signal }));
  const waits = [
    ...tasks.map(({ result }) => result), ...Array.from({ length: 1000 }, () => channel.receive({ signal })),
  ];
  await turn();
  assert.deepEqual(count, { listeners: 1, most: 1 });
  controller.abort('all of them');
  for (const { reason } of await clock.until(Promise.allSettled(waits))) assert.equal(reason, 'all of them');
}));

test('a signal is left when the last one that it could stop has ended', () => withApp(options, async (app, clock) => {
  const { signal, count } = counted();
  const results = [1, 2, 3].map((seconds) => app.spawn('sleep', [seconds], { signal }).result);
  await clock.until(results[1]);
  assert.equal(count.listeners, 1);
  await clock.until(results[2]);
  assert.deepEqual(count, { listeners: 0, most: 1 });
}));

test('elements that are promises are not awaited', () => withApp(options, async (app) => {
  const channel = app.channel('lull_ref', { capacity: 2 });
  const pending = new Promise(() => {});
  const failed = Promise.reject(new Error('not of the channel'));
  failed.catch(() => {});
  await channel.send(pending);
  await channel.send(failed);
  assert.equal((await channel.receive()).value, pending);
  assert.equal((await channel.receive()).value, failed);
}));
