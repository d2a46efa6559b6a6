/** The toolchain on a system in memory, as a page would have one. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { ConsoleStdout, Directory, File, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';
import { cacheFolder } from '../../node/toolchain/cache.js';
import { findPackage } from '../../node/toolchain/packages.js';
import { unpacked } from '../../node/toolchain/wasi.js';
import { directory } from '../../node/wasi-files.js';
import { load } from '../../node/index.js';
import { build } from '../../toolchain/build.js';
import { chooseCompiler } from '../../toolchain/compiler.js';
import { resolve } from '../../toolchain/paths.js';

/** @import { System } from '../../toolchain/system.js' */

const source = new URL('../../src/', import.meta.url);

/** The runtime, in a folder that no machine has. */
const runtime = readdirSync(source, { encoding: 'utf8', recursive: true })
  .filter((name) => /\.[ch]$/.test(name))
  .map((name) => /** @type {const} */ ([`/lull/${name}`, new Uint8Array(readFileSync(new URL(name, source)))]));

/**
 * @param {Record<string, string>} program its files
 * @returns {System & { printed: string[] }}
 */
function memorySystem(program) {
  const root = new Directory(new Map());
  /** @param {string} path */
  const find = (path) => root.contents.get(path) ?? path.split('/').slice(1).reduce(
    (/** @type {any} */ folder, name) => folder?.contents?.get(name), root);
  /** @param {string} path @param {Uint8Array} contents */
  const write = async (path, contents) => {
    const names = path.split('/').slice(1);
    const file = /** @type {string} */ (names.pop());
    let folder = root;
    for (const name of names) {
      if (!folder.contents.has(name)) folder.contents.set(name, new Directory(new Map()));
      folder = /** @type {Directory} */ (folder.contents.get(name));
    }
    folder.contents.set(file, new File(contents));
  };
  for (const [path, contents] of runtime) write(path, contents);
  for (const [path, text] of Object.entries(program)) write(path, new TextEncoder().encode(text));
  /** @type {string[]} */
  const printed = [];
  let modules;
  return {
    folder: '/home',
    runtime: { include: '/lull/include', source: async () => '/lull/runtime.c' },
    read: (path) => find(resolve('/home', path))?.data,
    list: () => [],
    findPackage,
    dependsOn: () => true,
    remember: async () => undefined,
    cached: (_parts, make) => make(),
    code: () => [],
    async withFolder(use) {
      root.contents.set('tmp', new Directory(new Map()));
      return use('/tmp');
    },
    write,
    // The compiler's own files are on this machine; a page would have unpacked them.
    unpacked: (url, name) => unpacked(cacheFolder(), url, name),
    async wasi(url, args) {
      modules ??= WebAssembly.compile(readFileSync(new URL(url)));
      /** @type {Record<string, string>} */
      const streams = { stdout: '', stderr: '' };
      const stream = (/** @type {string} */ name) =>
        new ConsoleStdout((bytes) => { streams[name] += new TextDecoder().decode(bytes); });
      const cache = cacheFolder();
      const fds = [stream('stdout'), stream('stdout'), stream('stderr'), directory(cache, cache),
        new PreopenDirectory('/', root.contents)];
      const wasi = new WASI(['', ...args], [], fds, { debug: false });
      const instance = await WebAssembly.instantiate(await modules, { wasi_snapshot_preview1: wasi.wasiImport });
      const status = wasi.start(/** @type {any} */ (instance));
      const [out, err] = [streams.stdout, streams.stderr].map((text) => new TextEncoder().encode(text));
      return { status, stdout: out, stderr: err };
    },
    output() {},
    input: async () => new Uint8Array(),
    progress: { colors: false, show() {}, print: (text) => printed.push(String(text)) },
    printed,
  };
}

/** @param {System} system */
const buildApp = (system) =>
  build(system, chooseCompiler(system), { args: ['app.c', '-O2', '-Iheaders'] });

const skip = !findPackage('@yowasp/clang') && '@yowasp/clang is not installed';

test('a program is built from files in memory, and runs', { skip }, async () => {
  const system = memorySystem({
    '/home/app.c': '#include <lull.h>\n#include "../shared/n.h"\nLULL_TASK(int, n_after, (double, seconds))\n' +
      '{\n    lull_pause(seconds);\n    return N;\n}\n',
    '/shared/n.h': '#include <m.h>\n#define N (M + 2)\n',
    '/home/headers/m.h': '#define M 40\n',
  });
  const app = await load(await buildApp(system));
  assert.equal(await app.call.n_after(0.001), 42);
  await app.close();
  assert.deepEqual(system.printed, []);
});

test('an error names the file as it is called there', { skip }, async () => {
  const system = memorySystem({ '/home/app.c': '#include <lull.h>\nint f(void) { return nowhere; }\n' });
  await assert.rejects(buildApp(system), { name: 'Failure', message: '', status: 1 });
  assert.match(system.printed.join(''), /^app\.c:2:22: error: use of undeclared identifier 'nowhere'/m);
});

test('a system without programs has no emcc', () => {
  assert.throws(() => chooseCompiler(memorySystem({}), 'emcc'), { name: 'Failure', message: /for --cc emcc/ });
});
