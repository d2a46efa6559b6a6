/**
 * The last step of a build: runs Binaryen's Asyncify, so that a linked module can suspend, and guards its stacks.
 *
 * Binaryen's Asyncify instruments the functions that can suspend. It saves their frames without a check for room (only
 * `stop_unwind` checks, after all are written), and wasm has no limit of the C stack at all. This step adds both
 * checks, each before the write that it guards. The C stack pointer and the end of the saved frames must not cross:
 *
 * - Every change of the C stack pointer is checked against a limit that the switch sets (stack-check.js).
 * - That limit is the end of the saved frames (asyncify-frames.js); every function that saves a frame checks that it
 *   fits.
 *
 * See D2, D27, D48, D49, D52, D63.
 */
import { guardFrames } from './asyncify-frames.js';
import { asyncifyGlobals } from './asyncify-globals.js';
import { callAny } from './call-any.js';
import { moveCatches } from './catches.js';
import { compactFrame } from './compact-frames.js';
import { chooseDescriptors } from './descriptors.js';
import { rewrite } from './expressions.js';
import { Failure } from './failure.js';
import { FramesEnd, INDEX_SIZE } from './frames-end.js';
import { calledByLibraries, countFuel } from './fuel.js';
import { limitMemory } from './memory-limit.js';
import { Passes } from './passes.js';
import { reserveStack } from './reserve-stack.js';
import { checkStack } from './stack-check.js';
import { catchUncaught } from './uncaught.js';
import { WITHOUT } from './wasm-opt.js';

/**
 * @import { Counted } from './fuel.js'
 * @import { WasmOpt } from './wasm-opt.js'
 */

/** The functions whose indirect calls never suspend (src/base/compiler.h). */
const HOOKS = 'lull__hook_*';

/** The functions that end the task: their callers never continue. */
const LEAVING = ['lull_fail', 'lull_return'];
/** The prefix of their names in calls after which the caller returns on its own. */
const LEAVE = 'lull__leave_';

/** The handler of C stack overflows: see src/port/switch_asyncify.c. */
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
const INTERNAL_EXPORTS = [
  'asyncify_start_unwind', 'asyncify_stop_unwind', 'asyncify_start_rewind', 'asyncify_stop_rewind',
  'asyncify_get_state', STACK_LIMIT, SET_LIMIT, OVERFLOW,
];

/** The passes at the end. Asyncify has just optimized the functions, so few are left. See D90. */
const CLEANUP = [
  'remove-unused-module-elements', 'inlining', 'precompute', 'remove-unused-brs', 'vacuum',
  'remove-unused-module-elements',
];

/**
 * @typedef {object} InstrumentOptions
 * @property {string} [optimize] '0' to '3', 's' or 'z'; default '2'
 * @property {boolean} [debug] keep the functions' names
 * @property {Counted} [fuel] the functions that count what they do: see fuel.js
 * @property {boolean} [compactFrames] off only to prove that the result is correct without
 * @property {WasmOpt} [wasmOpt] the program that runs the long passes
 */

/** The instrumentation before this one: Binaryen's settings are those of the whole process. */
let before = Promise.resolve();

/**
 * @param {any} binaryen
 * @param {Uint8Array} bytes a linked module with a name section
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
 * @param {Uint8Array} bytes
 * @param {InstrumentOptions} [options]
 */
async function instrumentAlone(binaryen, bytes, { optimize = '2', wasmOpt, ...options } = {}) {
  const passes = new Passes(binaryen, bytes, optimize, wasmOpt);
  const { fuel } = options;
  try {
    passes.notInlined(guardStack(binaryen, passes.module, fuel?.yields));
    const { called, still } = fuel?.yields
      ? calledByLibraries(binaryen, functionsOf(binaryen, passes.module), fuel.own)
      : { called: [], still: undefined };
    passes.notInlined(called);
    // Slow, for 2 % of size: Asyncify optimizes instrumented functions once more. See D99.
    if (optimize === '0' || optimize === '1') passes.module.runPasses(['remove-unused-module-elements']);
    else await passes.optimize();
    exportUsed(binaryen, passes.module);
    if (fuel?.yields) countFuel(binaryen, passes.module, functionsOf(binaryen, passes.module), fuel, still);
    const leaving = returnAfterLeaving(binaryen, passes.module);
    await passes.asyncify({
      'asyncify-removelist': leaving.length ? `${HOOKS},${LEAVE}*` : HOOKS,
      ...(leaving.length ? { 'asyncify-addlist': leaving.join() } : {}),
    });
    return finish(binaryen, passes.module, options);
  } catch (error) {
    if (!wasmOpt || error instanceof Failure) throw error;
    const { message } = /** @type {Error} */ (error);
    throw new Failure(`${message} (with ${wasmOpt.path}, version ${wasmOpt.version}; ${WITHOUT})`);
  } finally {
    passes.dispose();
  }
}

