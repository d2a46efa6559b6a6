/**
 * The compilation for analysis: a second run of the compiler's front end, which writes no code but LLVM IR with the
 * types of all calls. Its facts become a part of the object.
 */
import { factsOfIR } from './call-facts.js';
import { withFacts } from './facts-section.js';
import { CAST_WARNINGS, castsIn } from './function-casts.js';
import { OWN_RECORD, inlinedIn, recordInlining } from './inlining.js';
import { nameOf } from './paths.js';

/**
 * @import { Arguments } from './arguments.js'
 * @import { Compiler } from './compiler.js'
 * @import { Bytes, Run, System } from './system.js'
 */

/**
 * Clang's control flow integrity needs -flto for its sake alone: nothing is linked. The passes would inline functions
 * and turn indirect calls into direct ones; names of values and aliasing are not needed, and take time.
 */
const FLAGS = [
  '-S', '-emit-llvm', '-flto', '-fvisibility=hidden',
  '-Xclang', '-disable-llvm-passes', '-Xclang', '-fsanitize=cfi-icall', '-Xclang', '-fsanitize-trap=cfi-icall',
  '-Xclang', '-disable-lifetime-markers', '-fno-strict-aliasing', '-fdiscard-value-names', '-g0',
  '-DLULL__ANALYSIS', ...CAST_WARNINGS,
];

/** Sources of C and C++ have calls with types; assembler has not. */
const ASSEMBLER = /\.[sS]$/;

/** Flags of other outputs; and the one that silences warnings, of which some are facts. */
const OUTPUT = new RegExp(`^(${[
  '-c', '-S', '-emit-llvm', '-MM?D', '-MP', '-MG', '-fcolor-diagnostics', '-fdiagnostics-color=.*', '-f(no-)?lto(=.*)?',
  '-save-temps.*', '-w',
].join('|')})$`);
const OUTPUT_WITH_VALUE = /^(-o|-MF|-MT|-MQ|-MJ)$/;

/**
 * Compile a source to an object, with its facts in it.
 *
 * @param {System} system
 * @param {Compiler} compiler
 * @param {string[]} args with -c and one source
 * @param {Bytes} [stdin]
 * @returns {Promise<Run>}
 */
export async function compileWithFacts(system, compiler, args, stdin) {
  if (isAssembler(args) || args.some((argument) => OWN_RECORD.test(argument))) return compiler.compile(args, stdin);
  return system.withFolder(async (folder) => {
    const [ir, record] = [`${folder}/calls.ll`, `${folder}/inlined.yaml`];
    const compile = () => compiler.compile([...recordInlining(record), ...args], stdin);
    const analyse = () => compiler.compile([...withoutOutput(args), ...FLAGS, '-o', ir], stdin);
    const together = compiler.processors > 1;
    const [run, analysed] = together
      ? await Promise.all([compile(), analyse()]) : [await compile()];
    const object = outputOf(args);
    const contents = run.status === 0 ? system.read(object) : undefined;
    if (!contents) return run;
    const { status, stderr } = analysed ?? await analyse();
    const [text, inlined] = [ir, record].map((file) => status === 0 && system.read(file));
    if (!text || !inlined) return run; // without facts, calls are known by their signatures
    const [lines, pairs, casts] = [text, inlined, stderr].map((bytes) => new TextDecoder().decode(bytes));
    const facts = factsOfIR(lines, inlinedIn(pairs), castsIn(casts));
    if (facts) await system.write(object, withFacts(contents, facts));
    return run;
  });
}

/**
 * The object file of a compiler's run.
 *
 * @param {string[]} args with -c and one source
 */
export function outputOf(args) {
  const at = args.lastIndexOf('-o');
  return at < 0 ? nameOf(args[args.length - 1]).replace(/(\.\w+)?$/, '.o') : args[at + 1];
}

/**
 * Whether a build uses facts: for Asyncify alone, and not where all is instrumented.
 *
 * @param {Arguments} args
 */
export const usesFacts = ({ switches, instrumentAll, fuel }) =>
  switches.includes('asyncify') && !instrumentAll && fuel !== 'yield';

/**
 * The same without facts.
 *
 * @param {System} system
 * @param {Compiler} compiler
 * @param {string[]} args
 * @param {Bytes} [stdin]
 */
export const compileAlone = (system, compiler, args, stdin) => compiler.compile(args, stdin);

/** @param {string[]} args */
const isAssembler = (args) => args.some((argument, at) =>
  ASSEMBLER.test(argument) || (argument.startsWith('assembler') && args[at - 1] === '-x'));

/** @param {string[]} args */
const withoutOutput = (args) => args.filter((argument, at) =>
  !OUTPUT.test(argument) && !OUTPUT_WITH_VALUE.test(argument) && !OUTPUT_WITH_VALUE.test(args[at - 1] ?? ''));
