/** Calls of WASI about files, in place of the shim's. See D110. */
import { wasi } from '@bjorn3/browser_wasi_shim';
import { encode } from '../marshal/text.js';

/** @import { WASI } from '@bjorn3/browser_wasi_shim' */

/**
 * @param {WASI} system
 * @returns {Record<string, (...args: number[]) => number>}
 */
export function fileCalls(system) {
  const { fds, wasiImport: { path_open: open } } = system;
  const decoder = new TextDecoder();
  const bytes = () => new Uint8Array(system.inst.exports.memory.buffer);
  const word = (/** @type {number} */ at, /** @type {number} */ value) =>
    new DataView(bytes().buffer).setUint32(at, value, true);
  const text = (/** @type {number} */ at, /** @type {number} */ length) =>
    decoder.decode(bytes().subarray(at, at + length));

  return {
    /** With the lowest number that is free: the shim uses none again. */
    path_open(...args) {
      const errno = /** @type {(...args: any[]) => number} */ (open)(...args);
      if (errno) return errno;
      const opened = /** @type {typeof fds[number]} */ (fds.pop());
      const free = fds.findIndex((fd) => !fd);
      const number = free < 0 ? fds.length : free;
      fds[number] = opened;
      word(args[8], number);
      return wasi.ERRNO_SUCCESS;
    },

    /** The shim has none. */
    path_symlink(target, size, fd, path, length) {
      const folder = /** @type {any} */ (fds[fd]);
      if (!folder) return wasi.ERRNO_BADF;
      return folder.path_symlink?.(text(target, size), text(path, length)) ?? wasi.ERRNO_NOTSUP;
    },

    /** As much as there is room for: the shim fails where there is too little. */
    path_readlink(fd, path, length, buffer, size, used) {
      if (!fds[fd]) return wasi.ERRNO_BADF;
      const { ret, data } = fds[fd].path_readlink(text(path, length));
      if (data === null) return ret;
      const target = encode(data).subarray(0, size);
      bytes().set(target, buffer);
      word(used, target.length);
      return ret;
    },
  };
}
