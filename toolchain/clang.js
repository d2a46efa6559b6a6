/**
 * Clang as a WebAssembly module, from the package @yowasp/clang. It works on a tree of files in memory, which mirrors
 * the system's files below one folder; paths in its messages are translated back. See D3.
 */
import { Failure } from './failure.js';
import { FUEL_FLAGS, functionsOfObject } from './fuel.js';
import { LONG_DOUBLE, usesLongDoubles } from './long-double.js';
import { folderOf, resolve } from './paths.js';
import { runtimeLevel, runtimeObject } from './runtime.js';
import { isObject, namesIn, readSources, splitFlags } from './sources.js';

/**
 * @import { BuildOptions, Compiler } from './compiler.js'
 * @import { Bytes, Package, Progress, System } from './system.js'
 */

/** @typedef {{ [name: string]: Tree | string | Bytes }} Tree */

const target = '--target=wasm32-wasip1';
/** What Emscripten's C library always has, wasi-libc has on demand. */
const emulated = ['SIGNAL', 'PROCESS_CLOCKS', 'GETPID', 'MMAN'];
const defines = emulated.map((name) => `-D_WASI_EMULATED_${name}`);
const libraries = emulated.map((name) => `-lwasi-emulated-${name.toLowerCase().replace('_', '-')}`);

const linkFlags = [
  '-mexec-model=reactor',
  '-Wl,--export=__stack_pointer',
  '-Wl,-z,stack-size=65536',
  '-Wl,--stack-first',
  '-Wl,--wrap=__stdio_write', // src/hostlib/stdio.c
];

/**
 * @param {System} system
 * @param {Package} found
 * @returns {Compiler}
 */
export function clang(system, { url, version }) {
  const { progress, runtime } = system;
  return {
    name: 'clang',
    version: () => Promise.resolve(version),

    async compile(options) {
      const { files, flags, own: ours } = options;
      const llvm = await load(url, progress);
      const own = { ...options, files: [runtime.source], level: runtimeLevel, flags: runtime.flags };
      const object = await runtimeObject(system, this, async () =>
        call(system, llvm, ['-c', mirrored(system, runtime.source)], mirror(system, own.files, own.flags), own),
      );
      progress.show(`compiling ${files.join(' ')}`);
      /** @type {Tree} */
      const tree = { ...mirror(system, files, flags), 'runtime.o': object };
      const more = usesLongDoubles(readSources(system, files, flags).values()) ? [LONG_DOUBLE] : [];
      const inputs = files.map((file) => mirrored(system, file));
      if (ours) {
        // Object files tell the program's functions from those of libraries.
        for (const [i, file] of files.entries()) {
          if (!isObject(file)) {
            tree[`${i}.o`] = await call(system, llvm, ['-c', inputs[i]], { ...tree }, options);
            inputs[i] = `${i}.o`;
          }
          const made = isObject(file) ? file.endsWith('.o') && system.read(file) : tree[inputs[i]];
          for (const name of made ? await functionsOfObject(/** @type {Bytes} */ (made)) : []) ours.add(name);
        }
        more.push(...FUEL_FLAGS);
      }
      return call(system, llvm, [...inputs, 'runtime.o', ...linkFlags, ...more, ...libraries], tree, options);
    },
  };
}

/**
 * @param {string} url
 * @param {Progress} progress
 */
async function load(url, progress) {
  const llvm = await import(url);
  // Without arguments, it only loads. Loaded later, it would print its progress itself.
  await llvm.commands.clang(null, {}, {
    fetchProgress: (/** @type {{ doneLength: number, totalLength: number }} */ { doneLength, totalLength }) =>
      progress.show(`loading clang ${Math.floor((100 * doneLength) / totalLength)} %`),
  });
  return llvm;
}

/**
 * Run Clang, and print its messages.
 *
 * @param {System} system
 * @param {Awaited<ReturnType<typeof load>>} llvm
 * @param {string[]} args
 * @param {Tree} tree
 * @param {BuildOptions} options
 */
