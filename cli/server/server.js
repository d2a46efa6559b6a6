/**
 * The compile server: it keeps the compilers loaded, and runs the commands of its clients, each with the folder, the
 * environment and the streams of the client. This thread takes the requests; workers run them, one each, as many as
 * there are processors. A client that goes away takes its work with it, and nothing else. See D97.
 */
import { closeSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  HELLO, REQUEST, STATUS, STDERR, STDIN, STDOUT, WANTS_STDIN, addressOf, frame, isPrivate, onFrame,
} from '../client/protocol.js';
import { optimizeLate } from '../tiering.js';

/**
 * @import { Socket } from 'node:net'
 * @import { Address, Request, State } from '../client/protocol.js'
 */

/** @typedef {{ socket: Socket, request: Request, worker?: Worker }} Job */

/** How long a server waits for work, in milliseconds. */
const IDLE = Number(process.env.LULL_SERVER_IDLE ?? 300) * 1000;

/** The memory of this process above which the workers begin anew, when there is no work. */
const MEMORY_MAX = Math.min(1.5e9, Math.max(0.7e9, totalmem() / 4));

const WORKERS_MAX = Math.min(availableParallelism(), 4);

/** A starting server that is older, in milliseconds, has died. */
const START_MAX = 5000;

optimizeLate();

const started = performance.now();

/** @type {Job[]} */
const waiting = [];
/** @type {Map<Worker, Job>} */
const running = new Map();
/** The last one is the warmest. @type {Worker[]} */
const free = [];
/** By the workers. @type {Map<Worker, string>} */
const temporary = new Map();
let workers = 0;

/** @type {NodeJS.Timeout | undefined} */
let idle;

const server = createServer((socket) => {
  /** @type {Job | undefined} */
  let job;
  socket.on('error', () => {}); // closed, too
  socket.on('close', () => job && cancel(job));
  socket.write(frame(HELLO));
  onFrame(socket, (kind, payload) => {
    if (kind === STDIN) job?.worker?.postMessage({ input: new Uint8Array(payload) });
    if (kind !== REQUEST) return;
    /** @type {Request} */
    const request = JSON.parse(payload.toString());
    if (request.question) {
      answer(socket, request.question);
      return;
    }
    job = { socket, request };
    waiting.push(job);
    next();
  });
});

/** Give the waiting work to workers. */
function next() {
  clearTimeout(idle);
  while (waiting.length > 0 && (free.length > 0 || workers < WORKERS_MAX)) {
    const job = /** @type {Job} */ (waiting.shift());
    const worker = free.pop() ?? startWorker();
    job.worker = worker;
    running.set(worker, job);
    worker.postMessage({ request: job.request });
  }
  if (running.size > 0) return;
  if (process.memoryUsage.rss() > MEMORY_MAX) while (free.length > 0) end(/** @type {Worker} */ (free.pop()));
  idle = setTimeout(leave, IDLE);
}

function startWorker() {
  workers++;
  const folder = join(temporaryFolder, String(performance.now()));
  mkdirSync(folder, { recursive: true });
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { temporary: folder } });
  temporary.set(worker, folder);
  worker.on('message', (message) => {
    const job = running.get(worker);
    if (job) receive(worker, job, message);
  });
  // It has run out of memory, or has a bug: its client does the work itself.
  worker.on('error', () => {});
  worker.on('exit', () => {
    running.get(worker)?.socket.destroy();
    forget(worker);
    next();
  });
  return worker;
}

/**
 * @param {Worker} worker
 * @param {Job} job
 * @param {{ stdout?: Uint8Array, stderr?: Uint8Array, wantsInput?: true, stale?: true, status?: number }} message
 */
function receive(worker, job, { stdout, stderr, wantsInput, stale, status }) {
  if (stdout) job.socket.write(frame(STDOUT, stdout));
  if (stderr) job.socket.write(frame(STDERR, stderr));
  if (wantsInput) job.socket.write(frame(WANTS_STDIN));
  if (stale) {
    // A file that it has loaded has changed.
    waiting.unshift(job);
    end(worker);
  } else if (status !== undefined) {
    running.delete(worker);
    job.socket.end(frame(STATUS, new Uint8Array([status])));
    job.worker = undefined;
    free.push(worker);
    next();
  }
}

/** @param {Job} job whose client is gone */
function cancel(job) {
  const place = waiting.indexOf(job);
  if (place >= 0) waiting.splice(place, 1);
  if (job.worker && running.get(job.worker) === job) end(job.worker);
}

/** @param {Worker} worker */
function end(worker) {
  running.delete(worker);
  void worker.terminate(); // and `exit` does the rest
}

/** @param {Worker} worker */
function forget(worker) {
  workers--;
  running.delete(worker);
  if (free.includes(worker)) free.splice(free.indexOf(worker), 1);
  rmSync(/** @type {string} */ (temporary.get(worker)), { recursive: true, force: true });
  temporary.delete(worker);
}

/**
 * @param {Socket} socket
 * @param {'state' | 'stop'} question
 */
function answer(socket, question) {
  /** @type {State} */
  const state = {
    pid: process.pid,
    memory: process.memoryUsage.rss(),
    running: running.size,
    waiting: waiting.length,
    seconds: (performance.now() - started) / 1000,
  };
  socket.write(frame(STDOUT, JSON.stringify(state)));
  socket.end(frame(STATUS, new Uint8Array([0])), () => question === 'stop' && leave());
}

/** @type {Address} */
const address = addressOf(process.env) ?? process.exit(1);

const temporaryFolder = join(address.folder ?? tmpdir(), `${process.pid}.tmp`);

/** The socket's identity in its folder, to see whether another has replaced it. */
let inode = 0;

const ownsSocket = () =>
  address.folder === undefined || statSync(address.path, { throwIfNoEntry: false })?.ino === inode;

function leave() {
  if (ownsSocket()) rmSync(address.path, { force: true });
  rmSync(temporaryFolder, { recursive: true, force: true });
  process.exit();
}

/** Whether a server listens. */
const isThere = () => new Promise((resolve) => {
  const socket = connect(address.path);
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  socket.on('close', () => {}).once('connect', () => socket.destroy());
});

/**
 * Listen where no server does. Of several that start, one does, and the others end.
 *
 * @returns {Promise<boolean>} whether this one does
 */
async function listen() {
  if (address.folder === undefined) return listening();
  mkdirSync(dirname(address.folder), { recursive: true });
  try {
    mkdirSync(address.folder, { mode: 0o700 });
  } catch {
    // It is there, or isPrivate says that it is not.
  }
  if (!isPrivate(address)) return false;
  const lock = `${address.path}.lock`;
  while (!create(lock)) {
    if (await isThere()) return false;
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > START_MAX) rmSync(lock, { force: true });
    else await sleep(20);
  }
  try {
    if (await isThere()) return false;
    rmSync(address.path, { force: true }); // of one that was killed
    await listening();
    inode = statSync(address.path).ino;
    return true;
  } finally {
    rmSync(lock, { force: true });
  }
}

/** @param {string} file @returns {boolean} whether there was none */
function create(file) {
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch {
    return false;
  }
}

/** @returns {Promise<boolean>} */
const listening = () => new Promise((resolve) => {
  server.once('error', () => resolve(false)).listen(address.path, () => resolve(true));
});

const first = await listen().catch(() => false);
process.send?.('ready', () => {
  process.disconnect();
  if (!first) process.exit();
});
if (first) {
  process.on('SIGTERM', leave);
  next();
  // The cache may be removed under it.
  setInterval(() => ownsSocket() || running.size > 0 || leave(), 10_000).unref();
}
