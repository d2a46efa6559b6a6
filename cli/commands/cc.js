/** `lull cc`, and the other tools of a build system. */
import { targetOf } from '../../toolchain/arguments.js';
import { chooseCompiler, compilerFor } from '../../toolchain/compiler.js';
import { compile, runTool } from '../../toolchain/driver.js';

/** @import { NodeSystem } from '../../node/toolchain/system.js' */

/**
 * A tool with a command line of its own, of which lull takes nothing but --help.
 *
 * @param {string} summary
 * @param {string} help
 * @param {(argv: string[], system: NodeSystem) => Promise<number>} act
 */
const tool = (summary, help, act) => ({
  summary,
  help,
  options: {},
  /** @param {string[]} argv @param {NodeSystem} system */
  async runRaw(argv, system) {
    try {
      return await act(argv, system);
    } finally {
      system.progress.clear();
    }
  },
});

/** @param {string} name */
const compilerHelp = (name) => `Usage: lull ${name} [flags] FILE...

Stands for a C${name === 'cc' ? '' : '++'} compiler in a build system: CC='lull cc' CXX='lull c++' AR='lull ar'
RANLIB='lull ranlib' NM='lull nm' ./configure. The flags are those of GCC and Clang: -c, -E,
-S, -M..., -o, -I, -D, -L, -l, -O, -g, -W..., -x, @FILE.

The linker instruments the program: -o app.wasm writes app.wasm, app.js and app.d.ts, as
lull build does; any other name is an executable, which contains the module. --fuel,
--fuel=yield, --async-files and --switch=NAME are as in lull build; give them to the compiler
and to the linker.

The compiler is that of --target (wasm32-wasip1: clang, wasm32-native-wasip1: native,
wasm32-unknown-emscripten: emcc), else $LULL_CC (emcc, clang or native), or the one that
lull build chooses.
`;

/** @param {string[]} argv @param {NodeSystem} system */
const drive = (argv, system) => {
  const target = targetOf(argv);
  return compile(system, chooseCompiler(system, target && compilerFor(target)), argv);
};

/** @param {'ar' | 'ranlib' | 'nm'} name @param {string} purpose */
const binaryTool = (name, purpose) => tool(
  `${purpose}, for build systems`,
  `Usage: lull ${name} ...\n\nThe ${name} of the compiler that lull cc uses: ${purpose}.\n`,
  (argv, system) => runTool(system, chooseCompiler(system), name, argv));

export const cc = tool('compile and link as a C compiler does, for build systems', compilerHelp('cc'), drive);
export const cxx = tool('compile and link as a C++ compiler does, for build systems', compilerHelp('c++'), drive);
export const ar = binaryTool('ar', 'make archives of object files');
export const ranlib = binaryTool('ranlib', 'make the index of an archive');
export const nm = binaryTool('nm', 'list the symbols of object files');
