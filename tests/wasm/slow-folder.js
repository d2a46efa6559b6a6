/** A folder in memory, each of whose answers takes a while: what lull uses of a FileSystemDirectoryHandle. */

const error = (name) => Object.assign(new Error(name), { name });

class SlowFile {
  kind = 'file';
  bytes = new Uint8Array();
  lastModified = 1_700_000_000_000;

  constructor(folder, name) {
    this.name = name;
    this.store = folder.store;
  }

  async getFile() {
    const { bytes, lastModified, store } = this;
    await store.answer('getFile', this.name);
    return {
      size: bytes.length,
      lastModified,
      slice: (start, end) => ({ arrayBuffer: async () => bytes.slice(start, end).buffer }),
    };
  }

  async createWritable({ keepExistingData }) {
    const { store, name } = this;
    await store.answer('createWritable', name);
    store.writers++;
    let bytes = keepExistingData ? this.bytes : new Uint8Array();
    const resize = (size) => {
      const grown = new Uint8Array(size);
      grown.set(bytes.subarray(0, size));
      bytes = grown;
    };
    return {
      write: async ({ type, position, data }) => {
        const copy = data.slice();
        await store.answer(type, name).catch((failure) => {
          store.writers--; // the stream ends with it
          throw failure;
        });
        resize(Math.max(bytes.length, position + copy.length));
        bytes.set(copy, position);
      },
      truncate: async (size) => {
        await store.answer('truncate', name);
        resize(size);
      },
      close: async () => {
        store.writers--;
        await store.answer('close', name);
        this.bytes = bytes;
      },
    };
  }
}

class SlowDirectory {
  kind = 'directory';
  items = new Map();

  constructor(store, name) {
    this.store = store;
    this.name = name;
  }

  async #get(name, Kind, make, create) {
    await this.store.answer('get', name);
    const found = this.items.get(name);
    if (found && !(found instanceof Kind)) throw error('TypeMismatchError');
    if (!found && !create) throw error('NotFoundError');
    if (!found) this.items.set(name, make());
    return this.items.get(name);
  }

  getFileHandle(name, { create = false } = {}) {
    return this.#get(name, SlowFile, () => new SlowFile(this, name), create);
  }

  getDirectoryHandle(name, { create = false } = {}) {
    return this.#get(name, SlowDirectory, () => new SlowDirectory(this.store, name), create);
  }

  async removeEntry(name) {
    await this.store.answer('removeEntry', name);
    const found = this.items.get(name);
    if (!found) throw error('NotFoundError');
    if (found.items?.size) throw error('InvalidModificationError');
    this.items.delete(name);
  }

  async* values() {
    await this.store.answer('values', this.name);
    yield* [...this.items.values()];
  }
}

export class SlowFolder extends SlowDirectory {
  /** How many files are being written. */
  writers = 0;
  /** Errors by the names of calls. */
  failing = {};

  /** @param {any} clock @param {number} delay milliseconds of each answer */
  constructor(clock, delay = 1) {
    super(undefined, '');
    this.store = this;
    this.answer = async (call) => {
      await new Promise((resolve) => clock.arm(resolve, delay));
      const failing = this.failing[call];
      if (failing) throw typeof failing === 'string' ? error(failing) : failing;
    };
  }

  /** Make a file at once. @param {string} name @param {string} text */
  set(name, text) {
    const file = new SlowFile(this, name);
    file.bytes = new TextEncoder().encode(text);
    this.items.set(name, file);
  }

  /** The text of a file. @param {string} name */
  text(name) {
    const file = this.items.get(name);
    return file && new TextDecoder().decode(file.bytes);
  }
}
