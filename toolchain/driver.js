/**
 * The tools of a build system: the programs behind `$CC`, `$CXX`, `$AR` and their like, with their own command lines. A
 * program that they link runs like a native one: see outputs.js.
 */
import { parseArguments } from './arguments.js';
import { buildEach } from './build.js';
import { sayChange } from './compiler.js';
import { inUsersWords } from './diagnostics.js';
import { compileAlone, compileWithFacts, usesFacts } from './facts-analysis.js';
import { Failure } from './failure.js';
import { alwaysGiven } from './link.js';
import { isExecutable, refuseSeveral, writeProgram } from './outputs.js';

/**
 * @import { Arguments } from './arguments.js'
 * @import { Compiler, Tool } from './compiler.js'
 * @import { Run, System } from './system.js'
 */

/**
 * Act as a C compiler.
 *
 * @param {System} system
 * @param {Compiler} compiler
 * @param {string[]} argv
 * @returns {Promise<number>} the status
 */
export async function compile(system, compiler, argv) {
  const args = parseArguments(argv, system.read);
  if (args.question) return show(system, await compiler.compile(argv));
  if (args.asksLinker) {
    system.output(new TextEncoder().encode(`LLD ${await compiler.version()} of ${compiler.name}\n`));
    return 0;
  }
  if (args.inputs.length === 0) throw new Failure('no input files');
  if (args.stop === 'module') return link(system, compiler, args);
  return compileEach(system, compiler, args);
}

/**
 * @param {System} system
 * @param {Run} run
 */
function show(system, { status, stdout, stderr }) {
  if (stderr.length > 0) system.progress.print(inUsersWords(new TextDecoder().decode(stderr)));
  system.output(stdout);
  return status;
}

/**
 * @param {System} system
 * @param {Compiler} compiler
 * @param {Arguments} args
 */
async function compileEach(system, compiler, args) {
  const { inputs, flags, output, stop } = args;
  const sources = inputs.filter(({ language, file }) => language || file === '-');
  const count = sources.length;
  if (output && count > 1) throw new Failure(`-o ${output} is one file, and there are ${count} sources`);
  for (const { file, given } of sources) {
    if (file === '-' && !given && stop !== 'text') throw new Failure('- needs a language before it: -x c -');
    const compile = stop === 'object' && usesFacts(args) ? compileWithFacts : compileAlone;
    const run = await compile(system, compiler, [
      ...flags, ...alwaysGiven(system, compiler), ...(output ? ['-o', output] : []),
      ...(given || file === '-' ? ['-x', given ?? 'c'] : []), file,
    ], file === '-' ? await system.input() : undefined);
    const status = show(system, run);
    if (status !== 0) return status;
  }
  return 0;
}

/**
 * @param {System} system
 * @param {Compiler} compiler
 * @param {Arguments} args
 */
async function link(system, compiler, args) {
  await sayChange(system, compiler);
  const { output = 'a.out', debug } = args;
  const executable = isExecutable(output);
  // As a native program, an executable has its names.
  if (executable) refuseSeveral(args.switches, output);
  const modules = await buildEach(system, compiler, args, { debug: debug || executable, executable });
  await writeProgram(system, output, modules);
  return 0;
}

/**
 * Run a tool of the compiler.
 *
 * @param {System} system
 * @param {Compiler} compiler
 * @param {Tool} name
 * @param {string[]} argv
 */
export const runTool = async (system, compiler, name, argv) => show(system, await compiler.tool(name, argv));
