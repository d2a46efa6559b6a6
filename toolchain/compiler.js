/** The choice of a compiler. */
import { join } from 'node:path';
import { clang } from './clang.js';
import { emcc } from './emcc.js';
import { isExecutable, onPath } from './executables.js';
import { Failure } from './failure.js';
import { findPackage } from './packages.js';

/** @import { Progress } from './progress.js' */

/**
 * @typedef {object} BuildOptions
 * @property {string[]} files      what to compile and link, as the user typed it
 * @property {string} level        what comes after -O
 * @property {string[]} flags      what else the compiler gets
 * @property {Progress} progress   where it says what it does, and prints its messages
 */

/**
 * @typedef {object} Compiler
 * @property {'emcc' | 'clang'} name
 * @property {() => Promise<string>} version
 * @property {(options: BuildOptions) => Promise<Uint8Array<ArrayBuffer>>} compile
 *   the linked module, with its names; throws a Failure with the compiler's status
 */

/** The commands that install what is missing. */
export const install = {
  clang: 'npm install --save-dev @yowasp/clang binaryen@132.0.0',
  emcc: 'apt-get install emscripten',
  binaryen: 'npm install --save-dev binaryen@132.0.0',
};

/** What the machine offers, so that a test can offer something else. */
export const machine = { env: process.env, findPackage };

/**
 * The compiler to use: the one that was asked for; else $EMCC, $EMSDK, or the emcc on the path; else @yowasp/clang.
 *
 * @param {string} [wanted]
 * @param {typeof machine} [from]
 * @returns {Compiler}
 */
export function chooseCompiler(wanted, from = machine) {
  if (wanted !== undefined && wanted !== 'emcc' && wanted !== 'clang') {
    throw new Failure(`--cc is emcc or clang, not '${wanted}'`, 2);
  }
  const compiler = (wanted !== 'clang' && findEmcc(from)) || (wanted !== 'emcc' && findClang(from));
  if (compiler) return compiler;
  throw new Failure(
    [
      `no C compiler found${wanted ? ` for --cc ${wanted}` : ''}. Install one:`,
      ...(wanted === 'emcc' ? [] : [`    ${install.clang}`]),
      ...(wanted === 'clang' ? [] : [`    ${install.emcc}    (or set EMCC or EMSDK, where it is installed already)`]),
    ].join('\n'),
  );
}

/**
 * @param {typeof machine} [from]
 * @returns {Compiler | undefined}
 */
export function findEmcc({ env } = machine) {
  if (env.EMCC) return emcc(onPath(env.EMCC, env) ?? env.EMCC);
  const name = process.platform === 'win32' ? 'emcc.bat' : 'emcc';
  const ofSdk = env.EMSDK && join(env.EMSDK, 'upstream', 'emscripten', name);
  const command = ofSdk && isExecutable(ofSdk) ? ofSdk : onPath(name, env);
  return command ? emcc(command) : undefined;
}

/**
 * @param {typeof machine} [from]
 * @returns {Compiler | undefined}
 */
export function findClang({ findPackage } = machine) {
  const found = findPackage('@yowasp/clang');
  return found && clang(found);
}
