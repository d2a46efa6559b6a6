/**
 * The client of the compile server, which keeps the compilers loaded. Where there is no server, it starts one; where
 * there can be none, the caller does the work itself. Every `lull cc` begins here, so this loads little. See D97.
 */
import { connect } from 'node:net';
import { serverProgram } from '../../node/toolchain/packages.js';
import {
  HELLO, REQUEST, STATUS, STDERR, STDIN, STDOUT, WANTS_STDIN, addressOf, frame, isPrivate, onFrame,
} from './protocol.js';

/**
 * @import { Socket } from 'node:net'
 * @import { Address, Request, State } from './protocol.js'
 */

/**
 * @typedef {object} Streams of a client
 * @property {Record<string, string | undefined>} env
 * @property {{ write: (bytes: Uint8Array) => unknown }} stdout
 * @property {{ write: (bytes: Uint8Array) => unknown, isTTY?: boolean }} stderr
 * @property {AsyncIterable<Uint8Array>} stdin
 */

const SERVED = new Set(['build', 'cc', 'c++', 'ar', 'ranlib', 'nm']);

/** Commands without a compiler, and those that go on for longer. */
const OWN = new Set(['--help', '-h', '--watch']);

/** How long a server may take to begin, and to greet, in milliseconds: else there is none. */
const PATIENCE = 5000;

const BROKEN = 'lull: the compile server has ended in the middle of this. LULL_SERVER=off does without\n';

/**
 * Whether a server may run a command line.
 *
 * @param {string[]} argv
 */
export const isServed = ([name, ...argv]) => SERVED.has(name) && !argv.some((argument) => OWN.has(argument));

/**
 * Have the server run a command, as if it ran here.
 *
 * @param {string[]} argv
 * @param {Streams} streams
 * @returns {Promise<number | undefined>} its status; undefined if there is no server, and nothing has been done
 */
export async function served(argv, streams) {
  const { env } = streams;
  if (env.LULL_SERVER === 'off') return undefined;
  const address = addressOf(env);
  if (!address) return undefined;
  const folder = currentFolder();
  if (folder === undefined) return undefined;
  const request = { argv, folder, env, isTTY: streams.stderr.isTTY ?? false };
  const socket = await reach(address) ?? (await startServer(env) ? await reach(address) : undefined);
  return socket && converse(socket, request, streams);
}

/** Undefined if it has been removed: the caller reports that. */
function currentFolder() {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/**
 * Ask the server about itself, or end it.
 *
 * @param {'state' | 'stop'} question
 * @param {Record<string, string | undefined>} env
 * @returns {Promise<State | undefined>} undefined if there is none
 */
export async function ask(question, env) {
  const address = addressOf(env);
  const socket = address && await reach(address);
  if (!socket) return undefined;
  /** @type {Uint8Array[]} */
  const answer = [];
  const stdout = { write: (/** @type {Uint8Array} */ bytes) => answer.push(bytes) };
  const request = { argv: [], folder: '', env: {}, isTTY: false, question };
  const status = await converse(socket, request, { env, stdout, stderr: process.stderr, stdin: process.stdin });
  return status === 0 ? JSON.parse(Buffer.concat(answer).toString()) : undefined;
}

/**
 * @param {Address} address
 * @returns {Promise<Socket | undefined>}
 */
const reach = (address) => new Promise((resolve) => {
  if (!isPrivate(address)) {
    resolve(undefined);
    return;
  }
  const socket = connect(address.path);
  const fail = () => {
    socket.destroy();
    resolve(undefined);
  };
  const timer = setTimeout(fail, PATIENCE);
  socket.once('error', fail).once('close', () => clearTimeout(timer));
  socket.once('connect', () => {
    clearTimeout(timer);
    socket.off('error', fail);
    resolve(socket);
  });
});

/**
 * @param {Socket} socket
 * @param {Request} request
 * @param {Streams} streams
 * @returns {Promise<number | undefined>}
 */
const converse = (socket, request, { stdout, stderr, stdin }) => new Promise((resolve) => {
  /** @type {number | undefined} */
  let status;
  let printed = false;
  const timer = setTimeout(() => socket.destroy(), PATIENCE);
  onFrame(socket, (kind, payload) => {
    clearTimeout(timer);
    printed ||= kind !== HELLO;
    if (kind === STDOUT) stdout.write(payload);
    else if (kind === STDERR) stderr.write(payload);
    else if (kind === WANTS_STDIN) void sendAll(socket, stdin);
    else if (kind === STATUS) {
      status = payload[0];
      socket.end();
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    clearTimeout(timer);
    if (status === undefined && printed) {
      stderr.write(Buffer.from(BROKEN));
      status = 1;
    }
    resolve(status);
  });
  socket.write(frame(REQUEST, JSON.stringify(request)));
});

/**
 * @param {Socket} socket
 * @param {AsyncIterable<Uint8Array>} stdin
 */
async function sendAll(socket, stdin) {
  const chunks = [];
  for await (const chunk of stdin) chunks.push(chunk);
  socket.write(frame(STDIN, Buffer.concat(chunks)));
}

/**
 * Start a server that outlives this process. It must keep none of its descriptors open, or whoever reads the other end
 * of a pipe waits: `configure` has its output as 6, make's own are often 3 and 4.
 *
 * @param {Record<string, string | undefined>} env
 * @returns {Promise<boolean>} whether one is there
 */
async function startServer(env) {
  const { spawn } = await import('node:child_process');
  const closed = [4, 5, 6, 7, 8, 9].map((number) => `${number}>&-`).join(' ');
  const [program, ...args] = process.platform === 'win32' ? [process.execPath, serverProgram]
    : ['sh', '-c', `exec ${closed}; exec "$0" "$@"`, process.execPath, serverProgram];
  const child = spawn(program, args, {
    cwd: process.platform === 'win32' ? undefined : '/', env, detached: true, windowsHide: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const started = await new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE);
    const end = (/** @type {boolean} */ there) => {
      clearTimeout(timer);
      resolve(there);
    };
    child.once('message', () => end(true)).once('exit', () => end(false)).once('error', () => end(false));
  });
  if (child.connected) child.disconnect();
  child.unref();
  return started;
}
