/** Where lull and its optional packages are installed. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where the lull package is. */
export const packageRoot = fileURLToPath(new URL('../', import.meta.url));

const ours = join(packageRoot, 'src', 'runtime.c');
const packed = join(packageRoot, 'build', 'package', 'runtime.c');

const source = existsSync(ours) ? ours : packed;

/**
 * The C runtime: what `#include <lull.h>` finds, the one file to compile with the program, and the flags to compile it
 * with. The package has that file as scripts/pack-runtime.js makes it.
 */
export const runtime = { include: join(packageRoot, 'src', 'include'), source, flags: [`-I${dirname(source)}`] };

/** @typedef {{ url: string, version: string }} Package */

/** The version of this lull. */
export const lullVersion = manifest(packageRoot).version;

/**
 * Find an optional package: beside lull, or in the project one stands in, so that a lull started by npx finds it too.
 *
 * @param {string} name
 * @returns {Package | undefined}
 */
export function findPackage(name) {
  for (const from of [import.meta.url, pathToFileURL(resolve('lull.js'))]) {
    try {
      const entry = createRequire(from).resolve(name);
      return { url: pathToFileURL(entry).href, version: owner(entry, name).version };
    } catch {
      // Not there: look on.
    }
  }
  return undefined;
}

/**
 * The manifest of the package that a file belongs to. By hand, because a package need not export its package.json.
 *
 * @param {string} file
 * @param {string} name
 * @returns {{ version: string }}
 */
function owner(file, name) {
  const folder = dirname(file);
  if (folder === file) throw new Error(`${name} has no package.json`);
  try {
    const found = manifest(folder);
    if (found.name === name) return found;
  } catch {
    // None in this folder.
  }
  return owner(folder, name);
}

/** @param {string} folder */
function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
