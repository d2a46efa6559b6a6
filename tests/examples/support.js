/** What the tests of the examples share: how an example is run. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Whether the system has a tool, of GNU. */
export const hasTool = (/** @type {string} */ name) => spawnSync(name, ['--version']).status === 0;

process.env.LULL_SERVER = 'off'; // no compile server outlives the tests

const hasEmcc = hasTool('emcc');

/** By name, what `describe` takes to leave out what is not there. */
export const compilers = new Map([
  ['clang', { skip: false }],
  ['emcc', { skip: hasEmcc ? false : 'there is no emcc' }],
]);

/**
 * The words of a command line that runs an example with `lull run`.
 *
 * @param {string} name
 * @param {string} compiler
 * @param {string[]} args
 */
export const commandLine = (name, compiler, args) =>
  [join(root, 'cli/cli.js'), 'run', join(root, `examples/${name}.c`), '--cc', compiler, '--', ...args];
