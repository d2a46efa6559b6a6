/**
 * The runtime as one file for the package, without comments and indentation, which are for readers of the repository.
 * The public headers stay as they are. See D33.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const source = new URL('../src/', import.meta.url);
const target = new URL('../build/package/', import.meta.url);

/** Literals, which are kept, and comments. */
const TOKENS = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\*[\s\S]*?\*\/|\/\/.*/g;

/** @type {Set<string>} */
const included = new Set();

/**
 * The text of a file, with its internal includes expanded on their first use.
 *
 * @param {string} name
 * @returns {string}
 */
function expand(name) {
  if (included.has(name)) return '';
  included.add(name);
  const code = readFileSync(new URL(name, source), 'utf8').replace(TOKENS, (token) => (token[0] === '/' ? ' ' : token));
  return code.replace(/^#include "([^"]+)"$/gm, (line, other) => (/^lull.*\.h$/.test(other) ? line : expand(other)));
}

mkdirSync(target, { recursive: true });
const text = expand('runtime.c').replace(/^[ \t]+|[ \t]+$/gm, '').replace(/\n{2,}/g, '\n');
writeFileSync(new URL('runtime.c', target), text);
