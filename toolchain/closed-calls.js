/**
 * The indirect calls that never suspend. Asyncify takes every indirect call for one that may suspend, and instruments
 * its function; of direct calls, it knows better. So an indirect call that is known not to suspend
 * (call-graph.js) becomes a call of a function while the passes run, and what it was after them. See D123.
 *
 * Facts may be wrong: a program casts functions to other types. So each such call is followed by a check.
 */
import { rewrite } from './expressions.js';
import { CallGraph } from './call-graph.js';
import { thenReturn } from './tail-calls.js';

/**
 * @import { Facts } from './call-facts.js'
 * @import { Called } from './call-graph.js'
 */

/** The names of the functions that stand for calls of a type. */
const STAND = 'lull__closed_';
/** The same where functions of the signature do suspend, and only the type says that this call does not. */
const BY_TYPE = `${STAND}by_type_`;

/** A pattern of them: they are not to be inlined, or instrumented. */
export const CLOSED = `${STAND}*`;

/** @typedef {{ name: string, module: string, base: string, params: number, results: number, body: number,
 *   function: number }} Info */

/**
 * @param {any} binaryen
 * @param {any} module linked, before the optimization
 * @param {Info[]} infos
 * @param {Facts[]} facts
 * @param {object} options
 * @param {(name: string) => boolean} options.never
 * @param {(name: string) => boolean} options.foreign
 * @param {(name: string) => string} options.sourceOf the name of a function in its source
 * @returns {CallGraph}
 */
export function closeCalls(binaryen, module, infos, facts, { never, foreign, sourceOf }) {
  const { Call, CallIndirect, getExpressionId: id } = binaryen;
  const intrinsics = new Map(infos.flatMap(({ name, module: from, base }) =>
    (from === 'asyncify' ? [[name, base]] : [])));
  /** @type {Map<string, Called>} */
  const functions = new Map();
  for (const { name, params, results, body } of infos) {
    /** @type {Called} */
    const called = {
      calls: new Set(), through: new Set(), signature: signature(params, results), source: sourceOf(name),
    };
    functions.set(name, called);
    if (body) rewrite(binaryen, body, (part) => {
      if (id(part) === binaryen.CallId) called.calls.add(Call.getTarget(part));
      if (id(part) === binaryen.CallIndirectId) called.through.add(signatureOf(binaryen, part));
      return 0;
    });
  }
  const callsOf = (/** @type {Called} */ { calls }) => [...calls].map((callee) => intrinsics.get(callee));
  const switches = [...functions].filter(([, called]) => callsOf(called).some(Boolean));
  const enters = new Set(switches.filter(([, called]) =>
    callsOf(called).some((base) => base === 'stop_unwind' || base === 'start_rewind')).map(([name]) => name));
  const roots = switches.map(([name]) => name).filter((name) => !enters.has(name));
  const graph = new CallGraph({
    functions, table: tableOf(binaryen, module), facts, roots, foreign,
    never: (name) => enters.has(name) || never(name),
  });
  const table = module.getNumTables() > 0 ? binaryen.getTableInfo(module.getTableByIndex(0)).name : '';
  /** @type {Set<string>} */
  const stands = new Set();
  for (const { name, body } of infos) {
    if (!body || !functions.get(name)?.through.size || enters.has(name) || never(name)) continue;
    /** @param {number} part @returns {number} */
    const close = (part) => {
      if (id(part) !== binaryen.CallIndirectId) return 0;
      const [params, results] = [CallIndirect.getParams(part), CallIndirect.getResults(part)];
      const key = signature(params, results);
      if (graph.isOpen(name, key)) return 0;
      const isChecked = graph.suspends(key) || graph.never.has(name);
      const stand = `${isChecked ? BY_TYPE : STAND}${key.replace(':', '_')}`;
      if (!stands.has(stand)) {
        stands.add(stand);
        const types = binaryen.expandType(params);
        const given = types.map((/** @type {number} */ type, /** @type {number} */ at) => module.local.get(at, type));
        const target = module.local.get(types.length, binaryen.i32);
        module.addFunction(stand, binaryen.createType([...types, binaryen.i32]), results, [],
          module.call_indirect(table, target, given, params, results));
      }
      const operands = Array.from({ length: CallIndirect.getNumOperands(part) },
        (_, i) => CallIndirect.getOperandAt(part, i));
      const given = [...operands, CallIndirect.getTarget(part)].map((operand) => rewrite(binaryen, operand, close));
      if (!CallIndirect.isReturn(part)) return module.call(stand, given, results);
      if (!isChecked) return module.return_call(stand, given, results);
      return thenReturn(binaryen, module, module.call(stand, given, results), results);
    };
    binaryen.Function.setBody(module.getFunction(name), rewrite(binaryen, body, close));
  }
  return graph;
}

