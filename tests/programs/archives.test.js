/** Programs of archives: their own tests, or the system's own as the other side. */
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

test('gzip with its gnulib by configure and make: it and the native gzip read the files of each other', async (t) => {
  const folder = sourcesOf(t, 'gzip', ['gzip', 'make']);
  if (!folder) return;
  await shell(folder, './configure && make');
  const printed = await shell(folder, `./gzip -9 < gzip.c | gzip -dc | cmp - gzip.c
    gzip < util.c | ./gzip -dc | cmp - util.c
    echo no archive > broken.gz; ./gzip -t broken.gz 2>&1 || echo status $?`);
  assert.match(printed, /broken\.gz: not in gzip format\nstatus 1\n$/);
});
