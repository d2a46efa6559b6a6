/** exit() in a task, and ends of waits that trap while their task is ended. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { VirtualClock } from '../../js/testing.js';
import { compilers, turn, withApp } from './support.js';

const COUNTS = 0, TRAPS = 1, EXITS = 2;
const killed = { code: 'ERR_LULL_KILLED' };

for (const cc of compilers) {
  describe(cc, () => {
    const noted = [];
    const options = { fixture: 'exit', cc, host: { note: (what) => { noted.push(what); } } };
    const failures = (tasks, error) => Promise.all(tasks.map(({ result }) => assert.rejects(result, error)));

    test('exit() kills the other tasks, and runs nothing that they deferred', () => withApp(options, async (app) => {
      noted.length = 0;
      const tasks = [app.spawn('sleep', [1]), app.spawn('sleep', [1], { delay: 1000 }), app.spawn('wait', [COUNTS])];
      await turn();
      await assert.rejects(app.call.leave(0), killed);
      await failures(tasks, killed);
      assert.equal(app.stats().tasks, 0);
      assert.deepEqual(noted, []);
    }));

    const oncePerWait = 'exit() calls the end of each wait once, also where one traps or exits';
    test(oncePerWait, () => withApp(options, async (app) => {
      const tasks = [TRAPS, COUNTS, EXITS, TRAPS, EXITS, COUNTS].map((how) => app.spawn('wait', [how]));
      await turn();
      await assert.rejects(app.call.leave(0), killed);
      await failures(tasks, killed);
      assert.equal(app.exports.ends(), 6);
      assert.equal(app.stats().tasks, 0);
    }));

    test('exit() ends all tasks, however many there are and however slow the clock', () =>
      withApp({ ...options, clock: new VirtualClock({ tick: 5 }) }, async (app) => {
        await assert.rejects(app.call.leave(1000), killed);
        assert.equal(app.stats().tasks, 0);
      }));

    for (const [way, end] of Object.entries({
      'cancel()': ([task]) => { task.cancel(); },
      'cancel() with a reason': ([task]) => { task.cancel(new Error('enough')); },
      'kill()': ([task]) => task.kill(),
      'throw()': ([task]) => task.throw(new Error('enough')),
      'abort()': (tasks, app, controller) => controller.abort(),
      'cancel() of the app': (tasks, app) => app.cancel(),
      'close()': (tasks, app) => { app.close(); },
    })) {
      test(`a trap in the end of a wait that ${way} calls is its task's`, () => withApp(options, async (app) => {
        const controller = new AbortController();
        const { signal } = controller;
        const tasks = [TRAPS, COUNTS, TRAPS].map((how) => app.spawn('wait', [how], { signal }));
        const results = tasks.map(({ result }) => result.then(() => 'done', ({ code, name }) => code ?? name));
        await turn();
        end(tasks, app, controller);
        app.cancel();
        for (const index of [0, 2]) assert.match(await results[index], /ERR_LULL_(TRAP|KILLED)/);
        assert.equal(app.exports.ends(), 3);
        assert.equal(app.stats().tasks, 0);
      }));

      test(`and so it is where a host function calls ${way}`, () => {
        let act = () => {};
        return withApp({ ...options, host: { note: () => act() } }, async (app) => {
          const controller = new AbortController();
          const { signal } = controller;
          const tasks = [TRAPS, COUNTS, TRAPS].map((how) => app.spawn('wait', [how], { signal }));
          const results = tasks.map(({ result }) => result.catch(({ code, name }) => code ?? name));
          await turn();
          act = () => end(tasks, app, controller);
          await app.call.note_it().catch(() => {});
          act = () => {};
          app.cancel();
          for (const index of [0, 2]) assert.match(await results[index], /ERR_LULL_(TRAP|KILLED)/);
          assert.equal(app.exports.ends(), 3);
        });
      });
    }

    test('idle() resolves after exit()', () => withApp(options, async (app) => {
      await assert.rejects(app.call.leave(1), killed);
      await app.idle();
    }));

    const killerFails = 'where the end of a wait traps, whoever killed the task fails, and the task is gone';
    test(killerFails, () => withApp(options, async (app) => {
      const task = app.spawn('wait', [TRAPS]);
      await turn();
      await Promise.all([failures([task], killed), assert.rejects(app.call.kill(task.id), { code: 'ERR_LULL_TRAP' })]);
      assert.equal(app.exports.ends(), 1);
      assert.equal(app.stats().tasks, 0);
    }));

    const eachIsCalled = 'where the ends of several waits trap, each is called, and the task is gone';
    test(eachIsCalled, () => withApp(options, async (app) => {
      const task = app.spawn('select_all');
      await turn();
      await Promise.all([failures([task], killed), assert.rejects(app.call.kill(task.id), { code: 'ERR_LULL_TRAP' })]);
      assert.equal(app.exports.ends(), 3);
      assert.equal(app.stats().tasks, 0);
    }));
  });
}
