/** Host calls: C waits for what JavaScript promised. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../js/testing.js';
import { deferred, noFlightsOnly, turn, withApp } from './support.js';

const withCall = (call, body) => withApp({ fixture: 'tasks', host: { call, note() {} } }, body);

test('settled at once, without a promise', () => withCall((value) => value + 1, async (app) => {
  assert.equal(await app.call.call_host(5), 6);
}));

test('a value that is no promise does not suspend the task', async () => {
  let loaded;
  const switches = [];
  await withCall((value) => { switches.push(loaded.stats().switches); return value; }, async (app) => {
    loaded = app;
    const other = app.call.pauses(1000);
    assert.equal(await app.call.call_many(10), 45);
    assert.equal(new Set(switches).size, 1);
    await other;
  });
});

test('settled at once, by a promise', () => withCall((value) => Promise.resolve(value + 1), async (app) => {
  assert.equal(await app.call.call_host(5), 6);
}));

test('settled later', () =>
  withCall(async (value) => { await turn(); await turn(); return value + 1; }, async (app) => {
    assert.equal(await app.call.call_host(5), 6);
  }));

test('a thenable that calls back at once is a promise, too', () =>
  withCall(
    (value) => ({ then: (resolve) => resolve(value + 1) }),
    async (app) => assert.equal(await app.call.call_many(10), 55),
  ));

test('a thenable that calls back twice has settled once', () =>
  withCall(
    (value) => ({ then: (resolve, reject) => { resolve(value); reject(new Error('no')); resolve(99); } }),
    async (app) => {
      assert.equal(await app.call.call_many(10), 45);
      assert.equal(app.stats().references, 0);
    },
  ));

test('a thenable whose then throws is rejected', async () => {
  const error = new Error('no');
  await withCall(() => ({ then() { throw error; } }), async (app) => {
    await assert.rejects(app.call.call_host(1), (reason) => reason === error);
    assert.equal(app.stats().references, 0);
    app.spawn('wait_for_ever');
    await assert.rejects(app.idle(), { code: 'ERR_LULL_DEADLOCK' }); // no call is thought to be pending
  });
});

/** A host function that returns these promises one after the other, and notes its calls. */
const inTurn = (promises, order) => (value) => {
  order.push(`call ${value}`);
  return promises.shift()?.promise ?? new Promise(() => {});
};

const within = { skip: noFlightsOnly };

test('a task whose call alone was pending runs on in the microtask of the promise', within, async () => {
  const order = [];
  const first = deferred();
  await withCall(inTurn([first], order), async (app) => {
    const task = app.spawn('call_over_and_over');
    await turn();
    first.promise.then(() => order.push('then'));
    first.resolve(1);
    await turn();
    assert.deepEqual(order, ['call 0', 'call 0', 'then']);
    task.kill();
    await assert.rejects(task.result);
  });
});

test('beside pending calls, it runs behind the microtasks of all that settled', async () => {
  const order = [];
  const first = deferred();
  await withCall(inTurn([deferred(), first], order), async (app) => {
    const tasks = [1, 2].map(() => app.spawn('call_over_and_over'));
    await turn();
    first.promise.then(() => order.push('then'));
    first.resolve(1);
    await turn();
    assert.deepEqual(order, ['call 0', 'call 0', 'then', 'call 0']);
    for (const task of tasks) task.kill();
    await Promise.allSettled(tasks.map(({ result }) => result));
  });
});

test('a call that is over has no task, though another has its future', async () => {
  const contexts = [];
  const call = function call(value) {
    contexts.push(this);
    if (value < 2) return value;
    assert.deepEqual(contexts.map(({ task }) => task?.name), [undefined, undefined, 'call_many']);
    return Promise.resolve(value);
  };
  await withCall(call, async (app) => {
    assert.equal(await app.call.call_many(3), 3);
    assert.deepEqual(contexts.map(({ settled }) => settled), [true, true, true]);
  });
});

