/** Which compiler is chosen, and what is said if there is none. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dependsOn } from '../../node/toolchain/packages.js';
import { programsOf, system } from '../../node/toolchain/system.js';
import { chooseCompiler, sayChange } from '../../toolchain/compiler.js';
import { folderWith } from './support.js';

const noPackage = () => undefined;
const clangPackage = () => ({ url: 'file:///clang.js', version: '22.0.0' });

/**
 * A system with these variables and packages.
 *
 * @param {Record<string, string>} env
 * @param {typeof system.findPackage} findPackage
 */
const systemWith = (env, findPackage) => ({
  ...system, folder: '/project', programs: programsOf(env), findPackage, dependsOn: () => false,
});

/**
 * A folder with an executable emcc.
 *
 * @param {Parameters<typeof folderWith>[0]} t
 * @param {string} path
 * @param {string} version
 */
function fakeEmcc(t, path, version) {
  const folder = folderWith(t, { [path]: '', [`${path}/../emscripten-version.txt`]: `"${version}"\n` });
  chmodSync(join(folder, path), 0o755);
  return folder;
}

test('without a compiler both ways are named with the commands that install them', () => {
  assert.throws(() => chooseCompiler(systemWith({ PATH: '' }, noPackage)), {
    status: 1,
    message: /npm install --save-dev @yowasp\/clang binaryen@132.0.0\n.*apt-get install emscripten/,
  });
});

test('--cc emcc without an emcc names the way to get emcc only', () => {
  assert.throws(
    () => chooseCompiler(systemWith({ PATH: '' }, clangPackage), 'emcc'),
    ({ message }) => message.includes('apt-get install emscripten') && !message.includes('npm install'),
  );
});

test('--cc clang without the package names the way to get the package only', (t) => {
  const folder = fakeEmcc(t, 'emcc', '3.1.6');
  assert.throws(
    () => chooseCompiler(systemWith({ PATH: folder }, noPackage), 'clang'),
    ({ message }) => message.includes('npm install') && !message.includes('apt-get'),
  );
});

test('without an emcc the package clang is used', () => {
  assert.equal(chooseCompiler(systemWith({ PATH: '' }, clangPackage)).name, 'clang');
});

test('an emcc on the path is preferred to the package', async (t) => {
  const compiler = chooseCompiler(systemWith({ PATH: fakeEmcc(t, 'emcc', '3.1.6') }, clangPackage));
  assert.equal(compiler.name, 'emcc');
  assert.equal(await compiler.version(), '3.1.6');
});

test("$EMSDK's emcc is preferred to the path, and $EMCC to both", async (t) => {
  const PATH = fakeEmcc(t, 'emcc', 'path');
  const EMSDK = fakeEmcc(t, 'upstream/emscripten/emcc', 'sdk');
  const EMCC = join(fakeEmcc(t, 'emcc', 'variable'), 'emcc');
  const versionFrom = (/** @type {Record<string, string>} */ env) =>
    chooseCompiler(systemWith(env, noPackage)).version();
  assert.equal(await versionFrom({ PATH, EMSDK }), 'sdk');
  assert.equal(await versionFrom({ PATH, EMSDK, EMCC }), 'variable');
});

test('an $EMCC that is not there is named', async () => {
  const compiler = chooseCompiler(systemWith({ PATH: '', EMCC: '/nowhere/emcc' }, clangPackage));
  await assert.rejects(compiler.version(), { message: 'there is no /nowhere/emcc' });
});

test('the package that package.json names is preferred to an emcc', (t) => {
  const PATH = fakeEmcc(t, 'emcc', '3.1.6');
  const pinned = (/** @type {typeof system.findPackage} */ findPackage) =>
    ({ ...systemWith({ PATH, EMCC: join(PATH, 'emcc') }, findPackage), dependsOn: () => true });
  assert.equal(chooseCompiler(pinned(clangPackage)).name, 'clang');
  assert.equal(chooseCompiler(pinned(clangPackage), 'emcc').name, 'emcc');
  assert.throws(() => chooseCompiler(pinned(noPackage)), {
    message: 'package.json names @yowasp/clang, which is not installed: npm install',
  });
});

test('a package.json above the folder counts, for dependencies of each kind', (t) => {
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    const folder = folderWith(t, {
      'package.json': JSON.stringify({ [kind]: { '@yowasp/clang': '22' } }),
      'packages/app/package.json': '{}',
      'packages/app/src/a.c': '',
    });
    assert.equal(dependsOn('@yowasp/clang', join(folder, 'packages/app/src')), true);
    assert.equal(dependsOn('clang', join(folder, 'packages/app/src')), false);
  }
});

test('$LULL_CC is preferred to package.json, and --cc to it', (t) => {
  const PATH = fakeEmcc(t, 'emcc', '3.1.6');
  const asked = (/** @type {string} */ LULL_CC) =>
    ({ ...systemWith({ PATH, LULL_CC }, clangPackage), dependsOn: () => true });
  assert.equal(chooseCompiler(asked('emcc')).name, 'emcc');
  assert.equal(chooseCompiler(asked('emcc'), 'clang').name, 'clang');
  assert.equal(chooseCompiler(asked('')).name, 'clang');
  assert.throws(() => chooseCompiler(asked('gcc')), {
    status: 2, message: "LULL_CC is emcc, clang or native, not 'gcc'",
  });
});

test('a change of the compiler that nobody has asked for is said once', async (t) => {
  /** @type {string[]} */
  const said = [];
  /** @type {Map<string, string>} */
  const kept = new Map();
  const remember = async (/** @type {string} */ key, /** @type {string} */ value) => {
    const before = kept.get(key);
    kept.set(key, value);
    return before;
  };
  const progress = { ...system.progress, print: (/** @type {string} */ text) => said.push(text) };
  const PATH = fakeEmcc(t, 'emcc', '3.1.6');
  const build = (/** @type {Record<string, string>} */ env, /** @type {string} */ wanted) => {
    const here = { ...systemWith(env, clangPackage), progress, remember };
    return sayChange(here, chooseCompiler(here, wanted), wanted);
  };
  await build({ PATH: '' });
  await build({ PATH: '' });
  assert.deepEqual(said, []);
  await build({ PATH });
  assert.deepEqual(said.splice(0), [
    'lull: the last build in this folder used clang 22.0.0; this one uses emcc 3.1.6. '
      + '--cc, LULL_CC or @yowasp/clang in package.json choose one for good.\n',
  ]);
  await build({ PATH });
  await build({ PATH }, 'clang');
  await build({ PATH, LULL_CC: 'emcc' });
  assert.deepEqual(said, []);
});
