/** The runtime as an object file, compiled once for each compiler: it is most of a small program. */
import { readSources } from './sources.js';

/**
 * @import { Compiler } from './compiler.js'
 * @import { Bytes, System } from './system.js'
 */

/**
 * The optimization level of the runtime, whatever the program's is: without optimization, its blocking functions would
 * have C stack frames, and must not (src/port/switch_asyncify.h).
 */
export const runtimeLevel = '2';

/**
 * @param {System} system
 * @param {Compiler} compiler
 * @param {() => Promise<Bytes>} compile
 */
export async function runtimeObject(system, compiler, compile) {
  const { source, include, flags } = system.runtime;
  const sources = readSources(system, [source], [`-I${include}`, ...flags]);
  const parts = ['runtime', compiler.name, await compiler.version(), runtimeLevel, ...[...sources].flat()];
  return system.cached(parts, () => {
    system.progress.show('compiling the runtime, once');
    return compile();
  });
}
