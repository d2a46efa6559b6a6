/** Write the map of CONTRIBUTING.md from the first sentence of each file; with --check, see that it is up to date. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { layers, otherFolders } from './layers.js';

const root = new URL('../', import.meta.url);
const document = new URL('CONTRIBUTING.md', root);

/** Where the map is in the document. */
const MAP = /(?<=<!-- The map: made by npm run generate -->\n).*?(?=<!-- end of the map -->)/s;

/**
 * The first sentence of a file, which its first comment begins with.
 *
 * @param {string} path
 * @returns {string}
 */
function firstSentence(path) {
  const text = readFileSync(new URL(path, root), 'utf8').replace(/^#!\/.*\n/, '');
  const comment = /^\/\*\*?(.*?)\*\//s.exec(text)?.[1] ?? /^((?:(?:#|\/\/).*\n)+)/.exec(text)?.[1] ?? '';
  const words = comment.replace(/^[ \t]*(?:\*|#|\/\/)/gm, '').replace(/\s+/g, ' ').trim();
  const sentence = /^[^@].*?[.](?= |$)/.exec(words)?.[0];
  if (!sentence) throw new Error(`${path}: it has to begin with a comment, and that with a sentence of what it is for`);
  return sentence;
}

/**
 * The rows of a table, without the bars of a cell ending it.
 *
 * @param {string[][]} rows
 */
const table = (rows) => `| | |\n|---|---|\n${rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}`;

/** @param {string} folder */
function section(folder) {
  const purpose = layers.find(({ path }) => path === folder)?.purpose;
  const names = readdirSync(new URL(folder, root)).filter((name) => /\.(c|h|js|d\.ts|cmake)$/.test(name)).sort();
  const rows = names.map((name) => [`\`${name}\``, firstSentence(`${folder}/${name}`)]);
  return `### ${folder}\n\n${purpose ? `${purpose}\n\n` : ''}${table(rows)}\n`;
}

/** Those of the layers, a file that is a layer by its folder; and the folders in them. */
const inOrder = layers.flatMap(({ path }) => {
  if (/\.\w+$/.test(path)) return dirname(path);
  const inner = readdirSync(new URL(path, root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !layers.some((layer) => layer.path === `${path}/${entry.name}`))
    .map((entry) => `${path}/${entry.name}`);
  return [path, ...inner].filter((folder) => !otherFolders.some((other) => other.path === folder));
});
const others = table(otherFolders.map(({ path, purpose }) => [`\`${path}\``, purpose]));
const map = `\n${[...new Set(inOrder)].map(section).join('')}### The other folders\n\n${others}\n`;

const text = readFileSync(document, 'utf8');
if (!MAP.test(text)) throw new Error('CONTRIBUTING.md: it has no place for the map');
const made = text.replace(MAP, () => map);

if (!process.argv.includes('--check')) {
  writeFileSync(document, made);
} else if (text !== made) {
  console.error('The map of CONTRIBUTING.md is not what the files say: run npm run generate');
  process.exitCode = 1;
}
