/** From C to a module: compiles, then instruments. */
import { install } from './compiler.js';
import { Failure } from './failure.js';
import { findPackage } from './packages.js';

/** @import { BuildOptions, Compiler } from './compiler.js' */

/**
 * The whole way from C to a module that lull loads.
 *
 * @param {Compiler} compiler
 * @param {BuildOptions & { debug: boolean }} options
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function build(compiler, options) {
  // Before the compiler works for seconds in vain.
  if (!findPackage('binaryen')) throw new Failure(`Binaryen is missing. Install it:\n    ${install.binaryen}`);

  const linked = await compiler.compile(options);
  options.progress.show('instrumenting and optimizing');
  const { instrument } = await import('./instrument.js');
  return instrument(linked, { optimize: options.level, debug: options.debug });
}