test('many are in flight, and settle in any order', async () => {
  const calls = [];
  await withCall((value) => new Promise((resolve) => { calls.push([resolve, value]); }), async (app) => {
    const results = Array.from({ length: 3000 }, (_, i) => app.call.call_host(i));
    await turn();
    assert.equal(calls.length, 3000);
    calls.sort(([, a], [, b]) => (a * 7919) % 3001 - (b * 7919) % 3001);
    for (const [resolve, value] of calls) resolve(value * 2);
    assert.deepEqual(await Promise.all(results), Array.from({ length: 3000 }, (_, i) => i * 2));
  });
});

/** A host function whose `this` is shown, and whose promise is pending. */
function pending() {
  const calls = [];
  function call(value) {
    const made = deferred();
    calls.push({ value, context: this, signal: this.signal, ...made });
    return made.promise;
  }
  return { calls, call };
}

test('cancelling the task aborts the signal', async () => {
  const { calls, call } = pending();
  await withCall(call, async (app) => {
    const task = app.spawn('call_host', [1]);
    await turn();
    assert.equal(calls[0].signal.aborted, false);
    await task.cancel();
    assert.equal(calls[0].signal.aborted, true);
    assert.equal(calls[0].signal.reason.code, 'ERR_LULL_CANCELED');
    await assert.rejects(task.result, { code: 'ERR_LULL_CANCELED' });
  });
});

test('killing the task aborts the signal', async () => {
  const { calls, call } = pending();
  await withCall(call, async (app) => {
    const task = app.spawn('call_host', [1]);
    await turn();
    task.kill();
    await assert.rejects(task.result, { code: 'ERR_LULL_KILLED' });
    assert.equal(calls[0].signal.aborted, true);
  });
});

test('the end of a scope aborts the signal', async () => {
  const { calls, call } = pending();
  await withCall(call, async (app, clock) => {
    const task = app.spawn('call_within', [2, 1]);
    await clock.advance(1999);
    assert.equal(calls[0].signal.aborted, false);
    await clock.advance(1);
    assert.equal(calls[0].signal.aborted, true);
    calls[1].resolve(5);
    assert.equal(await task.result, 5);
  });
});

test('close aborts the signal', async () => {
  const { calls, call } = pending();
  await withCall(call, async (app) => {
    app.spawn('call_status', [1]);
    await turn();
    await app.close();
    assert.equal(calls[0].signal.aborted, true);
  });
});

test('a signal that is first asked for after the task was cancelled is aborted', async () => {
  let context;
  await withCall(function () { context = this; return new Promise(() => {}); }, async (app) => {
    const task = app.spawn('call_status', [1]);
    await turn();
    await task.cancel();
    assert.equal(context.signal.aborted, true);
  });
});

test('a signal of a call that was settled is not aborted', async () => {
  let context;
  await withCall(async function () { context = this; return 1; }, async (app) => {
    await app.call.call_host(1);
    assert.equal(context.signal.aborted, false);
  });
});

for (const [how, settle] of Object.entries({
  resolved: (call) => call.resolve(99),
  rejected: (call) => call.reject(new Error('late')),
})) {
  test(`a call that is ${how} after it was abandoned reaches nobody`, async () => {
    const { calls, call } = pending();
    await withCall(call, async (app, clock) => {
      const task = app.spawn('call_within', [2, 1]);
      await clock.advance(2000);
      assert.equal(calls.length, 2); // the task is in its next call, which has taken the place of the first
      settle(calls[0]);
      await turn();
      assert.equal(task.status, 'waiting');
      calls[1].resolve(7);
      assert.equal(await task.result, 7);
      assert.equal(app.stats().references, 0);
    });
  });

  test(`a call that is ${how} after the app was closed reaches nobody`, async () => {
    const { calls, call } = pending();
    await withCall(call, async (app) => {
      app.spawn('call_status', [1]);
      await turn();
      await app.close();
      settle(calls[0]);
      await turn();
    });
  });
}