async function call(system, { commands, Exit }, args, tree, { files, level, flags }) {
  const { progress, runtime } = system;
  const spellings = spelledPaths(system, files, flags);
  const decoder = new TextDecoder();
  let printed = '';
  const print = (/** @type {Uint8Array | null} */ bytes) => {
    if (bytes) printed += decoder.decode(bytes, { stream: true });
  };
  const all = [
    target, ...defines, `-O${level}`, `-I${mirrored(system, runtime.include)}`,
    ...splitFlags(flags).flatMap(({ flag, path }) => (path ? [flag, mirrored(system, path)] : [flag])),
    // The last match counts, so the longest path comes last.
    ...spellings.map(([path, spelled]) => `-ffile-prefix-map=${path}=${spelled}`).reverse(),
    ...(progress.colors ? ['-fcolor-diagnostics'] : []),
    ...args, '-o', 'output.wasm',
  ];
  try {
    /** @type {Tree} */
    const made = await commands.clang(all, tree, { stdin: null, stdout: print, stderr: print, decodeASCII: false });
    const output = made['output.wasm'];
    // For example with -fsyntax-only.
    if (!(output instanceof Uint8Array)) throw new Failure('clang wrote no module');
    return output;
  } catch (error) {
    throw error instanceof Exit ? new Failure('', /** @type {{ code: number }} */ (error).code) : error;
  } finally {
    let text = printed.replaceAll(plan, '');
    for (const [path, spelled] of spellings) text = text.replaceAll(path, spelled);
    if (text) progress.print(text);
  }
}

/** The driver's plan, which the package makes it print, mixed with its complaint about a missing file. */
const plan = /^(clang version|Target:|Thread model:|InstalledDir:|Build config:| \(in-process\)| ").*\n/gm;

const mount = '/~';

/**
 * The path in the tree of a file of the system.
 *
 * @param {System} system
 * @param {string} path
 */
const mirrored = (system, path) => [mount, ...resolve(system.folder, path).split('/').filter(Boolean)].join('/');

/**
 * The tree of the files that the compiler reads.
 *
 * @param {System} system
 * @param {string[]} files
 * @param {string[]} flags
 */
function mirror(system, files, flags) {
  /** @type {Tree} */
  const tree = {};
  const libraries = splitFlags(flags).flatMap(({ flag, path }) =>
    flag === '-L' && path
      ? system.list(path).filter((name) => name.endsWith('.a')).map((name) => `${path}/${name}`)
      : []);
  const includes = [...flags, `-I${system.runtime.include}`];
  for (const [path, contents] of readSources(system, [...files, ...libraries], includes)) {
    const segments = mirrored(system, path).slice(1).split('/');
    const name = /** @type {string} */ (segments.pop());
    let folder = tree;
    for (const segment of segments) folder = /** @type {Tree} */ (folder[segment] ??= {});
    folder[name] = isObject(path) ? contents : withoutDots(system, path, contents);
  }
  return tree;
}

/**
 * The tree does not resolve `..`, so `#include "../a.h"` gets the full path of its file.
 *
 * @param {System} system
 * @param {string} path
 * @param {Bytes} contents
 */
function withoutDots(system, path, contents) {
  const dotted = namesIn(contents).filter((name) => name.split('/').includes('..'));
  if (dotted.length === 0) return contents;
  let text = new TextDecoder().decode(contents);
  for (const name of dotted) {
    text = text.replaceAll(`"${name}"`, `"${mirrored(system, resolve(folderOf(path), name))}"`);
  }
  return text;
}

/**
 * The user's spelling of each path in the tree: as typed, else from the current folder, else from the root. The longest
 * come first.
 *
 * @param {System} system
 * @param {string[]} files
 * @param {string[]} flags
 */
function spelledPaths(system, files, flags) {
  const typed = [...files, ...splitFlags(flags).flatMap(({ path }) => path ?? [])];
  /** @type {Map<string, string>} */
  const spellings = new Map([
    [`${mount}/`, system.folder.startsWith('/') ? '/' : ''],
    [`${mirrored(system, '.')}/`, ''],
  ]);
  for (const path of typed) {
    const folder = folderOf(path);
    spellings.set(`${mirrored(system, folder)}/`, folder === '.' ? '' : `${folder}/`);
  }
  for (const path of typed) spellings.set(mirrored(system, path), path);
  return [...spellings].sort(([a], [b]) => b.length - a.length);
}
