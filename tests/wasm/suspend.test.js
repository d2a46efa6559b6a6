/** Where a task cannot be suspended, waiting is a status, not a trap. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilers, turn, withApp } from './support.js';

const ENOSUSPEND = -12;
const ways = [
  'lull_pause(0)',
  'lull_pause(1)',
  'lull_yield_to',
  'lull_yield_to(NULL)',
  'lull_with_timeout',
  'lull_await',
  'a host call',
  'lull_scope_enter',
  'lull_defer',
];
const inHooks = ['lull_pause(0)', 'lull_pause(1)', 'lull_yield_to', 'lull_with_timeout', 'a host call'];

for (const cc of compilers) {
  describe(cc, () => {
    const options = { fixture: 'failures', cc, host: { call_back: () => 0 } };

    ways.forEach((way, how) => {
      test(`${way} in C that JavaScript calls is LULL_ENOSUSPEND`, () => withApp(options, async (app, clock) => {
        assert.equal(app.exports.plain_wait(how), ENOSUSPEND);
        assert.equal(await clock.until(app.call.bystander(4)), 0);
      }));

      test(`${way} in C that a host function calls is LULL_ENOSUSPEND`, async () => {
        let loaded;
        await withApp(
          { ...options, host: { call_back: (value) => loaded.exports.plain_wait(value) } },
          async (app, clock) => {
            loaded = app;
            assert.equal(await clock.until(app.call.wait_below_host(how)), ENOSUSPEND);
            assert.equal(await clock.until(app.call.bystander(4)), 0);
          },
        );
      });
    });

    test('lull_join in C that JavaScript calls is LULL_ENOSUSPEND', () => withApp(options, async (app, clock) => {
      const task = app.spawn('sleep', [1]);
      assert.equal(app.exports.plain_join(task.id), ENOSUSPEND);
      await clock.until(task.result);
    }));

    test('C that a host function calls has no current task', async () => {
      let loaded;
      await withApp({ ...options, host: { call_back: () => loaded.exports.plain_current() } }, async (app, clock) => {
        loaded = app;
        assert.equal(app.exports.plain_current(), 0);
        assert.equal(await clock.until(app.call.wait_below_host(0)), 0);
      });
    });

    /** What C says of itself when JavaScript calls it: its current task, and what each way of waiting comes to. */
    const ask = (app) => [app.exports.plain_current(), ...ways.map((_, how) => app.exports.plain_wait(how))];
    const none = [0, ...ways.map(() => ENOSUSPEND)];

    /** With host calls that never end, and what their listeners do at the abortion. */
    const withListener = (listen, body) => {
      let loaded;
      const host = {
        call_back() {
          this.signal.addEventListener('abort', () => listen(loaded));
          return new Promise(() => {});
        },
      };
      return withApp({ ...options, host }, (app, clock) => {
        loaded = app;
        return body(app, clock);
      });
    };

    test('C that an abort listener calls has no current task, and cannot wait', () => {
      let answer;
      return withListener((app) => { answer = ask(app); }, async (app, clock) => {
        const task = app.spawn('wait_below_host', [0], { timeout: 1000 });
        await assert.rejects(clock.until(task.result), { code: 'ERR_LULL_TIMEDOUT' });
        assert.deepEqual(answer, none);
        assert.equal(await clock.until(app.call.bystander(4)), 0);
      });
    });

    test('an abort listener can kill the task whose call it is, which it sees running', () => {
      let task, status;
      return withListener((app) => {
        status = app.tasks()[0].status;
        task.kill();
      }, async (app, clock) => {
        task = app.spawn('wait_below_host', [0]);
        await turn();
        await task.cancel();
        await assert.rejects(task.result, { code: 'ERR_LULL_KILLED' });
        assert.equal(status, 'running');
        assert.equal(await clock.until(app.call.bystander(4)), 0);
      });
    });

    test('C that a report calls has no current task, and cannot wait', async () => {
      let loaded, answer;
      await withApp({ ...options, report: () => { answer = ask(loaded); } }, async (app, clock) => {
        loaded = app;
        assert.equal(await clock.until(app.call.report_and_pause()), 0);
        assert.deepEqual(answer, none);
      });
    });

    const atTheEnd = 'C that is called at the end of a task has no current task, and cannot wait';
    test(atTheEnd, () => withApp(options, async (app, clock) => {
      let answer;
      const signal = { addEventListener() {}, removeEventListener() { answer = ask(app); } };
      const task = app.spawn('sleep', [1000], { signal });
      await turn();
      assert.equal(await clock.until(app.call.kill_and_pause(task.id)), 0);
      await assert.rejects(task.result, { code: 'ERR_LULL_KILLED' });
      assert.deepEqual(answer, none);
    }));

    inHooks.forEach((way, how) => {
      test(`${way} in a begin hook is LULL_ENOSUSPEND`, () => withApp(options, async (app, clock) => {
        const others = app.call.bystander(10);
        assert.equal(await clock.until(app.call.wait_in_begin(how)), ENOSUSPEND);
        assert.equal(await clock.until(others), 0);
      }));

      test(`${way} in an end hook is LULL_ENOSUSPEND`, () => withApp(options, async (app, clock) => {
        const others = app.call.bystander(10);
        assert.equal(await clock.until(app.call.wait_in_end(how)), ENOSUSPEND);
        assert.equal(await clock.until(others), 0);
      }));
    });
  });
}
