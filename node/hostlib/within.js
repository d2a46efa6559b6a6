/**
 * Host functions for files that stay below some folders, but for devices, as the files of WASI do: one policy for both
 * under `lull run`.
 */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { systemError } from '../../js/hostlib/descriptors.js';
import { isDevice } from '../../js/hostlib/devices.js';

/** @import { HostContext } from '../../js/lull.js' */

/** The functions of lull_files.h whose first argument is a path. */
const WITH_PATH = ['lull_file_open', 'lull_file__stat', 'lull_file_readdir'];

/**
 * Where a path leads, through symbolic links, also if its last part is still to be made.
 *
 * @param {string} path
 * @returns {string}
 */
function placeOf(path) {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) throw error;
    return join(placeOf(parent), basename(path));
  }
}

/**
 * @template {Record<string, any>} T
 * @param {string[]} folders
 * @param {T} functions of files()
 * @returns {T}
 */
export function within(folders, functions) {
  const roots = folders.map((folder) => realpathSync(folder));
  const isBelow = (/** @type {string} */ path) =>
    roots.some((root) => `${path}${sep}`.startsWith(root === sep ? sep : root + sep));
  const unlimited = { ...functions };
  const limited = Object.fromEntries(WITH_PATH.map((name) => [
    name,
    /**
     * @this {HostContext}
     * @param {string} path
     * @param {unknown[]} more
     */
    function (path, ...more) {
      const asked = resolve(path);
      if (!isDevice(asked) && !isBelow(placeOf(asked))) {
        const where = roots.join(' or ');
        throw systemError('EACCES', `'${path}' is not below ${where}, and lull run gives a program no other files; `
          + '--dir gives it those of another folder');
      }
      return unlimited[name].call(this, path, ...more);
    },
  ]));
  return Object.assign(functions, limited);
}
