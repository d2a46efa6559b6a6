/** `lull cflags`: the flags by which an editor or another build system reads a program as lull compiles it. */
import { editorFlags } from '../../toolchain/compile-commands.js';
import { chooseCompiler } from '../../toolchain/compiler.js';
import { Failure } from '../../toolchain/failure.js';

/**
 * @import { NodeSystem } from '../../node/toolchain/system.js'
 * @import { Arguments } from '../main.js'
 */

export const summary = "print the compiler's flags, for editors and other build systems";

export const help = `Usage: lull cflags [--cc COMPILER]

Print the flags by which any Clang reads a program as lull compiles it: the target, the
headers of the C library and those of lull. One flag a line, without quotes, which is the
form of clangd's compile_flags.txt:

    lull cflags > compile_flags.txt

For flags of each file, there is lull build --compile-commands.

Options:
  --cc COMPILER      emcc, clang or native; by default $LULL_CC, or the one that lull build
                     chooses
`;

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
export const options = { cc: { type: 'string' } };

/**
 * @param {Arguments<typeof options>} args
 * @param {NodeSystem} system
 */
export async function run({ values, positionals: [word] }, system) {
  if (word) throw new Failure(`lull cflags takes no arguments, such as '${word}'`, 2);
  const compiler = chooseCompiler(system, values.cc);
  const flags = await editorFlags(system, compiler);
  system.output(new TextEncoder().encode(flags.map((flag) => `${flag}\n`).join('')));
  return 0;
}
