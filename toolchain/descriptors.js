/**
 * The choice between the table of descriptors and the host (src/posix/wasi.c), and whether the standard input is read:
 * made for the whole program, before the optimization. A program without the table is then the same as if there were
 * none at all. Likewise whether files may answer later (src/posix/file_waits.h). See D109, D114, D119.
 */
import { rewrite } from './expressions.js';
import { functionsOf } from './functions.js';

/** The function by which C gets the table, and its maker, which is linked only if it is used. */
const CHOICE = 'descriptors';
const USE = 'lull__descriptors_use';

/** The function by which C learns whether stdin may be read (src/posix/stdin.h), and the functions that read it. */
const READS = 'reads';
const READERS = ['read', 'readv', '__stdio_read'];

/**
 * The functions that wait for files, by the names that C calls them by; and the operand that stands for the result
 * where the program has no such waits, without which that is 0.
 *
 * @type {Record<string, { wait: string, otherwise?: number }>}
 */
const FILE_WAITS = {
  file_answer: { wait: 'lull__file_waits_answer', otherwise: 1 },
  file_await: { wait: 'lull__file_waits_await' },
};

/** What the linker has to keep with --async-files. */
export const keepFileWaits = Object.values(FILE_WAITS).map(({ wait }) => `-Wl,--export=${wait}`);

/** The passes that remove the branches a constant rules out. */
const FOLD = [
  'precompute-propagate', 'remove-unused-brs', 'dce', 'simplify-locals', 'vacuum', 'remove-unused-brs',
  'remove-unused-names', 'merge-blocks', 'vacuum',
];

/** @import { FunctionInfo } from './functions.js' */

/**
 * @param {any} binaryen
 * @param {any} module
 */
export function chooseDescriptors(binaryen, module) {
  const { i32, none } = binaryen;
  /** What stands for a call. @type {Map<string, (call: number) => number>} */
  const constants = new Map();
  const constant = (/** @type {unknown} */ value) => () => module.i32.const(Number(value));
  const functions = functionsOf(binaryen, module);
  const names = functions.map(({ name }) => name);
  const hasTable = names.includes(USE);
  for (const { name, base, params } of functions) {
    if (base === READS) constants.set(name, constant(READERS.some((reader) => names.includes(reader))));
    if (Object.hasOwn(FILE_WAITS, base)) {
      const { wait, otherwise } = FILE_WAITS[base];
      if (names.includes(wait)) {
        const types = binaryen.expandType(params);
        module.removeExport(wait);
        module.removeFunction(name);
        module.addFunction(name, params, i32, [], module.call(wait, types.map((/** @type {number} */ type,
          /** @type {number} */ index) => module.local.get(index, type)), i32));
      } else {
        constants.set(name, otherwise === undefined ? constant(0)
          : (call) => binaryen.Call.getOperandAt(call, otherwise));
      }
    }
    if (base !== CHOICE) continue;
    module.removeFunction(name);
    if (hasTable) module.addFunction(name, none, i32, [], module.call(USE, [], i32));
    else constants.set(name, constant(0));
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
 * @param {ReadonlyMap<string, (call: number) => number>} constants by the functions that are called
 * @returns {string[]} the functions that asked
 */
function decide(binaryen, module, constants) {
  return functionsOf(binaryen, module).flatMap(({ name, body }) => {
    let asks = false;
    /** @param {number} part @returns {number} */
    const replace = (part) => {
      const value = constants.get(calleeOf(binaryen, part) ?? '');
      if (!value) return 0;
      asks = true;
      return rewrite(binaryen, value(part), replace);
    };
    const rewritten = body && rewrite(binaryen, body, replace);
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
