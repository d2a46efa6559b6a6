/** What an app says of a feature that its module lacks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withApp } from './support.js';

const EMPTY = { fixture: 'empty' };

test('stream of a module without generators says that it has none', () => withApp(EMPTY, async (app) => {
  assert.throws(() => app.stream('numbers'), {
    name: 'TypeError',
    message: "this module has no generator 'numbers'; it has none",
  });
}));

test('channel of a module without LULL_CHAN says so', () => withApp(EMPTY, async (app) => {
  assert.throws(() => app.channel('int'), {
    name: 'TypeError',
    message: 'this module has no LULL_CHAN',
  });
}));

test('run of a module without main rejects', () => withApp(EMPTY, async (app) => {
  await assert.rejects(app.run(['program']), { code: 'ERR_LULL_SRCH', message: 'this program has no main()' });
}));

test('run of a closed app rejects, with and without main', async () => {
  for (const fixture of ['empty', 'program']) {
    let closed;
    await withApp({ fixture }, async (app) => { closed = app; });
    await assert.rejects(closed.run(['program']), {
      code: 'ERR_LULL_CLOSED',
      message: 'cannot spawn main: the app is closed',
    });
  }
});

test('idle waits for a main() that has just begun', () => withApp({ fixture: 'program' }, async (app, clock) => {
  let ended = false;
  const status = app.run(['program']).then((value) => {
    ended = true;
    return value;
  });
  await clock.until(app.idle());
  assert.equal(ended, true);
  assert.equal(await status, 3);
}));
