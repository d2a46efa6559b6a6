/**
 * The runtime as object files, each compiled once for each compiler: it is most of a small program. The package brings
 * those for the npm compiler along, with the switch on Asyncify, so the keys have no paths. See D96.
 */
import { EXCEPTIONS } from './exceptions.js';
import { folderOf, nameOf, resolve } from './paths.js';
import { readSources } from './sources.js';
import { SWITCHES } from './switches.js';

/**
 * @import { Compiler } from './compiler.js'
 * @import { Switch } from './switches.js'
 * @import { Bytes, Runtime, System } from './system.js'
 */

/**
 * The optimization level of the runtime, whatever the program's is: without optimization, its blocking functions would
 * have C stack frames, and must not (src/port/switch_asyncify.h).
 */
const LEVEL = '-O2';

/** @typedef {{ name: string, source: string, flags: string[], folders: string[] }} Part `folders` are those of -I */

/**
 * The parts that a program needs.
 *
 * @param {Runtime} runtime
 * @param {Compiler} compiler
 * @param {boolean} throws whether it has exceptions
 * @param {Switch} [kind] of switch
 * @returns {Promise<Part[]>}
 */
export async function runtimeParts(runtime, { libc }, throws, kind = 'asyncify') {
  const source = await runtime.source();
  return [
    { name: 'runtime', source, flags: [LEVEL, ...SWITCHES[kind].flags], folders: [`-I${folderOf(source)}`] },
    ...(!throws ? [] : libc === 'wasi-libc' ? ['uncaught', 'exceptions'] : ['uncaught']).map((part) => ({
      name: part,
      source: resolve(runtime.include, `../cplusplus/${part}.cc`),
      flags: [LEVEL, EXCEPTIONS],
      folders: [],
    })),
  ];
}

/**
 * @param {System} system
 * @param {Compiler} compiler
 * @param {Part} part
 * @param {string} output where to compile it to, if that is necessary
 * @param {(args: string[]) => Promise<void>} compile
 * @returns {Promise<Bytes>}
 */
export async function runtimeObject(system, compiler, { name, source, flags, folders }, output, compile) {
  const { version, include } = system.runtime;
  const included = [`-I${include}`, ...folders];
  // The headers in front of the C libraries' are flags of the compilers.
  const headers = ['wasi-libc', 'emscripten'].map((folder) => `-idirafter${resolve(include, `../${folder}`)}`);
  const read = readSources(system, [source], [...included, ...headers]);
  const contents = [...read].flatMap(([path, bytes]) => [nameOf(path), bytes]);
  const parts = [name, version, compiler.name, await compiler.version(), ...compiler.fixed, ...flags, ...contents];
  return system.cached(parts, async () => {
    system.progress.show('compiling the runtime, once');
    await compile(['-c', ...flags, ...included, source, '-o', output]);
    const object = system.read(output);
    if (!object) throw new Error(`lull: ${compiler.name} wrote no object file of the runtime`);
    return object;
  });
}
