/**
 * Host functions for files that stay below a folder, but for devices, as the files of WASI do: one policy for both
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
 * @param {string} folder
 * @param {T} functions of files()
 * @returns {T}
 */
export function within(folder, functions) {
  const root = realpathSync(folder);
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
      if (!isDevice(asked) && !`${placeOf(asked)}${sep}`.startsWith(root === sep ? sep : root + sep)) {
        throw systemError('EACCES', `'${path}' is not below ${root}, and lull run gives a program no other files`);
      }
      return unlimited[name].call(this, path, ...more);
    },
  ]));
  return Object.assign(functions, limited);
}
