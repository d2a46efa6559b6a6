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
