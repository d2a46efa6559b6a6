/** The protocol of the compile server and its clients: its address, and the frames that they send. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../node/toolchain/cache.js';
import { codeFolders } from '../../node/toolchain/packages.js';

/** @import { Socket } from 'node:net' */

/** The kinds of frames: to the server a request and, when it wants that, stdin; the others to the client. */
export const HELLO = 0;
export const REQUEST = 1;
export const STDIN = 2;
export const STDOUT = 3;
export const STDERR = 4;
export const WANTS_STDIN = 5;
export const STATUS = 6;

/**
 * A request: a command line, or a question about the server itself.
 *
 * @typedef {object} Request
 * @property {string[]} argv
 * @property {string} folder the client's
 * @property {Record<string, string | undefined>} env
 * @property {boolean} isTTY whether stderr is a terminal
 * @property {'state' | 'stop'} [question]
 */

/** @typedef {{ pid: number, memory: number, running: number, waiting: number, seconds: number }} State of a server */

/**
 * @typedef {object} Address
 * @property {string} path of the socket
 * @property {string} [folder] that has it, for this user alone
 */

const onWindows = process.platform === 'win32';

/** The longest path of a socket on these operating systems. */
const PATH_MAX = 103;

/**
 * Where the server of this lull is. A server of other code, of another Node or another user is another one, and so is
 * one with another umask, which belongs to a process.
 *
 * @param {Record<string, string | undefined>} env
 * @returns {Address | undefined} undefined where there can be none
 */
export function addressOf(env) {
  const folder = join(cacheFolder(env), 'server');
  const hash = createHash('sha256');
  const own = [process.version, process.execPath, process.getuid?.(), process.umask(), folder, env.NODE_OPTIONS,
    env.NODE_PATH];
  hash.update(JSON.stringify([...own, ...codeFolders.flatMap(stampsIn)]));
  const key = hash.digest('hex').slice(0, 16);
  if (onWindows) return { path: `\\\\.\\pipe\\lull-${key}` };
  const path = join(folder, `${key}.sock`);
  return Buffer.byteLength(path) <= PATH_MAX ? { path, folder } : undefined;
}

/** @param {string} folder @returns {string[]} */
const stampsIn = (folder) => [folder, ...readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
  const path = join(folder, entry.name);
  if (entry.isDirectory()) return stampsIn(path);
  return entry.name.endsWith('.js') ? stampOf(path) : [];
})];

/**
 * A file's identity, which changes with its contents: packages share their times of modification.
 *
 * @param {string} path
 */
export function stampOf(path) {
  const { ino, size, mtimeMs, ctimeMs } = statSync(path);
  return [ino, size, mtimeMs, ctimeMs].join();
}

/**
 * Whether nobody else can put a socket into the folder.
 *
 * @param {Address} address
 */
export function isPrivate({ folder }) {
  if (folder === undefined) return true;
  try {
    const found = lstatSync(folder);
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

/** Its kind and the length of its contents. */
const HEAD = 5;

/**
 * @param {number} kind
 * @param {string | Uint8Array} [payload]
 */
export function frame(kind, payload = '') {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(HEAD);
  head.writeUInt8(kind);
  head.writeUInt32LE(body.length, 1);
  return Buffer.concat([head, body]);
}

/**
 * @param {Socket} socket
 * @param {(kind: number, payload: Buffer) => void} take called for each frame
 */
export function onFrame(socket, take) {
  /** @type {Buffer} */
  let rest = Buffer.alloc(0);
  socket.on('data', (/** @type {Buffer} */ chunk) => {
    rest = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    while (rest.length >= HEAD) {
      const end = HEAD + rest.readUInt32LE(1);
      if (rest.length < end) return;
      const [kind, payload] = [rest[0], rest.subarray(HEAD, end)];
      rest = rest.subarray(end);
      take(kind, payload);
    }
  });
}
