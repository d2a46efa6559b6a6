/** The value of `-O`, checked. */
import { Failure } from '../../toolchain/failure.js';

/**
 * What comes after -O, checked.
 *
 * @param {string | undefined} level
 */
export function optimizationLevel(level = '2') {
  if (/^[0123sz]$/.test(level)) return level;
  throw new Failure(`-O is followed by 0, 1, 2, 3, s or z, not by '${level}'`, 2);
}
