/** Files in memory: a tree of folders, files and symbolic links, with the errors of POSIX. */
import { wasi } from '@bjorn3/browser_wasi_shim';
import { encode } from '../marshal/text.js';
import { Filestat, WasiError } from './wasi-files.js';

/** @import { Volume } from './wasi-files.js' */

/** How many symbolic links a path may lead through, as on Linux. */
const MOST_LINKS = 40;

const LONGEST_NAME = 255;

const { OFLAGS_CREAT, OFLAGS_EXCL, OFLAGS_TRUNC } = wasi;

const now = () => BigInt(Date.now()) * 1_000_000n;

/** What a name in a folder stands for. It stays while it has a name, or is open. */
export class Item {
  names = 1;
  /** Grows with each change of the contents. */
  version = 0;
  accessed = now();
  modified = this.accessed;
  changed = this.accessed;

  /**
   * @param {bigint} inode
   * @param {number} type
   */
  constructor(inode, type) {
    this.inode = inode;
    this.type = type;
  }
}

export class File extends Item {
  size = 0;
  /** The contents, and room for more: zeros. */
  bytes = new Uint8Array();

  /** @param {bigint} inode */
  constructor(inode) {
    super(inode, wasi.FILETYPE_REGULAR_FILE);
  }
}

class Link extends Item {
  /**
   * @param {bigint} inode
   * @param {string} target
   */
  constructor(inode, target) {
    super(inode, wasi.FILETYPE_SYMBOLIC_LINK);
    this.target = target;
  }
}

export class Folder extends Item {
  /** @type {Map<string, Item>} */
  items = new Map();

  /**
   * @param {bigint} inode
   * @param {Folder | undefined} parent undefined: it is the root
   */
  constructor(inode, parent) {
    super(inode, wasi.FILETYPE_DIRECTORY);
    /** @type {Folder} */
    this.parent = parent ?? this;
  }
}

/**
 * Where a path leads.
 *
 * @typedef {object} Place
 * @property {Folder} folder
 * @property {string} name of the item in the folder; `.` or `..` if the path ends so
 * @property {Item | undefined} item
 * @property {boolean} asFolder whether the path ends in a slash
 */

/** @param {number} number @returns {never} */
function fail(number) {
  throw new WasiError(number);
}

/** @param {Item} item */
function touch(item) {
  item.modified = item.changed = now();
  item.version++;
}

