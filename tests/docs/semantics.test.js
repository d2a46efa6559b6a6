/**
 * Each rule of docs/semantics.md has tests, and they are where the links say. After the introduction the document has
 * headings, rules (items of a list, and rows of a table) and what introduces a table; nothing else, so that no rule
 * hides in prose.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

const documentUrl = new URL('../../docs/semantics.md', import.meta.url);
const markdown = readFileSync(documentUrl, 'utf8');

/** A link to a test: its name as code, and its file. */
const toTest = /\[`([^\]]+)`\]\((\.\.\/tests\/[^)]+)\)/g;

/** What a loop over the compilers puts into a name, which no file says. */
const compilers = ['clang', 'emcc'];

/**
 * Whether a file of C has a test of this name.
 *
 * @param {string} source
 * @param {string} name
 */
function hasNativeTest(source, name) {
  return new RegExp(`^(?:TASK_)?TEST\\(${name}\\)$`, 'm').test(source);
}

/**
 * Whether a file of JavaScript has a test of this name, or a template that makes it of values that the file mentions.
 *
 * @param {string} source
 * @param {string} name
 */
function hasTest(source, name) {
  for (const [, quote, written] of source.matchAll(/^\s*(?:test|it)\((['"`])((?:\\.|(?!\1).)*)\1/gm)) {
    if (quote !== '`' && written === name) return true;
    if (quote !== '`') continue;
    const texts = written
      .split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/)
      .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const values = new RegExp(`^${texts.join('(.+)')}$`).exec(name)?.slice(1);
    if (values?.every((value) => compilers.includes(value) || source.includes(value))) return true;
  }
  return false;
}

/**
 * What is wrong with a rule: it has no test, or one that is not there.
 *
 * @param {string} rule
 * @returns {string[]}
 */
function complaints(rule) {
  const links = [...rule.matchAll(toTest)];
  if (!links.length) return [`no test: ${rule}`];
  return links.flatMap(([, name, path]) => {
    const url = new URL(path, documentUrl);
    if (!existsSync(url)) return [`${path} does not exist`];
    const source = readFileSync(url, 'utf8');
    return (path.endsWith('.c') ? hasNativeTest : hasTest)(source, name) ? [] : [`${path} has no test '${name}'`];
  });
}

const [, ...sections] = markdown.split(/^## /m).map((section) => {
  const [title, ...blocks] = section.trim().split(/\n+(?=\S)/);
  return { title, blocks };
});

for (const { title, blocks } of sections) {
  const rules = blocks.filter((block) => block.startsWith('- '));
  const rows = blocks.filter((block) => block.startsWith('|')).slice(2);

  describe(title, () => {
    test('each rule has tests, and they exist', () => {
      assert.ok(rules.length + rows.length > 0, 'it has no rules');
      assert.deepEqual(rules.flatMap(complaints), []);
    });

    test('each row has a test of both languages, and they exist', () => {
      for (const row of rows) {
        const cells = row.split(' | ');
        assert.equal(cells.length, 5, row);
        assert.deepEqual([cells[2], cells[4]].flatMap(complaints), []);
      }
    });

    test('it has nothing but rules', () => {
      const prose = blocks.filter((block) => !/^(- |\|)/.test(block));
      assert.deepEqual(rows.length ? [] : prose, []);
    });
  });
}

test('there are as many sections, rules and rows as one would think', () => {
  const count = (/** @type {RegExp} */ start) => markdown.match(start)?.length ?? 0;
  assert.ok(sections.length >= 17, `${sections.length} sections`);
  assert.ok(count(/^- /gm) > 150, `${count(/^- /gm)} rules`);
  assert.ok(count(/^\| [^|]*`/gm) >= 14, `${count(/^\| [^|]*`/gm)} rows`);
});

test('a wrong name is found', () => {
  const link = (/** @type {string} */ name, /** @type {string} */ path) =>
    complaints(`- A rule. [\`${name}\`](../tests/${path})`);
  assert.deepEqual(link('a_pause_lasts_as_long_as_it_says', 'native/wait_test.c'), []);
  assert.deepEqual(link('the first reason stays', 'wasm/cancel.test.js'), []);
  assert.deepEqual(link('an error rejected later rejects the call with the very same', 'wasm/errors.test.js'), []);
  const wrong = [
    ['a_pause_lasts_as_long_as_it_say', 'native/wait_test.c'],
    ['begin_bell', 'native/wait_test.c'],
    ['a_pause_lasts_as_long_as_it_says', 'native/task_test.c'],
    ['the first reason', 'wasm/cancel.test.js'],
    ['an error rejected never rejects the call with the very same', 'wasm/errors.test.js'],
    ['the first reason stays', 'wasm/no.test.js'],
  ];
  for (const [name, path] of wrong) assert.equal(link(name, path).length, 1, name);
  assert.equal(complaints('- A rule without a test.').length, 1);
});
