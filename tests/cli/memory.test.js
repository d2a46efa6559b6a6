/** The toolchain on a system in memory, as a page would have one. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { findPackage } from '../../node/toolchain/packages.js';
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
  const files = new Map(runtime);
  for (const [path, text] of Object.entries(program)) files.set(path, new TextEncoder().encode(text));
  /** @type {string[]} */
  const printed = [];
  return {
    folder: '/home',
    runtime: { include: '/lull/include', source: '/lull/runtime.c', flags: ['-I/lull'] },
    read: (path) => files.get(resolve('/home', path)),
    list: () => [],
    findPackage,
    cached: (_parts, make) => make(),
    progress: { colors: false, show() {}, print: (text) => printed.push(String(text)) },
    printed,
  };
}

/** @param {System} system */
const buildApp = (system) =>
  build(system, chooseCompiler(system), { files: ['app.c'], level: '2', flags: ['-Iheaders'], debug: false });

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
