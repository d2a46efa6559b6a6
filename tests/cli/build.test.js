import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compilers, folderWith, lull } from './support.js';

const task = '#include <lull.h>\nLULL_TASK(int, twice, (int, n)) { return 2 * n; }\n';

for (const cc of compilers) {
  /**
   * @param {string} cwd
   * @param {string[]} args
   */
  const build = (cwd, ...args) => lull(['build', '--cc', cc, ...args], { cwd });

  test(`${cc}: build writes a module, the JavaScript that loads it, and its types`, async (t) => {
    const cwd = folderWith(t, { 'app.c': task });
    assert.deepEqual(await build(cwd, 'app.c', '-o', 'out.wasm'), { stdout: '', stderr: '', status: 0 });
    const exports = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(join(cwd, 'out.wasm'))));
    assert.ok(exports.some(({ name }) => name === 'lull task int twice(int n)'));
    assert.match(readFileSync(join(cwd, 'out.js'), 'utf8'), /new URL\("\.\/out\.wasm", import\.meta\.url\)/);
    assert.match(readFileSync(join(cwd, 'out.d.ts'), 'utf8'), /twice\(n: number\): number;/);
  });

  test(`${cc}: several files, headers of other folders and compiler flags`, async (t) => {
    const cwd = folderWith(t, {
      'src/a.c':
        '#include <lull.h>\n#include "../common/b.h"\n#include <c.h>\n' +
        'LULL_TASK(int, f, (int, n)) { return b(n) + C; }\n',
      'src/b.c': '#include "../common/b.h"\nint b(int n) { return n; }\n',
      'common/b.h': 'int b(int n);\n',
      'include/c.h': '#define C N\n',
    });
    const flags = ['-O1', '--', '-Iinclude', '-DN=3', '-lm'];
    const { stderr, status } = await build(cwd, 'src/a.c', 'src/b.c', '-o', 'out.wasm', ...flags);
    assert.deepEqual({ stderr, status }, { stderr: '', status: 0 });
  });

  test(`${cc}: an error comes through with its path as typed, and nothing is written`, async (t) => {
    const cwd = folderWith(t, { 'src/bad.c': 'int f(void) {\n  return nowhere;\n}\n' });
    const { stdout, stderr, status } = await build(cwd, 'src/bad.c', '-o', 'out.wasm');
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^src\/bad\.c:2:10: error: use of undeclared identifier 'nowhere'/m);
    assert.ok(!stderr.includes('lull:'));
    assert.ok(!existsSync(join(cwd, 'out.wasm')));
  });

  test(`${cc}: an error in a header is reported in that header`, async (t) => {
    const cwd = folderWith(t, { 'src/a.c': '#include "../x/b.h"\n', 'x/b.h': 'int b c;\n' });
    const { stderr } = await build(cwd, 'src/a.c', '-o', 'out.wasm');
    assert.match(stderr, /^(src\/\.\.\/)?x\/b\.h:1:6: error: expected ';'/m);
  });

  test(`${cc}: a warning comes through, and the build succeeds`, async (t) => {
    const cwd = folderWith(t, { 'a.c': '#warning mind the gap\n' });
    const { stderr, status } = await build(cwd, 'a.c', '-o', 'out.wasm');
    assert.equal(status, 0);
    assert.match(stderr, /^a\.c:1:2: warning: .*mind the gap/m);
  });

  test(`${cc}: ignoring what became of a value or an error for a task is a warning`, async (t) => {
    const calls = ['lull_resume(task, 1)', 'lull_schedule(task, 0, 1)', 'lull_throw(task, LULL_EFAILED, "no")'];
    const cwd = folderWith(t, {
      'a.c': `#include <lull.h>\nvoid ignore(lull_task task) {\n${calls.map((call) => `  ${call};\n`).join('')}}\n`,
      'b.c': ['#include <lull.h>', 'int heed(lull_task task) {', `  return ${calls.join(' + ')};`, '}', ''].join('\n'),
    });
    const { stderr, status } = await build(cwd, 'a.c', 'b.c', '-o', 'out.wasm');
    assert.equal(status, 0);
    const warnings = [...stderr.matchAll(/^(\w+\.c:\d+):\d+: warning: .*\[-Wunused-result\]$/gm)].map(
      ([, where]) => where,
    );
    assert.deepEqual(warnings, ['a.c:3', 'a.c:4', 'a.c:5']);
  });

  test(`${cc}: an undefined function is an error that names it`, async (t) => {
    const cwd = folderWith(t, {
      'a.c': `${task}int nowhere(int);\nLULL_TASK(int, f, (int, n)) { return nowhere(n); }\n`,
    });
    const { stderr, status } = await build(cwd, 'a.c', '-o', 'out.wasm');
    assert.notEqual(status, 0);
    assert.match(stderr, /undefined symbol: nowhere/);
  });

  test(`${cc}: a source that is missing is reported by the compiler`, async (t) => {
    const { stderr, status } = await build(folderWith(t), 'none.c', '-o', 'out.wasm');
    assert.equal(status, 1);
    assert.match(stderr, /none\.c/);
    assert.ok(!stderr.includes('at '), stderr);
  });

  test(`${cc}: a source or an object whose name begins with @ is a file, not a list of arguments`, async (t) => {
    const cwd = folderWith(t, { '@r.c': 'int main(void) { return 6; }\n' });
    assert.deepEqual(await build(cwd, '@r.c', '-o', '@r.wasm'), { stdout: '', stderr: '', status: 0 });
    for (const file of ['@r.c', '@r.wasm']) {
      assert.deepEqual(await lull(['run', '--cc', cc, file], { cwd }), { stdout: '', stderr: '', status: 6 });
    }
    writeFileSync(join(cwd, '@bad.o'), 'no object');
    assert.match((await build(cwd, '@bad.o', '-o', 'bad.wasm')).stderr, /unknown file type: \.\/@bad\.o/);
  });

  test(`${cc}: names are kept with -g only`, async (t) => {
    const cwd = folderWith(t, { 'app.c': task });
    await build(cwd, 'app.c', '-o', 'plain.wasm');
    await build(cwd, 'app.c', '-o', 'named.wasm', '-g');
    const names = (/** @type {string} */ file) =>
      WebAssembly.Module.customSections(new WebAssembly.Module(readFileSync(join(cwd, file))), 'name').length;
    assert.deepEqual([names('plain.wasm'), names('named.wasm')], [0, 1]);
  });
}
