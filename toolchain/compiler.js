/** The choice of the C compiler: Emscripten's, Clang as an npm package, or a clang of the machine. */
import { clang } from './clang.js';
import { emcc } from './emcc.js';
import { Failure } from './failure.js';
import { native } from './native.js';
import { clangsOf } from './native-parts.js';

/** @import { Bytes, Run, System } from './system.js' */

/** @typedef {'ar' | 'ranlib' | 'nm'} Tool */

/**
 * A compiler with its own command line, and without the flags of lull.
 *
 * @typedef {object} Compiler
 * @property {'emcc' | 'clang' | 'native'} name
 * @property {'emscripten' | 'wasi-libc'} libc the C library
 * @property {() => Promise<string>} version
 * @property {() => Promise<string[]>} flags those by which any Clang, an editor's too, reads a program as this one does
 * @property {string[]} fixed the flags that every source gets
 * @property {string[]} [variables] the environment variables that change its behaviour
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

/** The version of Binaryen whose frames lull knows. */
export const BINARYEN = '132.0.0';

/** The commands that install what is missing. */
export const install = {
  clang: `npm install --save-dev @yowasp/clang binaryen@${BINARYEN}`,
  emcc: 'apt-get install emscripten',
  native: 'apt-get install clang lld llvm wasi-libc libclang-rt-dev-wasm32 libc++-dev-wasm32',
  binaryen: `npm install --save-dev binaryen@${BINARYEN}`,
};

const CLANG = '@yowasp/clang';

/** @type {Record<Compiler['name'], (system: System) => Compiler | undefined>} */
const FINDERS = { emcc: findEmcc, clang: findClang, native: findNative };

/** @param {string} name @returns {name is Compiler['name']} */
const isCompiler = (name) => Object.hasOwn(FINDERS, name);

/**
 * The compiler of a build: the requested one; else $LULL_CC; else the npm package, if the project's package.json names
 * it; else Emscripten: $EMCC, the emcc of $EMSDK, or the emcc on the path; else the npm package, wherever it is. A
 * clang of the machine may be there for other work, so it is taken on request alone.
 *
 * @param {System} system
 * @param {string} [wanted]
 * @returns {Compiler}
 */
export function chooseCompiler(system, wanted) {
  const variable = system.programs?.env.LULL_CC || undefined;
  const [by, name] = wanted === undefined && variable ? ['LULL_CC', variable] : ['--cc', wanted];
  if (name !== undefined && !isCompiler(name)) throw new Failure(`${by} is emcc, clang or native, not '${name}'`, 2);
  const pinned = name === undefined && system.dependsOn(CLANG);
  /** @type {Compiler['name'][]} */
  const order = name ? [name] : pinned ? ['clang'] : ['emcc', 'clang'];
  for (const candidate of order) {
    const compiler = FINDERS[candidate](system);
    if (compiler) return compiler;
  }
  if (pinned) throw new Failure(`package.json names ${CLANG}, which is not installed: npm install`);
  const notes = { emcc: '    (or set EMCC or EMSDK, if it is already installed)', clang: '', native: '' };
  throw new Failure([
    `no C compiler found${name ? ` for ${by} ${name}` : ''}. Install one:`,
    ...order.reverse().map((candidate) => `    ${install[candidate]}${notes[candidate]}`),
  ].join('\n'));
}

/** The compilers by their targets, which are named as build systems and editors name them. See D92. */
const TARGETS = {
  clang: /^wasm32(-unknown)?-wasi(p1)?$/, emcc: /^wasm32(-unknown)?-emscripten$/, native: /^wasm32-native-wasi(p1)?$/,
};

/**
 * The name of the compiler for a target.
 *
 * @param {string} target
 */
export function compilerFor(target) {
  const found = Object.entries(TARGETS).find(([, pattern]) => pattern.test(target));
  if (found) return found[0];
  throw new Failure(
    `--target=${target}: lull compiles for wasm32-wasip1 (clang), wasm32-native-wasip1 (native) and `
      + 'wasm32-unknown-emscripten (emcc)', 2);
}

/**
 * Say so where the last build in this folder had another compiler, and nobody has asked for this one: one that somebody
 * installs takes the place of another.
 *
 * @param {System} system
 * @param {Compiler} compiler
 * @param {string} [wanted]
 */
export async function sayChange(system, compiler, wanted) {
  const now = `${compiler.name} ${await compiler.version()}`;
  const before = await system.remember(`compiler of ${system.folder}`, now);
  const asked = wanted ?? system.programs?.env.LULL_CC;
  if (!before || before === now || asked) return;
  system.progress.print(`lull: the last build in this folder used ${before}; this one uses ${now}. `
    + `--cc, LULL_CC or ${CLANG} in package.json choose one for good.\n`);
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
  const found = system.findPackage(CLANG);
  return found && clang(system, found);
}

/**
 * @param {System} system
 * @returns {Compiler | undefined}
 */
export function findNative(system) {
  const { programs } = system;
  const clangs = programs ? clangsOf(programs) : [];
  return programs && clangs.length > 0 ? native(system, programs, clangs) : undefined;
}
