/** The host functions of src/include/lull_files.h, on Node's promise-backed files. */
import { open, readdir, stat } from 'node:fs/promises';
import { LullError } from '../../js/marshal/errors.js';
import { ECLOSED } from '../../js/marshal/status.js';
import { Bytes } from '../../js/hostlib/bytes.js';
import { tableOf } from '../../js/hostlib/descriptors.js';
import { HostThenable } from '../../js/hostlib/event-queue.js';

/**
 * @import { FileHandle } from 'node:fs/promises'
 * @import { Stats } from 'node:fs'
 * @import { HostContext } from '../../js/lull.js'
 */

/** The most bytes read at once, since a call may ask for any number. */
const MOST = 2 ** 24;

class File {
  /** @param {FileHandle} handle */
  constructor(handle) {
    this.handle = handle;
    this.bytes = new Bytes();
    this.bytes.wanted = ({ most }) => this.#read(most);
  }

  #reading = false;

  /** @param {number} most */
  async #read(most) {
    if (this.#reading) return; // for a cancelled call: its result goes to the next one
    this.#reading = true;
    try {
      const size = Math.min(most, MOST);
      const { buffer, bytesRead } = await this.handle.read(new Uint8Array(size), 0, size);
      this.#reading = false;
      if (bytesRead) this.bytes.put(buffer.subarray(0, bytesRead));
      else this.bytes.pass();
    } catch (error) {
      this.#reading = false;
      this.bytes.pass(error);
    }
  }

  async close() {
    this.bytes.close(new LullError(ECLOSED));
    await this.handle.close();
  }

  destroy() {
    this.close().catch(() => {}); // no caller is left to receive an error
  }
}

/** One set for each app, which has descriptors of its own. */
export function files(/** @type {unknown[]} */ ...given) {
  const descriptors = tableOf('files', given);
  return descriptors.usedBy({
    /**
     * @this {HostContext}
     * @param {string} path
     * @param {string} mode as fopen's
     */
    lull_file_open(path, mode) {
      const wait = new HostThenable(this);
      open(path, mode.replace('b', '')).then((handle) => {
        const file = new File(handle);
        if (this.settled) file.destroy(); // the call was cancelled
        else wait.resolve(descriptors.add(file));
      }, (error) => wait.reject(error));
      return wait;
    },

    /**
     * @this {HostContext}
     * @param {number} file
     * @param {number} most
     */
    lull_file_read(file, most) {
      return descriptors.get(file, File).bytes.read(this, most);
    },

    /**
     * @this {HostContext}
     * @param {number} file
     * @param {Uint8Array} bytes
     */
    async lull_file_write(file, bytes) {
      await descriptors.get(file, File).handle.writeFile(bytes, { signal: this.signal });
    },

    /** @param {number} file */
    async lull_file__close(file) {
      const opened = descriptors.get(file, File);
      descriptors.remove(file);
      await opened.close();
    },

    /** @param {string} path */
    async lull_file__stat(path) {
      return record(await stat(path));
    },

    /** @param {string} path */
    async lull_file_readdir(path) {
      const names = (await readdir(path)).sort();
      return new TextEncoder().encode(names.map((name) => `${name}\0`).join(''));
    },
  });
}

/**
 * The bytes of a struct lull_file_info.
 *
 * @param {Stats} stats
 */
function record(stats) {
  const record = new DataView(new ArrayBuffer(24));
  record.setFloat64(0, stats.size, true);
  record.setFloat64(8, stats.mtimeMs / 1000, true);
  record.setInt32(16, stats.isFile() ? 1 : stats.isDirectory() ? 2 : 0, true);
  record.setInt32(20, stats.mode & 0o7777, true);
  return new Uint8Array(record.buffer);
}
