/** The streams and folders of the process, for WASI. */
import { Fd, Inode, wasi } from '@bjorn3/browser_wasi_shim';
import fs from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { FOLDER, isDevice } from '../js/hostlib/devices.js';

/**
 * The process's stdin, stdout and stderr, for the first three descriptors of a WASI program.
 *
 * @param {object} [options]
 * @param {boolean} [options.lines] whether C takes stdout for a terminal, to which it prints by lines, whatever it is
 * @param {() => void} [options.broken] called when nobody reads stdout any more, before the write fails
 * @returns {Fd[]}
 */
export const standardStreams = ({ lines = false, broken } = {}) => [
  new Stream(0, readRight),
  new Stream(1, writeRight, lines, broken),
  new Stream(2, writeRight),
];

/**
 * A directory of the machine, which a WASI program knows by `name`. The program cannot leave it, even through symbolic
 * links, unless another process moves directories at the same moment.
 *
 * @param {string} path
 * @param {string} name
 * @returns {Fd}
 */
export const directory = (path, name) => new Preopen(fs.realpathSync.native(path), name);

/** The devices of the machine that a program may have: none, or a folder with them. @returns {Fd[]} */
export const devices = () => (fs.existsSync(FOLDER) ? [new Devices()] : []);

/** Longer reads return less than requested, as WASI allows. */
const longestRead = 1 << 20;

const allRights = (1n << 29n) - 1n;
const readRight = BigInt(wasi.RIGHTS_FD_READ);
const writeRight = BigInt(wasi.RIGHTS_FD_WRITE);

/** A WASI error number, thrown if Node has no error of its own. */
class WasiError extends Error {
  /** @param {number} number */
  constructor(number) {
    super(`WASI errno ${number}`);
    this.number = number;
  }
}

/**
 * Node's codes have WASI's names: ENOENT is ERRNO_NOENT.
 *
 * @param {unknown} error
 * @returns {number}
 */
function errno(error) {
  if (error instanceof WasiError) return error.number;
  const { code } = /** @type {NodeJS.ErrnoException} */ (error);
  if (typeof code !== 'string') throw error;
  return /** @type {Record<string, any>} */ (wasi)[`ERRNO_${code.slice(1)}`] ?? wasi.ERRNO_IO;
}

/**
 * Do something, and return its errno.
 *
 * @param {() => unknown} act
 * @returns {number}
 */
function status(act) {
  try {
    act();
    return wasi.ERRNO_SUCCESS;
  } catch (error) {
    return errno(error);
  }
}

/**
 * Do something, and return its errno and result, `otherwise` on failure.
 *
 * @template T
 * @param {T} otherwise
 * @param {() => NoInfer<T>} act
 * @returns {T & { ret: number }}
 */
function answer(otherwise, act) {
  try {
    return { ret: wasi.ERRNO_SUCCESS, ...act() };
  } catch (error) {
    return { ret: errno(error), ...otherwise };
  }
}

const nothing = () => ({ data: new Uint8Array() });

/** A descriptor of the operating system. */
class Handle extends Fd {
  /**
   * @param {number} fd
   * @param {bigint} rights
   */
  constructor(fd, rights) {
    super();
    this.fd = fd;
    this.rights = rights;
  }

  fd_fdstat_get() {
    return answer({ fdstat: /** @type {wasi.Fdstat | null} */ (null) }, () => {
      const fdstat = new wasi.Fdstat(typeOf(fs.fstatSync(this.fd)), 0);
      fdstat.fs_rights_base = this.rights;
      return { fdstat };
    });
  }

  fd_filestat_get() {
    return answer(noFilestat(), () => ({ filestat: new Filestat(fs.fstatSync(this.fd, { bigint: true })) }));
  }
}

/** A standard stream, which has no position. */
class Stream extends Handle {
  /**
   * @param {number} fd
   * @param {bigint} rights
   * @param {boolean} [lines]
   * @param {() => void} [broken]
   */
  constructor(fd, rights, lines = false, broken = () => {}) {
    super(fd, rights);
    this.#lines = lines;
    this.#broken = broken;
  }

  #lines;
  #broken;

