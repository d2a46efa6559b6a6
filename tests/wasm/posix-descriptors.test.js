/** Pipes, pairs of sockets, event counters, and waits for their state: all within the instance. With each compiler. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConsoleStdout, Directory, File, OpenFile, PreopenDirectory } from '@bjorn3/browser_wasi_shim';
import { compilers, withApp } from './support.js';

const SCENES = [
  'pipes', 'nonblocking', 'large_writes', 'atomic_writes', 'vectors', 'numbers', 'copies', 'files', 'socket_pairs',
  'messages', 'event_counters', 'readiness', 'polls', 'selects', 'epolls', 'stdio_reads', 'stdio_writes',
  'closed_while_waiting', 'cancelled_threads', 'killed_tasks', 'resumed_early',
  'limited_by_a_scope',
];

/** A program's stdin, its output, and an empty folder. */
const host = (printed = []) => ({
  fds: [
    new OpenFile(new File([])), ConsoleStdout.lineBuffered((line) => printed.push(line)),
    ConsoleStdout.lineBuffered(() => {}), new PreopenDirectory('.', new Map([['folder', new Directory(new Map())]])),
  ],
});

for (const cc of compilers) {
  for (const level of ['0', '2']) {
    for (const name of SCENES) {
      test(`${cc} -O${level}: ${name.replaceAll('_', ' ')}`, () =>
        withApp({ fixture: 'posix_descriptors', cc, level, wasi: host() }, async (app, clock) => {
          assert.equal(await clock.until(app.call[name]()), 0, 'the line that failed');
        }));
    }
  }

  const withProgram = (body, printed) => () =>
    withApp({ fixture: 'posix_descriptors', cc, wasi: host(printed) }, body);

  test(`${cc}: a thousand pipes at once, twice`, withProgram(async (app, clock) => {
    assert.equal(await clock.until(app.call.many_pipes(1000)), 0, 'the line that failed');
  }));

  const printed = [];
  test(`${cc}: stdout goes into a pipe, and back to the host`, withProgram(async (app, clock) => {
    assert.equal(await clock.until(app.call.stdout_into_a_pipe()), 0, 'the line that failed');
    await app.idle();
    assert.deepEqual(printed, ['before', 'after']);
  }, printed));

  test(`${cc}: a reader without a writer's doing is a deadlock, which the report names`, withProgram(
    async (app, clock) => {
      app.spawn('reads_forever', [], { name: 'main' });
      await clock.advance(10);
      const { message } = await app.idle().then(() => assert.fail('no deadlock'), (thrown) => thrown);
      assert.deepEqual(message.split('\n').slice(1), ["  task 1 'main' waits for read"]);
    },
  ));

  for (const name of ['reads_forever', 'polls_forever']) {
    test(`${cc}: a cancellation by JavaScript ends what ${name.replaceAll('_', ' ')} with EINTR`, withProgram(
      async (app, clock) => {
        const task = app.spawn(name);
        await clock.advance(1000);
        task.cancel();
        await clock.until(task.result.catch(() => {}));
        assert.equal(app.exports.how_it_ended(), app.exports.intr());
      },
    ));
  }

  test(`${cc}: dumps name the functions that wait, and the app closes while they do`, withProgram(
    async (app, clock) => {
      assert.equal(await clock.until(app.call.waits_in_every_way()), 0);
      await clock.advance(5);
      assert.deepEqual(app.tasks().map(({ waitingOn }) => waitingOn).sort(), [
        'epoll_wait', 'eventfd_read', 'poll', 'read', 'select', 'write',
      ]);
    },
  ));

  test(`${cc}: outside of a task, what would wait is EAGAIN, and that is reported`, withProgram(
    async (app, clock, reports) => {
      assert.equal(app.exports.read_outside(), app.exports.again());
      const [report] = reports.splice(0);
      assert.match(report.message, /^read\(\) cannot wait here/);
    },
  ));

  for (const name of ['of_the_host', 'as_sleeps', 'asks_in_a_loop']) {
    test(`${cc}: poll without other descriptors: ${name.replaceAll('_', ' ')}`, () =>
      withApp({ fixture: 'posix_poll', cc, wasi: host() }, async (app, clock) => {
        assert.equal(await clock.until(app.call[name]()), 0, 'the line that failed');
      }));
  }

  test(`${cc}: a poll for nothing, forever, is named in dumps`, () =>
    withApp({ fixture: 'posix_poll', cc, wasi: host() }, async (app, clock) => {
      app.spawn('waits_for_nothing').result.catch(() => {});
      await clock.advance(1000);
      assert.deepEqual(app.tasks().map(({ waitingOn }) => waitingOn), ['poll']);
    }));
}
