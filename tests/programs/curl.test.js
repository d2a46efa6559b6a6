/** curl, with a thread for each lookup of a name, against a server of HTTP in Node. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from './servers.js';
import { sourcesOf } from './sources.js';
import { lull, shell } from './support.js';

/** The check for IPv6 is C of before 1999, which clang refuses. */
const OPTIONS = '--disable-shared --without-ssl --without-zlib --enable-ipv6';

/** The statuses of curl. */
const CANNOT_RESOLVE = 6, CANNOT_CONNECT = 7, HTTP_ERROR = 22, CANNOT_WRITE = 23, TIMED_OUT = 28;

const LARGE = Buffer.from(Array.from({ length: 5_000_000 }, (_, index) => (index * 2654435761) >>> 13));

/** @param {Uint8Array} bytes */
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  const { pathname } = new URL(request.url ?? '', 'http://localhost');
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (pathname === '/never') return;
  if (pathname === '/none') response.writeHead(404);
  if (pathname === '/moved') response.writeHead(302, { location: '/large' });
  if (pathname !== '/large') {
    response.end(`${request.method} ${request.socket.remotePort} ${hashOf(body)}\n`);
  } else if (first) {
    response.writeHead(206, { 'content-range': `bytes ${first}-${last}/${LARGE.length}` });
    response.end(LARGE.subarray(Number(first), Number(last) + 1));
  } else {
    response.end(LARGE);
  }
}

test('curl by configure and make, with threads that look up names', async (t) => {
  const folder = sourcesOf(t, 'curl', ['make']);
  if (!folder) return;
  await shell(folder, `./configure ${OPTIONS} && make -j2 -C lib && make -j2 -C src`);
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close() && server.closeAllConnections());
  const url = `http://127.0.0.1:${server.address().port}`;
  const work = join(folder, 'work');
  mkdirSync(work);

  /** @param {string[]} args @returns {Promise<{ status: number, stdout: string, stderr: string }>} */
  const run = (program, args) => new Promise((resolve) => {
    execFile('sh', ['-c', `exec ${program} -sS "$@"`, 'sh', ...args], { cwd: work }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }));
  });
  const curl = (...args) => run('../src/curl', args);
  const limited = (...args) => run(`${lull} run ../src/curl --`, args);
  /** @param {Promise<{ status: number, stdout: string, stderr: string }>} running */
  const output = async (running) => {
    const { status, stdout, stderr } = await running;
    assert.deepEqual([status, stderr], [0, '']);
    return stdout;
  };

  await t.test('a large body, over redirects, by a name', async () => {
    await output(curl('-L', `${url.replace('127.0.0.1', 'localhost')}/moved`, '-o', 'large'));
    assert.equal(hashOf(readFileSync(join(work, 'large'))), hashOf(LARGE));
  });

  await t.test('a part, a form and an upload', async () => {
    assert.equal(await output(curl('-r', '1000-1099', `${url}/large`, '-o', 'part')), '');
    assert.deepEqual(readFileSync(join(work, 'part')), LARGE.subarray(1000, 1100));
    const posted = new RegExp(`^POST \\d+ ${hashOf(Buffer.from('a=1&b=2'))}\n$`);
    assert.match(await output(curl('-d', 'a=1', '-d', 'b=2', `${url}/form`)), posted);
    const put = new RegExp(`^PUT \\d+ ${hashOf(readFileSync(join(work, 'large')))}\n$`);
    assert.match(await output(curl('-T', 'large', `${url}/file`)), put);
  });

  await t.test('one connection for several URLs, and several at once', async () => {
    const [first, second, third] = (await output(curl(`${url}/[1-3]`))).split('\n').map((line) => line.split(' ')[1]);
    assert.ok(first && first === second && second === third);
    const written = ['-o', 'a', '-o', 'b', '-o', 'c', '-w', '%{http_code} '];
    const { status, stdout } = await curl('-Z', `${url}/one`, `${url}/two`, `${url}/large`, ...written);
    assert.deepEqual([status, stdout], [0, '200 200 200 ']); // its meter is on stderr
  });

  await t.test('failures have the statuses of curl', async () => {
    const statusOf = async (...args) => (await curl(...args)).status;
    assert.equal(await statusOf('-f', `${url}/none`), HTTP_ERROR);
    assert.equal(await statusOf(`http://127.0.0.1:${await freePort()}/`), CANNOT_CONNECT);
    assert.equal(await statusOf('http://no-such-host.invalid/'), CANNOT_RESOLVE);
    assert.equal(await statusOf('--max-time', '0.5', `${url}/never`), TIMED_OUT);
  });

  await t.test('under lull run, it writes in the current folder, and reaches the loopback', async () => {
    await output(limited(`${url}/large`, '-o', 'granted'));
    assert.deepEqual(readFileSync(join(work, 'granted')), LARGE);
    assert.equal((await limited(`${url}/large`, '-o', '../outside')).status, CANNOT_WRITE);
    assert.ok(!existsSync(join(folder, 'outside')));
    const refused = await limited('http://192.0.2.1/');
    assert.equal(refused.status, CANNOT_CONNECT);
    assert.match(refused.stderr, /192\.0\.2\.1:80.*--allow-net=192\.0\.2\.1:80/);
  });
});
