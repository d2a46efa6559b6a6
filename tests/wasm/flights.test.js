/** JavaScript between the slices of a run: on JSPI, where each slice but a task's first is a microtask. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fly } from '../../js/features/flights.js';
import { IN_FLIGHT } from '../../js/marshal/protocol.js';
import { VirtualClock } from '../../js/testing.js';
import { compilers, jspiOnly, moduleOf, turn, withApp } from './support.js';

/** More slices than one run has, where they are observed. */
const LONG = 5_000;

/** Together more than V8 has room for at a time. A page of Chromium crashes where there are more in a round. */
const [MANY, ROUNDS] = [4_000, 16];

for (const cc of compilers) {
  describe(cc, () => {
    /**
     * Run tasks that note values.
     *
     * @param {(app: any, events: unknown[], clock: any) => Promise<void>} body
     * @param {(value: number) => void} [between] called in a microtask that a slice has queued
     */
    const noted = (body, between = () => {}) => {
      const events = [];
      const note = (value) => {
        events.push(value);
        queueMicrotask(() => {
          events.push(`after ${value}`);
          between(value);
        });
      };
      return withApp({ fixture: 'flights', cc, host: { note } }, (app, clock) => body(app, events, clock));
    };

    const bothNote = (app, clock) => clock.until(Promise.all([app.call.note_slices(1, 2), app.call.note_slices(2, 2)]));

    test('a microtask that a slice has queued runs after the run', { skip: !jspiOnly && 'the switch is that on JSPI' },
      () => noted(async (app, events, clock) => {
        await bothNote(app, clock);
        assert.deepEqual(events, [1, 2, 1, 2, 'after 1', 'after 2', 'after 1', 'after 2']);
      }));

    test('a microtask that a slice has queued runs before the next one that goes on', { skip: jspiOnly },
      () => noted(async (app, events, clock) => {
        await bothNote(app, clock);
        assert.deepEqual(events, [1, 2, 'after 1', 'after 2', 1, 'after 1', 2, 'after 2']);
      }));

    test('a task that is about to go on is running, and ends before it does where it is killed then', {
      skip: jspiOnly,
    }, () => {
      const seen = [];
      let task;
      return noted(async (app, events, clock) => {
        task = app.spawn('note_slices', [2, 2]);
        const other = app.call.note_slices(1, 3);
        await assert.rejects(clock.until(task.result), { code: 'ERR_LULL_KILLED' });
        await clock.until(other);
        assert.deepEqual(events.filter((event) => typeof event === 'number'), [2, 1, 1, 1]);
        assert.deepEqual(seen, ['running']);
      }, (value) => {
        if (value !== 1 || seen.length) return;
        seen.push(task.status);
        task.kill();
      });
    });

    for (const [name, code, message] of [
      ['trap_in_slice', 'ERR_LULL_TRAP', /'trap_in_slice' trapped: /],
      ['overflow_in_slice', 'ERR_LULL_STACK', /needs more than 16384 bytes of stack/],
    ]) {
      test(`${name}: what JavaScript calls before it hears of a trap finds an app in order`, { skip: jspiOnly }, () => {
        let calls = [];
        let app;
        let task;
        return noted(async (loaded, events, clock) => {
          app = loaded;
          task = app.spawn(name, [7]);
          await assert.rejects(clock.until(task.result), { code, message });
          await clock.until(Promise.all(calls));
          assert.deepEqual(events.filter((event) => typeof event === 'number'), [7, 8, 8]);
        }, (value) => {
          if (value !== 7) return;
          assert.equal(app.tasks().length, 1);
          calls = [app.call.note_slices(8, 2), task.cancel()];
        });
      });
    }

    test('a task that is killed before JavaScript hears of its trap is killed', { skip: jspiOnly }, () => {
      let task;
      return noted(async (app, events, clock) => {
        task = app.spawn('trap_in_slice', [7]);
        await assert.rejects(clock.until(task.result), { code: 'ERR_LULL_KILLED' });
        await clock.until(app.call.note_slices(8, 2));
      }, (value) => { if (value === 7) task.kill(); });
    });

    test('a flight is no deadlock for a run that begins meanwhile', { skip: jspiOnly }, () => withApp({
      fixture: 'flights',
      cc,
      /** @this {any} */
      host: { note() { queueMicrotask(() => this.runInThisTurn()); } },
    }, async (app, clock) => {
      await app.observe({}); // a run then ends sooner, and a deadlock that was seen in it would be reported
      app.spawn('note_slices', [1, LONG]);
      await clock.until(app.idle());
    }));

    test('flights keep to the budget of their run, on a clock that is negative, too', { skip: jspiOnly }, async () => {
      const clock = new VirtualClock({ tick: 1 });
      const [now, later] = [clock.now.bind(clock), clock.later.bind(clock)];
      const events = [];
      clock.now = () => now() - 1e9;
      clock.later = (run) => {
        events.push('later');
        later(run);
      };
      await withApp({ fixture: 'flights', cc, clock, budget: 10, host: { note: (value) => events.push(value) } },
        (app) => app.call.note_slices(1, 100));
      assert.ok(events.lastIndexOf('later') > 1, 'other runs follow the first');
    });

    test('an app that is closed gives back the stacks of its tasks', { skip: jspiOnly }, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        await noted(async (app, events, clock) => {
          for (let i = 0; i < MANY; i++) app.call.sleep(1e6).catch(() => {});
          await clock.until(app.call.note_slices(1, 1));
          await clock.until(app.close({ timeout: 0 }));
        });
      }
    });

    test('the module names its switch', { skip: jspiOnly }, async () => {
      const names = WebAssembly.Module.exports(await moduleOf('flights', { cc })).map(({ name }) => name);
      assert.ok(names.includes('lull switch jspi'));
    });
  });
}

test('a run in flight is over once the app has failed', { skip: jspiOnly }, async () => {
  const instance = /** @type {any} */ ({ run: () => IN_FLIGHT, fail() { this.ended = true; }, pump: {} });
  fly(instance, {});
  const runs = [instance.run(), instance.run()];
  instance.fail(new Error('lull itself'));
  assert.deepEqual(await Promise.race([Promise.all(runs), turn()]), [undefined, undefined]);
});
