/** The files in a folder that answers with promises, with the errors of POSIX. See D119. */
import { wasi } from '@bjorn3/browser_wasi_shim';

/** @import { FileHandle, FileWriter, FolderHandle } from '../lull.js' */

/** An error of POSIX. */
export class FileError extends Error {
  /** @param {number} number */
  constructor(number) {
    super(`WASI errno ${number}`);
    this.number = number;
  }
}

/** By the names of DOMExceptions. @type {Record<string, number>} */
const ERRORS = {
  NotFoundError: wasi.ERRNO_NOENT,
  TypeMismatchError: wasi.ERRNO_NOTDIR,
  InvalidModificationError: wasi.ERRNO_NOTEMPTY,
  NoModificationAllowedError: wasi.ERRNO_BUSY,
  QuotaExceededError: wasi.ERRNO_NOSPC,
  NotAllowedError: wasi.ERRNO_ACCES,
};

/** @param {any} error @returns {number | undefined} undefined: it is no error of a file */
export function errnoOf(error) {
  if (error instanceof FileError) return error.number;
  const code = String(error?.code);
  const number = /^E[A-Z\d]+$/.test(code) ? /** @type {any} */ (wasi)[`ERRNO_${code.slice(1)}`] : undefined;
  return number ?? (Object.hasOwn(ERRORS, error?.name) ? ERRORS[error.name] : undefined);
}

/** @typedef {{ handle: FolderHandle, path: string, parent?: Folder }} Folder without a parent, it is the root */

/**
 * Where a path leads.
 *
 * @typedef {object} Place
 * @property {Folder} folder
 * @property {string} name in the folder; '' is the folder itself
 * @property {boolean} asFolder whether the path can only be that of a folder
 */

/** @typedef {{ folder: Folder, file?: undefined } | { file: FileHandle, folder?: undefined }} Found */

/** A file that the program has open: all its descriptors share the one stream that writes. */
export class Node {
  /**
   * @param {string} path
   * @param {FileHandle} handle
   */
  constructor(path, handle) {
    this.path = path;
    this.handle = handle;
  }

  /** Descriptors, and what is about to open one. */
  references = 0;
  /** Counts changes; those up to `saved` can be seen by others. */
  version = 0;
  #saved = 0;
  /** @type {FileWriter | undefined} */
  #writer;
  #size = 0;
  /** What changes the file, one after another. @type {Promise<unknown>} */
  #changes = Promise.resolve();

  /**
   * @param {(writer: FileWriter) => Promise<void>} act
   * @param {boolean} [keeps] the contents, where there is no writer yet
   */
  #change(act, keeps = true) {
    this.version++;
    return this.#next(async () => {
      if (!this.#writer) {
        this.#size = keeps ? (await this.handle.getFile()).size : 0;
        this.#writer = await this.handle.createWritable({ keepExistingData: keeps });
      }
      try {
        await act(this.#writer);
      } catch (error) {
        this.#writer = undefined; // it is of no use after that
        throw error;
      }
    });
  }

  /**
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  #next(act) {
    const done = this.#changes.then(act);
    this.#changes = done.catch(() => {}); // the caller learns of it
    return done;
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} data
   * @param {() => number | undefined} place undefined: the end
   * @returns {Promise<number>} the position after it
   */
  async write(data, place) {
    let end = 0;
    await this.#change(async (writer) => {
      const position = place() ?? this.#size;
      end = position + data.length;
      if (data.length) await writer.write({ type: 'write', position, data });
      this.#size = Math.max(this.#size, end);
    });
    return end;
  }

  /** @param {number} size */
  resize(size) {
    return this.#change(async (writer) => {
      await writer.truncate(size);
      this.#size = size;
    }, size > 0);
  }

  /** Let others see the changes so far. */
  commit() {
    const { version } = this;
    return this.#next(async () => {
      const writer = this.#writer;
      this.#writer = undefined;
      this.#saved = version;
      await writer?.close();
    });
  }

  /** The contents, with the changes so far. */
  async file() {
    if (this.#saved !== this.version) await this.commit();
    return this.handle.getFile();
  }

  /**
   * @param {number} position
   * @param {number} size
   */
  async read(position, size) {
    const file = await this.file();
    if (position >= file.size || size === 0) return new Uint8Array();
    return new Uint8Array(await file.slice(position, position + size).arrayBuffer());
  }
}

/** The bytes that a rename copies at a time. */
const PIECE = 1 << 20;

export class Store {
  /** The files that are open, by path. @type {Map<string, Node>} */
  nodes = new Map();
  /** Numbers of files and folders, by path. @type {Map<string, bigint>} */
  #inodes = new Map();

  /** @param {bigint} device */
  constructor(device) {
    this.device = device;
  }

  /** @param {string} path */
  inodeOf(path) {
    const inode = this.#inodes.get(path) ?? BigInt(this.#inodes.size + 1);
    this.#inodes.set(path, inode);
    return inode;
  }

  /**
   * @param {Folder} folder
   * @param {string} path
   * @returns {Promise<Place>}
   */
  async place(folder, path) {
    if (!path) throw new FileError(wasi.ERRNO_NOENT);
    const asFolder = /(^|\/)\.{0,2}$/.test(path);
    const names = path.split('/').filter((name) => name && name !== '.');
    const name = names.length && names[names.length - 1] !== '..' ? /** @type {string} */ (names.pop()) : '';
    for (const each of names) folder = each === '..' ? folder.parent ?? folder : await this.#enter(folder, each);
    return { folder, name, asFolder };
  }

