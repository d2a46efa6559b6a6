/**
 * `node bench/engines.js RAW.json [NAME=FIGURES.json…]`: the ratios of several engines side by side, as the table of
 * docs/performance.md. FIGURES.json is a file of `npm run bench -- --json`; what is given is added to RAW.json, or
 * takes the place of an engine of this name.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { figuresOf } from './compare.js';

/** @import { Figure } from './compare.js' */

/** Cases whose figures say nothing of the engine, but of the platform around it. */
const OF_PLATFORM = /^(posix|sockets|threads|httpd|skynet-cold)/;

const [raw, ...given] = process.argv.slice(2);
if (!raw?.endsWith('.json') || given.some((one) => !/^[^=]+=.+$/.test(one))) {
  process.stderr.write('bench: which file? node bench/engines.js RAW.json [NAME=FIGURES.json…]\n');
  process.exit(2);
}

/** By the name of the engine. @type {Record<string, Figure[]>} */
const engines = existsSync(raw) ? JSON.parse(readFileSync(raw, 'utf8')) : {};
for (const one of given) {
  const [name, file] = [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)];
  const figures = figuresOf(readFileSync(file, 'utf8'));
  if (!figures) {
    process.stderr.write(`bench: ${file} has no figures of npm run bench -- --json\n`);
    process.exit(2);
  }
  engines[name] = figures;
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
