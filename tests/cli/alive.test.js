/** What keeps a process of Node alive. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../wasm/support.js';
import { folderWith } from './support.js';

const entry = new URL('../../node/index.js', import.meta.url);

/** Run a program that has an app of the fixture `tasks`. Returns what it prints, and how it ended. */
async function program(t, options, body) {
  const cwd = folderWith(t, {
    'main.mjs': `import { load } from ${JSON.stringify(entry.href)};
const app = await load('tasks.wasm', { host: { call: (value) => value, note() {} }, ...${JSON.stringify(options)} });
process.on('exit', () => console.log('exit'));
${body}`,
  });
  writeFileSync(join(cwd, 'tasks.wasm'), await fixture('tasks'));
  const limits = { cwd, encoding: 'utf8', timeout: 600_000 };
  const { stdout, stderr, status } = spawnSync(process.execPath, ['main.mjs'], limits);
  return { stdout, stderr, status };
}

const slept = "app.call.sleep(0.05).then(() => console.log('slept'));";

test('a task that sleeps keeps the process alive', async (t) => {
  assert.deepEqual(await program(t, {}, slept), { stdout: 'slept\nexit\n', stderr: '', status: 0 });
});

test('with unref, it does not', async (t) => {
  assert.deepEqual(await program(t, { unref: true }, slept.replace('0.05', '1e6')), {
    stdout: 'exit\n',
    stderr: '',
    status: 0,
  });
});

test('with unref, what is ready runs to its end', async (t) => {
  const { stdout } = await program(t, { unref: true }, "app.call.pauses(1000).then(() => console.log('done'));");
  assert.equal(stdout, 'done\nexit\n');
});

test('a task that waits for nothing that will come does not keep it alive', async (t) => {
  assert.equal((await program(t, {}, 'app.call.wait_for_ever();')).stdout, 'exit\n');
});

test('close leaves nothing that keeps it alive', async (t) => {
  const closed = `app.call.sleep(1e6).catch(({ code }) => console.log(code));
setTimeout(() => app.close({ timeout: 1e6 }).then(() => console.log('closed')), 10);`;
  assert.equal((await program(t, {}, closed)).stdout, 'ERR_LULL_CANCELED\nclosed\nexit\n');
});

test('close kills what ignores its cancellation, and leaves no timer either', async (t) => {
  const closed = `app.call.ignore_cancel().catch(({ code }) => console.log(code));
setTimeout(() => app.close({ timeout: 10 }).then(() => console.log('closed')), 10);`;
  assert.equal((await program(t, {}, closed)).stdout, 'ERR_LULL_KILLED\nclosed\nexit\n');
});
