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

/**
 * The functions, types and macros of C headers.
 *
 * @param {...string} paths
 */
function namesOf(...paths) {
  const headers = paths.map(read).join('\n').replace(/\/\*.*?\*\//gs, '');
  const functions = headers.matchAll(/\b(lull_(?!_)\w+)\(/g);
  const hosts = headers.matchAll(/LULL_HOST\(\w+, (lull_\w+)/g);
  const types = headers.matchAll(/\} (lull_(?!_)\w+);/g);
  const macros = headers.matchAll(/^#define (LULL_(?!_)\w+)/gm);
  const names = new Set([...functions, ...hosts, ...types, ...macros].map(([, name]) => name));
  // How the header is made, not what it offers.
  for (const inner of ['LULL_H', 'LULL_BOUNDARY_H', 'LULL_FILES_H', 'LULL_SYNC_H', 'LULL_CHANNEL_H', 'LULL_PRINTF', 'LULL_NODISCARD', 'LULL_NORETURN']) names.delete(inner);
  return [...names];
}

test('the C reference names every function, type and macro of the headers', () => {
  const names = namesOf('src/lull.h', 'src/lull_boundary.h', 'src/lull_files.h');
  assert.ok(names.length > 50, `only ${names.length} names found in the headers`);
  assert.deepEqual(missing(names, read('docs/c-api.md')), []);
});

test('the chapter on locks names every function, type and macro of lull_sync.h', () => {
  const names = namesOf('src/lull_sync.h');
  assert.ok(names.length > 40, `only ${names.length} names found in the header`);
  assert.deepEqual(missing(names, read('docs/sync.md')), []);
});

test('the chapter on channels names every function and type of lull_channel.h, and every member of a case', () => {
  const names = namesOf('src/lull_channel.h');
  const [, members] = read('src/lull_channel.h').match(/typedef struct lull_case \{(.*?)\} lull_case;/s) ?? [];
  const cases = [...members.replace(/\/\*.*?\*\//gs, '').matchAll(/(\w+);/g)].map(([, name]) => name);
  assert.ok(names.length > 12 && cases.length === 9, `only ${names.length} names and ${cases.length} members found in the header`);
  assert.deepEqual(missing([...names, ...cases], read('docs/channels.md')), []);
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
