/**
 * The choice between the table of descriptors and the host (src/posix/wasi.c), and whether the standard input is read:
 * made for the whole program, before the optimization. A program without the table is then the same as if there were
 * none at all. See D109, D114.
 */
import { rewrite } from './expressions.js';

/** The function by which C gets the table, and its maker, which is linked only if it is used. */
const CHOICE = 'descriptors';
const USE = 'lull__descriptors_use';

/** The function by which C learns whether stdin may be read (src/posix/stdin.h), and the functions that read it. */
const READS = 'reads';
const READERS = ['read', 'readv', '__stdio_read'];

/** The passes that remove the branches a constant rules out. */
const FOLD = [
  'precompute-propagate', 'remove-unused-brs', 'dce', 'simplify-locals', 'vacuum', 'remove-unused-brs',
  'remove-unused-names', 'merge-blocks', 'vacuum',
];

/** @typedef {{ name: string, base: string, params: number, body: number }} FunctionInfo */

/**
 * @param {any} binaryen
 * @param {any} module
 */
export function chooseDescriptors(binaryen, module) {
  const { i32, none } = binaryen;
  /** @type {Map<string, number>} */
  const constants = new Map();
  const functions = functionsOf(binaryen, module);
  const names = functions.map(({ name }) => name);
  const hasTable = names.includes(USE);
  for (const { name, base } of functions) {
    if (base === READS) constants.set(name, Number(READERS.some((reader) => names.includes(reader))));
    if (base !== CHOICE) continue;
    module.removeFunction(name);
    if (hasTable) module.addFunction(name, none, i32, [], module.call(USE, [], i32));
    else constants.set(name, 0);
  }
  const asking = decide(binaryen, module, constants);
  for (const name of constants.keys()) module.removeFunction(name);
  if (!hasTable) unwrap(binaryen, module, asking);
}

/**
 * Put the constants in place of the calls.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {ReadonlyMap<string, number>} constants by the functions that are called
 * @returns {string[]} the functions that asked
 */
function decide(binaryen, module, constants) {
  return functionsOf(binaryen, module).flatMap(({ name, body }) => {
    let asks = false;
    const rewritten = body && rewrite(binaryen, body, (part) => {
      const value = constants.get(calleeOf(binaryen, part) ?? '');
      if (value === undefined) return 0;
      asks = true;
      return module.i32.const(value);
    });
    if (!asks) return [];
    const reference = module.getFunction(name);
    binaryen.Function.setBody(reference, rewritten);
    module.runPassesOnFunction(reference, FOLD);
    return [name];
  });
}

/**
 * Leave out the functions that do nothing but call another by now: of an import, the callers call it; any other one
 * takes the place of the function that calls it, which may be in the table.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {string[]} names
 */
function unwrap(binaryen, module, names) {
  /** What to call instead. @type {Map<string, string>} */
  const instead = new Map();
  for (const name of names) {
    const inner = passedOnTo(binaryen, binaryen.getFunctionInfo(module.getFunction(name)));
    if (!inner) continue;
    const { base, params, results, vars, body } = binaryen.getFunctionInfo(module.getFunction(inner));
    if (base) {
      instead.set(name, inner);
    } else {
      module.removeFunction(name);
      module.addFunction(name, params, results, vars, body);
      module.removeFunction(inner);
      instead.set(inner, name);
    }
  }
  for (const { body } of functionsOf(binaryen, module)) {
    if (body) rewrite(binaryen, body, (part) => {
      const callee = calleeOf(binaryen, part);
      if (callee && instead.has(callee)) binaryen.Call.setTarget(part, instead.get(callee));
      return 0;
    });
  }
}

/**
 * The function that another one calls with its own arguments, if it does nothing else.
 *
 * @param {any} binaryen
 * @param {FunctionInfo} info
 * @returns {string | undefined}
 */
function passedOnTo(binaryen, { params, body }) {
  const { Call, LocalGet, LocalGetId, getExpressionId: id } = binaryen;
  const callee = calleeOf(binaryen, body);
  const count = binaryen.expandType(params).length;
  if (!callee || Call.getNumOperands(body) !== count) return undefined;
  for (let i = 0; i < count; i++) {
    const operand = Call.getOperandAt(body, i);
    if (id(operand) !== LocalGetId || LocalGet.getIndex(operand) !== i) return undefined;
  }
  return callee;
}

/**
 * @param {any} binaryen
 * @param {number} expression
 * @returns {string | undefined}
 */
const calleeOf = (binaryen, expression) =>
  (binaryen.getExpressionId(expression) === binaryen.CallId ? binaryen.Call.getTarget(expression) : undefined);

/**
 * @param {any} binaryen
 * @param {any} module
 * @returns {FunctionInfo[]}
 */
const functionsOf = (binaryen, module) => Array.from({ length: module.getNumFunctions() }, (_, index) =>
  binaryen.getFunctionInfo(module.getFunctionByIndex(index)));
