/** `lull types`: the TypeScript declarations of a module. */
import { writeFile } from 'node:fs/promises';
import { Failure } from '../../toolchain/failure.js';
import { typescriptFor } from '../../toolchain/glue.js';
import { builtIn } from './given-files.js';

/** @import { Arguments } from '../main.js' */

export const summary = 'print the TypeScript declarations of a .wasm';

export const help = `Usage: lull types FILE.wasm [-o FILE.d.ts]

Print the TypeScript declarations of a module that lull has built. They are read from the
module alone, and are those that lull build writes beside it, but for the comments, which
lull build has from the C files.

Options:
  -o FILE.d.ts       write them to this file
`;

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
export const options = { output: { type: 'string', short: 'o' } };

/** @param {Arguments<typeof options>} args */
export async function run({ values, positionals: [file, ...more] }) {
  if (!file || more.length > 0) throw new Failure('one file: lull types FILE.wasm [-o FILE.d.ts]', 2);
  const text = typescriptFor((await builtIn(file)).interface);
  if (values.output) await writeFile(values.output, text);
  else process.stdout.write(text);
  return 0;
}
