/** Addresses above 2 GB are as good as others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConsoleStdout, File, OpenFile } from '@bjorn3/browser_wasi_shim';
import { ownStacksOnly, withApp } from './support.js';

test('text and bytes cross at addresses above 2 GB', () =>
  withApp({ fixture: 'edges', host: { length_of: (bytes) => Promise.resolve(bytes.length), call() {} } },
    async (app, clock) => {
      const claimed = [];
      while ((claimed.at(-1) ?? 0) < 2 ** 31) {
        claimed.push(await clock.until(app.call.claim(600)));
        assert.ok(claimed.at(-1) > 0 && claimed.length < 6, claimed.join());
      }
      assert.equal(await clock.until(app.call.length(new Uint8Array(300_000))), 300_000);
      assert.equal((await clock.until(app.call.text(300_000))).length, 300_000);
      assert.equal(await clock.until(app.call.ask_length('four'.repeat(70_000))), 280_000);
      const elements = [];
      for await (const element of app.stream('texts', [100_000, 3])) elements.push(element.length);
      assert.deepEqual(elements, [100_000, 100_000, 100_000]);
    }));

test('stacks are where they are, also in the last 256 MB', { skip: ownStacksOnly }, () =>
  withApp({ fixture: 'edges', host: { length_of: (bytes) => Promise.resolve(bytes.length), call() {} } },
    async (app, clock) => {
      for (const megabytes of [600, 600, 600, 600, 600, 600, 250]) await clock.until(app.call.claim(megabytes));
      const frames = Array.from({ length: 20 }, (_, i) => app.call.have_frame(1000 * (i % 8 + 1)));
      assert.deepEqual(await clock.until(Promise.all(frames)), frames.map(() => 3));
      await assert.rejects(clock.until(app.call.have_frame(20_000)), { code: 'ERR_LULL_STACK' });
      const stack = app.spawn('have_frame', [50_000], { stackSize: 60_000 });
      assert.equal(await clock.until(stack.result), 3);
    }));

test('arguments of more than 4 GB are out of memory, and a size that would fit only modulo 4 GB, too', () =>
  withApp({ fixture: 'edges', host: { length_of: (bytes) => bytes.length, call() {} } }, async (app, clock) => {
    const much = new Uint8Array(2 ** 30); // never touched
    const refused = { code: 'ERR_LULL_NOMEM', message: /^out of memory: 42949\d+ bytes for the arguments of a task$/ };
    await assert.rejects(clock.until(app.call.lengths(much, much, much, much)), refused);
    assert.equal(await clock.until(app.call.add(1, 2)), 3);
  }));

test('WASI takes addresses above 2 GB', async () => {
  let printed = '';
  const out = new ConsoleStdout((bytes) => { printed += new TextDecoder().decode(bytes); });
  const fds = [new OpenFile(new File([])), out, out];
  await withApp({ fixture: 'printer', wasi: { fds, env: { PLACE: 'here' } } }, async (app, clock) => {
    for (const kilobytes of [600 << 10, 1 << 10, 64, 8]) { // also what is left between
      for (let claimed = 0; claimed < 2 ** 31;) claimed = await clock.until(app.call.claim(kilobytes));
    }
    const tasks = Array.from({ length: 300 }, () => app.call.print('text'));
    const places = await clock.until(Promise.all(tasks));
    assert.ok(Math.max(...places) > 2 ** 31 || ownStacksOnly, String(Math.max(...places)));
    assert.equal(printed, '<text>\nhere\n'.repeat(300));
  });
});
