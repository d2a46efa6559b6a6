/** Observers: what happens to tasks, as it happens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turn, withApp } from './support.js';

/** Observe what `body` does with an app: the events, as text. */
async function observed(body, { fixture = 'tasks', host = { call: (value) => value, note() {} } } = {}) {
  const events = [];
  await withApp({ fixture, host }, async (app, clock, reports) => {
    const stop = await app.observe({
      taskSpawned: ({ name, id, parent }) => events.push(`spawned ${id} ${name} by ${parent}`),
      beforeSlice: ({ id, slices }) => events.push(`run ${id}:${slices}`),
      afterSlice: ({ id }) => events.push(`ran ${id}`),
      taskEnded: ({ id, name, status }) => events.push(`ended ${id} ${name} ${status}`),
    });
    await body(app, { events, stop, clock, reports });
  });
  return events;
}

test('a task is spawned, runs slice by slice, and ends', async () => {
  const events = await observed((app) => app.call.pauses(2));
  assert.deepEqual(events, [
    'spawned 1 pauses by null', 'run 1:0', 'ran 1', 'run 1:1', 'ran 1', 'run 1:2', 'ended 1 pauses done', 'ran 1',
  ]);
});

test('each slice is told of, whatever else is ready', async () => {
  const events = await observed((app) => Promise.all([app.call.pauses(1), app.call.pauses(1)]));
  assert.deepEqual(events.filter((event) => event.startsWith('run')), ['run 1:0', 'run 2:0', 'run 1:1', 'run 2:1']);
});

test('how a task ended: cancelled, failed', async () => {
  const events = await observed(async (app) => {
    const task = app.spawn('sleep', [1]);
    await turn();
    await task.cancel();
    await assert.rejects(app.call.fail_with(-3, 'no'));
  });
  assert.ok(events.includes('ended 1 sleep cancelled'));
  assert.ok(events.includes('ended 2 fail_with failed'));
});

test('a task that is killed before its first run gets no slice', async () => {
  const events = await observed(async (app) => {
    const task = app.spawn('pauses', [1], { name: 'short' });
    task.kill();
    await task.result.catch(() => {});
  });
  assert.deepEqual(events, ['spawned 1 short by null', 'ended 1 short failed']);
});

test('nothing is told after stop, and others still are', async () => {
  const second = [];
  const events = await observed(async (app, { stop }) => {
    const stopSecond = await app.observe({ taskSpawned: ({ id }) => second.push(id) });
    await app.call.pauses(0);
    stop();
    await app.call.pauses(0);
    stopSecond();
    await app.call.pauses(0);
  });
  assert.deepEqual(events.filter((event) => event.startsWith('spawned')), ['spawned 1 pauses by null']);
  assert.deepEqual(second, [1, 2]);
});

test('an observer can spawn tasks, and kill the one that is told of', async () => {
  let killed;
  await withApp({ fixture: 'tasks', host: { call() {}, note() {} } }, async (app) => {
    let others = 0;
    await app.observe({
      taskSpawned() { if (others++ === 0) app.spawn('pauses', [1]).result.catch(() => {}); },
      beforeSlice({ id }) { if (id === killed?.id) killed.kill(); },
    });
    killed = app.spawn('pauses', [1]);
    await assert.rejects(killed.result, { code: 'ERR_LULL_KILLED' });
    await app.idle();
    assert.equal(app.stats().spawned, 2);
  });
});

test('a failure of an observer is reported, and changes nothing', async () => {
  const error = new Error('broken observer');
  await withApp({ fixture: 'tasks', host: { call() {}, note() {} } }, async (app, clock, reports) => {
    await app.observe({ taskEnded() { throw error; } });
    await app.call.pauses(1);
    assert.deepEqual(reports.splice(0), [error]);
  });
});

test('what is no observer is a TypeError that says what one has', async () => {
  await withApp({ fixture: 'tasks', host: { call() {}, note() {} } }, async (app) => {
    await assert.rejects(app.observe(), { name: 'TypeError', message: /must be an object, not undefined/ });
    await assert.rejects(app.observe({ taskStarted() {} }), {
      name: 'TypeError',
      message: /an observer has no function 'taskStarted'; it has taskSpawned, beforeSlice, afterSlice, taskEnded/,
    });
    await assert.rejects(app.observe({ taskEnded: 1 }), /'taskEnded' must be a function/);
  });
});

test('stats() counts the timers that are armed', () =>
  withApp({ fixture: 'tasks', host: { call() {}, note() {} } }, async (app, clock) => {
    assert.equal(app.stats().timers, 0);
    const tasks = [app.call.sleep(1), app.call.sleep(2)];
    await turn();
    assert.equal(app.stats().timers, 2);
    await clock.advance(2000);
    await Promise.all(tasks);
    assert.equal(app.stats().timers, 0);
  }));

test('after a slice, the observer gets the task of that slice, and why it stopped', async () => {
  const events = [];
  await withApp({ fixture: 'edges', host: { length_of: () => 0, call() {} } }, async (app, clock) => {
    await app.observe({
      beforeSlice: ({ name, status }) => events.push(`> ${name} ${status}`),
      afterSlice: ({ name, status, waitingOn }) =>
        events.push(['<', name, status, waitingOn].filter(Boolean).join(' ')),
    });
    await clock.until(app.call.parent());
    await assert.rejects(clock.until(app.call.fail_with_text(1)));
  });
  assert.deepEqual(events, [
    '> parent ready', '< parent ready', '> child ready', '< child done',
    '> parent ready', '< parent waiting pause', '> parent ready', '< parent done',
    '> fail_with_text ready', '< fail_with_text failed',
  ]);
});

test('an observer that is given twice observes until both have ended', () =>
  withApp({ fixture: 'tasks', host: { call: (value) => value, note() {} } }, async (app) => {
    let ended = 0;
    const observer = { taskEnded() { ended++; } };
    const stops = [await app.observe(observer), await app.observe(observer)];
    const counts = [];
    for (const stop of [...stops, () => {}]) {
      await app.call.pauses(0);
      counts.push(ended);
      stop();
    }
    assert.deepEqual(counts, [2, 3, 3]);
  }));
