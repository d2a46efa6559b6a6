/** What the documents link to is there, and what is there is found from them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');
const withoutCode = (/** @type {string} */ document) => read(document).replace(/^```.*?^```$/gms, '');

/**
 * The files of a folder with such names.
 *
 * @param {string} folder
 * @param {RegExp} names
 */
const list = (folder, names) => readdirSync(join(root, folder)).filter((name) => names.test(name));

const chapters = list('docs', /\.md$/).map((name) => `docs/${name}`);
const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...chapters];

/**
 * The places in this repository that a document links to.
 *
 * @param {string} document
 */
function linksOf(document) {
  const links = withoutCode(document).matchAll(/\]\((?!\w+:)([^)#]*)(?:#([^)]*))?\)/g);
  return [...links].map(([, path, heading]) => ({ path: path ? join(dirname(document), path) : document, heading }));
}

/**
 * Its headings, as links name them.
 *
 * @param {string} document
 */
function headingsOf(document) {
  const headings = withoutCode(document).matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading]) => heading.toLowerCase().replace(/[^\w\s-]/g, '').replaceAll(' ', '-'));
}

for (const document of documents) {
  test(`${document} links to files and headings that exist`, () => {
    const broken = linksOf(document).filter(({ path, heading }) =>
      !existsSync(join(root, path)) || (heading && !headingsOf(path).includes(heading)));
    assert.deepEqual(broken, []);
  });
}

test('README.md links to every other document and every example', () => {
  const linked = linksOf('README.md').map(({ path }) => path);
  const examples = list('examples', /\.c$/).map((name) => `examples/${name}`);
  assert.ok(chapters.length >= 7 && examples.length >= 2);
  assert.deepEqual([...chapters, ...examples].filter((path) => !linked.includes(path)), []);
});

for (const chapter of chapters) {
  const contents = /^Contents: (.*?)\n\n/ms.exec(read(chapter))?.[1];
  if (!contents) continue;
  test(`the contents of ${chapter} are its sections`, () => {
    const listed = contents.replaceAll('\n', ' ').matchAll(/\[([^\]]+)\]/g);
    const sections = withoutCode(chapter).matchAll(/^## (.*)$/gm);
    assert.deepEqual([...listed].map(([, title]) => title), [...sections].map(([, title]) => title));
  });
}

test('the map of CONTRIBUTING.md has every folder', () => {
  const folders = (/** @type {string} */ path) => readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|build)$/.test(entry.name))
    .map((entry) => join(path, entry.name));
  const found = folders('.').flatMap((path) => /^(src|js|node|web|cli|tests)$/.test(path) ? folders(path) : path);
  const map = read('CONTRIBUTING.md');
  assert.ok(found.length > 30, `only ${found.length} folders found`);
  assert.deepEqual(found.filter((path) => !map.includes(`### ${path}\n`) && !map.includes(`| \`${path}\` |`)), []);
});
