/** Every file and every name of code that docs/architecture.md and CONTRIBUTING.md mention exists. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');

const folders = ['src', 'js', 'node', 'web', 'cli', 'toolchain', 'scripts', 'tests'];
const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { encoding: 'utf8', recursive: true })
    .filter((name) => /\.(c|h|js|sh|ts)$/.test(name) && !/node_modules|^docs\b/.test(name))
    .map((name) => read(join(folder, name))));
const code = sources.join('\n');

const FILE = /(?<![\w./*])(?:src|js|node|web|cli|toolchain|scripts|tests|docs|examples|bench)\/[\w./-]*\w/g;

/**
 * The prose of a document, its diagrams included; without the snippets, which are tested as code.
 *
 * @param {string} markdown
 */
const proseOf = (markdown) => markdown.replace(/^<!-- test: \S+ -->\n+```\w+\n.*?^```$/gms, '');

/**
 * The names of code: those of the runtime, those in backticks that no word is like, and those beside a file in a
 * diagram.
 *
 * @param {string} prose
 */
function namesIn(prose) {
  const diagrams = [...prose.matchAll(/^```text\n(.*?)^```$/gms)].map(([, text]) => text).join('\n');
  const text = prose.replace(/^```.*?^```$/gms, '');
  const internal = prose.match(/\b(?:lull__|LULL__)\w+/g) ?? [];
  const marked = text.matchAll(/`(#\w+|\w*(?:[a-z][A-Z]|[a-zA-Z]_[a-zA-Z])\w*)(?:\(\))?`/g);
  const drawn = diagrams.matchAll(/(?:^|[^\w#.])(?:\w+\.)?(#?\w+) {2,}(?:src|js)\//gm);
  return [...new Set([...internal, ...[...marked, ...drawn].map(([, name]) => name)])];
}

/** @param {string} text */
const withoutComments = (text) => text.replace(/\/\*.*?\*\//gs, '');

/**
 * A name with the file in which it is said to be: `name` (`file`).
 *
 * @param {string} prose
 */
const placesIn = (prose) =>
  [...prose.matchAll(/`(#?\w+)`\s+\(`([\w./-]+)`\)/g)].map(([, name, path]) => ({ name, path }));

/** @param {string} text @param {string} name */
const has = (text, name) => new RegExp(`(?<![\\w#])${name}(?!\\w)`).test(text);

/**
 * What a document names that does not exist.
 *
 * @param {string} markdown
 */
function missing(markdown) {
  const prose = proseOf(markdown);
  const files = [...new Set(prose.match(FILE))].filter((path) => !existsSync(join(root, path)));
  const names = namesIn(prose).filter((name) => !has(code, name));
  const places = placesIn(prose).filter(({ name, path }) =>
    !existsSync(join(root, path)) || !has(withoutComments(read(path)), name));
  return { files, names, places };
}

describe('what is named exists', () => {
  for (const document of ['docs/architecture.md', 'CONTRIBUTING.md']) {
    test(document, () => {
      assert.deepEqual(missing(read(document)), { files: [], names: [], places: [] });
    });
  }
});

test('docs/architecture.md names many files and functions', () => {
  const prose = proseOf(read('docs/architecture.md'));
  assert.ok(namesIn(prose).length > 80, `${namesIn(prose).length} names`);
  assert.ok(placesIn(prose).length > 25, `${placesIn(prose).length} names with their files`);
});

test('a name or a file that does not exist is found', () => {
  assert.deepEqual(missing('`lull__enqueue` in `src/sched/queue.c`'), {
    files: ['src/sched/queue.c'],
    names: ['lull__enqueue'],
    places: [],
  });
  assert.deepEqual(missing('`lull_pause` (`src/sched/loop.c`)').places.length, 1);
  assert.deepEqual(missing('```text\nlull__nothing   src/sched/loop.c\n```').names, ['lull__nothing']);
});
