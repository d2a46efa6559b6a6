/** Locks and the like: a task that waits for one finds everything as it left it. At every level, with each compiler. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compiler, compilers, withApp } from './support.js';

const waits = [
  'mutex',
  'read',
  'write',
  'cond',
  'semaphore',
  'event',
  'barrier',
  'wait_group',
  'once',
  'do_once',
  'limited',
];

for (const cc of compilers) {
  for (const level of ['0', '2', 's', '3']) {
    describe(`${cc} -O${level}`, () => {
      const options = { fixture: 'sync', cc, level };

      for (const name of waits) {
        test(`arrays are held across the wait of ${name}`, () => withApp(options, async (app, clock) => {
          const calls = [1, 2, 3, 4, 5].map((seed) => app.call[`hold_${name}`](seed, 500));
          assert.deepEqual(await clock.until(Promise.all(calls)), [0, 0, 0, 0, 0]);
        }));
      }

      test('arrays are held while tasks wait in every way at once', () => withApp(options, async (app, clock) => {
        const calls = waits.flatMap((name) => [1, 2].map((seed) => app.call[`hold_${name}`](seed, 100)));
        assert.deepEqual(await clock.until(Promise.all(calls)), calls.map(() => 0));
      }));
    });
  }
}

const options = { fixture: 'sync', cc: compiler };

test('a task that waits for a lock is cancelled by its signal, and the lock goes to the next', () =>
  withApp(options, async (app, clock) => {
    const abort = new AbortController();
    const [first, second, third] = [{}, { signal: abort.signal }, {}].map(
      (given) => app.spawn('lock', [1], given).result,
    );
    await clock.advance(500);
    abort.abort(new Error('no longer'));
    await assert.rejects(second, { message: 'no longer' });
    assert.equal(await clock.until(first), 0);
    assert.equal(await clock.until(third), 0);
    assert.equal(clock.now(), 2000);
  }));

test('what a task waits for is named in dumps', () => withApp(options, async (app, clock) => {
  const calls = [app.call.lock(1), app.call.lock(1)];
  await clock.advance(0);
  assert.deepEqual(app.tasks().map(({ waitingOn }) => waitingOn), ['pause', 'mutex']);
  await clock.until(Promise.all(calls));
}));

test('an app closes while tasks hold a lock and wait for it', () => withApp(options, async (app, clock) => {
  const calls = [10, 10, 10].map((seconds) => assert.rejects(app.call.lock(seconds)));
  await clock.advance(0);
  await clock.until(app.close());
  await Promise.all(calls);
}));
