/**
 * The C core on the native switch and the virtual clock, under sanitizers and valgrind: each test file is a program of
 * its own, built with each compiler. The message of a failure says how to build one by hand and run a single test of
 * it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sources as nativeSources } from './sources.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = join(root, 'tests/native');
const sources = [...nativeSources, join(here, 'test.c')];
const files = readdirSync(here).filter((name) => name.endsWith('_test.c')).sort();

const warnings = [
  '-std=c11',
  '-D_GNU_SOURCE',
  '-DLULL_TEST',
  '-Wall',
  '-Wextra',
  '-Wpedantic',
  '-Werror',
  '-Wno-gnu-zero-variadic-macro-arguments',
];
const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'];
const includes = ['-I', join(root, 'src/include'), '-I', join(root, 'src'), '-I', here];

/** How each program is built and run. */
const builds = [
  { name: 'clang, sanitizers', compiler: 'clang', flags: ['-g', '-O1', ...sanitizers], runner: [] },
  {
    name: 'clang, sanitizers, all tasks on the stack that they share',
    compiler: 'clang',
    flags: ['-g', '-O1', ...sanitizers],
    tests: ['-include', join(root, 'tests/wasm/fixtures/shared.h')],
    runner: [],
  },
  { name: 'gcc, sanitizers', compiler: 'gcc', flags: ['-g', '-O1', ...sanitizers], runner: [] },
  {
    name: 'gcc, valgrind',
    compiler: 'gcc',
    flags: ['-g', '-O1'],
    runner: ['valgrind', '-q', '--error-exitcode=1', '--leak-check=full'],
  },
];

function run(command, args, timeout) {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  const end = result.error?.message ?? (result.signal ? `ended by ${result.signal}` : `status ${result.status}`);
  return { ok: result.status === 0, output, message: `${command} ${args.join(' ')}\n${output}(${end})` };
}

/** Why a build cannot be made here, or false. */
function missing(build) {
  const needed = [build.compiler, ...build.runner.slice(0, 1)];
  const absent = needed.find((tool) => !run(tool, ['--version'], 300_000).ok);
  return absent ? `${absent} is not installed` : false;
}

/** Compile what all programs of a build share, once. */
function compileShared(build, directory) {
  for (const [index, source] of sources.entries()) {
    const object = join(directory, `${index}.o`);
    const compiled = run(
      build.compiler,
      [...warnings, ...build.flags, ...includes, '-c', source, '-o', object],
      1_200_000,
    );
    assert.ok(compiled.ok, compiled.message);
  }
  return sources.map((_, index) => join(directory, `${index}.o`));
}

for (const build of builds) {
  describe(build.name, { skip: missing(build) }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'lull-native-'));
    let shared;
    after(() => rmSync(directory, { recursive: true, force: true }));

    for (const file of files) {
      test(file, () => {
        shared ??= compileShared(build, directory);
        const program = join(directory, file.replace(/\.c$/, ''));
        const flags = [...warnings, ...build.flags, ...includes, ...(build.tests ?? [])];
        const args = [...flags, join(here, file), ...shared, '-o', program];
        const compiled = run(build.compiler, args, 1_200_000);
        assert.ok(compiled.ok, compiled.message);
        const [command, ...commandArgs] = [...build.runner, program];
        const ran = run(command, commandArgs, 1_800_000);
        const again = [build.compiler, ...flags, ...sources, join(here, file), '-o', '/tmp/test'];
        assert.ok(ran.ok, `${ran.message}\nTo run one test: ${again.join(' ')} && /tmp/test NAME`);
      });
    }
  });
}
