/** Signals that throw: what they were given to has no part of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turn, withApp } from './support.js';

const options = { fixture: 'edges', host: { length_of: (bytes) => bytes.length, call() {} } };

const broken = new Error('a broken signal');

/** A signal that is good but for these. */
const signalWith = (own) => Object.defineProperties({}, Object.getOwnPropertyDescriptors({
  aborted: false, addEventListener() {}, removeEventListener() {}, ...own,
}));

const WHEN_FOLLOWED = {
  addEventListener() { throw broken; },
};

test('a task whose signal throws when it is followed is not spawned', () => withApp(options, async (app) => {
  for (const signal of [
    signalWith(WHEN_FOLLOWED),
    Object.defineProperty(signalWith({ aborted: true }), 'reason', { get() { throw broken; } }),
  ]) assert.throws(() => app.spawn('sleep', [1], { signal }), broken);
  assert.equal(app.stats().spawned, 0);
}));

test('a receive whose signal throws when it is followed receives nothing', () =>
  withApp(options, async (app, clock) => {
    const channel = app.channel('int', { capacity: 1 });
    await assert.rejects(channel.receive({ signal: signalWith(WHEN_FOLLOWED) }), broken);
    await channel.send(1);
    assert.deepEqual(await clock.until(channel.receive()), { value: 1, done: false });
    channel.close();
    await channel.receive();
  }));

test('a send whose signal throws when it is followed sends nothing, and keeps no reference', () =>
  withApp(options, async (app) => {
    const channel = app.channel('lull_ref', { capacity: 1 });
    await assert.rejects(channel.send({}, { signal: signalWith(WHEN_FOLLOWED) }), broken);
    assert.equal(app.stats().references, 0);
    channel.close();
    assert.equal((await channel.receive()).done, true);
  }));

test('a signal that throws when it is left is reported, and the app goes on', () =>
  withApp(options, async (app, clock, reports) => {
    const signal = signalWith({ removeEventListener() { throw broken; } });
    const channel = app.channel('int');
    const received = channel.receive({ signal });
    await channel.send(4);
    assert.deepEqual(await clock.until(received), { value: 4, done: false });
    assert.equal(await clock.until(app.spawn('add', [1, 2], { signal }).result), 3);
    await turn();
    assert.deepEqual(reports.splice(0), [broken, broken]);
    assert.equal(await clock.until(app.call.add(3, 4)), 7);
    channel.close();
    await channel.receive();
  }));
