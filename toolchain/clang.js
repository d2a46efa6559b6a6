/**
 * LLVM as one WebAssembly program, from the package @yowasp/clang: Clang, lld and the tools around them. It is a WASI
 * program, and runs on the files of the system. See D3, D89.
 */
import { isCplusplus } from './arguments.js';
import { EXCEPTIONS, withExceptions } from './exceptions.js';
import { Failure } from './failure.js';
import { resolve } from './paths.js';
import { DEFINES, FIRST_FORM, FIXED, FOR_SETJMP, linkerArguments } from './wasi-libc.js';

/**
 * @import { Compiler, Tool } from './compiler.js'
 * @import { Package, System } from './system.js'
 */

/** The parts of the package, and a version that has them. */
const PROGRAM = 'llvm.core.wasm';
const RESOURCES = 'llvm-resources.tar';
export const KNOWN = '22.0.0-git20542-10';

const TARGET = '--target=wasm32-wasip1';
/** Where the package's archive has the libraries of this target. */
const LIBRARIES = ['lib/wasm32-unknown-wasip1', 'lib/wasm32-wasip1'];

/** Flags of every source. */
const fixed = [...FIXED, ...FIRST_FORM];

/**
 * @param {System} system
 * @param {Package} found
 * @returns {Compiler}
 */
export function clang(system, { url, version }) {
  const program = new URL(PROGRAM, url).href;
  /** In front of those of the C library. */
  const headers = resolve(system.runtime.include, '../wasi-libc');

  const resources = () => system.unpacked(new URL(RESOURCES, url).href, `clang-${version}`);

  /**
   * Run one of the tools.
   *
   * @param {(resources: string) => string[]} argsFor its arguments, from the folder of its resources
   * @param {import('./system.js').Bytes} [stdin]
   */
  async function run(argsFor, stdin) {
    try {
      return await system.wasi(program, argsFor(await resources()), stdin);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
      throw new Failure(`@yowasp/clang ${version} lacks ${PROGRAM} or ${RESOURCES}: lull knows the layout of ${KNOWN}`);
    }
  }

  /** @param {string} path */
  const absolute = (path) => resolve(system.folder, path);

  /**
   * @param {Tool} name
   * @param {string[]} args
   */
  const toolArguments = (name, args) => {
    // After its letters, ar has an archive, and files where it adds them, else the names of members.
    const archive = name === 'ar' ? args.findIndex((argument, i) => i > 0 && !argument.startsWith('-')) : 0;
    const adds = name !== 'ar' || /^-?[a-zA-Z]*[qr]/.test(args[0] ?? '');
    const extracts = name === 'ar' && /^-?[a-zA-Z]*x/.test(args[0] ?? '');
    return [...(extracts ? [`--output=${system.folder}`] : []), ...args.map((argument, i) =>
      (i < archive || argument.startsWith('-') || (i > archive && !adds) ? argument : absolute(argument)))];
  };

  return {
    name: 'clang',
    libc: 'wasi-libc',
    fixed,
    processors: 1,
    colors: '-fcolor-diagnostics',
    version: () => Promise.resolve(version),

    flags: async () => [
      TARGET, `--sysroot=${await resources()}`, ...DEFINES, FOR_SETJMP, `-isystem${headers}`,
    ],

    compile: (args, stdin) => run((root) => [
      'clang', `-working-directory=${system.folder}`, TARGET, `--sysroot=${root}`, `-resource-dir=${root}`,
      ...fixed, '-isystem', headers,
      ...withExceptions(args, isCplusplus(args) ? EXCEPTIONS : undefined),
    ], stdin),

    tool: (name, args) => run(() => [name, ...toolArguments(name, args)]),

    link: (items, flags, output) => run((root) => ['wasm-ld', ...linkerArguments({
      folders: LIBRARIES.map((folder) => `${root}/${folder}`),
      start: `${root}/lib/wasm32-wasip1/crt1-reactor.o`,
      builtins: `${root}/${LIBRARIES[0]}/libclang_rt.builtins.a`,
      cplusplus: true,
    }, items, output, system.folder)]),
  };
}
