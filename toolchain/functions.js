/** The functions of a Binaryen module. */

/**
 * @typedef {object} FunctionInfo a function, as Binaryen has it
 * @property {string} name
 * @property {string} module of an import
 * @property {string} base its name there
 * @property {number} body 0 for an import
 * @property {number} function
 * @property {number} params
 * @property {number} results
 * @property {number[]} vars
 */

/**
 * @param {any} binaryen
 * @param {any} module
 * @param {(info: FunctionInfo) => void} visit
 */
export function eachFunction(binaryen, module, visit) {
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const reference = module.getFunctionByIndex(index);
    visit({ ...binaryen.getFunctionInfo(reference), function: reference });
  }
}

/**
 * @param {any} binaryen
 * @param {any} module
 */
export function functionsOf(binaryen, module) {
  /** @type {FunctionInfo[]} */
  const all = [];
  eachFunction(binaryen, module, (info) => all.push(info));
  return all;
}

/**
 * The internal name of an exported function or global.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {string} name
 * @returns {string}
 */
export const exported = (binaryen, module, name) => binaryen.getExportInfo(module.getExport(name)).value;

/**
 * The internal names of the functions that C imports from the build, by the names of the imports.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {...string} from the modules of the imports
 * @returns {Map<string, string>}
 */
export function importedFrom(binaryen, module, ...from) {
  /** @type {Map<string, string>} */
  const names = new Map();
  eachFunction(binaryen, module, ({ module: origin, base, name }) => {
    if (from.includes(origin)) names.set(base, name);
  });
  return names;
}
