/** Where a program can be entered: main(), and its tasks and generators. */
import { GENERATOR_PREFIX, TASK_PREFIX } from '../js/marshal/protocol.js';
import { Failure } from './failure.js';
import { namesOf } from './object-file.js';

/** @import { Bytes, System } from './system.js' */

/** main, as compilers name it after its parameters. */
const MAIN = ['main', '__main_argc_argv', '__original_main'];

/**
 * Refuse an executable without main(), as linkers do; say so of a module that JavaScript could do nothing with.
 *
 * @param {System} system
 * @param {Bytes} wasm linked, with its names
 * @param {boolean} executable
 */
export async function checkEntries(system, wasm, executable) {
  const names = [...namesOf(wasm).values()];
  if (MAIN.some((name) => names.includes(name))) return;
  if (executable) throw new Failure('undefined symbol: main');
  const exported = WebAssembly.Module.exports(await WebAssembly.compile(wasm));
  if (exported.some(({ name }) => name.startsWith(TASK_PREFIX) || name.startsWith(GENERATOR_PREFIX))) return;
  system.progress.print('lull: warning: this program has no LULL_TASK, no LULL_GENERATOR and no main(): '
    + 'JavaScript has nothing to call\n');
}
