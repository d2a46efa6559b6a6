/** --switch: by what the tasks of a module suspend, and what becomes of one that the engine cannot run. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { STACK_SWITCHING } from '../../js/diagnostics/switches.js';
import { load } from '../../node/index.js';
import { engines, missing } from '../engines/engines.js';
import { compilers, folderWith, lull } from './support.js';

const PROGRAM = `
#include <lull.h>
#include <stdio.h>

LULL_TASK(int, twice, (int, n))
{
    lull_check(lull_pause(0.001));
    return 2 * n;
}

static lull_value child(void *argument)
{
    lull_check(lull_pause(0.001));
    puts("child");
    return (lull_value)(intptr_t)argument;
}

int main(void)
{
    lull_task tasks[2] = {lull_spawn(child, NULL), lull_spawn(child, NULL)};
    for (int i = 0; i < 2; i++) lull_join(tasks[i], NULL);
    puts("main");
    return 3;
}
`;

const [cc] = compilers;
const cli = fileURLToPath(new URL('../../cli/cli.js', import.meta.url));
const entry = new URL('../../node/index.js', import.meta.url).href;
const WASMFX = '--experimental-wasm-wasmfx';
/** Whether the engine of this test has stack switching. */
const hasStacks = WebAssembly.validate(new Uint8Array(STACK_SWITCHING));
const without = hasStacks && 'this engine has stack switching';

/** Run Node 26. @param {string} cwd @param {string[]} args */
function node26(cwd, ...args) {
  try {
    const stdout = execFileSync(String(engines['node-26']), args, { cwd, encoding: 'utf8', stdio: 'pipe' });
    return { status: 0, stdout };
  } catch (error) {
    return /** @type {any} */ (error);
  }
}

/** @param {import('node:test').TestContext} t @param {string[]} args */
async function built(t, ...args) {
  const cwd = folderWith(t, { 'app.c': PROGRAM });
  const { status, stderr } = await lull(['build', 'app.c', '--cc', cc, ...args], { cwd });
  assert.equal(status, 0, stderr);
  return cwd;
}

/**
 * A main.mjs beside an app.js, which prints the result of a task, and whether the module has a switch.
 *
 * @param {string} cwd
 * @param {string} kind
 */
function addMain(cwd, kind) {
  const code = readFileSync(join(cwd, 'app.js'), 'utf8').replace("'lull'", `'${entry}'`);
  writeFileSync(join(cwd, 'app.mjs'), code);
  writeFileSync(join(cwd, 'main.mjs'), `import { load } from './app.mjs';
    const app = await load();
    console.log(await app.call.twice(21), 'lull switch ${kind}' in app.exports);
    await app.close();`);
}

test('a switch that there is not is refused, with those that there are', async (t) => {
  const cwd = folderWith(t, { 'app.c': PROGRAM });
  for (const command of [['build', 'app.c', '-o', 'app.wasm'], ['run', 'app.c'], ['cc', 'app.c']]) {
    const { status, stderr } = await lull([...command, '--switch=fibers'], { cwd });
    assert.equal(status, 2);
    assert.match(stderr, /^lull: --switch: there is no switch 'fibers', but asyncify, stacks, jspi; or several/);
  }
});

test('a switch is named once', async (t) => {
  const cwd = folderWith(t, { 'app.c': PROGRAM });
  const { stderr } = await lull(['build', 'app.c', '-o', 'app.wasm', '--switch', 'stacks,stacks'], { cwd });
  assert.equal(stderr, 'lull: --switch stacks,stacks: stacks is there twice\n');
});

test('any Node builds a module with each switch, with the same types', async (t) => {
  const cwd = await built(t, '-o', 'app.js', '--switch', 'stacks,asyncify');
  assert.deepEqual(readdirSync(cwd).sort(), ['app.c', 'app.d.ts', 'app.js', 'app.stacks.wasm', 'app.wasm']);
  const types = await lull(['types', 'app.stacks.wasm'], { cwd });
  assert.equal(types.stdout, readFileSync(join(cwd, 'app.d.ts'), 'utf8'));
  assert.match(types.stdout, /twice\(n: number\): number;/);
});

test('lull cc links with the switch, and takes it where it compiles', async (t) => {
  const cwd = folderWith(t, { 'app.c': PROGRAM });
  const env = { LULL_CC: cc };
  for (const args of [['-c', 'app.c', '-o', 'app.o'], ['app.o', '-o', 'app.wasm']]) {
    const { status, stderr } = await lull(['cc', ...args, '--switch=stacks'], { cwd, env });
    assert.equal(status, 0, stderr);
  }
  assert.ok(readFileSync(join(cwd, 'app.wasm')).includes('lull switch stacks'));
});

test('only objects for Asyncify have facts about calls', async (t) => {
  const cwd = folderWith(t, { 'app.c': PROGRAM });
  const env = { LULL_CC: cc };
  const compiled = async (/** @type {string[]} */ ...args) => {
    const { status, stderr } = await lull(['cc', '-c', 'app.c', '-o', 'app.o', ...args], { cwd, env });
    assert.equal(status, 0, stderr);
    return readFileSync(join(cwd, 'app.o')).includes('lull calls');
  };
  assert.equal(await compiled(), true);
  assert.equal(await compiled('--switch=stacks,asyncify'), true);
  for (const flag of ['--switch=stacks', '--switch=jspi', '--instrument=all', '--fuel=yield']) {
    assert.equal(await compiled(flag), false, flag);
  }
});

