/** The package, as npm packs and installs it. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fixture } from '../wasm/fixture.js';
import { addCompiler, addPackages, printed, program, project, run, tarball } from './support.js';

const bin = (/** @type {string} */ name) => fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));

test('publint has nothing to say', async () => {
  assert.match(await run('.', bin('publint'), ['--strict', await tarball()]), /All good!/);
});

test('every entry has its types, for all that reads ES modules', async () => {
  await run('.', bin('attw'), [await tarball(), '--profile', 'esm-only']);
});

test('the tarball has less than 400 KB', async (t) => {
  const { size } = statSync(await tarball());
  t.diagnostic(`${size} bytes`);
  assert.ok(size < 400_000, `${size} bytes`);
});

test('it installs into an empty folder with one small package, and no compiler', async () => {
  const folder = await project();
  const packages = readdirSync(join(folder, 'node_modules'), { withFileTypes: true }).map(({ name }) => name);
  assert.deepEqual(packages.filter((name) => !name.startsWith('.')).sort(), ['@bjorn3', 'lull']);
  assert.deepEqual(readdirSync(join(folder, 'node_modules/@bjorn3')), ['browser_wasi_shim']);
});

test('without a compiler it loads a module, and says what to install to build one', async () => {
  const folder = await project({
    'main.js': `import { load, LullError } from 'lull';
      import 'lull/host';
      import { VirtualClock } from 'lull/testing';
      const app = await load(new URL('./empty.wasm', import.meta.url));
      await app.call.nothing();
      await app.close();
      console.log(typeof LullError, typeof VirtualClock);`,
  });
  writeFileSync(join(folder, 'empty.wasm'), await fixture('empty'));
  assert.equal(await run(folder, process.execPath, ['main.js']), 'function function\n');
  writeFileSync(join(folder, 'app.c'), program['app.c']);
  const build = ['build', 'app.c', '-o', 'app.wasm', '--cc', 'clang'];
  await assert.rejects(
    run(folder, process.execPath, ['node_modules/lull/cli/cli.js', ...build]),
    /no C compiler found for --cc clang\. Install one:\n {4}npm install --save-dev @yowasp\/clang binaryen@/,
  );
});

test('with a compiler it builds a program from its own sources, which runs', async () => {
  const folder = await project(program);
  addCompiler(folder);
  await run(folder, join(folder, 'node_modules/.bin/lull'), ['build', 'app.c', '-o', 'app.wasm', '--cc', 'clang']);
  assert.equal(await run(folder, process.execPath, ['main.js']), printed);
  assert.equal(
    await run(folder, process.execPath, ['--disallow-code-generation-from-strings', 'main.js']),
    printed,
    'where no code may be made of strings',
  );
  const others = ['build', 'app.c', '-o', 'other.wasm', '--cc', 'clang', '--switch', 'stacks'];
  await run(folder, join(folder, 'node_modules/.bin/lull'), others); // from the runtime's source
  assert.ok(readFileSync(join(folder, 'other.wasm')).includes('lull switch stacks'));
});

test('the first build takes the runtime from the package', async () => {
  const folder = await project(program);
  addCompiler(folder);
  const build = ['build', 'app.c', '-o', 'app.wasm', '--cc', 'clang'];
  await run(folder, join(folder, 'node_modules/.bin/lull'), build, { XDG_CACHE_HOME: join(folder, 'cache') });
  const cached = readdirSync(join(folder, 'cache/lull')).filter((name) => name.endsWith('.wasm'));
  assert.equal(cached.length, 3, 'the object of app.c, the list of its files, and the module');
  const module = readFileSync(join(folder, 'app.wasm'));
  for (const name of cached) {
    const contents = readFileSync(join(folder, 'cache/lull', name));
    assert.ok(contents.length < 20_000 || contents.subarray(0, module.length).equals(module), 'none is the runtime');
  }
  assert.equal(await run(folder, process.execPath, ['main.js']), printed);
});

test('for another compiler, the runtime is compiled from the source in the package', async () => {
  const folder = await project(program);
  addCompiler(folder);
  const objects = join(folder, 'node_modules/lull/build/package');
  for (const name of readdirSync(objects)) if (name.endsWith('.wasm.br')) rmSync(join(objects, name));
  const build = ['build', 'app.c', '-o', 'app.wasm', '--cc', 'clang'];
  await run(folder, join(folder, 'node_modules/.bin/lull'), build, { XDG_CACHE_HOME: join(folder, 'cache') });
  assert.equal(await run(folder, process.execPath, ['main.js']), printed);
});

test('the compile server loads a package anew that is installed anew', async (t) => {
  const folder = await project(program);
  addPackages(folder, fileURLToPath(new URL('../../node_modules', import.meta.url)), ['@yowasp/clang']);
  const binaryen = join(folder, 'node_modules/binaryen');
  mkdirSync(binaryen);
  writeFileSync(join(binaryen, 'package.json'), '{ "name": "binaryen", "version": "1.0.0", "type": "module" }');
  const lull = join(folder, 'node_modules/.bin/lull');
  const env = { LULL_SERVER: '', XDG_CACHE_HOME: join(folder, 'cache') };
  t.after(() => run(folder, lull, ['server', 'stop'], env));
  for (const name of ['the first', 'another']) {
    writeFileSync(join(binaryen, 'index.js'),
      `export default { readBinary() { throw new Error('this is ${name}'); } };`);
    const build = run(folder, lull, ['build', 'app.c', '-o', 'app.wasm', '--cc', 'clang'], env);
    await assert.rejects(build, new RegExp(`this is ${name}`));
  }
  assert.match(await run(folder, lull, ['server'], env), /^process \d+/);
});

test('the project of lull init builds, runs and passes its own test, and its JavaScript has its types', async () => {
  const folder = await project();
  await run(folder, join(folder, 'node_modules/.bin/lull'), ['init', 'app']);
  const app = join(folder, 'app');
  const manifest = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
  const { version, devDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  assert.deepEqual(manifest.dependencies, { lull: `^${version}` });
  for (const [name, wanted] of Object.entries(manifest.devDependencies)) assert.equal(wanted, devDependencies[name]);
  // lull from the tarball, and the compilers from here.
  manifest.dependencies.lull = `file:${await tarball()}`;
  delete manifest.devDependencies;
  writeFileSync(join(app, 'package.json'), JSON.stringify(manifest));
  await run(app, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund']);
  addCompiler(app);
  const env = { NODE_TEST_CONTEXT: undefined }; // else it runs no tests
  assert.match(await run(app, 'npm', ['test'], env), / pass 1$/m);
  assert.match(await run(app, 'npm', ['start', '--silent']), /^Hello, Ada!\nHello, Brian!\nHello, Dennis!$/m);
  addPackages(app, fileURLToPath(new URL('../../node_modules', import.meta.url)), ['@types/node', 'undici-types']);
  await run(app, process.execPath, [bin('tsc'), '-p', 'jsconfig.json', '--noEmit', '--types', 'node']);
  await assert.rejects(run(app, join(app, 'node_modules/.bin/lull'), ['init']), /has src\/greet\.c, main\.js/);
});
