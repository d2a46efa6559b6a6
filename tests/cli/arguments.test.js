/** The command line of a C compiler, as a driver reads it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments, targetOf } from '../../toolchain/arguments.js';
import { Failure } from '../../toolchain/failure.js';

const none = () => undefined;
const parse = (/** @type {string} */ line, read = none) => parseArguments(line.split(' '), read);

test('files, flags of the compiler and flags of the linker are told apart, in their order', () => {
  const { inputs, flags, link, output, level, debug, stop } =
    parse('-I inc a.c -Lx -O2 b.o -lm -D N=1 -o out -g -Wl,-z,stack-size=9 -Xlinker -x c.cpp');
  assert.deepEqual(inputs.map(({ file, language }) => [file, language]),
    [['a.c', 'c'], ['b.o', undefined], ['c.cpp', 'c++']]);
  assert.deepEqual(flags, ['-I', 'inc', '-O2', '-D', 'N=1', '-g']);
  assert.deepEqual(link.map((item) => (Array.isArray(item) ? item.join(' ') : item.file)),
    ['a.c', '-Lx', 'b.o', '-lm', '-Wl,-z,stack-size=9', '-Xlinker -x', 'c.cpp']);
  assert.deepEqual([output, level, debug, stop], ['out', '2', true, 'module']);
});

test('linker options of other platforms are left out, with their values', () => {
  const { link } = parse('-Wl,--as-needed,-Map=x -Wl,-rpath -Wl,/x,--export=f -Wl,-rpath,/y,-soname=z '
    + '-Wl,--start-group a.o -Wl,--end-group -Wl,-z,now -Wl,--hash-style=gnu -Wl,-h,z,--gc-sections '
    + '-Wl,-z,relro,-z,stack-size=9 -Wl,-z -Wl,defs -Wl,-znoexecstack -z relro -z stack-size=8');
  assert.deepEqual(link.map((item) => (Array.isArray(item) ? item.join(' ') : item.file)),
    ['-Wl,-Map=x', '-Wl,--export=f', 'a.o', '-Wl,--gc-sections', '-Wl,-z,stack-size=9', '-z stack-size=8']);
});

test('flags of the machine and of protections have no effect, those for native programs alone are refused', () => {
  const given = '-fcf-protection=full -fstack-clash-protection -march=native -mtune=x86-64-v3 -m32 -fPIE -c a.c';
  assert.deepEqual(parse(given).flags, ['-c']);
  assert.deepEqual(parse('-msimd128 -mbulk-memory -fsanitize=undefined -c a.c').flags,
    ['-msimd128', '-mbulk-memory', '-fsanitize=undefined', '-c']);
  for (const flag of ['-shared', '-m64', '-fsanitize=address', '-fsanitize=thread,undefined', '--coverage', '-pg']) {
    assert.throws(() => parse(`${flag} a.c`), (error) => error instanceof Failure && error.status === 2
      && error.message.startsWith(`${flag}: `));
  }
});

test('the target is the last one, in both forms', () => {
  assert.equal(targetOf(['-c', 'a.c']), undefined);
  assert.equal(targetOf(['--target=a', '-target', 'b', '-c']), 'b');
  assert.equal(targetOf(['-target', 'b', '--target=a']), 'a');
  assert.deepEqual(parse('-target b --target=a -c x.c').flags, ['-c']);
});

test('flags that end the work before linking are known', () => {
  const stops = ['-c', '-S', '-E', '-M', '-MM', '-fsyntax-only', '-MMD'].map((flag) => parse(`${flag} a.c`).stop);
  assert.deepEqual(stops, ['object', 'assembly', 'text', 'text', 'text', 'nothing', 'module']);
});

test('-s strips, and takes a value only where that is a setting of Emscripten', () => {
  for (const line of ['-s a.c', 'a.c -s', '-s -O2 a.c']) {
    const { inputs, flags } = parse(line);
    assert.deepEqual([inputs.map(({ file }) => file), flags.filter((flag) => flag !== '-O2')], [['a.c'], []], line);
  }
  assert.deepEqual(parse('-s TOTAL_STACK=9 -sASSERTIONS a.c').flags, ['-s', 'TOTAL_STACK=9', '-sASSERTIONS']);
});

test('the last level counts, by the names of GCC', () => {
  const levels = ['-O2 -O0', '-O', '-Ofast', '-Og', '-Os', '-O7', '-Wall'].map((flags) => parse(`${flags} a.c`).level);
  assert.deepEqual(levels, ['0', '1', '3', '1', 's', '3', '0']);
});

test('-x gives the files after it a language, until -x none', () => {
  const { inputs } = parse('-x c++ a.c -xc b.txt -x none c.c -');
  assert.deepEqual(inputs.map(({ language, given }) => [language, given]),
    [['c++', 'c++'], ['c', 'c'], ['c', undefined], [undefined, undefined]]);
});

test('a file of arguments has them between spaces, with quotes and backslashes, and may name another', () => {
  /** @type {Record<string, string>} */
  const files = { list: '-DA="x y"  \'-DB=a "b"\'\n-DC=\\"q\\" @more', more: 'z.c\n' };
  const { flags, inputs } = parse('@list @missing', (path) =>
    (files[path] === undefined ? undefined : new TextEncoder().encode(files[path])));
  assert.deepEqual(flags, ['-DA=x y', '-DB=a "b"', '-DC="q"']);
  assert.deepEqual(inputs.map(({ file }) => file), ['z.c', '@missing']);
});

test('flags without effect in WebAssembly are left out', () => {
  assert.deepEqual(parse('-fPIC -pthread -rdynamic -s -static -pipe -fpie a.c').flags, []);
});

test('a shared library is refused, with the way out', () => {
  for (const flag of ['-shared', '-dynamiclib']) {
    assert.throws(() => parse(`${flag} a.o -o a.so`), { status: 2, message: /--disable-shared/ });
  }
});

test('a flag whose value is missing is named', () => {
  assert.throws(() => parse('a.c -I'), { status: 2, message: '-I is followed by nothing' });
});

test('questions are asked without files only', () => {
  assert.deepEqual(['--version', '-dumpmachine', '-print-search-dirs', '-v a.c'].map((line) => parse(line).question),
    [true, true, true, false]);
});
