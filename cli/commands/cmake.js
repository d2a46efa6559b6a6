/** `lull cmake`: CMake with the toolchain file of lull. */
import { fileURLToPath } from 'node:url';
import { chooseCompiler } from '../../toolchain/compiler.js';
import { runInPlace } from './in-place.js';

/** @import { NodeSystem } from '../../node/toolchain/system.js' */

const toolchain = fileURLToPath(new URL('../cmake/lull.cmake', import.meta.url));

export const summary = 'run CMake so that it builds with lull';

export const help = `Usage: lull cmake ARGUMENTS OF CMAKE...
       lull cmake --toolchain

Run cmake. Where it configures, it gets -DCMAKE_TOOLCHAIN_FILE=... of lull, so that the
project is compiled by lull cc and lull c++:

    lull cmake -B build && lull cmake --build build && ctest --test-dir build

Executables run like native programs, in try_run and ctest, too. Libraries are static. The
compiler, $LULL_CC (emcc, clang or native) or the one that lull build chooses, is that of the
first run as long as the build folder exists.

Options:
  --toolchain        print the path of the toolchain file, for cmake --toolchain PATH
`;

export const options = {};

/** Modes of cmake in place of configuring. */
const OTHER = /^(--build|--install|--open|--workflow|--find-package|--help.*|--version|-version|-E|-P|-N)$/;

/**
 * @param {string[]} argv
 * @param {NodeSystem} system
 */
export async function runRaw(argv, system) {
  if (argv.length === 1 && argv[0] === '--toolchain') {
    process.stdout.write(`${toolchain}\n`);
    return 0;
  }
  const install = 'apt-get install cmake ninja-build    (or see https://cmake.org/download)';
  if (argv.length === 0 || argv.some((argument) => OTHER.test(argument))) return runInPlace('cmake', argv, { install });
  const { name } = chooseCompiler(system);
  return runInPlace('cmake', [`-DCMAKE_TOOLCHAIN_FILE=${toolchain}`, ...argv], { env: { LULL_CC: name }, install });
}
