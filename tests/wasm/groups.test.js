/** Groups, waits for several things and locals, across the boundary. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deferred, turn, withApp } from './support.js';

/** Host calls that are settled by hand. */
function byHand() {
  const calls = [];
  function call(value) {
    const { promise, resolve, reject } = deferred();
    calls[value] = { resolve, reject, signal: this.signal };
    return promise;
  }
  return { calls, options: { fixture: 'groups', host: { call } } };
}

const failure = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);

test('a group ends when its last child has', () => {
  const { calls, options } = byHand();
  return withApp(options, async (app) => {
    let ended = false;
    const all = app.call.call_all(3).then(() => { ended = true; });
    await turn();
    for (const call of calls) {
      assert.equal(ended, false);
      call.resolve(1);
      await turn();
    }
    await all;
  });
});

test('the error of the first child that fails is the very error of the group', () => {
  const { calls, options } = byHand();
  return withApp(options, async (app) => {
    const all = failure(app.call.call_all(3));
    await turn();
    const reason = new Error('the second');
    calls[1].reject(reason);
    assert.equal(await all, reason);
  });
});

test('the first failure aborts the host calls of the siblings', () => {
  const { calls, options } = byHand();
  return withApp(options, async (app) => {
    const all = failure(app.call.call_all(3));
    await turn();
    calls[1].reject(new Error('the second'));
    await all;
    assert.deepEqual(calls.map(({ signal }) => signal.aborted), [true, false, true]);
    assert.equal(calls[0].signal.reason.name, 'AbortError');
  });
});

test('where several children fail, the first is the cause, and all are attached', () => {
  const { calls, options } = byHand();
  return withApp(options, async (app) => {
    const all = failure(app.call.call_all(3));
    await turn();
    const [first, second] = [new Error('one'), new TypeError('two')];
    calls[2].reject(first);
    calls[0].reject(second);
    const error = await all;
    assert.equal(error.cause, first);
    assert.equal(error.errors.length, 2);
    assert.ok(error.errors[0] === first && error.errors[1] === second);
    assert.deepEqual([error.name, error.code, error.message], ['LullError', 'ERR_LULL_FAILED', 'one; two']);
    assert.equal(error.task.name, 'call_all');
  });
});

for (const task of ['call_all', 'call_all_nested']) {
  test(`the reason of a cancellation reaches the signals below: ${task}`, () => {
    const { calls, options } = byHand();
    return withApp(options, async (app) => {
      const spawned = app.spawn(task, [2]);
      const result = failure(spawned.result);
      await turn();
      const reason = { why: 'enough' };
      await spawned.cancel(reason);
      assert.equal(await result, reason);
      assert.deepEqual(calls.map(({ signal }) => signal.reason), [reason, reason]);
    });
  });
}

test('a timeout around a group ends its children', () => {
  const { calls, options } = byHand();
  return withApp(options, async (app, clock) => {
    const status = app.call.call_all_within(2, 2);
    await clock.advance(1999);
    assert.deepEqual(calls.map(({ signal }) => signal.aborted), [false, false]);
    await clock.advance(1);
    assert.equal(await status, -2);
    assert.deepEqual(calls.map(({ signal }) => signal.aborted), [true, true]);
  });
});

test('killing the task ends its children', () => {
  const { calls, options } = byHand();
  return withApp(options, async (app) => {
    const spawned = app.spawn('call_all_nested', [2]);
    await turn();
    spawned.kill();
    await assert.rejects(spawned.result, { code: 'ERR_LULL_KILLED' });
    await turn();
    assert.equal(app.stats().tasks, 0);
    assert.deepEqual(calls.map(({ signal }) => signal.aborted), [true, true]);
  });
});

test('ending without waiting for a group is an error that says so, and ends the children', () => {
  const { calls, options } = byHand();
  return withApp(options, async (app) => {
    const error = await failure(app.call.forget_group(2));
    assert.equal(error.code, 'ERR_LULL_BUSY');
    assert.match(error.message, /ended with a group open: lull_group_wait/);
    assert.deepEqual(calls.map(({ signal }) => signal.aborted), [true, true]);
    assert.equal(app.stats().tasks, 0);
  });
});

test('a task that waits for its group says so', () => withApp(byHand().options, async (app) => {
  const call = failure(app.call.call_all(1));
  await turn();
  assert.deepEqual(
    app.tasks().map(({ name, waitingOn }) => [name, waitingOn]),
    [
      ['call_all', 'group'],
      ['child', 'call'],
    ],
  );
  app.cancel();
  await call;
}));

test('race: the first result; the other call is aborted', () => {
  const { calls, options } = byHand();
  return withApp(options, async (app) => {
    const race = app.call.race(0, 1);
    await turn();
    calls[1].resolve(11);
    assert.equal(await race, 11);
    await turn();
    assert.deepEqual(calls.map(({ signal }) => signal.aborted), [true, false]);
  });
});

test('race: the first failure is the very error', () => {
  const { calls, options } = byHand();
  return withApp(options, async (app) => {
    const race = failure(app.call.race(0, 1));
    await turn();
    const reason = new Error('lost');
    calls[0].reject(reason);
    assert.equal(await race, reason);
  });
});

test('any: where all fail, all errors are attached', () => {
  const { calls, options } = byHand();
  return withApp(options, async (app) => {
    const any = failure(app.call.any(0, 1));
    await turn();
    const errors = [new Error('one'), new Error('two')];
    calls[1].reject(errors[1]);
    await turn();
    calls[0].reject(errors[0]);
    const error = await any;
    assert.ok(error.errors[0] === errors[1] && error.errors[1] === errors[0]);
  });
});

test('a local is inherited where the spawn asks for it', () => withApp(byHand().options, async (app) => {
  assert.deepEqual([await app.call.local_of_child(true), await app.call.local_of_child(false)], [5, 0]);
}));
