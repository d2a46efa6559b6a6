import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lull } from './support.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

const COMMANDS = 'init build run types doctor server cc c++ ar ranlib nm cmake meson cflags'.split(' ');

test('lull --version prints the version', async () => {
  assert.deepEqual(await lull(['--version']), { stdout: `${version}\n`, stderr: '', status: 0 });
});

test('lull --help lists the commands on stdout', async () => {
  const { stdout, stderr, status } = await lull(['--help']);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  for (const command of COMMANDS) assert.ok(stdout.includes(`\n  ${command} `), command);
});

for (const command of COMMANDS) {
  test(`lull ${command} --help shows how to use it`, async () => {
    const { stdout, status } = await lull([command, '--help']);
    assert.equal(status, 0);
    assert.ok(stdout.startsWith(`Usage: lull ${command}`));
  });
}

/** @type {[string, string[], RegExp][]} */
const misuses = [
  ['no command', [], /^lull: which command\?/],
  ['an unknown command', ['frob'], /^lull: there is no command 'frob'. Try: lull --help\n$/],
  ['an unknown global option', ['--frob'], /^lull: there is no option '--frob'/],
  ['an unknown option of a command that compiles', ['build', '--frob'],
    /^lull: Unknown option '--frob'; compiler flags come after --. Try: lull build --help\n$/],
  ['an unknown option of types', ['types', '--frob'], /^lull: Unknown option '--frob'. Try: lull types --help\n$/],
  ["an option of the program's own before --", ['run', 'a.c', '--verbose'],
    /^lull: Unknown option '--verbose'; arguments of the program come after --. Try: lull run --help\n$/],
  ['a flag without its value', ['build', 'a.c', '-o'], /^lull: -o is followed by nothing\n$/],
  ['an option without its value', ['build', 'a.c', '--cc'], /^lull: Option '--cc.*Try: lull build --help\n$/],
  ['a stop before linking', ['build', 'a.c', '-c', '-o', 'a.o'],
    /^lull: lull build links a program; for -c there is lull cc\n$/],
  ['a shared library', ['build', 'a.c', '-shared', '-o', 'a.so'], /^lull: -shared: there are no shared libraries/],
  ['build without files', ['build', '-o', 'a.wasm'], /^lull: which files\?/],
  ['build with an empty name', ['build', '', '-o', 'a.wasm'], /^lull: '' names no file/],
  ['build with an empty name among others', ['build', 'a.c', '', '-o', 'a.wasm'], /^lull: '' names no file/],
  ['build without -o', ['build', 'a.c'], /^lull: where to\?/],
  ['an optimization level that is none', ['build', 'a.c', '-o', 'a.wasm', '-Ofoo'], /not by 'foo'/],
  ['a compiler that is none', ['build', 'a.c', '-o', 'a.wasm', '--cc', 'gcc'],
    /--cc is emcc, clang or native, not 'gcc'/],
  ['run without a file', ['run'], /^lull: which program\?/],
  ["run with the program's arguments before --", ['run', 'a.c', 'b'], /lull run a\.c -- b\n$/],
  ['run with a stop before linking', ['run', 'a.c', '-c'],
    /^lull: lull run runs a program; for -c there is lull cc\n$/],
  ['run with an output', ['run', 'a.c', '-o', 'a'], /^lull: lull run writes no file; for -o a there is lull build\n$/],
  ['run with a source behind a module', ['run', 'a.wasm', 'b.c'], /lull run a\.wasm -- b\.c\n$/],
  ['run with an empty --allow-net', ['run', 'a.c', '--allow-net='], /^lull: --allow-net= has no value: leave/],
  ['run with an empty --allow-run', ['run', 'a.c', '--allow-run='], /^lull: --allow-run= has no value: leave/],
  ['run with a --dir that is none', ['run', 'a.c', '--dir', 'nowhere'], /^lull: --dir nowhere: not a directory\n$/],
  ['cflags with a file', ['cflags', 'a.c'], /takes no arguments, such as 'a\.c'/],
  ['a target that is none of lull', ['cc', '--target=x86_64-linux-gnu', '-c', 'a.c'],
    /^lull: --target=x86_64-linux-gnu: lull compiles for wasm32-wasip1 \(clang\), wasm32-native-wasip1/],
  ['types without a file', ['types'], /^lull: one file/],
];
for (const [name, args, message] of misuses) {
  test(`${name} is refused with status 2 and says what to do`, async () => {
    const { stdout, stderr, status } = await lull(args);
    assert.equal(status, 2);
    assert.match(stderr, message);
    assert.equal(stdout, '');
  });
}
