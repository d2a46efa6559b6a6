/**
 * A C++ library without exceptions, of before LLVM 17: where it would throw, it calls abort(), which nothing can catch
 * and which does not say why. These calls get the name of a function of ours (src/cplusplus/exceptions.cc). Later
 * libraries report to a function that programs may replace. See D102.
 */
import { objectsIn } from './archive.js';

/** @import { Bytes } from './system.js' */

/** The import of abort() in an object, up to its kind; and one of the same length. */
const [ABORT, THROW] = ['\x03env\x05abort\x00', '\x03env\x05throw\x00'];

/** The text of later libraries. */
const REPORTS = 'was thrown in -fno-exceptions mode';

/** The parts that mean abort(): std::terminate and the like, in an archive with those of libc++abi. */
const OF_ABI = /^(cxa_|abort_message|stdlib_|fallback_)/;

/**
 * @param {Bytes} archive is changed
 * @returns {boolean} whether it was necessary
 */
export function makeThrow(archive) {
  const latin = new TextDecoder('latin1');
  if (latin.decode(archive).includes(REPORTS)) return false;
  const changed = new TextEncoder().encode(THROW);
  for (const { name, contents } of objectsIn(archive)) {
    const at = OF_ABI.test(name) ? -1 : latin.decode(contents).indexOf(ABORT);
    if (at >= 0) contents.set(changed, at);
  }
  return true;
}
