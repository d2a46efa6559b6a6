/**
 * Files in memory that are kept in a folder of the browser: read at the beginning, and written where they change.
 * See D112.
 */
import { wrong } from '../../js/marshal/check.js';

/** @import { File, Folder, Item, Memory } from '../../js/files/memory.js' */
/** @import { StoredFiles } from './index.js' */

/** What is not kept. */
const TEMPORARY = '/tmp';

/** In place of the state of a file. */
const FOLDER = 'folder';

/** @type {typeof import('./index.js').storedFiles} */
export async function storedFiles(folder) {
  if (typeof folder?.getDirectoryHandle !== 'function') {
    const wanted = "a FileSystemDirectoryHandle, as from navigator.storage.getDirectory()";
    throw wrong('storedFiles: the folder', wanted, folder);
  }
  const { Files, Memory } = await import('../../js/files/index.js'); // not for pages that store none
  const memory = new Memory();
  const files = new Files(memory);
  const store = new Store(folder, memory);
  await store.load();
  return Object.assign(files, { save: () => store.save() });
}

/** A tree in memory, and the folder that keeps it. */
class Store {
  /** The saves so far, one after another. @type {Promise<void>} */
  #saving = Promise.resolve();
  #isDue = false;
  /** What the folder has: by path, the state of a file, or FOLDER. @type {Map<string, string>} */
  #stored = new Map();

  /**
   * @param {FileSystemDirectoryHandle} root
   * @param {Memory} memory
   */
  constructor(root, memory) {
    this.#root = root;
    this.#memory = memory;
  }

  #root;
  #memory;

  async load() {
    await this.#read(this.#root, '');
    this.#memory.settled = () => this.#schedule();
  }

  /** Resolves when the folder has what the tree has now. */
  save() {
    const saved = this.#saving.then(() => this.#save());
    this.#saving = saved.catch(() => {}); // the caller learns of it
    return saved;
  }

  /** Save in a turn of its own, so that many changes in one turn are one save. */
  #schedule() {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.save().catch(reportError);
    });
  }

  /**
   * @param {FileSystemDirectoryHandle} folder
   * @param {string} start
   */
  async #read(folder, start) {
    for await (const handle of /** @type {any} */ (folder).values()) {
      const path = `${start}/${handle.name}`;
      if (path === TEMPORARY) continue;
      if (handle.kind === 'directory') {
        this.#memory.makeFolder(this.#memory.place(path));
        this.#stored.set(path, FOLDER);
        await this.#read(handle, path);
      } else {
        const contents = await handle.getFile();
        const file = this.#memory.make(path, new Uint8Array(await contents.arrayBuffer()));
        const modified = BigInt(contents.lastModified) * 1_000_000n;
        this.#memory.setFileTimes(file, modified, modified);
        this.#stored.set(path, stateOf(file));
      }
    }
  }

  async #save() {
    /** @type {unknown[]} */
    const failures = [];
    const attempt = (/** @type {() => Promise<void>} */ act) => act().catch((error) => { failures.push(error); });
    const items = new Map(itemsBelow(this.#memory.root, ''));
    // What is gone goes last: of a file that was renamed, one name or both are there at any time.
    for (const [path, item] of items) {
      const state = this.#stored.get(path);
      if (state === stateOf(item)) continue;
      const isReplaced = state !== undefined && (state === FOLDER) !== isFolder(item);
      await attempt(async () => {
        if (isReplaced) await this.#remove(path);
        await this.#write(path, item);
      });
    }
    for (const path of this.#stored.keys()) if (!items.has(path)) await attempt(() => this.#remove(path));
    if (failures.length) throw failures[0];
  }

  /**
   * @param {string} path
   * @param {File | Folder} item
   */
  async #write(path, item) {
    const [folder, name] = await this.#placeOf(path);
    const state = stateOf(item);
    if (isFolder(item)) {
      await folder.getDirectoryHandle(name, { create: true });
    } else {
      const contents = /** @type {File} */ (item);
      const copy = contents.bytes.slice(0, contents.size); // C may go on while it is being written
      const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
      await stream.write(copy);
      await stream.close(); // takes the place of the old contents
    }
    this.#stored.set(path, state);
  }

  /** @param {string} path */
  async #remove(path) {
    const [folder, name] = await this.#placeOf(path);
    await folder.removeEntry(name, { recursive: true }).catch((error) => {
      if (error.name !== 'NotFoundError') throw error; // another page has removed it
    });
    for (const other of [...this.#stored.keys()]) {
      if (other === path || other.startsWith(`${path}/`)) this.#stored.delete(other);
    }
  }

  /**
   * @param {string} path
   * @returns {Promise<[folder: FileSystemDirectoryHandle, name: string]>}
   */
  async #placeOf(path) {
    const names = path.split('/').slice(1);
    const name = /** @type {string} */ (names.pop());
    let folder = this.#root;
    for (const each of names) folder = await folder.getDirectoryHandle(each);
    return [folder, name];
  }
}

/** @param {Item} item @returns {item is Folder} */
const isFolder = (item) => 'items' in item;

/** Which contents a file has. @param {File | Folder} item */
const stateOf = (item) => (isFolder(item) ? FOLDER : `${item.inode} ${item.version}`);

/**
 * The files and folders, each folder before what is in it. Symbolic links are not kept.
 *
 * @param {Folder} folder
 * @param {string} start
 * @returns {Generator<[path: string, item: File | Folder]>}
 */
function* itemsBelow(folder, start) {
  for (const [name, item] of folder.items) {
    const path = `${start}/${name}`;
    if (path === TEMPORARY) continue;
    if (isFolder(item) || 'bytes' in item) yield [path, /** @type {File | Folder} */ (item)];
    if (isFolder(item)) yield* itemsBelow(item, path);
  }
}
