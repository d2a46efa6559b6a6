/** Signals, timeouts, reasons and thrown errors: how JavaScript ends a wait of C. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { turn, withApp } from './support.js';

const options = { fixture: 'tasks', host: { call: () => new Promise(() => {}), note() {} } };
const failure = (promise) => promise.then(() => assert.fail('it did not fail'), (error) => error);

/** Host calls that never end, and the signals that they have. */
function withSignals() {
  const signals = [];
  return {
    signals,
    options: {
      ...options,
      host: {
        ...options.host,
        call() {
          signals.push(this.signal);
          return new Promise(() => {});
        },
      },
    },
  };
}

describe('cancel(reason)', () => {
  for (const reason of [new Error('enough'), 'a string', null, 0]) {
    test(`the result rejects with the very reason: ${reason}`, () => withApp(options, async (app) => {
      const task = app.spawn('sleep', [1000]);
      const result = failure(task.result);
      await turn();
      await task.cancel(reason);
      assert.equal(await result, reason);
      assert.equal(task.status, 'cancelled');
    }));
  }

  test('without a reason it is an AbortError', () => withApp(options, async (app) => {
    const task = app.spawn('sleep', [1000]);
    const result = failure(task.result);
    await task.cancel();
    const error = await result;
    assert.deepEqual([error.name, error.code], ['AbortError', 'ERR_LULL_CANCELED']);
  }));

  test('the signal of the host call that the task is in aborts with it', () => {
    const { signals, options: given } = withSignals();
    return withApp(given, async (app) => {
      const task = app.spawn('call_host', [1]);
      const result = failure(task.result);
      await turn();
      const reason = new Error('enough');
      await task.cancel(reason);
      assert.equal(signals[0].reason, reason);
      assert.equal(await result, reason);
    });
  });

  test('the first reason stays', () => withApp(options, async (app) => {
    const task = app.spawn('sleep', [1000]);
    const result = failure(task.result);
    task.cancel('first');
    task.cancel('second');
    assert.equal(await result, 'first');
  }));

  test('a task that ends otherwise keeps its result', () => withApp(options, async (app) => {
    const task = app.spawn('call_status', [1]);
    await turn();
    await task.cancel('reason');
    assert.equal(await task.result, -1);
  }));

  test('a task that fails otherwise keeps its failure', () => withApp(options, async (app) => {
    const task = app.spawn('fail_with', [-3, 'its own'], { delay: 1000 });
    const result = failure(task.result);
    await task.cancel('reason');
    assert.equal((await result).message, 'its own');
    assert.equal(task.status, 'failed');
  }));

  test('an error that the task makes of it gives way to the reason', () => withApp(options, async (app) => {
    const task = app.spawn('wrap', [1]);
    const result = failure(task.result);
    await turn();
    await task.cancel('reason');
    assert.equal(await result, 'reason');
  }));
});

describe('spawn with a signal', () => {
  test('its abortion cancels the task, with its reason', () => withApp(options, async (app) => {
    const controller = new AbortController();
    const task = app.spawn('sleep', [1000], { signal: controller.signal });
    const result = failure(task.result);
    await turn();
    controller.abort();
    assert.equal(await result, controller.signal.reason);
    assert.equal(controller.signal.reason.name, 'AbortError');
  }));

  test('one that is aborted already cancels the task before its first run', () => withApp(options, async (app) => {
    const signal = AbortSignal.abort('too late');
    assert.equal(await failure(app.spawn('sleep', [1000], { signal, delay: 5000 }).result), 'too late');
  }));

  test('one that outlives the task is left alone', () => withApp(options, async (app) => {
    const listeners = { added: 0, removed: 0 };
    const signal = {
      aborted: false,
      addEventListener() {
        listeners.added++;
      },
      removeEventListener() {
        listeners.removed++;
      },
    };
    await app.spawn('add', [1, 2], { signal }).result;
    assert.deepEqual(listeners, { added: 1, removed: 1 });
  }));

  test('one signal for many tasks', () => withApp(options, async (app) => {
    const controller = new AbortController();
    const results = [1, 2, 3].map(() => failure(app.spawn('sleep', [1000], { signal: controller.signal }).result));
    await turn();
    controller.abort('all');
    assert.deepEqual(await Promise.all(results), ['all', 'all', 'all']);
  }));
});

