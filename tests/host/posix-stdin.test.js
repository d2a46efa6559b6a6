/** The standard input as a wait of tasks, over streams that the tests fill. With each compiler. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { compilers, turn, withApp } from '../wasm/support.js';

const bytes = (text) => new TextEncoder().encode(text);

/** A stream that counts how often it is asked for a piece, and is given them one by one. */
const KINDS = {
  'a ReadableStream': () => {
    let controller;
    const source = { asked: 0 };
    source.stream = new ReadableStream({
      start: (given) => { controller = given; },
      pull: () => { source.asked++; },
    }, { highWaterMark: 0 });
    source.give = (text) => controller.enqueue(bytes(text));
    source.end = () => controller.close();
    source.fail = (error) => controller.error(error);
    return source;
  },
  'a Readable of Node': () => {
    const source = { asked: 0 };
    source.stream = new Readable({ read() { source.asked++; }, highWaterMark: 1 });
    source.give = (text) => source.stream.push(bytes(text));
    source.end = () => source.stream.push(null);
    source.fail = (error) => source.stream.destroy(error);
    return source;
  },
};

/** What the stream has given arrives within some turns of the event loop. */
async function turns(clock) {
  for (let i = 0; i < 10; i++) {
    await turn();
    await clock.advance(0);
  }
}

for (const cc of compilers) {
  for (const fixture of ['posix_stdin', 'posix_stdin_table']) {
    for (const [kind, make] of Object.entries(KINDS)) {
      const withInput = (body) => async () => {
        const source = make();
        const posix = { stdin: source.stream };
        await withApp({ fixture, cc, posix }, (app, clock, reports) => body(app, clock, source, reports));
      };
      const scene = (name, { pieces, act = turns }) =>
        test(`${cc}: ${fixture}: ${kind}: ${name}`, withInput(async (app, clock, source) => {
          const result = app.call[name]();
          for (const piece of pieces) {
            await act(clock);
            source.give(piece);
          }
          await act(clock);
          source.end();
          await turns(clock);
          assert.equal(await clock.until(result), 0, 'the line that failed');
        }));

      scene('reads', { pieces: ['one\n', 'two\n'] });
      scene('lines', { pieces: ['o', 'ne\nt', 'wo\n4', '2'] });
      scene('nonblocking', { pieces: ['one\n'] });
      scene('polls', { pieces: ['one\n'], act: async (clock) => {
        await turns(clock);
        await clock.advance(1000);
        await turns(clock);
      } });
      if (fixture === 'posix_stdin_table') scene('pipes', { pieces: ['on'] });

      test(`${cc}: ${fixture}: ${kind}: the other tasks run while one waits, and it is no deadlock`, withInput(
        async (app, clock, source) => {
          const reading = app.call.reads_once();
          const idle = app.idle();
          assert.equal(await clock.until(app.call.never_reads()), 0);
          assert.equal(await Promise.race([idle.then(() => 'idle'), turns(clock).then(() => 'waits')]), 'waits');
          source.give('x');
          await turns(clock);
          assert.equal(await reading, 1);
          await idle;
        },
      ));

      test(`${cc}: ${fixture}: ${kind}: nothing is read before C asks, and no more than it asks for`, withInput(
        async (app, clock, source) => {
          source.give('x');
          await clock.until(app.call.never_reads());
          await turns(clock);
          assert.equal(source.asked, 0);
          assert.equal(await Promise.race([app.call.reads_once(), turns(clock).then(() => app.call.never_reads())]), 1);
        },
      ));

      test(`${cc}: ${fixture}: ${kind}: two readers of one FILE lose nothing`, withInput(
        async (app, clock, source) => {
          const readers = [app.call.shares(), app.call.shares(), app.call.shares()];
          await turns(clock);
          for (let i = 1; i <= 40; i++) {
            source.give(i % 2 ? `${i}\n1` : `${i}\n`); // every second piece ends within a line
            if (i % 5 === 0) await turns(clock);
          }
          source.end();
          await turns(clock);
          const counts = await Promise.all(readers);
          assert.equal(counts.reduce((sum, count) => sum - count, 0), 40);
          let sum = 0;
          for (let i = 1; i <= 40; i++) sum += i % 2 ? i : Number(`1${i}`);
          assert.equal(await app.call.shared(), sum);
        },
      ));

      for (const name of ['reads_once', 'gets_once']) {
        test(`${cc}: ${fixture}: ${kind}: a cancellation ends ${name} with EINTR`, withInput(async (app, clock) => {
          const task = app.spawn(name);
          await turns(clock);
          task.cancel();
          await turns(clock);
          assert.equal(await task.result.then(String, (error) => error.code), '-27');
        }));
      }

      for (const name of ['reads_once', 'gets_once']) {
        test(`${cc}: ${fixture}: ${kind}: ${name} is EBADF where another task closes it`, withInput(
          async (app, clock) => {
            const reader = app.call[name]();
            await clock.advance(1);
            assert.equal(await app.call.closes_it(), 0);
            assert.equal(await reader, -8, 'EBADF');
          },
        ));
      }

      test(`${cc}: ${fixture}: ${kind}: closes`, withInput(async (app) => {
        assert.equal(await app.call.closes(), 0, 'the line that failed');
      }));

      test(`${cc}: ${fixture}: ${kind}: a stream that fails is EIO, and reported`, withInput(
        async (app, clock, source, reports) => {
          const reading = app.call.reads_once();
          await turns(clock);
          source.fail(new Error('unplugged'));
          await turns(clock);
          assert.equal(await reading, -29);
          assert.deepEqual(reports.splice(0).map(({ message }) => message), ['unplugged']);
        },
      ));
    }

    test(`${cc}: ${fixture}: without a stream, stdin is empty`, () => withApp({ fixture, cc }, async (app) => {
      assert.equal(await app.call.reads_once(), 0);
      assert.equal(await app.call.gets_once(), 0);
    }));
  }

  test(`${cc}: a stream of text is refused, with the way out`, async () => {
    const stdin = Readable.from(['text']);
    await withApp({ fixture: 'posix_stdin', cc, posix: { stdin } }, async (app, clock, reports) => {
      const reading = app.call.reads_once();
      await turns(clock);
      assert.equal(await reading, -29);
      assert.match(reports.splice(0)[0].message, /stdin: a stream of bytes .* type string; .*encode the text/);
    });
  });

  test(`${cc}: what is no stream is refused`, async () => {
    await assert.rejects(withApp({ fixture: 'posix_stdin', cc, posix: { stdin: 'text' } }, () => {}), {
      message: "load: option 'posix': option 'stdin' must be a ReadableStream, or a Readable of Node, of bytes, not "
        + '"text"',
    });
  });
}
