/** The choice of the C compiler: Emscripten's, or Clang as an npm package. */
import { clang } from './clang.js';
import { emcc } from './emcc.js';
import { Failure } from './failure.js';

/** @import { Bytes, Run, System } from './system.js' */

/** @typedef {'ar' | 'ranlib' | 'nm'} Tool */

/**
 * A compiler with its own command line, and without the flags of lull.
 *
 * @typedef {object} Compiler
 * @property {'emcc' | 'clang'} name
 * @property {() => Promise<string>} version
 * @property {number} processors how many of its runs gain by going on at a time
 * @property {string[]} [imports] the functions of `env` that its linker leaves to the host; without a list it refuses
 *   undefined symbols itself
 * @property {string} colors the flag for messages in colors
 * @property {(args: string[], stdin?: Bytes) => Promise<Run>} compile run it on one source, for anything short of
 *   linking
 * @property {(name: Tool, args: string[]) => Promise<Run>} tool run one of its tools
 * @property {(items: string[][], flags: string[], output: string) => Promise<Run>} link link objects, archives,
 *   libraries and flags of the linker, each with its value, in this order, to a module that has its names; `flags` are
 *   those of the compiler
 */

/** The commands that install what is missing. */
export const install = {
  clang: 'npm install --save-dev @yowasp/clang binaryen@132.0.0',
  emcc: 'apt-get install emscripten',
  binaryen: 'npm install --save-dev binaryen@132.0.0',
};

/**
 * The requested compiler; else $EMCC, the emcc of $EMSDK, or the emcc on the path; else @yowasp/clang.
 *
 * @param {System} system
 * @param {string} [wanted]
 * @returns {Compiler}
 */
export function chooseCompiler(system, wanted) {
  if (wanted !== undefined && wanted !== 'emcc' && wanted !== 'clang') {
    throw new Failure(`--cc is emcc or clang, not '${wanted}'`, 2);
  }
  const compiler = (wanted !== 'clang' && findEmcc(system)) || (wanted !== 'emcc' && findClang(system));
  if (compiler) return compiler;
  throw new Failure(
    [
      `no C compiler found${wanted ? ` for --cc ${wanted}` : ''}. Install one:`,
      ...(wanted === 'emcc' ? [] : [`    ${install.clang}`]),
      ...(wanted === 'clang' ? [] : [`    ${install.emcc}    (or set EMCC or EMSDK, if it is already installed)`]),
    ].join('\n'),
  );
}

/**
 * @param {System} system
 * @returns {Compiler | undefined}
 */
export function findEmcc(system) {
  const { programs } = system;
  if (!programs) return undefined;
  const { EMCC, EMSDK } = programs.env;
  if (EMCC) return emcc(system, programs, programs.find(EMCC) ?? { path: EMCC, home: '' });
  const found = (EMSDK && programs.find(`${EMSDK}/upstream/emscripten/emcc`)) || programs.find('emcc');
  return found && emcc(system, programs, found);
}

/**
 * @param {System} system
 * @returns {Compiler | undefined}
 */
export function findClang(system) {
  const found = system.findPackage('@yowasp/clang');
  return found && clang(system, found);
}
