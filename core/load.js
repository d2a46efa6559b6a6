/** load: from a module, wherever it is, to an app. */
import { App } from './app.js';
import { checkOption, checkStackSize } from './check.js';
import { hostClock } from './clock.js';
import { LullError } from './errors.js';
import { Instance } from './instance.js';
import { ABI_VERSION, readSignatures } from './signature.js';
import { EABI } from './status.js';

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
  const signatures = readSignatures(module);
  checkAbi(signatures.abi);
  checkHost(signatures.host, host);

  const instance = new Instance({ clock, budget, report });
  const imports = instance.imports(signatures.host, host);
  const needsWasi = WebAssembly.Module.imports(module).some((entry) => entry.module === WASI);
  const system = needsWasi ? (await import('./wasi.js')).wasi(wasi) : undefined;
  if (system) imports[WASI] = system.imports;
  checkImports(module, imports);

  const { exports } = await WebAssembly.instantiate(module, imports);
  instance.start(/** @type {Record<string, any>} */ (exports));
  system?.start(/** @type {Record<string, any>} */ (exports));
  instance.exports._initialize?.();
  if (stackSize !== undefined) instance.exports.lull_configure(stackSize);
  const { tasks, generators } = signatures;
  return new App(instance, tasks, generators.length ? (await import('./stream.js')).streams(instance, generators) : undefined);
}

/** @param {number | undefined} abi */
function checkAbi(abi) {
  if (abi === ABI_VERSION) return;
  throw new LullError(EABI, abi === undefined
    ? "this module was not built by lull: build it with 'lull build'"
    : `this module was built for version ${abi} of lull's interface, and this is version ${ABI_VERSION}: build it again with 'lull build'`);
}

/**
 * @param {import('./signature.js').Declaration[]} declarations
 * @param {Host<any>} host
 */
function checkHost(declarations, host) {
  const missing = declarations.filter(({ name }) => typeof host[name] !== 'function');
  if (!missing.length) return;
  const list = missing.map(({ name, result, parameters }) =>
    `${name}(${parameters.map((parameter) => `${parameter.type.text} ${parameter.name}`).join(', ')}) → ${result.text}`);
  throw new TypeError(`this module needs host functions that were not given: pass load(…, { host: { … } }) with ${list.join('; ')}`);
}

/**
 * @param {WebAssembly.Module} module
 * @param {WebAssembly.Imports} imports
 */
function checkImports(module, imports) {
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    if (imports[from]?.[name] === undefined) {
      throw new LullError(EABI, `this module imports '${name}' from '${from}', which lull does not provide: declare it with LULL_HOST`);
    }
  }
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
