/** Which errors are the user's. */
import { getSystemErrorMap } from 'node:util';
import { Failure } from '../../toolchain/failure.js';

/**
 * An error of the system is a user error, too; any other error is a bug and keeps its stack.
 *
 * @param {unknown} error
 */
export function failureOf(error) {
  if (error instanceof Failure) return error;
  const { errno, path, syscall } = /** @type {NodeJS.ErrnoException} */ (error);
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno);
  if (known) return new Failure(`${path ?? syscall}: ${known[1]}`);
  throw error;
}
