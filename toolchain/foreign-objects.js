/**
 * Objects of another compiler: they have another C library in mind, and would be linked without a word; or they are
 * native, as a make before this one has left them.
 */
import { objectsIn } from './archive.js';
import { Failure } from './failure.js';
import { compilerOf } from './object-file.js';

/** @import { Bytes } from './system.js' */

/** The first bytes of native objects, for 64 bits. @type {[string, number[]][]} */
const NATIVE = [
  ['ELF', [0x7f, 0x45, 0x4c, 0x46]],
  ['Mach-O', [0xcf, 0xfa, 0xed, 0xfe]],
  ['COFF', [0x64, 0x86]], // x86
  ['COFF', [0x64, 0xaa]], // ARM
];

/**
 * Refuse object files that another C compiler has made.
 *
 * @param {Map<string, Bytes>} files objects and archives, by their names
 * @param {Bytes} own an object of this build's compiler
 * @param {string} compiler its name
 */
export function refuseForeign(files, own, compiler) {
  const expected = compilerOf(own);
  if (!expected) return;
  for (const [file, contents] of files) {
    for (const { name, contents: object } of objectsIn(contents)) {
      const label = name ? `${file} (${name})` : file;
      const [format] = NATIVE.find(([, start]) => start.every((byte, i) => object[i] === byte)) ?? [];
      if (format) {
        throw new Failure(`${label} is an object of a native program (${format}): `
          + 'make clean, and compile it with lull cc');
      }
      const found = compilerOf(object);
      if (!found || found === expected) continue;
      const library = expected.startsWith(found) ? ' with another C library' : ''; // by emcc, or without lull
      throw new Failure(`${label} was compiled by ${found}${library}, and this build uses ${expected} (${compiler}): `
        + 'compile it again, or choose its compiler with --cc or LULL_CC');
    }
  }
}