test('a value that was handed over beats a cancellation', async () => {
  const { calls, call } = pending();
  await withCall(call, async (app) => {
    const task = app.spawn('call_host', [1]);
    await turn();
    calls[0].resolve(5);
    await Promise.resolve();
    await task.cancel();
    assert.equal(await task.result, 5);
  });
});

for (const settled of [false, true]) {
  const how = settled ? 'settled at once' : 'pending';
  test(`a task that is killed in its own host function ends there (${how})`, async () => {
    let task;
    await withCall(() => { task.kill(); return settled ? 5 : new Promise(() => {}); }, async (app) => {
      task = app.spawn('call_host', [1]);
      await assert.rejects(task.result, { code: 'ERR_LULL_KILLED' });
      assert.equal(await app.call.add(1, 2), 3);
    });
  });
}

test('a task that is cancelled in its own host function fails there', async () => {
  let task;
  await withCall(() => { task.cancel(); return new Promise(() => {}); }, async (app) => {
    task = app.spawn('call_status', [1]);
    assert.equal(await task.result, -1);
  });
});

test('a value that a host function returns beats the deadline that passes in it', async () => {
  const clock = new VirtualClock();
  const now = clock.now.bind(clock);
  let late = 0;
  clock.now = () => now() + late;
  await withApp({ fixture: 'tasks', clock, host: { call(value) { late = 2000; return value; }, note() {} } },
    async (app) => {
      const task = app.spawn('call_host', [5], { timeout: 1000 });
      assert.equal(await clock.until(task.result), 5);
    });
});

test('a host function calls tasks', async () => {
  let loaded;
  await withCall(
    async (value) => (value > 0 ? (await loaded.call.call_host(value - 1)) + 1 : loaded.call.add(100, 1)),
    async (app) => {
      loaded = app;
      assert.equal(await app.call.call_host(50), 151);
    },
  );
});

test('a host function spawns, and the task runs after it', async () => {
  let loaded, spawned;
  await withCall(
    () => { spawned = loaded.spawn('add', [1, 2]); assert.equal(spawned.status, 'ready'); return 1; },
    async (app) => {
      loaded = app;
      assert.equal(await app.call.call_host(1), 1);
      assert.equal(await spawned.result, 3);
    },
  );
});

test('errors that do not like to be looked at are rejections as any', async () => {
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const odd = [undefined, null, 'text', Object.assign(new Error('x'), { message: Symbol('odd') }), revoked, {
    get name() { throw new Error('name'); },
    get code() { throw new Error('code'); },
  }];
  for (const error of odd) {
    for (const fails of [() => { throw error; }, () => Promise.reject(error)]) {
      await withCall(fails, async (app) => {
        await assert.rejects(app.call.call_host(1).then(() => assert.fail(), (reason) => {
          throw reason === error ? new Error('the same') : reason;
        }), { message: 'the same' });
      });
    }
  }
});

test('this.task is the task that calls, while it waits', async () => {
  const { promise, resolve } = deferred();
  let call;
  await withCall(function () {
    call = this;
    return promise;
  }, async (app) => {
    const task = app.spawn('call_host', [1], { name: 'caller' });
    await turn();
    assert.deepEqual(call.task, { id: task.id, name: 'caller' });
    resolve(2);
    await task.result;
    assert.equal(call.task, undefined);
  });
});

test('this.task is known before the call returns', async () => {
  const seen = [];
  await withCall(function (value) { seen.push(this.task?.name); return value; }, async (app) => {
    await app.call.call_host(1);
    assert.deepEqual(seen, ['call_host']);
  });
});

test('this.task is none once the task was cancelled', async () => {
  let call;
  await withCall(function () { call = this; return new Promise(() => {}); }, async (app) => {
    const task = app.spawn('call_host', [1]);
    await turn();
    await task.cancel();
    assert.equal(call.task, undefined);
  });
});
