/** `--watch`: the changes after which a program is built and run again. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { compilers, folderWith, lull, start } from './support.js';

const skip = compilers.includes('clang') && process.platform !== 'win32' ? false : 'there is no clang';

/**
 * Start the command, and read its messages.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} cwd
 * @param {string} line
 */
function watching(t, cwd, line) {
  const child = start(line.split(' '), { cwd });
  const ended = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines = createInterface(child.stderr)[Symbol.asyncIterator]();
  const out = createInterface(child.stdout)[Symbol.asyncIterator]();
  /** @param {RegExp} wanted @returns {Promise<string>} the lines up to one of this form */
  const says = async (wanted) => {
    let all = '';
    for (;;) {
      const { value, done } = await lines.next();
      assert.ok(!done, `it has ended, and said:\n${all}`);
      all += `${value}\n`;
      if (wanted.test(value)) return all;
    }
  };
  return { child, ended, says, prints: async () => (await out.next()).value };
}

test('build --watch builds again when a file changes or appears, and goes on after errors', { skip }, async (t) => {
  const cwd = folderWith(t, { 'a.c': '#include <lull.h>\nLULL_TASK(int, one, (int, n)) { return n; }\n', 'i/x': '' });
  const { child, ended, says } = watching(t, cwd, 'build --watch --cc clang -O1 -Ii a.c -o a.wasm');
  const types = () => readFileSync(join(cwd, 'a.d.ts'), 'utf8');
  await says(/^lull: a\.wasm: .* KB in .* s; waiting for changes$/);
  assert.match(types(), /one\(/);
  writeFileSync(join(cwd, 'a.c'), '#include <lull.h>\n#include "b.h"\nLULL_TASK(int, NAME, (int, n)) { return n; }\n');
  assert.match(await says(/waiting for changes$/), /a\.c:2:10: fatal error: 'b\.h' file not found/);
  writeFileSync(join(cwd, 'i/b.h'), '#define NAME two\n');
  assert.doesNotMatch(await says(/waiting for changes$/), /error/);
  assert.match(types(), /two\(/);
  writeFileSync(join(cwd, 'i/b.h'), '#define NAME three\n');
  await says(/waiting for changes$/);
  assert.match(types(), /three\(/);
  child.kill('SIGINT');
  assert.deepEqual(await ended, [null, 'SIGINT']);
});

test('run --watch ends the program as SIGTERM does, and runs it again', { skip }, async (t) => {
  const program = (/** @type {string} */ name) => `#include <lull.h>
    #include <stdio.h>
    int main(void) {
      printf("${name} begins\\n");
      fflush(stdout);
      int status = lull_pause(1e9);
      printf("${name}: %s\\n", lull_err_name(status));
      return 0;
    }\n`;
  const cwd = folderWith(t, { 'a.c': program('one') });
  const { child, ended, says, prints } = watching(t, cwd, 'run --watch --cc clang a.c');
  assert.equal(await prints(), 'one begins');
  writeFileSync(join(cwd, 'a.c'), program('two'));
  assert.match(await prints(), /^one: .*CANCEL/i);
  assert.equal(await prints(), 'two begins');
  writeFileSync(join(cwd, 'a.c'), '#include <stdio.h>\nint main(void) { puts("three"); return 3; }\n');
  assert.match(await prints(), /^two: /);
  assert.equal(await prints(), 'three');
  await says(/^lull: ended with status 3; waiting for changes$/);
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [143, null]);
});

test('run --watch refuses a module', async (t) => {
  const ran = await lull(['run', '--watch', 'a.wasm'], { cwd: folderWith(t) });
  assert.deepEqual(ran, {
    stdout: '', stderr: 'lull: --watch is for sources, and a.wasm is built already\n', status: 2,
  });
});
