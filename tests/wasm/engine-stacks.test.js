/** The switch on the engine's stacks: their number, and their reuse once tasks are over. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilers, moduleOf, stacksOnly, withApp } from './support.js';

const skip = stacksOnly;
const host = { call_back: () => 0, call: (value) => value };

/** More than V8 has room for at a time. */
const TOO_MANY = 36_000;
const ROUND = 4_000;

for (const cc of compilers) {
  describe(cc, { skip }, () => {
    const options = { fixture: 'tasks', cc, host };
    const failures = { fixture: 'failures', cc, host };

    test('the module names its switch', async () => {
      const names = WebAssembly.Module.exports(await moduleOf('tasks', { cc })).map(({ name }) => name);
      assert.ok(names.some((name) => /^lull switch (stacks|jspi)$/.test(name)));
    });

    test('a task beyond maxStacks ends at its first run, and the others go on', () => withApp({
      ...options, maxStacks: 3,
    }, async (app, clock) => {
      const calls = Array.from({ length: 4 }, () => app.call.sleep_twice(1));
      const outcomes = await clock.until(Promise.allSettled(calls));
      assert.deepEqual(outcomes.map(({ status }) => status), ['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
      const { code, message } = outcomes[3].reason;
      assert.equal(code, 'ERR_LULL_NOMEM');
      assert.match(message, /^so many tasks have begun .* load's option maxStacks allows more, .* --switch asyncify /);
      assert.equal(await app.call.add(1, 2), 3, 'their stacks are free again');
    }));

    test('tasks that have not begun need none', () => withApp({ ...options, maxStacks: 2 }, async (app, clock) => {
      const calls = Array.from({ length: 9 }, () => app.call.add(1, 2));
      assert.deepEqual(await clock.until(Promise.all(calls)), Array(9).fill(3));
    }));

    test('16000 tasks wait at a time, and no more, where nothing else is said', () => withApp(options,
      async (app, clock) => {
        const calls = Array.from({ length: 16_001 }, () => app.call.sleep(1));
        const outcomes = await clock.until(Promise.allSettled(calls));
        assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 1);
        assert.equal(outcomes[16_000].status, 'rejected');
      }));

    test('the stacks of tasks that were killed are used again', () => withApp(options, async (app, clock) => {
      for (let i = 0; i < TOO_MANY; i += ROUND) {
        const tasks = Array.from({ length: ROUND }, () => app.spawn('sleep', [1e6]));
        await clock.until(app.call.pauses(1));
        for (const task of tasks) task.kill();
        await clock.until(Promise.allSettled(tasks.map(({ result }) => result)));
      }
      assert.equal(await app.call.add(1, 2), 3);
    }));

    test('the stacks of tasks that trapped are used again', () => withApp({ ...failures, maxStacks: 2 },
      async (app, clock) => {
        for (let i = 0; i < 1000; i++) {
          await assert.rejects(clock.until(app.call.trap_later(0)), { code: 'ERR_LULL_TRAP' });
        }
        assert.equal(await clock.until(app.call.bystander(10)), 0);
      }));

    test('the stacks of tasks that ended from a depth are used again', () => withApp({ ...failures, maxStacks: 2 },
      async (app, clock) => {
        for (let i = 0; i < 1000; i++) {
          await assert.rejects(clock.until(app.call.end_from_depth(9, 0)), { message: 'from depth' });
          assert.equal(await clock.until(app.call.end_from_depth(9, 1)), 42);
        }
      }));

    test("the engine's own limit is named with V8's flags", () => withApp(failures, (app, clock) =>
      assert.rejects(clock.until(app.spawn('exhaust_engine', [1e8], { stackSize: 1 << 28 }).result), {
        code: 'ERR_LULL_STACK',
        message: /V8's flags --stack-size and --wasm-stack-switching-stack-size, both in KB/,
      })));
  });
}
