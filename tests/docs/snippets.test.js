/**
 * The snippets of README.md and docs/*.md do what the documents say. A comment before a fence names what is in it:
 *
 *     <!-- test: hello -->          before C or C++: built as hello.wasm; before JavaScript: run; before text:
 *                                   its output
 *     <!-- test: hello/cancel -->   another one that uses what hello has built
 *
 * The snippets of one document share a folder, in which they can import one another and `lull`. C without JavaScript of
 * the same name has a main(), which `lull run` runs. TypeScript is checked.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run as lullBuild } from '../../cli/commands/build.js';
import { system } from '../../node/toolchain/system.js';
import { findClang } from '../../toolchain/compiler.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cli = join(root, 'cli', 'cli.js');
const steadyTime = new URL('steady-time.js', import.meta.url).href;
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const tscFlags = [
  '--noEmit',
  '--strict',
  '--target',
  'es2022',
  '--module',
  'nodenext',
  '--lib',
  'es2022,esnext.disposable,dom',
  '--skipLibCheck',
];
const cc = findClang(system) ? 'clang' : 'emcc'; // the quicker one to build with

const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

/** Milliseconds, for a machine that does much else. */
const LIMIT = 300_000;

/**
 * The marked fences of a document: by name, the text of each language.
 *
 * @param {string} markdown
 * @returns {Map<string, Record<string, string>>}
 */
function snippetsIn(markdown) {
  /** @type {Map<string, Record<string, string>>} */
  const snippets = new Map();
  for (const [, name, language, body] of markdown.matchAll(/^<!-- test: (\S+) -->\n+```(\w+)\n(.*?)^```$/gms)) {
    const snippet = snippets.get(name) ?? {};
    assert.equal(snippet[language], undefined, `two ${language} snippets are called ${name}`);
    snippet[language] = body;
    snippets.set(name, snippet);
  }
  return snippets;
}

/** A folder that looks like a project with lull installed; gone at the end. */
function project() {
  const folder = mkdtempSync(join(tmpdir(), 'lull-docs-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'lull'), 'junction');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}

/**
 * What a program prints, on stdout and stderr in the order in which it does.
 *
 * @param {string} folder
 * @param {string[]} args of Node
 * @returns {Promise<string>}
 */
async function output(folder, args) {
  const file = join(folder, 'output.txt');
  const printed = openSync(file, 'w');
  const child = spawn(process.execPath, ['--import', steadyTime, ...args], {
    cwd: folder,
    stdio: ['ignore', printed, printed],
    timeout: LIMIT,
  });
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  closeSync(printed);
  return readFileSync(file, 'utf8');
}

for (const document of documents) {
  const markdown = readFileSync(join(root, document), 'utf8');
  const snippets = snippetsIn(markdown);

  describe(document, () => {
    const folder = project();

    it('marks its snippets in the way that this test knows', () => {
      assert.equal([...markdown.matchAll(/^<!-- *test/gm)].length, [...snippets.values()].flatMap(Object.keys).length);
    });

    for (const [name, { c, cpp, js, ts, text = '' }] of snippets) {
      it(`${name} does what is written`, async () => {
        const file = (/** @type {string} */ extension) => join(folder, `${basename(name)}.${extension}`);
        const source = c ? file('c') : file('cc');
        if (c ?? cpp) {
          writeFileSync(source, c ?? cpp);
          await lullBuild({
            values: { cc },
            positionals: [],
            given: [source, '-o', file('wasm')],
            rest: ['-Wall', '-Wextra', '-Werror'],
          }, system);
        }
        if (js) {
          writeFileSync(file('mjs'), js);
          assert.equal(await output(folder, [file('mjs')]), text);
        } else if (ts) {
          writeFileSync(file('ts'), ts);
          assert.equal(await output(folder, [tsc, ...tscFlags, file('ts')]), text);
        } else if (text) {
          assert.equal(await output(folder, [cli, 'run', file('wasm')]), text);
        }
      });
    }
  });
}
