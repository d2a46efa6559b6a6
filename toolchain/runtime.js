/**
 * The runtime as an object file, compiled once for each compiler: it is most of a small program. The package brings the
 * one for the npm compiler along, so the key has no paths. See D96.
 */
import { nameOf } from './paths.js';
import { readSources } from './sources.js';

/**
 * @import { Compiler } from './compiler.js'
 * @import { Bytes, System } from './system.js'
 */

/**
 * The optimization level of the runtime, whatever the program's is: without optimization, its blocking functions would
 * have C stack frames, and must not (src/port/switch_asyncify.h).
 */
const runtimeLevel = '2';

/**
 * @param {System} system
 * @param {Compiler} compiler
 * @param {string} output where to compile it to, if that is necessary
 * @param {(args: string[]) => Promise<void>} compile
 * @returns {Promise<Bytes>}
 */
export async function runtimeObject(system, compiler, output, compile) {
  const { version, source, include, flags } = system.runtime;
  const sources = readSources(system, [source], [`-I${include}`, ...flags]);
  const contents = [...sources].flatMap(([path, bytes]) => [nameOf(path), bytes]);
  const parts = ['runtime', version, compiler.name, await compiler.version(), runtimeLevel, ...contents];
  return system.cached(parts, async () => {
    system.progress.show('compiling the runtime, once');
    await compile(['-c', `-O${runtimeLevel}`, `-I${include}`, ...flags, source, '-o', output]);
    const object = system.read(output);
    if (!object) throw new Error(`lull: ${compiler.name} wrote no object file of the runtime`);
    return object;
  });
}
