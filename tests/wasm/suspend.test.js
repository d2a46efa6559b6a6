/** Where a task cannot be suspended, waiting is a status, not a trap. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilers, withApp } from './support.js';

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
