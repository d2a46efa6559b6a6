/** Files and folders of a volume, as the descriptors of WASI. See D110. */
import { Fd, Inode, wasi } from '@bjorn3/browser_wasi_shim';

/**
 * A file system: that of the machine (node/wasi-files.js), or one in memory (memory.js). A place is a path that has
 * been resolved, whether or not something is there; folders and open files are the volume's own, too.
 *
 * @typedef {object} Volume
 * @property {(error: unknown) => number} errno of an error of its own; throws what is none
 * @property {(folder: any, path: string, follow: boolean) => any} locate a place; `follow` its last symbolic link, too
 * @property {(place: any) => Filestat | undefined} stat of the place itself; undefined: nothing is there
 * @property {(place: any) => any} enter a folder
 * @property {(folder: any) => Filestat} statFolder
 * @property {(folder: any) => { name: string, type: number, inode: bigint }[]} list an inode of 0 is not known
 * @property {(place: any) => void} makeFolder
 * @property {(place: any) => void} removeFolder
 * @property {(place: any) => void} unlink
 * @property {(place: any) => string} readLink
 * @property {(target: string, place: any) => void} [makeLink] symbolic
 * @property {(from: any, to: any) => void} link
 * @property {(from: any, to: any) => void} rename
 * @property {(place: any, accessed: bigint, modified: bigint) => void} setTimes
 * @property {(place: any, oflags: number, rights: bigint, fdflags: number) => any} open a file
 * @property {(file: any) => Filestat} statFile
 * @property {(file: any, size: number, position: bigint) => Uint8Array} read
 * @property {(file: any, data: Uint8Array, position: bigint) => number} write
 * @property {(file: any, size: bigint) => void} resize
 * @property {(file: any, accessed: bigint, modified: bigint) => void} setFileTimes
 * @property {(file: any) => void} sync
 * @property {(file: any) => void} close
 */

const allRights = (1n << 29n) - 1n;
export const readRight = BigInt(wasi.RIGHTS_FD_READ);
export const writeRight = BigInt(wasi.RIGHTS_FD_WRITE);

/** An error of WASI. */
export class WasiError extends Error {
  /** @param {number} number */
  constructor(number) {
    super(`WASI errno ${number}`);
    this.number = number;
  }
}

/**
 * @param {Pick<Volume, 'errno'>} volume
 * @param {unknown} error
 */
const errnoOf = (volume, error) => (error instanceof WasiError ? error.number : volume.errno(error));

/**
 * Do something, and return its errno.
 *
 * @param {Pick<Volume, 'errno'>} volume
 * @param {() => unknown} act
 * @returns {number}
 */
export function status(volume, act) {
  try {
    act();
    return wasi.ERRNO_SUCCESS;
  } catch (error) {
    return errnoOf(volume, error);
  }
}

/**
 * Do something, and return its errno and result, `otherwise` on failure.
 *
 * @template T
 * @param {Pick<Volume, 'errno'>} volume
 * @param {T} otherwise
 * @param {() => NoInfer<T>} act
 * @returns {T & { ret: number }}
 */
export function answer(volume, otherwise, act) {
  try {
    return { ret: wasi.ERRNO_SUCCESS, ...act() };
  } catch (error) {
    return { ret: errnoOf(volume, error), ...otherwise };
  }
}

export const noData = () => ({ data: /** @type {Uint8Array} */ (new Uint8Array()) });
export const noFd = () => ({ fd_obj: /** @type {Fd | null} */ (null) });
export const noFdstat = () => ({ fdstat: /** @type {wasi.Fdstat | null} */ (null) });
export const noFilestat = () => ({ filestat: /** @type {wasi.Filestat | null} */ (null) });
const noInode = () => ({ inode_obj: /** @type {Inode | null} */ (null) });

export class Filestat extends wasi.Filestat {
  /**
   * @param {{ dev: bigint, ino: bigint, type: number, nlink: bigint, size: bigint, atimeNs: bigint, mtimeNs: bigint,
   *   ctimeNs: bigint }} stats
   */
  constructor({ dev, ino, type, nlink, size, atimeNs, mtimeNs, ctimeNs }) {
    super(ino, type, size);
    this.dev = dev;
    this.nlink = nlink;
    this.atim = atimeNs;
    this.mtim = mtimeNs;
    this.ctim = ctimeNs;
  }

