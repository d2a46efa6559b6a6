/**
 * Fuel (`lull build --fuel`): a count of what the program's own functions do, so that a task that never waits is
 * noticed.
 * A loop counts its rounds in a local variable; every PERIOD rounds, and at the entry of a function that loops or may
 * call itself, fuel is used. When it is used up, lull__fuel_used_up (src/boundary/fuel.c) looks at the clock, and may
 * end the task. Only the program's own functions count: a task that ends in the midst of malloc would leave the heap in
 * disorder. See D84.
 *
 * With `--fuel=yield`, lull__fuel_yield lets the other tasks run in its place. See D118.
 */
import { rewrite } from './expressions.js';

/** @typedef {boolean | 'yield'} Fuel whether fuel is counted, and whether a task without any yields */

/**
 * @typedef {object} Counted
 * @property {Set<string>} own the names of the program's own functions
 * @property {boolean} yields whether a task without fuel yields
 */

const USED_UP = 'lull__fuel_used_up';
const YIELD = 'lull__fuel_yield';
const LEFT = 'lull__fuel';
const USE = 'lull__use_fuel';
/** The same in functions that may not yield: they leave it to the next that may. */
const USE_STILL = 'lull__use_fuel_still';

/**
 * What the linker has to keep; and the names as objects have them, by which the program's own functions are known.
 *
 * @param {Counted} counted
 */
export const flagsFor = ({ yields }) => [
  ...[USED_UP, ...(yields ? [YIELD] : []), 'lull_limit_run_time'].map((name) => `-Wl,--export=${name}`),
  '-Wl,--no-demangle',
];

/** The custom section with the functions' names, by their numbers: js/features/limits.js reads it. */
const NAMES = 'lull functions';

/** How much there is between two looks at the clock: about a millisecond of small rounds and calls. */
const FULL = 1 << 16;
/** After how many rounds a function uses as much fuel. */
const PERIOD = 256;
/** The fuel of a call of a function that loops, whose last rounds, fewer than PERIOD, are not counted. */
const LOOPS = 16;

/** main with its arguments, in objects: the linker names it main. */
const MAIN = '__main_argc_argv';

/** What the C library calls by name, though it is no function of the library's: main, and the constructors. */
const STARTED = /^(main|__main_argc_argv|__original_main|_GLOBAL__sub_I_.*|__cxx_global_var_init.*)$/;

/** In place of a function's name, where any may be meant. */
const ANY = '*';

/** Names that are the runtime's also in the program's objects: inline functions of its headers. */
const RUNTIME = /^lull_/;

/**
 * @typedef {object} Info of a function, as Binaryen has it
 * @property {string} name
 * @property {number} body
 * @property {number} params
 * @property {number} results
 * @property {number[]} vars
 */

/**
 * @param {any} binaryen
 * @param {any} module after the asyncify pass, since a local variable of a later step is not saved; but before it where
 *   tasks yield
 * @param {Info[]} functions
 * @param {Counted} options
 * @param {Set<string>} [still] functions that do not yield
 */
export function countFuel(binaryen, module, functions, { own, yields }, still = new Set()) {
  const { i32, local, global } = module;
  const { none, createType, expandType } = binaryen;
  const isOwn = isOneOf(own);
  const counted = functions.filter(({ name, body }) => body && isOwn(name) && !RUNTIME.test(name));
  const recursive = recursiveOf(binaryen, counted);
  /** @type {string[]} */
  const names = [];
  const left = () => global.get(LEFT, binaryen.i32);

  for (const { name, body, params, results, vars } of counted) {
    const number = names.length;
    const using = still.has(name) ? USE_STILL : USE;
    const use = (/** @type {number} */ amount) => module.call(using, [i32.const(amount), i32.const(number)], none);
    const rounds = expandType(params).length + vars.length; // the index of a new local variable
    const looping = countRounds(binaryen, module, body, rounds, () => use(PERIOD));
    if (!looping && !recursive.has(name)) continue;
    names.push(name.replace(/__entry$/, '').replace('__original_main', 'main'));
    const entry = [
      global.set(LEFT, i32.sub(left(), i32.const(looping ? LOOPS : 1))),
      module.if(i32.lt_s(left(), i32.const(0)), use(0)),
    ];
    if (looping) entry.push(local.set(rounds, i32.const(PERIOD)));
    module.removeFunction(name);
    module.addFunction(name, params, results, looping ? [...vars, binaryen.i32] : vars,
      module.block(null, [...entry, looping || body], results));
  }

  module.addGlobal(LEFT, binaryen.i32, true, i32.const(FULL));
  const called = (/** @type {string} */ name) =>
    module.call(binaryen.getExportInfo(module.getExport(name)).value, [local.get(1, binaryen.i32)], none);
  const define = (/** @type {string} */ name, /** @type {number[]} */ then) =>
    module.addFunction(name, createType([binaryen.i32, binaryen.i32]), none, [], module.block(null, [
      global.set(LEFT, i32.sub(left(), local.get(0, binaryen.i32))),
      module.if(i32.lt_s(left(), i32.const(0)), module.block(null, then)),
    ]));
  define(USE, [global.set(LEFT, i32.const(FULL)), called(yields ? YIELD : USED_UP)]);
  if (yields) define(USE_STILL, [called(USED_UP)]);
  for (const name of [USED_UP, ...(yields ? [YIELD] : [])]) module.removeExport(name);
  module.addCustomSection(NAMES, new TextEncoder().encode(names.join('\0')));
}

