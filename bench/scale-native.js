/** The native build of scale.c. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sources } from '../tests/native/sources.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const FLAGS = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-g', `-I${root}src/include`, `-I${root}src`];

/** The operations that it has, by its first argument. */
export const MEASURES = ['switch', 'switch-shared', 'timer', 'spawn', 'channel'];

/**
 * @param {string} folder for the program
 * @returns {string} its path
 */
export function buildNative(folder) {
  const program = join(folder, 'scale');
  execFileSync('gcc', [...FLAGS, `${root}bench/scale.c`, ...sources, '-o', program], { stdio: 'inherit' });
  return program;
}
