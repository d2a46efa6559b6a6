/**
 * Fake timers of tests: those of node:test, and those of sinon, jest and vitest, which are @sinonjs/fake-timers.
 * See D87.
 */
import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import FakeTimers from '@sinonjs/fake-timers';
import { load } from '../../node/index.js';
import { moduleOf } from '../wasm/support.js';

const { setImmediate: realImmediate } = globalThis;
const host = { length_of: (bytes) => bytes.length, call() {} };
const open = async (options) => load(await moduleOf('edges'), { host, ...options });
const turn = () => new Promise((resolve) => realImmediate(resolve));

const kinds = {
  'node:test': () => {
    mock.timers.enable({ apis: ['setTimeout', 'setImmediate', 'setInterval', 'Date'] });
    return { tick: (milliseconds) => mock.timers.tick(milliseconds), reset: () => mock.timers.reset() };
  },
  'sinon, jest and vitest': () => {
    const clock = FakeTimers.install({ now: 5_000_000, toNotFake: ['nextTick', 'queueMicrotask'] });
    return { tick: (milliseconds) => clock.tick(milliseconds), reset: () => clock.uninstall() };
  },
};

/** Turns of the real event loop, and no time. */
async function turns(count = 20) {
  for (let i = 0; i < count; i++) await turn();
}

const stateOf = (promise) => Promise.race([promise, Promise.resolve('pending')]);

for (const [kind, install] of Object.entries(kinds)) {
  describe(kind, () => {
    test('they move the time of tasks', async () => {
      const app = await open();
      const fake = install();
      try {
        const nap = app.call.sleep(1000);
        await turns();
        fake.tick(999_000);
        await turns();
        assert.equal(await stateOf(nap), 'pending');
        fake.tick(1001);
        await turns();
        assert.equal(await stateOf(nap), 1);
      } finally {
        fake.reset();
      }
      await app.close();
    });

    test('tasks that are busy for many turns do not wait for them', async () => {
      const app = await open({ budget: 0.001 });
      const fake = install();
      try {
        const all = Promise.all(Array.from({ length: 200 }, () => app.call.sleep(0)));
        for (let i = 0; i < 2000 && await stateOf(all) === 'pending'; i++) await turn();
        assert.equal((await stateOf(all)).length, 200);
      } finally {
        fake.reset();
      }
      await app.close();
    });

    test('a timer that went away with them keeps no other waiting', async () => {
      const app = await open();
      const fake = install();
      const lost = app.call.sleep(0.002);
      await turns();
      fake.reset();
      await app.call.sleep(0.004);
      assert.equal(await lost, 1);
      await app.close();
    });

    test('one app under them and the next without', async () => {
      const fake = install();
      const first = await open({ budget: 0.001 });
      const all = Promise.all(Array.from({ length: 50 }, () => first.call.sleep(0)));
      await turns();
      fake.reset();
      const second = await open({ budget: 0.001 });
      await Promise.all(Array.from({ length: 50 }, () => second.call.sleep(0)));
      await second.close();
      first.call.add(1, 2);
      await all;
      await first.close();
    });

    test('a task that sleeps when they come and go sleeps on', async () => {
      const app = await open();
      const nap = app.call.sleep(1000);
      await turns();
      const fake = install();
      await app.call.add(1, 2);
      fake.reset();
      await app.call.add(1, 2);
      await turns();
      assert.equal(await stateOf(nap), 'pending');
      nap.catch(() => {});
      await app.close();
    });
  });
}
