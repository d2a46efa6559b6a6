/** bzip2 and zlib: their own tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourcesOf } from './sources.js';
import { shell } from './support.js';

test('bzip2 by its makefile: its own tests pass', async (t) => {
  const folder = sourcesOf(t, 'bzip2');
  if (!folder) return;
  const printed = await shell(folder, 'make test CC=lull-cc AR=lull-ar RANLIB=lull-ranlib');
  assert.match(printed, /If you got this far and the 'cmp's didn't complain/);
});

test('zlib by configure and make: its own tests pass', async (t) => {
  const folder = sourcesOf(t, 'zlib');
  if (!folder) return;
  await shell(folder, './configure --static');
  assert.match(await shell(folder, 'make test'), /\*\*\* zlib test OK \*\*\*/);
});
