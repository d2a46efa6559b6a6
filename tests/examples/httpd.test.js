/** examples/httpd.c: real clients, slow ones, and such that do not speak HTTP. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { commandLine, compilers } from './support.js';

const HOST = 'Host: x\r\n';

/** Run a server. Resolves with its port, and a function that ends it as Ctrl-C does. */
async function start(compiler, ...args) {
  const child = spawn(process.execPath, commandLine('httpd', compiler, ['--port', '0', ...args]), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk) => { complaints += chunk; });
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(() => assert.fail(complaints)),
  ]);
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill('SIGINT');
      await once(child, 'exit');
    }
    assert.equal(complaints, '');
    assert.equal(child.exitCode, 130); // what Ctrl-C ends, in which way ever
  };
  return { port: Number(/:(\d+)\/$/.exec(line)[1]), stop, child };
}

/** What a server sends until it closes. */
async function rest(socket) {
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

/** Send something, and get all of the answer. The client's side stays open, if it is not told to end. */
async function exchange(port, text, { end = false } = {}) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(text);
  if (end) socket.end();
  const answer = await rest(socket);
  socket.destroy();
  return answer;
}

const statusesOf = (/** @type {string} */ text) =>
  [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, code]) => Number(code));

/** A request by node:http. */
async function ask(port, path, { method = 'GET', headers = {}, body = [], agent } = {}) {
  const asking = request({ port, host: '127.0.0.1', path, method, headers, agent });
  for (const piece of body) asking.write(piece);
  asking.end();
  const [response] = await once(asking, 'response');
  return { status: response.statusCode, headers: response.headers, body: await rest(response), socket: asking.socket };
}

