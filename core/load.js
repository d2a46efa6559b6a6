/** load: from a module, wherever it is, to an app. */
import { App } from './app.js';
import { hostClock } from './clock.js';
import { Instance } from './instance.js';
import { checkOption, checkStackSize } from './options.js';
import { ABI_VERSION, HOST, readSignatures } from './signature.js';

/** @import { Host, LoadOptions } from './lull.js' */

/** Milliseconds that tasks may hold the host's event loop before it gets its turn. */
const BUDGET = 8;

const WASI = 'wasi_snapshot_preview1';

/**
 * @param {WebAssembly.Module} module
 * @param {LoadOptions<any>} [options]
 * @returns {Promise<App>}
 */
export async function loadModule(module, options = {}) {
  const { host = {}, budget = BUDGET, stackSize, clock = hostClock, report = reportFailure, wasi } = options;
  checkOption('load', 'budget', typeof budget === 'number' && budget > 0, 'milliseconds above 0', budget);
  checkStackSize('load', stackSize);
  const hasChannels = WebAssembly.Module.exports(module).some(({ name }) => name === 'lull_channel_new');
  const channels = hasChannels ? (await import('./channel.js')).withChannels() : undefined;
  const signatures = readSignatures(module);
  const needed = WebAssembly.Module.imports(module);

  const instance = new Instance({ clock, budget, report });
  const imports = instance.imports();
  if (signatures.host.length) {
    imports[HOST] = (await import('./host-calls.js')).hostImports(instance, signatures.host, host);
  }
  const system = needed.some((entry) => entry.module === WASI) ? (await import('./wasi.js')).wasi(wasi) : undefined;
  if (system) imports[WASI] = system.imports;
  if (signatures.abi !== ABI_VERSION
    || signatures.unreadable
    || signatures.host.some(({ name }) => typeof host[name] !== 'function')
    || needed.some((entry) => !imports[entry.module]?.[entry.name])) {
    throw (await import('./refusal.js')).refusal(signatures, host, needed, imports);
  }

  const { exports } = await WebAssembly.instantiate(module, imports);
  instance.start(/** @type {Record<string, any>} */ (exports));
  system?.start(/** @type {Record<string, any>} */ (exports));
  instance.exports._initialize?.();
  if (stackSize !== undefined) instance.exports.lull_configure(stackSize);
  const { tasks, generators } = signatures;
  return new App(
    instance,
    tasks,
    generators.length ? (await import('./stream.js')).streams(instance, generators) : undefined,
    channels?.(instance),
  );
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