/**
 * The steps before the passes.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {boolean} [atomics] whether there may be some: clang 14 does not say so
 * @returns {string[]} the functions that must not be inlined
 */
function guardStack(binaryen, module, atomics) {
  const { ExceptionHandling, Atomics } = binaryen.Features;
  callAny(binaryen, module, functionsOf(binaryen, module));
  chooseDescriptors(binaryen, module);
  catchUncaught(binaryen, module, () => switchingFunctions(binaryen, module));
  const { throws, restores } = moveCatches(binaryen, module, STACK_POINTER);
  module.setFeatures(
    module.getFeatures() | features(binaryen) | (throws ? ExceptionHandling : 0) | (atomics ? Atomics : 0));
  if (!module.getExport(STACK_POINTER)) module.addGlobalExport(STACK_POINTER, STACK_POINTER);
  eachFunction(binaryen, module, ({ name }) => {
    if (name.startsWith(EXPORT)) module.addFunctionExport(name, `lull_${name.slice(EXPORT.length)}`);
  });
  limitMemory(binaryen, module, functionsOf(binaryen, module));
  module.runPasses(['strip-dwarf']);
  addLimit(binaryen, module);
  const overflow = exported(binaryen, module, OVERFLOW);
  checkStack(binaryen, module, { pointer: STACK_POINTER, limit: STACK_LIMIT, overflow, restores });
  return [...switchingFunctions(binaryen, module), ...LEAVING, HOOKS, overflow, `${USED}*`];
}

/**
 * The steps after Asyncify.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {InstrumentOptions} options
 * @returns {Uint8Array<ArrayBuffer>} the module's bytes
 */
function finish(binaryen, module, { debug = false, fuel, compactFrames = true }) {
  /** @type {number[]} */
  const bodies = [];
  eachFunction(binaryen, module, ({ body }) => bodies.push(body));
  const { state, data } = asyncifyGlobals(binaryen, module);
  const end = new FramesEnd(binaryen, data);
  const globals = { limit: exported(binaryen, module, STACK_LIMIT), pointer: STACK_POINTER };
  guardFrames(binaryen, module, bodies, end, globals, (frame) =>
    compactFrames ? compactFrame(binaryen, module, end, frame) : frame.size + INDEX_SIZE);
  resolveImports(binaryen, module, state);
  const setLimit = exported(binaryen, module, SET_LIMIT);
  for (const name of INTERNAL_EXPORTS) module.removeExport(name);
  reserveStack(binaryen, module, state); // without these, which each switch calls
  if (fuel && !fuel.yields) countFuel(binaryen, module, functionsOf(binaryen, module), fuel);
  module.addFunctionExport(setLimit, LIMIT_EXPORT);
  module.runPasses(CLEANUP);
  module.runPasses(debug ? ['strip-producers'] : ['strip-debug', 'strip-producers']);
  binaryen.setDebugInfo(debug);
  if (module.getGlobal(data)) {
    throw new Error('lull: this version of Binaryen saves frames in a way that lull does not know');
  }
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
 * The internal name of an exported function or global.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {string} name
 * @returns {string}
 */
function exported(binaryen, module, name) {
  return binaryen.getExportInfo(module.getExport(name)).value;
}

/**
 * The functions that call Asyncify's intrinsics. Inlined into an instrumented function, they would break it. Those that
 * suspend must not move the C stack pointer either: they are called again to resume.
 *
 * @param {any} binaryen
 * @param {any} module
 * @returns {string[]}
 */
function switchingFunctions(binaryen, module) {
  const { Call, GlobalSet, getExpressionId: id } = binaryen;
  const intrinsics = new Map();
  /** @type {string[]} */
  const names = [];
  eachFunction(binaryen, module, ({ module: from, base, name }) => {
    if (from === 'asyncify') intrinsics.set(name, base);
  });
  eachFunction(binaryen, module, ({ name, body }) => {
    if (!body) return;
    /** @type {Set<string>} */
    const called = new Set();
    let hasFrame = false;
    rewrite(binaryen, body, (part) => {
      const intrinsic = id(part) === binaryen.CallId && intrinsics.get(Call.getTarget(part));
      if (intrinsic) called.add(intrinsic);
      hasFrame ||= id(part) === binaryen.GlobalSetId && GlobalSet.getName(part) === STACK_POINTER;
      return 0;
    });
    if (called.size) names.push(name);
    if (called.has('start_unwind') && hasFrame) {
      throw new Error(`lull: ${name} suspends, and has a C stack frame: compile the runtime with optimization`);
    }
  });
  return names;
}

/**
 * Make each function that calls one of LEAVING return at once, with any value: the stack unwinds, and is not rewound.
 * Asyncify would save the frame, for a rewind that never comes. It still does for calls that are not found here.
 *
 * @param {any} binaryen
 * @param {any} module
 * @returns {string[]} the functions that may return while the stack unwinds, which Asyncify cannot see
 */
function returnAfterLeaving(binaryen, module) {
  const { Call, none, i32, i64, f32, f64 } = binaryen;
  const anything = new Map([
    [none, () => undefined],
    [i32, () => module.i32.const(0)],
    [i64, () => module.i64.const(0n)],
    [f32, () => module.f32.const(0)],
    [f64, () => module.f64.const(0)],
  ]);
  const leaving = LEAVING.filter((name) => module.getFunction(name));
  /** @type {Set<string>} */
  const returning = new Set();
  eachFunction(binaryen, module, ({ name, results, body, function: reference }) => {
    const result = anything.get(results);
    if (!body || !result || leaving.includes(name)) return;
    const rewritten = rewrite(binaryen, body, (expression) => {
      if (binaryen.getExpressionId(expression) !== binaryen.CallId || !leaving.includes(Call.getTarget(expression))) {
        return 0;
      }
      returning.add(name);
      Call.setTarget(expression, LEAVE + Call.getTarget(expression));
      return module.block(null, [expression, module.return(result())], none);
    });
    binaryen.Function.setBody(reference, rewritten);
  });
  for (const name of leaving) {
    const { params } = binaryen.getFunctionInfo(module.getFunction(name));
    const passedOn = binaryen
      .expandType(params)
      .map((/** @type {number} */ type, /** @type {number} */ i) => module.local.get(i, type));
    module.addFunction(LEAVE + name, params, none, [], module.call(name, passedOn, none));
  }
  return [...returning];
}

/**
 * @param {any} binaryen
 * @param {any} module
 * @param {(info: { name: string, module: string, base: string, params: number, results: number, vars: number[],
 *   body: number, function: number }) => void} visit
 */
function eachFunction(binaryen, module, visit) {
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const reference = module.getFunctionByIndex(index);
    visit({ ...binaryen.getFunctionInfo(reference), function: reference });
  }
}

