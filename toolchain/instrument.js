/**
 * The last step of a build: make a linked module able to suspend, and its stacks safe.
 *
 * Binaryen's Asyncify instruments the functions that can suspend. It saves their frames without asking whether there is
 * room (only `stop_unwind` looks, when all are written), and wasm knows no limit of the C stack at all. So this step
 * adds both checks, before the write that they guard. What the C stack pointer and the end of the saved frames may not
 * do is cross:
 *
 * - Binaryen's stack-check pass guards every change of the C stack pointer, against a limit that the switch sets.
 * - That limit is the end of the saved frames (frames.js); every function that saves a frame checks that it fits.
 */
import { rewrite } from './expressions.js';
import { Failure } from './failure.js';
import { guardFrames } from './asyncify-frames.js';
import { findPackage } from './packages.js';

/** The functions whose indirect calls never suspend (src/sched/kernel.h). */
const HOOKS = 'lull__hook_*';

/** The functions that end the task: nobody enters their callers again. */
const LEAVING = ['lull_fail', 'lull_return'];
/** What begins their names where the caller returns by itself. */
const LEAVE = 'lull__leave_';

/** What a C stack overflow calls: see src/port/switch_asyncify.c. */
const OVERFLOW = 'lull stack overflow';
/** What the stack-check pass calls. */
const C_STACK_OVERFLOW = 'lull__c_stack_overflow';

/** What begins the names of functions that are exported where something refers to them: lull__export_x as lull_x. */
const EXPORT = 'lull__export_';

/** The exports that the loader needs after a trap, and those that only the passes need. */
const STACK_POINTER = '__stack_pointer';
/** The stack-check pass's. */
const STACK_LIMIT = '__stack_limit';
const LIMIT_EXPORT = 'lull_stack_limit';
const INTERNAL_EXPORTS = [
  'asyncify_start_unwind', 'asyncify_stop_unwind', 'asyncify_start_rewind', 'asyncify_stop_rewind',
  'asyncify_get_state', STACK_LIMIT, '__set_stack_limits', OVERFLOW,
];

/**
 * @typedef {object} InstrumentOptions
 * @property {string} [optimize] '0' to '3', 's' or 'z'; default '2'
 * @property {boolean} [debug] keep the functions' names
 */

/**
 * @param {Uint8Array} bytes a linked module with a name section
 * @param {InstrumentOptions} [options]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function instrument(bytes, { optimize = '2', debug = false } = {}) {
  const binaryen = await loadBinaryen();
  let module = binaryen.readBinary(bytes);
  try {
    // Shape of the code: Asyncify saves fewer locals of optimized code, so there is no level 0 here.
    binaryen.setOptimizeLevel({ 0: 1, 1: 1, s: 2, z: 2 }[optimize] ?? Number(optimize));
    binaryen.setShrinkLevel({ s: 1, z: 2 }[optimize] ?? 0);
    binaryen.setDebugInfo(true);
    // LLVM has inlined what is worth it. More would make large what engines inline at run time only while it is small.
    binaryen.setOneCallerInlineMaxSize(4);
    binaryen.clearPassArguments();
    binaryen.setPassArgument('stack-check-handler', C_STACK_OVERFLOW);
    binaryen.setPassArgument('asyncify-ignore-imports', '1');

    module.setFeatures(module.getFeatures() | features(binaryen));
    if (!module.getExport(STACK_POINTER)) module.addGlobalExport(STACK_POINTER, STACK_POINTER);
    eachFunction(binaryen, module, ({ name }) => {
      if (name.startsWith(EXPORT)) module.addFunctionExport(name, `lull_${name.slice(EXPORT.length)}`);
    });
    module.runPasses(['strip-dwarf', 'stack-check']);
    checkBottomOnly(binaryen, module);
    // Binaryen 132 gives the calls of the handler a wrong type; reading finds the right one.
    module = reread(binaryen, module);
    for (const pattern of [...switchingFunctions(binaryen, module), ...LEAVING, HOOKS]) {
      binaryen.setPassArgument('no-inline', pattern);
      module.runPasses(['no-inline']);
    }
    module.optimize();
    const leaving = returnAfterLeaving(binaryen, module);
    binaryen.setPassArgument('asyncify-removelist', leaving.length ? `${HOOKS},${LEAVE}*` : HOOKS);
    if (leaving.length) binaryen.setPassArgument('asyncify-addlist', leaving.join());
    binaryen.setPassArgument('asyncify-propagate-addlist', '1');
    module.runPasses(['asyncify']);
    /** @type {number[]} */
    const bodies = [];
    eachFunction(binaryen, module, ({ body }) => bodies.push(body));
    guardFrames(binaryen, module, bodies, exported(binaryen, module, STACK_LIMIT), STACK_POINTER);
    resolveImports(binaryen, module);
    module.addFunctionExport(exported(binaryen, module, '__set_stack_limits'), LIMIT_EXPORT);
    for (const name of INTERNAL_EXPORTS) module.removeExport(name);
    module.optimize(); // which removes what nothing uses any longer
    module.runPasses(debug ? ['strip-producers'] : ['strip-debug', 'strip-producers']);
    binaryen.setDebugInfo(debug);
    if (module.getGlobal('__asyncify_data')) {
      throw new Error('lull: this version of Binaryen saves frames in a way that lull does not know');
    }
    if (!module.validate()) throw new Error('lull: Binaryen made an invalid module; please report this');
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** No stack is above this; a stack pointer is that a large frame has taken below 0, to the end of the address space. */
const HIGHEST = 0xf0000000;

