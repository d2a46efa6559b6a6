/** Calls at any depth of JavaScript's own stack: one that finds no room changes nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turn, withApp } from './support.js';

const options = { fixture: 'edges', host: { length_of: (bytes) => bytes.length, call() {} } };

/** Call this so many levels above the place where the stack ends. Returns what it returns, if it finds room. */
function atDepth(level, run) {
  let left = level;
  let result;
  const deeper = () => {
    try {
      deeper();
    } catch (error) {
      if (left-- === 0) {
        try {
          result = run();
        } catch {
          // it found no room
        }
      }
      throw error;
    }
  };
  try {
    deeper();
  } catch {
    // the stack's end
  }
  return result;
}

/** JavaScriptCore says it with a full stop. In its upper tiers, it does not check the frame that has the reserve. */
const skip = (() => {
  const deeper = () => deeper() + 1;
  try {
    return deeper();
  } catch ({ message }) {
    return message.endsWith('.') && 'JavaScriptCore may throw in the middle of C';
  }
})();

const quietly = (promise) => promise?.catch?.(() => {});

for (const [what, act] of Object.entries({
  'a call': (app) => app.call.add(1, 2),
  'a call with bytes': (app) => app.call.sum(new Uint8Array(3000)),
  'a spawn with a name and a timeout': (app) => app.spawn('sleep', [1], { name: 'deep', timeout: 9 }).result,
  'cancel()': (app) => app.cancel(),
  'a send': (app, { channel }) => channel.send(1),
  'a receive': (app, { channel }) => channel.receive(),
  'next()': (app, { stream }) => stream.next(),
  'a reason to cancel': (app, { task }) => task.cancel(new Error('deep')),
  'a call with text': (app) => app.call.ask_length('deep'.repeat(100)),
  'a spawn with options': (app) => app.spawn('sleep', [1], { delay: 5000, name: 'deep' }).result,
  'kill()': (app, { task }) => task.kill(),
  'tasks()': (app) => app.tasks(),
})) {
  test(`${what} where the stack ends leaves the app as it is`, { skip }, async () => {
    // Compiled before, or the compiler itself finds no room.
    for (let level = -1; level < 60; level++) {
      await withApp(options, async (app, clock) => {
        const things = {
          channel: app.channel('int'), stream: app.stream('texts', [3, 9]), task: app.spawn('sleep', [9]),
        };
        quietly(things.task.result);
        const sleeper = app.call.sleep(3).then(() => 'slept', ({ code }) => code);
        await turn();
        quietly(level < 0 ? act(app, things) : atDepth(level, () => act(app, things)));
        assert.equal(await clock.until(app.call.add(1, 2)), 3);
        const slept = await clock.until(sleeper);
        if (what !== 'cancel()') assert.equal(slept, 'slept');
      });
    }
  });
}

/** Do this with a new app at each level, the first time with room enough: compiled, it takes less. */
async function atEachLevel(given, body) {
  for (let level = -1; level < 60; level++) {
    await withApp(given, (app, clock) => body(app, clock, (act) => (level < 0 ? act() : atDepth(level, act))));
  }
}

test('close() where the stack ends can be called again', { skip }, () =>
  atEachLevel(options, async (app, clock, deep) => {
    quietly(app.call.sleep(9));
    await turn();
    quietly(deep(() => app.close()));
    await clock.until(app.close());
    assert.equal(app.stats().tasks, 0);
  }));

for (const kind of ['with a signal', 'without']) {
  test(`a receive ${kind} where the stack ends takes nothing from others if it fails`, { skip }, () =>
    atEachLevel(options, async (app, clock, deep) => {
      const channel = app.channel('int', { capacity: 2 });
      const { signal } = new AbortController();
      const first = deep(() => channel.receive(kind === 'without' ? {} : { signal }))?.catch(() => ({}));
      await channel.send(7);
      const failed = !first || (await clock.until(first)).value !== 7;
      if (failed) assert.equal((await clock.until(channel.receive())).value, 7);
      channel[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    }));

  test(`a send ${kind} where the stack ends sends nothing if it fails`, { skip }, () =>
    atEachLevel(options, async (app, clock, deep) => {
      const channel = app.channel('int', { capacity: 2 });
      const { signal } = new AbortController();
      const sent = deep(() => channel.send(5, kind === 'without' ? {} : { signal }))?.then(() => true, () => false);
      const hasSent = await sent;
      await channel.send(6);
      assert.equal((await clock.until(channel.receive())).value, hasSent ? 5 : 6);
      channel[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    }));
}

test('what a promise of another kind calls where the stack ends can be called again', { skip }, async () => {
  let settle;
  const call = () => ({ then(resolve) { settle = resolve; } });
  await atEachLevel({ ...options, host: { ...options.host, call } }, async (app, clock, deep) => {
    const ended = app.call.call_host();
    settle = undefined;
    while (!settle) await turn();
    deep(() => settle());
    settle();
    await clock.until(ended);
  });
});

test('next() where the stack ends leaves all elements to others if it fails', { skip }, () =>
  atEachLevel(options, async (app, clock, deep) => {
    const stream = app.stream('texts', [1, 3]);
    const first = deep(() => stream.next())?.then(({ value }) => [value], () => []);
    const got = await clock.until(Promise.resolve(first ?? []));
    for (let next; !(next = await clock.until(stream.next())).done;) got.push(next.value);
    assert.deepEqual(got, ['x', 'x', 'x']);
  }));

test('an abort where the stack ends cancels all tasks, if the signal has aborted', { skip }, async () => {
  for (let level = -1; level < 60; level++) {
    await withApp(options, async (app, clock) => {
      const controller = new AbortController();
      const tasks = [1, 2, 3].map(() => app.spawn('sleep', [9], { signal: controller.signal }));
      const results = tasks.map(({ result }) => result.then(() => 'slept', () => 'cancelled'));
      await turn();
      let threw = true;
      const abort = () => {
        controller.abort();
        threw = false;
      };
      if (level < 0) abort();
      else atDepth(level, abort);
      const expected = threw ? undefined : 'cancelled'; // else the platform itself found no room
      if (threw) tasks.forEach((task) => task.kill());
      for (const result of await clock.until(Promise.all(results))) assert.equal(expected ?? result, result);
    });
  }
});
