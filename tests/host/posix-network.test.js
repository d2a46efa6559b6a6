/** The sockets of C on the machine's network. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { nodeClock } from '../../node/clock.js';
import { compilers, withApp } from '../wasm/support.js';

const SCENES = [
  'streams', 'streams_of_ipv6', 'streams_of_unix', 'connecting', 'mistakes', 'options', 'timeouts', 'resets',
  'large_writes', 'stdio_of_sockets', 'counts_what_has_arrived', 'datagrams', 'states',
  'edge_triggered', 'names', 'early_ends', 'leaves_them_open',
  'addresses_of_both_families',
];
const COUNTED = [['a_thread_for_each', 50], ['polled_server', 50], ['many_connections', 500]];

const folder = mkdtempSync(join(tmpdir(), 'lull-sockets-'));
const home = process.cwd();
before(() => process.chdir(folder));
after(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

/** An echo server of the machine's. */
async function echo() {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, [Symbol.asyncDispose]: () => new Promise((done) => server.close(done)) };
}

for (const cc of compilers) {
  const withNetwork = (posix, body) => withApp({ fixture: 'posix_sockets', cc, clock: nodeClock, posix }, body);

  for (const name of SCENES) {
    test(`${cc}: ${name.replaceAll('_', ' ')}`, () => withNetwork({ net: true }, async (app) => {
      assert.equal(await app.call[name](), 0, 'the line that failed');
    }));
  }

  for (const [name, count] of COUNTED) {
    test(`${cc}: ${name.replaceAll('_', ' ')}: ${count}`, () => withNetwork({ net: true }, async (app) => {
      assert.equal(await app.call[name](count), 0, 'the line that failed');
    }));
  }

  test(`${cc}: the loopback alone: all but another address`, () => withNetwork({ net: ['loopback'] }, async (app) => {
    for (const name of ['streams', 'streams_of_unix', 'datagrams', 'names']) {
      assert.equal(await app.call[name](), 0, 'the line that failed');
    }
    assert.equal(await app.call.asks('10.0.0.1', 80, ''), -2, 'EACCES');
  }));

  test(`${cc}: a lookup ends also where the function of the user's that is told of its refusal throws`, () => {
    const refused = () => {
      throw new TypeError('of the user');
    };
    return withNetwork({ net: ['loopback'], refused }, async (app, _, reports) => {
      assert.ok(await app.call.asks('other.example', 80, '') < 0);
      assert.equal(String(reports.splice(0)), 'TypeError: of the user');
    });
  });

  for (const connects of [false, true]) {
    const what = connects ? 'its socket, which connects,' : 'its socket';
    test(`${cc}: a datagram is sent though ${what} is closed at once`, async () => {
      const server = createSocket('udp4').bind(0, '127.0.0.1');
      await once(server, 'listening');
      const message = once(server, 'message');
      await withNetwork({ net: ['loopback'] }, async (app) => {
        assert.equal(await app.call.sends_and_closes(server.address().port, connects), 0, 'the line that failed');
      });
      assert.equal(String((await message)[0]), 'late');
      server.close();
    });
  }

  test(`${cc}: a peer on the machine`, async () => {
    const { port, [Symbol.asyncDispose]: end } = await echo();
    const text = 'x'.repeat(300_000);
    await withNetwork({ net: ['loopback'] }, async (app) => {
      assert.equal(await app.call.asks('localhost', port, text), text.length);
      assert.equal(await app.call.asks('127.0.0.1', port, ''), 0);
    });
    await end();
  });

  test(`${cc}: what is not allowed is refused, with the entry that would allow it`, async () => {
    const refused = [];
    const net = ['127.0.0.1:9', 'localhost', '[0:0:0:0:0:0:0:2]:80'];
    const posix = { net, refused: (what, entry) => refused.push([what, entry]) };
    await withNetwork(posix, async (app) => {
      assert.equal(await app.call.asks('127.0.0.1', 8, ''), -2, 'EACCES');
      assert.equal(await app.call.asks('example.org', 80, ''), -2, 'EACCES');
      assert.equal(await app.call.asks('127.0.0.1', 9, ''), -14, 'allowed: ECONNREFUSED');
      assert.notEqual(await app.call.asks('::2', 80, ''), -2, 'allowed, in whatever form');
      assert.ok(await app.call.streams() > 0);
      assert.equal(await app.call.asks('localhost', 8, ''), -14, 'a name allows its addresses');
    });
    assert.deepEqual(refused, [
      ['connect to 127.0.0.1:8', '127.0.0.1:8'], ['the lookup of example.org', 'example.org'],
      ['listen at 127.0.0.1:0', '127.0.0.1:0'],
    ]);
  });
}
