/** Child processes of C, on the machine. With each compiler. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConsoleStdout, File, OpenFile } from '@bjorn3/browser_wasi_shim';
import { nodeClock } from '../../node/clock.js';
import { directory, standardStreams } from '../../node/wasi-files.js';
import { compilers, turn, withApp } from '../wasm/support.js';

const ANYWHERE = [
  'popen_reads_much', 'popen_writes_much', 'popen_tells_the_status', 'copies_between_pipes',
  'a_reader_that_goes_ends_the_child', 'a_child_that_goes_breaks_its_pipe', 'a_socket_as_stdio', 'redirects',
  'the_environment', 'a_number_above_the_three', 'kills', 'kills_a_group', 'waits_of_all_kinds', 'times_out',
  'leaves_pipes_open', 'a_signal_tells_of_the_end', 'ignored_ends_leave_nothing', 'a_command_outlasts_handlers',
  'copies_are_not_interrupted',
];

const EACCES = 2, EINTR = 27, ENOENT = 44;

const env = { PATH: process.env.PATH };

/** @param {import('node:test').TestContext} t */
function folderFor(t) {
  const folder = mkdtempSync(join(tmpdir(), 'lull-processes-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Whether a process has not ended. @param {number} number */
function isRunning(number) {
  try {
    process.kill(number, 0);
    return true;
  } catch {
    return false;
  }
}

for (const cc of compilers) {
  const withPrograms = (options, body) => withApp({
    fixture: 'posix_processes', cc, clock: nodeClock, posix: { spawn: true }, wasi: { env }, ...options,
  }, body);

  for (const name of ANYWHERE) {
    test(`${cc}: ${name.replaceAll('_', ' ')}`, () => withPrograms({}, async (app) => {
      assert.equal(await app.call[name](), 0, 'the line that failed');
    }));
  }

  for (const name of ['redirects', 'the_folder']) {
    test(`${cc}: ${name.replaceAll('_', ' ')}, in a folder of the machine`, async (t) => {
      const fds = [...standardStreams(), directory(folderFor(t), '/')];
      await withPrograms({ wasi: { env, fds } }, async (app) => {
        assert.equal(await app.call[name](), 0, 'the line that failed');
      });
    });
  }

  test(`${cc}: what a command prints arrives in its place, where stdout is no descriptor of the machine`, async () => {
    const lines = [];
    const output = () => ConsoleStdout.lineBuffered((line) => lines.push(line));
    const fds = [new OpenFile(new File([])), output(), output()];
    await withPrograms({ wasi: { env, fds } }, async (app) => {
      assert.equal(await app.call.system_prints(), 0);
    });
    assert.deepEqual(lines.filter((line) => line !== 'beside'), ['before', 'within', 'after']);
    assert.ok(lines.includes('beside'));
  });

  test(`${cc}: the other tasks run while one waits`, () => withPrograms({}, async (app) => {
    const waiting = app.call.waits_meanwhile();
    await app.call.ticks_meanwhile();
    assert.equal(await waiting, -5);
  }));

  test(`${cc}: a wait is in dumps, is no deadlock, and ends by a cancellation`, () => withPrograms({}, async (app) => {
    const task = app.spawn('waits_for_long');
    const idle = app.idle().then(() => 'idle', (error) => error.code);
    await turn();
    await turn();
    assert.equal(app.tasks().find(({ name }) => name === 'waits_for_long').waitingOn, 'waitpid');
    assert.equal(await Promise.race([idle, turn().then(() => 'waits')]), 'waits');
    task.cancel();
    assert.equal(await task.result.then(String, (error) => error.code), String(-EINTR));
  }));

  test(`${cc}: a program that is not there is ENOENT`, () => withPrograms({}, async (app) => {
    assert.equal(await app.call.starts('no-such-program'), -ENOENT);
    assert.equal(await app.call.starts_without_a_search('/no/such/program'), -ENOENT);
    assert.equal(await app.call.starts_without_a_search('true'), -ENOENT);
    assert.equal(await app.call.starts('/dev/null'), -EACCES);
    assert.equal(await app.call.starts('true'), 0);
    assert.equal(await app.call.runs_a_command('exit 7'), 7);
    assert.equal(await app.call.asks_for_a_shell(), 1);
  }));

  test(`${cc}: without permission, nothing starts`, async () => {
    const refused = [];
    const posix = { refused: (...what) => refused.push(what) };
    await withPrograms({ posix }, async (app) => {
      assert.equal(await app.call.asks_for_a_shell(), 0);
      assert.deepEqual(refused, []);
      assert.equal(await app.call.starts('true'), -EACCES);
      assert.equal(await app.call.runs_a_command('true'), -EACCES);
      assert.equal(await app.call.opens_a_command('true'), -EACCES);
    });
    assert.deepEqual(refused, [['running true', 'true', 'spawn'], ...Array(2).fill(['running sh', 'sh', 'spawn'])]);
  });

  test(`${cc}: a list permits programs by name and by path`, async (t) => {
    const refused = [];
    const own = join(folderFor(t), 'true');
    copyFileSync('/bin/true', own);
    const spawn = ['true'];
    await withPrograms({ posix: { spawn, refused: (what, entry) => refused.push(entry) } }, async (app) => {
      assert.equal(await app.call.starts('true'), 0);
      assert.equal(await app.call.starts('/bin/true'), 0);
      assert.equal(await app.call.starts(own), -EACCES);
      assert.equal(await app.call.starts('false'), -EACCES);
      assert.equal(await app.call.asks_for_a_shell(), 0);
    });
    assert.deepEqual(refused, [own, 'false']);
    await withPrograms({ posix: { spawn: [own, 'sh'] } }, async (app) => {
      assert.equal(await app.call.starts(own), 0);
      assert.equal(await app.call.starts('true'), -EACCES);
      assert.equal(await app.call.runs_a_command('exit 4'), 4);
      assert.equal(await app.call.asks_for_a_shell(), 1);
    });
  });

  test(`${cc}: a child outlives the app`, async () => {
    let number;
    await withPrograms({}, async (app) => {
      number = await app.call.leaves_one_running();
    });
    assert.ok(isRunning(number));
    process.kill(number);
  });
}

test('what is no list of programs is refused', async () => {
  const options = { fixture: 'posix_processes', posix: { spawn: 'sh' } };
  await assert.rejects(withApp(options, () => {}), {
    message: "load: option 'posix': option 'spawn' must be true, or an array of the names or paths of programs, not "
      + '"sh"',
  });
});