/**
 * The number of the function that called one which has waited unexpectedly, and with names, the number of that one, for
 * js/features/unexpected-waits.js, which also reads the texts.
 */
const WAITED = 'lull_limit_waits';
const WAITED_IN = 'lull_limit_waits_in';
const TEXTS = 'lull unexpected waits';
const CALLEE = '\x01';

/** Functions of C++ have their parameters in their names. @param {string} name */
const asCalled = (name) => (name.includes('(') ? name : `${name}()`);

/** The message of a task that ends so. @param {string} callee @param {string} caller */
const textOf = (callee, caller) => `waited in ${callee} called by ${caller}, through a pointer of a type that is not `
  + 'known to wait, or in spite of LULL_NEVER_SUSPENDS: say LULL_MAY_SUSPEND, or lull build --instrument all';

const END = 'lull unexpected wait';

/**
 * After the passes: make them indirect calls again, each followed by a check.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {Info[]} infos
 * @param {string} state the global of Asyncify's state
 * @param {boolean} named whether the functions keep their names
 * @param {Set<string>} [never] functions that do not suspend, as their authors say
 */
export function openCalls(binaryen, module, infos, state, named, never = new Set()) {
  const { Call, getExpressionId: id, none, i32 } = binaryen;
  /** The indirect calls in them. @type {Map<string, number>} */
  const stands = new Map(infos.flatMap(({ name, body }) =>
    (name.startsWith(STAND) && id(body) === binaryen.CallIndirectId ? [[name, body]] : [])));
  const { i32: numbers, global, local } = module;
  /** The functions that have checks. @type {string[]} */
  const names = [];
  /** With names, the functions that may have waited: the table's by their places, then others. */
  const callees = named ? placesOf(binaryen, module) : [];
  for (const { name: caller, body, function: reference } of infos) {
    if (!body || caller.startsWith(STAND)) continue;
    /** @type {Map<number | typeof CALLEE, number>} */
    const locals = new Map();
    const localOf = (/** @type {number} */ type, /** @type {number | typeof CALLEE} */ use = type) => {
      const local = locals.get(use) ?? binaryen._BinaryenFunctionAddVar(reference, type);
      locals.set(use, local);
      return local;
    };
    /** @param {number} part @returns {number} */
    const open = (part) => {
      const name = id(part) === binaryen.CallId ? Call.getTarget(part) : '';
      const isStand = name.startsWith(STAND);
      if (!isStand && !(never.has(caller) && name)) return 0;
      const given = Array.from({ length: Call.getNumOperands(part) },
        (_, i) => rewrite(binaryen, Call.getOperandAt(part, i), open));
      const isChecked = !isStand || name.startsWith(BY_TYPE);
      const target = named && isStand && isChecked ? localOf(i32, CALLEE) : -1;
      if (target >= 0) given.push(local.tee(target, given.pop(), i32));
      given.forEach((operand, i) => Call.setOperandAt(part, i, operand));
      const stand = stands.get(name);
      const call = (stand && inPlace(binaryen, module, stand, given, Call.isReturn(part))) || part;
      if (!isChecked) return call;
      const results = binaryen.getExpressionType(call);
      if (names.at(-1) !== caller) names.push(caller);
      const place = () => (target >= 0 ? local.get(target, i32) : numbers.const(callees.push(name) - 1));
      const numbersOf = named ? [numbers.const(names.length), place()] : [numbers.const(1)];
      const check = module.if(global.get(state, i32), module.call(END, numbersOf, none));
      if (results === none || results === binaryen.unreachable) return module.block(null, [call, check]);
      const result = localOf(results);
      return module.block(null, [local.set(result, call), check, local.get(result, results)], results);
    };
    binaryen.Function.setBody(reference, rewrite(binaryen, body, open));
  }
  if (names.length === 0) return;
  const kept = named ? [WAITED, WAITED_IN] : [WAITED];
  for (const one of kept) {
    module.addGlobal(one, i32, true, numbers.const(0));
    module.addGlobalExport(one, one);
  }
  module.addFunction(END, binaryen.createType(kept.map(() => i32)), none, [],
    module.block(null, [
      global.set(state, numbers.const(0)), ...kept.map((one, i) => global.set(one, local.get(i, i32))),
      module.unreachable(),
    ]));
  binaryen.setPassArgument('no-inline', END); // its calls are in thousands of places
  module.runPasses(['no-inline']);
  const texts = named ? names.map((name) => textOf(`${CALLEE},`, asCalled(name)))
    : [textOf('a function', 'a function (lull build -g names it)')];
  module.addCustomSection(TEXTS, new TextEncoder().encode(
    [texts, callees.map(asCalled)].map((list) => list.join('\0')).join('\0\0')));
}

