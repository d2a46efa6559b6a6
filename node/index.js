/** The entry for Node, and for platforms with its file system. */
import { readFile } from 'node:fs/promises';
import { loadModule } from '../js/load.js';
import { closeDescriptorsWith } from '../js/hostlib/descriptors.js';
import { compile } from '../web/compile.js';
import { unrefClock } from './clock.js';
import { standardStreams } from './wasi-files.js';

export { LullError } from '../js/marshal/errors.js';

/** @import { LoadOptions, Source } from '../js/lull.js' */

/**
 * Load a module built by lull.
 *
 * @param {Source | Promise<Response>} source or a path
 * @param {LoadOptions<any>} [options]
 */
export async function load(source, options = {}) {
  const module = await compile(fromFile(await source));
  const { fds = standardStreams(), ...wasi } = options.wasi ?? {};
  const { keepContext, unref, host, clock = unref ? unrefClock : undefined } = options;
  const follower = keepContext ? new (await import('./context.js')).ContextFollower() : undefined;
  const app = await loadModule(Promise.resolve(module), {
    ...options,
    clock,
    host: host && follower ? follower.wrap(host) : host,
    wasi: { ...wasi, fds },
  });
  await follower?.follow(app);
  return closeDescriptorsWith(app, host);
}

/**
 * @param {Source} source
 * @returns {Promise<Source>}
 */
async function fromFile(source) {
  const isFile =
    source instanceof URL
      ? source.protocol === 'file:'
      : typeof source === 'string' && !/^(https?|data|blob):/.test(source);
  return isFile ? new Uint8Array(await readFile(/** @type {URL | string} */ (source))) : source;
}
