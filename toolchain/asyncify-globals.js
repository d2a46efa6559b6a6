/** The globals that Asyncify adds to a module. */
import { rewrite } from './expressions.js';

/**
 * Found by the functions that Asyncify exports: a binary has no names of added globals.
 *
 * @param {any} binaryen
 * @param {any} module just after the asyncify pass
 * @returns {{ state: string, data: string }} whether the stack unwinds or rewinds; and the address of the end of the
 *   saved frames
 */
export function asyncifyGlobals(binaryen, module) {
  const { GlobalGet, GlobalSet, getExpressionId: id } = binaryen;
  /**
   * @param {string} name of an export
   * @param {(expression: number) => string | false} nameIn
   */
  const find = (name, nameIn) => {
    const found = module.getExport(name);
    const body = found && binaryen.Function.getBody(module.getFunction(binaryen.getExportInfo(found).value));
    let global = '';
    if (body) rewrite(binaryen, body, (part) => ((global ||= nameIn(part) || ''), 0));
    if (!global) throw new Error('lull: this version of Binaryen has an Asyncify that lull does not know');
    return global;
  };
  return {
    state: find('asyncify_get_state', (part) => id(part) === binaryen.GlobalGetId && GlobalGet.getName(part)),
    data: find('asyncify_start_unwind', (part) =>
      id(part) === binaryen.GlobalSetId && id(GlobalSet.getValue(part)) === binaryen.LocalGetId
      && GlobalSet.getName(part)),
  };
}
