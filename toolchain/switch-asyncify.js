/**
 * The switch on Asyncify, as the build makes it: Binaryen's Asyncify instruments the functions that can suspend. It
 * saves their frames without a check for room (only `stop_unwind` checks, after all are written). Here every function
 * that saves a frame first checks that it fits: the limit of the C stack is the end of the saved frames
 * (asyncify-frames.js). The other side is src/port/switch_asyncify.c. See D2, D49, D52, D63.
 */
import { guardFrames } from './asyncify-frames.js';
import { asyncifyGlobals } from './asyncify-globals.js';
import { CLOSED, openCalls } from './closed-calls.js';
import { compactFrame } from './compact-frames.js';
import { rewrite } from './expressions.js';
import { FrameSavers } from './frame-savers.js';
import { FramesEnd, INDEX_SIZE } from './frames-end.js';
import { eachFunction, exported, functionsOf, importedFrom } from './functions.js';
import { jumpToResumed } from './resume-jumps.js';
import { hideTailCalls, showTailCalls } from './tail-calls.js';

/** @import { Passes } from './passes.js' */
/** @import { Globals, InstrumentOptions } from './instrument.js' */

/** The functions whose indirect calls never suspend (src/base/compiler.h). */
const HOOKS = 'lull__hook_*';

/** The functions that end the task: their callers never continue. */
const LEAVING = ['lull_fail', 'lull_return'];
/** The prefix of their names in calls after which the caller returns on its own. */
const LEAVE = 'lull__leave_';

/** The global that is the C stack pointer. */
const STACK_POINTER = '__stack_pointer';

/** Asyncify's own functions. */
const INTRINSICS = ['start_unwind', 'stop_unwind', 'start_rewind', 'stop_rewind'];

/** The passes on functions whose tests of the state are gone (resume-jumps.js), and with them uses of locals. */
const AFTER_JUMPS = [
  'remove-unused-brs', 'remove-unused-names', 'optimize-instructions', 'simplify-locals', 'vacuum', 'reorder-locals',
  'coalesce-locals', 'simplify-locals', 'vacuum', 'reorder-locals', 'merge-blocks', 'remove-unused-brs', 'vacuum',
];

/** The functions that enter tasks are among those that switch: they do so by their only indirect calls. */
export const entering = switchingFunctions;

/**
 * The functions that must not be inlined.
 *
 * @param {any} binaryen
 * @param {any} module
 * @returns {string[]} patterns
 */
export const notInlined = (binaryen, module) => [...switchingFunctions(binaryen, module), ...LEAVING, HOOKS];

/**
 * @param {any} binaryen
 * @param {Passes} passes on an optimized module
 * @param {Set<string>} [never] functions that do not suspend, as their authors say
 */
export async function instrument(binaryen, passes, never = new Set()) {
  hideTailCalls(binaryen, passes.module, never, (name) =>
    name.startsWith(HOOKS.slice(0, -1)) || name.startsWith(CLOSED.slice(0, -1)));
  const leaving = returnAfterLeaving(binaryen, passes.module, never);
  const names = functionsOf(binaryen, passes.module).map(({ name }) => name);
  // Binaryen warns of a pattern that matches nothing: the passes may have removed all of a kind.
  const hasAny = (/** @type {string} */ pattern) => names.some((name) => name.startsWith(pattern.slice(0, -1)));
  const patterns = [HOOKS, CLOSED, `${LEAVE}*`].filter(hasAny);
  await passes.asyncify({
    'asyncify-removelist': [...patterns, ...names.filter((name) => never.has(name))].join(),
    ...(leaving.length ? { 'asyncify-addlist': leaving.join() } : {}),
  });
}

/**
 * Guard the frames, and define what C imports.
 *
 * @param {any} binaryen
 * @param {any} module just after `instrument`
 * @param {Globals} globals
 * @param {InstrumentOptions} options
 * @returns {{ never3: string, complete: () => void }} a global that is never 3; and the last step
 */
export function define(binaryen, module, globals, { compactFrames = true, debug = false, never }) {
  const { state, data } = asyncifyGlobals(binaryen, module);
  const end = new FramesEnd(binaryen, data);
  const jumping = compactFrames ? functionsOf(binaryen, module).filter(({ body, function: reference }) =>
    body && jumpToResumed(binaryen, module, reference, end, state)) : [];
  showTailCalls(binaryen, module);
  openCalls(binaryen, module, functionsOf(binaryen, module), state, debug, never);
  /** @type {number[]} */
  const bodies = [];
  eachFunction(binaryen, module, ({ body }) => bodies.push(body));
  const savers = new FrameSavers(binaryen, module, end, globals);
  guardFrames(binaryen, module, bodies, end, globals, compactFrames
    ? (frame) => savers.save(frame, compactFrame(binaryen, module, end, frame))
    : (frame) => frame.size + INDEX_SIZE);
  savers.keep();
  for (const { function: reference } of jumping) module.runPassesOnFunction(reference, AFTER_JUMPS);
  resolveImports(binaryen, module, state, globals.limit);
  for (const name of [...INTRINSICS, 'get_state']) module.removeExport(`asyncify_${name}`);
  return {
    never3: state,
    complete() {
      if (module.getGlobal(data)) {
        throw new Error('lull: this version of Binaryen saves frames in a way that lull does not know');
      }
    },
  };
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
 * @param {Set<string>} never functions that are not instrumented
 * @returns {string[]} the functions that may return while the stack unwinds, which Asyncify cannot see
 */
function returnAfterLeaving(binaryen, module, never) {
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
    if (!body || !result || leaving.includes(name) || never.has(name)) return;
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
 * Define the functions that C imports for this switch.
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {string} state the global of Asyncify's state
 * @param {string} limit the global of the C stack's limit
 */
function resolveImports(binaryen, module, state, limit) {
  const { i32, none } = binaryen;
  const imports = importedFrom(binaryen, module, 'lull build');
  const define = (
    /** @type {string | undefined} */ name,
    /** @type {number} */ params,
    /** @type {number} */ result,
    /** @type {number} */ body,
  ) => {
    if (!name) return; // nothing calls it
    module.removeFunction(name);
    module.addFunction(name, params, result, [], body);
  };
  define(imports.get('switching'), none, i32, module.global.get(state, i32));
  define(imports.get('stack_limit'), none, i32, module.global.get(limit, i32));
  // In place of Asyncify's own, which also set the end of the frames, as the switch does here, and check the limit, as
  // the frames do.
  INTRINSICS.forEach((name, index) => {
    const starts = name.startsWith('start');
    const value = module.i32.const(starts ? index / 2 + 1 : 0);
    define(exported(binaryen, module, `asyncify_${name}`), starts ? i32 : none, none, module.global.set(state, value));
  });
}
