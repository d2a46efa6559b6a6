/** The wasm-opt of a build: its choice, and its modules. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from '../../node/index.js';
import { programsOf, system } from '../../node/toolchain/system.js';
import { build } from '../../toolchain/build.js';
import { findClang, findEmcc } from '../../toolchain/compiler.js';
import { chooseWasmOpt, findWasmOpt } from '../../toolchain/wasm-opt.js';
import { folderWith, lull } from './support.js';

/** The npm package's: any machine has it, and it is the same program. */
const ofNpm = fileURLToPath(new URL('../../node_modules/binaryen/bin/wasm-opt', import.meta.url));

/** Functions that wait: with locals to save, with two waits, and called through a pointer. */
const PROGRAM = `
#include <lull.h>

static int twice(int n) { lull_check(lull_pause(0)); return 2 * n; }
static int both(int n) { int first = twice(n); lull_check(lull_pause(0)); return first + twice(n + 1); }
static int (*volatile chosen)(int) = both;

LULL_TASK(int, sum, (int, n)) { int sum = 0; for (int i = 0; i < n; i++) sum += chosen(i); return sum; }
`;

/**
 * A folder with executables.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} programs versions, or scripts, by their paths
 */
function folderOf(t, programs) {
  const files = Object.fromEntries(Object.entries(programs).map(([path, text]) =>
    [path, `#!/bin/sh\n${/^\d+$/.test(text) ? `echo "wasm-opt version ${text} (version_${text})"` : text}\n`]));
  const folder = folderWith(t, files);
  for (const path of Object.keys(files)) chmodSync(join(folder, path), 0o755);
  return folder;
}

/** @param {Record<string, string>} env */
const systemWith = (env) => ({ ...system, programs: programsOf({ PATH: '', ...env }) });

/** @param {import('node:test').TestContext} t @param {Record<string, string>} env @param {string} [level] */
function built(t, env, level = '2') {
  const cwd = folderWith(t, { 'program.c': PROGRAM });
  const on = { ...system, programs: programsOf({ ...process.env, ...env }) };
  const compiler = /** @type {any} */ (findClang(on) ?? findEmcc(on));
  return build(on, compiler, { args: [join(cwd, 'program.c'), `-O${level}`] });
}

test('a module that a wasm-opt of the same version instruments is the same', async (t) => {
  const [by, without] = [await built(t, { LULL_WASM_OPT: ofNpm }), await built(t, { LULL_WASM_OPT: 'off' })];
  assert.ok(Buffer.from(by).equals(Buffer.from(without)), `${by.length} and ${without.length} bytes`);
});

test('a module that a wasm-opt instruments at -O1 runs', async (t) => {
  const app = await load(await built(t, { LULL_WASM_OPT: ofNpm }, '1'));
  assert.equal(await app.call.sum(10), 200);
  await app.close();
});

test('builds at the same time have their own levels', async (t) => {
  const all = (/** @type {string} */ level) => built(t, { LULL_WASM_OPT: level === '1' ? ofNpm : 'off' }, level);
  const together = await Promise.all([all('1'), all('s')]);
  assert.deepEqual(together.map(({ length }) => length), [(await all('1')).length, (await all('s')).length]);
});

test('an unknown shape in its result is an error with its name', async (t) => {
  const folder = folderOf(t, {
    'wasm-opt': 'case "$1" in --version) echo "wasm-opt version 999";; *) cp "$1" "$3";; esac',
  });
  await assert.rejects(built(t, { LULL_WASM_OPT: join(folder, 'wasm-opt') }), {
    name: 'Failure', message: /Asyncify.*wasm-opt, version 999; LULL_WASM_OPT=off in the environment does without it/,
  });
});

test('a failing one is an error with its output', async (t) => {
  const folder = folderOf(t, {
    'wasm-opt': 'case "$1" in --version) echo "wasm-opt version 999";; *) echo "no such option" >&2; exit 1;; esac',
  });
  await assert.rejects(built(t, { LULL_WASM_OPT: join(folder, 'wasm-opt') }), {
    name: 'Failure', message: /wasm-opt failed; LULL_WASM_OPT=off .*\nno such option/,
  });
});

test('$LULL_WASM_OPT is preferred to $EMSDK, and that to the path', async (t) => {
  const folder = folderOf(t, { 'given/wasm-opt': '201', 'sdk/upstream/bin/wasm-opt': '202', 'path/wasm-opt': '203' });
  const at = (/** @type {string} */ name) => join(folder, name);
  const found = async (/** @type {Record<string, string>} */ env) =>
    (await findWasmOpt(systemWith({ PATH: at('path'), ...env })))?.version;
  assert.equal(await found({ LULL_WASM_OPT: at('given/wasm-opt'), EMSDK: at('sdk') }), '201');
  assert.equal(await found({ EMSDK: at('sdk') }), '202');
  assert.equal(await found({ EMSDK: at('none') }), '203');
  assert.equal(await found({ LULL_WASM_OPT: 'off' }), undefined);
});

test('an npm package in the path is passed over, as it is not native', async (t) => {
  const folder = folderOf(t, { 'node_modules/binaryen/bin/wasm-opt': '201', 'usr/wasm-opt': '202' });
  const [npm, usr] = [join(folder, 'node_modules/binaryen/bin'), join(folder, 'usr')];
  assert.equal((await findWasmOpt(systemWith({ PATH: `${npm}${delimiter}${usr}` })))?.version, '202');
  assert.equal(await findWasmOpt(systemWith({ PATH: npm })), undefined);
});

test('an old one is not used, and doctor says so', async (t) => {
  const folder = folderOf(t, { 'wasm-opt': '108' });
  assert.equal(await chooseWasmOpt(systemWith({ PATH: folder })), undefined);
  const { stdout } = await lull(['doctor'], { env: { PATH: folder, LULL_WASM_OPT: '', EMSDK: '' } });
  assert.match(stdout, /^wasm-opt +not used: .*wasm-opt has version 108, and lull needs 125 or later$/m);
});

test('an unusable one in $LULL_WASM_OPT is an error', async (t) => {
  const folder = folderOf(t, { old: '108', mute: 'exit 0' });
  const asked = (/** @type {string} */ name) => chooseWasmOpt(systemWith({ LULL_WASM_OPT: join(folder, name) }));
  await assert.rejects(asked('old'), { message: /^LULL_WASM_OPT: .*old has version 108, and lull needs 125/ });
  for (const name of ['mute', 'absent']) {
    await assert.rejects(asked(name), { message: /^LULL_WASM_OPT: .* does not run, or does not tell its version$/ });
  }
});

test('the cache of lull run depends on its version', async (t) => {
  const cwd = folderWith(t, { 'program.c': 'int main(void) { return 0; }\n' });
  const env = { XDG_CACHE_HOME: join(cwd, 'cache') };
  const folder = folderOf(t, { 'wasm-opt': 'case "$1" in --version) echo "wasm-opt version 999";; *) exit 1;; esac' });
  const run = (/** @type {string} */ LULL_WASM_OPT) =>
    lull(['run', 'program.c'], { cwd, env: { ...env, LULL_WASM_OPT } });
  assert.equal((await run('off')).status, 0);
  assert.match((await run(join(folder, 'wasm-opt'))).stderr, /wasm-opt failed/);
});
