/** Flags of Clang and lld for WebAssembly with wasi-libc, which are the same for each LLVM. */
import { resolve } from './paths.js';
import { THREAD_LOCAL } from './thread-local.js';

/** Libraries that wasi-libc has on demand; Emscripten's C library contains them. */
const emulated = ['SIGNAL', 'PROCESS_CLOCKS', 'GETPID', 'MMAN'];
export const DEFINES = emulated.map((name) => `-D_WASI_EMULATED_${name}`);
const emulators = emulated.map((name) => `-lwasi-emulated-${name.toLowerCase().replace('_', '-')}`);

/** setjmp by exceptions of WebAssembly. See D95. */
const JUMPS = ['-mllvm', '-wasm-enable-sjlj'];

/** Exceptions in the form that Asyncify knows, for an LLVM that knows another form, too. */
export const FIRST_FORM = ['-mllvm', '-wasm-use-legacy-eh=true'];

/** Flags of every source. */
export const FIXED = ['-Wno-unused-command-line-argument', ...JUMPS, ...DEFINES, ...THREAD_LOCAL];

/** The flag by which wasi-libc's setjmp.h knows that there are jumps, for compilers without JUMPS. */
export const FOR_SETJMP = '-mexception-handling';

const linkFlags = [
  '--entry', '_initialize',
  '--export=__stack_pointer',
  '-z', 'stack-size=65536',
  '--stack-first',
];

/**
 * @typedef {object} Libraries
 * @property {string[]} folders
 * @property {string} start the object that a program begins with
 * @property {string} builtins the compiler's own library
 * @property {boolean} cplusplus whether there is a C++ library
 */

/**
 * The arguments of wasm-ld.
 *
 * @param {Libraries} libraries
 * @param {string[][]} items objects, archives, libraries and flags of the compiler's command line
 * @param {string} output
 * @param {string} current the folder that paths are relative to: the linker of npm has none
 * @returns {string[]}
 */
export const linkerArguments = ({ folders, start, builtins, cplusplus }, items, output, current) => [
  '-m', 'wasm32', ...folders.map((folder) => `-L${folder}`), start, ...linkFlags,
  ...items.flatMap((item) => argumentsOf(item, (path) => resolve(current, path))),
  ...emulators, ...(cplusplus ? ['-lc++', '-lc++abi'] : []), '-lc', builtins,
  '-o', output,
];

/**
 * The linker's arguments for an item of the compiler's command line.
 *
 * @param {string[]} item
 * @param {(path: string) => string} absolute
 * @returns {string[]}
 */
function argumentsOf([option, value = ''], absolute) {
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
}
