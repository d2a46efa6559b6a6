/** The switch: a task that waits finds everything as it left it. At every level, with each compiler. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilers, withApp } from './support.js';

const host = { echo_now: (value) => value, echo_later: async (value) => value };

/** The tasks that hold an array across a wait, and how often they wait: timers and promises cost more. */
const waits = {
  pause: 20000, sleep: 3000, yield_to: 3000, yield_to_at_once: 20000, with_timeout: 3000, join: 10000, await: 10000,
  host_now: 5000, host_later: 3000, send: 5000, receive: 5000, select: 3000,
};

for (const cc of compilers) {
  for (const level of ['0', '2', 's', '3']) {
    describe(`${cc} -O${level}`, () => {
      const options = { fixture: 'switch', cc, level, host };

      /** Run a task five times at once, and see that each comes to the same. */
      const each = (name, ...rest) => withApp(options, async (app, clock) => {
        const results = await clock.until(Promise.all([1, 2, 3, 4, 5].map((seed) => app.call[name](seed, ...rest))));
        assert.deepEqual(results, [0, 0, 0, 0, 0]);
      });

      for (const [name, rounds] of Object.entries(waits)) {
        test(`arrays are held across ${name}`, () => each(`hold_${name}`, rounds));
      }

      test('arrays are held while tasks wait in every way at once', () => withApp(options, async (app, clock) => {
        const calls = Object.keys(waits).flatMap((name) => [1, 2].map((seed) => app.call[`hold_${name}`](seed, 200)));
        assert.deepEqual(await clock.until(Promise.all(calls)), calls.map(() => 0));
      }));

      test('a deep recursion is taken up again', () =>
        withApp({ ...options, stackSize: 1 << 20 }, async (app, clock) => {
          const calls = [1, 2, 3].map((seed) => app.call.recurse(2000, seed));
          assert.deepEqual(await clock.until(Promise.all(calls)), [0, 0, 0]);
        }));

      test('alloca and arrays of variable length are held', () => each('variable_frames', 300));
      test('floats, doubles, 64-bit and small integers are held', () => each('scalars', 5000));
      test('functions called by pointer wait', () => each('function_pointers', 1000));
      test('a comparison of qsort waits', () => each('sort', 500));

      test('tasks end from a depth, over and over', () => withApp(options, async (app, clock) => {
        for (let i = 0; i < 500; i++) assert.equal(await clock.until(app.call.return_from_depth(20)), 42);
        for (let i = 0; i < 500; i++) {
          await assert.rejects(clock.until(app.call.fail_from_depth(20)), { message: 'from a depth' });
        }
      }));
    });
  }
}
