/** Two copies of lull in one process: a host library of one, an app of the other. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { load } from '../../node/index.js';
import { moduleOf } from '../wasm/support.js';
import { until, waiting } from './support.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

const hasListener = () => process.getActiveResourcesInfo().includes('TCPServerWrap');

/** The host library of a copy of lull. */
async function copiedLibrary(t) {
  const copy = mkdtempSync(join(tmpdir(), 'lull-copy-'));
  t.after(() => rmSync(copy, { recursive: true }));
  for (const folder of ['js', 'node', 'web']) cpSync(join(root, folder), join(copy, folder), { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return import(pathToFileURL(join(copy, 'node/hostlib/index.js')).href);
}

test('the app closes what the other copy has open, and has the status of its errors', async (t) => {
  const { nodeHost } = await copiedLibrary(t);
  const app = await load(await moduleOf('host_library'), { host: nodeHost() });
  const listener = await app.call.tcp_listen('127.0.0.1', 0, 8);
  const accept = await waiting(app, 'tcp_accept', [listener]);
  await app.call.tcp_close(listener);
  await assert.rejects(accept.result, { code: 'ERR_LULL_CLOSED' });

  await app.call.tcp_listen('127.0.0.1', 0, 8);
  assert.ok(hasListener());
  await app.close();
  await until(() => !hasListener());
});

test('a wrapped host function has what it opened closed by the others of its set', async () => {
  const { nodeHost } = await import('../../node/hostlib/index.js');
  const host = nodeHost();
  const { lull_tcp_listen } = host;
  const logged = function (...args) { return lull_tcp_listen.apply(this, args); };
  const app = await load(await moduleOf('host_library'), { host: { ...host, lull_tcp_listen: logged } });
  await app.call.tcp_listen('127.0.0.1', 0, 8);
  assert.ok(hasListener());
  await app.close();
  await until(() => !hasListener());
});

test('a set of host functions takes no arguments', async () => {
  const library = await import('../../node/hostlib/index.js');
  for (const name of ['files', 'net', 'fetcher', 'websocket', 'nodeHost']) {
    assert.throws(() => library[name]({ root: '.' }), {
      name: 'TypeError',
      message: `${name}() takes no arguments; options go to load`,
    });
  }
  assert.throws(() => library.stdin('soon'), { message: 'stdin: the stream must be a Readable, not "soon"' });
});
