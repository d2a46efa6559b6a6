/** The C library means the same with every compiler: what links, what it prints, and how a program ends. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compilers, folderWith, lull } from './support.js';

const here = new URL('./', import.meta.url);
const expected = readFileSync(new URL('c-library.txt', here), 'utf8');
const index = JSON.stringify(new URL('../../node/index.js', here).href);
const files = JSON.stringify(new URL('../../node/wasi-files.js', here).href);

/** Calls each task, and says how it ended. */
const script = `
import { load } from ${index};
import { directory, standardStreams } from ${files};
const env = { LULL_TEST_NAME: 'name' };
const app = await load('./program.wasm', { wasi: { env, fds: [...standardStreams(), directory('.', '.')] } });
await app.call.use_all();
for (const [name, ...args] of [['aborts'], ['asserts', 0], ['raises'], ['raises_other']]) {
  const ended = await app.call[name](...args).then(() => 'returned', ({ code }) => code);
  console.log('\\n' + name, ended, await app.call.after());
}
await app.close();
for (const name of ['exits', 'quits']) {
  const other = await load('./program.wasm');
  await other.call[name](3).catch(({ code }) => console.log('\\n' + name, code));
  await other.close();
}
`;

for (const cc of compilers) {
  test(`much of the C library, with ${cc}`, async (t) => {
    const cwd = folderWith(t, { 'main.mjs': script });
    copyFileSync(new URL('c-library.c', here), join(cwd, 'program.c'));
    const { status, stderr } = await lull(['build', 'program.c', '-o', 'program.wasm', '--cc', cc], { cwd });
    assert.equal(status, 0, stderr);
    const run = spawnSync(process.execPath, ['main.mjs'], { cwd, encoding: 'utf8', timeout: 60_000 });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(run.stdout, expected);
    assert.match(run.stderr, /Assertion failed: n > 0/);
  });
}

for (const cc of compilers) {
  test(`${cc}: freopen has a stream go on in another file`, async (t) => {
    const cwd = folderWith(t, {
      'in.txt': 'read\n',
      'a.c': `#include <stdio.h>
int main(void) {
    char line[8];
    if (!freopen("out.txt", "w", stdout) || !freopen("in.txt", "r", stdin)) return 1;
    if (!fgets(line, sizeof line, stdin)) return 2;
    printf("%s", line);
    return freopen("none.txt", "r", stdin) != NULL;
}
`,
    });
    assert.deepEqual(await lull(['run', '--cc', cc, 'a.c'], { cwd }), { stdout: '', stderr: '', status: 0 });
    assert.equal(readFileSync(join(cwd, 'out.txt'), 'utf8'), 'read\n');
  });
}

const formats = `#include <lull.h>
#include <stdlib.h>
LULL_TASK(int, half, (int, n)) { if (n % 2) lull_fail(LULL_EFAILED, "%d is odd", n); return n / 2; }
LULL_TASK(int, ends, (int, n)) { if (n < 0) abort(); return n; }
`;

test('a program of emcc that neither prints nor exits imports nothing of WASI', {
  skip: !compilers.includes('emcc') && 'there is no emcc',
}, async (t) => {
  const cwd = folderWith(t, { 'half.c': formats });
  const { status, stderr } = await lull(['build', 'half.c', '-o', 'half.wasm', '--cc', 'emcc'], { cwd });
  assert.equal(status, 0, stderr);
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(readFileSync(join(cwd, 'half.wasm'))));
  assert.deepEqual(imports.filter(({ module }) => module.startsWith('wasi')), []);
});
