/** Waits for time by the C library's own functions: they are waits of tasks. With each compiler. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilers, withApp } from './support.js';

const SLEEPS = ['sleep', 'usleep', 'nanosleep', 'clock_nanosleep', 'absolute_time', 'thrd_sleep'];

for (const cc of compilers) {
  const options = { fixture: 'posix_time', cc, wasi: {} };

  for (const name of SLEEPS) {
    test(`${cc}: a second by ${name} is a second, and others run meanwhile`, () =>
      withApp(options, async (app, clock) => {
        const calls = [app.call[`by_${name}`](), app.call[`by_${name}`]()];
        assert.deepEqual(await clock.until(Promise.all(calls)), [0, 0]);
        assert.equal(clock.now(), 1000);
      }));
  }

  test(`${cc}: ten tasks that each usleep(100000) end after a tenth of a second`, () =>
    withApp(options, async (app, clock) => {
      assert.equal(await clock.until(app.call.ten_sleepers()), 0);
      assert.equal(clock.now(), 100);
    }));

  for (const name of ['past_times', 'bad_times', 'resumed_early', 'timed_out', 'yields', 'own_errno', 'clocks']) {
    test(`${cc}: ${name.replaceAll('_', ' ')}`, () => withApp(options, async (app, clock) => {
      assert.equal(await clock.until(app.call[name]()), 0, 'the line that failed');
    }));
  }

  test(`${cc}: a cancellation ends sleep with EINTR, and it says how much is left`, () =>
    withApp(options, async (app, clock) => {
      const task = app.spawn('sleeps_ten');
      await clock.advance(3500);
      task.cancel();
      await clock.until(task.result.catch(() => {}));
      assert.equal(await clock.until(app.call.what_interrupted()), app.exports.intr() * 100 + 7);
    }));

  test(`${cc}: outside of a task, sleep fails with EAGAIN at once, and that is reported`, () =>
    withApp(options, async (app, clock, reports) => {
      assert.equal(app.exports.sleep_outside(), 3000 + app.exports.again());
      assert.equal(app.exports.yield_outside(), 0);
      const [report] = reports.splice(0);
      assert.equal(report.code, 'ERR_LULL_NOSUSPEND');
      assert.match(report.message, /^sleep\(\) cannot wait here: only a task can, such as main\(\)/);
    }));

  test(`${cc}: a task that sleeps is one that pauses, in dumps`, () => withApp(options, async (app, clock) => {
    const call = app.call.by_sleep();
    await clock.advance(1);
    assert.deepEqual(app.tasks().map(({ waitingOn }) => waitingOn), ['pause']);
    await clock.until(call);
  }));
}
