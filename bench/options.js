/** The options of `npm run bench`. A mistake is a sentence, before anything is measured. */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../toolchain/failure.js';
import { figuresOf } from './compare.js';

export const USAGE = `Usage: npm run bench -- [--json FILE] [--only NAME,…] [--cc emcc|clang|native]
    [--compare OLD.json] [--browser chromium|firefox] [--switch NAME | --switches]
       npm run bench -- --scale[=POWER] [--json FILE] [--only NAME,…] [--cc NAME]
       npm run bench -- --peers [--json FILE] [--only NAME,…] [--cc NAME]
Measure lull against baselines of the same run; --json - writes the figures to stdout in place of the table.
--only measures the cases whose names begin with one of these. --cc names the compiler. --help, -h: this text.
--compare says which cases changed beyond the noise since a file of --json; the exit status does not depend on it.
In a browser: the same cases without those of memory, and cases of pages alone.
--switch stacks measures that switch, also against Asyncify, in the cases of this process; in Node 26 or later.
--switches prints a table of all switches instead: see docs/switches.md.
--scale prints what operations cost with 10, 1000, 100000 … tasks, up to 10 to the POWER: 6, or 3 to 7.
--peers compares whole programs with other runtimes, where they are installed: see docs/performance.md.`;

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
export const NAMES = {
  json: { type: 'string' },
  only: { type: 'string' },
  cc: { type: 'string' },
  compare: { type: 'string' },
  browser: { type: 'string' },
  switch: { type: 'string' },
  switches: { type: 'boolean' },
  scale: { type: 'string' },
  peers: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
};

/** The options that choose a table of their own, and the options that each allows. */
const MODES = {
  scale: ['json', 'only', 'cc'],
  peers: ['json', 'only', 'cc'],
  switches: ['json', 'only', 'cc', 'browser'],
};

/**
 * @typedef {object} Options
 * @property {string} [json]
 * @property {string} [only]
 * @property {string} [cc]
 * @property {import('./compare.js').Figure[]} [compare] the figures of the older run
 * @property {'chromium' | 'firefox'} [browser]
 * @property {string} [switch]
 * @property {boolean} [switches]
 * @property {number} [scale] the power of ten of the most tasks
 * @property {boolean} [peers]
 * @property {boolean} [help]
 */

/** @param {string[]} args */
function parsed(args) {
  try {
    return /** @type {Record<string, any>} */ (parseArgs({
      args: args.map((arg) => (arg === '--scale' ? '--scale=6' : arg)),
      options: NAMES,
    }).values);
  } catch (error) {
    const said = /** @type {Error} */ (error).message.split(/\. |\n/)[0];
    throw new Failure(`bench: ${said.replace(/\.$/, '')}; --help lists the options`, 2);
  }
}

/** Find out before minutes of measuring are lost. @param {string} file */
function checkWritable(file) {
  const there = existsSync(file);
  try {
    accessSync(there ? file : dirname(resolve(file)), constants.W_OK);
  } catch {
    throw new Failure(`--json: ${file} cannot be written; give a file in a folder that exists, or - for stdout`, 2);
  }
  if (there && statSync(file).isDirectory()) throw new Failure(`--json: ${file} is a folder; give a file`, 2);
}

/** @param {string} file */
function readFigures(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Failure(`--compare: ${file} cannot be read; give a file that --json wrote`, 2);
  }
  const figures = figuresOf(text);
  if (!figures) throw new Failure(`--compare: ${file} has no figures of cases; give a file that --json wrote`, 2);
  return figures;
}

/**
 * @param {string[]} args without node and the script
 * @returns {Options}
 */
export function readOptions(args) {
  const { scale, compare, ...options } = parsed(args);
  for (const [mode, allowed] of Object.entries(MODES)) {
    if (mode === 'scale' ? scale === undefined : !options[mode]) continue;
    const given = Object.entries({ scale, compare, ...options }).filter(([, value]) => value !== undefined);
    const fitting = [mode, 'help', ...allowed];
    const other = given.map(([name]) => name).find((name) => !fitting.includes(name));
    if (!other) continue;
    throw new Failure(other === 'switch' && mode === 'switches'
      ? '--switches: with all of them, --switch has no meaning; leave one of the two out'
      : `--${mode}: --${other} has no meaning beside it; leave one of the two out`, 2);
  }
  const { browser, json } = options;
  if (browser !== undefined && browser !== 'chromium' && browser !== 'firefox') {
    throw new Failure(`--browser: chromium or firefox, not ${browser}`, 2);
  }
  if (scale !== undefined && !/^[3-7]$/.test(scale)) {
    throw new Failure(`--scale: a power of ten from 3 to 7, not '${scale}'`, 2);
  }
  if (json === '') throw new Failure('--json: give a file, or - for stdout', 2);
  if (json !== undefined && json !== '-') checkWritable(json);
  return {
    ...options,
    ...(scale !== undefined && { scale: Number(scale) }),
    ...(compare !== undefined && { compare: readFigures(compare) }),
  };
}

/**
 * The names that --only asks for.
 *
 * @param {string | undefined} only
 * @param {string[]} names of all
 */
export function choose(only, names) {
  return new Set((only ?? '').split(',').flatMap((start) => {
    const found = names.filter((name) => name.startsWith(start));
    if (found.length) return found;
    throw new Failure(`--only: no case begins with '${start}'; there are ${names.join(', ')}`, 2);
  }));
}
