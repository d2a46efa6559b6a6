/**
 * Requests per second of examples/httpd.c and of Node's `http` server with the same responses, each in a process of its
 * own, measured by `wrk`. See D9.
 */
import { execFile, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { load } from '../node/index.js';
import { nodeHost } from '../node/hostlib/index.js';

const self = fileURLToPath(import.meta.url);

const CONNECTIONS = 64;
const WARM_SECONDS = 2;
const SECONDS = 4;

export const name = 'httpd';
export const rounds = 3;
export const baseline = 'http of Node';
export const figures = [
  { name: 'httpd', what: 'requests per second of examples/httpd.c, 64 connections: more is better', unit: '/s' },
  { name: 'httpd-p99', what: 'the time that 99 of 100 of these requests take at most', unit: 'us' },
];

/** The response of all servers so far, without the time. @type {string | undefined} */
let expected;

/** Why it cannot be measured; undefined if it can. */
export const missing = () =>
  (spawnSync('wrk', ['--version']).error ? 'there is no wrk (apt install wrk)' : undefined);

/**
 * @param {Uint8Array | undefined} wasm examples/httpd.c; undefined for the baseline
 * @returns {Promise<number[]>} a number for each figure
 */
export async function measure(wasm) {
  const child = fork(self, { serialization: 'advanced', stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    child.send({ wasm });
    return await measureServer(child, (answer) => {
      expected ??= answer;
      if (answer !== expected) throw new Error(`httpd: ${answer} is not ${expected}`);
    });
  } finally {
    child.kill();
  }
}

/**
 * Measure a server that prints its address.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {(answer: string) => void} [check]
 * @returns {Promise<number[]>} a number for each figure
 */
export async function measureServer(child, check = () => {}) {
  const printed = createInterface(/** @type {import('node:stream').Readable} */ (child.stdout));
  const [line] = await once(printed, 'line');
  const port = Number(/:(\d+)\/$/.exec(line)?.[1]);
  check(await answerOf(port));
  await wrk(port, WARM_SECONDS);
  return wrk(port, SECONDS);
}

/** A server's response, byte for byte except the time. @param {number} port */
async function answerOf(port) {
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  let text = '';
  while (!text.endsWith('world!\n')) text += String((await once(socket, 'data'))[0]);
  socket.destroy();
  return text.replace(/^Date: .*$/m, 'Date:');
}

/**
 * @param {number} port
 * @param {number} seconds
 */
async function wrk(port, seconds) {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', `http://127.0.0.1:${port}/`];
  const { stdout } = await promisify(execFile)('wrk', args);
  const [, time, unit] = /^ *99% +([\d.]+)(us|ms|s)$/m.exec(stdout) ?? [];
  const perSecond = /^Requests\/sec: +([\d.]+)$/m.exec(stdout)?.[1];
  if (!perSecond || !time || /Socket errors|Non-2xx/.test(stdout)) throw new Error(`httpd: wrk says\n${stdout}`);
  return [Number(perSecond), Number(time) * (unit === 'us' ? 1 : unit === 'ms' ? 1e3 : 1e6)];
}

/** The baseline. */
function serve() {
  const body = 'Hello, world!\n';
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length });
    response.end(body);
  }).listen(0, '127.0.0.1', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    console.log(`http://127.0.0.1:${port}/`);
  });
}

if (process.argv[1] === self && process.send) {
  const [{ wasm }] = await once(process, 'message');
  process.once('disconnect', () => process.exit());
  if (wasm) await (await load(wasm, { host: nodeHost() })).run(['httpd', '--port', '0']);
  else serve();
}
