/** The references name all that there is. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { STATUSES } from '../../js/marshal/status.js';

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
  const functions = headers.matchAll(/\b(lull_(?!_|\w*__)\w+)\(/g);
  const hosts = headers.matchAll(/LULL_HOST\([\w *]+, (lull_(?!\w*__)\w+)/g);
  const types = headers.matchAll(/(?:\} |^typedef \w+ \(?\*?)(lull_(?!_)\w+)(?=;|\))/gm);
  const macros = headers.matchAll(/^#define (LULL_(?!_)\w+)/gm);
  const names = new Set([...functions, ...hosts, ...types, ...macros].map(([, name]) => name));
  // How the header is made, not what it offers.
  const inner = /^LULL_(\w+_)?H$|^LULL_(PRINTF|NODISCARD|NORETURN)$/;
  return [...names].filter((name) => !inner.test(name));
}

/** The document that is the reference of each public header. */
const references = {
  'lull.h': 'docs/c-api.md',
  'lull_boundary.h': 'docs/c-api.md',
  'lull_canvas.h': 'docs/browsers.md',
  'lull_dom.h': 'docs/browsers.md',
  'lull_fetch.h': 'docs/host.md',
  'lull_files.h': 'docs/host.md',
  'lull_frame.h': 'docs/browsers.md',
  'lull_generator.h': 'docs/c-api.md',
  'lull_net.h': 'docs/host.md',
  'lull_protocol.h': 'docs/c-api.md',
  'lull_stdin.h': 'docs/host.md',
  'lull_store.h': 'docs/browsers.md',
  'lull_websocket.h': 'docs/host.md',
  'lull_sync.h': 'docs/sync.md',
  'lull_channel.h': 'docs/channels.md',
};

/** Functions of C++ alone. */
const cplusplus = { 'lull.hpp': 'docs/cpp.md' };

/** @param {string} path */
const headersOf = (path) =>
  Object.entries(references)
    .filter(([, reference]) => reference === path)
    .map(([header]) => `src/include/${header}`);

test('each public header has its reference', () => {
  const headers = readdirSync(new URL('../../src/include/', import.meta.url));
  assert.deepEqual(headers.sort(), Object.keys({ ...references, ...cplusplus }).sort());
});

test('the C reference names every function, type and macro of the headers', () => {
  const names = namesOf(...headersOf('docs/c-api.md'));
  assert.ok(names.length > 50, `only ${names.length} names found in the headers`);
  assert.deepEqual(missing(names, read('docs/c-api.md')), []);
});

test('the chapter on browsers names every function and type of the headers for pages', () => {
  const names = namesOf(...headersOf('docs/browsers.md'));
  assert.ok(names.length > 30, `only ${names.length} names found in the headers`);
  assert.deepEqual(missing(names, read('docs/browsers.md')), []);
});

test('the chapter on locks names every function, type and macro of lull_sync.h', () => {
  const names = namesOf(...headersOf('docs/sync.md'));
  assert.ok(names.length > 40, `only ${names.length} names found in the header`);
  assert.deepEqual(missing(names, read('docs/sync.md')), []);
});

test('the chapter on channels names every function and type of lull_channel.h, and every member of a case', () => {
  const names = namesOf(...headersOf('docs/channels.md'));
  const [, members] = read('src/include/lull_channel.h').match(/typedef struct lull_case \{(.*?)\} lull_case;/s) ?? [];
  const cases = [...members.replace(/\/\*.*?\*\//gs, '').matchAll(/(\w+);/g)].map(([, name]) => name);
  assert.ok(
    names.length > 12 && cases.length === 9,
    `only ${names.length} names and ${cases.length} members found in the header`,
  );
  assert.deepEqual(missing([...names, ...cases], read('docs/channels.md')), []);
});

test('the chapter on the host library names every function, type and member of its headers', () => {
  const names = namesOf(...headersOf('docs/host.md'));
  const header = read('src/include/lull_files.h');
  const [, members] = header.match(/typedef struct lull_file_info \{(.*?)\} lull_file_info;/s) ?? [];
  const info = [...members.replace(/\/\*.*?\*\//gs, '').matchAll(/(\w+);/g)].map(([, name]) => name);
  const kinds = [...header.matchAll(/LULL_FILE_[A-GI-Z]\w+/g)].map(([name]) => name);
  assert.ok(
    names.length > 25 && info.length === 4 && kinds.length === 3,
    `only ${names.length} names, ${info.length} members and ${kinds.length} kinds found in the headers`,
  );
  assert.deepEqual(missing([...names, ...info, ...kinds], read('docs/host.md')), []);
});

test('the chapter on C++ names every function and type of lull.hpp', () => {
  const header = read('src/include/lull.hpp').replace(/\/\*.*?\*\//gs, '')
    .replace(/^namespace detail\n.*?^\} \/\/ namespace detail$/gms, '');
  const types = header.matchAll(/^(?:template <typename T> )?(?:class|using) (\w+)/gm);
  const functions = header.matchAll(/^(?!using|#|\s|return).*\b(\w+)\([\w &*:={},]*\)(?: -> .*)?$/gm);
  const names = [...new Set([...types, ...functions].map(([, name]) => name))];
  assert.ok(names.length > 15, `only ${names.length} names found in the header: ${names}`);
  assert.deepEqual(missing(names, read('docs/cpp.md')), []);
});

test('both references have every status, with its number and text as the header has them', () => {
  const [c, javascript] = [read('docs/c-api.md'), read('docs/javascript-api.md')];
  for (const [index, [code, text]] of STATUSES.entries()) {
    assert.ok(
      c.includes(`| \`${code.replace('ERR_LULL_', 'LULL_E')}\` | ${-1 - index} | ${text} |`),
      `docs/c-api.md: ${code}`,
    );
    assert.ok(
      javascript.includes(`| \`${code}\` | \`${code.replace('ERR_LULL_', 'LULL_E')}\` | ${text} |`),
      `docs/javascript-api.md: ${code}`,
    );
  }
});

test('the JavaScript reference names every member of the declarations', () => {
  const declarations = read('js/lull.d.ts').replace(/\/\*\*.*?\*\//gs, '');
  const members = [...declarations.matchAll(/^ {2}(?:readonly )?(\w+)(?=[?:(<])/gm)].map(([, name]) => name);
  assert.ok(members.length > 30, `only ${members.length} members found in lull.d.ts`);
  assert.deepEqual(missing(members.filter((name) => name !== 'constructor'), read('docs/javascript-api.md')), []);
});
