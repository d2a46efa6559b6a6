/** Why a module cannot be loaded. Apart, because a page whose module can does not load it. */
import { LullError } from '../marshal/errors.js';
import { codecs } from '../marshal/codecs.js';
import { ABI_VERSION, GENERATOR_PREFIX, TASK_PREFIX } from '../marshal/protocol.js';
import { unknownType } from '../marshal/signature.js';
import { EABI } from '../marshal/status.js';

/** @import { Declaration, Signatures } from '../marshal/signature.js' */

/**
 * @param {Signatures} signatures
 * @param {Record<string, unknown>} host what was given for them
 * @param {WebAssembly.ModuleImportDescriptor[]} needed
 * @param {WebAssembly.Imports} imports what there is
 * @returns {Error}
 */
export function loadError({ abi, host: declarations, unreadable }, host, needed, imports) {
  if (abi === undefined) return new LullError(EABI, "this module was not built by lull: build it with 'lull build'");
  if (abi !== ABI_VERSION) {
    const versions = `version ${abi} of lull's interface, and this is version ${ABI_VERSION}`;
    return new LullError(EABI, `this module was built for ${versions}: build it again with 'lull build'`);
  }
  if (unreadable) return unreadableError(unreadable);
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
  const foreign = needed.find(({ module, name }) => !imports[module]?.[name]);
  const what = `'${foreign?.name}' from '${foreign?.module}'`;
  return new LullError(EABI, `this module imports ${what}, which lull does not provide: declare it with LULL_HOST`);
}

/**
 * Where a page has no import map, or one without what WASI needs.
 *
 * @param {unknown} cause
 */
export const wasiMissing = (cause) => new Error(
  "this module uses WASI (its C prints, reads files or has a main): bundle '@bjorn3/browser_wasi_shim', which lull "
    + "imports for that, or add it to the page's import map",
  { cause },
);

/**
 * What cannot be read in a declaration.
 *
 * @param {Declaration} declaration
 */
export function unreadableError(declaration) {
  const text = declaration.symbol.replace(TASK_PREFIX, '').replace(GENERATOR_PREFIX, '');
  const type = unknownType(declaration)?.text;
  if (!type) return new TypeError(`'${text}' is no declaration that LULL_TASK, LULL_HOST or LULL_GENERATOR makes`);
  const types = [...codecs.keys()].filter((name) => !name.startsWith('LULL_CHAN'));
  return new TypeError(`'${text}' has the type '${type}', which lull cannot carry between C and JavaScript: `
    + `write one of ${types.join(', ')}, or LULL_CHAN(type)`);
}
