/** `lull meson`: projects of Meson, unchanged. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { missing, run } from './foreign.js';
import { allCompilers, compilers, folderWith, lull } from './support.js';

const LIBRARY = {
  'twice/meson.build': `project('twice', 'c', version: '1.2')
twice = library('twice', 'twice.c', install: true)
install_headers('twice.h')
import('pkgconfig').generate(twice)
`,
  'twice/twice.h': 'int twice(int n);\n',
  'twice/twice.c': '#include "twice.h"\nint twice(int n) { return 2 * n; }\n',
};

const PROGRAM = {
  'app/meson.build': `project('app', 'c')
twice = dependency('twice')
machine = dependency('libc-of-this-machine', required: false)
cc = meson.get_compiler('c')
m = cc.find_library('m')
ran = cc.run('int main(void) { return sizeof(void *) - 1; }', name: 'probe')
message('status', ran.returncode(), 'twice', twice.version(), 'machine', machine.found())
app = executable('app', 'main.c', dependencies: [twice, m, dependency('threads')], install: true)
test('doubles', app, args: ['21'])
test('refuses', app, should_fail: true)
`,
  'app/main.c': '#include <lull.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <twice.h>\n'
    + 'int main(int argc, char **argv) {\n  if (argc < 2) return 1;\n  lull_check(lull_pause(0.01));\n'
    + '  return printf("%d\\n", twice(atoi(argv[1]))) < 0;\n}\n',
};

for (const cc of allCompilers) {
  test(`${cc}: a library is installed and found, and meson test runs the programs`, {
    skip: missing('meson', 'ninja', 'pkg-config'),
  }, async (t) => {
    const machine = 'Name: machine\nDescription: of this machine\nVersion: 1\n';
    const cwd = folderWith(t, { ...LIBRARY, ...PROGRAM, 'machine/libc-of-this-machine.pc': machine });
    const prefix = join(cwd, 'prefix');
    /** @param {string[]} args @param {string} [LULL_CC] */
    const meson = async (args, LULL_CC = cc) => {
      const { stdout, stderr, status } = await lull(['meson', ...args], { cwd, env: { LULL_CC } });
      assert.equal(status, 0, stdout + stderr);
      return stdout + stderr;
    };
    await meson(['setup', 'twice-build', 'twice', `--prefix=${prefix}`, '--libdir=lib']);
    await meson(['install', '-C', 'twice-build']);
    const configured = await meson(
      ['setup', 'build', 'app', `--prefix=${prefix}`, `-Dpkg_config_path=${prefix}/lib/pkgconfig`]);
    assert.match(configured, /Message: status 3 twice 1\.2 machine false/);
    // Not the compiler of the environment, but that of the folder.
    const tested = await meson(['test', '-C', 'build', '--print-errorlogs'], 'neither');
    assert.match(tested, /^Ok: +1 *$/m);
    assert.match(tested, /^Expected Fail: +1 *$/m);
    await meson(['install', '-C', 'build']);
    assert.deepEqual(await run(cwd, [join(prefix, 'bin', 'app'), '4']), { stdout: '8\n', stderr: '', status: 0 });

    if (missing('clangd')) return t.diagnostic('there is no clangd');
    const checked = await run(cwd, ['clangd', '--compile-commands-dir=build', '--check=app/main.c']);
    assert.match(checked.stderr, /All checks completed, 0 errors/);
  });
}

test('setup gets the cross file, whose path --cross-file prints; other commands get their arguments unchanged', {
  skip: compilers.length ? false : 'there is no compiler',
}, async (t) => {
  const cwd = folderWith(t, { meson: '#!/bin/sh\necho "$*"\nexit 7\n' });
  chmodSync(join(cwd, 'meson'), 0o755);
  const options = { cwd, env: { PATH: `${cwd}${delimiter}${process.env.PATH}`, LULL_CC: compilers[0] } };
  const path = (await lull(['meson', '--cross-file'], options)).stdout.trimEnd();
  assert.match(readFileSync(path, 'utf8'), /^c = \['.*lull-cc\.js', '--target=wasm32-/m);
  assert.deepEqual(await lull(['meson', 'setup', 'build'], options),
    { stdout: `setup --cross-file ${path} build\n`, stderr: '', status: 7 });
  assert.equal((await lull(['meson', 'compile', '-C', 'build'], options)).stdout, 'compile -C build\n');
});

test('where there is no meson, a sentence says how to install it', async (t) => {
  const { stderr, status } = await lull(['meson', '--version'], { env: { PATH: folderWith(t) } });
  assert.deepEqual([status, stderr.split('\n')[0]], [1, 'lull: there is no meson on the path. Install it:']);
});
