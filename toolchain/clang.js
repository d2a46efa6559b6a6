/** The npm package @yowasp/clang as a compiler. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { Failure } from './failure.js';
import { runtime } from './packages.js';
import { runtimeLevel, runtimeObject } from './runtime.js';
import { isObject, namesIn, readSources, splitFlags } from './sources.js';

/**
 * @import { Package } from './packages.js'
 * @import { BuildOptions, Compiler } from './compiler.js'
 */

/** @typedef {{ [name: string]: Tree | string | Uint8Array<ArrayBuffer> }} Tree */

const target = '--target=wasm32-wasip1';
const linkFlags = [
  '-mexec-model=reactor',
  '-Wl,--export=__stack_pointer',
  '-Wl,-z,stack-size=65536',
  '-Wl,--stack-first',
];

/**
 * LLVM as a WebAssembly module, of the package @yowasp/clang. It works on a tree of files in memory: ours mirrors the
 * machine's below one folder, and what the compiler prints is translated back.
 *
 * @param {Package} found
 * @returns {Compiler}
 */
export function clang({ url, version }) {
  return {
    name: 'clang',
    version: () => Promise.resolve(version),

    async compile(options) {
      const { files, flags, progress } = options;
      const llvm = await load(url, progress);
      const own = { ...options, files: [runtime.source], level: runtimeLevel, flags: runtime.flags };
      const object = await runtimeObject(this, progress, async () =>
        call(llvm, ['-c', mirrored(runtime.source)], mirror(own.files, own.flags), own),
      );
      progress.show(`compiling ${files.join(' ')}`);
      const tree = { ...mirror(files, flags), 'runtime.o': object };
      return call(llvm, [...files.map(mirrored), 'runtime.o', ...linkFlags], tree, options);
    },
  };
}

/**
 * @param {string} url
 * @param {BuildOptions['progress']} progress
 */
async function load(url, progress) {
  const llvm = await import(url);
  // Without arguments it only loads. Later it would print its progress by itself.
  await llvm.commands.clang(null, {}, {
    fetchProgress: (/** @type {{ doneLength: number, totalLength: number }} */ { doneLength, totalLength }) =>
      progress.show(`loading clang ${Math.floor((100 * doneLength) / totalLength)} %`),
  });
  return llvm;
}

/**
 * Run clang, and pass on what it prints.
 *
 * @param {Awaited<ReturnType<typeof load>>} llvm
 * @param {string[]} args
 * @param {Tree} tree
 * @param {BuildOptions} options
 */
async function call({ commands, Exit }, args, tree, { files, level, flags, progress }) {
  const spellings = spelledPaths(files, flags);
  /** @type {Uint8Array[]} */
  const printed = [];
  const print = (/** @type {Uint8Array | null} */ bytes) => void (bytes && printed.push(bytes.slice()));
  const all = [
    target, `-O${level}`, `-I${mirrored(runtime.include)}`, ...splitFlags(flags).flatMap(mirroredFlag),
    // The last that fits counts, so the longest comes last.
    ...spellings.map(([path, spelled]) => `-ffile-prefix-map=${path}=${spelled}`).reverse(),
    ...(progress.stream.isTTY ? ['-fcolor-diagnostics'] : []),
    ...args, '-o', 'output.wasm',
  ];
  try {
    /** @type {Tree} */
    const made = await commands.clang(all, tree, { stdin: null, stdout: print, stderr: print, decodeASCII: false });
    const output = made['output.wasm'];
    // As after -fsyntax-only.
    if (!(output instanceof Uint8Array)) throw new Failure('clang wrote no module');
    return output;
  } catch (error) {
    throw error instanceof Exit ? new Failure('', /** @type {{ code: number }} */ (error).code) : error;
  } finally {
    let text = Buffer.concat(printed).toString().replaceAll(plan, '');
    for (const [path, spelled] of spellings) text = text.replaceAll(path, spelled);
    if (text) progress.print(text);
  }
}

/** The driver's plan, which the package has it print, and which gets mixed with its complaint about a missing file. */
const plan = /^(clang version|Target:|Thread model:|InstalledDir:|Build config:| \(in-process\)| ").*\n/gm;

const mount = '/~';

/**
 * Where a file of the machine is in the tree.
 *
 * @param {string} path
 */
const mirrored = (path) => [mount, ...resolve(path).split(sep).filter(Boolean)].join('/');

/** @param {{ flag: string, path?: string }} flag */
const mirroredFlag = ({ flag, path }) => (path ? [flag, mirrored(path)] : [flag]);

/**
 * The tree of the files that the compiler reads.
 *
 * @param {string[]} files
 * @param {string[]} flags
 */
function mirror(files, flags) {
  /** @type {Tree} */
  const tree = {};
  const libraries = splitFlags(flags).flatMap(({ flag, path }) => (flag === '-L' && path ? archivesIn(path) : []));
  const includes = [...flags, `-I${runtime.include}`];
  for (const [path, contents] of readSources([...files, ...libraries], includes)) {
    const segments = mirrored(path).slice(1).split('/');
    const name = /** @type {string} */ (segments.pop());
    let folder = tree;
    for (const segment of segments) folder = /** @type {Tree} */ (folder[segment] ??= {});
    folder[name] = isObject(path) ? contents : withoutDots(path, contents);
  }
  return tree;
}

/** @param {string} folder */
const archivesIn = (folder) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.a')).map((name) => join(folder, name)) : [];

/**
 * The tree does not know `..`: name the file that `#include "../a.h"` means.
 *
 * @param {string} path
 * @param {Buffer<ArrayBuffer>} contents
 */
function withoutDots(path, contents) {
  const dotted = namesIn(contents).filter((name) => name.split('/').includes('..'));
  let text = contents.toString();
  for (const name of dotted) text = text.replaceAll(`"${name}"`, `"${mirrored(resolve(dirname(path), name))}"`);
  return dotted.length > 0 ? text : contents;
}

/**
 * How paths in the tree are written for the user: as typed where they were, else from the working directory, else from
 * the root. The longest come first.
 *
 * @param {string[]} files
 * @param {string[]} flags
 */
function spelledPaths(files, flags) {
  const typed = [...files, ...splitFlags(flags).flatMap(({ path }) => path ?? [])];
  /** @type {Map<string, string>} */
  const spellings = new Map([
    [`${mount}/`, sep === '/' ? '/' : ''],
    [`${mirrored('.')}/`, ''],
  ]);
  for (const path of typed) {
    spellings.set(`${mirrored(dirname(path))}/`, dirname(path) === '.' ? '' : `${dirname(path)}/`);
  }
  for (const path of typed) spellings.set(mirrored(path), path);
  return [...spellings].sort(([a], [b]) => b.length - a.length);
}
