/**
 * Files that answer with promises, as the calls of WASI: a call begins an operation, whose number C gets in place of an
 * error; C's task waits, and takes the answer (src/posix/file_waits.h). Loaded for the option `posix.folders`.
 * See D119.
 */
import { wasi } from '@bjorn3/browser_wasi_shim';
import { show, wrong } from '../marshal/check.js';
import { decode, encode } from '../marshal/text.js';
import { gather, pieces, scatter } from './crossing.js';
import { errnoOf, FileError, Store } from './promised-store.js';
import { FILE_PENDING } from './protocol.js';

/** @import { Instance } from '../core/instance.js' */
/** @import { PosixOptions } from '../lull.js' */
/** @import { Folder, Node } from './promised-store.js' */

/**
 * The adapter for WASI, as far as it is used here.
 *
 * @typedef {object} Base
 * @property {any[]} fds
 * @property {Record<string, (...args: any[]) => any>} imports
 * @property {() => Promise<void> | undefined} end
 */

/** Puts an answer into memory. @typedef {(() => void) | void} Put */

/**
 * @typedef {object} Operation
 * @property {(() => void) | undefined} accept of a change that may go on without C: what C gets of it
 * @property {boolean} left C does not wait for it
 * @property {boolean} accepted and takes it for done
 * @property {number | undefined} error undefined: it is under way
 * @property {Put} put
 * @property {bigint} waiter the task; 0: none
 */

/** How much a read of a FILE reads ahead: its own buffer is small. */
const AHEAD = 16384;

const READ = 1n << 1n;
const WRITE = 1n << 6n;
const ALL_RIGHTS = (1n << 29n) - 1n;
const NUMBERS = 1 << 30;

const { OFLAGS_CREAT, OFLAGS_DIRECTORY, OFLAGS_EXCL, OFLAGS_TRUNC } = wasi;

/** @param {number} number @returns {never} */
const fail = (number) => {
  throw new FileError(number);
};

/** A descriptor of a file. */
class PromisedFile {
  /**
   * @param {Store} store
   * @param {Node} node
   * @param {bigint} rights
   * @param {number} flags
   */
  constructor(store, node, rights, flags) {
    this.store = store;
    this.node = node;
    this.rights = rights;
    this.flags = flags;
  }

  position = 0;
  /** The end of the last operation that depends on the position. @type {Promise<unknown>} */
  #queue = Promise.resolve();
  /** How many of them may change it, or the contents. */
  busy = 0;
  /** Bytes read before C asks. @type {{ position: number, version: number, bytes: Uint8Array } | undefined} */
  ahead;
  /** For the next read or write. */
  fails = 0;
  /** Whether the next write is not waited for. */
  accepts = false;
  /** The failure of a write that was not waited for: for the next change, or the close. @type {unknown} */
  failure;

  /**
   * @template T
   * @param {() => Promise<T>} act
   * @param {number} [changes] 0: it changes nothing
   * @returns {Promise<T>}
   */
  next(act, changes = 1) {
    this.busy += changes;
    const done = this.#queue.then(act).finally(() => { this.busy -= changes; });
    this.#queue = done.catch(() => {});
    return done;
  }

  /** Bytes that were read ahead, from the position on. @param {number} size */
  takeAhead(size) {
    const { ahead, position } = this;
    if (!ahead || ahead.version !== this.node.version) return undefined;
    const at = position - ahead.position;
    if (at < 0 || (at >= ahead.bytes.length && (at > 0 || ahead.bytes.length))) return undefined;
    return ahead.bytes.subarray(at, at + size);
  }

  /** Throw the failure of an earlier operation. */
  check() {
    const { fails, failure } = this;
    this.fails = 0;
    if (fails) fail(fails);
    this.failure = undefined;
    if (failure) throw failure;
  }

  /** @param {bigint} right */
  needs(right) {
    if (!(this.rights & right)) fail(wasi.ERRNO_BADF);
  }

  isAppending() {
    return (this.flags & wasi.FDFLAGS_APPEND) !== 0;
  }
}

