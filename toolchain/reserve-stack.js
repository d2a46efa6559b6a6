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

/** An export that only keeps the optimizer from seeing that nobody uses the results. To be removed at the end. */
export const END_OF_RESERVE = 'lull end of reserve';

/**
 * @param {any} binaryen
 * @param {any} module after Asyncify; for the last optimization
 */
export function reserveStack(binaryen, module) {
  const { createType, i32, i64, none, Function, ExternalFunction } = binaryen;
  const results = createType(new Array(RESERVE).fill(i64));
  module.addFunction(END_OF_RESERVE, none, results, [], module.unreachable());
  module.addFunctionExport(END_OF_RESERVE, END_OF_RESERVE);
  const reserve = 'lull reserve';
  const never = module.i32.eq(module.global.get(STATE, i32), module.i32.const(NEVER));
  module.addFunction(reserve, none, none, [], module.if(never, module.drop(module.call(END_OF_RESERVE, [], results))));
  for (const name of [reserve, END_OF_RESERVE]) {
    binaryen.setPassArgument('no-inline', name);
    module.runPasses(['no-inline']);
  }
  /** @type {Set<string>} */
  const exported = new Set();
  for (let index = 0; index < module.getNumExports(); index++) {
    const { kind, value } = binaryen.getExportInfo(module.getExportByIndex(index));
    if (kind === ExternalFunction && value !== END_OF_RESERVE) exported.add(value);
  }
  for (const name of exported) {
    const reference = module.getFunction(name);
    const { body, results: type } = binaryen.getFunctionInfo(reference);
    if (body) Function.setBody(reference, module.block(null, [module.call(reserve, [], none), body], type));
  }
}
