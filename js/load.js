/**
 * load: from a module to an app. Composes the core with the features and the diagnostics, each a lazy-loaded chunk.
 * See D74, D64, D65.
 */
import { App } from './core/app.js';
import { hostClock } from './core/clock.js';
import { Instance } from './core/instance.js';
import { LOAD, readOptions } from './core/options.js';
import { closersOf } from './core/resources.js';
import { ABI_VERSION, HOST_MODULE } from './marshal/protocol.js';
import { findUnreadable, readSignatures } from './marshal/signature.js';

/** @import { Clock, LoadOptions } from './lull.js' */
/** @import { PosixPlatform } from './posix/index.js' */

/**
 * A compiled module, and where it is from, for messages.
 *
 * @typedef {{ module: WebAssembly.Module, name?: string }} Compiled
 */

/**
 * What the entry for a platform adds.
 *
 * @typedef {object} Platform
 * @property {(options: LoadOptions<any>) => Clock} [clock] if no other is given
 * @property {() => any[]} [outputs] C's stdout and stderr, if `wasi.fds` are not given
 * @property {() => Promise<Follower>} [follower] for `keepContext`
 * @property {PosixPlatform['network']} [network] for sockets; without, the loopback in memory
 * @property {PosixPlatform['processes']} [processes] without, C has none
 */

/**
 * Runs host functions in the contexts of their tasks.
 *
 * @typedef {object} Follower
 * @property {(run: (...args: any[]) => any) => (...args: any[]) => any} around
 * @property {(app: App) => Promise<void>} follow
 */

/** Milliseconds that tasks may hold the event loop in one turn. */
const BUDGET = 8;

const loadFeatures = () => import('./features/index.js');
const loadSequences = () => import('./features/sequences.js');
export const loadDiagnostics = () => import('./diagnostics/index.js');

/**
 * @param {Promise<Compiled>} compiling
 * @param {LoadOptions<any>} [options]
 * @param {Platform} [platform]
 * @returns {Promise<App>}
 */
export function loadModule(compiling, options, platform = Object.create(null)) {
  const hint = {
    __proto__: null,
    get() { throw new TypeError('load returns a promise: write (await load(…)).call'); },
  };
  return Object.defineProperties(begin(compiling, options, platform), { call: hint, spawn: hint, stream: hint });
}

/**
 * Each chunk may be a request, so all that the module needs is requested at once; what host functions need, while the
 * module itself is being loaded.
 *
 * @param {Promise<Compiled>} compiling
 * @param {LoadOptions<any> | undefined} given
 * @param {Platform} platform
 * @returns {Promise<App>}
 */
async function begin(compiling, given, platform) {
  if (!(globalThis.TextEncoder && globalThis.TextDecoder)) (await loadDiagnostics()).refuseText();
  if (given?.host) loadFeatures().catch(() => {}); // the import below reports a failure
  const { module, name } = await compiling;
  const options = /** @type {LoadOptions<any>} */ (readOptions('load', given, LOAD));
  const {
    host = {}, budget = BUDGET, stackSize, maxTasks = 0, clock = platform.clock?.(options) ?? hostClock,
    report = reportFailure,
  } = options;
  const signatures = readSignatures(WebAssembly.Module.exports(module), WebAssembly.Module.imports(module));
  const origins = String(signatures.imports.map(({ module: origin }) => origin));
  const usesWasi = origins.includes('wasi');
  const isLimited = options.maxMemory ?? options.maxRunTime ?? signatures.names.includes('lull_limit_');
  const hasChannels = signatures.names.includes('lull_channel_new');
  const hasSequences = hasChannels || signatures.generators.length;
  const needsFeatures = hasSequences || usesWasi || origins.includes(HOST_MODULE) || findUnreadable(signatures);
  const [features, sequences, limits, wasi, follower] = await Promise.all([
    needsFeatures ? loadFeatures() : undefined,
    hasSequences ? loadSequences() : undefined,
    isLimited ? import('./features/limits.js') : undefined,
    usesWasi ? import('./features/wasi.js').catch(async (cause) => (await loadDiagnostics()).refuseWasi(cause))
      : undefined,
    options.keepContext ? platform.follower?.() : undefined,
  ]);

  features?.addCodecs(signatures);
  const instance = new Instance({ clock, budget, report });
  const imports = instance.imports();
  if (features) imports[HOST_MODULE] = features.hostImports(instance, signatures.host, host, follower?.around);
  await limits?.limit(instance, imports, module, options);
  const system = await wasi?.system(instance, signatures, options, platform);
  Object.assign(imports, system?.imports);
  const missing = signatures.imports.filter((entry) => !Object.hasOwn(imports[entry.module] ?? {}, entry.name));
  if (signatures.abi !== ABI_VERSION || findUnreadable(signatures) || missing.length) {
    (await loadDiagnostics()).refuseModule(name, signatures, missing, host);
  }

  const { exports } = await WebAssembly.instantiate(module, imports);
  instance.start(/** @type {Record<string, any>} */ (exports));
  system?.start();
  if (features) instance.values.encode = features.encodeArguments;
  if (hasChannels) instance.values.channels = new /** @type {any} */ (sequences).Channels(instance);
  instance.exports._initialize?.();
  if (stackSize || maxTasks) instance.exports.lull_configure(stackSize, maxTasks);
  const closers = closersOf(host);
  instance.onClosed = () => {
    closers.forEach((close) => close());
    return system?.end();
  };
  const app = new App(instance, signatures, loadDiagnostics, { ...features, ...sequences, ...system });
  await follower?.follow(app);
  return app;
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
