/**
 * Tail calls: of programs that are compiled with -mtail-call. A function that suspends has to be there when its callee
 * returns, and so has one whose calls are checked. Their tail calls become calls and returns; all others stay.
 * See D123.
 */
import { rewrite } from './expressions.js';
import { eachFunction, functionsOf } from './functions.js';

/**
 * A call and a return, in place of a tail call.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {number} call
 * @param {number} results its type
 * @returns {number}
 */
export const thenReturn = ({ none }, module, call, results) =>
  results === none ? module.block(null, [call, module.return()]) : module.return(call);

/**
 * Emscripten 3 leaves out of its modules which features they use.
 *
 * @param {any} binaryen
 * @param {any} module
 * @returns {boolean}
 */
export function hasTailCalls(binaryen, module) {
  if (module.getFeatures() & binaryen.Features.TailCall) return true;
  const { Call, CallIndirect, getExpressionId: id } = binaryen;
  return functionsOf(binaryen, module).some(({ body }) => {
    let has = false;
    if (body) rewrite(binaryen, body, (part) => {
      has ||= (id(part) === binaryen.CallId && Call.isReturn(part))
        || (id(part) === binaryen.CallIndirectId && CallIndirect.isReturn(part));
      return has ? part : 0;
    });
    return has;
  });
}

/** The prefix of the functions that stand for tail calls, of which Asyncify knows nothing. */
const TAIL = 'lull__tail_';

/**
 * @param {any} binaryen
 * @param {any} module before Asyncify
 * @param {Set<string>} never functions that do not suspend, as their authors say, and whose calls are checked
 * @param {(name: string) => boolean} apart functions that Asyncify leaves alone
 */
export function hideTailCalls(binaryen, module, never, apart) {
  if (!(module.getFeatures() & binaryen.Features.TailCall)) return;
  const suspending = suspendingFunctions(binaryen, module, (name) => apart(name) || never.has(name));
  const { Call, CallIndirect, getExpressionId: id } = binaryen;
  const kinds = new Map([[binaryen.CallId, Call], [binaryen.CallIndirectId, CallIndirect]]);
  /** @type {Set<string>} */
  const hidden = new Set();
  eachFunction(binaryen, module, ({ name, body, results, function: reference }) => {
    if (!body) return;
    const stays = !suspending.has(name) && !never.has(name);
    /** @param {number} part @returns {number} */
    const replace = (part) => {
      const kind = kinds.get(id(part));
      if (!kind?.isReturn(part)) return 0;
      const operands = Array.from({ length: kind.getNumOperands(part) },
        (_, i) => rewrite(binaryen, kind.getOperandAt(part, i), replace));
      if (kind === CallIndirect) {
        const target = rewrite(binaryen, CallIndirect.getTarget(part), replace);
        return thenReturn(binaryen, module, module.call_indirect(CallIndirect.getTable(part), target, operands,
          CallIndirect.getParams(part), results), results);
      }
      const callee = Call.getTarget(part);
      if (stays) hidden.add(callee);
      return thenReturn(binaryen, module, module.call(stays ? TAIL + callee : callee, operands, results), results);
    };
    binaryen.Function.setBody(reference, rewrite(binaryen, body, replace));
  });
  for (const callee of hidden) {
    const { params, results } = binaryen.getFunctionInfo(module.getFunction(callee));
    const operands = binaryen.expandType(params).map((/** @type {number} */ type, /** @type {number} */ i) =>
      module.local.get(i, type));
    module.addFunction(TAIL + callee, params, results, [], module.call(callee, operands, results));
  }
}

/** @param {any} binaryen @param {any} module after Asyncify */
export function showTailCalls(binaryen, module) {
  const { Call, getExpressionId: id } = binaryen;
  if (!(module.getFeatures() & binaryen.Features.TailCall)) return;
  eachFunction(binaryen, module, ({ body, results, function: reference }) => {
    /** @param {number} part @returns {number} */
    const replace = (part) => {
      if (id(part) !== binaryen.CallId || !Call.getTarget(part).startsWith(TAIL)) return 0;
      const operands = Array.from({ length: Call.getNumOperands(part) },
        (_, i) => rewrite(binaryen, Call.getOperandAt(part, i), replace));
      return module.return_call(Call.getTarget(part).slice(TAIL.length), operands, results);
    };
    if (body) binaryen.Function.setBody(reference, rewrite(binaryen, body, replace));
  });
}

/**
 * The functions that Asyncify takes for ones that may suspend: those that lead to its intrinsics, or to an indirect
 * call.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {(name: string) => boolean} apart functions that it leaves alone
 * @returns {Set<string>}
 */
function suspendingFunctions(binaryen, module, apart) {
  const { Call, getExpressionId: id } = binaryen;
  const infos = functionsOf(binaryen, module);
  const suspending = new Set(infos.flatMap(({ name, module: from }) => (from === 'asyncify' ? [name] : [])));
  /** @type {Map<string, string[]>} */
  const callers = new Map();
  for (const { name, body } of infos) {
    if (!body || apart(name)) continue;
    rewrite(binaryen, body, (part) => {
      if (id(part) === binaryen.CallIndirectId) suspending.add(name);
      if (id(part) !== binaryen.CallId) return 0;
      const callee = Call.getTarget(part);
      callers.set(callee, [...callers.get(callee) ?? [], name]);
      return 0;
    });
  }
  for (const name of suspending) for (const caller of callers.get(name) ?? []) suspending.add(caller);
  return suspending;
}
