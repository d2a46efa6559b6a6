/** The end: idle and close. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostClock } from '../../js/core/clock.js';
import { allocationsOf, deferred, turn, withApp } from './support.js';

const options = { fixture: 'tasks', host: { call: () => new Promise(() => {}), note() {} } };

test('close cancels the tasks, and their calls are rejected', () => withApp(options, async (app) => {
  const calls = [app.call.sleep(1000), app.call.wait_for_ever(), app.call.call_host(1)];
  const failures = Promise.all(calls.map((call) => assert.rejects(call, { code: 'ERR_LULL_CANCELED' })));
  await turn();
  await app.close();
  await failures;
}));

test('close waits for the cleanup', () => withApp(options, async (app, clock) => {
  const failure = assert.rejects(app.call.clean_up(), { code: 'ERR_LULL_CANCELED' });
  await turn();
  await clock.until(app.close());
  assert.equal(clock.now(), 500);
  assert.equal(app.exports.cleaned_up(), 1);
  await failure;
}));

test('close kills what ignores it, after its timeout', () => withApp(options, async (app, clock) => {
  const failure = assert.rejects(app.call.ignore_cancel(), { code: 'ERR_LULL_KILLED' });
  await turn();
  let closed = false;
  const close = app.close({ timeout: 3000 }).then(() => { closed = true; });
  await clock.advance(2999);
  assert.equal(closed, false);
  await clock.advance(1);
  assert.equal(closed, true);
  await Promise.all([close, failure]);
}));

test('close waits five seconds by itself', () => withApp(options, async (app, clock) => {
  const failure = assert.rejects(app.call.ignore_cancel(), { code: 'ERR_LULL_KILLED' });
  await turn();
  await clock.until(app.close());
  assert.equal(clock.now(), 5000);
  await failure;
}));

test('close twice is the same close', () => withApp(options, async (app) => {
  assert.equal(app.close(), app.close());
  await app.close();
}));

test('close leaves no timer', () => withApp(options, async (app, clock) => {
  const failure = assert.rejects(app.call.sleep(1000));
  await turn();
  await app.close();
  await failure;
  assert.equal(clock.armed, 0);
}));

test('close leaves no timer of the host that would keep the process', () =>
  withApp({ ...options, clock: hostClock }, async (app) => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const failure = assert.rejects(app.call.sleep(1000));
    await turn();
    await app.close();
    await failure;
    assert.equal(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length, before);
  }));

test('nothing starts while the app closes', () => withApp(options, async (app, clock) => {
  const failure = assert.rejects(app.call.clean_up());
  await turn();
  const close = app.close();
  await assert.rejects(app.call.add(1, 2), { code: 'ERR_LULL_CLOSED' });
  assert.throws(() => app.spawn('add', [1, 2]), {
    code: 'ERR_LULL_CLOSED',
    message: 'cannot spawn add: the app is closed',
  });
  await clock.until(close);
  await failure;
}));

test('nothing starts after the app was closed, and nothing is left of it', () => withApp(options, async (app) => {
  await app.close();
  await assert.rejects(app.call.add(1, 2), { code: 'ERR_LULL_CLOSED', message: 'cannot spawn add: the app is closed' });
  await assert.rejects(app.call.fail_with(1, 'with text'), { code: 'ERR_LULL_CLOSED' });
  assert.throws(() => app.spawn('fail_with', [1, 'with text'], { name: 'label' }), { code: 'ERR_LULL_CLOSED' });
  await assert.rejects(app.run(['program']), { code: 'ERR_LULL_CLOSED' });
  assert.equal(allocationsOf(app), 0);
}));

test('a closed app has no tasks, and nothing to wait for', () => withApp(options, async (app) => {
  const task = app.spawn('sleep', [1]);
  const failure = assert.rejects(task.result);
  await turn();
  await app.close();
  await failure;
  assert.deepEqual(app.tasks(), []);
  assert.deepEqual([app.stats().tasks, app.stats().allocations, app.stats().references], [0, 0, 0]);
  app.cancel();
  task.kill();
  await task.cancel();
  await app.idle();
}));

test('who waits to be idle while close kills the rest is told', () => withApp(options, async (app, clock) => {
  const failure = assert.rejects(app.call.ignore_cancel(), { code: 'ERR_LULL_KILLED' });
  const idle = app.idle();
  await turn();
  await clock.until(app.close());
  await Promise.all([idle, failure]);
}));

test('a task of which nobody wants the result is no unhandled rejection when it is cancelled or killed', () =>
  withApp(options, async (app) => {
    app.spawn('sleep', [1]);
    app.spawn('sleep', [1]).kill();
    await app.close(); // the test fails by itself where there is one
    await turn();
  }));

test('await using closes', () => withApp(options, async (app) => {
  await app[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]();
  await assert.rejects(app.call.add(1, 2), { code: 'ERR_LULL_CLOSED' });
}));

test('close of an app that nobody has used', () => withApp(options, async (app) => app.close()));

test('close from a host function', async () => {
  let loaded, close;
  const call = () => { close = loaded.close(); return new Promise(() => {}); };
  await withApp({ ...options, host: { call, note() {} } }, async (app) => {
    loaded = app;
    await assert.rejects(app.call.call_host(1), { code: 'ERR_LULL_CANCELED' });
    await close;
  });
});

test('idle resolves at once where there is no task', () => withApp(options, async (app) => {
  assert.equal(await app.idle(), undefined);
}));

test('idle resolves when the last task has ended', () => withApp(options, async (app, clock) => {
  let idle = false;
  const tasks = [app.call.sleep(1), app.call.sleep(2)];
  const waiting = app.idle().then(() => { idle = true; });
  await clock.advance(1999);
  assert.equal(idle, false);
  await clock.advance(1);
  assert.equal(idle, true);
  await Promise.all([...tasks, waiting]);
}));

test('idle waits for promises', async () => {
  const answer = deferred();
  await withApp({ ...options, host: { call: () => answer.promise, note() {} } }, async (app) => {
    const call = app.call.call_host(1);
    let idle = false;
    const waiting = app.idle().then(() => { idle = true; });
    await turn();
    assert.equal(idle, false);
    answer.resolve(5);
    await waiting;
    assert.equal(await call, 5);
  });
});

test('a deadlock is reported, with who waits for what', () => withApp(options, async (app) => {
  app.spawn('wait_for_ever', [], { name: 'first' });
  app.spawn('wait_for_ever', [], { name: 'second' });
  await assert.rejects(app.idle(), {
    name: 'LullError',
    code: 'ERR_LULL_DEADLOCK',
    message: `deadlock: 2 tasks wait, and nothing can run again unless JavaScript calls the program
  task 1 'first' waits for nothing at all
  task 2 'second' waits for nothing at all`,
  });
}));

test('a task that sleeps is no deadlock', () => withApp(options, async (app, clock) => {
  const task = app.spawn('wait_for_ever');
  const sleep = app.call.sleep(1);
  const idle = assert.rejects(app.idle(), { code: 'ERR_LULL_DEADLOCK' });
  await turn();
  assert.equal(task.status, 'waiting');
  await clock.advance(1000);
  await Promise.all([sleep, idle]);
}));

test('after a deadlock the app goes on', () => withApp(options, async (app) => {
  const task = app.spawn('wait_for_ever');
  await assert.rejects(app.idle(), { code: 'ERR_LULL_DEADLOCK' });
  assert.equal(await app.call.add(1, 2), 3);
  await task.cancel();
  await app.idle();
  await assert.rejects(task.result);
}));
