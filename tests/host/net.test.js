/** TCP for C, with real sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { compilers, turn } from '../wasm/support.js';
import { bytesOf, cancelled, textOf, until, waiting, withLibrary } from './support.js';

const HOST = '127.0.0.1';
const REFUSED = { code: 'ECONNREFUSED' };
const BAD = { code: 'EBADF' };
const CLOSED = { code: 'ERR_LULL_CLOSED' };

/** A listener of C, and its port. */
async function listening({ call }, backlog = 8) {
  const listener = await call.tcp_listen(HOST, 0, backlog);
  return { listener, port: await call.tcp_port(listener) };
}

/** A connection of C with a socket of Node at its other end. */
async function connected(app) {
  const { listener, port } = await listening(app);
  const socket = connect(port, HOST);
  socket.on('error', () => {});
  const connection = await app.call.tcp_accept(listener);
  return { listener, connection, socket };
}

/** A server of Node that a test ends. */
async function withServer(handle, body) {
  const server = createServer({ allowHalfOpen: true }, handle).listen(0, HOST);
  await once(server, 'listening');
  try {
    await body(server.address().port);
  } finally {
    server.close();
  }
}

/** A port at which nobody listens, nor can: it is that of a connection. */
const withTakenPort = (/** @type {(port: number) => Promise<void>} */ body) => withServer(() => {}, async (at) => {
  const client = connect(at, HOST);
  await once(client, 'connect');
  try {
    await body(client.localPort);
  } finally {
    client.destroy();
  }
});

/** Go on when no listener of this process is left. A port that has been freed may be another process's at once. */
const untilClosed = () => until(() => !process.getActiveResourcesInfo().includes('TCPServerWrap'));

const text = async (/** @type {any} */ socket) => {
  let all = '';
  for await (const chunk of socket) all += chunk;
  return all;
};

for (const cc of compilers) {
  test(`${cc}: what one side writes, the other one reads, in both directions`, () => withLibrary(async (app) => {
    const { connection, socket } = await connected(app);
    socket.write('to C');
    assert.equal(textOf(await app.call.tcp_read(connection, 100)), 'to C');
    await app.call.tcp_write(connection, bytesOf('to JavaScript'));
    assert.equal(String((await once(socket, 'data'))[0]), 'to JavaScript');
    socket.destroy();
  }, {}, cc));
}

test('C connects to a server', () => withServer((socket) => socket.end('hello'), (port) => withLibrary(async (app) => {
  const connection = await app.call.tcp_connect(HOST, port);
  assert.equal(textOf(await app.call.tcp_read(connection, 100)), 'hello');
  assert.equal(await app.call.tcp_peer(connection), `${HOST}:${port}`);
  await app.call.tcp_close(connection);
})));

test('C connects to C', () => withLibrary(async (app) => {
  const { listener, port } = await listening(app);
  const [near, far] = await Promise.all([app.call.tcp_connect(HOST, port), app.call.tcp_accept(listener)]);
  assert.equal(await app.call.tcp_peer(far), `${HOST}:${await app.call.tcp_port(near)}`);
  await app.call.tcp_write(near, bytesOf('across'));
  assert.equal(textOf(await app.call.tcp_read(far, 100)), 'across');
}));

test('a read takes no more than was asked for, and the next one takes the rest', () => withLibrary(async (app) => {
  const { connection, socket } = await connected(app);
  socket.end('abcdef');
  let all = '';
  for (;;) {
    const piece = textOf(await app.call.tcp_read(connection, 4));
    if (!piece) break;
    assert.ok(piece.length <= 4);
    all += piece;
  }
  assert.equal(all, 'abcdef');
}));

test('the end of the other side is length 0, as often as one reads', () => withLibrary(async (app) => {
  const { connection, socket } = await connected(app);
  socket.end();
  assert.equal((await app.call.tcp_read(connection, 100)).length, 0);
  assert.equal((await app.call.tcp_read(connection, 100)).length, 0);
  await app.call.tcp_write(connection, bytesOf('still open this way'));
  await app.call.tcp_close(connection);
  assert.equal(await text(socket), 'still open this way');
}));

test('a shutdown sends the end, and reading goes on', () => withLibrary(async (app) => {
  const { connection, socket } = await connected(app);
  await app.call.tcp_write(connection, bytesOf('last words'));
  await app.call.tcp_shutdown(connection);
  assert.equal(await text(socket), 'last words');
  await assert.rejects(app.call.tcp_write(connection, bytesOf('more')), { code: 'EPIPE' });
}));

test('after a shutdown the other side can answer', () => withLibrary(async (app) => {
  const { listener, port } = await listening(app);
  const socket = connect({ port, host: HOST, allowHalfOpen: true });
  const connection = await app.call.tcp_accept(listener);
  socket.on('end', () => socket.end('answer')).resume();
  await app.call.tcp_shutdown(connection);
  assert.equal(textOf(await app.call.tcp_read(connection, 100)), 'answer');
}));

