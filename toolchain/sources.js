/** The files that a build reads, found by the lines of the preprocessor. */
import { folderOf, resolve } from './paths.js';

/** @import { Bytes, System } from './system.js' */

/**
 * Whether a file goes to the linker unchanged.
 *
 * @param {string} file
 */
export const isObject = (file) => /\.(o|a|bc)$/.test(file);

const folderFlags = ['-I', '-isystem', '-iquote', '-idirafter', '-L'];
const fileFlags = ['-include', '-imacros'];
/** Flags with the name of a file somewhere in their values: `-DHEADER='"a.h"'`. */
const nameFlags = ['-D'];

/**
 * Split compiler flags into those that may name a file, joined (`-Idir`) or separate (`-I dir`), and all others.
 *
 * @param {string[]} flags
 * @returns {{ flag: string, path?: string }[]}
 */
export function splitFlags(flags) {
  const split = [];
  for (let i = 0; i < flags.length; i++) {
    const name = [...folderFlags, ...fileFlags, ...nameFlags].find((prefix) => flags[i].startsWith(prefix));
    const path = name && (flags[i].slice(name.length) || flags[++i]);
    split.push(path ? { flag: /** @type {string} */ (name), path } : { flag: flags[i] });
  }
  return split;
}

/**
 * The given files and, recursively, every existing file that a preprocessor line names in quotes or angle brackets:
 * `#include`, `#embed`, `#define HEADER "a.h"`. A file too many does no harm. The compiler's own files are left out.
 *
 * @param {System} system
 * @param {string[]} files
 * @param {string[]} flags
 * @param {Set<string>} [missing] gets the paths at which there is no file, and one would be read
 * @returns {Map<string, Bytes>} the contents by absolute path
 */
export function readSources(system, files, flags, missing) {
  const paths = splitFlags(flags);
  const folders = paths
    .filter(({ flag }) => /^-[iI]/.test(flag) && !fileFlags.includes(flag))
    .flatMap(({ path }) => path ?? []);
  const defined = paths
    .filter(({ flag }) => nameFlags.includes(flag))
    .flatMap(({ path }) => namesIn(new TextEncoder().encode(`#${path}`)));
  const forced = paths.filter(({ flag }) => fileFlags.includes(flag)).flatMap(({ path }) => path ?? []);
  /** @type {Map<string, Bytes>} */
  const found = new Map();

  /** @param {string} file an absolute path */
  const visit = (file) => {
    if (found.has(file)) return;
    const contents = system.read(file);
    if (!contents) {
      missing?.add(file); // the compiler reports it
      return;
    }
    found.set(file, contents);
    if (isObject(file)) return;
    for (const name of [...defined, ...namesIn(contents)]) {
      for (const folder of [folderOf(file), ...folders]) visit(resolve(resolve(system.folder, folder), name));
    }
  };
  for (const file of [...files, ...forced]) visit(resolve(system.folder, file));
  return found;
}

/**
 * The names of files on the lines of the preprocessor.
 *
 * @param {Uint8Array} contents
 */
export function namesIn(contents) {
  return [...new TextDecoder().decode(contents).matchAll(/^[ \t]*#.*$/gm)].flatMap(([line]) =>
    [...line.matchAll(/["<]([^"<>]+)[">]/g)].map(([, name]) => name),
  );
}