test('an executable contains one module', async (t) => {
  const cwd = folderWith(t, { 'app.c': PROGRAM });
  const { status, stderr } = await lull(['build', 'app.c', '-o', 'app', '--switch=stacks,asyncify'], { cwd });
  assert.equal(status, 2);
  assert.match(stderr, /^lull: --switch stacks,asyncify: an executable, as app, contains one module\./);
  assert.ok(!existsSync(join(cwd, 'app')));
});

test('load says what an engine without stack switching lacks, of a file, bytes and a stream', { skip: without },
  async (t) => {
    const cwd = await built(t, '-o', 'app.wasm', '--switch', 'stacks');
    const file = join(cwd, 'app.wasm');
    const bytes = readFileSync(file);
    const data = `data:application/wasm;base64,${bytes.toString('base64')}`;
    for (const source of [file, pathToFileURL(file), bytes, data]) {
      await assert.rejects(load(source), {
        code: 'ERR_LULL_ABI',
        message: /^load: .* was built with --switch stacks, and this engine has no stack switching .*/,
      });
    }
  });

test('lull run says it before anything is built, and of what is built', { skip: without }, async (t) => {
  const cwd = await built(t, '-o', 'app.wasm', '--switch', 'stacks');
  const ofSources = await lull(['run', 'app.c', '--switch', 'stacks', '--cc', cc], { cwd });
  assert.deepEqual([ofSources.status, ofSources.stdout], [1, '']);
  assert.match(ofSources.stderr, /^lull: --switch stacks: this engine has no stack switching/);
  const ofModule = await lull(['run', 'app.wasm'], { cwd });
  assert.equal(ofModule.status, 1);
  assert.match(ofModule.stderr, /^lull: app\.wasm was built with --switch stacks, and this engine has no/);
});

test('lull run takes the first switch that the engine has', { skip: without }, async (t) => {
  const cwd = folderWith(t, { 'app.c': PROGRAM });
  const run = await lull(['run', 'app.c', '--switch', 'stacks,asyncify', '--cc', cc], { cwd });
  assert.deepEqual([run.status, run.stdout], [3, 'child\nchild\nmain\n']);
});

test('what is built already has its switch', async (t) => {
  const cwd = await built(t, '-o', 'app.wasm');
  const { status, stderr } = await lull(['run', 'app.wasm', '--switch', 'asyncify'], { cwd });
  assert.deepEqual([status, stderr], [2, 'lull: --switch is for sources, and app.wasm is built already\n']);
  const other = await lull(['run', 'app.wasm', '--instrument', 'all'], { cwd });
  assert.equal(other.stderr, 'lull: --instrument is for sources, and app.wasm is built already\n');
});

test('lull run switches stacks on where Node has them, for sources and for modules', {
  skip: missing('node-26'),
}, async (t) => {
  const cwd = await built(t, '-o', 'app.wasm', '--switch', 'stacks');
  for (const args of [['app.wasm'], ['app.c', '--switch', 'stacks', '--cc', cc]]) {
    const { status, stdout, stderr } = node26(cwd, cli, 'run', ...args);
    assert.deepEqual([status, stdout], [3, 'child\nchild\nmain\n'], stderr);
  }
  const { stderr } = node26(cwd, cli, 'run', 'app.wasm', '--max-stacks', '2');
  assert.match(stderr, /so many tasks have begun .* load's option maxStacks allows more/);
  assert.match(node26(cwd, cli, 'run', 'app.wasm', '--max-stacks', 'x').stderr,
    /^lull: --max-stacks x: not an integer above 0/);
});

test('the JavaScript beside two modules loads the one that the engine can run', {
  skip: missing('node-26'),
}, async (t) => {
  const cwd = await built(t, '-o', 'app.js', '--switch', 'stacks,asyncify');
  addMain(cwd, 'stacks');
  assert.equal(node26(cwd, 'main.mjs').stdout, '42 false\n');
  assert.equal(node26(cwd, WASMFX, 'main.mjs').stdout, '42 true\n');
});

test('a module on JSPI is refused by name where the engine has no JSPI, and runs where it has', {
  skip: 'Suspending' in WebAssembly ? 'this engine has JSPI' : missing('node-26'),
}, async (t) => {
  const cwd = await built(t, '-o', 'app.js', '--switch', 'jspi,asyncify');
  assert.deepEqual(readdirSync(cwd).sort(), ['app.c', 'app.d.ts', 'app.js', 'app.jspi.wasm', 'app.wasm']);
  await assert.rejects(load(readFileSync(join(cwd, 'app.jspi.wasm'))), {
    code: 'ERR_LULL_ABI',
    message: /^this module was built with --switch jspi, and this engine has no promise .* Node 24, Chrome 137/,
  });
  const { stderr } = await lull(['run', 'app.jspi.wasm'], { cwd });
  assert.match(stderr, /^lull: app\.jspi\.wasm was built with --switch jspi, and this engine has no promise/);
  for (const args of [['app.jspi.wasm'], ['app.c', '--switch', 'jspi', '--cc', cc]]) {
    const { status, stdout } = node26(cwd, cli, 'run', ...args);
    assert.deepEqual([status, stdout], [3, 'child\nchild\nmain\n']);
  }
  addMain(cwd, 'jspi');
  assert.equal(node26(cwd, 'main.mjs').stdout, '42 true\n');
});
