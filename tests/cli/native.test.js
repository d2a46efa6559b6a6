/** The clang of the machine: its parts, and the messages where one is missing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { system } from '../../node/toolchain/system.js';
import { chooseCompiler } from '../../toolchain/compiler.js';
import { compilerOf } from '../../toolchain/object-file.js';
import { allCompilers, folderWith, lull } from './support.js';

/** The files of Debian's packages, for a clang of a version. @param {number} version */
const filesOf = (version) => [
  `/usr/bin/clang-${version}`,
  ...['wasm-ld', 'llvm-ar', 'llvm-ranlib', 'llvm-nm'].map((name) => `/usr/lib/llvm-${version}/bin/${name}`),
  '/usr/lib/wasm32-wasi/crt1-reactor.o',
  `/clang/${version}/lib/wasi/libclang_rt.builtins-wasm32.a`,
  '/usr/lib/wasm32-wasi/libc++.a', '/usr/include/wasm32-wasi/c++/v1/vector',
];

/**
 * A machine with these files.
 *
 * @param {string[]} files
 * @param {{ targets?: string, env?: Record<string, string> }} [options]
 */
function machine(files, { targets = 'wasm32     - WebAssembly 32-bit', env = {} } = {}) {
  /** @type {string[][]} */
  const ran = [];
  const answer = (/** @type {string} */ program, /** @type {string[]} */ args) => {
    const version = /\d+/.exec(program)?.[0];
    if (args.includes('-print-targets')) return `  Registered Targets:\n    ${targets}\n`;
    return `Debian clang version ${version}.1.2\nlibraries: =/clang/${version}:/usr/lib/wasm32-wasip1\n`;
  };
  return {
    ...system,
    ran,
    dependsOn: () => false,
    findPackage: () => undefined,
    list: (/** @type {string} */ folder) =>
      files.filter((file) => file.startsWith(`${folder}/`)).map((file) => file.slice(folder.length + 1)),
    programs: {
      env,
      processors: 1,
      find(/** @type {string} */ name) {
        const path = [name, `/usr/bin/${name}`].find((candidate) => files.includes(candidate));
        const version = /clang-(\d+)/.exec(path ?? '')?.[1];
        return path ? { path, home: version ? `/usr/lib/llvm-${version}/bin` : '/usr/bin' } : undefined;
      },
      async run(/** @type {string} */ program, /** @type {string[]} */ args) {
        ran.push([program, ...args]);
        const stdout = new TextEncoder().encode(answer(program, args));
        return { status: 0, stdout, stderr: new Uint8Array() };
      },
    },
  };
}

/** @param {ReturnType<typeof machine>} on */
const versionOn = (on) => chooseCompiler(on, 'native').version();

test('without a clang, the packages that install one are named', () => {
  assert.throws(() => chooseCompiler(machine([]), 'native'), {
    message: 'no C compiler found for --cc native. Install one:\n'
      + '    apt-get install clang lld llvm wasi-libc libclang-rt-dev-wasm32 libc++-dev-wasm32',
  });
});

test('a clang of the machine is taken on request alone, by --cc or LULL_CC', async () => {
  assert.throws(() => chooseCompiler(machine(filesOf(19))), /no C compiler found/);
  assert.equal(await versionOn(machine(filesOf(19))), '19.1.2');
  assert.equal(chooseCompiler(machine(filesOf(19), { env: { LULL_CC: 'native' } })).name, 'native');
});

for (const [file, part, packages] of [
  ['bin/wasm-ld', 'wasm-ld', 'lld-14'],
  ['llvm-nm', 'llvm-ar, llvm-ranlib and llvm-nm', 'llvm-14'],
  ['crt1-reactor.o', 'a C library (wasi-libc)', 'wasi-libc'],
  ['builtins', 'its own library for wasm32 (compiler-rt)', 'libclang-rt-14-dev-wasm32'],
]) {
  test(`a clang without ${part} is refused with the package that has it`, async () => {
    await assert.rejects(versionOn(machine(filesOf(14).filter((name) => !name.includes(file)))), {
      name: 'Failure',
      message: `/usr/bin/clang-14 (14.1.2) lacks ${part}: apt-get install ${packages}, `
        + 'or build with --cc clang or --cc emcc',
    });
  });
}

test('all that a clang lacks is named at once', async () => {
  await assert.rejects(versionOn(machine(filesOf(14).slice(0, 1))),
    /: apt-get install lld-14 llvm-14 wasi-libc libclang-rt-14-dev-wasm32, or/);
});

test('a clang that does not know WebAssembly is refused', async () => {
  await assert.rejects(versionOn(machine(filesOf(14), { targets: 'x86-64 - 64-bit X86' })),
    /^Failure: \/usr\/bin\/clang-14 \(14.1.2\) lacks the target wasm32: /);
});

test('without a C++ library, C is compiled, and C++ is refused', async () => {
  const on = machine(filesOf(14).filter((name) => !name.includes('c++')));
  const compiler = chooseCompiler(on, 'native');
  assert.equal((await compiler.compile(['-E', 'a.c'])).status, 0);
  await assert.rejects(compiler.compile(['-E', 'a.cc']),
    /lacks a C\+\+ library for wasm32: apt-get install libc\+\+-14-dev-wasm32 libc\+\+abi-14-dev-wasm32, or/);
});

test('the newest clang that has all parts is taken, with the tools of its version', async () => {
  const on = machine([...filesOf(14), ...filesOf(19), '/usr/bin/clang-22', '/usr/bin/wasm-ld']);
  const compiler = chooseCompiler(on, 'native');
  assert.equal(await compiler.version(), '19.1.2');
  await compiler.link([], [], '/tmp/x.wasm');
  assert.equal(on.ran.at(-1)?.[0], '/usr/lib/llvm-19/bin/wasm-ld');
});

test('flags that a version does not know, or takes otherwise, are not given to it', async () => {
  for (const [version, given] of /** @type {const} */ ([[14, []], [19, ['-mbulk-memory']],
    [22, ['-mbulk-memory', '-wasm-use-legacy-eh=true']]])) {
    const on = machine(filesOf(version));
    await chooseCompiler(on, 'native').compile(['-E', 'a.c']);
    assert.deepEqual(on.ran.at(-1)?.filter((flag) => /bulk|legacy/.test(flag)), given);
  }
});

test('the linker gets no -O, and runs without clang, which would have a wasm-opt drop the names', async () => {
  const on = machine(filesOf(19));
  await chooseCompiler(on, 'native').link([['a.o']], ['-O2'], '/tmp/x.wasm');
  const [program, ...args] = on.ran.at(-1) ?? [];
  assert.match(program, /wasm-ld$/);
  assert.ok(!args.some((argument) => argument.startsWith('-O')));
});

test('objects name the C library, unlike objects of the same clang within Emscripten', {
  skip: allCompilers.includes('native') ? false : 'there is no clang for WebAssembly',
}, async (t) => {
  const cwd = folderWith(t, { 'f.c': 'int f(void) { return 1; }\n' });
  for (const line of ['cc -c f.c', 'cc -c f.c -o g.o']) {
    const done = await lull(line.split(' '), { cwd, env: { LULL_CC: 'native' } });
    assert.deepEqual(done, { stdout: '', stderr: '', status: 0 });
  }
  for (const name of ['f.o', 'g.o']) {
    const object = /** @type {import('../../toolchain/system.js').Bytes} */ (system.read(`${cwd}/${name}`));
    assert.match(compilerOf(object) ?? '', /clang \d+.* with wasi-libc$/);
  }
});
