/** QuickJS: its own tests, and scripts that wait in the middle of JavaScript's functions. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from '../../node/index.js';
import { VirtualClock } from '../../js/testing.js';
import { sourcesOf } from './sources.js';
import { lull, shell } from './support.js';

const TESTS = ['language', 'builtin', 'closure', 'loop', 'bigint'].map((name) => `tests/test_${name}.js`);

/** EMSCRIPTEN is its own switch for a platform without threads. */
const FLAGS = `-O1 -w -I. -D_GNU_SOURCE -DEMSCRIPTEN -DCONFIG_VERSION='"2025"'`;

test('QuickJS: its own tests pass, and a host function waits inside map, sort and a getter', async (t) => {
  const folder = sourcesOf(t, 'quickjs@trixie');
  if (!folder) return;
  cpSync(fileURLToPath(new URL('quickjs.c', import.meta.url)), join(folder, 'shell.c'));
  const parts = 'quickjs libregexp libunicode cutils dtoa shell'.split(' ');
  await shell(folder, parts.map((name) => `lull-cc ${FLAGS} -c ${name}.c`).join(' && '));
  const objects = parts.map((name) => `${name}.o`).join(' ');
  await shell(folder, `lull-cc -O1 ${objects} -o shell.wasm`);
  const tests = await shell(folder, `${lull} run shell.wasm -- ${TESTS.join(' ')}`);
  assert.equal(tests, TESTS.map((name) => `${name}\n`).join(''));

  const clock = new VirtualClock();
  const app = await load(join(folder, 'shell.wasm'), { clock });
  const script = `
    const slow = (x) => { wait(1); return x; };
    const object = { get value() { return slow('got'); } };
    [[1, 2, 3].map((x) => slow(x) * 2), [3, 1, 2].sort((a, b) => slow(a - b)), object.value,
      'a-b'.replace(/\\w/g, (c) => slow(c.toUpperCase()))].join()`;
  const evaluate = () => app.spawn('evaluate', [script], { stackSize: 256 * 1024 }).result;
  const results = await clock.until(Promise.all(Array.from({ length: 100 }, evaluate)));
  assert.deepEqual([...new Set(results)], ['2,4,6,1,2,3,got,A-B']);
  assert.ok(clock.now() < 15_000, `${clock.now()} ms`);
  await app.close();
});
