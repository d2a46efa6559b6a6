/** `lull build`: from C sources to a module and the files beside it. */
import { existsSync } from 'node:fs';
import { parseArguments } from '../../toolchain/arguments.js';
import { buildFrom } from '../../toolchain/build.js';
import { commentsIn } from '../../toolchain/comments.js';
import { chooseCompiler } from '../../toolchain/compiler.js';
import { Failure } from '../../toolchain/failure.js';
import { writeProgram } from '../../toolchain/outputs.js';
import { system } from '../../node/toolchain/system.js';
import { DEFAULT_LEVEL, withFiles } from './compiler-arguments.js';
import { refuseFolders } from './given-files.js';

/** @import { Arguments } from '../cli.js' */

export const summary = 'compile C to a .wasm that lull loads, with its .js and .d.ts';

export const help = `Usage: lull build FILE... -o OUTPUT [options] [compiler flags]

Compile and link C and C++ files, object files and archives (of the same compiler) with
lull, and instrument and optimize the result. For -o OUT.wasm, write OUT.wasm, OUT.js (a
module whose load() loads it) and OUT.d.ts (its types); for any other name, write an
executable that runs the module, which is beside it.

Options:
  -o OUTPUT          the output file
  -O0 ... -O3, -Os, -Oz   the optimization level, by default -O2
  -g                 keep function names, for stack traces
  --fuel             count loops and calls, so that load can end a task that holds the
                     event loop for longer than its option maxRunTime
  --cc COMPILER      emcc or clang (the npm package @yowasp/clang); by default $EMCC,
                     $EMSDK's emcc, the emcc on the path, or else clang

All other options with one dash go to the compiler and the linker, as does everything
after --: lull build app.c -o app.wasm -Iinclude -DN=3 -Llib -lz
`;

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
export const options = {
  fuel: { type: 'boolean' },
  cc: { type: 'string' },
};

export const afterDashes = 'compiler flags';

export const compiles = true;

/** @param {Arguments<typeof options>} args */
export async function run({ values, given, rest }) {
  const args = [DEFAULT_LEVEL, ...withFiles(given, existsSync), ...rest];
  const parsed = parseArguments(args, system.read);
  const { inputs, flags, output, debug, stoppedBy } = parsed;
  const files = inputs.map(({ file }) => file);
  if (files.length === 0) throw new Failure('which files? lull build FILE... -o OUT.wasm', 2);
  if (files.includes('')) throw new Failure("'' names no file: lull build FILE... -o OUT.wasm", 2);
  if (!output) throw new Failure('where to? lull build FILE... -o OUT.wasm', 2);
  if (stoppedBy) throw new Failure(`lull build links a program; for ${stoppedBy} there is lull cc`, 2);

  await refuseFolders(files);
  const { progress } = system;
  const compiler = chooseCompiler(system, values.cc);
  try {
    const wasm = await buildFrom(system, compiler, parsed, { debug, fuel: values.fuel });
    const module = await writeProgram(system, output, wasm, commentsIn(system, files, flags));
    progress.done(`${module}: ${(wasm.length / 1024).toFixed(1)} KB`);
  } finally {
    progress.clear();
  }
  return 0;
}
