/** `lull meson`: Meson with a cross file of lull. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { editorFlags } from '../../toolchain/compile-commands.js';
import { chooseCompiler } from '../../toolchain/compiler.js';
import { cacheFolder, keyOf } from '../../node/toolchain/cache.js';
import { runInPlace } from './in-place.js';

/** @import { NodeSystem } from '../../node/toolchain/system.js' */

export const summary = 'run Meson so that it builds with lull';

export const help = `Usage: lull meson ARGUMENTS OF MESON...
       lull meson --cross-file

Run meson. Its setup gets --cross-file ... of lull, so that the project is compiled by
lull cc and lull c++:

    lull meson setup build && lull meson compile -C build && lull meson test -C build

Executables run like native programs, in meson test, too. Libraries are static. The compiler
is $LULL_CC (emcc, clang or native), or the one that lull build chooses.

Options:
  --cross-file       print the path of the cross file, for meson setup --cross-file PATH
`;

export const options = {};

/**
 * @param {string[]} argv
 * @param {NodeSystem} system
 */
export async function runRaw(argv, system) {
  const [command, ...rest] = argv;
  if (command === '--cross-file' && rest.length === 0) {
    process.stdout.write(`${await crossFile(system)}\n`);
    return 0;
  }
  const args = command === 'setup' ? [command, '--cross-file', await crossFile(system), ...rest] : argv;
  return runInPlace('meson', args, { install: 'apt-get install meson    (or: pip install meson ninja)' });
}

/**
 * The path of the cross file. It has absolute paths, so it is made here, and in the cache under a name made of its
 * contents: a build folder finds it again when Meson configures anew. See D92.
 *
 * @param {NodeSystem} system
 */
async function crossFile(system) {
  const [target, ...flags] = await editorFlags(system, chooseCompiler(system));
  const text = crossFileOf(target, flags);
  const file = join(cacheFolder(system.programs.env), `meson-${keyOf([text]).slice(0, 16)}.ini`);
  await mkdir(cacheFolder(system.programs.env), { recursive: true });
  await writeFile(file, text);
  return file;
}

/**
 * @param {string} target the flag
 * @param {string[]} flags the others, for editors
 */
function crossFileOf(target, flags) {
  const tool = (/** @type {string} */ name) =>
    fileURLToPath(new URL(`../tools/lull-${name}.js`, import.meta.url));
  const sysroot = flags.find((flag) => flag.startsWith('--sysroot='))?.slice('--sysroot='.length);
  return `# Written by lull, for meson setup --cross-file.
[binaries]
c = ${list(tool('cc'), target)}
cpp = ${list(tool('c++'), target)}
ar = ${list(tool('ar'))}
ranlib = ${list(tool('ranlib'))}
nm = ${list(tool('nm'))}
pkgconfig = 'pkg-config'

[built-in options]
default_library = 'static'
c_args = ${list(...flags)}
cpp_args = ${list(...flags)}

[properties]
needs_exe_wrapper = false
pkg_config_libdir = ${list(`${sysroot}/lib/pkgconfig`)}

[host_machine]
system = 'wasi'
cpu_family = 'wasm32'
cpu = 'wasm32'
endian = 'little'
`;
}

/** @param {string[]} words */
const list = (...words) => `[${words.map((word) => `'${word.replace(/[\\']/g, '\\$&')}'`).join(', ')}]`;
