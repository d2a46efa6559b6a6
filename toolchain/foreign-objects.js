/**
 * Objects of another compiler: they have another C library in mind, and would be linked without a word; or they are
 * native, as a make before this one has left them.
 */
import { objectsIn } from './archive.js';
import { Failure } from './failure.js';
import { compilerOf } from './object-file.js';

/** @import { Bytes } from './system.js' */

/** How native objects begin. @type {[string, RegExp][]} */
const NATIVE = [
  ['ELF', /^\x7fELF/],
  ['Mach-O', /^(\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe)/],
  ['COFF', /^(\x64\x86|\x64\xaa|\x4c\x01)/],
];

/**
 * Refuse object files that another C compiler has made.
 *
 * @param {Map<string, Bytes>} files objects and archives, by their names
 * @param {Bytes} own an object of this build's compiler
 * @param {string} compiler its name
 */
export async function refuseForeign(files, own, compiler) {
  const expected = await compilerOf(own);
  if (!expected) return;
  for (const [file, contents] of files) {
    for (const { name, contents: object } of objectsIn(contents)) {
      const who = name ? `${file} (${name})` : file;
      const start = new TextDecoder('latin1').decode(object.subarray(0, 4));
      const [format] = NATIVE.find(([, pattern]) => pattern.test(start)) ?? [];
      if (format) {
        throw new Failure(`${who} is an object of a native program (${format}): `
          + 'make clean, and compile it with lull cc');
      }
      const found = await compilerOf(object);
      if (!found || found === expected) continue;
      throw new Failure(`${who} was compiled by ${found}, and this build uses ${expected} (${compiler}): `
        + 'compile it again, or choose its compiler with --cc or LULL_CC');
    }
  }
}
