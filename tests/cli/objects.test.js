/** Objects by their contents: which sources are compiled again. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemOf } from '../../node/toolchain/system.js';
import { findClang, findEmcc } from '../../toolchain/compiler.js';
import { compileOnce, dependenciesIn } from '../../toolchain/objects.js';
import { compilers, folderWith } from './support.js';

/**
 * A folder with a source, and a function that compiles it and says whether the compiler has run.
 *
 * @param {Parameters<typeof folderWith>[0]} t
 * @param {string} cc
 * @param {Record<string, string>} files
 */
function compilerOf(t, cc, files) {
  const folder = folderWith(t, files);
  let printed = '';
  const stream = { write: (/** @type {string | Uint8Array} */ text) => { printed += Buffer.from(text); } };
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  const system = systemOf({ folder, env, stdout: stream, stderr: stream, input: async () => new Uint8Array() });
  const found = /** @type {import('../../toolchain/compiler.js').Compiler} */ (
    (cc === 'clang' ? findClang : findEmcc)(system));
  let runs = 0;
  const compiler = {
    ...found,
    /** @type {typeof found.compile} */
    compile(...given) {
      if (given[0].includes('-c')) runs++; // the other run is for the facts about calls
      return found.compile(...given);
    },
  };
  /** @param {string[]} flags */
  const compiles = async (...flags) => {
    runs = 0;
    const { status, stderr } = await compileOnce(system, compiler, flags, 'a.c', join(folder, 'a.o'));
    return { status, runs, messages: Buffer.from(stderr).toString() };
  };
  const object = () => readFileSync(join(folder, 'a.o'));
  const write = (/** @type {string} */ name, /** @type {string} */ text) => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  return { compiles, write, object, printed: () => printed };
}

const MADE = { status: 0, runs: 1, messages: '' };
const KEPT = { status: 0, runs: 0, messages: '' };

for (const cc of compilers) {
  test(`${cc}: a source is compiled once, until it, a header or a flag changes`, async (t) => {
    const { compiles, write, object } = compilerOf(t, cc, {
      'a.c': '#include "b.h"\nint a = B;\n', 'b.h': '#define B 1\n',
    });
    assert.deepEqual(await compiles(), MADE);
    const first = object();
    write('a.o', '');
    assert.deepEqual(await compiles(), KEPT);
    assert.deepEqual(object(), first);
    assert.deepEqual(await compiles('-O1', '-DC=1'), MADE);
    write('b.h', '#define B 2\n');
    assert.deepEqual(await compiles(), MADE);
    assert.notDeepEqual(object(), first);
    write('a.c', '#include "b.h"\nint b = B;\n');
    assert.deepEqual(await compiles(), MADE);
    write('a.c', '#include "b.h"\nint a = B;\n');
    write('b.h', '#define B 1\n');
    assert.deepEqual(await compiles(), KEPT);
    assert.deepEqual(object(), first);
  });

  test(`${cc}: a header that takes another's place is seen, and one whose name is made of tokens`, async (t) => {
    const source = '#define IN(name) <name.h>\n#include IN(x)\n#include <y.h>\n#include <stdio.h>\nint a = X + Y;\n';
    const { compiles, write } = compilerOf(t, cc, {
      'a.c': source, 'j/x.h': '#define X 1\n', 'j/y.h': '#define Y 1\n',
    });
    const flags = ['-Ii', '-I', 'j'];
    assert.deepEqual(await compiles(...flags), MADE);
    assert.deepEqual(await compiles(...flags), KEPT);
    write('j/x.h', '#define X 2\n#include IN(z)\n');
    write('j/z.h', '');
    assert.deepEqual(await compiles(...flags), MADE);
    write('j/z.h', '#undef Y\n#define Y 2\n');
    assert.notDeepEqual(await compiles(...flags), KEPT); // it was not there when the others were listed
    write('i/y.h', '#undef Y\n#define Y 3\n');
    assert.deepEqual(await compiles(...flags), MADE);
  });

  test(`${cc}: warnings are kept, too, and errors are not`, async (t) => {
    const { compiles, write } = compilerOf(t, cc, { 'a.c': '#warning mind the gap\n' });
    const { messages, ...others } = await compiles();
    assert.match(messages, /^a\.c:1:2: warning: .*mind the gap/m);
    assert.deepEqual(others, { status: 0, runs: 1 });
    assert.deepEqual(await compiles(), { status: 0, runs: 0, messages });
    write('a.c', 'int a = nowhere;\n');
    for (let time = 0; time < 2; time++) {
      const { status, runs } = await compiles();
      assert.deepEqual([status, runs], [1, 1]);
    }
  });

  test(`${cc}: a source that depends on more is compiled each time`, async (t) => {
    const { compiles, write } = compilerOf(t, cc, { 'a.c': 'int a;\n' });
    for (let time = 0; time < 2; time++) assert.equal((await compiles('-MMD', '-MF', 'a.d')).runs, 1);
    write('a.c', 'const char *a = __TIME__;\n');
    for (let time = 0; time < 2; time++) assert.deepEqual(await compiles(), MADE);
  });
}

test('the files of a rule have their spaces, dollars and signs', () => {
  assert.deepEqual(dependenciesIn('a\\ b.o: a\\ b.c \\\n  c$$d.h \\\r\n e\\#f.h\n'), ['a b.c', 'c$d.h', 'e#f.h']);
  assert.deepEqual(dependenciesIn('C:/a.o: C:/a.c\n'), ['C:/a.c']);
});
