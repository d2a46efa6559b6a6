/** The functions of files and directories do the same as natively, with both compilers. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { File, PreopenDirectory } from '@bjorn3/browser_wasi_shim';
import { load } from '../../node/index.js';
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

  test(`${cc}: without a current folder, relative paths begin in the root, as a page gives it`, async (t) => {
    const cwd = folderWith(t, {
      'app.c': '#include <lull.h>\n#include <stdio.h>\nLULL_TASK(int, first, (const char *, path))\n{\n'
        + '    FILE *file = fopen(path, "r");\n    int byte = file ? fgetc(file) : -1;\n    if (file) fclose(file);\n'
        + '    return byte;\n}\n',
    });
    assert.equal((await lull(['build', '--cc', cc, '-O1', 'app.c', '-o', 'app.wasm'], { cwd })).stderr, '');
    /** @param {string} name @param {string[]} paths */
    const firsts = async (name, paths) => {
      const fd = new PreopenDirectory(name, new Map([['a', new File([7])]]));
      const app = await load(join(cwd, 'app.wasm'), { wasi: { fds: [undefined, undefined, undefined, fd] } });
      const bytes = [];
      for (const path of paths) bytes.push(await app.call.first(path));
      await app.close();
      return bytes;
    };
    assert.deepEqual(await firsts('/', ['/a', 'a', './a', 'none/../a', '/b']), [7, 7, 7, 7, -1]);
    assert.deepEqual(await firsts('/data', ['/data/a', 'data/a', './data/a', '/a', 'a']), [7, 7, 7, -1, -1]);
    assert.deepEqual(await firsts('data', ['/data/a', 'data/a', './data/a', '/database/a']), [7, 7, 7, -1]);
    assert.deepEqual(await firsts('.', ['a', './a', '../b', '/b']), [7, 7, -1, -1]);
  });
}
