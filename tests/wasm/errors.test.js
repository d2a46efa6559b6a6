/** Errors: what fails in C reaches JavaScript, and what failed in JavaScript comes back as itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { LullError } from '../../node/index.js';
import { moduleOf, turn, withApp } from './support.js';

const withCall = (call, body) => withApp({ fixture: 'tasks', host: { call, note() {} } }, body);
const ways = {
  'thrown at once': (error) => () => { throw error; },
  'rejected at once': (error) => () => Promise.reject(error),
  'rejected later': (error) => async () => { await turn(); throw error; },
};
const failure = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);

for (const [how, failing] of Object.entries(ways)) {
  test(`an error ${how} rejects the call with the very same`, async () => {
    const error = new Error('no');
    await withCall(failing(error), async (app) => assert.equal(await failure(app.call.call_host(1)), error));
  });

  test(`an error ${how} comes through join, future and await as the very same`, async () => {
    const error = new Error('no');
    await withCall(failing(error), async (app) => assert.equal(await failure(app.call.pass_on(1)), error));
  });

  test(`an error ${how} is the cause of the one that C makes of it`, async () => {
    const error = new Error('no');
    await withCall(failing(error), async (app) => {
      const task = app.spawn('wrap', [5], { name: 'wrapper' });
      const wrapped = await failure(task.result);
      assert.ok(wrapped instanceof LullError);
      assert.deepEqual(
        [wrapped.code, wrapped.message, wrapped.task],
        ['ERR_LULL_FAILED', 'cannot call with 5', { id: task.id, name: 'wrapper' }],
      );
      assert.equal(wrapped.cause, error);
    });
  });

  for (const thrown of ['text', 0, null, undefined, Symbol('s'), { code: 'E' }, Object.create(null)]) {
    test(`what is ${how} need not be an Error: ${typeof thrown} ${thrown === null ? 'null' : ''}`, () =>
      withCall(failing(thrown), async (app) => assert.equal(await failure(app.call.pass_on(1)), thrown)));
  }
}

test('C sees the message', () => withCall(() => { throw new Error('what went wrong: äöü'); }, async (app) => {
  assert.equal(await app.call.last_message(1), 'what went wrong: äöü');
}));

test('C sees an error without text', () => withCall(() => { throw Object.create(null); }, async (app) => {
  assert.equal(await app.call.last_message(1), 'an error that has no text');
}));

const late = () => AbortSignal.abort(new DOMException('late', 'TimeoutError')).throwIfAborted();

test('a TimeoutError is LULL_ETIMEDOUT in C', () => withCall(late, async (app) => {
  assert.equal(await app.call.call_status(1), -2);
}));

test('a LullError keeps its code in C', () => withCall(() => { throw new LullError(-8); }, async (app) => {
  assert.equal(await app.call.call_status(1), -8);
}));

test('a chain of causes is as long in JavaScript as in C', () => withCall(() => 0, async (app) => {
  let error = await app.call.fail_in_chain(20_000).catch((failure) => failure);
  const { message, task, cause } = error;
  assert.deepEqual([message, task.name], ['gave up', 'fail_in_chain']);
  assert.deepEqual([cause.message, cause.task], ['attempt 19999', undefined]);
  let length = 0;
  for (; error; error = error.cause) length++;
  assert.equal(length, 20_000);
}));

test('an error of another code has no cause', () => withCall(() => { throw new Error('no'); }, async (app) => {
  const error = await failure(app.call.wrap_twice(1));
  assert.deepEqual(
    [error.code, error.message, error.cause],
    ['ERR_LULL_CLOSED', 'another code has no cause', undefined],
  );
}));

for (const [status, code] of [
  [-1, 'ERR_LULL_CANCELED'], [-2, 'ERR_LULL_TIMEDOUT'], [-3, 'ERR_LULL_FAILED'], [-6, 'ERR_LULL_NOMEM'],
  [-14, 'ERR_LULL_KILLED'], [-77, 'ERR_LULL_FAILED'], [5, 'ERR_LULL_FAILED'],
]) {
  test(`lull_fail(${status}) is ${code} with its message`, () => withCall(() => 0, async (app) => {
    const error = await failure(app.call.fail_with(status, 'said so'));
    assert.deepEqual(
      [error.name, error.code, error.message],
      [{ ERR_LULL_CANCELED: 'AbortError', ERR_LULL_TIMEDOUT: 'TimeoutError' }[code] ?? 'LullError', code, 'said so'],
    );
    assert.equal(error.task.name, 'fail_with');
  }));
}

test('a long message is all there', () => withCall(() => 0, async (app) => {
  for (const length of [254, 255, 256, 257, 5000]) {
    assert.equal((await failure(app.call.fail_with(-3, 'x'.repeat(length)))).message, 'x'.repeat(length));
  }
}));

test('a status alone has its text', () => withCall(() => 0, async (app) => {
  const error = await failure(app.call.check_status(-2));
  assert.deepEqual([error.code, error.message], ['ERR_LULL_TIMEDOUT', "task 'check_status': timed out"]);
}));

test('a failure that nobody waits for is reported once', () => withCall(() => 0, async (app, clock, reports) => {
  await app.call.leave_failing_child();
  await app.idle();
  assert.equal(reports.length, 1);
  const [error] = reports.splice(0);
  assert.deepEqual(
    [error.code, error.message, error.task],
    ['ERR_LULL_FAILED', 'nobody listens', { id: 2, name: 'lost' }],
  );
}));

test('without a report option it goes to reportError', async (t) => {
  const reported = [];
  const before = Object.getOwnPropertyDescriptor(globalThis, 'reportError');
  Object.defineProperty(globalThis, 'reportError', {
    configurable: true,
    value: (error) => reported.push(error.message),
  });
  t.after(() => (before ? Object.defineProperty(globalThis, 'reportError', before) : delete globalThis.reportError));
  await withApp({ fixture: 'tasks', host: { call() {}, note() {} }, report: undefined }, async (app) => {
    await app.call.leave_failing_child();
    await app.idle();
  });
  assert.deepEqual(reported, ['nobody listens']);
});

/** What a thread ends with that loads the fixture, does this, and handles nothing. */
async function uncaught(body) {
  const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(`
    import { workerData } from 'node:worker_threads';
    const { load } = await import(workerData.entry);
    const app = await load(workerData.module, { host: { call: () => new Promise(() => {}), note() {} } });
    ${body}
    await new Promise((resolve) => setTimeout(resolve, 10)); // Bun ends a thread before its last microtasks`)}`),
    { workerData: { entry: new URL('../../node/index.js', import.meta.url).href, module: await moduleOf('tasks') } },
  );
  return new Promise((resolve) =>
    thread.on('error', ({ message }) => resolve(message)).on('exit', () => resolve('nothing')),
  );
}

test('where there is no reportError it is an unhandled rejection', async () => {
  assert.equal(
    await uncaught('delete globalThis.reportError; await app.call.leave_failing_child();'),
    'nobody listens',
  );
});

test('a result that nobody handles is an unhandled rejection', async () => {
  assert.equal(await uncaught("app.spawn('fail_with', [-3, 'no handler']);"), 'no handler');
  assert.equal(await uncaught("app.spawn('sleep', [1]).cancel(); app.spawn('sleep', [1]).kill();"), 'nothing');
});

test('a JavaScript error that nobody waits for is reported as itself', async () => {
  const thrown = new Error('no');
  await withCall(async () => { throw thrown; }, async (app, clock, reports) => {
    await app.call.leave_calling_child(1);
    await app.idle();
    assert.deepEqual(reports.splice(0), [thrown]);
  });
});

test('a cancelled task that nobody waits for is not reported', () =>
  withCall(() => new Promise(() => {}), async (app) => {
    await app.call.leave_calling_child(1);
    app.cancel();
    await app.idle();
  }));

test('a rejected future that nobody awaited is reported when it is freed', () =>
  withCall(() => 0, async (app, clock, reports) => {
    await app.call.drop_rejected(1);
    assert.deepEqual(reports, []);
    await app.call.drop_rejected(0);
    assert.deepEqual(reports.splice(0).map(({ message }) => message), ['never awaited']);
  }));

test('errors that come and go leave nothing', () => withCall(async () => { throw new Error('no'); }, async (app) => {
  const rounds = async (count) => {
    for (let i = 0; i < count; i++) {
      await Promise.all([
        failure(app.call.pass_on(1)),
        failure(app.call.wrap(1)),
        failure(app.call.fail_with(-3, 'x'.repeat(5000))),
      ]);
    }
  };
  await rounds(5);
  const { allocations, memory } = app.stats();
  await rounds(500);
  const after = app.stats();
  assert.deepEqual([after.references, after.allocations, after.memory], [0, allocations, memory]);
}));
