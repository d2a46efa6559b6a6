/** Paths with slashes, as strings: absolute ones begin with a slash, or with a drive on Windows. */

/** @param {string} path */
const hasDrive = (path) => /^[A-Za-z]:/.test(path);

/**
 * The absolute path that a path means in a folder.
 *
 * @param {string} folder an absolute path
 * @param {string} path
 */
export function resolve(folder, path) {
  const given = hasDrive(folder) ? path.replaceAll('\\', '/') : path;
  const whole = given.startsWith('/') || hasDrive(given) ? given : `${folder}/${given}`;
  /** @type {string[]} */
  const names = [];
  for (const name of whole.split('/')) {
    if (name === '..') names.pop();
    else if (name && name !== '.') names.push(name);
  }
  return hasDrive(whole) ? names.join('/') : `/${names.join('/')}`;
}

/**
 * The folder of a file; `.` if the path names none.
 *
 * @param {string} path
 */
export const folderOf = (path) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.');

/**
 * The name of a file without its folder.
 *
 * @param {string} path
 */
export const nameOf = (path) => path.replace(/^.*[\\/]/s, '');
