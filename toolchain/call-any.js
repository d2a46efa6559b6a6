/**
 * The call of a function whatever its type is. Programs cast functions of other types for pthread_create, such as
 * `void work(void *)`, or declare a handler as `void handler()`: natively, that works. In WebAssembly, an indirect call
 * through another type traps. The types of all functions in the table are known here, so this call has a case for each
 * of them. See D108.
 */

/** What C imports from this step, by the number of arguments: see src/posix/wait.h. */
const NAMES = new Map([['call_any', 1], ['call_any_with_two', 2]]);

const USUAL = 'usual';

/**
 * @param {any} binaryen
 * @param {any} module linked, before all passes
 * @param {{ name: string, module: string, base: string, params: number, results: number }[]} functions
 */
export function callAny(binaryen, module, functions) {
  const known = new Map(functions.map((info) => [info.name, info]));
  for (const { name, module: from, base } of functions) {
    const count = from === 'lull build' ? NAMES.get(base) : undefined;
    if (count) define(binaryen, module, known, name, count);
  }
}

/**
 * @param {any} binaryen
 * @param {any} module
 * @param {Map<string, { params: number, results: number }>} known all functions
 * @param {string} name of the import that becomes a function
 * @param {number} count how many arguments it has for the function that it calls
 */
function define(binaryen, module, known, name, count) {
  const { i32, createType } = binaryen;
  const local = (/** @type {number} */ index) => module.local.get(index, i32);
  const pointer = () => local(0);
  const given = Array.from({ length: count }, (_, index) => () => local(index + 1));
  /** The labels of the functions in the table. @type {string[]} */
  const labels = [];
  /** The types that need a call of their own, by their labels. @type {Map<string, [number, number]>} */
  const types = new Map();
  let table = '';
  for (let index = 0; index < module.getNumElementSegments(); index++) {
    const { offset, data, ...segment } = binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(index));
    table = segment.table;
    const first = binaryen.getExpressionInfo(offset).value;
    data.forEach((/** @type {string} */ name, /** @type {number} */ place) => {
      const { params = i32, results = i32 } = known.get(name) ?? {};
      const isUsual = params === i32 && results === i32;
      const label = isUsual ? USUAL : `${params} ${results}`;
      if (!isUsual) types.set(label, [params, results]);
      labels[first + place] = label;
    });
  }
  for (let index = 0; index < labels.length; index++) labels[index] ??= USUAL;

  let body = module.switch(labels, USUAL, pointer());
  for (const [label, [params, results]] of [...types, [USUAL, [i32, i32]]]) {
    const call = module.call_indirect(table, pointer(), argumentsOf(binaryen, module, params, given),
      params, results);
    const returned = results === i32
      ? [module.return(call)]
      : [results === binaryen.none ? call : module.drop(call), module.return(module.i32.const(0))];
    body = module.block(null, [module.block(label, [body]), ...returned]);
  }
  module.removeFunction(name);
  module.addFunction(name, createType([i32, ...given.map(() => i32)]), i32, [], body);
}

/**
 * The arguments of a call: the first parameters get those that are given, if they are of that type; others are 0.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {number} params
 * @param {(() => number)[]} given
 * @returns {number[]}
 */
function argumentsOf({ i32, i64, f32, expandType }, module, params, given) {
  return expandType(params).map((/** @type {number} */ type, /** @type {number} */ index) => {
    if (type === i32) return given[index]?.() ?? module.i32.const(0);
    if (type === i64) return module.i64.const(0n);
    return type === f32 ? module.f32.const(0) : module.f64.const(0);
  });
}