  fd_fdstat_get() {
    const { ret, fdstat } = super.fd_fdstat_get();
    if (fdstat && this.#lines) fdstat.fs_filetype = wasi.FILETYPE_CHARACTER_DEVICE;
    return { ret, fdstat };
  }

  /** @param {number} size */
  fd_read(size) {
    return answer(nothing(), () => ({ data: read(this.fd, size, null) }));
  }

  /** @param {Uint8Array} data */
  fd_write(data) {
    const { ret, nwritten } = answer({ nwritten: 0 }, () => ({ nwritten: write(this.fd, data, null) }));
    if (ret === wasi.ERRNO_PIPE) this.#broken();
    return { ret, nwritten };
  }

  fd_seek() {
    return { ret: wasi.ERRNO_SPIPE, offset: 0n };
  }

  fd_tell() {
    return { ret: wasi.ERRNO_SPIPE, offset: 0n };
  }
}

/** An open file, with a position of its own. */
class OpenFile extends Handle {
  #position = 0n;
  #append;

  /**
   * @param {number} fd
   * @param {bigint} rights
   * @param {boolean} append
   */
  constructor(fd, rights, append) {
    super(fd, rights);
    this.#append = append;
  }

  fd_fdstat_get() {
    const { ret, fdstat } = super.fd_fdstat_get();
    if (fdstat && this.#append) fdstat.fs_flags = wasi.FDFLAGS_APPEND;
    return { ret, fdstat };
  }

  /** @param {number} size */
  fd_read(size) {
    const { ret, data } = this.fd_pread(size, this.#position);
    this.#position += BigInt(data.length);
    return { ret, data };
  }

  /** @param {Uint8Array} data */
  fd_write(data) {
    const { ret, nwritten } = this.fd_pwrite(data, this.#position);
    this.#position = this.#append ? this.#size() : this.#position + BigInt(nwritten);
    return { ret, nwritten };
  }

  /**
   * @param {number} size
   * @param {bigint} offset
   */
  fd_pread(size, offset) {
    return answer(nothing(), () => ({ data: read(this.fd, size, offset) }));
  }

  /**
   * @param {Uint8Array} data
   * @param {bigint} offset
   */
  fd_pwrite(data, offset) {
    return answer({ nwritten: 0 }, () => ({ nwritten: write(this.fd, data, this.#append ? null : offset) }));
  }

  /**
   * @param {bigint} offset
   * @param {number} whence
   */
  fd_seek(offset, whence) {
    return answer({ offset: 0n }, () => {
      /** @type {Record<number, bigint>} */
      const origins = { [wasi.WHENCE_SET]: 0n, [wasi.WHENCE_CUR]: this.#position, [wasi.WHENCE_END]: this.#size() };
      const from = origins[whence];
      if (from === undefined || from + offset < 0n) throw new WasiError(wasi.ERRNO_INVAL);
      this.#position = from + offset;
      return { offset: this.#position };
    });
  }

  fd_tell() {
    return { ret: wasi.ERRNO_SUCCESS, offset: this.#position };
  }

  /** @param {bigint} size */
  fd_filestat_set_size(size) {
    return status(() => fs.ftruncateSync(this.fd, Number(size)));
  }

  /**
   * @param {bigint} offset
   * @param {bigint} length
   */
  fd_allocate(offset, length) {
    return this.#size() < offset + length ? this.fd_filestat_set_size(offset + length) : wasi.ERRNO_SUCCESS;
  }

  /**
   * @param {bigint} accessed
   * @param {bigint} modified
   * @param {number} flags
   */
  fd_filestat_set_times(accessed, modified, flags) {
    return status(() => {
      const times = newTimes(fs.fstatSync(this.fd, { bigint: true }), accessed, modified, flags);
      fs.futimesSync(this.fd, ...times);
    });
  }

  fd_sync() {
    return status(() => fs.fsyncSync(this.fd));
  }

  fd_close() {
    return status(() => fs.closeSync(this.fd));
  }

  #size() {
    return fs.fstatSync(this.fd, { bigint: true }).size;
  }
}

function ofDirectory() {
  const fdstat = new wasi.Fdstat(wasi.FILETYPE_DIRECTORY, 0);
  fdstat.fs_rights_base = allRights;
  // wasi-libc limits a file's rights to those that its directory passes on.
  fdstat.fs_rights_inherited = allRights;
  return fdstat;
}

/** A directory, and everything below it. */
class Directory extends Fd {
  /** The listing that is being read. @type {fs.Dirent[]} */
  #entries = [];

  /** @param {string} root without symbolic links */
  constructor(root) {
    super();
    this.root = root;
  }

  fd_fdstat_get() {
    return { ret: wasi.ERRNO_SUCCESS, fdstat: ofDirectory() };
  }

  fd_filestat_get() {
    return answer(noFilestat(), () => ({ filestat: new Filestat(fs.statSync(this.root, { bigint: true })) }));
  }

  /** @param {bigint} cookie how many entries have been read */
  fd_readdir_single(cookie) {
    return answer({ dirent: /** @type {wasi.Dirent | null} */ (null) }, () => {
      if (cookie === 0n) this.#entries = fs.readdirSync(this.root, { withFileTypes: true });
      const index = Number(cookie) - 2;
      const entry =
        index < 0 ? { name: cookie === 0n ? '.' : '..', type: wasi.FILETYPE_DIRECTORY } : this.#entries[index];
      if (!entry) return { dirent: null };
      // Without an inode number: wasi-libc looks it up if a program asks.
      return { dirent: new wasi.Dirent(cookie + 1n, 0n, entry.name, 'type' in entry ? entry.type : typeOf(entry)) };
    });
  }

  /**
   * @param {number} lookup
   * @param {string} path
   * @param {number} oflags
   * @param {bigint} rights
   * @param {bigint} _inherited
   * @param {number} fdflags
   */
  path_open(lookup, path, oflags, rights, _inherited, fdflags) {
    return answer({ fd_obj: /** @type {Fd | null} */ (null) }, () => {
      const real = this.#locate(path, follows(lookup));
      const stats = fs.lstatSync(real, { throwIfNoEntry: false });
      if (stats?.isDirectory() && !(oflags & wasi.OFLAGS_CREAT)) {
        if (rights & writeRight && !(oflags & wasi.OFLAGS_DIRECTORY)) throw new WasiError(wasi.ERRNO_ISDIR);
        return { fd_obj: new Directory(real) };
      }
      if (oflags & wasi.OFLAGS_DIRECTORY) throw new WasiError(stats ? wasi.ERRNO_NOTDIR : wasi.ERRNO_NOENT);
      return {
        fd_obj: new OpenFile(fs.openSync(real, openFlags(oflags, rights, fdflags), 0o666), rights, isAppend(fdflags)),
      };
    });
  }

  /**
   * @param {number} lookup
   * @param {string} path
   */
  path_filestat_get(lookup, path) {
    return answer(noFilestat(), () => ({ filestat: new Filestat(this.#stat(lookup, path)) }));
  }

  /**
   * @param {number} lookup
   * @param {string} path
   * @param {bigint} accessed
   * @param {bigint} modified
   * @param {number} flags
   */
  path_filestat_set_times(lookup, path, accessed, modified, flags) {
    return status(() => {
      const times = newTimes(this.#stat(lookup, path), accessed, modified, flags);
      fs.lutimesSync(this.#locate(path, follows(lookup)), ...times);
    });
  }

  /** @param {string} path */
  path_create_directory(path) {
    return status(() => fs.mkdirSync(this.#locate(path, false)));
  }

  /** @param {string} path */
  path_remove_directory(path) {
    return status(() => fs.rmdirSync(this.#locate(path, false)));
  }

  /** @param {string} path */
  path_unlink_file(path) {
    return status(() => {
      const real = this.#locate(path, false);
      if (fs.lstatSync(real).isDirectory()) throw new WasiError(wasi.ERRNO_ISDIR);
      fs.unlinkSync(real);
    });
  }

  /** @param {string} path */
  path_readlink(path) {
    return answer({ data: /** @type {string | null} */ (null) }, () => ({
      data: fs.readlinkSync(this.#locate(path, false)),
    }));
  }

  /**
   * The first half of a link: the shim then calls path_link.
   *
   * @param {string} path
   * @param {number} lookup
   */
  path_lookup(path, lookup) {
    return answer(noInode(), () => ({ inode_obj: new Entry(this.#locate(path, follows(lookup))) }));
  }

  /**
   * The first half of a rename: the shim then calls path_link, which does all of it.
   *
   * @param {string} path
   */
  path_unlink(path) {
    return answer(noInode(), () => ({ inode_obj: new Entry(this.#locate(path, false)) }));
  }

  /**
   * @param {string} path
   * @param {Inode} inode
   * @param {boolean} rename
   */
  path_link(path, inode, rename) {
    return status(() => {
      if (!(inode instanceof Entry)) throw new WasiError(wasi.ERRNO_XDEV);
      const real = this.#locate(path, false);
      if (rename) fs.renameSync(inode.path, real);
      else fs.linkSync(inode.path, real);
    });
  }

  /**
   * @param {number} lookup
   * @param {string} path
   */
  #stat(lookup, path) {
    return fs.lstatSync(this.#locate(path, follows(lookup)), { bigint: true });
  }

  /**
   * Resolve the symbolic links of a path, except perhaps the last. Throws if it leads out of the directory.
   *
   * @param {string} path
   * @param {boolean} follow the last component, too
   */
  #locate(path, follow) {
    if (path.includes('\0')) throw new WasiError(wasi.ERRNO_INVAL);
    if (isAbsolute(path)) throw new WasiError(wasi.ERRNO_NOTCAPABLE);
    // Not join(), which would drop `link/..`.
    const target = `${this.root}${sep}${path}`;
    const last = basename(path);
    const real =
      follow || ['', '.', '..'].includes(last)
        ? (existing(target) ?? join(fs.realpathSync.native(dirname(target)), last))
        : join(fs.realpathSync.native(dirname(target)), last);
    const inside = relative(this.root, real);
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      throw new WasiError(wasi.ERRNO_NOTCAPABLE);
    }
    return real;
  }
}

class Preopen extends Directory {
  /**
   * @param {string} root
   * @param {string} name
   */
  constructor(root, name) {
    super(root);
    this.name = name;
  }

  fd_prestat_get() {
    return { ret: wasi.ERRNO_SUCCESS, prestat: wasi.Prestat.dir(this.name) };
  }
}

/** A device that the program has opened. */
class Device extends Stream {
  fd_close() {
    return status(() => fs.closeSync(this.fd));
  }
}

/** The folder of devices, in which nothing can be made, listed or removed. */
class Devices extends Fd {
  fd_prestat_get() {
    return { ret: wasi.ERRNO_SUCCESS, prestat: wasi.Prestat.dir(FOLDER) };
  }

  fd_fdstat_get() {
    return { ret: wasi.ERRNO_SUCCESS, fdstat: ofDirectory() };
  }

  /**
   * @param {number} _lookup
   * @param {string} path
   * @param {number} oflags
   * @param {bigint} rights
   * @param {bigint} _inherited
   * @param {number} fdflags
   */
  path_open(_lookup, path, oflags, rights, _inherited, fdflags) {
    return answer({ fd_obj: /** @type {Fd | null} */ (null) }, () => {
      if (oflags & wasi.OFLAGS_DIRECTORY) throw new WasiError(wasi.ERRNO_NOTDIR);
      const flags = openFlags(oflags & ~wasi.OFLAGS_CREAT, rights, fdflags) & ~noFollow;
      return { fd_obj: new Device(fs.openSync(deviceAt(path), flags), rights) };
    });
  }

  /**
   * @param {number} _lookup
   * @param {string} path
   */
  path_filestat_get(_lookup, path) {
    return answer(noFilestat(), () => ({ filestat: new Filestat(fs.statSync(deviceAt(path), { bigint: true })) }));
  }
}

/** @param {string} name */
function deviceAt(name) {
  const path = `${FOLDER}/${name}`;
  if (!isDevice(path)) throw new WasiError(wasi.ERRNO_NOTCAPABLE);
  return path;
}

/** The source of a link or a rename. */
class Entry extends Inode {
  /** @param {string} path */
  constructor(path) {
    super();
    fs.lstatSync(path);
    this.path = path;
  }

  path_open() {
    return { ret: wasi.ERRNO_NOTSUP, fd_obj: null };
  }

  stat() {
    return new Filestat(fs.lstatSync(this.path, { bigint: true }));
  }
}

class Filestat extends wasi.Filestat {
  /** @param {fs.BigIntStats} stats */
  constructor(stats) {
    super(stats.ino, typeOf(stats), stats.size);
    this.dev = stats.dev;
    this.nlink = stats.nlink;
    this.atim = stats.atimeNs;
    this.mtim = stats.mtimeNs;
    this.ctim = stats.ctimeNs;
  }

  /**
   * The shim's own (0.4.2) has wrong offsets for the times, which then overwrite the size.
   *
   * @param {DataView} view
   * @param {number} at
   */
  write_bytes(view, at) {
    view.setUint8(at + 16, this.filetype);
    const fields = {
      0: this.dev,
      8: this.ino,
      24: this.nlink,
      32: this.size,
      40: this.atim,
      48: this.mtim,
      56: this.ctim,
    };
    for (const [offset, value] of Object.entries(fields)) view.setBigUint64(at + Number(offset), value, true);
  }
}

const noFilestat = () => ({ filestat: /** @type {wasi.Filestat | null} */ (null) });
const noInode = () => ({ inode_obj: /** @type {Inode | null} */ (null) });

const { O_NOFOLLOW: noFollow = 0 } = fs.constants;

/** @param {number} lookup */
const follows = (lookup) => (lookup & 1) !== 0;

/** @param {number} fdflags */
const isAppend = (fdflags) => (fdflags & wasi.FDFLAGS_APPEND) !== 0;

/**
 * @param {number} oflags
 * @param {bigint} rights
 * @param {number} fdflags
 */
function openFlags(oflags, rights, fdflags) {
  const {
    O_RDONLY,
    O_WRONLY,
    O_RDWR,
    O_CREAT,
    O_EXCL,
    O_TRUNC,
    O_APPEND,
    O_DSYNC = 0,
    O_SYNC = 0,
  } = fs.constants;
  const access = rights & writeRight ? (rights & readRight ? O_RDWR : O_WRONLY) : O_RDONLY;
  return (
    access |
    // A remaining link must not be followed, or is dangling.
    noFollow |
    (oflags & wasi.OFLAGS_CREAT && O_CREAT) |
    (oflags & wasi.OFLAGS_EXCL && O_EXCL) |
    (oflags & wasi.OFLAGS_TRUNC && O_TRUNC) |
    (isAppend(fdflags) ? O_APPEND : 0) |
    (fdflags & wasi.FDFLAGS_DSYNC && O_DSYNC) |
    (fdflags & wasi.FDFLAGS_SYNC && O_SYNC)
  );
}

/** @param {fs.StatsBase<any> | fs.Dirent} entry */
function typeOf(entry) {
  if (entry.isFile()) return wasi.FILETYPE_REGULAR_FILE;
  if (entry.isDirectory()) return wasi.FILETYPE_DIRECTORY;
  if (entry.isSymbolicLink()) return wasi.FILETYPE_SYMBOLIC_LINK;
  if (entry.isCharacterDevice()) return wasi.FILETYPE_CHARACTER_DEVICE;
  if (entry.isBlockDevice()) return wasi.FILETYPE_BLOCK_DEVICE;
  return wasi.FILETYPE_UNKNOWN;
}

/**
 * @param {fs.BigIntStats} stats
 * @param {bigint} accessed
 * @param {bigint} modified
 * @param {number} flags the times to set, and whether to now
 * @returns {[number, number]} in seconds
 */
function newTimes(stats, accessed, modified, flags) {
  const now = Date.now() / 1000;
  const seconds = (/** @type {bigint} */ nanoseconds) => Number(nanoseconds) / 1e9;
  return [
    flags & wasi.FSTFLAGS_ATIM_NOW ? now : seconds(flags & wasi.FSTFLAGS_ATIM ? accessed : stats.atimeNs),
    flags & wasi.FSTFLAGS_MTIM_NOW ? now : seconds(flags & wasi.FSTFLAGS_MTIM ? modified : stats.mtimeNs),
  ];
}

/** @param {string} path */
function existing(path) {
  try {
    return fs.realpathSync.native(path);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * @param {number} fd
 * @param {number} size
 * @param {bigint | null} position
 */
function read(fd, size, position) {
  const data = new Uint8Array(Math.min(size, longestRead));
  try {
    return data.subarray(0, patiently(() => fs.readSync(fd, data, 0, data.length, position)));
  } catch (error) {
    // Windows reports the end of a pipe this way.
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EOF') return new Uint8Array();
    throw error;
  }
}

/**
 * @param {number} fd
 * @param {Uint8Array} data
 * @param {bigint | null} position
 */
function write(fd, data, position) {
  let done = 0;
  while (done < data.length) {
    const at = position === null ? null : Number(position) + done;
    done += patiently(() => fs.writeSync(fd, data, done, data.length - done, at));
  }
  return done;
}

/**
 * A non-blocking stream fails with EAGAIN: wait, as a blocking one would.
 *
 * @param {() => number} transfer
 */
function patiently(transfer) {
  for (;;) {
    try {
      return transfer();
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
