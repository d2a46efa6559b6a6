/** A trap is the failure of the task that ran. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LullError } from '../../node/index.js';
import { compilers, withApp } from './support.js';

const traps = [
  ['__builtin_trap', 0, /unreachable/i],
  ['an access out of bounds', 1, /out of bounds/i],
  ['an indirect call with another signature', 2, /signature|null (function|table)/i],
];

for (const cc of compilers) {
  describe(cc, () => {
    const options = { fixture: 'failures', cc, host: { call_back: () => 0 } };

    const isTrap = (text) => (failure) => {
      assert.ok(failure instanceof LullError, String(failure));
      assert.equal(failure.code, 'ERR_LULL_TRAP');
      assert.match(failure.message, /^task \d+ '\w+' trapped: /);
      assert.match(failure.message, text);
      assert.ok(failure.cause instanceof WebAssembly.RuntimeError);
      assert.match(failure.cause.message, text);
      return true;
    };

    for (const [what, how, text] of traps) {
      test(`${what} fails the task, with the trap as the cause`, () => withApp(options, async (app, clock) => {
        await assert.rejects(clock.until(app.call.trap_at_once(how)), isTrap(text));
      }));

      test(`${what} after waits fails the task`, () => withApp(options, async (app, clock) => {
        await assert.rejects(clock.until(app.call.trap_later(how)), isTrap(text));
      }));

      test(`after ${what} the deferred functions run`, () => withApp(options, async (app, clock) => {
        await assert.rejects(clock.until(app.call.trap_later(how)));
        assert.equal(await clock.until(app.call.take_deferred()), 11);
      }));

      test(`${what} reaches whoever joins`, () => withApp(options, async (app, clock) => {
        assert.equal(await clock.until(app.call.join_trapping(how)), -4);
      }));
    }

    test('the others go on', () => withApp(options, async (app, clock) => {
      const others = [1, 2, 3].map(() => app.call.bystander(40));
      for (let i = 0; i < 300; i++) {
        await assert.rejects(clock.until(app.call.trap_later(i % 3)), { code: 'ERR_LULL_TRAP' });
      }
      assert.deepEqual(await clock.until(Promise.all(others)), [0, 0, 0]);
    }));

    test('in a deferred function: it is reported, the task keeps its result, the others that it deferred run', () =>
      withApp(options, async (app, clock, reports) => {
        assert.equal(await clock.until(app.call.trap_in_defer(0)), 7);
        assert.equal(await clock.until(app.call.take_deferred()), 11);
        assert.deepEqual(
          reports.splice(0).map(({ code, task }) => [code, task.name]),
          [['ERR_LULL_TRAP', 'trap_in_defer']],
        );
      }));

    test('a function deferred by the task that trapped can wait', () => withApp(options, async (app, clock) => {
      await assert.rejects(clock.until(app.call.trap_and_wait_in_defer()), { code: 'ERR_LULL_TRAP' });
      assert.equal(await clock.until(app.call.take_deferred()), 5);
    }));

    test('of a task that nobody waits for is reported', () => withApp(options, async (app, clock, reports) => {
      await clock.until(app.call.spawn_trapping());
      await clock.until(app.idle());
      assert.equal(reports.length, 1);
      const [report] = reports.splice(0);
      isTrap(/unreachable/i)(report);
      assert.equal(report.task.name, 'trapping');
    }));

    test('in C that a host function calls is an error of the host function', () => withApp(options, async () => {
      let trap;
      const call_back = () => {
        try {
          loaded.exports.plain_trap();
        } catch (error) {
          trap = error;
          throw error;
        }
      };
      let loaded;
      await withApp({ ...options, host: { call_back } }, async (app, clock) => {
        loaded = app;
        await assert.rejects(
          clock.until(app.call.trap_below_host()),
          (error) => error === trap && error instanceof WebAssembly.RuntimeError,
        );
        assert.equal(await clock.until(app.call.bystander(4)), 0);
      });
    }));

    test('lull_return and lull_fail in C that JavaScript calls trap', () => withApp(options, async (app, clock) => {
      for (const name of ['plain_return', 'plain_fail']) {
        assert.throws(() => app.exports[name](), WebAssembly.RuntimeError);
      }
      assert.equal(await clock.until(app.call.bystander(4)), 0);
    }));

    test('in C that JavaScript calls reaches JavaScript, and the instance goes on', () =>
      withApp(options, async (app, clock) => {
        const before = app.exports.__stack_pointer.value;
        for (let i = 0; i < 1000; i++) assert.throws(() => app.exports.plain_trap(), WebAssembly.RuntimeError);
        assert.equal(app.exports.__stack_pointer.value, before);
        assert.equal(await clock.until(app.call.bystander(4)), 0);
      }));
  });
}
