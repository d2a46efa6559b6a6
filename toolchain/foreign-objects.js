/** Objects of another compiler: they have another C library in mind, and would be linked without a word. */
import { objectsIn } from './archive.js';
import { Failure } from './failure.js';
import { compilerOf } from './object-file.js';

/** @import { Bytes } from './system.js' */

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
      const found = await compilerOf(object);
      if (!found || found === expected) continue;
      throw new Failure(`${name ? `${file} (${name})` : file} was compiled by ${found}, and this build uses `
        + `${expected} (${compiler}): compile it again, or choose its compiler with --cc or LULL_CC`);
    }
  }
}