for (const [compiler, condition] of compilers) {
  describe(`httpd, built with ${compiler}`, condition, () => {
    let port = 0, stop;
    before(async () => {
      ({ port, stop } = await start(compiler, '--header-bytes', '1024', '--body-bytes', '1000'));
    });
    after(() => stop());

    test('answers fetch', async () => {
      const asked = Date.now();
      const response = await fetch(`http://127.0.0.1:${port}/?query`);
      assert.equal(response.status, 200);
      assert.equal(await response.text(), 'Hello, world!\n');
      const date = Date.parse(response.headers.get('date') ?? '');
      assert.ok(date > asked - 1000 && date <= Date.now(), response.headers.get('date') ?? ''); // in whole seconds
      assert.equal(new Date(date).toUTCString(), response.headers.get('date'));
    });

    test('one connection serves many requests', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const sockets = new Set();
      for (let i = 0; i < 5; i++) sockets.add((await ask(port, '/', { agent })).socket);
      assert.equal(sockets.size, 1);
      agent.destroy();
    });

    test('a body comes back, with its length known or in chunks', async () => {
      const body = ['some ', 'pieces ', 'of it'];
      const known = await ask(port, '/echo', { method: 'POST', headers: { 'content-length': 17 }, body });
      assert.deepEqual([known.status, known.body], [200, body.join('')]);
      const chunked = await ask(port, '/echo', { method: 'POST', body });
      assert.deepEqual([chunked.status, chunked.body], [200, body.join('')]);
      const empty = await ask(port, '/echo', { method: 'POST' });
      assert.deepEqual([empty.status, empty.body], [200, '']);
    });

    test('a body in chunks that arrive byte by byte', async () => {
      const socket = connect(port, '127.0.0.1').setNoDelay(true);
      const text = `POST /echo HTTP/1.1\r\n${HOST}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n` +
        '4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\nTrailer: t\r\n\r\n';
      for (const byte of text) await new Promise((resolve) => { socket.write(byte, resolve); });
      assert.match(await rest(socket), /\r\n\r\nWikipedia$/);
    });

    test('requests in one packet are answered one after the other', async () => {
      const get = `GET / HTTP/1.1\r\n${HOST}\r\n`;
      const post = `POST /echo HTTP/1.1\r\n${HOST}Content-Length: 4\r\n\r\nbody`;
      const answer = await exchange(port, get + post + get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
      assert.deepEqual(statusesOf(answer), [200, 200, 200]);
      assert.match(answer, /Hello, world!\nHTTP.*\r\n\r\nbodyHTTP.*Hello, world!\n$/s);
    });

    test('a client that ends after its request is answered', async () => {
      assert.deepEqual(statusesOf(await exchange(port, `GET / HTTP/1.1\r\n${HOST}\r\n`, { end: true })), [200]);
    });

    test('HEAD has the head of GET, and no body', async () => {
      const { status, headers, body } = await ask(port, '/', { method: 'HEAD' });
      assert.deepEqual([status, headers['content-length'], body], [200, '14', '']);
    });

    test('HTTP/1.0 closes unless it is asked to stay', async () => {
      assert.match(await exchange(port, 'GET / HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 .*Connection: close\r\n/s);
      const stays = await exchange(port, 'GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n', { end: true });
      assert.match(stays, /Connection: keep-alive\r\n/);
    });

    test('Expect: 100-continue is answered before the body is sent', async () => {
      const socket = connect(port, '127.0.0.1');
      const headers = 'Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n';
      socket.write(`POST /echo HTTP/1.1\r\n${HOST}${headers}\r\n`);
      assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 100 Continue\r\n\r\n$/);
      socket.write('ok');
      assert.match(await rest(socket), /^HTTP\/1\.1 200 .*\r\n\r\nok$/s);
    });

    test('a task that sleeps holds up no other connection', async () => {
      const slow = connect(port, '127.0.0.1');
      let answer = '';
      slow.on('data', (data) => { answer += data; });
      slow.write(`GET / HTTP/1.1\r\n${HOST}\r\nGET /sleep/10 HTTP/1.1\r\n${HOST}\r\n`);
      await once(slow, 'data'); // it has the next one, too
      assert.equal((await ask(port, '/')).status, 200);
      slow.destroy();
      assert.deepEqual(statusesOf(answer), [200]);
      assert.equal((await ask(port, '/sleep/0.01')).status, 200);
    });

    describe('is answered with its status, and the end of the connection:', () => {
      const long = 'x'.repeat(2000);
      const chunks = (/** @type {string} */ text) =>
        `POST /echo HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${text}`;
      const rows = {
        'a line that is no request': [400, 'nonsense\r\n\r\n'],
        'no host': [400, 'GET / HTTP/1.1\r\n\r\n'],
        'two hosts': [400, `GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`],
        'a space before a colon': [400, `GET / HTTP/1.1\r\n${HOST}A : b\r\n\r\n`],
        'a line that continues another': [400, `GET / HTTP/1.1\r\n${HOST} b\r\n\r\n`],
        'a control character': [400, `GET / HTTP/1.1\r\n${HOST}A: \x01\r\n\r\n`],
        'a path that is none': [400, `GET nowhere HTTP/1.1\r\n${HOST}\r\n`],
        'a length that is none': [400, `POST /echo HTTP/1.1\r\n${HOST}Content-Length: 1x\r\n\r\n`],
        'a negative length': [400, `POST /echo HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`],
        'two lengths': [400, `POST /echo HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`],
        'a length and chunks': [
          400,
          `POST /echo HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        ],
        'a chunk of no size': [400, chunks('x\r\n')],
        'a chunk with something behind its size': [400, chunks('1x\r\na\r\n')],
        'a chunk line without CR': [400, chunks('1\na\r\n')],
        'a chunk that is longer than it says': [400, chunks('1\r\nab\r\n')],
        'a body that is too long': [413, `POST /echo HTTP/1.1\r\n${HOST}Content-Length: 1001\r\n\r\n`],
        'a body that is sent and too long': [413, `POST /echo HTTP/1.1\r\n${HOST}Content-Length: 2000\r\n\r\n${long}`],
        'chunks that are too long': [413, chunks(`3e8\r\n${long.slice(0, 1000)}\r\n1\r\n`)],
        'a chunk of a huge size': [413, chunks('fffffffffffffffff\r\n')],
        'a path that is too long': [414, `GET /${long} HTTP/1.1\r\n${HOST}\r\n`],
        'headers that are too long': [431, `GET / HTTP/1.1\r\n${HOST}A: ${long}\r\n\r\n`],
        'too many headers': [431, `GET / HTTP/1.1\r\n${HOST}${'A: b\r\n'.repeat(100)}\r\n`],
        'an expectation that is none': [417, `GET / HTTP/1.1\r\n${HOST}Expect: cake\r\n\r\n`],
        'a method that is none': [501, `BREW / HTTP/1.1\r\n${HOST}\r\n`],
        'a coding that is not known': [501, `POST /echo HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip\r\n\r\n`],
        'HTTP/2.0': [505, `GET / HTTP/2.0\r\n${HOST}\r\n`],
      };
      for (const [what, [code, text]] of Object.entries(rows)) {
        test(what, async () => {
          const answer = await exchange(port, text);
          assert.deepEqual(statusesOf(answer), [code]);
          assert.match(answer, /\r\nConnection: close\r\n/);
        });
      }
    });

    test('a path that leads nowhere is 404, a wrong method 405, and the connection stays', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      assert.equal((await ask(port, '/nowhere', { agent })).status, 404);
      assert.equal((await ask(port, `/${'x'.repeat(300)}`, { agent })).status, 404);
      const { status, headers } = await ask(port, '/echo', { agent });
      assert.deepEqual([status, headers.allow], [405, 'POST']);
      assert.equal((await ask(port, '/', { agent, method: 'DELETE' })).headers.allow, 'GET, HEAD');
      assert.equal((await ask(port, '/sleep/long', { agent })).status, 404);
      agent.destroy();
    });

    describe('a client that is slow', () => {
      /** A server with one short limit: a slow machine, which makes every client slow, does not reach the others. */
      const withLimit = (/** @type {string} */ limit, /** @type {string} */ seconds, body) => async () => {
        const long = ['--idle', '--head', '--body', '--write'].flatMap((other) => [other, '100000']);
        const slow = await start(compiler, ...long, `--${limit}`, seconds);
        await body(slow);
        await slow.stop();
      };

      test('with its head is refused with 408', withLimit('head', '0.3', async (slow) => {
        assert.deepEqual(statusesOf(await exchange(slow.port, 'GET / HT')), [408]);
      }));

      test('with its body is refused with 408', withLimit('body', '0.3', async (slow) => {
        const text = `POST /echo HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nhalf`;
        assert.deepEqual(statusesOf(await exchange(slow.port, text)), [408]);
      }));

      test('with its first request is left without a word', withLimit('idle', '0.3', async (slow) => {
        assert.equal(await exchange(slow.port, ''), '');
      }));

      test('with its next request is left without a word', withLimit('idle', '3', async (slow) => {
        assert.deepEqual(statusesOf(await exchange(slow.port, `GET / HTTP/1.1\r\n${HOST}\r\n`)), [200]);
      }));

      test('with reading loses its connection', withLimit('write', '0.3', async (slow) => {
        const socket = connect(slow.port, '127.0.0.1').pause();
        const closed = new Promise((resolve) => { socket.on('error', () => {}).on('close', resolve); });
        const body = 'x'.repeat(1 << 20);
        const post = `POST /echo HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body}`;
        for (let i = 0; i < 40; i++) socket.write(post); // more than the systems of both sides keep
        await closed; // by a write that fails, because the server has gone
        assert.ok(socket.bytesRead < 40 * body.length, `${socket.bytesRead} bytes`);
      }));
    });

    test('of more connections than there may be, one waits for another to end', async () => {
      const few = await start(compiler, '--connections', '1');
      const first = connect(few.port, '127.0.0.1');
      first.write(`GET / HTTP/1.1\r\n${HOST}\r\n`);
      await once(first, 'data');
      let answered = false;
      const second = ask(few.port, '/').then((answer) => { answered = true; return answer; });
      first.write(`GET / HTTP/1.1\r\n${HOST}\r\n`);
      await once(first, 'data'); // it had the time to answer the other one
      assert.equal(answered, false);
      first.end();
      assert.equal((await second).status, 200);
      await few.stop();
    });

    test('at its end, what has begun is answered, and who waits is sent away', async () => {
      const ending = await start(compiler);
      const idle = connect(ending.port, '127.0.0.1');
      idle.write(`GET / HTTP/1.1\r\n${HOST}\r\n`);
      await once(idle, 'data');
      const busy = connect(ending.port, '127.0.0.1');
      busy.write(`POST /echo HTTP/1.1\r\n${HOST}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
      await once(busy, 'data');
      const stopped = ending.stop();
      assert.equal(await rest(idle), '');
      busy.write('late');
      assert.match(await rest(busy), /^HTTP\/1\.1 200 OK.*Connection: close\r\n\r\nlate$/s);
      await stopped;
    });

    test('a port that is taken is an error row and status 1', async () => {
      const args = commandLine('httpd', compiler, ['--port', String(port)]);
      const { stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      assert.equal(stderr, `httpd: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`);
      assert.equal(status, 1);
    });

    test('a wrong command line is answered with the usage, and status 2', () => {
      for (const words of [['--port'], ['--port', 'x'], ['--port', '65536'], ['--nonsense', '1'], ['--idle', '0']]) {
        const command = commandLine('httpd', compiler, words);
        const { stderr, status } = spawnSync(process.execPath, command, { encoding: 'utf8' });
        assert.match(stderr, /^usage: httpd /);
        assert.equal(status, 2);
      }
    });
  });
}
