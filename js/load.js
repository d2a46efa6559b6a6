/**
 * load: from a module to an app. Composes the core with the features and the diagnostics, each a lazy-loaded chunk.
 * See D74, D64, D65.
 */
import { App } from './core/app.js';
import { hostClock } from './core/clock.js';
import { Instance } from './core/instance.js';
import { checkOption, checkStackSize } from './core/options.js';
import { ABI_VERSION, HOST_MODULE } from './marshal/protocol.js';
import { findUnreadable, readSignatures } from './marshal/signature.js';

/** @import { LoadOptions } from './lull.js' */

/** Milliseconds that tasks may hold the event loop in one turn. */
const BUDGET = 8;

const WASI = 'wasi_snapshot_preview1';

const loadFeatures = () => import('./features/index.js');
const loadDiagnostics = () => import('./diagnostics/index.js');

/**
 * Each chunk may be a request, so all that the module needs is requested at once; what host functions need, while the
 * module itself is being loaded.
 *
 * @param {Promise<WebAssembly.Module>} compiling
 * @param {LoadOptions<any>} [options]
 * @returns {Promise<App>}
 */
export async function loadModule(compiling, options = {}) {
  const { host, budget = BUDGET, stackSize, clock = hostClock, report = reportFailure, wasi } = options;
  if (host) loadFeatures().catch(() => {}); // the import below reports a failure
  const module = await compiling;
  checkOption('load', 'budget', typeof budget === 'number' && budget > 0, 'milliseconds above 0', budget);
  checkStackSize('load', stackSize);
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  const needed = WebAssembly.Module.imports(module);
  const importsFrom = (/** @type {string} */ origin) => needed.some((entry) => entry.module === origin);
  const usesWasi = importsFrom(WASI);
  const signatures = readSignatures(module);
  const hasChannels = names.includes('lull_channel_new');
  const needsFeatures = hasChannels || signatures.generators.length || usesWasi || importsFrom(HOST_MODULE)
    || findUnreadable(signatures);
  const [features, wasiFeature] = await Promise.all([
    needsFeatures ? loadFeatures() : undefined,
    usesWasi ? import('./features/wasi.js').catch(async (cause) => {
      throw (await loadDiagnostics()).wasiMissing(cause);
    }) : undefined,
  ]);

  features?.addCodecs(signatures);
  const instance = new Instance({ clock, budget, report });
  const imports = instance.imports();
  if (host && features) imports[HOST_MODULE] = features.hostImports(instance, signatures.host, host);
  const system = wasiFeature?.wasi(wasi);
  if (system) imports[WASI] = system.imports;
  const isMissing = needed.some((entry) => !imports[entry.module]?.[entry.name]);
  if (signatures.abi !== ABI_VERSION || findUnreadable(signatures) || isMissing) {
    throw (await loadDiagnostics()).loadError(signatures, host ?? {}, needed, imports);
  }

  const { exports } = await WebAssembly.instantiate(module, imports);
  instance.start(/** @type {Record<string, any>} */ (exports));
  system?.start(/** @type {Record<string, any>} */ (exports));
  if (features) instance.values.encode = features.encodeArguments;
  if (hasChannels && features) instance.values.channels = new features.Channels(instance);
  instance.exports._initialize?.();
  if (stackSize !== undefined) instance.exports.lull_configure(stackSize);
  return new App(instance, signatures, loadDiagnostics, features);
}

/**
 * The default of `report`: the platform reports the failure as an uncaught error.
 *
 * @param {unknown} error
 */
function reportFailure(error) {
  const { reportError } = /** @type {{ reportError?: (error: unknown) => void }} */ (globalThis);
  if (reportError) reportError(error);
  else Promise.reject(error);
}
