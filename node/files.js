/** The host functions of src/lull_files.h, on Node's promise-backed files. */
import { open } from 'node:fs/promises';

/**
 * @import { FileHandle } from 'node:fs/promises'
 * @import { HostContext } from '../core/lull.js'
 */

/** One set for each app: its descriptors are its own. */
export function files() {
  /** @type {Map<number, FileHandle>} */
  const handles = new Map();

  /** @param {number} file */
  const handleOf = (file) => {
    const handle = handles.get(file);
    if (!handle) throw new Error(`EBADF: bad file descriptor ${file}`);
    return handle;
  };

  return {
    /**
     * @this {HostContext}
     * @param {string} path
     * @param {string} mode as fopen's
     */
    async lull_file_open(path, mode) {
      const handle = await open(path, mode.replace('b', ''));
      if (this.signal.aborted) {
        await handle.close(); // nobody waits for it any longer
        throw this.signal.reason;
      }
      handles.set(handle.fd, handle);
      return handle.fd;
    },

    /**
     * @param {number} file
     * @param {number} most
     */
    async lull_file_read(file, most) {
      const { buffer, bytesRead } = await handleOf(file).read(new Uint8Array(most), 0, most);
      return buffer.subarray(0, bytesRead);
    },

    /**
     * @param {number} file
     * @param {Uint8Array} bytes
     */
    async lull_file_write(file, bytes) {
      await handleOf(file).writeFile(bytes);
    },

    /** @param {number} file */
    async lull_file_close(file) {
      const handle = handleOf(file);
      handles.delete(file);
      await handle.close();
    },
  };
}
