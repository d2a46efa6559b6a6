/** The child processes of C: node:child_process. See D117. */
import { spawn } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve, sep } from 'node:path';
import { posixError } from '../../js/posix/network.js';
import {
  PROCESS_ERRORS, READABLE, STDIO_HOST, STDIO_INPUT, STDIO_NONE,
} from '../../js/posix/protocol.js';
import { CHILD_SIGNALS, SIGNALS } from '../../js/posix/terminal-protocol.js';
import { StreamSocket } from '../../js/posix/stream-socket.js';

/** @import { ChildProcess } from 'node:child_process' */
/** @import { Calls, PosixPlatform } from '../../js/posix/index.js' */
/** @import { Link, LinkEvents } from '../../js/posix/network.js' */
/** @import { Memory } from '../../js/marshal/memory.js' */

/** By their places. */
const ALL_SIGNALS = [...SIGNALS, ...CHILD_SIGNALS];

/** Milliseconds that a closed pipe has to take its buffered bytes. */
const LINGER = 5000;

/** As they are at the import: see linger.js. */
const { setTimeout, clearTimeout } = globalThis;

/** A pipe to a child. @implements {Link} */
class Pipe {
  /** @param {any} stream a Writable, or a Readable */
  constructor(stream) {
    this.#stream = stream;
  }

  #stream;
  #paused = false;
  /** @type {LinkEvents | undefined} */
  #events;
  local = undefined;
  remote = undefined;