test('what was written is sent before the close', () => withLibrary(async (app) => {
  const { connection, socket } = await connected(app);
  const much = new Uint8Array(3e6).fill(97);
  const read = text(socket);
  await app.call.tcp_write(connection, much);
  await app.call.tcp_close(connection);
  assert.equal((await read).length, much.length);
}));

test('a connection that nobody listens for is refused with the message of the system', () =>
  withTakenPort((port) => withLibrary(async (app) => {
    const message = `connect ECONNREFUSED ${HOST}:${port}`;
    await assert.rejects(app.call.tcp_connect(HOST, port), { ...REFUSED, message });
  })));

test('a port that is taken is an error', () => withServer(() => {}, (port) => withLibrary(async (app) => {
  await assert.rejects(app.call.tcp_listen(HOST, port, 1), { code: 'EADDRINUSE' });
})));

test('several tasks that accept get their connections in the order in which they came', () => withLibrary(
  async (app) => {
    const { listener, port } = await listening(app);
    const first = await waiting(app, 'tcp_accept', [listener]);
    const second = await waiting(app, 'tcp_accept', [listener]);
    const a = await app.call.tcp_connect(HOST, port);
    const atA = await first.result;
    const b = await app.call.tcp_connect(HOST, port);
    const atB = await second.result;
    assert.equal(await app.call.tcp_peer(atA), `${HOST}:${await app.call.tcp_port(a)}`);
    assert.equal(await app.call.tcp_peer(atB), `${HOST}:${await app.call.tcp_port(b)}`);
  },
));

test('a connection that comes after a cancelled accept is for the next one', () => withLibrary(async (app) => {
  const { listener, port } = await listening(app);
  await cancelled(await waiting(app, 'tcp_accept', [listener]));
  const near = await app.call.tcp_connect(HOST, port);
  await app.call.tcp_write(near, bytesOf('kept'));
  const connection = await app.call.tcp_accept(listener);
  assert.equal(textOf(await app.call.tcp_read(connection, 100)), 'kept');
}));

test('what comes after a cancelled read is for the next one', () => withLibrary(async (app) => {
  const { connection, socket } = await connected(app);
  await cancelled(await waiting(app, 'tcp_read', [connection, 100]));
  socket.write('kept');
  await until(() => socket.bytesWritten === 4);
  assert.equal(textOf(await app.call.tcp_read(connection, 100)), 'kept');
  socket.destroy();
}));

test('what comes after a read that timed out is for the next one', () => withLibrary(async (app, clock) => {
  const { connection, socket } = await connected(app);
  const late = await waiting(app, 'tcp_read_within', [connection, 1]);
  const failing = assert.rejects(late.result, { code: 'ERR_LULL_TIMEDOUT' });
  await clock.advance(1000);
  await failing;
  socket.write('late');
  assert.equal(textOf(await app.call.tcp_read(connection, 100)), 'late');
  socket.destroy();
}));

test('of two reads, the first is cancelled and the second gets what comes', () => withLibrary(async (app) => {
  const { connection, socket } = await connected(app);
  const first = await waiting(app, 'tcp_read', [connection, 100]);
  const second = await waiting(app, 'tcp_read', [connection, 100]);
  await cancelled(first);
  socket.write('for the second');
  assert.equal(textOf(await second.result), 'for the second');
  socket.destroy();
}));

test('a cancelled connect closes its socket', () => withLibrary(async (app) => {
  // An address of no network (RFC 5737) that may take packets and never answers, or be unreachable at once.
  const task = app.spawn('tcp_connect', ['192.0.2.1', 9]);
  await turn();
  task.cancel();
  await assert.rejects(task.result);
  await until(() => !process.getActiveResourcesInfo().includes('TCPConnectWrap'));
}));

/** Go on when a number does not change any more: the systems' buffers of both sides are full. */
async function settled(/** @type {() => number} */ number) {
  for (let before = NaN, now = number(); now !== before;) {
    for (let i = 0; i < 200; i++) await turn();
    [before, now] = [now, number()];
  }
}

test('a writer waits for a slow reader', () => withLibrary(async (app, clock) => {
  const { connection, socket } = await connected(app);
  socket.pause();
  const filling = app.spawn('tcp_fill', [connection, 1]);
  await settled(() => app.stats().switches);
  await clock.advance(1000);
  const written = await filling.result;
  assert.ok(written > 0 && written < 64e6, `${written} bytes`);
  let read = 0;
  socket.on('data', (chunk) => { read += chunk.length; }).resume();
  await until(() => read >= written);
  socket.destroy();
}));

