/** A thread pool that waits for its threads by a loop without a wait: with --fuel=yield, it works as it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { natively, shell } from './support.js';
import { sourcesOf } from './sources.js';

test('C-Thread-Pool, whose init spins, does all of its jobs', async (t) => {
  const folder = sourcesOf(t, 'cthreadpool@trixie');
  if (!folder) return;
  const files = '-DDISABLE_PRINT -pthread thpool.c';
  await shell(folder, `lull-cc --fuel=yield example.c ${files} -o example`);
  await shell(folder, `lull-cc --fuel=yield tests/src/wait.c ${files} -o waits`);
  await natively(folder, `cc example.c ${files} -o native`);
  const sorted = (/** @type {string} */ text) => text.replace(/#\d+/g, '#').split('\n').sort();
  assert.deepEqual(sorted(await shell(folder, './example')), sorted(await natively(folder, './native')));
  assert.equal(await shell(folder, './waits 4 2 1 0'), ''); // four jobs, and a wait for each
});
