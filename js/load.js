/** load: from a module, wherever it is, to an app. */
import { App } from './core/app.js';
import { hostClock } from './core/clock.js';
import { Instance } from './core/instance.js';
import { checkOption, checkStackSize } from './core/options.js';
import { ABI_VERSION, GENERATOR_PREFIX, HOST_MODULE } from './marshal/protocol.js';
import { readSignatures } from './marshal/signature.js';

/** @import { Host, LoadOptions } from './lull.js' */

/** Milliseconds that tasks may hold the host's event loop before it gets its turn. */
const BUDGET = 8;

const WASI = 'wasi_snapshot_preview1';

/**
 * What not every module needs is loaded when one does. It may be a request each time, so all that is needed is asked
 * for at once, and what host functions need while the module is on its way.
 *
 * @param {Promise<WebAssembly.Module>} compiling
 * @param {LoadOptions<any>} [options]
 * @returns {Promise<App>}
 */
export async function loadModule(compiling, options = {}) {
  const { host, budget = BUDGET, stackSize, clock = hostClock, report = reportFailure, wasi } = options;
  const [module, calls] = await Promise.all([compiling, host && import('./features/host-calls.js')]);
  checkOption('load', 'budget', typeof budget === 'number' && budget > 0, 'milliseconds above 0', budget);
  checkStackSize('load', stackSize);
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  const needed = WebAssembly.Module.imports(module);
  const [channel, stream, wasiPart] = await Promise.all([
    names.includes('lull_channel_new') ? import('./features/channel.js') : undefined,
    names.some((name) => name.startsWith(GENERATOR_PREFIX)) ? import('./features/stream.js') : undefined,
    needed.some((entry) => entry.module === WASI) ? import('./features/wasi.js').catch(withoutWasi) : undefined,
  ]);
  const channels = channel?.withChannels();
  const signatures = readSignatures(module);

  const instance = new Instance({ clock, budget, report });
  const imports = instance.imports();
  if (host && calls) imports[HOST_MODULE] = calls.hostImports(instance, signatures.host, host);
  const system = wasiPart?.wasi(wasi);
  if (system) imports[WASI] = system.imports;
  if (signatures.abi !== ABI_VERSION
    || signatures.unreadable
    || signatures.host.some(({ name }) => typeof host?.[name] !== 'function')
    || needed.some((entry) => !imports[entry.module]?.[entry.name])) {
    throw (await import('./diagnostics/load-error.js')).loadError(signatures, host ?? {}, needed, imports);
  }

  const { exports } = await WebAssembly.instantiate(module, imports);
  instance.start(/** @type {Record<string, any>} */ (exports));
  system?.start(/** @type {Record<string, any>} */ (exports));
  instance.exports._initialize?.();
  if (stackSize !== undefined) instance.exports.lull_configure(stackSize);
  const { tasks, generators } = signatures;
  return new App(instance, tasks, stream?.streams(instance, generators), channels?.(instance));
}

/** @param {unknown} cause @returns {Promise<never>} */
async function withoutWasi(cause) {
  throw (await import('./diagnostics/load-error.js')).wasiMissing(cause);
}

/**
 * Where a failure goes that nobody is there to receive: where the host reports uncaught errors.
 *
 * @param {unknown} error
 */
function reportFailure(error) {
  const { reportError } = /** @type {{ reportError?: (error: unknown) => void }} */ (globalThis);
  if (typeof reportError === 'function') reportError(error);
  else Promise.reject(error);
}