/** A descriptor of a folder. */
class PromisedFolder {
  /**
   * @param {Store} store
   * @param {Folder} folder
   * @param {Uint8Array} [name] under which C has it from the beginning
   */
  constructor(store, folder, name) {
    this.store = store;
    this.folder = folder;
    this.name = name;
  }

  /** The listing that is being read. @type {{ name: string, type: number, inode: bigint }[]} */
  entries = [];
}

/** @param {any} fd @returns {fd is PromisedFile | PromisedFolder} */
const isPromised = (fd) => fd instanceof PromisedFile || fd instanceof PromisedFolder;

/** Where the calls that do not begin with a descriptor, or have two, have it. @type {Record<string, number[]>} */
const DESCRIPTORS = { path_symlink: [2], path_link: [0, 4], path_rename: [0, 3], fd_renumber: [0, 1] };

/**
 * Put the folders among the descriptors of WASI, and their calls in place of WASI's.
 *
 * @param {Instance} instance
 * @param {NonNullable<PosixOptions['folders']>} folders
 * @param {Base} base
 * @returns {Record<string, (...args: any[]) => any>} imports
 */
export function promisedFiles(instance, folders, base) {
  const { fds, imports, end } = base;
  /** @type {Store[]} */
  const stores = [];
  /** @type {Map<number, Operation>} */
  const operations = new Map();
  let count = 0;
  /** Those that change files. @type {Set<Promise<void>>} */
  const changes = new Set();

  for (const [path, handle] of Object.entries(folders)) {
    if (!/^(\/+[^/\0]+)+\/*$/.test(path)) {
      throw wrong("load: option 'posix': the path of a folder", "an absolute one, such as '/store'", path);
    }
    const methods = ['getDirectoryHandle', 'getFileHandle', 'removeEntry', 'values'];
    if (methods.some((name) => typeof /** @type {any} */ (handle)?.[name] !== 'function')) {
      throw wrong(`load: option 'posix': the folder ${show(path)}`, 'a FileSystemDirectoryHandle, as from '
        + 'navigator.storage.getDirectory()', handle);
    }
    const store = new Store(BigInt(FILE_PENDING + stores.length));
    stores.push(store);
    fds.push(new PromisedFolder(store, { handle, path: '' }, encode(path.replace(/\/+$/, ''))));
  }

  const view = () => new DataView(instance.memory.u8.buffer);
  const word = (/** @type {number} */ at, /** @type {number} */ value) => view().setUint32(at, value, true);
  const text = (/** @type {number} */ at, /** @type {number} */ length) => {
    const path = decode(instance.memory.u8.subarray(at, at + length));
    return path.includes('\0') ? fail(wasi.ERRNO_INVAL) : path;
  };
  /** As long as memory does not grow. */
  const memoryOf = (/** @type {number[][]} */ vectors) =>
    vectors.map(([at, size]) => instance.memory.u8.subarray(at, at + size));
  /** @param {number} vectors @param {number} count @returns {[number[][], size: number]} */
  const vectorsAt = (vectors, count) => {
    const found = pieces(instance.memory, vectors, count, 0).map(({ byteOffset, length }) => [byteOffset, length]);
    return [found, found.reduce((sum, [, size]) => sum + size, 0)];
  };

  /** The number for C of an error, which is reported if it is none of a file's. @param {unknown} error */
  const numberOf = (error) => {
    const number = errnoOf(error);
    if (number === undefined) instance.report(error);
    return number ?? wasi.ERRNO_IO;
  };

  /**
   * Begin an operation. Of a change: `file`, and `accept` where it may go on without C, with what C gets of it;
   * `accepts` if it does from the beginning; `isLast` if nothing later could tell C of its failure. Of `isAwaited`, C
   * waits for the end alone.
   *
   * @param {(operation: Operation) => Promise<Put>} act
   * @param {{ file?: PromisedFile, accept?: () => void, accepts?: boolean, isLast?: boolean,
   *   isAwaited?: boolean }} [options]
   * @returns {number} for C
   */
  function begin(act, { file, accept, accepts, isLast, isAwaited } = {}) {
    /** @type {Operation} */
    const operation = { accept, left: false, accepted: false, error: undefined, put: undefined, waiter: 0n };
    const number = FILE_PENDING + (count++ % NUMBERS);
    operations.set(number, operation);
    instance.pending++;
    const ended = act(operation).then((put) => finish(0, put), (error) => {
      const isLost = isLast && (operation.accepted || !operation.waiter);
      if (isLost) instance.report(error);
      else if (operation.accepted && file) file.failure ??= error;
      finish(isLost || operation.left ? 0 : numberOf(error), undefined);
    });
    const finish = (/** @type {number} */ error, /** @type {Put} */ put) => {
      instance.pending--;
      changes.delete(ended);
      operation.error = error;
      operation.put = put;
      const isTaken = operation.waiter && !operation.left && wake(operation);
      if (!isTaken || isAwaited) operations.delete(number);
    };
    if (file) changes.add(ended);
    return accepts && leave(number, true) ? 0 : number;
  }

  /** Whether its task runs on. @param {Operation} operation */
  const wake = ({ waiter }) => instance.enter(() => instance.exports.lull_file_answered(waiter)) === 0;

  /**
   * @param {number} number
   * @param {boolean} accepts
   * @returns {boolean} whether C takes it for done
   */
  function leave(number, accepts) {
    const operation = operations.get(number);
    operations.delete(number);
    if (!operation) return false;
    operation.left = true;
    operation.accepted = accepts && operation.accept !== undefined;
    if (operation.accepted) operation.accept?.();
    return operation.accepted;
  }

  /**
   * @param {number} at
   * @param {Store} store
   * @param {string} path
   * @param {{ size: number, lastModified: number }} [file] undefined: it is a folder
   */
  const putStat = (at, store, path, file) => () => {
    const memory = view();
    const time = BigInt(Math.trunc(file?.lastModified ?? 0)) * 1_000_000n;
    [store.device, store.inodeOf(path), 0n, 1n, BigInt(file?.size ?? 0), time, time, time].forEach((value, index) =>
      memory.setBigUint64(at + 8 * index, value, true));
    memory.setUint8(at + 16, file ? wasi.FILETYPE_REGULAR_FILE : wasi.FILETYPE_DIRECTORY);
  };

  /** @param {PromisedFolder} folder @param {number} at @param {number} length */
  const placeAt = (folder, at, length) => {
    const path = text(at, length);
    return () => folder.store.place(folder.folder, path);
  };

  /** @param {any} fd */
  const fileOf = (fd) => (fd instanceof PromisedFile ? fd : fail(wasi.ERRNO_ISDIR));
  /** @param {any} fd */
  const folderOf = (fd) => (fd instanceof PromisedFolder ? fd : fail(wasi.ERRNO_NOTDIR));

  /** @param {PromisedFile} file */
  const close = (file) => begin(async () => {
    await file.next(async () => {}, 0); // what is under way ends first
    await file.store.release(file.node);
    file.check();
  }, { file, accept() {}, isLast: true });

  /**
   * @param {PromisedFile} file
   * @param {number} vectors
   * @param {number} count
   * @param {number} done
   * @param {() => number} [place] of a pwrite
   */
  function write(file, vectors, count, done, place) {
    const { accepts } = file;
    file.accepts = false;
    file.check();
    file.needs(WRITE);
    const data = gather(memoryOf(vectorsAt(vectors, count)[0]));
    const put = () => word(done, data.length);
    const at = () => (file.isAppending() ? undefined : place ? place() : file.position);
    return begin(async () => {
      if (place) {
        await file.node.write(data, at);
      } else {
        await file.next(async () => {
          file.position = await file.node.write(data, at);
        });
      }
      return put;
    }, { file, accept: put, accepts });
  }

  /**
   * By the names of WASI. They take the descriptors, each with its number, and then the other arguments. What they
   * return is C's result; nothing is success.
   *
   * @type {Record<string, (...args: any[]) => any>}
   */
  const calls = {
    fd_read(fd, _, vectors, count, done) {
      const file = fileOf(fd);
      file.check();
      file.needs(READ);
      const [found, size] = vectorsAt(vectors, count);
      const put = (/** @type {Uint8Array} */ bytes) => () => {
        scatter(bytes, memoryOf(found));
        word(done, bytes.length);
      };
      const take = (/** @type {Uint8Array} */ bytes) => {
        file.position += bytes.length;
        if (!bytes.length) file.ahead = undefined; // the end is looked for anew
        return put(bytes);
      };
      const ahead = file.busy ? undefined : file.takeAhead(size);
      if (ahead) return take(ahead)();
      return begin((operation) => file.next(async () => {
        const bytes = file.takeAhead(size) ?? await file.node.read(file.position, size);
        return operation.left ? undefined : take(bytes);
      }));
    },

    fd_pread(fd, _, vectors, count, offset, done) {
      const file = fileOf(fd);
      file.needs(READ);
      const [found, size] = vectorsAt(vectors, count);
      return begin(async () => {
        const bytes = await file.node.read(Number(offset), size);
        return () => {
          scatter(bytes, memoryOf(found));
          word(done, bytes.length);
        };
      });
    },

    fd_write: (fd, _, vectors, count, done) =>
      write(fd instanceof PromisedFile ? fd : fail(wasi.ERRNO_BADF), vectors, count, done),
    fd_pwrite: (fd, _, vectors, count, offset, done) =>
      write(fd instanceof PromisedFile ? fd : fail(wasi.ERRNO_BADF), vectors, count, done, () => Number(offset)),

    fd_seek(fd, _, offset, whence, result) {
      const file = fileOf(fd);
      if (whence > wasi.WHENCE_END) fail(wasi.ERRNO_INVAL);
      const seek = (/** @type {number} */ from) => {
        const position = from + Number(offset);
        if (position < 0) fail(wasi.ERRNO_INVAL);
        file.position = position;
        return () => view().setBigUint64(result, BigInt(position), true);
      };
      const start = () => (whence === wasi.WHENCE_CUR ? file.position : 0);
      if (!file.busy && whence !== wasi.WHENCE_END) return seek(start())();
      return begin((operation) => file.next(async () => {
        const from = whence === wasi.WHENCE_END ? (await file.node.file()).size : start();
        return operation.left ? undefined : seek(from);
      }));
    },

    fd_tell(fd, _, result) {
      view().setBigUint64(result, BigInt(fileOf(fd).position), true);
    },

    fd_advise() {},

    fd_allocate(fd, _, offset, length) {
      const file = fileOf(fd);
      file.needs(WRITE);
      return begin(() => file.next(async () => {
        const size = Number(offset + length);
        if ((await file.node.file()).size < size) await file.node.resize(size);
      }), { file });
    },

    fd_filestat_set_size(fd, _, size) {
      const file = fd instanceof PromisedFile ? fd : fail(wasi.ERRNO_INVAL);
      if (!(file.rights & WRITE)) fail(wasi.ERRNO_INVAL);
      return begin(() => file.next(() => file.node.resize(Number(size))), { file });
    },

    fd_filestat_get(fd, _, at) {
      if (fd instanceof PromisedFolder) return putStat(at, fd.store, fd.folder.path)();
      return begin(() => fd.next(async () => putStat(at, fd.store, fd.node.path, await fd.node.file())));
    },

    fd_filestat_set_times: () => wasi.ERRNO_NOTSUP,

    fd_fdstat_get(fd, _, at) {
      const isFolder = fd instanceof PromisedFolder;
      const memory = view();
      memory.setUint8(at, isFolder ? wasi.FILETYPE_DIRECTORY : wasi.FILETYPE_REGULAR_FILE);
      memory.setUint16(at + 2, isFolder ? 0 : fd.flags, true);
      memory.setBigUint64(at + 8, isFolder ? ALL_RIGHTS : fd.rights, true);
      memory.setBigUint64(at + 16, isFolder ? ALL_RIGHTS : 0n, true);
    },

    fd_fdstat_set_flags(fd, _, flags) {
      fileOf(fd).flags = flags & wasi.FDFLAGS_APPEND;
    },

    fd_sync(fd) {
      if (fd instanceof PromisedFolder) return;
      return begin(() => fd.next(async () => {
        await fd.node.commit();
        fd.check();
      }));
    },

    fd_datasync: (fd) => calls.fd_sync(fd),

    fd_close(fd, number) {
      fds[number] = undefined;
      if (fd instanceof PromisedFile) return close(fd);
    },

    fd_renumber(from, number, to, other) {
      if (!from || !to) fail(wasi.ERRNO_BADF);
      if (from === to) return;
      if (to instanceof PromisedFile) leave(close(to), true);
      else to.fd_close?.();
      fds[other] = from;
      fds[number] = undefined;
    },

    fd_prestat_get(fd, _, at) {
      if (!fd.name) fail(wasi.ERRNO_BADF);
      word(at, 0);
      word(at + 4, fd.name.length);
    },

    fd_prestat_dir_name(fd, _, at, size) {
      if (!fd.name) fail(wasi.ERRNO_BADF);
      instance.memory.u8.set(fd.name.subarray(0, size), at);
    },

    fd_readdir(fd, _, buffer, size, cookie, used) {
      const folder = folderOf(fd);
      const put = () => {
        const { u8 } = instance.memory;
        let at = 0;
        for (let index = Number(cookie); at < size && index < folder.entries.length; index++) {
          const { name, type, inode } = folder.entries[index];
          const bytes = encode(name);
          const entry = new Uint8Array(24 + bytes.length);
          const head = new DataView(entry.buffer);
          head.setBigUint64(0, BigInt(index + 1), true);
          head.setBigUint64(8, inode, true);
          head.setUint32(16, bytes.length, true);
          head.setUint8(20, type);
          entry.set(bytes, 24);
          const part = entry.subarray(0, size - at);
          u8.set(part, buffer + at);
          at += part.length;
        }
        word(used, at);
      };
      if (cookie) return put();
      return begin(async () => {
        folder.entries = await folder.store.list(folder.folder);
        return put;
      });
    },

    path_open(fd, _, _lookup, path, length, how, rights, _inherited, flags, opened) {
      const folder = folderOf(fd);
      const { store } = folder;
      const placed = placeAt(folder, path, length);
      const creates = how & OFLAGS_CREAT;
      const put = (/** @type {PromisedFile | PromisedFolder} */ made) => () => {
        const free = fds.findIndex((one) => !one);
        const number = free < 0 ? fds.length : free;
        fds[number] = made;
        word(opened, number);
      };
      return begin(async (operation) => {
        const place = await placed();
        const found = await store.find(place);
        if (found && creates && how & OFLAGS_EXCL) fail(wasi.ERRNO_EXIST);
        if (found?.folder) {
          if (creates || (rights & WRITE && !(how & OFLAGS_DIRECTORY))) fail(wasi.ERRNO_ISDIR);
          return put(new PromisedFolder(store, found.folder));
        }
        if (how & OFLAGS_DIRECTORY) fail(found ? wasi.ERRNO_NOTDIR : wasi.ERRNO_NOENT);
        if (!found && !creates) fail(wasi.ERRNO_NOENT);
        if (!found && place.asFolder) fail(wasi.ERRNO_ISDIR);
        const handle = found?.file ?? await place.folder.handle.getFileHandle(place.name, { create: true });
        const node = store.node(place, handle);
        const truncating = found && how & OFLAGS_TRUNC ? node.resize(0) : undefined;
        await truncating?.catch(async (error) => {
          await store.release(node).catch(() => {});
          throw error;
        });
        if (!operation.left) return put(new PromisedFile(store, node, rights, flags & wasi.FDFLAGS_APPEND));
        await store.release(node);
      });
    },

    path_filestat_get(fd, _, _lookup, path, length, at) {
      const folder = folderOf(fd);
      const { store } = folder;
      const placed = placeAt(folder, path, length);
      return begin(async () => {
        const place = await placed();
        const { folder: found, file } = await store.existing(place);
        if (found) return putStat(at, store, found.path);
        return putStat(at, store, `${place.folder.path}/${place.name}`, await store.fileAt(place, file));
      });
    },

    path_filestat_set_times: () => wasi.ERRNO_NOTSUP,
    path_readlink: () => wasi.ERRNO_INVAL, // there are none
    path_symlink: () => wasi.ERRNO_PERM,
    path_link: (from, _, to) => (from?.store === to?.store ? wasi.ERRNO_PERM : wasi.ERRNO_XDEV),

    path_create_directory: (fd, _, path, length) => change(fd, path, length, 'makeFolder'),
    path_remove_directory: (fd, _, path, length) => change(fd, path, length, 'removeFolder'),
    path_unlink_file: (fd, _, path, length) => change(fd, path, length, 'unlink'),

    path_rename(from, _, to, _to, path, length, newPath, newLength) {
      if (from?.store !== to?.store) fail(wasi.ERRNO_XDEV);
      const before = placeAt(folderOf(from), path, length);
      const after = placeAt(folderOf(to), newPath, newLength);
      return begin(async () => from.store.rename(await before(), await after()));
    },
  };

  /**
   * @param {any} fd
   * @param {number} path
   * @param {number} length
   * @param {'makeFolder' | 'removeFolder' | 'unlink'} name
   */
  function change(fd, path, length, name) {
    const folder = folderOf(fd);
    const placed = placeAt(folder, path, length);
    return begin(async () => folder.store[name](await placed()));
  }

  for (const [name, run] of Object.entries(calls)) {
    const original = imports[name];
    const at = DESCRIPTORS[name] ?? [0];
    imports[name] = (...args) => {
      const found = at.map((index) => fds[args[index]]);
      if (!found.some(isPromised)) return original?.(...args) ?? wasi.ERRNO_NOSYS;
      const rest = args.flatMap((value, index) =>
        (at.includes(index) ? [] : typeof value === 'number' ? value >>> 0 : value));
      try {
        return run(...found.flatMap((one, index) => [one, args[at[index]]]), ...rest) ?? wasi.ERRNO_SUCCESS;
      } catch (error) {
        return numberOf(error);
      }
    };
  }

  base.end = async () => {
    while (changes.size) await Promise.all(changes);
    const nodes = stores.flatMap((store) => [...store.nodes.values()]);
    const ended = await Promise.allSettled(nodes.map((node) => node.commit()));
    await end();
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
    for (const fd of fds) if (fd instanceof PromisedFile && fd.failure) throw fd.failure;
  };

  return {
    file_wait(number, waiter) {
      const operation = operations.get(number);
      if (!operation) return;
      operation.waiter = waiter;
      if (operation.error !== undefined) instance.clock.soon(() => wake(operation)); // another has woken the task
    },

    file_take(number) {
      const operation = operations.get(number);
      if (!operation) return wasi.ERRNO_IO;
      if (operation.error === undefined) return number;
      operations.delete(number);
      try {
        operation.put?.();
        return operation.error;
      } catch {
        return wasi.ERRNO_FAULT; // beyond memory
      }
    },

    file_leave: (number, hasNoTask) => Number(!leave(number, hasNoTask !== 0)),

    file_ahead(number, writes, length) {
      const file = fds[number];
      if (!(file instanceof PromisedFile)) return 0;
      if (writes) {
        if (file.busy) return begin(() => file.next(async () => {}, 0), { isAwaited: true });
        file.accepts = true;
        return 0;
      }
      if (file.fails || !(file.rights & READ) || (!file.busy && file.takeAhead(1))) return 0;
      return begin(() => file.next(async () => {
        const { position, node } = file;
        if (file.takeAhead(1)) return;
        const { version } = node;
        try {
          file.ahead = { position, version, bytes: await node.read(position, Math.max(length >>> 0, AHEAD)) };
        } catch (error) {
          file.fails = numberOf(error);
        }
      }, 0), { isAwaited: true });
    },

    file_fail(number, error) {
      const file = fds[number];
      if (file instanceof PromisedFile) file.fails = error;
    },
  };
}
