/** The virtual clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../js/testing.js';

test('time passes when it is told to', async () => {
  const clock = new VirtualClock();
  assert.equal(clock.now(), 0);
  await clock.advance(5);
  assert.equal(clock.now(), 5);
});

test('timers fire in the order of their deadlines, equal ones in the order of arming', async () => {
  const clock = new VirtualClock();
  const fired = [];
  for (const [name, delay] of [
    ['c', 20],
    ['a', 10],
    ['d', 20],
    ['b', 10],
  ])
    clock.arm(() => fired.push([name, clock.now()]), delay);
  assert.deepEqual([clock.armed, clock.deadline], [4, 10]);
  await clock.advance(19);
  assert.deepEqual(fired, [['a', 10], ['b', 10]]);
  await clock.advance(1);
  assert.deepEqual(fired.slice(2), [['c', 20], ['d', 20]]);
  assert.deepEqual([clock.armed, clock.deadline], [0, Infinity]);
});

test('a timer that is disarmed does not fire', async () => {
  const clock = new VirtualClock();
  const timer = clock.arm(() => assert.fail('fired'), 10);
  clock.disarm(timer);
  clock.disarm(undefined);
  assert.equal(clock.armed, 0);
  await clock.advance(20);
});

test('timers that a timer arms fire in the same advance, in time', async () => {
  const clock = new VirtualClock();
  const fired = [];
  clock.arm(() => clock.arm(() => fired.push(clock.now()), 5), 10);
  clock.arm(() => fired.push(clock.now()), 12);
  await clock.advance(15);
  assert.deepEqual(fired, [12, 15]);
});

test('microtasks and macrotasks run between the timers', async () => {
  const clock = new VirtualClock();
  const order = [];
  clock.arm(() => {
    clock.soon(() => order.push('soon'));
    clock.later(() => { order.push('later'); clock.later(() => order.push('later still')); });
  }, 1);
  clock.arm(() => order.push('next'), 2);
  await clock.advance(2);
  assert.deepEqual(order, ['soon', 'later', 'later still', 'next']);
});

test('until goes from timer to timer', async () => {
  const clock = new VirtualClock();
  const value = await clock.until(new Promise((resolve) => clock.arm(() => clock.arm(() => resolve(7), 30), 40)));
  assert.deepEqual([value, clock.now()], [7, 70]);
});

test('until passes a rejection on', async () => {
  const clock = new VirtualClock();
  await assert.rejects(clock.until(Promise.reject(new Error('no'))), { message: 'no' });
});

test('until rejects where nothing can settle the promise', async () => {
  await assert.rejects(new VirtualClock().until(new Promise(() => {})), {
    message: 'no timer is armed, and the promise is pending',
  });
});

test('with a tick, each look takes its time', () => {
  const clock = new VirtualClock({ tick: 2 });
  assert.deepEqual([clock.now(), clock.now()], [2, 4]);
});
