/** The entry for browsers, workers, and other platforms with fetch and no file system. */
import { loadModule } from '../js/load.js';
import { compile } from './compile.js';

export { LullError } from '../js/marshal/errors.js';

/** @import { LoadOptions, Source } from '../js/lull.js' */

/**
 * Load a module built by lull.
 *
 * @param {Source | Promise<Response>} source
 * @param {LoadOptions<any>} [options]
 */
export const load = (source, options) => loadModule(compile(source), options);
