/** docs/decisions.md: each entry has an id, a date and a state, and is found from the code that it explains. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');

const markdown = read('docs/decisions.md');

/** The entries, from their headings and the lines below these. */
const entries = markdown.split(/^(?=### )/m).slice(1).map((text) => {
  const [, id = '', title = ''] = /^### (D\d+)\. (.*)$/m.exec(text) ?? [];
  const [, date = '', state = '', files = ''] =
    /\n\n(\d{4}-\d{2}-\d{2}), (in force|superseded by D\d+)\.(?: Code: (.*))?\n\n/.exec(text) ?? [];
  return { id, title, date, state, files: [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => file) };
});
const ids = entries.map(({ id }) => id);

/** The files that may name a decision. */
const folders = ['src', 'js', 'node', 'web', 'cli', 'toolchain', 'scripts', 'bench', 'tests'];
const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { encoding: 'utf8', recursive: true })
    .filter((name) => /\.(c|cc|h|hpp|js|ts)$/.test(name) && !/node_modules|third_party|decisions\.test/.test(name))
    .map((name) => join(folder, name)));

/**
 * The decisions that a file names.
 *
 * @param {string} text
 */
function namedIn(text) {
  const lists = text.match(/(?<=\bSee )D\d+(?:, D\d+)*(?=\.)/g) ?? [];
  return [...new Set(lists.flatMap((list) => list.split(', ')))];
}

const names = sources.flatMap((path) => namedIn(read(path)).map((id) => ({ path, id })));

describe('docs/decisions.md', () => {
  test('each entry has an id, a title, a date and a state', () => {
    assert.ok(entries.length >= 70, `${entries.length} entries`);
    assert.deepEqual(entries.filter(({ id, title, date, state }) => !(id && title && date && state)), []);
  });

  test('the ids count from D1', () => {
    const numbers = ids.map((id) => Number(id.slice(1))).sort((a, b) => a - b);
    assert.deepEqual(numbers, numbers.map((_, index) => index + 1));
  });

  test('a superseded entry names one that is in force', () => {
    const wrong = entries.filter(({ state }) => state !== 'in force'
      && entries.find(({ id }) => id === state.split(' ').at(-1))?.state !== 'in force');
    assert.deepEqual(wrong, []);
  });

  test('the files of an entry exist, and name it', () => {
    const wrong = entries.flatMap(({ id, files }) =>
      files.map((path) => ({ id, path }))
        .filter(({ path }) => !existsSync(join(root, path)) || !namedIn(read(path)).includes(id)));
    assert.deepEqual(wrong, []);
  });

  test('every path in the text exists', () => {
    const paths = [...markdown.matchAll(new RegExp(`\`((?:${folders.join('|')}|docs|examples)/[^\`]*)\``, 'g'))];
    assert.deepEqual(paths.map(([, path]) => path).filter((path) => !existsSync(join(root, path))), []);
  });
});

test('every decision that code names exists, and names the file', () => {
  assert.ok(names.length >= 30, `${names.length} names`);
  assert.deepEqual(names.filter(({ path, id }) => !entries.find((entry) => entry.id === id)?.files.includes(path)), []);
});

test('the names of decisions are found in comments', () => {
  assert.deepEqual(namedIn('/** A queue. See D35. */'), ['D35']);
  assert.deepEqual(namedIn('/* Stacks.\n *\n * See D53, D54.\n */'), ['D53', 'D54']);
  assert.deepEqual(namedIn('const D3 = see(D4);'), []);
});