  /**
   * The shim's own (0.4.2) has wrong offsets for the times, which then overwrite the size.
   *
   * @param {DataView} view
   * @param {number} at
   */
  write_bytes(view, at) {
    const { dev, ino, nlink, size, atim, mtim, ctim } = this;
    [dev, ino, 0n, nlink, size, atim, mtim, ctim].forEach((value, index) => {
      view.setBigUint64(at + 8 * index, value, true);
    });
    view.setUint8(at + 16, this.filetype);
  }
}

/** @param {number} lookup */
const follows = (lookup) => (lookup & 1) !== 0;

/** @param {number} fdflags */
export const isAppend = (fdflags) => (fdflags & wasi.FDFLAGS_APPEND) !== 0;

/**
 * The times that a file gets.
 *
 * @param {wasi.Filestat} stat
 * @param {bigint} accessed
 * @param {bigint} modified
 * @param {number} flags the times to set, and whether to now
 * @returns {[accessed: bigint, modified: bigint]} in nanoseconds
 */
function newTimes(stat, accessed, modified, flags) {
  const now = BigInt(Date.now()) * 1_000_000n;
  return [
    flags & wasi.FSTFLAGS_ATIM_NOW ? now : flags & wasi.FSTFLAGS_ATIM ? accessed : stat.atim,
    flags & wasi.FSTFLAGS_MTIM_NOW ? now : flags & wasi.FSTFLAGS_MTIM ? modified : stat.mtim,
  ];
}

/** An open file, with a position of its own. */
class OpenFile extends Fd {
  #volume;
  #rights;
  #append;
  #position = 0n;

  /**
   * @param {Volume} volume
   * @param {any} file
   * @param {bigint} rights
   * @param {boolean} append
   */
  constructor(volume, file, rights, append) {
    super();
    this.#volume = volume;
    /** The volume's own. */
    this.file = file;
    this.#rights = rights;
    this.#append = append;
  }

  fd_fdstat_get() {
    return answer(this.#volume, noFdstat(), () => {
      const { filetype } = this.#volume.statFile(this.file);
      const fdstat = new wasi.Fdstat(filetype, this.#append ? wasi.FDFLAGS_APPEND : 0);
      fdstat.fs_rights_base = this.#rights;
      return { fdstat };
    });
  }

  /** @param {number} flags of which a file heeds O_APPEND alone */
  fd_fdstat_set_flags(flags) {
    this.#append = isAppend(flags);
    return wasi.ERRNO_SUCCESS;
  }

  fd_filestat_get() {
    return answer(this.#volume, noFilestat(), () => ({ filestat: this.#volume.statFile(this.file) }));
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
    return answer(this.#volume, noData(), () => {
      this.#check(readRight, wasi.ERRNO_BADF);
      return { data: this.#volume.read(this.file, size, offset) };
    });
  }

  /**
   * @param {Uint8Array} data
   * @param {bigint} offset
   */
  fd_pwrite(data, offset) {
    return answer(this.#volume, { nwritten: 0 }, () => {
      this.#check(writeRight, wasi.ERRNO_BADF);
      return { nwritten: this.#volume.write(this.file, data, this.#append ? this.#size() : offset) };
    });
  }

  /**
   * @param {bigint} offset
   * @param {number} whence
   */
  fd_seek(offset, whence) {
    return answer(this.#volume, { offset: 0n }, () => {
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
    return status(this.#volume, () => {
      this.#check(writeRight, wasi.ERRNO_INVAL);
      this.#volume.resize(this.file, size);
    });
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
    return status(this.#volume, () => {
      const stat = this.#volume.statFile(this.file);
      this.#volume.setFileTimes(this.file, ...newTimes(stat, accessed, modified, flags));
    });
  }

