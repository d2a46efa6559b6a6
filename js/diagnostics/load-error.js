/** Load errors: the reason why a module cannot be loaded. */
import { LullError } from '../marshal/errors.js';
import { codecs } from '../marshal/codecs.js';
import { memoryCodecs } from '../marshal/memory-codecs.js';
import { ABI_VERSION, GENERATOR_PREFIX, TASK_PREFIX } from '../marshal/protocol.js';
import { findUnreadable, typesOf } from '../marshal/signature.js';
import { EABI } from '../marshal/status.js';

/** @import { Declaration, Signatures } from '../marshal/signature.js' */

/**
 * @param {Signatures} signatures
 * @param {Record<string, unknown>} host the functions that `load` was given
 * @param {WebAssembly.ModuleImportDescriptor[]} imports
 * @param {WebAssembly.Imports} provided by lull
 * @returns {Error}
 */
export function loadError(signatures, host, imports, provided) {
  const { abi, host: declarations } = signatures;
  if (abi === undefined) return new LullError(EABI, "this module was not built by lull: build it with 'lull build'");
  if (abi !== ABI_VERSION) {
    const versions = `version ${abi} of lull's interface, and this is version ${ABI_VERSION}`;
    return new LullError(EABI, `this module was built for ${versions}: build it again with 'lull build'`);
  }
  const unread = findUnreadable(signatures);
  if (unread) return unreadableError(unread);
  const missing = declarations.filter(({ name }) => typeof host[name] !== 'function');
  if (missing.length) {
    const list = missing.map(({ name, result, parameters }) => {
      const given = parameters.map((parameter) => `${parameter.type.text} ${parameter.name}`);
      return `${name}(${given.join(', ')}) → ${result.text}`;
    });
    return new TypeError(
      `this module needs host functions that were not given: pass load(…, { host: { … } }) with ${list.join('; ')}`,
    );
  }
  const foreign = imports.find(({ module, name }) => !provided[module]?.[name]);
  const what = `'${foreign?.name}' from '${foreign?.module}'`;
  return new LullError(EABI, `this module imports ${what}, which lull does not provide: declare it with LULL_HOST`);
}

/**
 * The error of a page without the WASI shim in its import map.
 *
 * @param {unknown} cause
 */
export const wasiMissing = (cause) => new Error(
  "this module uses WASI (its C prints, reads files or has a main): bundle '@bjorn3/browser_wasi_shim', which lull "
    + "imports for that, or add it to the page's import map",
  { cause },
);

/**
 * For a declaration that lull cannot read.
 *
 * @param {Declaration} declaration
 */
export function unreadableError(declaration) {
  const text = declaration.symbol.replace(TASK_PREFIX, '').replace(GENERATOR_PREFIX, '');
  const type = typesOf(declaration).find(({ codec }) => !codec)?.text;
  if (!type) return new TypeError(`'${text}' was not declared by LULL_TASK, LULL_HOST or LULL_GENERATOR`);
  const types = [...codecs.keys(), ...memoryCodecs.keys()].join(', ');
  return new TypeError(`'${text}' has the type '${type}', which lull cannot carry between C and JavaScript: `
    + `write one of ${types}, or LULL_CHAN(type)`);
}
