/**
 * How long a closed connection lives, on fake timers: a file of its own, because the library takes them at its import.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { mock, test } from 'node:test';

mock.timers.enable({ apis: ['setTimeout'] });
const { nodeHost } = await import('../../node/hostlib/index.js');
const { withApp } = await import('../wasm/support.js');
const { until, waiting } = await import('./support.js');

const MUCH = new Uint8Array(64 << 20); // more than the systems of both sides keep

for (const [what, behave] of Object.entries({
  'takes nothing': (socket) => socket.pause(),
  'takes nothing, and sends without end': (socket) => {
    socket.pause();
    const send = () => socket.write(Buffer.alloc(1024), (error) => { if (!error) setImmediate(send); });
    send();
  },
  'takes a little now and then': (socket) => {
    socket.pause();
    const take = () => {
      socket.read(1024);
      if (!socket.destroyed) setImmediate(take);
    };
    take();
  },
})) {
  test(`a closed connection is gone after five seconds, if the other side ${what}`, async () => {
    await withApp({ fixture: 'host_library', host: nodeHost() }, async (app) => {
      const listener = await app.call.tcp_listen('127.0.0.1', 0, 8);
      const socket = connect({ port: await app.call.tcp_port(listener), host: '127.0.0.1', allowHalfOpen: true });
      let gone = false;
      socket.on('error', () => {}).on('close', () => { gone = true; });
      const connection = await app.call.tcp_accept(listener);
      behave(socket);
      const writing = await waiting(app, 'tcp_write', [connection, MUCH]);
      await app.call.tcp_close(connection);
      await assert.rejects(writing.result, { code: 'ERR_LULL_CLOSED' });
      const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
      mock.timers.tick(4999);
      for (let i = 0; i < 100; i++) await new Promise((resolve) => { setImmediate(resolve); });
      assert.equal(sockets(), 2);
      mock.timers.tick(1);
      await until(() => sockets() <= 1); // ours is gone
      socket.destroy();
      await until(() => gone);
    });
  });
}
