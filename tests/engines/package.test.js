/** Each engine that knows packages finds lull's entry for it in the package as it is installed. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { project, run } from '../package/support.js';
import { fixture } from '../wasm/fixture.js';
import { engines, missing } from './engines.js';

const main = `import { load } from 'lull';
const url = new URL('./tasks.wasm', import.meta.url);
const app = await load(url, { host: { call: async (value) => value + 1, note() {} } });
console.log(await app.call.call_host(1), import.meta.resolve('lull').replace(/.*node_modules/, ''));
await app.close();
`;

const names = /** @type {(keyof typeof engines)[]} */ (Object.keys(engines)).filter((name) => name !== 'workerd');

for (const name of names) {
  test(`the installed package loads in ${name}`, { skip: missing(name) }, async () => {
    const folder = await project({ 'main.js': main });
    writeFileSync(join(folder, 'tasks.wasm'), await fixture('tasks'));
    const args = name === 'deno' ? ['run', '--allow-all', '--no-lock', 'main.js'] : ['main.js'];
    assert.equal(await run(folder, String(engines[name]), args, { NO_COLOR: '1' }), '2 /lull/node/index.js\n');
  });
}
