/**
 * The last step of a build: gives a linked module the switch by which its tasks suspend, and guards their C stacks.
 * Wasm has no limit of the C stack, so every change of its pointer is checked here against a limit that the switch
 * sets (stack-check.js).
 *
 * What depends on the switch is in switch-asyncify.js, switch-stacks.js and switch-jspi.js.
 * See D2, D27, D48, D49, D52, D63, D121, D122.
 */
import { callAny } from './call-any.js';
import { CLOSED, closeCalls } from './closed-calls.js';
import { reportOf } from './suspend-report.js';
import { takeFacts } from './facts-section.js';
import { moveCatches } from './catches.js';
import { chooseDescriptors } from './descriptors.js';
import { Failure } from './failure.js';
import { calledByLibraries, countFuel } from './fuel.js';
import { eachFunction, exported, functionsOf, importedFrom } from './functions.js';
import { limitMemory } from './memory-limit.js';
import { namesOf } from './object-file.js';
import { Passes } from './passes.js';
import { reserveStack } from './reserve-stack.js';
import { checkStack } from './stack-check.js';
import * as asyncify from './switch-asyncify.js';
import * as jspi from './switch-jspi.js';
import * as stacks from './switch-stacks.js';
import { hasTailCalls } from './tail-calls.js';
import { catchUncaught } from './uncaught.js';
import { WITHOUT } from './wasm-opt.js';

/**
 * @import { CallGraph } from './call-graph.js'
 * @import { Report } from './suspend-report.js'
 * @import { Counted } from './fuel.js'
 * @import { Switch } from './switches.js'
 * @import { WasmOpt } from './wasm-opt.js'
 */

/** The steps of each switch, which have the same names and contracts. */
const STEPS = { asyncify, stacks, jspi };

/** The functions whose indirect calls never suspend (src/base/compiler.h). */
const HOOK = 'lull__hook_';

/** The handler of C stack overflows: see src/port/c_stack.c. */
const OVERFLOW = 'lull stack overflow';

/** The prefix of functions that are exported if they are linked: lull__export_x as lull_x. */
const EXPORT = 'lull__export_';
/** The same for functions that are exported if something uses them, once unused functions are gone. */
const USED = 'lull__used_';
/** A function that C calls to use one of these without calling it: false. */
const NEVER = 'never';

/** The loader sets these two after a trap. */
const STACK_POINTER = '__stack_pointer';
const LIMIT_EXPORT = 'lull_stack_limit';
const STACK_LIMIT = '__stack_limit';
const SET_LIMIT = '__set_stack_limits';
/** Exports for the passes alone. */
const INTERNAL_EXPORTS = [STACK_LIMIT, SET_LIMIT, OVERFLOW];

/** The passes at the end. Functions have been optimized, by Asyncify once more, so few are left. See D90. */
const CLEANUP = [
  'remove-unused-module-elements', 'inlining', 'precompute', 'remove-unused-brs', 'vacuum',
  'remove-unused-module-elements',
];

/** @typedef {{ limit: string, pointer: string }} Globals the C stack's limit and its pointer */

/**
 * @typedef {object} InstrumentOptions
 * @property {Switch} [switch] default 'asyncify'
 * @property {string} [optimize] '0' to '3', 's' or 'z'; default '2'
 * @property {boolean} [debug] keep the functions' names
 * @property {boolean} [all] instrument each function with an indirect call, whatever is known about its calls
 * @property {Counted} [fuel] the functions that count what they do: see fuel.js
 * @property {(report: Report) => void} [report] gets what is instrumented, and why
 * @property {boolean} [compactFrames] off only to prove that the result is correct without
 * @property {Set<string>} [never] functions that do not suspend, as their authors say
 * @property {Set<string>} [foreign] functions that are not the C library's, and have no facts about calls
 * @property {Map<number, string>} [sources] the names of functions in the facts; default: those of the module
 * @property {WasmOpt} [wasmOpt] the program that runs the long passes
 */

/** The instrumentation before this one: Binaryen's settings are those of the whole process. */
let before = Promise.resolve();

