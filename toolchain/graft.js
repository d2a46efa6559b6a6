/**
 * Copies the definitions of a small module into a large one. Both are in Binaryen's memory, and expressions have names,
 * so nothing has to be numbered anew: that takes milliseconds, for any size of the large one.
 */
import { functionsOf } from './functions.js';

/** No maximum. */
const UNLIMITED = -1;

/**
 * @param {any} binaryen
 * @param {any} module
 * @param {string} text the small module. Its imports are functions of the large one by their internal names; its
 *   functions take the place of imports of their names. Its globals are variable, and begin as 0
 */
export function graft(binaryen, module, text) {
  const small = binaryen.parseText(text);
  try {
    for (let index = 0; index < small.getNumTables(); index++) {
      const table = small.getTableByIndex(index);
      const { name, initial } = binaryen.getTableInfo(table);
      module.addTable(name, initial, UNLIMITED, binaryen._BinaryenTableGetType(table));
    }
    for (const [, name] of text.matchAll(/\(tag \$"([^"]*)"/g)) module.addTag(name, binaryen.none, binaryen.none);
    for (let index = 0; index < small.getNumGlobals(); index++) {
      const { name, type } = binaryen.getGlobalInfo(small.getGlobalByIndex(index));
      module.addGlobal(name, type, true, module.i32.const(0));
    }
    for (const { base, name, params, results, vars, body } of functionsOf(binaryen, small)) {
      if (base) continue;
      if (module.getFunction(name)) module.removeFunction(name);
      module.addFunction(name, params, results, vars, module.copyExpression(body));
    }
  } finally {
    small.dispose();
  }
}
