/** `lull build`: from C sources to a module and the files beside it. */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build } from '../../toolchain/build.js';
import { commentsIn } from '../../toolchain/comments.js';
import { chooseCompiler } from '../../toolchain/compiler.js';
import { Failure } from '../../toolchain/failure.js';
import { javascriptFor, typescriptFor } from '../../toolchain/glue.js';
import { system } from '../../node/toolchain/system.js';
import { refuseFolders } from './given-files.js';
import { optimizationLevel } from './optimization-level.js';

/** @import { Arguments } from '../cli.js' */

export const summary = 'compile C to a .wasm that lull loads, with its .js and .d.ts';

export const help = `Usage: lull build FILE... -o OUT.wasm [options] [-- compiler flags]

Compile and link C files (or object files and archives of the same compiler) with lull,
instrument and optimize the result, and write OUT.wasm, OUT.js (a module whose load()
loads it) and OUT.d.ts (its types).

Options:
  -o OUT.wasm        the output file
  -O LEVEL           the compiler's optimization level: 0, 1, 2 (default), 3, s or z
  -g                 keep function names, for stack traces
  --fuel             count loops and calls, so that load can end a task that holds the
                     event loop for longer than its option maxRunTime
  --cc COMPILER      emcc or clang (the npm package @yowasp/clang); by default $EMCC,
                     $EMSDK's emcc, the emcc on the path, or else clang

Everything after -- goes to the compiler: lull build app.c -o app.wasm -- -Iinclude -DN=3
`;

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
export const options = {
  output: { type: 'string', short: 'o' },
  optimize: { type: 'string', short: 'O' },
  debug: { type: 'boolean', short: 'g' },
  fuel: { type: 'boolean' },
  cc: { type: 'string' },
};

export const afterDashes = 'compiler flags';

/** @param {Arguments<typeof options>} args */
export async function run({ values, positionals: files, rest: flags }) {
  if (files.length === 0) throw new Failure('which files? lull build FILE... -o OUT.wasm', 2);
  if (files.includes('')) throw new Failure("'' names no file: lull build FILE... -o OUT.wasm", 2);
  if (!values.output) throw new Failure('where to? lull build FILE... -o OUT.wasm', 2);
  if (!values.output.endsWith('.wasm')) throw new Failure(`-o names a .wasm file, not '${values.output}'`, 2);

  const level = optimizationLevel(values.optimize);
  await refuseFolders(files);
  const { progress } = system;
  const compiler = chooseCompiler(system, values.cc);
  try {
    const wasm = await build(system, compiler, {
      files, level, flags, debug: values.debug ?? false, fuel: values.fuel,
    });
    // Before any file is written: it throws if a type cannot cross.
    const types = await typesOf(wasm, commentsIn(system, files, flags));
    const stem = values.output.slice(0, -'.wasm'.length);
    await writeFile(values.output, wasm);
    await writeFile(`${stem}.js`, javascriptFor(basename(values.output)));
    await writeFile(`${stem}.d.ts`, types);
    progress.done(`${values.output}: ${(wasm.length / 1024).toFixed(1)} KB`);
  } finally {
    progress.clear();
  }
  return 0;
}

/**
 * @param {Uint8Array<ArrayBuffer>} wasm
 * @param {ReadonlyMap<string, string>} comments
 */
async function typesOf(wasm, comments) {
  const module = await WebAssembly.compile(wasm);
  try {
    return typescriptFor(module, comments);
  } catch (error) {
    throw error instanceof TypeError ? new Failure(error.message) : error;
  }
}