/**
 * @param {any} binaryen
 * @param {import('./system.js').Bytes} bytes a linked module with a name section
 * @param {InstrumentOptions} [options]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export function instrument(binaryen, bytes, options) {
  const made = before.then(() => instrumentAlone(binaryen, bytes, options));
  before = made.then(() => {}, () => {});
  return made;
}

/**
 * @param {any} binaryen
 * @param {import('./system.js').Bytes} bytes
 * @param {InstrumentOptions} [given]
 */
async function instrumentAlone(binaryen, bytes, given = {}) {
  const { optimize = '2', wasmOpt, all = false, foreign = new Set(), sources, report, ...options } = given;
  const { facts, rest } = takeFacts(bytes);
  const passes = new Passes(binaryen, rest, optimize, wasmOpt);
  const sourceOf = sourceNames(binaryen, passes.module, sources ?? namesOf(rest));
  const { fuel } = options;
  const steps = STEPS[options.switch ?? 'asyncify'];
  try {
    passes.notInlined(guardStack(binaryen, passes.module, steps, fuel?.yields));
    const { called, still } = fuel?.yields
      ? calledByLibraries(binaryen, functionsOf(binaryen, passes.module), fuel.own)
      : { called: [], still: undefined };
    passes.notInlined(called);
    /** @type {CallGraph | undefined} */
    let graph;
    if (facts.length > 0 && !all && !fuel?.yields && steps === asyncify) {
      passes.module.runPasses(['remove-unused-module-elements']);
      graph = closeCalls(binaryen, passes.module, functionsOf(binaryen, passes.module), facts, {
        never: (name) => name.startsWith(HOOK), foreign: (name) => foreign.has(name),
        sourceOf: (name) => sourceOf.get(name) ?? name,
      });
      passes.notInlined([CLOSED, ...graph.never]);
    }
    // Slow, for 2 % of size: Asyncify optimizes instrumented functions once more. See D99.
    if (optimize === '0' || optimize === '1') passes.module.runPasses(['remove-unused-module-elements']);
    else await passes.optimize();
    exportUsed(binaryen, passes.module);
    if (fuel?.yields) countFuel(binaryen, passes.module, functionsOf(binaryen, passes.module), fuel, still);
    const before = report && graph ? passes.module.emitBinary() : undefined;
    await steps.instrument(binaryen, passes, graph?.never);
    const told = before && graph && report ? (/** @type {import('./system.js').Bytes} */ after) =>
      report(reportOf(/** @type {CallGraph} */ (graph), before, after, foreign)) : undefined;
    return finish(binaryen, passes.module, steps, { ...options, never: graph?.never }, told);
  } catch (error) {
    if (!wasmOpt || error instanceof Failure) throw error;
    const { message } = /** @type {Error} */ (error);
    throw new Failure(`${message} (with ${wasmOpt.path}, version ${wasmOpt.version}; ${WITHOUT})`);
  } finally {
    passes.dispose();
  }
}

/**
 * The names of functions in their sources, where Binaryen has others: it makes those of several sources different, and
 * the linker writes those of C++ as users read them.
 *
 * @param {any} binaryen
 * @param {any} module as it was read
 * @param {Map<number, string>} names by the functions' indices
 * @returns {Map<string, string>}
 */
function sourceNames(binaryen, module, names) {
  return new Map(functionsOf(binaryen, module).flatMap(({ name }, index) => {
    const source = names.get(index);
    return source === undefined || source === name ? [] : [[name, source]];
  }));
}

/**
 * The steps before the passes.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {typeof STEPS[Switch]} steps
 * @param {boolean} [atomics] whether there may be some: clang 14 does not say so
 * @returns {string[]} the functions that must not be inlined
 */
function guardStack(binaryen, module, steps, atomics) {
  const { ExceptionHandling, Atomics, TailCall } = binaryen.Features;
  callAny(binaryen, module, functionsOf(binaryen, module));
  chooseDescriptors(binaryen, module);
  catchUncaught(binaryen, module, () => steps.entering(binaryen, module));
  const { throws, restores } = moveCatches(binaryen, module, STACK_POINTER);
  module.setFeatures(
    module.getFeatures() | features(binaryen) | (throws ? ExceptionHandling : 0) | (atomics ? Atomics : 0)
      | (hasTailCalls(binaryen, module) ? TailCall : 0));
  if (!module.getExport(STACK_POINTER)) module.addGlobalExport(STACK_POINTER, STACK_POINTER);
  eachFunction(binaryen, module, ({ name }) => {
    if (name.startsWith(EXPORT)) module.addFunctionExport(name, `lull_${name.slice(EXPORT.length)}`);
  });
  limitMemory(binaryen, module, functionsOf(binaryen, module));
  module.runPasses(['strip-dwarf']);
  addLimit(binaryen, module);
  const overflow = exported(binaryen, module, OVERFLOW);
  checkStack(binaryen, module, { pointer: STACK_POINTER, limit: STACK_LIMIT, overflow, restores });
  return [...steps.notInlined(binaryen, module), overflow, `${USED}*`];
}

