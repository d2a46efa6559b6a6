/** WebSockets for C. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compilers } from '../wasm/support.js';
import { bytesOf, cancelled, textOf, until, waiting, withLibrary } from './support.js';
import { BYTES, CLOSE, TEXT, withServer } from './websocket-server.js';

const FLAG = '--experimental-websocket';
const skip = typeof WebSocket === 'function' ? false : 'this engine has no WebSocket';

if (skip && process.allowedNodeEnvironmentFlags.has(FLAG)) {
  test('all of this with the WebSocket that this Node has behind a flag', () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout } = spawnSync(
      process.execPath,
      [FLAG, '--test-reporter=spec', fileURLToPath(import.meta.url)],
      { env, encoding: 'utf8' },
    );
    assert.equal(status, 0, stdout);
    assert.match(stdout, /pass [5-9]|pass \d\d/);
  });
}

const echo = (/** @type {import('./websocket-server.js').Peer} */ peer) => {
  peer.onFrame = (opcode, data) => opcode === CLOSE || peer.send(opcode, data);
};

for (const cc of compilers) {
  test(`${cc}: messages of text and of bytes, there and back`, { skip }, () => withServer(echo, (url) => withLibrary(
    async ({ call }) => {
      const socket = await call.websocket_connect(url, '');
      await call.websocket_send_text(socket, 'grüß dich');
      assert.equal(textOf(await call.websocket_receive(socket)), 'grüß dich');
      assert.equal(await call.websocket_is_text(socket), true);
      await call.websocket_send(socket, new Uint8Array([0, 1, 255]));
      assert.deepEqual([...(await call.websocket_receive(socket))], [0, 1, 255]);
      assert.equal(await call.websocket_is_text(socket), false);
      await call.websocket_close(socket, 1000, 'done');
    },
    {},
    cc,
  )));
}

test('an empty message is a message', { skip }, () => withServer(echo, (url) => withLibrary(async ({ call }) => {
  const socket = await call.websocket_connect(url, '');
  await call.websocket_send_text(socket, '');
  await call.websocket_send_text(socket, 'after it');
  assert.equal((await call.websocket_receive(socket)).length, 0);
  assert.equal(textOf(await call.websocket_receive(socket)), 'after it');
})));

test('the names of protocols go to the server', { skip }, async () => {
  let asked;
  const handle = (/** @type {any} */ { headers }) => { asked = headers['sec-websocket-protocol']; };
  await withServer(handle, (url) => withLibrary(async ({ call }) => {
    await call.websocket_connect(url, 'chat, talk');
  }));
  assert.match(asked, /^chat, ?talk$/);
});

test('after the other side has closed, what it sent before is received, and then why', { skip }, () => withServer(
  (peer) => {
    peer.send(TEXT, 'the last one');
    peer.close(1000, 'enough');
  },
  (url) => withLibrary(async ({ call }) => {
    const socket = await call.websocket_connect(url, '');
    assert.equal(textOf(await call.websocket_receive(socket)), 'the last one');
    const closed = { code: 'ERR_LULL_CLOSED', message: '1000 enough' };
    await assert.rejects(call.websocket_receive(socket), closed);
    await assert.rejects(call.websocket_send_text(socket, 'x'), { code: 'ERR_LULL_CLOSED' });
  }),
));

test('a message that comes after a cancelled call is for the next one', { skip }, async () => {
  let peer;
  await withServer((one) => { peer = one; }, (url) => withLibrary(async (app) => {
    const socket = await app.call.websocket_connect(url, '');
    await cancelled(await waiting(app, 'websocket_receive', [socket]));
    peer.send(BYTES, 'kept');
    assert.equal(textOf(await app.call.websocket_receive(socket)), 'kept');
  }));
});

test('a close ends the wait of another task, and tells the other side why', { skip }, async () => {
  let why;
  const handle = (/** @type {any} */ peer) => {
    peer.onFrame = (/** @type {number} */ opcode, /** @type {Buffer} */ data) => {
      if (opcode === CLOSE) why = `${data.readUInt16BE(0)} ${data.subarray(2)}`;
    };
  };
  await withServer(handle, (url) => withLibrary(async (app) => {
    const socket = await app.call.websocket_connect(url, '');
    const receiving = await waiting(app, 'websocket_receive', [socket]);
    await app.call.websocket_close(socket, 3001, 'tired');
    await assert.rejects(receiving.result, { code: 'ERR_LULL_CLOSED' });
    await until(() => why !== undefined);
  }));
  assert.equal(why, '3001 tired');
});

test('what is open at the end of the app is closed with it', { skip }, async () => {
  let closed = false;
  const handle = (/** @type {any} */ peer) => {
    peer.onFrame = (/** @type {number} */ opcode) => { closed ||= opcode === CLOSE; };
  };
  await withServer(handle, async (url) => {
    await withLibrary(({ call }) => call.websocket_connect(url, ''));
    await until(() => closed);
  });
});

test('a server that is not there, or speaks no WebSocket, is an error', { skip }, () => withLibrary(
  async ({ call }) => {
    await assert.rejects(call.websocket_connect('ws://127.0.0.1:1', ''), /cannot connect to ws:\/\/127.0.0.1:1/);
  },
));

test('a bad argument is an error, and never a trap', { skip }, () => withServer(echo, (url) => withLibrary(
  async ({ call }) => {
    await assert.rejects(call.websocket_connect('no url', ''), { name: 'SyntaxError' });
    const socket = await call.websocket_connect(url, '');
    await assert.rejects(call.websocket_close(socket, 7, ''), { name: 'InvalidAccessError' });
    for (const bad of [0, -1, 99]) {
      await assert.rejects(call.websocket_send_text(bad, 'x'), { code: 'EBADF' });
      await assert.rejects(call.websocket_send(bad, bytesOf('x')), { code: 'EBADF' });
      await assert.rejects(call.websocket_receive(bad), { code: 'EBADF' });
      await assert.rejects(call.websocket_is_text(bad), { code: 'EBADF' });
      await assert.rejects(call.websocket_close(bad, 1000, ''), { code: 'EBADF' });
    }
  },
)));

test('an engine without WebSocket is an error that says so', (t) => {
  const { WebSocket } = globalThis;
  // @ts-expect-error: it is one that has none
  globalThis.WebSocket = undefined;
  t.after(() => { globalThis.WebSocket = WebSocket; });
  return withLibrary(async ({ call }) => {
    await assert.rejects(call.websocket_connect('ws://127.0.0.1', ''), /^Error: this engine has no WebSocket/);
  });
});
