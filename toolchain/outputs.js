/** The files that a build writes: a module with its JavaScript and its types, or an executable. */
import { Failure } from './failure.js';
import { javascriptFor, typescriptFor } from './glue.js';
import { nameOf } from './paths.js';

/** @import { Bytes, System } from './system.js' */

/**
 * Whether an output of this name is an executable.
 *
 * @param {string} output
 */
export const isExecutable = (output) => !/\.(wasm|js)$/.test(output);

/**
 * Write a module under the name that the user asked for:
 *
 * - `app.wasm` or `app.js`: the module, JavaScript that loads it, and its types.
 * - Any other: an executable, which runs the module beside it.
 *
 * @param {System} system
 * @param {string} output
 * @param {Bytes} wasm
 * @param {ReadonlyMap<string, string>} [comments] of C, for the types
 * @returns {Promise<string>} the module's file
 */
export async function writeProgram(system, output, wasm, comments) {
  const [, stem] = /^(.*)\.(?:wasm|js)$/s.exec(output) ?? [];
  const module = stem === undefined ? `${output}.wasm` : `${stem}.wasm`;
  if (output.startsWith('/dev/')) return output; // thrown away, as configure scripts do: nothing can be beside it
  const text = (/** @type {string} */ contents) => new TextEncoder().encode(contents);
  if (stem === undefined) {
    await system.write(module, wasm);
    await system.write(output, text(system.runtime.script), { executable: true });
    return module;
  }
  // Before any file is written: it throws if a type cannot cross.
  const types = await typesOf(wasm, comments);
  await system.write(module, wasm);
  await system.write(`${stem}.js`, text(javascriptFor(nameOf(module))));
  await system.write(`${stem}.d.ts`, text(types));
  return module;
}

/**
 * @param {Bytes} wasm
 * @param {ReadonlyMap<string, string>} [comments]
 */
async function typesOf(wasm, comments) {
  const module = await WebAssembly.compile(wasm);
  try {
    return typescriptFor(module, comments);
  } catch (error) {
    throw error instanceof TypeError ? new Failure(error.message) : error;
  }
}
