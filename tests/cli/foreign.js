/** Programs of the machine, for tests with a build system. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { onPath } from '../../node/toolchain/executables.js';
import { cache } from './support.js';

/**
 * Why a test is left out: a program that it needs is missing.
 *
 * @param {...string} names
 */
export const missing = (...names) => {
  const absent = names.filter((name) => !onPath(name));
  return absent.length > 0 && `there is no ${absent.join(' and no ')}`;
};

/**
 * Run a program to its end, with the cache of the test file.
 *
 * @param {string} cwd
 * @param {string[]} command
 * @param {Record<string, string>} [env]
 */
export async function run(cwd, [program, ...args], env) {
  const ran = await promisify(execFile)(program, args, {
    cwd, env: { ...process.env, XDG_CACHE_HOME: cache, ...env },
  }).catch((error) => error);
  return { stdout: ran.stdout, stderr: ran.stderr, status: ran.code ?? 0 };
}