  /** @param {LinkEvents} events */
  start(events) {
    this.#events = events;
    const stream = this.#stream;
    const broken = () => this.#events?.failed('EPIPE');
    if (stream.write) {
      stream.on('drain', () => this.#events?.drained());
      stream.on('error', broken).on('close', broken);
    }
    if (!stream.read || stream.readable === false) return;
    let ended = false;
    const end = () => {
      if (!ended) this.#events?.ended();
      ended = true;
    };
    stream.on('data', (/** @type {Uint8Array} */ bytes) => {
      if (this.#paused) stream.pause(); // Node has it flow when the child ends
      this.#events?.data(bytes);
    });
    stream.on('end', end).on('error', end).on('close', end);
  }

  /** @param {Uint8Array} bytes */
  write(bytes) {
    return this.#stream.write(bytes);
  }

  end() {
    this.#stream.end();
  }

  pause() {
    this.#paused = true;
    this.#stream.pause();
  }

  resume() {
    this.#paused = false;
    this.#stream.resume();
  }

  close() {
    const stream = this.#stream;
    this.#events = undefined;
    if (!stream.writable) return void stream.destroy();
    stream.end();
    const timer = setTimeout(() => stream.destroy(), LINGER).unref();
    stream.on('close', () => clearTimeout(timer));
  }

  reset() {
    this.#stream.destroy();
  }

  set() {}
}

/** A child, as C waits for it. */
class Child {
  /**
   * @param {ChildProcess} process
   * @param {() => void} ended
   */
  constructor(process, ended) {
    this.#process = process;
    process.on('exit', (code, signal) => {
      const place = signal ? ALL_SIGNALS.indexOf(signal) : 0;
      this.#status = signal ? 0x10000 + (place < 0 ? ALL_SIGNALS.length : place) : (Number(code) & 0xff) << 8;
      ended();
    });
  }

  #process;
  /** @type {number | undefined} */
  #status;

  settle() {
    if (this.#status === undefined) throw posixError('EINPROGRESS');
    return this.#status;
  }

  close() {
    this.#process.unref();
  }
}

/**
 * The real path of a file, but for its last link: programs look at the name by which they are called.
 *
 * @param {string} path
 */
function placeOf(path) {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

/**
 * The files of a name in folders.
 *
 * @param {string} name
 * @param {string} folders as PATH has them
 * @param {string} [from] where relative ones begin
 */
const inFolders = (name, folders, from = '.') =>
  folders.split(delimiter).map((folder) => join(resolve(from, folder), name));

/** Whether a file can be executed. @param {string} file @returns {string | undefined} the code of an error */
function obstacle(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isDirectory() ? 'EACCES' : undefined;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code ?? 'EIO';
  }
}

/**
 * The first file that can be executed; throws where there is none.
 *
 * @param {string[]} files
 * @returns {string}
 */
function firstOf(files) {
  let code = 'ENOENT';
  for (const file of files) {
    const found = obstacle(file);
    if (!found) return file;
    if (found !== 'ENOENT' && found !== 'ENOTDIR') code = found;
    else if (files.length === 1) code = found;
  }
  throw posixError(code);
}

/**
 * Whether a list permits a program: by the name by which the host's own PATH finds it, or by its path.
 *
 * @param {boolean | readonly string[] | undefined} entries
 * @param {string} file
 */
function isPermitted(entries, file) {
  if (typeof entries !== 'object') return entries === true;
  const place = placeOf(file);
  return entries.some((entry) => filesOf(entry).some((path) => placeOf(path) === place));
}

/** The files that an entry stands for. @param {string} entry */
const filesOf = (entry) => (entry.includes(sep) ? [resolve(entry)] : inFolders(entry, process.env.PATH ?? ''));

/** The texts of an array of C's. @param {Memory} memory @param {number} pointer */
function textsAt(memory, pointer) {
  const texts = [];
  for (let at = pointer >>> 2; at && memory.u32[at]; at++) texts.push(memory.text(memory.u32[at]) ?? '');
  return texts;
}

/**
 * The real path of a folder, or a file, of the program's: in one of the machine's folders that it has, by its name for
 * it; else the machine's.
 *
 * @param {any[]} fds
 * @param {string} path
 */
function realPath(fds, path) {
  const folders = fds.filter((fd) => typeof fd?.folder === 'string' && fd.name?.startsWith('/'));
  const [best] = folders.map(({ name, folder }) => ({ name: name.replace(/\/*$/, '/'), folder }))
    .filter(({ name }) => `${path}/`.startsWith(name)).sort((a, b) => b.name.length - a.name.length);
  return best ? join(best.folder, path.slice(best.name.length)) : path;
}

/** Whether a program has folders of the machine. @param {any[]} fds */
const hasFolders = (fds) => fds.some((fd) => typeof fd?.folder === 'string');

/**
 * The imports of C.
 *
 * @type {(...given: Parameters<Required<PosixPlatform>['processes']>) => Calls}
 */
export const processes = (options, instance, fds, known, tellerOf) => {
  /** @type {Map<number, ChildProcess>} */
  const running = new Map();
  /** Those that began a group, which may outlive them. @type {Set<number>} */
  const leaders = new Set();

  /**
   * @param {number} at of the struct lull__start, in words
   * @param {boolean} isAsked whether it may be refused
   */
  const find = (at, isAsked) => {
    const { memory } = instance;
    const [name, path] = [memory.u32[at], memory.u32[at + 1]].map((pointer) => memory.text(pointer));
    const folder = memory.text(memory.u32[at + 4]) ?? '/';
    const cwd = hasFolders(fds()) ? realPath(fds(), folder) : process.cwd();
    if (!name) throw posixError('ENOENT');
    const file = firstOf(path === null
      ? [name.startsWith('/') ? realPath(fds(), name) : resolve(cwd, name)] : inFolders(name, path, cwd));
    if (!isPermitted(options.spawn, file)) {
      const short = basename(file);
      const entry = isPermitted([short], file) ? short : file;
      if (isAsked) options.refused?.(`running ${entry}`, entry, 'spawn');
      throw posixError('EACCES');
    }
    return { file, cwd };
  };

  /** @param {number} number */
  const descriptorOf = (number) => fds()[number]?.fd ?? fds()[number]?.file;

  return {
    /** @param {number} pointer NULL: whether it may be started @param {number} start */
    spawn: withErrors((pointer, start) => {
      const at = start >>> 2;
      const { file, cwd } = find(at, pointer !== 0);
      if (!pointer) return 0;
      const { memory } = instance;
      if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) throw posixError('ENOENT');
      const [argv0 = '', ...args] = textsAt(memory, memory.u32[at + 2]);
      const env = Object.fromEntries(textsAt(memory, memory.u32[at + 3]).map((text) => {
        const [name] = text.split('=', 1);
        return [name, text.slice(name.length + 1)];
      }));
      const given = Array.from({ length: 16 }, (_, index) => {
        const [kind, value] = memory.u32.subarray(at + 6 + 2 * index, at + 8 + 2 * index);
        return { kind, value };
      });
      while (given.length > 3 && given.at(-1)?.kind === STDIO_NONE) given.pop();
      const stdio = given.map(({ kind, value }) =>
        (kind === STDIO_HOST ? descriptorOf(value) : kind === STDIO_NONE ? 'ignore' : 'pipe'));
      const detached = memory.u32[at + 5] !== 0;
      const child = spawn(file, args, { argv0, cwd, env, stdio, detached });
      child.on('error', () => {});
      if (child.pid === undefined) throw posixError('EAGAIN'); // Node says why later; the files are there
      const tell = tellerOf(pointer);
      const number = child.pid;
      running.set(number, child);
      if (detached) leaders.add(number);
      const { lull_signaled: signaled } = instance.exports;
      if (signaled) instance.pending++; // its end may be what a task waits for, in pause() or sigwait()
      known.set(pointer, new Child(child, () => {
        running.delete(number);
        tell(READABLE, READABLE);
        if (signaled) instance.pending--;
        if (!instance.ended) signaled?.(SIGNALS.indexOf('SIGCHLD'));
      }));
      for (const [index, { kind, value }] of given.entries()) {
        if (kind < STDIO_INPUT) continue;
        const pipe = new StreamSocket(/** @type {any} */ (undefined), 1, tellerOf(value));
        pipe.adopt(new Pipe(child.stdio[index]));
        known.set(value, pipe);
      }
      return number;
    }),

    /** @param {number} number @param {number} asFile */
    shares(number, asFile) {
      const fd = fds()[number];
      if (number === 0 && options.stdin && options.stdin !== process.stdin) return 0;
      return Number(typeof fd?.fd === 'number' || (asFile !== 0 && typeof fd?.file === 'number'));
    },

    /** @param {number} number @param {number} signal */
    kill: withErrors((number, signal) => {
      const id = number | 0;
      const name = /** @type {NodeJS.Signals} */ (ALL_SIGNALS[signal]);
      const child = running.get(id);
      if (id >= 0) child?.kill(name);
      else if (leaders.has(-id)) process.kill(id, name);
    }),
  };
};

/**
 * An import with errors of its own.
 *
 * @param {(a: number, b: number) => number | void} run
 */
const withErrors = (run) => (/** @type {number} */ a, /** @type {number} */ b) => {
  try {
    return run(a, b);
  } catch (error) {
    const code = String(/** @type {NodeJS.ErrnoException} */ (error).code);
    if (!Object.hasOwn(PROCESS_ERRORS, code)) throw error;
    return -PROCESS_ERRORS[code];
  }
};
