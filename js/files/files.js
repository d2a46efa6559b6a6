/** The files of an app that is given no folders, as its JavaScript sees them. */
import { wasi } from '@bjorn3/browser_wasi_shim';
import { isBytes } from '../marshal/bytes.js';
import { show, wrong } from '../marshal/check.js';
import { encode } from '../marshal/text.js';
import { Memory } from './memory.js';
import { Preopen, WasiError } from './wasi-files.js';

/** Under which a tree has the function that makes it a folder of WASI. Every copy of lull has this symbol. */
const FOLDER = Symbol.for('lull.folder');

/** For messages. */
const OPTION = "load: option 'wasi'";
const WANTED = "an object with the contents of files by their paths, such as { '/input.txt': 'text' }";

/** The errors of paths by number: their codes in Node, and what they say. @type {Record<number, [string, string]>} */
const ERRORS = {
  [wasi.ERRNO_BUSY]: ['EBUSY', 'this folder stays'],
  [wasi.ERRNO_ISDIR]: ['EISDIR', 'it is a folder'],
  [wasi.ERRNO_LOOP]: ['ELOOP', 'too many symbolic links'],
  [wasi.ERRNO_NAMETOOLONG]: ['ENAMETOOLONG', 'a name is too long'],
  [wasi.ERRNO_NOENT]: ['ENOENT', 'nothing is there'],
  [wasi.ERRNO_NOSPC]: ['ENOSPC', 'there is no memory for it'],
  [wasi.ERRNO_NOTDIR]: ['ENOTDIR', 'a file is no folder'],
};

export class Files {
  #memory;

  /** @param {Memory} [memory] */
  constructor(memory = new Memory()) {
    this.#memory = memory;
    memory.makeFolder(memory.place('/tmp'));
  }

  /**
   * The contents of a file: a copy.
   *
   * @param {string} path
   */
  read(path) {
    return this.#at('read', path, () => {
      const file = this.#memory.open(this.#memory.place(path), 0);
      return this.#memory.read(file, file.size, 0n).slice();
    });
  }

  /**
   * Make a file, and its folders, or give it other contents.
   *
   * @param {string} path
   * @param {string | Uint8Array} contents
   */
  write(path, contents) {
    this.#at('write', path, () => {
      const isText = typeof contents === 'string';
      if (!isText && !isBytes(contents)) {
        throw wrong(`the contents of ${show(path)}`, 'a string or a Uint8Array', contents);
      }
      this.#memory.make(path, isText ? encode(contents) : contents);
    });
  }

  /**
   * Remove a file, or a folder with everything in it.
   *
   * @param {string} path
   */
  remove(path) {
    this.#at('remove', path, () => {
      const remove = (/** @type {string} */ path) => {
        const place = this.#memory.place(path, false);
        const isFolder = this.#memory.stat(place)?.filetype === wasi.FILETYPE_DIRECTORY;
        if (isFolder && place.item !== this.#memory.root) {
          for (const { name } of this.#memory.list(this.#memory.enter(place))) remove(`${path}/${name}`);
        }
        if (isFolder) this.#memory.removeFolder(place);
        else this.#memory.unlink(place);
      };
      remove(path);
    });
  }

  /**
   * The paths of the files in a folder, and in those below it.
   *
   * @param {string} [path]
   * @returns {string[]}
   */
  list(path = '/') {
    return this.#at('list', path, () => {
      const { item } = this.#memory.place(`${path}/`);
      if (!item) throw new WasiError(wasi.ERRNO_NOENT);
      const start = path.replace(/\/*$/, '/');
      return this.#memory.list(/** @type {any} */ (item)).flatMap(({ name, type }) => {
        if (type === wasi.FILETYPE_DIRECTORY) return this.list(start + name);
        return type === wasi.FILETYPE_REGULAR_FILE ? start + name : [];
      }).sort();
    });
  }

  /** The root, as a folder of WASI. */
  [FOLDER]() {
    return new Preopen(this.#memory, this.#memory.root, '/');
  }

  /**
   * @template T
   * @param {string} name of the method
   * @param {unknown} path
   * @param {() => T} act
   * @returns {T}
   */
  #at(name, path, act) {
    if (typeof path !== 'string' || !path.startsWith('/') || path.includes('\0')) {
      throw wrong(`files: the path to ${name}`, "an absolute path without NUL, such as '/input.txt'", path);
    }
    try {
      return act();
    } catch (error) {
      const known = error instanceof WasiError && ERRORS[error.number];
      if (!known) throw error;
      const [code, text] = known;
      throw Object.assign(new Error(`${code}: cannot ${name} ${path}: ${text}`), { code });
    }
  }
}

/** The streams: descriptors after these are folders. */
const STREAMS = 3;

/**
 * Give a program that has no folder a tree of its own.
 *
 * @param {any[]} fds
 * @param {any} given of `load`: contents by path, or the files of another app
 * @returns {Files | undefined} undefined: it has folders
 */
export function addFiles(fds, given) {
  if (fds.length > STREAMS) {
    if (!given) return undefined;
    throw new TypeError(`${OPTION}: leave out 'files', or the folders in 'fds': a program has one or the other`);
  }
  const files = given?.[FOLDER] ? given : new Files();
  if (given && files !== given) {
    if (Symbol.iterator in given) throw wrong(`${OPTION}: option 'files'`, WANTED, given);
    for (const [path, contents] of Object.entries(given)) files.write(path, contents);
  }
  fds[STREAMS] = files[FOLDER]();
  return files;
}
