/**
 * The reference of the JavaScript API, which typedoc makes from the types: every entry, with words for everything.
 * See D7.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const reference = join(root, 'docs', 'reference');
const settings = join(reference, 'typedoc.json');
const typedoc = join(reference, 'node_modules', 'typedoc', 'bin', 'typedoc');
const leftOut = !existsSync(typedoc) && 'there is no typedoc here (./build.sh engines installs it)';

/**
 * A folder in this repository, where types find Node's; gone after the test.
 *
 * @param {{ after: (act: () => void) => void }} t
 */
function folderFor(t) {
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build', 'reference-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Run typedoc.
 *
 * @param {string[]} args
 * @returns {Promise<{ status: unknown, output: string }>}
 */
function run(args) {
  return new Promise((resolve) =>
    execFile(process.execPath, [typedoc, ...args], { cwd: root }, (error, stdout, stderr) =>
      resolve({ status: error ? error.code : 0, output: stdout + stderr })));
}

test('the reference is of every entry of the package that has types', () => {
  const { entryPoints } = JSON.parse(readFileSync(settings, 'utf8'));
  const entries = Object.values(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports);
  const types = entries.flatMap((entry) => entry.types ?? []);
  assert.deepEqual(
    entryPoints.map((/** @type {string} */ path) => join(reference, path)).sort(),
    types.map((path) => join(root, path)).sort(),
  );
});

test('all that the types export is documented, and every link leads somewhere', { skip: leftOut }, async (t) => {
  const out = join(folderFor(t), 'html');
  const { status, output } = await run(['--options', settings, '--out', out]);
  assert.equal(status, 0, output);
  assert.doesNotMatch(output, /warning|error/);
  for (const [page, name] of [['lull', 'LullError'], ['lull_host', 'websocket'], ['lull_testing', 'VirtualClock']]) {
    assert.ok(readFileSync(join(out, 'modules', `${page}.html`), 'utf8').includes(name), `${name} of ${page}`);
  }
});

const faults = {
  'an export without documentation': ['export declare function f(): void;', 'f .*does not have any documentation'],
  'a member without documentation': [
    '/** A. */ export interface A { b: 1 }',
    'A\\.b .*does not have any documentation',
  ],
  'a link that leads nowhere': ['/** See {@link nowhere}. */ export declare const c: 1;', 'Failed to resolve link'],
  'a type that is not exported': [
    'type Hidden = { /** D. */ d: 1 };\n/** E. */ export declare const e: Hidden;\nexport {};',
    'Hidden, .*not included in the documentation',
  ],
};

for (const [what, [source, complaint]] of Object.entries(faults)) {
  test(`${what} fails the build of the reference`, { skip: leftOut }, async (t) => {
    const folder = folderFor(t);
    writeFileSync(join(folder, 'faulty.d.ts'), `/** @module faulty */\n\n${source}\n`);
    writeFileSync(join(folder, 'tsconfig.json'), '{ "files": ["faulty.d.ts"] }');
    const options = { extends: [settings], tsconfig: 'tsconfig.json', entryPoints: ['faulty.d.ts'], out: 'html' };
    writeFileSync(join(folder, 'typedoc.json'), JSON.stringify(options));
    const { status, output } = await run(['--options', join(folder, 'typedoc.json')]);
    assert.notEqual(status, 0, output);
    assert.match(output, new RegExp(complaint));
  });
}