/**
 * @param {any} binaryen
 * @param {any} module
 */
function functionsOf(binaryen, module) {
  /**
   * @type {{ name: string, module: string, base: string, body: number, function: number, params: number,
   *   results: number, vars: number[] }[]}
   */
  const all = [];
  eachFunction(binaryen, module, (info) => all.push(info));
  return all;
}

/**
 * Define the functions that C imports from this step.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {string} state the global of Asyncify's state
 */
function resolveImports(binaryen, module, state) {
  const { i32, none, createType } = binaryen;
  /** @type {Map<string, string>} the internal names of imported functions */
  const imports = new Map();
  eachFunction(binaryen, module, ({ base, name }) => {
    if (base) imports.set(base, name);
  });
  const define = (
    /** @type {string} */ base,
    /** @type {number} */ params,
    /** @type {number} */ result,
    /** @type {number} */ body,
  ) => {
    const name = imports.get(base);
    if (!name) return; // nothing calls it
    module.removeFunction(name);
    module.addFunction(name, params, result, [], body);
  };
  const argument = (/** @type {number} */ index) => module.local.get(index, i32);
  define('set_stack', createType([i32, i32]), none, module.block(null, [
    module.call(exported(binaryen, module, SET_LIMIT), [argument(0)], none),
    module.global.set(STACK_POINTER, argument(1)),
  ]));
  define('switching', none, i32, module.global.get(state, i32));
  define('stack_limit', none, i32, module.global.get(exported(binaryen, module, STACK_LIMIT), i32));
  // In place of Asyncify's own, which also set the end of the frames, as the switch does here, and check the limit, as
  // the frames do.
  const setState = (/** @type {number} */ value) => module.global.set(state, module.i32.const(value));
  for (const name of ['start_unwind', 'stop_unwind', 'start_rewind', 'stop_rewind']) {
    imports.set(name, exported(binaryen, module, `asyncify_${name}`));
  }
  define('start_unwind', i32, none, setState(1));
  define('stop_unwind', none, none, setState(0));
  define('start_rewind', i32, none, setState(2));
  define('stop_rewind', none, none, setState(0));
}
