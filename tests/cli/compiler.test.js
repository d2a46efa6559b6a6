/** Which compiler is chosen, and what is said if there is none. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { programsOf, system } from '../../node/toolchain/system.js';
import { chooseCompiler } from '../../toolchain/compiler.js';
import { folderWith } from './support.js';

const noPackage = () => undefined;
const clangPackage = () => ({ url: 'file:///clang.js', version: '22.0.0' });

/**
 * A system with these variables and packages.
 *
 * @param {Record<string, string>} env
 * @param {typeof system.findPackage} findPackage
 */
const systemWith = (env, findPackage) => ({ ...system, programs: programsOf(env), findPackage });

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