/** @implements {Volume} */
export class Memory {
  #inodes = 0n;
  root = new Folder(++this.#inodes, undefined);
  /** Called when a file may be complete, and when names have changed: for a copy elsewhere. */
  settled = () => {};

  /** @param {unknown} error @returns {never} */
  errno(error) {
    throw error;
  }

  /* ---- Paths ---- */

  /**
   * @param {Folder} start
   * @param {string} path
   * @param {boolean} follow
   * @param {number} [links] symbolic links on the way here
   * @returns {Place}
   */
  locate(start, path, follow, links = 0) {
    if (!path) fail(wasi.ERRNO_NOENT);
    const asFolder = path.endsWith('/');
    const names = path.split('/').filter((name) => name && name !== '.');
    let folder = path.startsWith('/') ? this.root : start;
    let name = '.';
    /** @type {Item | undefined} */
    let item = folder;
    names.forEach((part, index) => {
      if (!item) fail(wasi.ERRNO_NOENT);
      if (!(item instanceof Folder)) fail(wasi.ERRNO_NOTDIR);
      if (part.length > LONGEST_NAME) fail(wasi.ERRNO_NAMETOOLONG);
      folder = item;
      name = part;
      item = name === '..' ? folder.parent : folder.items.get(name);
      if (item instanceof Link && (follow || asFolder || index + 1 < names.length)) {
        if (links === MOST_LINKS) fail(wasi.ERRNO_LOOP);
        ({ folder, name, item } = this.locate(folder, item.target, true, ++links));
      }
    });
    if (asFolder && item && !(item instanceof Folder)) fail(wasi.ERRNO_NOTDIR);
    return { folder, name, item, asFolder };
  }

  /** @param {Place} place */
  stat({ item }) {
    return item && this.statFile(item);
  }

  /* ---- Folders ---- */

  /** @param {Place} place */
  enter({ item }) {
    return /** @type {Folder} */ (item); // the caller has seen it
  }

  /** @param {Folder} folder */
  statFolder(folder) {
    return this.statFile(folder);
  }

  /** @param {Folder} folder */
  list(folder) {
    folder.accessed = now();
    return [...folder.items].map(([name, { type, inode }]) => ({ name, type, inode }));
  }

  /** @param {Place} place */
  makeFolder(place) {
    this.#add(place, (inode) => new Folder(inode, place.folder));
    this.settled();
  }

  /** @param {Place} place */
  removeFolder(place) {
    const { item, name } = place;
    if (!item) fail(wasi.ERRNO_NOENT);
    if (!(item instanceof Folder)) fail(wasi.ERRNO_NOTDIR);
    if (item === this.root || name === '.') fail(wasi.ERRNO_BUSY);
    if (item.items.size) fail(wasi.ERRNO_NOTEMPTY);
    this.unlink(place);
  }

  /** @param {Place} place */
  unlink({ folder, name, item }) {
    if (!item) fail(wasi.ERRNO_NOENT);
    folder.items.delete(name);
    touch(folder);
    item.names--;
    item.changed = now();
    this.settled();
  }

  /** @param {Place} place */
  readLink({ item }) {
    if (!item) fail(wasi.ERRNO_NOENT);
    return item instanceof Link ? item.target : fail(wasi.ERRNO_INVAL);
  }

  /**
   * @param {string} target
   * @param {Place} place
   */
  makeLink(target, place) {
    if (!target) fail(wasi.ERRNO_NOENT);
    if (place.asFolder) fail(wasi.ERRNO_NOENT);
    this.#add(place, (inode) => new Link(inode, target));
  }

  /**
   * @param {Place} from
   * @param {Place} to
   */
  link({ item }, to) {
    if (item instanceof Folder) fail(wasi.ERRNO_PERM);
    if (to.asFolder) fail(wasi.ERRNO_NOENT);
    this.#add(to, () => /** @type {Item} */ (item));
    /** @type {Item} */ (item).names++;
    this.settled();
  }

  /**
   * @param {Place} from
   * @param {Place} to
   */
  rename(from, to) {
    const moved = /** @type {Item} */ (from.item); // the caller has seen it
    const { item: other, folder } = to;
    if ([from, to].some(({ item, name }) => item === this.root || name === '.' || name === '..')) fail(wasi.ERRNO_BUSY);
    if (!folder.names) fail(wasi.ERRNO_NOENT);
    if (moved instanceof Folder) {
      for (let above = folder; above !== this.root; above = above.parent) if (above === moved) fail(wasi.ERRNO_INVAL);
      if (other && !(other instanceof Folder)) fail(wasi.ERRNO_NOTDIR);
      if (other !== moved && other?.items.size) fail(wasi.ERRNO_NOTEMPTY);
    } else if (other instanceof Folder) {
      fail(wasi.ERRNO_ISDIR);
    } else if (to.asFolder) {
      fail(wasi.ERRNO_NOTDIR);
    }
    if (other === moved) return; // two names of the same: POSIX has both stay
    if (other) this.unlink(to);
    this.unlink(from);
    moved.names++;
    folder.items.set(to.name, moved);
    touch(folder);
    if (moved instanceof Folder) moved.parent = folder;
    this.settled();
  }

  /**
   * @param {Place} place
   * @param {bigint} accessed
   * @param {bigint} modified
   */
  setTimes({ item }, accessed, modified) {
    this.setFileTimes(/** @type {Item} */ (item), accessed, modified);
  }

  /**
   * @template {Item} T
   * @param {Place} place
   * @param {(inode: bigint) => T} make
   */
  #add({ folder, name, item }, make) {
    if (item) fail(wasi.ERRNO_EXIST);
    if (!folder.names) fail(wasi.ERRNO_NOENT); // it has been removed
    const added = make(++this.#inodes);
    folder.items.set(name, added);
    touch(folder);
    return added;
  }

  /* ---- Files ---- */

  /**
   * @param {Place} place
   * @param {number} oflags
   */
  open(place, oflags) {
    const { item, asFolder } = place;
    if (!item) {
      if (!(oflags & OFLAGS_CREAT)) fail(wasi.ERRNO_NOENT);
      if (asFolder) fail(wasi.ERRNO_ISDIR);
      return this.#add(place, (inode) => new File(inode));
    }
    if (oflags & OFLAGS_CREAT && oflags & OFLAGS_EXCL) fail(wasi.ERRNO_EXIST);
    if (item instanceof Folder) fail(wasi.ERRNO_ISDIR);
    if (!(item instanceof File)) fail(wasi.ERRNO_LOOP);
    if (oflags & OFLAGS_TRUNC) this.resize(item, 0n);
    return item;
  }

  /** @param {Item} item */
  statFile(item) {
    return new Filestat({
      dev: 1n,
      ino: item.inode,
      type: item.type,
      nlink: BigInt(item.names),
      size: BigInt(item instanceof File ? item.size : item instanceof Link ? encode(item.target).length : 0),
      atimeNs: item.accessed,
      mtimeNs: item.modified,
      ctimeNs: item.changed,
    });
  }

  /**
   * @param {File} file
   * @param {number} size
   * @param {bigint} position
   */
  read(file, size, position) {
    file.accessed = now();
    const at = Math.min(Number(position), file.size);
    return file.bytes.subarray(at, Math.min(at + size, file.size));
  }

  /**
   * @param {File} file
   * @param {Uint8Array} data
   * @param {bigint} position
   */
  write(file, data, position) {
    if (!data.length) return 0;
    const at = Number(position);
    const end = at + data.length;
    makeRoom(file, end);
    file.bytes.set(data, at);
    file.size = Math.max(file.size, end);
    touch(file);
    return data.length;
  }

  /**
   * @param {File} file
   * @param {bigint} size
   */
  resize(file, size) {
    const length = Number(size);
    makeRoom(file, length);
    if (length < file.size) file.bytes.fill(0, length, file.size);
    file.size = length;
    touch(file);
  }

  /**
   * @param {Item} item
   * @param {bigint} accessed
   * @param {bigint} modified
   */
  setFileTimes(item, accessed, modified) {
    Object.assign(item, { accessed, modified, changed: now() });
  }

  sync() {
    this.settled();
  }

  close() {
    this.settled();
  }

  /* ---- For JavaScript ---- */

  /**
   * @param {string} path absolute
   * @param {boolean} [follow]
   */
  place(path, follow = true) {
    return this.locate(this.root, path, follow);
  }

  /**
   * Make a file with these contents, and its folders.
   *
   * @param {string} path
   * @param {Uint8Array} contents
   */
  make(path, contents) {
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
      const place = this.place(path.slice(0, at));
      if (!place.item) this.makeFolder(place);
    }
    const file = this.open(this.place(path), OFLAGS_CREAT | OFLAGS_TRUNC);
    this.write(file, contents, 0n);
    this.settled();
    return file;
  }
}

/**
 * A file that grows gets twice the room, so that many small writes cost no more than a few large ones.
 *
 * @param {File} file
 * @param {number} size
 */
function makeRoom(file, size) {
  if (size <= file.bytes.length) return;
  try {
    const bytes = new Uint8Array(Math.max(size, 2 * file.bytes.length));
    bytes.set(file.bytes);
    file.bytes = bytes;
  } catch { // a RangeError: there is no memory
    fail(wasi.ERRNO_NOSPC);
  }
}
