/** The objects of the runtime in a folder, under their names in the cache. */
import { join } from 'node:path';
import { keyOf, writeResult } from '../node/toolchain/cache.js';
import { system } from '../node/toolchain/system.js';
import { runtimeObject, runtimeParts } from '../toolchain/runtime.js';

/** @import { Compiler } from '../toolchain/compiler.js' */

/**
 * Compile them, or take those of the user's cache.
 *
 * @param {string} folder
 * @param {Compiler} compiler
 * @param {typeof system.runtime} [runtime]
 */
export async function writeRuntimeObjects(folder, compiler, runtime = system.runtime) {
  /** @type {typeof system.cached} */
  const cached = async (parts, make) => {
    const made = await system.cached(parts, make);
    await writeResult(folder, `${keyOf(parts)}.wasm`, made);
    return made;
  };
  const common = [`-I${runtime.include}`];
  /** @param {string[]} args */
  const compile = async (args) => {
    const { status, stderr } = await compiler.compile([...common, ...args]);
    if (status !== 0) throw new Error(`the runtime does not compile:\n${Buffer.from(stderr)}`);
  };
  await system.withFolder(async (temporary) => {
    for (const part of await runtimeParts(runtime, compiler, true)) {
      await runtimeObject({ ...system, runtime, cached }, compiler, part, join(temporary, `${part.name}.o`), compile);
    }
  });
}
