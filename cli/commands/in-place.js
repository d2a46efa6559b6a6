/** Runs a program of the machine in place of this command: with its streams, its signals and its status. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { Failure } from '../../toolchain/failure.js';

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: Record<string, string | undefined>, install: string }} options `install` says how to get the program
 * @returns {Promise<number>} its status
 */
export async function runInPlace(program, args, { env = {}, install }) {
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  // A terminal signals both; the program decides.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => { if (signal !== 'SIGINT') child.kill(signal); });
  }
  try {
    const [status, signal] = await once(child, 'close');
    return status ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)];
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new Failure(code === 'ENOENT' ? `there is no ${program} on the path. Install it:\n    ${install}` : message);
  }
}
