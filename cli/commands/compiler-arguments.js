/** The arguments of commands that compile: those of lull, and those of the compiler, which need no `--` before them. */
import { languageOf } from '../../toolchain/arguments.js';
import { Failure } from '../../toolchain/failure.js';
import { isObject } from '../../toolchain/sources.js';

/**
 * @import { Arguments } from '../../toolchain/arguments.js'
 * @import { System } from '../../toolchain/system.js'
 */

/** @typedef {NonNullable<import('node:util').ParseArgsConfig['options']>} Options */

/** Options that may stand without a value. */
const OPTIONAL_VALUES = ['--allow-net', '--allow-run', '--fuel', '--report'];

/**
 * Tell lull's own options, which begin with `--`, from the compiler's arguments: files, and flags that begin with `-`.
 *
 * @param {string[]} argv
 * @param {Options} options lull's own
 * @returns {{ own: string[], given: string[] }}
 */
export function tellApart(argv, options) {
  /** @type {{ own: string[], given: string[] }} */
  const parts = { own: [], given: [] };
  const shorts = ['-h', ...Object.values(options).flatMap(({ short }) => (short ? `-${short}` : []))];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i];
    if (!shorts.includes(argument) && !argument.startsWith('--')) {
      parts.given.push(argument);
      continue;
    }
    const empty = OPTIONAL_VALUES.find((name) => argument === `${name}=`);
    if (empty) { // as of an empty variable of the shell, which is not to allow all
      throw new Failure(`${argument} has no value: leave out the =, or give one`, 2);
    }
    if (OPTIONAL_VALUES.includes(argument)) {
      parts.own.push(`${argument}=`);
      continue;
    }
    parts.own.push(argument);
    const takesNext = !argument.includes('=') && options[argument.slice(2)]?.type === 'string';
    if (takesNext && i + 1 < argv.length) parts.own.push(argv[++i]);
  }
  return parts;
}

/**
 * lull's own --fuel, as an argument of the compiler.
 *
 * @param {string} [value]
 */
export const fuelFlag = (value) => (value === undefined ? [] : [value ? `--fuel=${value}` : '--fuel']);

/**
 * lull's own --async-files, likewise.
 *
 * @param {boolean} [given]
 */
export const asyncFilesFlag = (given) => (given ? ['--async-files'] : []);

/**
 * lull's own --switch, likewise.
 *
 * @param {string} [value]
 */
export const switchFlag = (value) => (value === undefined ? [] : [`--switch=${value}`]);

/**
 * lull's own --instrument, likewise.
 *
 * @param {string} [value]
 */
export const instrumentFlag = (value) => (value === undefined ? [] : [`--instrument=${value}`]);

/** The level where none is given: it comes first, so any other counts. */
export const DEFAULT_LEVEL = '-O2';

/** The same for `lull run`, which is there to try things: a build takes up to a third less. See D99. */
export const RUN_LEVEL = '-O1';

/**
 * Compilers take an argument that begins with @ for a file of arguments; a file of that name is ./@name.
 *
 * @param {string[]} given
 * @param {(file: string) => unknown} read nothing if there is no such file
 */
export const withFiles = (given, read) =>
  given.map((argument) =>
    (argument.startsWith('@') && isProgram(argument) && read(argument) ? `./${argument}` : argument));

/** @param {string} file */
const isProgram = (file) => languageOf(file) !== undefined || isObject(file) || file.endsWith('.wasm');

/**
 * The archives among which the linker finds libraries. It alone knows which of them it takes.
 *
 * @param {System} system
 * @param {Arguments['link']} link
 */
export const archivesOf = (system, link) => link.flatMap((item) => {
  const [option, value] = Array.isArray(item) ? item : [''];
  const folder = option.startsWith('-L') ? option.slice(2) || value : '';
  return folder ? system.list(folder).filter((name) => name.endsWith('.a')).map((name) => `${folder}/${name}`) : [];
});
