/** The files that a build writes: a module with its JavaScript and its types, or an executable. See D91. */
import { interfaceOf } from '../js/diagnostics/interface.js';
import { Failure } from './failure.js';
import { javascriptFor, typescriptFor } from './glue.js';
import { nameOf } from './paths.js';

/**
 * @import { Switch } from './switches.js'
 * @import { Bytes, System } from './system.js'
 */

/**
 * Whether an output of this name is an executable.
 *
 * @param {string} output
 */
export const isExecutable = (output) => !/\.(wasm|js)$/.test(output);

/**
 * Refuse several switches for an executable.
 *
 * @param {Switch[]} switches
 * @param {string} output
 */
export function refuseSeveral(switches, output) {
  if (switches.length === 1) return;
  const given = switches.join();
  throw new Failure(`--switch ${given}: an executable, as ${output}, contains one module. Name one switch, or the `
    + `output ${output}.wasm`, 2);
}

/**
 * Write a module under the name that the user asked for:
 *
 * - `app.wasm` or `app.js`: the module, JavaScript that loads it, and its types. Of several modules, the last one is
 *   `app.wasm`, and another one `app.stacks.wasm`, say: the JavaScript takes the first that the engine can run.
 * - Any other: an executable, which is a script that runs the module behind it.
 *
 * @param {System} system
 * @param {string} output
 * @param {{ kind: Switch, wasm: Bytes }[]} modules of the same program
 * @param {ReadonlyMap<string, string>} [comments] of C, for the types
 * @returns {Promise<{ file: string, size: number }[]>} the files with the modules
 */
export async function writeProgram(system, output, modules, comments) {
  const [, stem] = /^(.*)\.(?:wasm|js)$/s.exec(output) ?? [];
  const { wasm } = modules[modules.length - 1];
  // Thrown away, as configure scripts do: nothing can be beside it.
  if (output.startsWith('/dev/')) return [{ file: output, size: wasm.length }];
  const text = (/** @type {string} */ contents) => new TextEncoder().encode(contents);
  if (stem === undefined) {
    const script = text(system.runtime.script);
    const executable = new Uint8Array(script.length + wasm.length);
    executable.set(script);
    executable.set(wasm, script.length);
    await system.write(output, executable, { executable: true });
    return [{ file: output, size: wasm.length }];
  }
  const files = modules.map((module, index) =>
    ({ ...module, name: `${stem}${index < modules.length - 1 ? `.${module.kind}` : ''}.wasm` }));
  // Before any file is written: it throws if a type cannot cross.
  const types = typesOf(wasm, comments);
  for (const file of files) await system.write(file.name, file.wasm);
  const [last, ...preferred] = files.map(({ kind, name }) => ({ kind, name: nameOf(name) })).reverse();
  await system.write(`${stem}.js`, text(javascriptFor(last.name, preferred.reverse())));
  await system.write(`${stem}.d.ts`, text(types));
  return files.map(({ name, wasm: { length } }) => ({ file: name, size: length }));
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
function typesOf(wasm, comments) {
  const module = interfaceOf(wasm);
  if (!module) throw new Error('lull: the build has made a module that cannot be read; please report this');
  try {
    return typescriptFor(module, comments);
  } catch (error) {
    throw error instanceof TypeError ? new Failure(error.message) : error;
  }
}
