/**
 * `node bench/engines.js RAW.json [NAME=FIGURES.json…]`: print the ratios of several engines side by side, as the table
 * of docs/performance.md. FIGURES.json is a file of `npm run bench -- --json`. Its figures are added to RAW.json, or
 * replace those of an engine of the same name.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { figuresOf } from './compare.js';

/** @import { Figure } from './compare.js' */

/** Cases of the platform rather than of the engine. */
const OF_PLATFORM = /^(posix|sockets|threads|httpd|skynet-cold|timer-busy|first-task|frame)/;

/** @type {(sentence: string) => never} */
function refuse(sentence) {
  process.stderr.write(`bench: ${sentence}\n`);
  process.exit(2);
}

/** @param {string} file */
function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return refuse(`${file} cannot be read: ${/** @type {Error} */ (error).message}`);
  }
}

/** By the name of the engine. @type {(text: string) => Record<string, Figure[]>} */
function enginesOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return refuse(`${raw} is no file of bench/engines.js: it is not JSON`);
  }
}

const [raw, ...given] = process.argv.slice(2);
if (!raw?.endsWith('.json') || given.some((one) => !/^[^=]+=.+$/.test(one))) {
  refuse('which file? node bench/engines.js RAW.json [NAME=FIGURES.json…]');
}

const engines = existsSync(raw) ? enginesOf(textOf(raw)) : {};
for (const one of given) {
  const [, name, file] = /** @type {RegExpExecArray} */ (/^([^=]+)=(.+)$/s.exec(one));
  engines[name] = figuresOf(textOf(file)) ?? refuse(`${file} has no figures of npm run bench -- --json`);
}
if (given.length) writeFileSync(raw, `${JSON.stringify(engines, undefined, 1)}\n`);

const names = Object.keys(engines);
/** @param {Figure} figure */
const keyOf = ({ name, baseline }) => `${name} | ${baseline}`;
const rows = [...new Set(Object.values(engines).flatMap((figures) => figures.map(keyOf)))]
  .filter((key) => !OF_PLATFORM.test(key));
const ratioOf = (/** @type {string} */ name, /** @type {string} */ key) =>
  engines[name].find((figure) => keyOf(figure) === key)?.ratio.toPrecision(2) ?? '';

process.stdout.write(`| case | baseline | ${names.join(' | ')} |\n|---|---|${names.map(() => '---:|').join('')}\n`);
for (const key of rows) process.stdout.write(`| ${[key, ...names.map((name) => ratioOf(name, key))].join(' | ')} |\n`);
