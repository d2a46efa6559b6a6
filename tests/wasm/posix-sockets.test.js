/** Sockets within the app, on the loopback in memory that every platform has, and over connections that are given. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../node/index.js';
import { compilers, moduleOf, withApp } from './support.js';

const SCENES = [
  'streams', 'streams_of_ipv6', 'streams_of_unix', 'stdio_of_sockets', 'addresses_that_are_none',
  'connecting', 'mistakes', 'options', 'timeouts', 'resets',
  'large_writes', 'counts_what_has_arrived', 'accepts_later', 'datagrams',
  'states', 'edge_triggered', 'names', 'early_ends', 'leaves_them_open',
  'addresses_of_both_families',
];

const COUNTED = [['a_thread_for_each', 50], ['polled_server', 50], ['many_connections', 500]];

for (const cc of compilers) {
  for (const level of ['0', '2']) {
    for (const name of SCENES) {
      test(`${cc} -O${level}: ${name.replaceAll('_', ' ')}`, () =>
        withApp({ fixture: 'posix_sockets', cc, level }, async (app, clock) => {
          assert.equal(await clock.until(app.call[name]()), 0, 'the line that failed');
        }));
    }
  }

  const withProgram = (body, options) => () => withApp({ fixture: 'posix_sockets', cc, ...options }, body);

  for (const [name, count] of COUNTED) {
    test(`${cc}: ${name.replaceAll('_', ' ')}: ${count}, twice`, withProgram(async (app, clock) => {
      for (let i = 0; i < 2; i++) assert.equal(await clock.until(app.call[name](count)), 0, 'the line that failed');
    }));
  }

  test(`${cc}: a socket that can get no connection any more is no deadlock, and dumps name the wait`, withProgram(
    async (app, clock) => {
      const task = app.spawn('accepts_forever', [], { name: 'main' });
      await clock.advance(10);
      assert.deepEqual(app.tasks().map(({ waitingOn }) => waitingOn), ['accept']);
      task.cancel();
      await clock.until(task.result.catch(() => {}));
      assert.equal(app.exports.how_it_ended(), app.exports.intr());
    },
  ));

  test(`${cc}: a task that is killed in a wait leaves nothing`, withProgram(async (app, clock) => {
    const task = app.spawn('accepts_forever');
    await clock.advance(10);
    task.kill();
    await task.result.catch(() => {});
  }));

  test(`${cc}: each app has a loopback of its own`, withProgram(async (app, clock) => {
    app.spawn('accepts_forever').result.catch(() => {});
    await clock.advance(10);
    await withApp({ fixture: 'posix_sockets', cc }, async (other, otherClock) => {
      const refused = await otherClock.until(other.call.asks('127.0.0.1', 49152, 'x'));
      assert.ok(refused < 0, `${refused}`);
    });
  }));

  test(`${cc}: what is beyond the loopback goes to the connections that are given, by name`, async () => {
    const asked = [];
    const connect = (to) => {
      asked.push(to);
      const { readable, writable } = new TransformStream(); // an echo
      return { readable, writable, opened: Promise.resolve() };
    };
    await withApp({ fixture: 'posix_sockets', cc, posix: { connect } }, async (app, clock) => {
      assert.equal(await clock.until(app.call.asks('example.org', 80, 'hello')), 5);
      assert.equal(await clock.until(app.call.asks('10.0.0.1', 7, 'hello there')), 11);
      assert.deepEqual(asked, [{ hostname: 'example.org', port: 80 }, { hostname: '10.0.0.1', port: 7 }]);
      assert.equal(await clock.until(app.call.a_thread_for_each(2)), 0, 'the loopback stays');
    });
  });

  test(`${cc}: a connection that fails is refused, or what its error says`, async () => {
    const connect = async ({ port }) => {
      throw Object.assign(new Error('no'), port === 80 ? {} : { code: 'EHOSTUNREACH' });
    };
    await withApp({ fixture: 'posix_sockets', cc, posix: { connect } }, async (app, clock, reports) => {
      assert.equal(await clock.until(app.call.asks('example.org', 80, '')), -14, 'ECONNREFUSED');
      assert.deepEqual(reports.splice(0).map(({ message }) => message), ['no'], 'an error without a code is reported');
      assert.equal(await clock.until(app.call.asks('example.org', 81, '')), -23, 'EHOSTUNREACH');
    });
  });

  test(`${cc}: the code of a failed connection that C does not know is EIO, also in SO_ERROR`, async () => {
    const connect = async () => { throw Object.assign(new Error('no'), { code: 'ENOTFOUND' }); };
    await withApp({ fixture: 'posix_sockets', cc, posix: { connect } }, async (app, clock) => {
      assert.equal(await clock.until(app.call.ends_connecting()), 29, 'EIO');
    });
  });

  test(`${cc}: without a network, other machines are unreachable, and their names unknown`, withProgram(
    async (app, clock) => {
      assert.equal(await clock.until(app.call.asks('10.0.0.1', 80, '')), -40, 'ENETUNREACH');
      assert.equal(await clock.until(app.call.asks('example.org', 80, '')), -1002, 'EAI_NONAME');
    },
  ));

  test(`${cc}: a connection may give ArrayBuffers, and what fails at its end is not C's`, async () => {
    let closed = 0;
    const connect = ({ port }) => {
      const { readable, writable } = new TransformStream({
        transform(chunk, controller) {
          controller.enqueue(port === 80 ? chunk.slice().buffer : 'no bytes');
        },
      });
      return {
        readable,
        writable,
        async close() {
          closed++;
          throw new Error('a bad end');
        },
      };
    };
    await withApp({ fixture: 'posix_sockets', cc, posix: { connect } }, async (app, clock, reports) => {
      assert.equal(await clock.until(app.call.asks('example.org', 80, 'hello')), 5);
      assert.equal(await clock.until(app.call.asks('example.org', 81, 'hello')), 0, 'reset');
      assert.match(String(reports.splice(0)), /^TypeError: posix.connect: a chunk of readable must be bytes/);
    });
    await new Promise((done) => setTimeout(done));
    assert.equal(closed, 2);
  });
}

test('options of posix that are none are named, with what fits', async () => {
  const module = await moduleOf('posix_sockets', {});
  const failing = (posix, message) => assert.rejects(load(module, { posix }), { name: 'TypeError', message });
  await failing({ nett: true }, /posix.*nett/);
  await failing({ net: 'all' }, /option 'net' must be true, or an array/);
  await failing({ net: ['a:b:c'] }, /option 'net' must be true, or an array/);
  await failing({ connect: true }, /option 'connect' must be a function/);
});
