/** The references name all that there is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { STATUSES } from '../../core/status.js';

const read = (/** @type {string} */ path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/**
 * Those that the text does not mention as code.
 *
 * @param {string[]} names
 * @param {string} text
 */
const missing = (names, text) => names.filter((name) => !new RegExp(`\`[^\`\n]*\\b${name}\\b`).test(text));

test('the C reference names every function, type and macro of the headers', () => {
  const headers = ['src/lull.h', 'src/lull_boundary.h', 'src/lull_files.h'].map(read).join('\n').replace(/\/\*.*?\*\//gs, '');
  const functions = headers.matchAll(/\b(lull_(?!_)\w+)\(/g);
  const hosts = headers.matchAll(/LULL_HOST\(\w+, (lull_\w+)/g);
  const types = headers.matchAll(/\} (lull_\w+);/g);
  const macros = headers.matchAll(/^#define (LULL_(?!_)\w+)/gm);
  const names = new Set([...functions, ...hosts, ...types, ...macros].map(([, name]) => name));
  // How the header is made, not what it offers.
  for (const inner of ['LULL_H', 'LULL_BOUNDARY_H', 'LULL_FILES_H', 'LULL_PRINTF', 'LULL_NODISCARD', 'LULL_NORETURN']) names.delete(inner);
  assert.ok(names.size > 50, `only ${names.size} names found in the headers`);
  assert.deepEqual(missing([...names], read('docs/c-api.md')), []);
});

test('both references have every status, with its number and text as the header has them', () => {
  const [c, javascript] = [read('docs/c-api.md'), read('docs/javascript-api.md')];
  for (const [index, [code, text]] of STATUSES.entries()) {
    assert.ok(c.includes(`| \`${code.replace('ERR_LULL_', 'LULL_E')}\` | ${-1 - index} | ${text} |`), `docs/c-api.md: ${code}`);
    assert.ok(javascript.includes(`| \`${code}\` | \`${code.replace('ERR_LULL_', 'LULL_E')}\` | ${text} |`), `docs/javascript-api.md: ${code}`);
  }
});

test('the JavaScript reference names every member of the declarations', () => {
  const declarations = read('core/lull.d.ts').replace(/\/\*\*.*?\*\//gs, '');
  const members = [...declarations.matchAll(/^ {2}(?:readonly )?(\w+)(?=[?:(<])/gm)].map(([, name]) => name);
  assert.ok(members.length > 30, `only ${members.length} members found in lull.d.ts`);
  assert.deepEqual(missing(members.filter((name) => name !== 'constructor'), read('docs/javascript-api.md')), []);
});
