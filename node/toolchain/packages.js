/** The files of the lull package, and the optional packages around it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** @import { Package, Runtime } from '../../toolchain/system.js' */

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The runtime in the repository. */
const source = join(root, 'src', 'runtime.c');
/** The same in the package: scripts/pack-runtime.js. */
const packed = join(root, 'build', 'package', 'runtime.c.br');

/** The version of this lull. */
export const lullVersion = manifest(root).version;

/**
 * The runtime.
 *
 * @param {(url: string, name: string) => Promise<string>} unpacked see System
 * @returns {Runtime}
 */
export const runtimeOf = (unpacked) => ({
  version: lullVersion,
  include: join(root, 'src', 'include'),
  async source() {
    if (existsSync(source)) return source;
    const digest = createHash('sha256').update(readFileSync(packed)).digest('hex');
    return join(await unpacked(pathToFileURL(packed).href, `runtime-${digest.slice(0, 16)}`), 'runtime.c');
  },
  // A native program has the whole machine, so this has it, too. See D91.
  script: `#!/bin/sh
# Written by lull: runs the module behind these lines.
exec ${[process.execPath, join(root, 'cli', 'cli.js')].map(quoted).join(' ')} run -A "$0" -- "$@"
`,
});

/** @param {string} word for a shell */
function quoted(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The compile server, which cli/client starts. */
export const serverProgram = join(root, 'cli', 'server', 'server.js');

/** The toolchain's own code, which in a checkout changes without the version. */
export const toolchainCode = () => {
  const folder = join(root, 'toolchain');
  return readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((name) => name.endsWith('.js')).sort()
    .map((name) => readFileSync(join(folder, name)));
};

/** The folders of the code that a build runs. */
export const codeFolders = ['cli', 'js', 'node', 'toolchain'].map((name) => join(root, name));

/**
 * Find an optional package: installed next to lull or in the current project. The latter is for a lull started by npx.
 *
 * @param {string} name
 * @param {string} [folder] of the project
 * @returns {Package | undefined}
 */
export function findPackage(name, folder = '.') {
  for (const from of [import.meta.url, pathToFileURL(resolve(folder, 'lull.js'))]) {
    try {
      const entry = createRequire(from).resolve(name);
      return { url: pathToFileURL(entry).href, version: owner(entry, name).version };
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/**
 * Whether the project depends on a package: the package.json of this folder, or of one above, names it.
 *
 * @param {string} name
 * @param {string} [folder]
 * @returns {boolean}
 */
export function dependsOn(name, folder = process.cwd()) {
  try {
    const { dependencies, devDependencies, optionalDependencies } = manifest(folder);
    if (Object.hasOwn({ ...dependencies, ...devDependencies, ...optionalDependencies }, name)) return true;
  } catch {
    // None in this folder, or none that can be read.
  }
  return dirname(folder) !== folder && dependsOn(name, dirname(folder));
}

/**
 * The manifest of the package that a file belongs to. Found by hand, because a package need not export its
 * package.json.
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