  fd_sync() {
    return status(this.#volume, () => this.#volume.sync(this.file));
  }

  fd_close() {
    return status(this.#volume, () => this.#volume.close(this.file));
  }

  #size() {
    return this.#volume.statFile(this.file).size;
  }

  /**
   * @param {bigint} right
   * @param {number} errno without it
   */
  #check(right, errno) {
    if (!(this.#rights & right)) throw new WasiError(errno);
  }
}

export function fdstatOfFolder() {
  const fdstat = new wasi.Fdstat(wasi.FILETYPE_DIRECTORY, 0);
  fdstat.fs_rights_base = allRights;
  // wasi-libc limits a file's rights to those that its directory passes on.
  fdstat.fs_rights_inherited = allRights;
  return fdstat;
}

/** A directory, and everything below it. */
class Directory extends Fd {
  #volume;
  /** The listing that is being read. @type {ReturnType<Volume['list']>} */
  #entries = [];

  /**
   * @param {Volume} volume
   * @param {any} folder
   */
  constructor(volume, folder) {
    super();
    this.#volume = volume;
    /** The volume's own. */
    this.folder = folder;
  }

  fd_fdstat_get() {
    return { ret: wasi.ERRNO_SUCCESS, fdstat: fdstatOfFolder() };
  }

  fd_filestat_get() {
    return answer(this.#volume, noFilestat(), () => ({ filestat: this.#volume.statFolder(this.folder) }));
  }

  fd_read() {
    return { ret: wasi.ERRNO_ISDIR, ...noData() };
  }

  fd_pread() {
    return this.fd_read();
  }

  fd_write() {
    return { ret: wasi.ERRNO_BADF, nwritten: 0 };
  }

  fd_pwrite() {
    return this.fd_write();
  }

  fd_filestat_set_size() {
    return wasi.ERRNO_INVAL;
  }

  /**
   * The entries stay as they were at the first one, so that a program may remove them as it reads.
   *
   * @param {bigint} cookie how many entries have been read
   */
  fd_readdir_single(cookie) {
    return answer(this.#volume, { dirent: /** @type {wasi.Dirent | null} */ (null) }, () => {
      if (cookie === 0n) {
        const dots = ['.', '..'].map((name) => ({ name, type: wasi.FILETYPE_DIRECTORY, inode: 0n }));
        this.#entries = [...dots, ...this.#volume.list(this.folder)];
      }
      const entry = this.#entries[Number(cookie)];
      // Where the inode is 0, wasi-libc looks it up if a program asks.
      return { dirent: entry ? new wasi.Dirent(cookie + 1n, entry.inode, entry.name, entry.type) : null };
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
    return answer(this.#volume, noFd(), () => {
      const place = this.#locate(path, follows(lookup) && !(oflags & wasi.OFLAGS_EXCL));
      const stat = this.#volume.stat(place);
      if (stat?.filetype === wasi.FILETYPE_DIRECTORY && !(oflags & wasi.OFLAGS_CREAT)) {
        if (rights & writeRight && !(oflags & wasi.OFLAGS_DIRECTORY)) throw new WasiError(wasi.ERRNO_ISDIR);
        return { fd_obj: new Directory(this.#volume, this.#volume.enter(place)) };
      }
      if (oflags & wasi.OFLAGS_DIRECTORY) throw new WasiError(stat ? wasi.ERRNO_NOTDIR : wasi.ERRNO_NOENT);
      const file = this.#volume.open(place, oflags, rights, fdflags);
      return { fd_obj: new OpenFile(this.#volume, file, rights, isAppend(fdflags)) };
    });
  }

  /**
   * @param {number} lookup
   * @param {string} path
   */
  path_filestat_get(lookup, path) {
    return answer(this.#volume, noFilestat(), () => ({ filestat: this.#stat(this.#locate(path, follows(lookup))) }));
  }

  /**
   * @param {number} lookup
   * @param {string} path
   * @param {bigint} accessed
   * @param {bigint} modified
   * @param {number} flags
   */
  path_filestat_set_times(lookup, path, accessed, modified, flags) {
    return status(this.#volume, () => {
      const place = this.#locate(path, follows(lookup));
      this.#volume.setTimes(place, ...newTimes(this.#stat(place), accessed, modified, flags));
    });
  }

  /** @param {string} path */
  path_create_directory(path) {
    return status(this.#volume, () => this.#volume.makeFolder(this.#locate(path, false)));
  }

  /** @param {string} path */
  path_remove_directory(path) {
    return status(this.#volume, () => this.#volume.removeFolder(this.#locate(path, false)));
  }

  /** @param {string} path */
  path_unlink_file(path) {
    return status(this.#volume, () => {
      const place = this.#locate(path, false);
      if (this.#stat(place).filetype === wasi.FILETYPE_DIRECTORY) throw new WasiError(wasi.ERRNO_ISDIR);
      this.#volume.unlink(place);
    });
  }

  /** @param {string} path */
  path_readlink(path) {
    return answer(this.#volume, { data: /** @type {string | null} */ (null) }, () => ({
      data: this.#volume.readLink(this.#locate(path, false)),
    }));
  }

  /**
   * Not of the shim, which has no symbolic links: see calls.js.
   *
   * @param {string} target
   * @param {string} path
   */
  path_symlink(target, path) {
    return status(this.#volume, () => {
      if (!this.#volume.makeLink) throw new WasiError(wasi.ERRNO_NOTSUP);
      this.#volume.makeLink(target, this.#locate(path, false));
    });
  }

  /**
   * The first half of a link: the shim then calls path_link.
   *
   * @param {string} path
   * @param {number} lookup
   */
  path_lookup(path, lookup) {
    return answer(this.#volume, noInode(), () => ({ inode_obj: this.#entry(path, follows(lookup)) }));
  }

  /**
   * The first half of a rename: the shim then calls path_link, which does all of it.
   *
   * @param {string} path
   */
  path_unlink(path) {
    return answer(this.#volume, noInode(), () => ({ inode_obj: this.#entry(path, false) }));
  }

  /**
   * @param {string} path
   * @param {Inode} inode
   * @param {boolean} rename
   */
  path_link(path, inode, rename) {
    return status(this.#volume, () => {
      if (!(inode instanceof Entry) || inode.volume !== this.#volume) throw new WasiError(wasi.ERRNO_XDEV);
      const place = this.#locate(path, false);
      if (rename) this.#volume.rename(inode.place, place);
      else this.#volume.link(inode.place, place);
    });
  }

  /**
   * @param {string} path
   * @param {boolean} follow
   */
  #locate(path, follow) {
    if (!path) throw new WasiError(wasi.ERRNO_NOENT);
    if (path.includes('\0')) throw new WasiError(wasi.ERRNO_INVAL);
    return this.#volume.locate(this.folder, path, follow);
  }

  /** @param {any} place */
  #stat(place) {
    const stat = this.#volume.stat(place);
    if (!stat) throw new WasiError(wasi.ERRNO_NOENT);
    return stat;
  }

  /**
   * @param {string} path
   * @param {boolean} follow
   */
  #entry(path, follow) {
    const place = this.#locate(path, follow);
    return new Entry(this.#volume, place, this.#stat(place));
  }
}

/** A directory that the program has from the beginning, by a name. */
export class Preopen extends Directory {
  /**
   * @param {Volume} volume
   * @param {any} folder
   * @param {string} name
   */
  constructor(volume, folder, name) {
    super(volume, folder);
    this.name = name;
  }

  fd_prestat_get() {
    return { ret: wasi.ERRNO_SUCCESS, prestat: wasi.Prestat.dir(this.name) };
  }
}

/** The source of a link or a rename. */
class Entry extends Inode {
  #stat;

  /**
   * @param {Volume} volume
   * @param {any} place
   * @param {Filestat} stat
   */
  constructor(volume, place, stat) {
    super();
    this.volume = volume;
    this.place = place;
    this.#stat = stat;
  }

  path_open() {
    return { ret: wasi.ERRNO_NOTSUP, fd_obj: null };
  }

  stat() {
    return this.#stat;
  }
}
