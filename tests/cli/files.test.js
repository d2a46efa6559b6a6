/** The functions of files and directories do the same as natively, with both compilers. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { compilers, folderWith, lull } from './support.js';

const read = (/** @type {string} */ name) => readFileSync(new URL(name, import.meta.url), 'utf8');

for (const cc of compilers) {
  test(`${cc}: files and directories are made, renamed, listed and removed`, async (t) => {
    const cwd = folderWith(t, { 'files.c': read('files.c') });
    const { stdout, stderr, status } = await lull(['run', '--cc', cc, 'files.c'], { cwd });
    assert.deepEqual([stderr, status], ['', 0]);
    assert.equal(stdout, read('files.txt'));
    assert.deepEqual(readdirSync(cwd), ['files.c']);
  });
}
