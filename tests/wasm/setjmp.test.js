/** setjmp and longjmp, in tasks that wait. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilers, withApp } from './support.js';

const sumUpTo = (/** @type {number} */ n) => n * (n + 1) / 2;

for (const cc of compilers) {
  for (const level of ['0', '2', 's']) {
    describe(`${cc} -O${level}`, () => {
      const options = { fixture: 'jumps', cc, level };

      for (const task of ['jumps', 'jumps_on_shared_stack']) {
        test(`${task}: out of calls that do not wait`, () => withApp(options, async (app, clock) => {
          assert.equal(await clock.until(app.call[task](10, 5, -1)), sumUpTo(10));
        }));

        test(`${task}: out of calls that have waited`, () => withApp(options, async (app, clock) => {
          assert.equal(await clock.until(app.call[task](10, 5, 3)), sumUpTo(10));
        }));

        test(`${task}: many at a time, each on its own stack`, () => withApp(options, async (app, clock) => {
          const calls = Array.from({ length: 30 }, (_, i) => app.call[task](i, i % 7, i % 4));
          assert.deepEqual(await clock.until(Promise.all(calls)), calls.map((_, i) => sumUpTo(i)));
        }));
      }

      test('a jump gives back the stack of the calls', () => withApp(options, async (app, clock) => {
        assert.equal(await clock.until(app.call.jumps(20000, 40, -1)), sumUpTo(20000));
      }));

      test('a jump with 0 returns 1', () => withApp(options, async (app, clock) => {
        assert.equal(await clock.until(app.call.jumps_with_zero()), 1);
      }));

      test('a handler jumps on to the next', () => withApp(options, async (app, clock) => {
        assert.deepEqual(await clock.until(Promise.all([-1, 0, 2].map((pause) => app.call.rethrows(pause)))),
          [123, 123, 123]);
      }));

      test('out of a function of the C library', () => withApp(options, async (app, clock) => {
        assert.equal(await clock.until(app.call.jumps_out_of_qsort()), 9);
      }));

      test('within a deferred function', () => withApp(options, async (app, clock) => {
        assert.equal(await clock.until(app.call.defers_jump()), 0);
        assert.equal(await clock.until(app.call.take_deferred_jump()), 7);
      }));

      test('sigsetjmp and _setjmp are the same', () => withApp(options, async (app, clock) => {
        assert.equal(await clock.until(app.call.jumps_by_other_names()), 12);
      }));

      const stray = {
        code: 'ERR_LULL_TRAP',
        message: 'longjmp: the function that called setjmp has returned, or belongs to another task',
      };

      test('a jump to a function that has returned fails the task, and no other', () =>
        withApp(options, async (app, clock) => {
          const other = app.call.jumps(3, 3, 5);
          await assert.rejects(clock.until(app.call.jumps_after_return(-1)), stray);
          await assert.rejects(clock.until(app.call.jumps_after_return(1)), stray);
          assert.equal(await clock.until(other), sumUpTo(3));
        }));

      test("a jump to another task's setjmp fails the task that jumps", () => withApp(options, async (app, clock) => {
        const other = app.call.sets(50);
        await assert.rejects(clock.until(app.call.jumps_to_other()), stray);
        assert.equal(await clock.until(other), 5);
      }));

      test('a task that has called setjmp can be cancelled and killed', () => withApp(options, async (app, clock) => {
        for (const end of ['cancel', 'kill']) {
          const task = app.spawn('sets', [1000]);
          const failed = assert.rejects(task.result);
          await clock.advance(10);
          task[end]();
          await clock.until(failed);
        }
      }));
    });
  }
}