test('while nobody reads, the other side has to wait', () => withLibrary(async (app) => {
  const { connection, socket } = await connected(app);
  const block = Buffer.alloc(65536);
  const blocks = 1000;
  for (let i = 0; i < blocks; i++) socket.write(block);
  let read = (await app.call.tcp_read(connection, 65536)).length; // from here on it takes what comes
  await settled(() => socket.writableLength);
  assert.ok(socket.writableLength > 0, 'all was taken');
  socket.end();
  for (let bytes; (bytes = await app.call.tcp_read(connection, 1 << 20)).length;) read += bytes.length;
  assert.equal(read, blocks * block.length);
}));

test('a close ends the waits of other tasks', () => withLibrary(async (app) => {
  const { listener, connection, socket } = await connected(app);
  const reading = await waiting(app, 'tcp_read', [connection, 100]);
  const accepting = await waiting(app, 'tcp_accept', [listener]);
  await app.call.tcp_close(connection);
  await app.call.tcp_close(listener);
  await assert.rejects(reading.result, CLOSED);
  await assert.rejects(accepting.result, CLOSED);
  socket.destroy();
}));

test('a task that is cancelled can close', () => withLibrary(async (app) => {
  const { connection, socket } = await connected(app);
  const task = app.spawn('tcp_close_cancelled', [connection]);
  await turn();
  task.cancel();
  assert.equal(await task.result, 0);
  assert.equal(await text(socket), '');
  await assert.rejects(app.call.tcp_read(connection, 1), BAD);
}));

test('a connection that is reset fails reads and writes', () => withLibrary(async (app) => {
  const { connection, socket } = await connected(app);
  const reading = await waiting(app, 'tcp_read', [connection, 100]);
  socket.resetAndDestroy();
  await assert.rejects(reading.result, { code: 'ECONNRESET' });
  await assert.rejects(app.call.tcp_read(connection, 100), { code: 'ECONNRESET' });
  await assert.rejects(app.call.tcp_write(connection, bytesOf('x')), { code: 'ECONNRESET' });
}));

test('more connections than the backlog holds are reset', () => withLibrary(async (app) => {
  const { listener, port } = await listening(app, 1);
  const kept = connect(port, HOST);
  await once(kept, 'connect');
  const reset = connect(port, HOST);
  const [error] = await once(reset, 'error');
  assert.equal(error.code, 'ECONNRESET');
  const connection = await app.call.tcp_accept(listener);
  assert.equal(await app.call.tcp_peer(connection), `${HOST}:${kept.localPort}`);
  kept.destroy();
}));

test('a bad argument is an error, and never a trap', () => withLibrary(async (app) => {
  const { connection, listener, socket } = await connected(app);
  for (const descriptor of [0, -1, 12345, 2 ** 31 - 1]) {
    await assert.rejects(app.call.tcp_read(descriptor, 1), BAD);
    await assert.rejects(app.call.tcp_write(descriptor, bytesOf('x')), BAD);
    await assert.rejects(app.call.tcp_shutdown(descriptor), BAD);
    await assert.rejects(app.call.tcp_close(descriptor), BAD);
    await assert.rejects(app.call.tcp_accept(descriptor), BAD);
  }
  await assert.rejects(app.call.tcp_read(listener, 1), BAD);
  await assert.rejects(app.call.tcp_accept(connection), BAD);
  await assert.rejects(app.call.file_read(connection, 1), BAD);
  await assert.rejects(app.call.tcp_read(connection, 0), { code: 'EINVAL' });
  await assert.rejects(app.call.tcp_listen(HOST, 0, -1), { code: 'EINVAL' });
  for (const port of [-1, 65536]) {
    await assert.rejects(app.call.tcp_listen(HOST, port, 1), { code: 'ERR_SOCKET_BAD_PORT' });
    await assert.rejects(app.call.tcp_connect(HOST, port), { code: 'ERR_SOCKET_BAD_PORT' });
  }
  socket.destroy();
}));

test('a closed descriptor stays closed, whatever is opened after it', () => withLibrary(async (app) => {
  const { listener, connection, socket } = await connected(app);
  await app.call.tcp_close(connection);
  await assert.rejects(app.call.tcp_close(connection), BAD);
  const again = connect(await app.call.tcp_port(listener), HOST);
  assert.notEqual(await app.call.tcp_accept(listener), connection);
  await assert.rejects(app.call.tcp_read(connection, 1), BAD);
  again.destroy();
  socket.destroy();
}));

test('what is open at the end of the app is closed with it', async () => {
  let socket;
  await withLibrary(async (app) => {
    ({ socket } = await connected(app));
    assert.ok(process.getActiveResourcesInfo().includes('TCPServerWrap'));
  });
  assert.equal(await text(socket), '');
  await untilClosed();
});
