/**
 * The types of a program as its users have them: the files beside this one are checked against the declarations that
 * `lull build` writes for app.c and plain.c, and against those of the package. What must be an error has a
 * `@ts-expect-error` before it, which is an error itself where there is none. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lull } from '../cli/support.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
/** The compilers: ours, and the one that typedoc uses (`./build.sh engines` installs it). */
const compilers = Object.fromEntries(['', 'docs/reference/'].map((where) => {
  const folder = join(root, where, 'node_modules', 'typescript');
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return [`TypeScript ${version.split('.')[0]}`, join(folder, 'bin', 'tsc')];
  } catch {
    return ['TypeScript 5', undefined];
  }
}));

const subjects = readdirSync(here).filter((name) => name.endsWith('.ts'));

const settings = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
  },
  files: subjects,
};

/** A project with the programs built, and lull and the compiler's types installed. */
let folder = '';

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lull-types-'));
  for (const name of [...subjects, 'app.c', 'plain.c']) cpSync(join(here, name), join(folder, name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  for (const name of ['app', 'plain']) {
    const { stderr, status } = await lull(['build', `${name}.c`, '-o', `${name}.wasm`], { cwd: folder });
    assert.equal(status, 0, stderr);
  }
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'lull'), 'junction');
});
after(() => rmSync(folder, { recursive: true, force: true }));

/**
 * What tsc has to say: a line for each error.
 *
 * @param {string} cwd
 * @param {string} [tsc] the compiler
 * @returns {Promise<string[]>}
 */
function errorsIn(cwd, tsc = /** @type {string} */ (compilers['TypeScript 7'])) {
  return new Promise((resolve) =>
    execFile(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], { cwd }, (error, stdout, stderr) => {
      const lines = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
      resolve(lines.length || !error ? lines : [error.message]);
    }));
}

/**
 * The places where an error is expected, as tsc names them.
 *
 * @param {string} name
 */
const expectedIn = (name) =>
  readFileSync(join(here, name), 'utf8').split('\n').flatMap((line, index) =>
    line.startsWith('// @ts-expect-error: ') ? [`${name}(${index + 1},1)`] : []);

test('what is right is right, and what is wrong is an error', async () => {
  assert.deepEqual(await errorsIn(folder), []);
});

for (const [compiler, tsc] of Object.entries(compilers)) {
  const skip = !tsc && `${compiler} is not installed`;

  test(`so it is with ${compiler}`, { skip }, async () => {
    assert.deepEqual(await errorsIn(folder, tsc), []);
  });

  test(`what lull build writes needs no types of Node: ${compiler}`, { skip }, async () => {
    const alone = join(folder, compiler);
    mkdirSync(alone);
    for (const name of ['app.js', 'app.d.ts', 'package.json']) cpSync(join(folder, name), join(alone, name));
    writeFileSync(join(alone, 'user.ts'), `import { load } from './app.js';\nexport const app = load;\n`);
    const compilerOptions = { ...settings.compilerOptions, types: [], allowJs: true, checkJs: true };
    writeFileSync(join(alone, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts', 'app.js'] }));
    assert.deepEqual(await errorsIn(alone, tsc), []);
  });
}

test('comments of C are those of the declarations', () => {
  const text = readFileSync(join(folder, 'app.d.ts'), 'utf8');
  const about = (/** @type {string} */ name) =>
    new RegExp(`((?: {4}(?:/\\*\\*| \\*).*\\n)*) {4}${name}\\(`).exec(text)?.[1];
  assert.equal(about('text_length'),
    '    /**\n     * How long the text at an address is.\n     *\n     * In bytes of UTF-8.\n     */\n');
  assert.equal(about('add'), '    /** The sum, rounded down. */\n');
  assert.equal(about('doubled'), '    /**\n     * Twice\n     * each number.\n     */\n');
  assert.equal(about('is_empty'), '    /** Whether nothing is in it: see tests/*\\/types.test.js. */\n');
  assert.equal(about('nothing'), '');
});

test('each of the errors is one of the types: without them none is left', async () => {
  const untyped = join(folder, 'untyped');
  mkdirSync(untyped);
  for (const name of [...subjects, 'package.json']) cpSync(join(folder, name), join(untyped, name));
  for (const name of ['app', 'plain']) {
    writeFileSync(join(untyped, `${name}.js`), '');
    writeFileSync(join(untyped, `${name}.d.ts`), 'export declare const load: any;\nexport type Program = any;\n');
  }
  const names = readFileSync(join(root, 'js', 'lull.d.ts'), 'utf8').matchAll(/^export (?:interface|type) (\w+)/gm);
  const anything = Array.from(names, ([, name]) => `export type ${name}<T = any> = any;`);
  writeFileSync(join(untyped, 'anything.d.ts'), `
    declare module 'lull' { export const load: any, LullError: any; ${anything.join(' ')} }
    declare module 'lull/host';
    declare module 'lull/testing';
  `);
  const compilerOptions = { ...settings.compilerOptions, noImplicitAny: false, noImplicitThis: false };
  const files = [...subjects, 'anything.d.ts'];
  writeFileSync(join(untyped, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));

  const unused = (await errorsIn(untyped)).filter((line) => line.includes("Unused '@ts-expect-error' directive"));
  const expected = subjects.flatMap(expectedIn);
  assert.ok(expected.length > 50, `only ${expected.length} errors expected`);
  assert.deepEqual(unused.map((line) => line.slice(0, line.indexOf(':'))).sort(), expected.sort());
});