/**
 * Have the stack check compare with a limit that moves at the bottom only, which is where a stack overflows.
 *
 * @param {any} binaryen
 * @param {any} module just after the stack-check pass
 */
function checkBottomOnly(binaryen, module) {
  const { i32, none } = binaryen;
  module.removeGlobal('__stack_base');
  module.addGlobal('__stack_base', i32, false, module.i32.const(HIGHEST | 0));
  module.addGlobalExport(STACK_LIMIT, STACK_LIMIT);
  module.removeFunction('__set_stack_limits');
  module.addFunction('__set_stack_limits', i32, none, [], module.global.set(STACK_LIMIT, module.local.get(0, i32)));
}

/**
 * What the compilers use, and do not always leave word of. Not all: Node 20 refuses some of what Binaryen then writes.
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
 * @param {any} binaryen
 * @param {any} module
 */
function reread(binaryen, module) {
  const bytes = module.emitBinary();
  const features = module.getFeatures();
  module.dispose();
  const again = binaryen.readBinary(bytes);
  again.setFeatures(features);
  return again;
}

/**
 * What a function or a global is called in the module that the module exports under this name.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {string} name
 * @returns {string}
 */
function exported(binaryen, module, name) {
  return binaryen.getExportInfo(module.getExport(name)).value;
}

/** @returns {Promise<any>} */
async function loadBinaryen() {
  const found = findPackage('binaryen');
  if (found) return (await import(found.url)).default;
  throw new Failure(
    'Binaryen, which makes C functions able to suspend, is not installed: npm install --save-dev binaryen@132.0.0',
  );
}

/**
 * The functions that call Asyncify's intrinsics. Inlined into an instrumented function, they would break it. Those that
 * suspend must not move the C stack pointer either, for they are entered once more to resume.
 *
 * @param {any} binaryen
 * @param {any} module
 * @returns {string[]}
 */
function switchingFunctions(binaryen, module) {
  const intrinsics = new Map();
  /** @type {string[]} */
  const names = [];
  eachFunction(binaryen, module, ({ module: from, base, name }) => {
    if (from === 'asyncify') intrinsics.set(name, base);
  });
  eachFunction(binaryen, module, ({ name, body }) => {
    if (!body) return;
    const text = binaryen.emitText(body);
    const called = [...intrinsics].filter(([internal]) => text.includes(`(call $${internal}`)).map(([, base]) => base);
    if (called.length) names.push(name);
    if (called.includes('start_unwind') && text.includes(`(global.set $${STACK_POINTER}`)) {
      throw new Error(`lull: ${name} suspends, and has a C stack frame: compile the runtime with optimization`);
    }
  });
  return names;
}

/**
 * Have each function that calls one of LEAVING return at once, with anything: the stack unwinds, and is not rewound.
 * Left to itself, Asyncify would save what it takes to make the call once more. A call that is not found here is left
 * to it.
 *
 * @param {any} binaryen
 * @param {any} module
 * @returns {string[]} the functions that may return while the stack unwinds, though Asyncify sees nothing in them that
 *   does
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
 * @param {(info: { name: string, module: string, base: string, results: number, body: number, function: number }) =>
 *   void} visit
 */
function eachFunction(binaryen, module, visit) {
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const reference = module.getFunctionByIndex(index);
    visit({ ...binaryen.getFunctionInfo(reference), function: reference });
  }
}

/**
 * Give the functions that C imports from this step their bodies.
 *
 * @param {any} binaryen
 * @param {any} module
 */
function resolveImports(binaryen, module) {
  const { i32, none, createType } = binaryen;
  /** @type {Map<string, string>} what the imported functions are called in the module */
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
    module.call(exported(binaryen, module, '__set_stack_limits'), [argument(0)], none),
    module.global.set(STACK_POINTER, argument(1)),
  ]));
  define('switching', none, i32, module.global.get('__asyncify_state', i32));
  define('stack_limit', none, i32, module.global.get(exported(binaryen, module, STACK_LIMIT), i32));
  // Asyncify's own set the end of the frames, which the switch does, and look at the limit, which the frames have done
  // by then.
  const setState = (/** @type {number} */ state) => module.global.set('__asyncify_state', module.i32.const(state));
  for (const name of ['start_unwind', 'stop_unwind', 'start_rewind', 'stop_rewind']) {
    imports.set(name, `asyncify_${name}`);
  }
  define('start_unwind', i32, none, setState(1));
  define('stop_unwind', none, none, setState(0));
  define('start_rewind', i32, none, setState(2));
  define('stop_rewind', none, none, setState(0));
  define(C_STACK_OVERFLOW, i32, none, module.call(exported(binaryen, module, OVERFLOW), [], none));
}
