/** `lull cmake`: projects of CMake, unchanged. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { missing, run } from './foreign.js';
import { allCompilers, compilers, folderWith, lull } from './support.js';

/** A library, shared where a platform has such, that is installed with the files of find_package. */
const LIBRARY = {
  'twice/CMakeLists.txt': `cmake_minimum_required(VERSION 3.16)
project(twice C)
add_library(twice SHARED twice.c)
target_include_directories(twice PUBLIC $<INSTALL_INTERFACE:include>)
install(TARGETS twice EXPORT twice DESTINATION lib)
install(FILES twice.h DESTINATION include)
install(EXPORT twice FILE twice-config.cmake NAMESPACE twice:: DESTINATION lib/cmake/twice)
`,
  'twice/twice.h': 'int twice(int n);\n',
  'twice/twice.c': '#include "twice.h"\nint twice(int n) { return 2 * n; }\n',
};

/** A program with that library, and with the questions of a project about its platform. */
const PROGRAM = {
  'app/CMakeLists.txt': `cmake_minimum_required(VERSION 3.16)
project(app C)
find_package(twice REQUIRED)
find_package(Threads REQUIRED)
find_library(MACHINE NAMES c PATHS /usr/lib /usr/lib/x86_64-linux-gnu)
find_library(MATH m)
include(CheckTypeSize)
check_type_size(long LONG BUILTIN_TYPES_ONLY)
try_run(STATUS COMPILED \${CMAKE_BINARY_DIR}/probe \${CMAKE_SOURCE_DIR}/probe.c RUN_OUTPUT_VARIABLE printed)
message(STATUS "long \${LONG}, pointers \${CMAKE_SIZEOF_VOID_P}, status \${STATUS}, printed \${printed}, \${MACHINE}")
message(STATUS "\${MATH}")
add_executable(app main.c)
target_link_libraries(app twice::twice Threads::Threads)
install(TARGETS app DESTINATION bin)
enable_testing()
add_test(NAME doubles COMMAND app 21)
set_tests_properties(doubles PROPERTIES PASS_REGULAR_EXPRESSION "^42\\n$")
add_test(NAME refuses COMMAND app)
set_tests_properties(refuses PROPERTIES WILL_FAIL TRUE)
`,
  'app/probe.c': '#include <stdio.h>\nint main(void) {\n  printf("%d", (int)sizeof(void *));\n  return 3;\n}\n',
  'app/main.c': '#include <lull.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <twice.h>\n'
    + 'int main(int argc, char **argv) {\n  if (argc < 2) return 1;\n  lull_check(lull_pause(0.01));\n'
    + '  return printf("%d\\n", twice(atoi(argv[1]))) < 0;\n}\n',
};

for (const [cc, generator, maker] of [
  ['clang', 'Ninja', 'ninja'], ['emcc', 'Unix Makefiles', 'make'], ['native', 'Ninja', 'ninja'],
]) {
  test(`${cc}, ${generator}: a library is installed and found, try_run and ctest run the programs`, {
    skip: allCompilers.includes(/** @type {any} */ (cc)) ? missing('cmake', maker) : `there is no ${cc}`,
  }, async (t) => {
    const cwd = folderWith(t, { ...LIBRARY, ...PROGRAM });
    const prefix = join(cwd, 'prefix');
    /** @param {string[]} args @param {string} [LULL_CC] */
    const cmake = async (args, LULL_CC = cc) => {
      const { stdout, stderr, status } = await lull(['cmake', ...args], { cwd, env: { LULL_CC } });
      assert.equal(status, 0, stdout + stderr);
      return stdout + stderr;
    };
    await cmake(['-G', generator, '-S', 'twice', '-B', 'twice-build', `-DCMAKE_INSTALL_PREFIX=${prefix}`]);
    await cmake(['--build', 'twice-build', '--target', 'install']);
    assert.ok(existsSync(join(prefix, 'lib', 'libtwice.a')));

    const options = [`-DCMAKE_PREFIX_PATH=${prefix}`, '-DCMAKE_EXPORT_COMPILE_COMMANDS=ON'];
    const configured = await cmake(['-G', generator, '-S', 'app', '-B', 'build', ...options]);
    assert.match(configured, /long 4, pointers 4, status 3, printed 4, /);
    assert.doesNotMatch(configured, /\/usr\/lib\/(x86_64-linux-gnu\/)?libc\./);
    if (cc !== 'emcc') assert.match(configured, /wasm32-wasi(p1)?\/libm\.a$/m);
    assert.doesNotMatch(configured, /CMake Warning/);
    // Not the compiler of the environment, but that of the folder.
    await cmake(['--build', 'build'], 'neither');
    const tested = await run(cwd, ['ctest', '--test-dir', 'build', '--output-on-failure']);
    assert.match(tested.stdout, /100% tests passed, 0 tests failed out of 2/);

    await cmake(['--install', 'build', '--strip', '--prefix', prefix]);
    assert.deepEqual(await run(cwd, [join(prefix, 'bin', 'app'), '4']), { stdout: '8\n', stderr: '', status: 0 });

    if (missing('clangd')) return t.diagnostic('there is no clangd');
    assert.match(readFileSync(join(cwd, 'build/compile_commands.json'), 'utf8'), /--target=wasm32-/);
    const checked = await run(cwd, ['clangd', '--compile-commands-dir=build', '--check=app/main.c']);
    assert.match(checked.stderr, /All checks completed, 0 errors/);
  });
}

/** @param {import('node:test').TestContext} t */
const withFakeCmake = (t) => {
  const cwd = folderWith(t, { cmake: '#!/bin/sh\necho "$LULL_CC $*"\nexit 7\n' });
  chmodSync(join(cwd, 'cmake'), 0o755);
  return { cwd, env: { PATH: `${cwd}${delimiter}${process.env.PATH}`, LULL_CC: compilers[0] } };
};

test('lull cmake --toolchain prints the path of the toolchain file', async () => {
  const { stdout, status } = await lull(['cmake', '--toolchain']);
  assert.equal(status, 0);
  assert.match(readFileSync(stdout.trimEnd(), 'utf8'), /CMAKE_SYSTEM_NAME WASI/);
});

test('the toolchain file is given where CMake configures, and other modes get their arguments unchanged', {
  skip: compilers.length ? false : 'there is no compiler',
}, async (t) => {
  const options = withFakeCmake(t);
  const path = (await lull(['cmake', '--toolchain'])).stdout.trimEnd();
  for (const args of [['-B', 'build', '-DA=B'], ['--preset', 'x'], ['.']]) {
    assert.deepEqual(await lull(['cmake', ...args], options), {
      stdout: `${compilers[0]} -DCMAKE_TOOLCHAIN_FILE=${path} ${args.join(' ')}\n`, stderr: '', status: 7,
    });
  }
  const others = ['--build x -- -j2', '--install x', '-E echo', '--version', '-DA=1 -P x'];
  for (const args of others.map((line) => line.split(' '))) {
    const { stdout } = await lull(['cmake', ...args], options);
    assert.equal(stdout, `${compilers[0]} ${args.join(' ')}\n`);
  }
});

test('where there is no cmake, a sentence says how to install it', async (t) => {
  const { stderr, status } = await lull(['cmake', '--version'], { env: { PATH: folderWith(t) } });
  assert.deepEqual([status, stderr.split('\n')[0]], [1, 'lull: there is no cmake on the path. Install it:']);
});
