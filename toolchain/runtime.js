/** The runtime as an object file, compiled once for each compiler. */
import { cached, keyOf } from './cache.js';
import { runtime } from './packages.js';
import { readSources } from './sources.js';

/**
 * @import { BuildOptions, Compiler } from './compiler.js'
 */

/**
 * How the runtime is compiled, whatever the program's level is: its blocking functions work only while they have no C
 * stack frame (src/port/switch_asyncify.h), which takes optimization.
 */
export const runtimeLevel = '2';

/**
 * The runtime as an object file. Compiled once for each compiler: it is most of a small program.
 *
 * @param {Compiler} compiler
 * @param {BuildOptions['progress']} progress
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} compile
 */
export async function runtimeObject(compiler, progress, compile) {
  const sources = readSources([runtime.source], [`-I${runtime.include}`, ...runtime.flags]);
  const key = keyOf(['runtime', compiler.name, await compiler.version(), runtimeLevel, ...[...sources].flat()]);
  return cached(key, () => {
    progress.show('compiling the runtime, once');
    return compile();
  });
}