/**
 * The indirect call of a stand, with the operands of its call. The passes may have left parameters out.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {number} stand
 * @param {number[]} given
 * @param {boolean} isReturn whether it is a tail call
 * @returns {number} 0 if it is not what it was
 */
function inPlace(binaryen, module, stand, given, isReturn) {
  const { CallIndirect, LocalGet, getExpressionId: id } = binaryen;
  const parts = [
    ...Array.from({ length: CallIndirect.getNumOperands(stand) }, (_, i) => CallIndirect.getOperandAt(stand, i)),
    CallIndirect.getTarget(stand),
  ];
  const places = parts.map((part) => (id(part) === binaryen.LocalGetId ? LocalGet.getIndex(part) : -1));
  const inOrder = places.length === given.length && places.every((place, i) => place === i);
  if (!inOrder) return 0;
  const call = isReturn ? module.return_call_indirect : module.call_indirect;
  return call(CallIndirect.getTable(stand), given.at(-1), given.slice(0, -1),
    CallIndirect.getParams(stand), CallIndirect.getResults(stand));
}

/** @param {number} params @param {number} results */
const signature = (params, results) => `${params}:${results}`;

/** @param {any} binaryen @param {number} call */
const signatureOf = ({ CallIndirect }, call) => signature(CallIndirect.getParams(call), CallIndirect.getResults(call));

/**
 * The names of the functions in the table, by their places.
 *
 * @param {any} binaryen
 * @param {any} module
 * @returns {string[]}
 */
function placesOf(binaryen, module) {
  /** @type {string[]} */
  const names = [];
  for (let index = 0; index < module.getNumElementSegments(); index++) {
    const { offset, data } = binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(index));
    if (!offset || binaryen.getExpressionId(offset) !== binaryen.ConstId) continue;
    for (const [i, name] of data.entries()) names[binaryen.Const.getValueI32(offset) + i] = name;
  }
  return Array.from(names, (name) => name ?? 'no function');
}

/** @param {any} binaryen @param {any} module @returns {string[]} */
function tableOf(binaryen, module) {
  return Array.from({ length: module.getNumElementSegments() }, (_, index) =>
    binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(index)).data).flat();
}
