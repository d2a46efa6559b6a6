/** The streams and folders of the process, for WASI. */
import { Fd, wasi } from '@bjorn3/browser_wasi_shim';
import fs from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { isatty } from 'node:tty';
import {
  Filestat, Preopen, WasiError, answer, fdstatOfFolder, isAppend, noData, noFd, noFdstat, noFilestat, readRight, status,
  writeRight,
} from '../js/files/wasi-files.js';
import { FOLDER, isDevice } from '../js/hostlib/devices.js';

/** @import { Volume } from '../js/files/wasi-files.js' */

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
export const directory = (path, name) => new Preopen(machine, fs.realpathSync.native(path), name);

/** The devices of the machine that a program may have: none, or a folder with them. @returns {Fd[]} */
export const devices = () => (fs.existsSync(FOLDER) ? [new Devices()] : []);

/** Longer reads return less than requested, as WASI allows. */
const longestRead = 1 << 20;

/**
 * The files of the machine below a directory. A place is a path without symbolic links, and so is a folder.
 *
 * @implements {Volume}
 */
class Machine {
  /**
   * Node's codes have WASI's names: ENOENT is ERRNO_NOENT.
   *
   * @param {unknown} error
   * @returns {number}
   */
  errno(error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (typeof code !== 'string') throw error;
    return /** @type {Record<string, any>} */ (wasi)[`ERRNO_${code.slice(1)}`] ?? wasi.ERRNO_IO;
  }

  /**
   * Resolve the symbolic links of a path, except perhaps the last. Throws if it leads out of the directory.
   *
   * @param {string} folder
   * @param {string} path
   * @param {boolean} follow the last component, too
   */
  locate(folder, path, follow) {
    if (isAbsolute(path)) throw new WasiError(wasi.ERRNO_NOTCAPABLE);
    // Not join(), which would drop `link/..`.
    const target = `${folder}${sep}${path}`;
    const last = basename(path);
    const real =
      follow || ['', '.', '..'].includes(last)
        ? (existing(target) ?? join(fs.realpathSync.native(dirname(target)), last))
        : join(fs.realpathSync.native(dirname(target)), last);
    const inside = relative(folder, real);
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      throw new WasiError(wasi.ERRNO_NOTCAPABLE);
    }
    return real;
  }

  /** @param {string} path */
  stat(path) {
    const stats = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stats && filestatOf(stats);
  }

  /** @param {string} path */
  enter(path) {
    return path;
  }

  /** @param {string} path */
  statFolder(path) {
    return filestatOf(fs.statSync(path, { bigint: true }));
  }

  /** @param {string} path */
  list(path) {
    return fs.readdirSync(path, { withFileTypes: true })
      .map((entry) => ({ name: entry.name, type: typeOf(entry), inode: 0n }));
  }

  /** @param {string} path */
  makeFolder(path) {
    fs.mkdirSync(path);
  }

  /** @param {string} path */
  removeFolder(path) {
    fs.rmdirSync(path);
  }

  /** @param {string} path */
  unlink(path) {
    fs.unlinkSync(path);
  }

  /** @param {string} path */
  readLink(path) {
    return fs.readlinkSync(path);
  }

  /**
   * @param {string} from
   * @param {string} to
   */
  link(from, to) {
    fs.linkSync(from, to);
  }

  /**
   * @param {string} from
   * @param {string} to
   */
  rename(from, to) {
    fs.renameSync(from, to);
  }

  /**
   * @param {string} path
   * @param {bigint} accessed
   * @param {bigint} modified
   */
  setTimes(path, accessed, modified) {
    fs.lutimesSync(path, seconds(accessed), seconds(modified));
  }

  /**
   * @param {string} path
   * @param {number} oflags
   * @param {bigint} rights
   * @param {number} fdflags
   */
  open(path, oflags, rights, fdflags) {
    return fs.openSync(path, openFlags(oflags, rights, fdflags), 0o666);
  }

  /** @param {number} fd */
  statFile(fd) {
    return filestatOf(fs.fstatSync(fd, { bigint: true }));
  }

  /**
   * @param {number} fd
   * @param {number} size
   * @param {bigint} position
   */
  read(fd, size, position) {
    return read(fd, size, position);
  }

  /**
   * @param {number} fd
   * @param {Uint8Array} data
   * @param {bigint} position
   */
  write(fd, data, position) {
    return write(fd, data, position);
  }

  /**
   * @param {number} fd
   * @param {bigint} size
   */
  resize(fd, size) {
    fs.ftruncateSync(fd, Number(size));
  }

  /**
   * @param {number} fd
   * @param {bigint} accessed
   * @param {bigint} modified
   */
  setFileTimes(fd, accessed, modified) {
    fs.futimesSync(fd, seconds(accessed), seconds(modified));
  }

  /** @param {number} fd */
  sync(fd) {
    fs.fsyncSync(fd);
  }

  /** @param {number} fd */
  close(fd) {
    fs.closeSync(fd);
  }
}

