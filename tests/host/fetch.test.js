/** HTTP requests for C, by `fetch`. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { compilers } from '../wasm/support.js';
import { bytesOf, cancelled, textOf, until, waiting, withLibrary } from './support.js';

const NOTHING = new Uint8Array();

/** @type {import('node:http').Server} */
let server;
let base = '';
/** The requests that are not answered yet, by path. @type {Map<string, any>} */
const held = new Map();

before(async () => {
  server = createServer(async (request, response) => {
    if (request.url === '/echo') {
      response.writeHead(201, { 'x-method': request.method, 'x-given': request.headers['x-given'] ?? '' });
      for await (const chunk of request) response.write(chunk);
      response.end();
    } else if (request.url === '/missing') response.writeHead(404).end('not here');
    else if (request.url === '/none') response.writeHead(204).end();
    else held.set(request.url, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const get = (/** @type {any} */ { call }, /** @type {string} */ path) => call.fetch('', base + path, '', NOTHING);

async function bodyOf({ call }, response) {
  let text = '';
  for (let piece; (piece = textOf(await call.fetch_read(response, 5)));) text += piece;
  return text;
}

for (const cc of compilers) {
  test(`${cc}: method, headers and body go, and status, headers and body come`, () => withLibrary(async (app) => {
    const { call } = app;
    const headers = 'X-Given:  a value \r\naccept: text/plain\n';
    const response = await call.fetch('PUT', `${base}/echo`, headers, bytesOf('what was sent'));
    assert.equal(await call.fetch_status(response), 201);
    assert.equal(await call.fetch_header(response, 'X-Method'), 'PUT');
    assert.equal(await call.fetch_header(response, 'x-given'), 'a value');
    assert.equal(await call.fetch_header(response, 'x-other'), '');
    assert.equal(await bodyOf(app, response), 'what was sent');
    await call.fetch_close(response);
  }, {}, cc));
}

test('a status that says no is no failure', () => withLibrary(async (app) => {
  const response = await get(app, '/missing');
  assert.equal(await app.call.fetch_status(response), 404);
  assert.equal(await bodyOf(app, response), 'not here');
}));

test('a response without a body ends at once', () => withLibrary(async (app) => {
  assert.equal(await bodyOf(app, await get(app, '/none')), '');
}));

test('a server that is not there is an error that says why', () => withLibrary(async (app) => {
  await assert.rejects(app.call.fetch('GET', 'http://127.0.0.1:1/', '', NOTHING), /fetch failed: .*(REFUSED|bad port)/);
}));

test('a bad argument is an error, and never a trap', () => withLibrary(async ({ call }) => {
  await assert.rejects(call.fetch('GET', 'no url', '', NOTHING), TypeError);
  await assert.rejects(call.fetch('NO METHOD', base, '', NOTHING), TypeError);
  await assert.rejects(call.fetch('GET', base, 'no colon', NOTHING), /this header has no colon: no colon/);
  for (const response of [0, -1, 99]) {
    await assert.rejects(call.fetch_status(response), { code: 'EBADF' });
    await assert.rejects(call.fetch_header(response, 'x'), { code: 'EBADF' });
    await assert.rejects(call.fetch_read(response, 1), { code: 'EBADF' });
    await assert.rejects(call.fetch_close(response), { code: 'EBADF' });
  }
}));

test('a request that is cancelled is aborted', () => withLibrary(async (app) => {
  const task = await waiting(app, 'fetch', ['GET', `${base}/slow`, '', NOTHING]);
  await until(() => held.has('/slow'));
  const closed = once(held.get('/slow'), 'close');
  await cancelled(task);
  await closed;
}));

test('what comes after a cancelled read is for the next one', () => withLibrary(async (app) => {
  const asking = get(app, '/parts');
  await until(() => held.has('/parts'));
  const parts = held.get('/parts');
  parts.flushHeaders();
  const response = await asking;
  await cancelled(await waiting(app, 'fetch_read', [response, 100]));
  parts.write('first');
  assert.equal(textOf(await app.call.fetch_read(response, 100)), 'first');
  parts.end('second');
  assert.equal(await bodyOf(app, response), 'second');
}));

test('a close drops the rest, and ends the wait of another task', () => withLibrary(async (app) => {
  const asking = get(app, '/dropped');
  await until(() => held.has('/dropped'));
  const dropped = held.get('/dropped');
  dropped.flushHeaders();
  const response = await asking;
  const reading = await waiting(app, 'fetch_read', [response, 100]);
  const closed = once(dropped, 'close');
  await app.call.fetch_close(response);
  await assert.rejects(reading.result, { code: 'ERR_LULL_CLOSED' });
  await closed;
}));

test('a response that breaks off is an error', () => withLibrary(async (app) => {
  const asking = get(app, '/broken');
  await until(() => held.has('/broken'));
  const broken = held.get('/broken');
  broken.writeHead(200, { 'content-length': 10 }).write('half');
  const response = await asking;
  assert.equal(textOf(await app.call.fetch_read(response, 100)), 'half');
  broken.destroy();
  await assert.rejects(app.call.fetch_read(response, 100));
}));

test('what is open at the end of the app is dropped with it', async () => {
  let closed;
  await withLibrary(async (app) => {
    const asking = get(app, '/left');
    await until(() => held.has('/left'));
    closed = once(held.get('/left'), 'close');
    held.get('/left').flushHeaders();
    await asking;
  });
  await closed;
});