/**
 * The steps after the passes.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {typeof STEPS[Switch]} steps
 * @param {InstrumentOptions} options
 * @param {(named: import('./system.js').Bytes) => void} [told] gets the module with its names
 * @returns {Uint8Array<ArrayBuffer>} the module's bytes
 */
function finish(binaryen, module, steps, options, told) {
  const { debug = false, fuel } = options;
  const globals = { limit: exported(binaryen, module, STACK_LIMIT), pointer: STACK_POINTER };
  const { never3, complete } = steps.define(binaryen, module, globals, options);
  defineSetStack(binaryen, module);
  const setLimit = exported(binaryen, module, SET_LIMIT);
  for (const name of INTERNAL_EXPORTS) module.removeExport(name);
  reserveStack(binaryen, module, never3); // without these, which each switch calls
  if (fuel && !fuel.yields) countFuel(binaryen, module, functionsOf(binaryen, module), fuel);
  module.addFunctionExport(setLimit, LIMIT_EXPORT);
  module.runPasses(CLEANUP);
  told?.(module.emitBinary());
  module.runPasses(debug ? ['strip-producers'] : ['strip-debug', 'strip-producers']);
  binaryen.setDebugInfo(debug);
  complete();
  if (!module.validate()) throw new Error('lull: Binaryen made an invalid module; please report this');
  return module.emitBinary();
}

/**
 * The limit of the C stack, and the function that sets it.
 *
 * @param {any} binaryen
 * @param {any} module
 */
function addLimit(binaryen, module) {
  const { i32, none } = binaryen;
  module.addGlobal(STACK_LIMIT, i32, true, module.i32.const(0));
  module.addGlobalExport(STACK_LIMIT, STACK_LIMIT);
  module.addFunction(SET_LIMIT, i32, none, [], module.global.set(STACK_LIMIT, module.local.get(0, i32)));
  module.addFunctionExport(SET_LIMIT, SET_LIMIT);
}

/**
 * @param {any} binaryen
 * @param {any} module optimized
 */
function exportUsed(binaryen, module) {
  for (const { base, name, results } of functionsOf(binaryen, module)) {
    if (name.startsWith(USED)) module.addFunctionExport(name, `lull_${name.slice(USED.length)}`);
    if (base !== NEVER) continue;
    module.removeFunction(name);
    module.addFunction(name, binaryen.none, results, [], module.i32.const(0));
  }
}

/**
 * The features that compilers use, and do not always declare. Not all features: Node 20 refuses some of the code that
 * Binaryen would then write.
 *
 * @param {any} binaryen
 */
function features({ Features: has }) {
  return (
    has.MutableGlobals |
    has.NontrappingFPToInt |
    has.BulkMemory |
    has.BulkMemoryOpt |
    has.SignExt |
    has.ReferenceTypes |
    has.Multivalue |
    has.CallIndirectOverlong
  );
}

/**
 * Define the function by which each switch goes to another C stack.
 *
 * @param {any} binaryen
 * @param {any} module
 */
function defineSetStack(binaryen, module) {
  const { i32, none, createType } = binaryen;
  const name = importedFrom(binaryen, module, 'lull build').get('set_stack');
  if (!name) return; // nothing calls it
  const argument = (/** @type {number} */ index) => module.local.get(index, i32);
  module.removeFunction(name);
  module.addFunction(name, createType([i32, i32]), none, [], module.block(null, [
    module.call(exported(binaryen, module, SET_LIMIT), [argument(0)], none),
    module.global.set(STACK_POINTER, argument(1)),
  ]));
}
