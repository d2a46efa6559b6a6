/** The asynchronous context of whoever calls a task. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { nodeClock } from '../../node/clock.js';
import { turn, withApp } from '../wasm/support.js';

const storage = new AsyncLocalStorage();

/** What host calls see of the storage, in an app that keeps its callers' context or does not. */
async function seen(keepContext, body, clock) {
  const contexts = [];
  const host = { async call(value) { contexts.push(storage.getStore()); await turn(); return value; }, note() {} };
  await withApp({ fixture: 'tasks', host, keepContext, ...(clock && { clock }) }, body);
  return contexts;
}

test('host functions are called in the context of the task’s caller, on request', async () => {
  const contexts = await seen(true, async (app) => {
    await Promise.all(['a', 'b'].map((name) => storage.run(name, () => app.call.call_many(2))));
  });
  assert.deepEqual(contexts.sort(), ['a', 'a', 'b', 'b']);
});

test('a task that C spawns has the context of its parent', async () => {
  const contexts = await seen(true, (app) => storage.run('parent', () => app.call.leave_calling_child(1)));
  assert.deepEqual(contexts, ['parent']);
});

test('without a context, there is none', async () => {
  assert.deepEqual(await seen(true, (app) => app.call.call_host(1)), [undefined]);
});

test('without keepContext, no host function sees the store of a request, whoever has woken the app', async () => {
  const contexts = await seen(false, async (app) => {
    await Promise.all(['a', 'b'].map((name) => storage.run(name, () => app.call.call_many(3))));
    await storage.run('c', async () => {
      await app.call.sleep(0.001);
      await app.call.call_host(1);
    });
  }, nodeClock);
  assert.deepEqual(new Set(contexts), new Set([undefined]));
});

test('without keepContext, a timer that one request has armed runs the task of another in no context', async () => {
  const contexts = await seen(false, async (app) => {
    const slept = storage.run('a', () => app.call.sleep(0.001));
    const called = storage.run('b', () => app.spawn('call_host', [1], { delay: 1 }).result);
    await Promise.all([slept, called]);
  }, nodeClock);
  assert.deepEqual(contexts, [undefined]);
});

test('this is the call all the same', async () => {
  let name;
  const host = { call(value) { name = this.task.name; return value; }, note() {} };
  await withApp({ fixture: 'tasks', host, keepContext: true }, (app) => app.call.call_host(1));
  assert.equal(name, 'call_host');
});
