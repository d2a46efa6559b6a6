/** jq: autoconf and automake. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourcesOf } from './sources.js';
import { shell } from './support.js';

/** All but regular expressions, for which it wants another library, and shtest, which starts jq thousands of times. */
const TESTS = 'optionaltest mantest jqtest utf8test base64test'.split(' ').map((name) => `tests/${name}`).join(' ');

test('jq by configure and make: its own tests pass', async (t) => {
  const folder = sourcesOf(t, 'jq', ['autoreconf', 'libtoolize']);
  if (!folder) return;
  await shell(folder, 'autoreconf -i');
  await shell(folder, './configure --disable-shared --with-oniguruma=no --disable-docs --disable-maintainer-mode');
  assert.match(await shell(folder, `make check NO_VALGRIND=1 TESTS="${TESTS}"`), /# PASS: {2}5\n/);
});