  /**
   * @param {Folder} folder
   * @param {string} name
   * @returns {Promise<Folder>}
   */
  async #enter(folder, name) {
    return { handle: await folder.handle.getDirectoryHandle(name), path: `${folder.path}/${name}`, parent: folder };
  }

  /**
   * @param {Place} place
   * @returns {Promise<Found | undefined>} undefined: nothing is there
   */
  async find({ folder, name, asFolder }) {
    if (!name) return { folder };
    let file;
    try {
      file = await folder.handle.getFileHandle(name);
    } catch (error) {
      const number = errnoOf(error);
      if (number === wasi.ERRNO_NOENT) return undefined;
      if (number !== wasi.ERRNO_NOTDIR && number !== wasi.ERRNO_ISDIR) throw error;
      return { folder: await this.#enter(folder, name) };
    }
    if (asFolder) throw new FileError(wasi.ERRNO_NOTDIR);
    return { file };
  }

  /** The same where something has to be there. @param {Place} place */
  async existing(place) {
    const found = await this.find(place);
    if (!found) throw new FileError(wasi.ERRNO_NOENT);
    return found;
  }

  /**
   * An open file, with one more reference.
   *
   * @param {Place} place
   * @param {FileHandle} handle
   */
  node({ folder, name }, handle) {
    const path = `${folder.path}/${name}`;
    const node = this.nodes.get(path) ?? new Node(path, handle);
    this.nodes.set(path, node);
    node.references++;
    return node;
  }

  /** The end of a reference. @param {Node} node */
  async release(node) {
    if (--node.references === 0 && this.nodes.get(node.path) === node) {
      await node.commit().finally(() => {
        if (node.references === 0 && this.nodes.get(node.path) === node) this.nodes.delete(node.path);
      });
    } else {
      await node.commit();
    }
  }

  /** @param {Place} place @param {FileHandle} handle */
  fileAt({ folder, name }, handle) {
    return this.nodes.get(`${folder.path}/${name}`)?.file() ?? handle.getFile();
  }

  /** @param {Folder} folder @returns {Promise<{ name: string, type: number, inode: bigint }[]>} */
  async list(folder) {
    const entries = [['.', folder.path], ['..', (folder.parent ?? folder).path]].map(([name, path]) => ({
      name, type: /** @type {number} */ (wasi.FILETYPE_DIRECTORY), inode: this.inodeOf(path),
    }));
    for await (const { name, kind } of folder.handle.values()) {
      const type = kind === 'directory' ? wasi.FILETYPE_DIRECTORY : wasi.FILETYPE_REGULAR_FILE;
      entries.push({ name, type, inode: this.inodeOf(`${folder.path}/${name}`) });
    }
    return entries;
  }

  /** @param {Place} place */
  async makeFolder(place) {
    if (await this.find(place)) throw new FileError(wasi.ERRNO_EXIST);
    await place.folder.handle.getDirectoryHandle(place.name, { create: true });
  }

  /** @param {Place} place */
  async removeFolder(place) {
    if (!place.name) throw new FileError(wasi.ERRNO_BUSY);
    if (!(await this.existing(place)).folder) throw new FileError(wasi.ERRNO_NOTDIR);
    await place.folder.handle.removeEntry(place.name);
  }

  /** @param {Place} place */
  async unlink(place) {
    if ((await this.existing(place)).folder) throw new FileError(wasi.ERRNO_ISDIR);
    const path = `${place.folder.path}/${place.name}`;
    await this.nodes.get(path)?.commit(); // some browsers remove no file that is being written
    await place.folder.handle.removeEntry(place.name);
    this.nodes.delete(path);
  }

  /**
   * A copy and a removal: a handle cannot be renamed everywhere.
   *
   * @param {Place} from
   * @param {Place} to
   */
  async rename(from, to) {
    const source = await this.existing(from);
    if (!source.file) throw new FileError(wasi.ERRNO_XDEV);
    const target = await this.find(to);
    if (target?.folder) throw new FileError(wasi.ERRNO_ISDIR);
    if (to.asFolder) throw new FileError(wasi.ERRNO_NOTDIR);
    const [before, after] = [from, to].map(({ folder, name }) => `${folder.path}/${name}`);
    if (before === after) return;
    const node = this.nodes.get(before);
    await this.nodes.get(after)?.commit();
    const contents = await this.fileAt(from, source.file);
    const handle = await to.folder.handle.getFileHandle(to.name, { create: true });
    const writer = await handle.createWritable({ keepExistingData: false });
    for (let position = 0; position < contents.size; position += PIECE) {
      const data = new Uint8Array(await contents.slice(position, position + PIECE).arrayBuffer());
      await writer.write({ type: 'write', position, data });
    }
    await writer.close();
    await from.folder.handle.removeEntry(from.name);
    if (!node) return;
    this.nodes.delete(before); // its descriptors follow it
    node.handle = handle;
    node.path = after;
    if (!this.nodes.has(after)) this.nodes.set(after, node);
  }
}
