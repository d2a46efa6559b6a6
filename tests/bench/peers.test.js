/** `--peers`: the programs in lull and in JavaScript do the same work, and what is not installed is named. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { installed, lull, markdown, peers, programs, runProgram } from '../../bench/peers.js';
import { system } from '../../node/toolchain/system.js';
import { chooseCompiler } from '../../toolchain/compiler.js';

const compiler = chooseCompiler(system, process.env.LULL_TEST_COMPILER);
const folder = mkdtempSync(join(tmpdir(), 'lull-peers-'));
after(() => rmSync(folder, { recursive: true }));

/** A machine with these commands, their versions, and paths. */
const tools = (versions, paths = [], node26 = undefined) => /** @type {any} */ ({
  version: (command) => versions[command], has: (path) => paths.includes(path), emcc: 'emcc', node26,
});

const [javascript] = peers;

for (const make of [lull(compiler), javascript]) {
  test(`${make.name}: each program has a figure`, async () => {
    const command = await make.make(folder, tools({}));
    for (const name of make.programs.filter((one) => one !== 'http' && one !== 'sleepers-memory')) {
      const { figure, resident } = await runProgram(command, name, 1000);
      assert.ok(figure > 0, `${name}: ${figure}`);
      if (name === 'sleepers' && process.platform === 'linux') assert.ok(Number(resident) > 1e6, `${resident}`);
    }
  });
}

test('a program that fails is an error with the first line of what it says', async () => {
  const command = [process.execPath, '-e', "console.error('no memory\\nand more'), process.exit(3)", '--'];
  await assert.rejects(runProgram(command, 'ring', 7), { message: 'ring 7 ended with 3: no memory' });
});

test('a machine with nothing measures lull and JavaScript, and names a package for each other peer', () => {
  const { there, skipped } = installed([lull(compiler), ...peers], tools({}));
  assert.deepEqual(there.map(({ name }) => name), ['lull', javascript.name]);
  assert.deepEqual(skipped, [
    'Go, native is skipped: there is no go (apt install golang-go)',
    'Go, wasm is skipped: there is no go (apt install golang-go)',
    ...['fibers', 'Asyncify', 'JSPI'].map((one) =>
      `Emscripten’s ${one} is skipped: there is no emcc (apt install emscripten, or EMCC=…/emcc)`),
    'ucontext, native is skipped: there is no gcc (apt install gcc)',
    'Boost.Context, native is skipped: there is no gcc (apt install gcc)',
  ]);
});

test('a tool that is too old, or without a part, is named', () => {
  const old = tools({ emcc: 'emcc (Emscripten gcc/clang-like replacement) 3.1.6 ()', gcc: 'gcc 12' });
  const { skipped } = installed(peers, old);
  assert.ok(skipped.includes('Emscripten’s JSPI is skipped: emcc is older than 4; EMCC names another'));
  const boost = 'Boost.Context, native is skipped: there is no Boost.Context (apt install libboost-context-dev)';
  assert.ok(skipped.includes(boost));
  const withoutNode = installed(peers, tools({ emcc: 'emcc (Emscripten) 6.0.1 ()' })).skipped;
  assert.ok(withoutNode.includes('Emscripten’s JSPI is skipped: it needs Node 26 (./build.sh engines installs it)'));
});

test('below the table are the notes of the peers in it: their programs are not quite the others', () => {
  const row = (peer) => ({ program: 'ring', unit: 'ns', peer, value: 9.87, spread: [9, 10] });
  const lines = markdown([row('lull'), row('ucontext, native'), row('Boost.Context, native')]).split('\n');
  assert.deepEqual(lines.slice(-3), [
    '',
    '- ucontext, native: no scheduler, channels or timers: coroutines switch to each other by name',
    '- Boost.Context, native: no scheduler, channels or timers: coroutines switch to each other by name',
  ]);
  assert.match(markdown([row(javascript.name)]), /\n- async functions.*: `pingpong` has a slot for a value, in which no sender waits$/);
});

test('a night in which sleepers woke too early has no figure', async () => {
  const command = (left) => [process.execPath, '-e', `console.log('asleep ${left}'), console.log('figure 5')`, '--'];
  const message = 'sleepers 7 had a night too short: 100 ms were left when the last fell asleep';
  await assert.rejects(runProgram(command(100), 'sleepers', 7), { message });
  const { figure } = await runProgram(command(1000), 'sleepers', 7);
  assert.equal(figure, 5);
});

test('the table has a column for each peer, with empty cells where it lacks the program', () => {
  const rows = [
    { program: 'ring', unit: 'ns', peer: 'a', value: 9.87, spread: [9, 10] },
    { program: 'ring', unit: 'ns', peer: 'b', value: 1234.5, spread: [1, 2] },
    { program: 'http', unit: '/s', peer: 'b', value: 20, spread: [1, 2] },
  ];
  assert.deepEqual(markdown(rows).split('\n'), [
    '| | | a | b | |',
    '|---|---|---:|---:|---|',
    `| ring | ns | 9.9 | 1,235 | ${programs.ring.what} |`,
    `| http | /s |  | 20 | ${programs.http.what} |`,
  ]);
});
