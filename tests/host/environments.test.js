/** Environments that lack something when lull is imported, as those of tests do: jest's jsdom has no TextEncoder. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fixture } from '../wasm/fixture.js';

const entry = new URL('../../web/index.js', import.meta.url);

/** Run this script, which has `load` and the bytes of a program, where these globals are missing at import. */
async function without(missing, script) {
  await fixture('edges'); // built before
  const fixtures = new URL('../wasm/fixture.js', import.meta.url);
  const source = `
    const { fixture } = await import(${JSON.stringify(fixtures.href)});
    const bytes = await fixture('edges');
    const kept = {};
    for (const name of ${JSON.stringify(missing)}) {
      kept[name] = globalThis[name];
      delete globalThis[name];
    }
    const { load } = await import(${JSON.stringify(entry.href)});
    const open = () => load(bytes, { host: { length_of: () => 1, call() {} } });
    ${script}
  `;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8', cwd: fileURLToPath(new URL('../../', import.meta.url)),
  });
}

test('lull is imported without TextEncoder and TextDecoder, and uses those that come later', async () => {
  assert.equal(await without(['TextEncoder', 'TextDecoder'], `
    Object.assign(globalThis, kept);
    const app = await open();
    console.log(await app.call.text(3), await app.call.sum(Uint8Array.of(1, 2)));
    await app.close();
  `), 'xxx 3n\n');
});

test('load says what is missing where there is still no TextEncoder or TextDecoder', async () => {
  for (const name of ['TextEncoder', 'TextDecoder']) {
    const message = await without([name], 'await open().catch((error) => console.log(error.message));');
    assert.match(message, /^there is no TextEncoder or no TextDecoder here.*jest's jsdom.*setup file/);
  }
});

test('without setImmediate and MessageChannel, busy tasks give way to the event loop', async () => {
  assert.equal(await without(['setImmediate', 'MessageChannel'], `
    const app = await load(bytes, { host: { length_of: () => 1, call() {} }, budget: 0.001 });
    const order = [];
    const all = Promise.all(Array.from({ length: 200 }, () => app.call.sleep(0))).then(() => order.push('tasks'));
    setTimeout(() => order.push('timer'));
    await all;
    console.log(order.join());
    await app.close();
  `), 'timer,tasks\n');
});