const machine = new Machine();

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
    return answer(machine, noFdstat(), () => {
      const fdstat = new wasi.Fdstat(typeOf(fs.fstatSync(this.fd)), 0);
      fdstat.fs_rights_base = this.rights;
      return { fdstat };
    });
  }

  fd_filestat_get() {
    return answer(machine, noFilestat(), () => ({ filestat: machine.statFile(this.fd) }));
  }
}

const POSITION = BigInt(wasi.RIGHTS_FD_SEEK | wasi.RIGHTS_FD_TELL);

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
    if (fdstat && this.#lines) {
      fdstat.fs_filetype = wasi.FILETYPE_CHARACTER_DEVICE;
    } else if (fdstat?.fs_filetype === wasi.FILETYPE_CHARACTER_DEVICE && !isatty(this.fd)) {
      fdstat.fs_rights_base |= POSITION; // by which C libraries tell /dev/null from a terminal
    }
    return { ret, fdstat };
  }

  /** @param {number} size */
  fd_read(size) {
    return answer(machine, noData(), () => ({ data: read(this.fd, size, null) }));
  }

  /** @param {Uint8Array} data */
  fd_write(data) {
    const { ret, nwritten } = answer(machine, { nwritten: 0 }, () => ({ nwritten: write(this.fd, data, null) }));
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

/** A device that the program has opened. */
class Device extends Stream {
  fd_close() {
    return status(machine, () => fs.closeSync(this.fd));
  }
}

/** The folder of devices, in which nothing can be made, listed or removed. */
class Devices extends Fd {
  fd_prestat_get() {
    return { ret: wasi.ERRNO_SUCCESS, prestat: wasi.Prestat.dir(FOLDER) };
  }

  fd_fdstat_get() {
    return { ret: wasi.ERRNO_SUCCESS, fdstat: fdstatOfFolder() };
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
    return answer(machine, noFd(), () => {
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
    return answer(machine, noFilestat(), () => ({ filestat: machine.statFolder(deviceAt(path)) }));
  }
}

/** @param {string} name */
function deviceAt(name) {
  const path = `${FOLDER}/${name}`;
  if (!isDevice(path)) throw new WasiError(wasi.ERRNO_NOTCAPABLE);
  return path;
}

/** @param {fs.BigIntStats} stats */
const filestatOf = (stats) => {
  const { dev, ino, nlink, size, atimeNs, mtimeNs, ctimeNs } = stats;
  return new Filestat({ dev, ino, type: typeOf(stats), nlink, size, atimeNs, mtimeNs, ctimeNs });
};

const { O_NOFOLLOW: noFollow = 0 } = fs.constants;

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

/** @param {bigint} nanoseconds */
const seconds = (nanoseconds) => Number(nanoseconds) / 1e9;

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
