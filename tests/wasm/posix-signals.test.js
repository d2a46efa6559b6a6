/** Signals, and the timers that send them: handlers run between waits. With each compiler. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../js/testing.js';
import { compilers, withApp } from './support.js';

const SCENES = [
  'handlers', 'masks', 'interruptions', 'handlers_in_their_threads', 'jumps_out_of_handlers',
  'long_handlers', 'interrupted_descriptors', 'polls_in_handlers',
  'waits_of_lull_go_on', 'ends_before_its_handler', 'waits_for_signals', 'alarms', 'interval_timers', 'timers',
];

const SCENES_OF_INFO = [
  'handlers_are_told', 'queues', 'ends_with_pending_signals', 'waits_are_told', 'timers_are_told',
  'blocked_timers', 'signals_of_new_threads', 'barriers_with_handlers', 'functions_of_system_v', 'alternate_stacks',
];

for (const cc of compilers) {
  for (const name of SCENES_OF_INFO) {
    test(`${cc}: ${name.replaceAll('_', ' ')}`, () =>
      withApp({ fixture: 'posix_siginfo', cc, wasi: {} }, async (app, clock) => {
        assert.equal(await clock.until(app.call[name]()), 0, 'the line that failed');
      }));
  }

  test(`${cc}: frequent timers`, () => withApp({
    fixture: 'posix_siginfo', cc, wasi: {}, clock: new VirtualClock({ tick: 0.01 }),
  }, async (app, clock) => {
    assert.equal(await clock.until(app.call.frequent_timers()), 0, 'the line that failed');
  }));

  const options = { fixture: 'posix_signals', cc, wasi: {} };

  for (const name of SCENES) {
    test(`${cc}: ${name.replaceAll('_', ' ')}`, () => withApp(options, async (app, clock) => {
      assert.equal(await clock.until(app.call[name]()), 0, 'the line that failed');
    }));
  }

  test(`${cc}: a timer is a task, and the app closes while one is armed`, () =>
    withApp(options, async (app, clock) => {
      app.call.never_ends().catch(() => {});
      await clock.advance(1);
      assert.deepEqual(app.tasks().map(({ name, waitingOn }) => [name, waitingOn]), [
        ['never_ends', 'pause'], ['alarm', 'pause'],
      ]);
    }));

  test(`${cc}: a signal without a handler ends the task that raises it`, () =>
    withApp(options, async (app, clock) => {
      await assert.rejects(clock.until(app.call.terminates()), { code: 'ERR_LULL_TRAP' });
      assert.equal(await clock.until(app.call.handlers()), 0);
    }));
}
