/** Threads by the C library's own functions: they are tasks, on one thread. With each compiler. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConsoleStdout, File, OpenFile } from '@bjorn3/browser_wasi_shim';
import { clangOnly, compilers, withApp } from './support.js';

const SCENES = [
  'ends_and_joins', 'attributes', 'limits', 'functions_of_other_types', 'priorities', 'mutexes', 'timed_locks',
  'robust_mutexes', 'conditions', 'timed_conditions', 'read_write_locks', 'barriers', 'semaphores', 'named_semaphores',
  'done_once', 'spin_locks', 'keys', 'thread_locals', 'cancellation',
];

for (const cc of compilers) {
  for (const level of ['0', '2']) {
    const options = { fixture: 'posix_threads', cc, level, wasi: {} };

    for (const name of SCENES) {
      test(`${cc} -O${level}: ${name.replaceAll('_', ' ')}`, () => withApp(options, async (app, clock) => {
        assert.equal(await clock.until(app.call[name]()), 0, 'the line that failed');
      }));
    }
  }

  const options = { fixture: 'posix_threads', cc, wasi: {} };

  test(`${cc}: ten threads that each usleep(100000) end after a tenth of a second`, () =>
    withApp(options, async (app, clock) => {
      assert.equal(await clock.until(app.call.ten_threads()), 0);
      assert.equal(clock.now(), 100);
    }));

  test(`${cc}: ten thousand threads sleep at once`, () => withApp(options, async (app, clock) => {
    assert.equal(await clock.until(app.call.many_threads(10_000)), 0);
    assert.equal(clock.now(), 100);
  }));

  test(`${cc}: code outside of tasks has thread-local variables of its own`, () =>
    withApp(options, async (app, clock) => {
      assert.equal(app.exports.own_outside(1), 6);
      assert.equal(await clock.until(app.call.thread_locals()), 0);
      assert.equal(app.exports.own_outside(1), 7);
    }));

  test(`${cc}: threads that lock two mutexes crosswise are named in the deadlock report`, () =>
    withApp(options, async (app, clock) => {
      app.spawn('locks_crosswise', [], { name: 'main' });
      await clock.advance(10);
      const { message } = await app.idle().then(() => assert.fail('no deadlock'), (thrown) => thrown);
      assert.deepEqual(message.split('\n').slice(1), [
        "  task 1 'main' waits for pthread_join, held by task 2 'thread'",
        "  task 2 'thread' waits for pthread_mutex_lock, held by task 3 'thread'",
        "  task 3 'thread' waits for pthread_mutex_lock, held by task 2 'thread'",
        "  in a circle: 2 'thread' -> 3 'thread' -> 2 'thread'",
      ]);
    }));

  test(`${cc}: a thread that is named has its name in dumps`, () => withApp(options, async (app, clock) => {
    const naming = app.spawn('names_threads');
    await clock.advance(5);
    assert.deepEqual(app.tasks().map(({ name }) => name), ['names_threads', 'reader', 'thread']);
    assert.equal(await clock.until(naming.result), 0, 'the line that failed');
  }));

  test(`${cc}: dumps name the functions that wait, and the app closes while they do`, () =>
    withApp(options, async (app, clock) => {
      app.spawn('waits_in_every_way', []).result.catch(() => {});
      await clock.advance(5);
      assert.deepEqual(app.tasks().map(({ waitingOn }) => waitingOn).sort(), [
        'pause', 'pause', 'pause',
        'pthread_cond_wait', 'pthread_join', 'pthread_join', 'pthread_mutex_lock', 'sem_wait',
      ]);
    }));

  test(`${cc}: outside of a task, a mutex that is locked is EAGAIN, and that is reported`, () =>
    withApp(options, async (app, clock, reports) => {
      assert.equal(app.exports.lock_outside(), 0);
      app.spawn('waits_in_every_way', []).result.catch(() => {});
      await clock.advance(5);
      assert.equal(app.exports.lock_outside(), app.exports.again());
      const [report] = reports.splice(0);
      assert.match(report.message, /^pthread_mutex_lock\(\) cannot wait here/);
    }));

  test(`${cc}: a thread that traps counts as cancelled to its joiner, and the trap is reported`, () =>
    withApp(options, async (app, clock, reports) => {
      assert.equal(await clock.until(app.call.joins_trapped()), -1);
      const [report] = reports.splice(0);
      assert.match(report.message, /^task 2 'thread' trapped: /);
    }));

  test(`${cc}: threads.h of C11`, () => withApp({ fixture: 'c11_threads', cc, wasi: {} }, async (app, clock) => {
    assert.equal(await clock.until(app.call.c11()), 0, 'the line that failed');
  }));

  const endings = [['', 0, ['one']], ['exits', 7, ['one']], ['returns', 3, []]];
  for (const [how, status, lines] of endings) {
    test(`${cc}: main() ${how || 'calls pthread_exit'}, and the program ends as POSIX says`, async () => {
      const printed = [];
      const fds = [new OpenFile(new File([])), ConsoleStdout.lineBuffered((line) => printed.push(line))];
      await withApp({ fixture: 'posix_main', cc, wasi: { fds } }, async (app, clock) => {
        assert.equal(await clock.until(app.run(['main', how])), status);
      });
      assert.deepEqual(printed, lines);
    });
  }
}

test('threads of C++ are threads of POSIX', { skip: clangOnly }, () =>
  withApp({ fixture: 'std_thread.cc', cc: 'clang', wasi: {} }, async (app, clock) => {
    assert.equal(await clock.until(app.call.std_threads(10)), 10);
    assert.equal(clock.now(), 100);
  }));
