import assert from 'node:assert/strict';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { system } from '../../node/toolchain/system.js';
import { readSources, splitFlags } from '../../toolchain/sources.js';
import { folderWith } from './support.js';

/**
 * @param {Parameters<typeof folderWith>[0]} t
 * @param {Record<string, string>} files
 * @param {(folder: string) => string[]} [flags]
 */
function sourcesOf(t, files, flags = () => []) {
  const folder = folderWith(t, files);
  const found = readSources(system, [join(folder, 'a.c')], flags(folder));
  return [...found.keys()].map((path) => relative(folder, path)).sort();
}

test('headers beside the source, below it and above it are found, and what they include', (t) => {
  const files = { 'a.c': '#include "x/b.h"\n', 'x/b.h': '# include "../c.h"\n', 'c.h': '', 'd.h': '' };
  assert.deepEqual(sourcesOf(t, files), ['a.c', 'c.h', join('x', 'b.h')]);
});

test('headers in -I folders are found, joined or not', (t) => {
  const files = { 'a.c': '#include <b.h>\n#include <c.h>', 'i/b.h': '', 'j/c.h': '' };
  assert.deepEqual(
    sourcesOf(t, files, (folder) => [`-I${join(folder, 'i')}`, '-isystem', join(folder, 'j')]),
    ['a.c', join('i', 'b.h'), join('j', 'c.h')],
  );
});

test('a header that a macro names, and one of -include, are found', (t) => {
  const files = { 'a.c': '#define H "b.h"\n#include H\n', 'b.h': '', 'c.h': '' };
  assert.deepEqual(sourcesOf(t, files, (folder) => ['-include', join(folder, 'c.h')]), ['a.c', 'b.h', 'c.h']);
});

test('a header that a flag names for a macro is found, in quotes or angle brackets', (t) => {
  const files = { 'a.c': '#include HDR\n#include <H2>', 'b.h': '', 'i/c.h': '' };
  assert.deepEqual(
    sourcesOf(t, files, (folder) => ['-DHDR="b.h"', '-D', 'H2=<c.h>', `-I${join(folder, 'i')}`]),
    ['a.c', 'b.h', join('i', 'c.h')],
  );
});

test('headers that include each other are read once', (t) => {
  assert.deepEqual(sourcesOf(t, { 'a.c': '#include "b.h"', 'b.h': '#include "a.c"' }), ['a.c', 'b.h']);
});

test('flags are taken apart where they name a path', () => {
  assert.deepEqual(splitFlags(['-Ia', '-I', 'b', '-DX="c"', '-lm', '-include', 'd.h']), [
    { flag: '-I', path: 'a' },
    { flag: '-I', path: 'b' },
    { flag: '-D', path: 'X="c"' },
    { flag: '-lm' },
    { flag: '-include', path: 'd.h' },
  ]);
});