describe('spawn with a timeout', () => {
  test('the result rejects with a TimeoutError', () => withApp(options, async (app, clock) => {
    const task = app.spawn('sleep', [1000], { timeout: 1500 });
    const result = failure(task.result);
    await clock.advance(1499);
    assert.equal(task.status, 'waiting');
    await clock.advance(1);
    const error = await result;
    assert.deepEqual([error.name, error.code, error.task.name], ['TimeoutError', 'ERR_LULL_TIMEDOUT', 'sleep']);
    assert.equal(task.status, 'failed');
  }));

  test('the signal of the host call that the task is in aborts with a TimeoutError', () => {
    const { signals, options: given } = withSignals();
    return withApp(given, async (app, clock) => {
      const result = failure(app.spawn('call_host', [1], { timeout: 1000 }).result);
      await clock.advance(1000);
      assert.equal(signals[0].reason.name, 'TimeoutError');
      assert.equal((await result).name, 'TimeoutError');
    });
  });

  test('of 0 lets succeed what does not wait', () => withApp(options, async (app, clock) => {
    const [added, slept] = [
      app.spawn('add', [1, 2], { timeout: 0 }).result,
      failure(app.spawn('sleep', [1], { timeout: 0 }).result),
    ];
    await clock.advance(1);
    assert.deepEqual([await added, (await slept).name], [3, 'TimeoutError']);
  }));

  test('of Infinity is none', () => withApp(options, async (app, clock) => {
    const task = app.spawn('sleep', [1], { timeout: Infinity });
    await clock.advance(1000);
    await task.result;
  }));

  test('leaves no timer when the task ends before', () => withApp(options, async (app, clock) => {
    assert.equal(await app.spawn('add', [1, 2], { timeout: 1e6 }).result, 3);
    await app.close();
    assert.equal(clock.armed, 0);
  }));
});

describe('throw(error)', () => {
  test('the wait fails with the very error', () => withApp(options, async (app) => {
    const task = app.spawn('sleep', [1000]);
    const result = failure(task.result);
    await turn();
    const error = new RangeError('thrown in');
    task.throw(error);
    assert.equal(await result, error);
    assert.equal(task.status, 'failed');
  }));

  test('it fails one wait, not the next', () => withApp(options, async (app, clock) => {
    const task = app.spawn('sleep_twice', [1]);
    await turn();
    task.throw(new Error('once'));
    await clock.advance(1000);
    assert.equal(await task.result, -3 * 100 + 0);
  }));

  test('a TimeoutError is LULL_ETIMEDOUT in C', () => withApp(options, async (app) => {
    const task = app.spawn('call_status', [1]);
    await turn();
    task.throw(new DOMException('late', 'TimeoutError'));
    assert.equal(await task.result, -2);
  }));

  test('into a task that does not wait it says so', () => withApp(options, async (app) => {
    const task = app.spawn('add', [1, 2]);
    assert.throws(() => task.throw(new Error('no')), {
      code: 'ERR_LULL_BUSY',
      message: "cannot throw into task 1 'add': it does not wait",
    });
    await task.result;
  }));

  test('into a task that waits for its first run it says so', () => withApp(options, async (app) => {
    const task = app.spawn('add', [1, 2], { delay: 1000 });
    assert.throws(() => task.throw(new Error('no')), { code: 'ERR_LULL_BUSY' });
    task.kill();
  }));

  test('into a task that has ended it says so', () => withApp(options, async (app) => {
    const task = app.spawn('add', [1, 2]);
    await task.result;
    assert.throws(() => task.throw(new Error('no')), {
      code: 'ERR_LULL_SRCH',
      message: "cannot throw into task 1 'add': it has ended",
    });
  }));
});

test('wrong options are TypeErrors that name them', () => withApp(options, async (app) => {
  const refuses = (given, message) =>
    assert.throws(() => app.spawn('sleep', [1], given), {
      name: 'TypeError',
      message: `spawn('sleep'): option ${message}`,
    });
  refuses({ timeout: -1 }, "'timeout' must be milliseconds, not negative, not -1");
  refuses({ timeout: '1' }, "'timeout' must be milliseconds, not negative, not \"1\"");
  refuses({ signal: {} }, "'signal' must be an AbortSignal, not an object (Object)");
  refuses({ signal: null }, "'signal' must be an AbortSignal, not null");
  assert.equal(app.stats().spawned, 0);
}));
