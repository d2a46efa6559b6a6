/**
 * Makes every export check for room on the engine's own stack before it runs. JavaScript can call at any depth, and an
 * engine throws where the stack ends: in the middle of C. After this it throws before C has changed anything.
 *
 * No code in wasm can ask for the room that is left. But engines check, on entry, the room for a function's whole
 * frame, in which a call of a function with many results needs room for these, also if the call is never made. See D78.
 */

/** Values of 8 bytes: what the deepest export needs, and half as much again. */
const RESERVE = 320;

/**
 * Values of 16 bytes for the exports of which JavaScript calls one first: as many as a function may have, for the
 * JavaScript that comes then. Firefox calls a function in C++ until it has compiled it, for which 8 KB of integers are
 * too little.
 */
const ROOM_RESERVE = 1000;
const FIRST = ['lull_room', 'lull_demand'];

/** No state of Asyncify's. */
const NEVER = 3;

/**
 * @param {any} binaryen
 * @param {any} module after Asyncify
 * @param {string} state the global of its state
 */
export function reserveStack(binaryen, module, state) {
  const { none, i64, v128, Features, Function, ExternalFunction } = binaryen;
  module.setFeatures(module.getFeatures() | Features.SIMD128);
  const small = addReserve(binaryen, module, state, 'lull reserve', new Array(RESERVE).fill(i64));
  const large = addReserve(binaryen, module, state, 'lull large reserve', new Array(ROOM_RESERVE).fill(v128));
  /** @type {Map<string, string>} */
  const reserves = new Map();
  for (let index = 0; index < module.getNumExports(); index++) {
    const { kind, name, value } = binaryen.getExportInfo(module.getExportByIndex(index));
    if (kind === ExternalFunction) reserves.set(value, FIRST.includes(name) ? large : small);
  }
  for (const [name, reserve] of reserves) {
    const reference = module.getFunction(name);
    const { body, results: type } = binaryen.getFunctionInfo(reference);
    if (body) Function.setBody(reference, module.block(null, [module.call(reserve, [], none), body], type));
  }
}

/**
 * Add a function whose frame has room for values of these types.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {string} state
 * @param {string} name
 * @param {number[]} types
 */
function addReserve(binaryen, module, state, name, types) {
  const { createType, i32, none } = binaryen;
  const current = () => module.global.get(state, i32);
  const results = createType(types);
  // Indirect, of nothing that an engine can know: it would inline another call, and find that it needs no room.
  const call = module.call_indirect(tableOf(binaryen, module), current(), [], none, results);
  const never = module.i32.eq(current(), module.i32.const(NEVER));
  module.addFunction(name, none, none, [], module.if(never, module.drop(call)));
  binaryen.setPassArgument('no-inline', name);
  module.runPasses(['no-inline']);
  return name;
}

/**
 * The name of the module's table, which the runtime's own calls of tasks need.
 *
 * @param {any} binaryen
 * @param {any} module
 * @returns {string}
 */
const tableOf = (binaryen, module) => binaryen.getTableInfo(module.getTableByIndex(0)).name;
