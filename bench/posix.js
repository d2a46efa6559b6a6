/** The calls of POSIX in posix.c, compared with lull's own or with Node's, each side in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { load } from '../node/index.js';
import { nodeHost } from '../node/hostlib/index.js';

/** @import { Socket } from 'node:net' */
/** @typedef {Record<string, (...args: any[]) => Promise<any>>} Calls */

const self = fileURLToPath(import.meta.url);

const CLIENTS = 64, MESSAGE = Buffer.alloc(64, 'x');
const WARM_SECONDS = 1.5, SECONDS = 4;

const CONNECTIONS = 5000, ROUND_TRIPS = 5;

const SLEEPERS = 10_000, NIGHT = 3;
/** So many sleep before the measurement: see heavy.js. */
const NAPPERS = 100, NAP = 0.1;

/**
 * @typedef {object} PosixCase
 * @property {string} name
 * @property {{ name: string, what: string, unit: string }[]} figures
 * @property {number} rounds the number of processes for each side
 * @property {string} baseline
 * @property {(call: Calls, size?: number) => Promise<unknown[]>} run what the process sends: the figures, or what
 *   `measure` needs
 * @property {(call: Calls, size?: number) => Promise<unknown[]>} runBaseline
 * @property {(sent: any[], seconds?: number) => Promise<number[]>} [measure] from outside of the process
 */

/** @param {() => Promise<unknown>} run */
async function milliseconds(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function residentBytes() {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

/**
 * Round trips per second of messages of 64 bytes, one at a time on each of 64 connections.
 *
 * @param {number[]} ports
 */
async function roundTrips([port], seconds = SECONDS) {
  let count = 0;
  const sockets = Array.from({ length: CLIENTS }, () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('data', () => {
      count++;
      socket.write(MESSAGE);
    });
    socket.write(MESSAGE);
    return socket;
  });
  await sleep(Math.min(seconds, WARM_SECONDS) * 1000);
  count = 0;
  const time = await milliseconds(() => sleep(seconds * 1000));
  for (const socket of sockets) socket.destroy();
  return [(count * 1000) / time];
}

/**
 * Milliseconds to open connections and for a byte to go there and back on all of them, and the bytes of memory of each
 * connection, with both ends.
 *
 * @param {(count: number) => Promise<unknown>} open
 * @param {(count: number) => Promise<unknown>} exchange
 * @param {number} count
 */
async function openAndExchange(open, exchange, count) {
  const before = residentBytes();
  const opening = await milliseconds(() => open(count));
  await exchange(count);
  const bytes = (residentBytes() - before) / count;
  const time = await milliseconds(async () => {
    for (let i = 0; i < ROUND_TRIPS; i++) await exchange(count);
  });
  return [opening, time / ROUND_TRIPS, bytes];
}

/** The same with Node's sockets. @param {number} count */
async function openInNode(count) {
  const server = createServer({ noDelay: true }, (socket) => socket.on('data', (bytes) => socket.write(bytes)));
  await once(server.listen(0, '127.0.0.1', 511), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  /** @type {Socket[]} */
  const sockets = [];
  const figures = await openAndExchange(async () => {
    for (let i = 0; i < count; i++) {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      await once(socket, 'connect');
      sockets.push(socket);
    }
  }, async () => {
    const answers = sockets.map((socket) => once(socket, 'data'));
    for (const socket of sockets) socket.write('x');
    await Promise.all(answers);
  }, count);
  for (const socket of sockets) socket.destroy();
  server.close();
  return figures;
}

/**
 * Bytes of memory for each sleeper, and milliseconds to start them.
 *
 * @param {(count: number, seconds: number) => Promise<unknown>} fallAsleep
 * @param {number} count
 */
async function sleepers(fallAsleep, count) {
  await fallAsleep(NAPPERS, NAP);
  await sleep(NAP * 2000);
  const before = residentBytes();
  for (let night = NIGHT; ; night *= 4) {
    const time = await milliseconds(() => fallAsleep(count, night));
    const bytes = (residentBytes() - before) / count;
    if (time < night * 1000) return [bytes, time];
    await sleep(night * 1000); // the first woke before the last was asleep
  }
}

/** @type {PosixCase[]} */
export const posixCases = [
  {
    name: 'posix-echo',
    figures: [{
      name: 'posix-echo', what: 'round trips per second by read() and write(), a thread for each of 64 connections: '
        + 'more is better', unit: '/s',
    }],
    rounds: 3,
    baseline: 'lull_net.h, a task for each',
    run: async ({ serve_by_posix }) => [await serve_by_posix()],
    runBaseline: async ({ serve_by_lull }) => [await serve_by_lull()],
    measure: roundTrips,
  },
  {
    name: 'sockets-10k',
    figures: [
      { name: 'sockets-10k-open', what: 'to connect 5,000 pairs of sockets, one after the other', unit: 'ms' },
      { name: 'sockets-10k', what: 'a byte there and back on all of them, with a thread for each', unit: 'ms' },
      { name: 'sockets-10k-memory', what: 'resident memory of a pair and its thread', unit: 'B' },
    ],
    rounds: 3,
    baseline: 'net of Node',
    async run({ serve_by_posix, open_all, exchange_all }, count = CONNECTIONS) {
      const port = await serve_by_posix();
      return openAndExchange((all) => open_all(all, port), exchange_all, count);
    },
    runBaseline: (_, count = CONNECTIONS) => openInNode(count),
  },
  {
    name: 'threads-10k',
    figures: [
      { name: 'threads-10k', what: '10,000 threads asleep in usleep(): resident memory of each', unit: 'B' },
      { name: 'threads-10k-start', what: 'to start them all', unit: 'ms' },
    ],
    rounds: 3,
    baseline: 'lull_spawn, lull_pause',
    run: ({ fall_asleep_by_posix }, count = SLEEPERS) => sleepers(fall_asleep_by_posix, count),
    runBaseline: ({ fall_asleep_by_lull }, count = SLEEPERS) => sleepers(fall_asleep_by_lull, count),
  },
];

/** @param {Uint8Array} wasm posix.c */
export const loaded = (wasm) => load(wasm, { host: nodeHost(), posix: { net: ['loopback'] } });

/**
 * Measure one side of a case.
 *
 * @param {PosixCase} measured
 * @param {boolean} isBaseline
 * @param {Uint8Array} wasm posix.c
 * @returns {Promise<number[]>} its figures
 */
export async function measurePosix({ name, measure }, isBaseline, wasm) {
  const child = fork(self, { serialization: 'advanced', execArgv: ['--expose-gc'] });
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`${name}: its process ended with ${status}`);
  });
  try {
    child.send({ name, isBaseline, wasm });
    const [sent] = await Promise.race([once(child, 'message'), ended]);
    return await (measure ? measure(sent) : sent);
  } finally {
    ended.catch(() => {});
    child.kill();
  }
}

if (process.argv[1] === self && process.send) {
  const [{ name, isBaseline, wasm }] = await once(process, 'message');
  process.once('disconnect', () => process.exit());
  const asked = /** @type {PosixCase} */ (posixCases.find((one) => one.name === name));
  const { call } = await loaded(wasm);
  process.send(await (isBaseline ? asked.runBaseline : asked.run)(call));
}
