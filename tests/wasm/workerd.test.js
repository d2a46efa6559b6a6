/** The entry for workerd, as far as it is not that engine's doing: its clock, and what it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, workerdClock } from '../../web/workerd.js';
import { moduleOf, withApp } from './support.js';

test('promises that settle at once leave the host its events where its clock stands still', () =>
  withApp(
    { fixture: 'tasks', host: { call: async (value) => value, note() {} }, clock: { ...workerdClock, now: () => 0 } },
    async (app) => {
      const task = app.spawn('call_over_and_over');
      for (let i = 0; i < 5; i++) {
        const { switches } = app.stats();
        await new Promise((resolve) => setTimeout(resolve, 1));
        assert.ok(app.stats().switches > switches);
      }
      task.kill();
      await assert.rejects(task.result, { code: 'ERR_LULL_KILLED' });
    },
  ));

test('a module loads, with a clock that passes', async () => {
  const app = await load(await moduleOf('tasks'), { host: { call() {}, note() {} } });
  const before = workerdClock.now();
  await app.call.sleep(0.02);
  assert.ok(workerdClock.now() - before >= 19);
  await app.close();
});

test('bytes are refused, and it says what to do', () =>
  assert.rejects(load(Uint8Array.of(0)), {
    name: 'TypeError',
    message: "load: the source must be a WebAssembly.Module in workerd, as import module from './app.wasm' gives, "
      + 'not an object (Uint8Array)',
  }));
