/**
 * LLVM as one WebAssembly program, from the package @yowasp/clang: Clang, lld and the tools around them. It is a WASI
 * program, and runs on the files of the system. See D3, D89.
 */
import { isCplusplus } from './arguments.js';
import { EXCEPTIONS, withExceptions } from './exceptions.js';
import { Failure } from './failure.js';
import { resolve } from './paths.js';

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

/** Libraries that wasi-libc has on demand; Emscripten's C library contains them. */
const emulated = ['SIGNAL', 'PROCESS_CLOCKS', 'GETPID', 'MMAN'];
const defines = emulated.map((name) => `-D_WASI_EMULATED_${name}`);
const emulators = emulated.map((name) => `-lwasi-emulated-${name.toLowerCase().replace('_', '-')}`);

/** setjmp by exceptions of WebAssembly, and these in the form that Asyncify knows. See D95. */
const exceptions = ['-mllvm', '-wasm-enable-sjlj', '-mllvm', '-wasm-use-legacy-eh=true'];

const linkFlags = [
  '--entry', '_initialize',
  '--export=__stack_pointer',
  '-z', 'stack-size=65536',
  '--stack-first',
  '--wrap=__cxa_get_globals', '--wrap=__cxa_get_globals_fast', // src/boundary/exceptions.c
  '--wrap=__stdio_write', '--wrap=__wasm_longjmp', // src/hostlib
  '--wrap=getcwd', '--wrap=chdir', '--wrap=fcntl', '--wrap=__wasilibc_find_relpath_alloc',
];

/** Flags of every source. */
const fixed = ['-Wno-unused-command-line-argument', ...exceptions, ...defines];

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
   * The linker's arguments for an item of the compiler's command line. The linker has no current folder.
   *
   * @param {string[]} item
   * @returns {string[]}
   */
  const argumentsOf = ([option, value = '']) => {
    if (!option.startsWith('-')) return [absolute(option)];
    if (option.startsWith('-L')) return [`-L${absolute(option.slice(2) || value)}`];
    if (option.startsWith('-l')) return [`-l${option.slice(2) || value}`];
    if (option === '-Xlinker') return [value];
    if (option === '-u' || option === '-z' || option === '-e') return [option, value];
    if (!option.startsWith('-Wl,')) return []; // -nostdlib: the runtime needs the libraries
    return option.split(',').slice(1).map((argument, index, all) => {
      if (/^-?-(Map|allow-undefined-file|why-extract)$/.test(all[index - 1])) return absolute(argument);
      const joined = /^-?-(Map|allow-undefined-file|why-extract)=/.exec(argument)?.[0];
      return joined ? joined + absolute(argument.slice(joined.length)) : argument;
    });
  };

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
    fixed,
    processors: 1,
    colors: '-fcolor-diagnostics',
    version: () => Promise.resolve(version),

    flags: async () => [
      TARGET, `--sysroot=${await resources()}`, ...defines,
      '-mexception-handling', `-isystem${headers}`, // for setjmp.h
    ],

    compile: (args, stdin) => run((root) => [
      'clang', `-working-directory=${system.folder}`, TARGET, `--sysroot=${root}`, `-resource-dir=${root}`,
      ...fixed, '-isystem', headers,
      ...withExceptions(args, isCplusplus(args) ? EXCEPTIONS : undefined),
    ], stdin),

    tool: (name, args) => run(() => [name, ...toolArguments(name, args)]),

    link: (items, flags, output) => run((root) => [
      'wasm-ld', '-m', 'wasm32', ...LIBRARIES.map((folder) => `-L${root}/${folder}`),
      `${root}/lib/wasm32-wasip1/crt1-reactor.o`, ...linkFlags,
      ...items.flatMap(argumentsOf),
      ...emulators, '-lsetjmp', '-lc++', '-lc++abi', '-lc', `${root}/${LIBRARIES[0]}/libclang_rt.builtins.a`,
      '-o', output,
    ]),
  };
}
