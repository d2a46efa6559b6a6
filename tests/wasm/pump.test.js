/** The pump: one timer, one wake-up, and a host that keeps getting its turn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostClock } from '../../js/core/clock.js';
import { VirtualClock } from '../../js/testing.js';
import { noFlightsOnly, turn, withApp } from './support.js';

const options = { fixture: 'tasks', host: { call: async (value) => value, note() {} } };

test('ten thousand sleepers have one timer', () => withApp(options, async (app, clock) => {
  const sleeps = Array.from({ length: 10_000 }, (_, i) => app.call.sleep(1 + (i % 100) / 10));
  await clock.advance(0);
  assert.equal(clock.armed, 1);
  for (let i = 0; i < 120; i++) {
    await clock.advance(100);
    assert.ok(clock.armed <= 1);
  }
  await Promise.all(sleeps);
}));

test('nothing is armed where nobody sleeps', () => withApp(options, async (app, clock) => {
  assert.equal(clock.armed, 0);
  await clock.until(app.call.sleep(1));
  assert.equal(clock.armed, 0);
  await app.call.call_host(1);
  assert.equal(clock.armed, 0);
}));

test('the timer is armed for the earliest deadline', () => withApp(options, async (app, clock) => {
  const slow = app.call.sleep(10);
  await turn();
  assert.equal(clock.deadline, 10_000);
  await clock.advance(500);
  const fast = app.call.sleep(1);
  await turn();
  assert.deepEqual([clock.armed, clock.deadline], [1, 1500]);
  await clock.advance(1000);
  await fast;
  assert.deepEqual([clock.armed, clock.deadline], [1, 10_000]);
  await clock.until(slow);
}));

test('a sleep whose task was cancelled wakes nobody', () => withApp(options, async (app, clock) => {
  const task = app.spawn('sleep', [10]);
  await turn();
  await task.cancel();
  const { switches } = app.stats();
  await clock.advance(20_000);
  assert.equal(app.stats().switches, switches);
  assert.equal(clock.armed, 0);
  await assert.rejects(task.result);
}));

test('deadlines that no timer of the host can take are reached', () =>
  withApp({ ...options, clock: new VirtualClock() }, async (app, clock) => {
    const days = 40 * 24 * 3600;
    const task = app.spawn('sleep', [days]);
    await clock.advance((days - 1) * 1000);
    assert.equal(task.status, 'waiting');
    await clock.advance(1000);
    assert.equal(task.status, 'done');
  }));

test('an infinite sleep arms nothing, and can be cancelled', () => withApp(options, async (app, clock) => {
  const task = app.spawn('sleep', [Infinity]);
  await turn();
  assert.equal(clock.armed, 0);
  await task.cancel();
  await assert.rejects(task.result, { code: 'ERR_LULL_CANCELED' });
}));

test('a negative sleep, and one that is no number, fail', () => withApp(options, async (app) => {
  await assert.rejects(app.call.sleep(-1), { code: 'ERR_LULL_INVAL' });
  await assert.rejects(app.call.sleep(NaN), { code: 'ERR_LULL_INVAL' });
}));

test('busy tasks leave the host its events where its clock stands still', () => withApp(options, async (app) => {
  const busy = [1, 2, 3].map(() => app.spawn('busy'));
  for (let i = 0; i < 5; i++) {
    const { switches } = app.stats();
    await turn();
    assert.ok(app.stats().switches > switches);
  }
  for (const task of busy) task.kill();
  await Promise.allSettled(busy.map(({ result }) => result));
}));

test('busy tasks leave the host its timers and its events', () =>
  withApp({ ...options, clock: hostClock }, async (app) => {
    const busy = [1, 2, 3].map(() => app.spawn('busy'));
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const task of busy) {
      await task.cancel();
      await assert.rejects(task.result, { code: 'ERR_LULL_CANCELED' });
    }
  }));

test('promises that settle at once, over and over, leave the host its events', () =>
  withApp({ ...options, clock: hostClock }, async (app) => {
    const task = app.spawn('call_over_and_over');
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await task.cancel();
    await assert.rejects(task.result, { code: 'ERR_LULL_CANCELED' });
  }));

test('a task that awaits promises reads no clock, though another has a timer', { skip: noFlightsOnly }, () =>
  withApp({ ...options, clock: new VirtualClock() }, async (app, clock) => {
    const sleep = app.call.sleep(1);
    await turn();
    let looks = 0;
    const now = clock.now.bind(clock);
    clock.now = () => { looks++; return now(); };
    for (let i = 0; i < 64; i++) await app.call.call_host(i);
    assert.ok(looks <= 8, `${looks} looks`);
    await clock.until(sleep);
  }));

test('a time that comes while promises settle at once, over and over, is noticed', () =>
  withApp({ ...options, clock: hostClock }, async (app) => {
    const task = app.spawn('call_over_and_over');
    await app.call.sleep(0.005);
    await task.cancel();
    await assert.rejects(task.result, { code: 'ERR_LULL_CANCELED' });
  }));

test('a run ends when its budget is used up', () =>
  withApp({ ...options, budget: 10, clock: new VirtualClock({ tick: 1 }) }, async (app, clock) => {
    const turns = [];
    const later = clock.later.bind(clock);
    clock.later = (run) => { turns.push(clock.now()); later(run); };
    const task = app.spawn('busy');
    await turn();
    for (let i = 0; i < 20; i++) await turn();
    assert.ok(turns.length >= 10, `${turns.length} turns`);
    for (let i = 1; i < turns.length; i++) assert.ok(turns[i] - turns[i - 1] <= 15, `${turns[i] - turns[i - 1]} ms`);
    await task.cancel();
    await assert.rejects(task.result);
  }));

test('pauses do not allocate, nor grow the memory', () => withApp(options, async (app) => {
  await Promise.all([1, 2].map(() => app.call.pauses(1000)));
  const before = app.stats();
  const task = Promise.all([1, 2].map(() => app.call.pauses(500_000)));
  await task;
  const after = app.stats();
  assert.ok(after.switches - before.switches >= 1_000_000);
  assert.deepEqual([after.allocations, after.memory, after.references], [before.allocations, before.memory, 0]);
}));

test('what was spawned before is ready before', () => withApp(options, async (app) => {
  const order = [];
  await Promise.all([1, 2, 3, 4].map((n) => app.call.add(n, 0).then((value) => order.push(value))));
  assert.deepEqual(order, [1, 2, 3, 4]);
}));
