/** A build: from C files to a module that lull loads. */
import { install } from './compiler.js';
import { Failure } from './failure.js';

/**
 * @import { BuildOptions, Compiler } from './compiler.js'
 * @import { System } from './system.js'
 */

/**
 * Compilers take an argument that begins with @ for a file of arguments.
 *
 * @param {string} name
 */
const asFile = (name) => (name.startsWith('@') ? `./${name}` : name);

/**
 * @param {System} system
 * @param {Compiler} compiler of this system
 * @param {Omit<BuildOptions, 'own'> & { debug: boolean, fuel?: boolean, compactFrames?: boolean }} options
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function build(system, compiler, { debug, fuel, compactFrames, files, ...options }) {
  // Look for it first: the compiler takes seconds.
  const found = system.findPackage('binaryen');
  if (!found) throw new Failure(`Binaryen is missing. Install it:\n    ${install.binaryen}`);

  /** @type {Set<string> | undefined} */
  const own = fuel ? new Set() : undefined;
  const linked = await compiler.compile({ ...options, files: files.map(asFile), own });
  system.progress.show('instrumenting and optimizing');
  const [{ default: binaryen }, { instrument }] = await Promise.all([import(found.url), import('./instrument.js')]);
  return instrument(binaryen, linked, { optimize: options.level, debug, fuel: own, compactFrames });
}
