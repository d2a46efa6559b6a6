/**
 * Makes every export check for room on the engine's own stack before it runs. JavaScript can call at any depth, and an
 * engine throws where the stack ends: in the middle of C. After this it throws before C has changed anything.
 *
 * No code in wasm can ask for the room that is left. But engines check, on entry, the room for a function's whole
 * frame, in which a call of a function with many results needs room for these, also if the call is never made. See D78.
 */

/** Values of 8 bytes: what the deepest export needs, and half as much again. */
const RESERVE = 320;

const STATE = '__asyncify_state';
/** No state of Asyncify's. */
const NEVER = 3;

/**
 * @param {any} binaryen
 * @param {any} module after Asyncify
 */
export function reserveStack(binaryen, module) {
  const { createType, i32, i64, none, Function, ExternalFunction } = binaryen;
  const state = () => module.global.get(STATE, i32);
  const results = createType(new Array(RESERVE).fill(i64));
  // Indirect, of nothing that an engine can know: it would inline another call, and find that it needs no room.
  const call = module.call_indirect(tableOf(binaryen, module), state(), [], none, results);
  const reserve = 'lull reserve';
  const never = module.i32.eq(state(), module.i32.const(NEVER));
  module.addFunction(reserve, none, none, [], module.if(never, module.drop(call)));
  binaryen.setPassArgument('no-inline', reserve);
  module.runPasses(['no-inline']);
  /** @type {Set<string>} */
  const exported = new Set();
  for (let index = 0; index < module.getNumExports(); index++) {
    const { kind, value } = binaryen.getExportInfo(module.getExportByIndex(index));
    if (kind === ExternalFunction) exported.add(value);
  }
  for (const name of exported) {
    const reference = module.getFunction(name);
    const { body, results: type } = binaryen.getFunctionInfo(reference);
    if (body) Function.setBody(reference, module.block(null, [module.call(reserve, [], none), body], type));
  }
}

/**
 * The name of the module's table, which the runtime's own calls of tasks need.
 *
 * @param {any} binaryen
 * @param {any} module
 * @returns {string}
 */
const tableOf = (binaryen, module) => binaryen.getTableInfo(module.getTableByIndex(0)).name;
