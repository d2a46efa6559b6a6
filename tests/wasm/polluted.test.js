/** A polluted Object.prototype changes nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../node/index.js';
import { moduleOf, turn, withApp } from './support.js';

/** What lull reads of objects that it makes or is given. */
const NAMES = `
  abandon argument args bytes budget capacity clock closed codec counted delay element emit env error errors fds fits
  host index keepContext label maxMemory maxRunTime maxTasks name plain promise raw reason ref reference reject report
  resolve result scalar signal source stackSize start status stop task thrown timeout type unref value wanted wasi write
`.trim().split(/\s+/);

/** Nothing is printed meanwhile: Node itself fails to write to a file then. */
const { stdout } = globalThis.process ?? {};

function pollute() {
  stdout?.cork?.();
  for (const name of NAMES) {
    Object.defineProperty(Object.prototype, name, {
      __proto__: null, value: 'polluted', configurable: true, writable: true,
    });
  }
}

function clean() {
  for (const name of NAMES) delete Object.prototype[name];
  stdout?.uncork?.();
}

test('calls, spawns, streams, channels and host calls are as without it', async () => {
  const options = { fixture: 'edges', host: { length_of: async (bytes) => bytes.length, call() {} } };
  await withApp(options, async (app, clock) => {
    pollute();
    const results = [];
    try {
      const channel = app.channel('lull_bytes', { capacity: 1 });
      await channel.send(Uint8Array.of(7));
      const refs = app.channel('lull_ref');
      const drained = app.call.drain(refs);
      await refs.send('a');
      refs.close();
      const stream = app.stream('texts', [2, 1]);
      results.push(
        await app.call.add(1, 2), await app.call.sum(Uint8Array.of(1, 2)), await app.call.text(3),
        await clock.until(app.call.ask_length('four')), await app.spawn('add', [3, 4]).result, await drained,
        (await channel.receive()).value.join(), (await stream.next()).value, (await stream.next()).done,
        await app.call.fail_with_text(2).catch((error) => error.message),
        await app.call.add(1, 'x').catch((error) => error.constructor.name),
      );
      const sleeper = app.spawn('sleep', [9]);
      sleeper.result.catch(() => {});
      await turn();
      await sleeper.cancel();
      results.push(sleeper.status);
    } finally {
      clean();
    }
    assert.deepEqual(results, [3, 3n, 'xxx', 4, 7, 1, '7', 'xx', true, 'xx', 'TypeError', 'cancelled']);
  });
});

test('load is as without it', async () => {
  const module = await moduleOf('edges');
  pollute();
  let sum;
  try {
    const app = await load(module, { host: { length_of: () => 1, call() {} } });
    sum = await app.call.add(1, 2);
    await app.close();
  } finally {
    clean();
  }
  assert.equal(sum, 3);
});

test('a main() that is cancelled, or exits, ends as without it', async () => {
  for (const [argv, cancels] of [[['program'], true], [['program', '7'], false]]) {
    await withApp({ fixture: 'program', wasi: { fds: [] } }, async (app, clock) => {
      pollute();
      let ended;
      try {
        const run = app.run(argv).catch(({ code }) => code);
        await turn();
        if (cancels) app.cancel();
        ended = await clock.until(run);
      } finally {
        clean();
      }
      assert.equal(ended, cancels ? 'ERR_LULL_CANCELED' : 7);
    });
  }
});
