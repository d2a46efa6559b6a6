/** The runtime as object files, each compiled once for each compiler: it is most of a small program. */
import { EXCEPTIONS } from './exceptions.js';
import { resolve } from './paths.js';
import { readSources } from './sources.js';

/**
 * @import { Compiler } from './compiler.js'
 * @import { Bytes, System } from './system.js'
 */

/**
 * The optimization level of the runtime, whatever the program's is: without optimization, its blocking functions would
 * have C stack frames, and must not (src/port/switch_asyncify.h).
 */
const LEVEL = '-O2';

/** @typedef {{ name: string, source: string, flags: string[] }} Part of the runtime */

/**
 * The parts that a program needs.
 *
 * @param {System} system
 * @param {Compiler} compiler
 * @param {boolean} throws whether it has exceptions
 * @returns {Part[]}
 */
export const runtimeParts = ({ runtime: { source, include, flags } }, { name }, throws) => [
  { name: 'runtime', source, flags: [LEVEL, ...flags] },
  ...(!throws ? [] : name === 'clang' ? ['uncaught', 'exceptions'] : ['uncaught']).map((part) => (
    { name: part, source: resolve(include, `../cplusplus/${part}.cc`), flags: [LEVEL, EXCEPTIONS] })),
];

/**
 * @param {System} system
 * @param {Compiler} compiler
 * @param {Part} part
 * @param {() => Promise<Bytes>} compile
 */
export async function runtimeObject(system, compiler, { name, source, flags }, compile) {
  const sources = readSources(system, [source], [`-I${system.runtime.include}`, ...flags]);
  const parts = [name, compiler.name, await compiler.version(), ...flags, ...[...sources].flat()];
  return system.cached(parts, () => {
    system.progress.show('compiling the runtime, once');
    return compile();
  });
}
