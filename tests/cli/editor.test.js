/** A program in an editor: compile_commands.json, `lull cflags`, and headers for any target. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missing, run } from './foreign.js';
import { allCompilers, folderWith, lull } from './support.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const [, hello] = /<!-- test: hello -->\n```c\n(.*?)```/s.exec(readme) ?? [];
const include = fileURLToPath(new URL('../../src/include', import.meta.url));

/** @param {string} cwd @param {string} file */
async function clangd(cwd, file) {
  const { stderr } = await run(cwd, ['clangd', `--check=${file}`]);
  const [, errors] = /All checks completed, (\d+) errors/.exec(stderr) ?? assert.fail(stderr);
  assert.equal(errors, '0', stderr);
}

for (const cc of allCompilers) {
  /** @param {string} cwd @param {string[]} args */
  const build = (cwd, ...args) => lull(['build', '--cc', cc, ...args], { cwd });

  test(`${cc}: --compile-commands writes how to compile each source, and keeps the entries of others`, async (t) => {
    const cwd = folderWith(t, {
      'src/a.c': '#include <lull.h>\nint answer = N;\n', 'b.cc': '#include <stdint.h>\n', 'c.c': '',
    });
    const silent = { stdout: '', stderr: '', status: 0 };
    assert.deepEqual(await build(cwd, '--compile-commands', 'c.c', '-DOLD'), silent);
    assert.deepEqual(await build(cwd, '--compile-commands', 'src/a.c', '-DN=1'), silent);
    assert.deepEqual(await build(cwd, '--compile-commands', 'src/a.c', 'b.cc', '-DN=2', '-Wall', 'x.o', '-lm'), silent);
    /** @type {{ directory: string, file: string, arguments: string[] }[]} */
    const entries = JSON.parse(readFileSync(join(cwd, 'compile_commands.json'), 'utf8'));
    assert.deepEqual(entries.map(({ file }) => file), ['c.c', 'src/a.c', 'b.cc']);
    for (const { directory, arguments: [program, ...args], file } of entries) {
      assert.equal(directory, cwd);
      assert.equal(program, file === 'b.cc' ? 'clang++' : 'clang');
      assert.match(args.join(' '), /^--target=wasm32-.* --sysroot=\//);
      assert.ok(args.includes(`-I${include}`));
      assert.deepEqual(args.slice(-2), ['-c', file]);
    }
    assert.deepEqual(entries[1].arguments.slice(-5), ['-O2', '-DN=2', '-Wall', '-c', 'src/a.c']);
    if (missing('clangd')) return t.diagnostic('there is no clangd');
    await clangd(cwd, 'src/a.c');
  });

  test(`${cc}: lull cflags prints the flags, one a line, of which clangd reads the README's hello.c`, {
    skip: missing('clangd'),
  }, async (t) => {
    const cwd = folderWith(t, { 'hello.c': hello });
    const { stdout, stderr, status } = await lull(['cflags', '--cc', cc], { cwd });
    assert.deepEqual([stderr, status], ['', 0]);
    assert.match(stdout, /^--target=wasm32-/);
    writeFileSync(join(cwd, 'compile_flags.txt'), stdout);
    await clangd(cwd, 'hello.c');
  });
}

test('clangd reads programs of the macros for its own target', { skip: missing('clangd') }, async (t) => {
  const cwd = folderWith(t, {
    'compile_flags.txt': `-I${include}\n-Wall\n-Wextra\n-Werror\n-D_GNU_SOURCE\n`,
    'hello.c': hello.replace('asprintf(', 'if (asprintf(').replace('name);\n    free', 'name) < 0) abort();\n    free'),
    'all.c': '#include <lull.h>\n#include <lull_canvas.h>\n#include <lull_files.h>\n#include <lull_net.h>\n'
      + 'LULL_GENERATOR(int, count, (int, n)) { lull_emit(n); }\n'
      + 'LULL_HOST(lull_bytes, h, (LULL_CHAN(int), c), (lull_ref, r))\n'
      + 'LULL_TASK_SHARED(long, next, (uint64_t, n)) { return (long)n; }\n',
  });
  await clangd(cwd, 'hello.c');
  await clangd(cwd, 'all.c');
});