/** @param {Set<string>} own @returns {(name: string) => boolean} */
const isOneOf = (own) => (name) => own.has(name) || (name === 'main' && own.has(MAIN));

/**
 * The program's own functions that a library calls by their names, such as a malloc in place of the C library's: in the
 * midst of them, no other task may run.
 *
 * @param {any} binaryen
 * @param {Info[]} functions before any is inlined
 * @param {Set<string>} own
 * @returns {{ called: string[], still: Set<string> }} `still` are all that these may call
 */
export function calledByLibraries(binaryen, functions, own) {
  const isOwn = isOneOf(own);
  /** @type {Map<string, string[]>} */
  const calls = new Map();
  /** @type {Set<string>} */
  const called = new Set();
  for (const { name, body } of functions) {
    if (!body) continue;
    const targets = [...callsIn(binaryen, body)].filter((target) => isOwn(target));
    if (isOwn(name)) calls.set(name, targets);
    else for (const target of targets) if (!STARTED.test(target)) called.add(target);
  }
  const still = new Set(called);
  for (const name of still) for (const next of calls.get(name) ?? []) still.add(next); // it grows meanwhile
  return { called: [...called], still };
}

/**
 * @param {any} binaryen
 * @param {number} body
 * @returns {Set<string>} ANY stands for a call through a pointer
 */
function callsIn(binaryen, body) {
  const { Call, getExpressionId: id } = binaryen;
  /** @type {Set<string>} */
  const called = new Set();
  rewrite(binaryen, body, (part) => {
    if (id(part) === binaryen.CallId) called.add(Call.getTarget(part));
    if (id(part) === binaryen.CallIndirectId) called.add(ANY);
    return 0;
  });
  return called;
}

/**
 * Make each loop two, the outer of which is taken every PERIOD rounds and uses the fuel. A call in the loop itself
 * would cost far more, because engines then keep its variables in memory:
 *
 *     loop $outer { if (rounds == 0) { use fuel; rounds = PERIOD }
 *       loop $inner { … if (--rounds) continue $inner; continue $outer … } }
 *
 * @param {any} binaryen
 * @param {any} module
 * @param {number} expression
 * @param {number} rounds the local variable that counts down
 * @param {() => number} use
 * @returns {number} the expression; 0 if there are no loops in it
 */
function countRounds(binaryen, module, expression, rounds, use) {
  const { Loop, Break, getExpressionId: id } = binaryen;
  const { i32, local } = module;
  let found = false;
  /** @param {number} within @returns {number} */
  const counted = (within) => rewrite(binaryen, within, (part) => {
    const outer = id(part) === binaryen.LoopId && Loop.getName(part);
    if (!outer) return 0;
    found = true;
    const inner = `${outer} counted`;
    const body = rewrite(binaryen, counted(Loop.getBody(part)), (jump) => {
      if (id(jump) !== binaryen.BreakId || Break.getName(jump) !== outer) return 0;
      const next = i32.sub(local.get(rounds, binaryen.i32), i32.const(1));
      const jumps = module.block(null, [module.br(inner, local.tee(rounds, next, binaryen.i32)), module.br(outer)]);
      const condition = Break.getCondition(jump);
      return condition ? module.if(condition, jumps) : jumps;
    });
    return module.loop(outer, module.block(null, [
      module.if(
        i32.eqz(local.get(rounds, binaryen.i32)),
        module.block(null, [use(), local.set(rounds, i32.const(PERIOD))]),
      ),
      module.loop(inner, body),
    ]));
  });
  const made = counted(expression);
  return found ? made : 0;
}

/**
 * The functions that may call themselves, perhaps through others; a call through a pointer may be of any.
 *
 * @param {any} binaryen
 * @param {Info[]} functions
 * @returns {Set<string>}
 */
function recursiveOf(binaryen, functions) {
  /** @type {Map<string, Set<string>>} */
  const calls = new Map([[ANY, new Set(functions.map(({ name }) => name))]]);
  for (const { name, body } of functions) calls.set(name, callsIn(binaryen, body));
  return new Set([...calls.keys()].filter((start) => {
    const reached = new Set(calls.get(start));
    for (const name of reached) for (const next of calls.get(name) ?? []) reached.add(next); // it grows meanwhile
    return reached.has(start);
  }));
}
