/** The files that a build writes: a module with its JavaScript and its types, or an executable. See D91. */
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
 * - Any other: an executable, which is a script that runs the module behind it.
 *
 * @param {System} system
 * @param {string} output
 * @param {Bytes} wasm
 * @param {ReadonlyMap<string, string>} [comments] of C, for the types
 * @returns {Promise<string>} the file with the module
 */
export async function writeProgram(system, output, wasm, comments) {
  const [, stem] = /^(.*)\.(?:wasm|js)$/s.exec(output) ?? [];
  if (output.startsWith('/dev/')) return output; // thrown away, as configure scripts do: nothing can be beside it
  const text = (/** @type {string} */ contents) => new TextEncoder().encode(contents);
  if (stem === undefined) {
    const script = text(system.runtime.script);
    const executable = new Uint8Array(script.length + wasm.length);
    executable.set(script);
    executable.set(wasm, script.length);
    await system.write(output, executable, { executable: true });
    return output;
  }
  const module = `${stem}.wasm`;
  // Before any file is written: it throws if a type cannot cross.
  const types = await typesOf(wasm, comments);
  await system.write(module, wasm);
  await system.write(`${stem}.js`, text(javascriptFor(nameOf(module))));
  await system.write(`${stem}.d.ts`, text(types));
  return module;
}

/**
 * Whether a file may be an executable of lull.
 *
 * @param {Uint8Array} bytes
 */
export const isScript = (bytes) => bytes[0] === 0x23 && bytes[1] === 0x21; // #!

/**
 * The module in the contents of a file: all, or the bytes behind the script, which as text has no zero byte.
 *
 * @template {Uint8Array} Contents
 * @param {Contents} bytes
 */
export const moduleBehind = (bytes) =>
  (isScript(bytes) ? /** @type {Contents} */ (bytes.subarray(Math.max(bytes.indexOf(0), 0))) : bytes);

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
