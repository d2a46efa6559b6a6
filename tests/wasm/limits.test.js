/** What `load` limits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withApp } from './support.js';

const options = { fixture: 'edges', host: { length_of: (bytes) => bytes.length, call() {} } };

test('a spawn beyond maxTasks is refused, in JavaScript and in C, until a task has ended', () =>
  withApp({ ...options, maxTasks: 2 }, async (app, clock) => {
    const refused = (name) => ({
      code: 'ERR_LULL_NOMEM',
      message: `cannot spawn ${name}: out of memory, or there are as many tasks as 'maxTasks' of load allows`,
    });
    const first = app.call.sleep(1);
    const parent = app.call.parent(); // spawns a child
    await assert.rejects(app.call.add(1, 2), refused('add'));
    assert.throws(() => app.spawn('add', [1, 2]), refused('add'));
    await assert.rejects(app.call.sum(Uint8Array.of(1)), refused('sum'));
    await assert.rejects(clock.until(parent), { code: 'ERR_LULL_NOMEM' });
    assert.equal(await app.call.add(1, 2), 3);
    await clock.until(first);
  }));
