/** The entry for Node, and for platforms with its file system. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadModule } from '../js/load.js';
import { addressOf, compile, compileBytes } from '../web/compile.js';
import { nodeClock, unrefClock } from './clock.js';
import { standardStreams } from './wasi-files.js';

export { LullError } from '../js/marshal/errors.js';

/** @import { Compiled, Platform } from '../js/load.js' */
/** @import { LoadOptions, Source } from '../js/lull.js' */

/** @type {Platform} */
const platform = {
  clock: ({ unref }) => (unref ? unrefClock : nodeClock),
  outputs: () => standardStreams({ lines: true }).slice(1),
  network: async (options) => (options.net ? (await import('./posix/index.js')).networkFor(options) : undefined),
  processes: async (...given) => (await import('./posix/processes.js')).processes(...given),
  follower: async () => new (await import('./context.js')).ContextFollower(),
};

/**
 * Load a module built by lull.
 *
 * @param {Source | Promise<Response>} source or a path
 * @param {LoadOptions<any>} [options]
 */
export const load = (source, options) => loadModule(compileAny(source), options, platform);

/**
 * @param {Source | Promise<Source | Response>} given
 * @returns {Promise<Compiled>}
 */
async function compileAny(given) {
  const source = await given;
  const address = addressOf(source);
  if (address === undefined || /^(https?|data|blob):/i.test(address)) return compile(source);
  const path = /^file:/i.test(address) ? fileURLToPath(address) : address;
  return compileBytes(new Uint8Array(await readFile(path)), address);
}
