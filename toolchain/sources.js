/** The files that a build reads. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';

/**
 * Whether a file is handed to the linker as it is.
 *
 * @param {string} file
 */
export const isObject = (file) => ['.o', '.a', '.bc'].includes(extname(file));

const directoryFlags = ['-I', '-isystem', '-iquote', '-idirafter', '-L'];
const fileFlags = ['-include', '-imacros'];

/**
 * Take compiler flags apart into those that name a path, joined (`-Idir`) or not (`-I dir`), and the rest.
 *
 * @param {string[]} flags
 * @returns {{ flag: string, path?: string }[]}
 */
export function splitFlags(flags) {
  const split = [];
  for (let i = 0; i < flags.length; i++) {
    const name = [...directoryFlags, ...fileFlags].find((prefix) => flags[i].startsWith(prefix));
    const path = name && (flags[i].slice(name.length) || flags[++i]);
    split.push(path ? { flag: /** @type {string} */ (name), path } : { flag: flags[i] });
  }
  return split;
}

/**
 * The files that a build reads, apart from the compiler's own: the given ones and, over and over, those which a line of
 * the preprocessor names in quotes or angles and which exist. That is every `#include`, `#embed` and `#define HEADER
 * "a.h"`; one too many does no harm.
 *
 * @param {string[]} files
 * @param {string[]} flags
 * @returns {Map<string, Buffer<ArrayBuffer>>} the contents by absolute path
 */
export function readSources(files, flags) {
  const paths = splitFlags(flags);
  const folders = paths
    .filter(({ flag }) => /^-[iI]/.test(flag) && !fileFlags.includes(flag))
    .flatMap(({ path }) => path ?? []);
  const forced = paths.filter(({ flag }) => fileFlags.includes(flag)).flatMap(({ path }) => path ?? []);
  /** @type {Map<string, Buffer<ArrayBuffer>>} */
  const found = new Map();

  /** @param {string} file */
  const visit = (file) => {
    if (found.has(file)) return;
    const contents = readFileSync(file);
    found.set(file, contents);
    if (isObject(file)) return;
    for (const name of namesIn(contents)) {
      for (const folder of [dirname(file), ...folders]) {
        const candidate = resolve(folder, name);
        if (isFile(candidate)) visit(candidate);
      }
    }
  };
  // One that is missing is the compiler's to report.
  for (const file of [...files, ...forced]) if (isFile(file)) visit(resolve(file));
  return found;
}

/**
 * The names of files on the lines of the preprocessor.
 *
 * @param {Buffer} contents
 */
export function namesIn(contents) {
  return [...contents.toString().matchAll(/^[ \t]*#.*$/gm)].flatMap(([line]) =>
    [...line.matchAll(/["<]([^"<>]+)[">]/g)].map(([, name]) => name),
  );
}

/** @param {string} path */
const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
