/** `lull build`: from C sources to a module and the files beside it. */
import { parseArguments } from '../../toolchain/arguments.js';
import { buildEach } from '../../toolchain/build.js';
import { commentsIn } from '../../toolchain/comments.js';
import { writeCompileCommands } from '../../toolchain/compile-commands.js';
import { chooseCompiler, sayChange } from '../../toolchain/compiler.js';
import { usesFacts } from '../../toolchain/facts-analysis.js';
import { Failure } from '../../toolchain/failure.js';
import { isExecutable, refuseSeveral, writeProgram } from '../../toolchain/outputs.js';
import { textOf } from '../../toolchain/suspend-report.js';
import {
  DEFAULT_LEVEL, archivesOf, asyncFilesFlag, fuelFlag, instrumentFlag, switchFlag, withFiles,
} from './compiler-arguments.js';
import { refuseFolders } from './given-files.js';
import { watch } from './watch.js';

/**
 * @import { NodeSystem } from '../../node/toolchain/system.js'
 * @import { Report } from '../../toolchain/suspend-report.js'
 * @import { Arguments } from '../main.js'
 */

export const summary = 'compile C to a .wasm that lull loads, with its .js and .d.ts';

export const help = `Usage: lull build FILE... -o OUTPUT [options] [compiler flags]

Compile and link C and C++ files, object files and archives (of the same compiler) with
lull, and instrument and optimize the result. For -o OUT.wasm, write OUT.wasm, OUT.js (a
module whose load() loads it) and OUT.d.ts (its types); for any other name, write an
executable, which contains the module.

Options:
  -o OUTPUT          the output file
  -O0 ... -O3, -Os, -Oz   the optimization level, by default -O2
  -g                 keep function names, for stack traces
  --fuel             count loops and calls, so that load can end a task that holds the
                     event loop for longer than its option maxRunTime
  --fuel=yield       the same, but such a task lets the others run: for programs whose
                     threads loop until another has set a variable
  --switch NAME      how tasks suspend: asyncify (the default) runs everywhere; stacks, on the
                     engine's own stacks, leaves code as small and fast as it was written, takes
                     longer for each switch, and is experimental: Node 26 has it with
                     --experimental-wasm-wasmfx; jspi, on the same by promises of JavaScript,
                     switches more slowly, and runs in Node 24 and in today's browsers.
                     stacks,asyncify writes a module for each, of which OUT.js loads the first
                     that the engine can run
  --async-files      C waits for files in a folder that answers with promises, which load
                     gets as posix: { folders }: the tasks that read and write do
  --instrument all   let every function suspend that calls through a pointer; by default,
                     those whose pointers have a type of functions that wait
  --report           print which functions are instrumented, why, what that costs, and what
                     would make it less; --report=json for programs
  --compile-commands write compile_commands.json for editors, too; without -o, only that
  --watch            build again whenever a file changes that was read, until Ctrl-C
  --cc COMPILER      emcc, clang (the npm package @yowasp/clang) or native (a clang of this
                     machine, with wasi-libc); by default $LULL_CC, or clang if package.json
                     names it, or $EMCC, $EMSDK's emcc, the emcc on the path, or else clang

A native wasm-opt makes builds faster: that of $LULL_WASM_OPT, or of $EMSDK, or the one on
the path. LULL_WASM_OPT=off in the environment: do without.

All other options with one dash go to the compiler and the linker, as does everything
after --: lull build app.c -o app.wasm -Iinclude -DN=3 -Llib -lz
`;

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
export const options = {
  'async-files': { type: 'boolean' },
  fuel: { type: 'string' },
  switch: { type: 'string' },
  instrument: { type: 'string' },
  report: { type: 'string' },
  'compile-commands': { type: 'boolean' },
  watch: { type: 'boolean' },
  cc: { type: 'string' },
};

export const afterDashes = 'compiler flags';

export const compiles = true;

/**
 * @param {Arguments<typeof options>} args
 * @param {NodeSystem} system
 */
export async function run({ values, given, rest }, system) {
  const args = [DEFAULT_LEVEL, ...fuelFlag(values.fuel), ...asyncFilesFlag(values['async-files']),
    ...switchFlag(values.switch), ...instrumentFlag(values.instrument), ...withFiles(given, system.read), ...rest];
  const parsed = parseArguments(args, system.read);
  const { inputs, flags, link, output, debug, stoppedBy } = parsed;
  const commands = values['compile-commands'];
  const files = inputs.map(({ file }) => file);
  if (files.length === 0) throw new Failure('which files? lull build FILE... -o OUT.wasm', 2);
  if (files.includes('')) throw new Failure("'' names no file: lull build FILE... -o OUT.wasm", 2);
  if (!output && !commands) throw new Failure('where to? lull build FILE... -o OUT.wasm', 2);
  if (stoppedBy) throw new Failure(`lull build links a program; for ${stoppedBy} there is lull cc`, 2);

  if (values.report && values.report !== 'json') {
    throw new Failure(`--report is followed by nothing or by =json, not by '${values.report}'`, 2);
  }
  if (values.report !== undefined && !usesFacts(parsed)) {
    const all = parsed.instrumentAll ? '--instrument all' : parsed.fuel === 'yield' && '--fuel=yield';
    throw new Failure(`--report says by which types functions are instrumented, and with ${
      all ? `${all} types do not matter` : `--switch ${parsed.switches.join()} none is`}`, 2);
  }

  await refuseFolders(files, system.folder);
  const compiler = chooseCompiler(system, values.cc);
  if (commands) await writeCompileCommands(system, compiler, parsed);
  if (!output) return 0;
  if (isExecutable(output)) refuseSeveral(parsed.switches, output);
  await sayChange(system, compiler, values.cc);

  /** @param {NodeSystem} on */
  const once = async (on) => {
    /** @type {Report | undefined} */
    let told;
    try {
      const started = performance.now();
      const modules = await buildEach(on, compiler, parsed, {
        debug, executable: isExecutable(output),
        ...(values.report !== undefined && { report: (/** @type {Report} */ report) => { told = report; } }),
      });
      if (told) {
        const text = values.report ? `${JSON.stringify(told, null, 2)}\n` : textOf(told);
        on.output(new TextEncoder().encode(text));
      }
      const made = await writeProgram(on, output, modules, commentsIn(on, files, flags));
      const seconds = (performance.now() - started) / 1000;
      const sizes = made.map(({ file, size }) => `${file}: ${(size / 1024).toFixed(1)} KB`).join(', ');
      return `${sizes} in ${seconds.toFixed(1)} s`;
    } finally {
      on.progress.clear();
    }
  };
  if (values.watch) return watch(system, [...files, ...archivesOf(system, link)], flags, once);
  system.progress.done(await once(system));
  return 0;
}
