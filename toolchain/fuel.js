/**
 * Fuel (`lull build --fuel`): a count of what the program's own functions do, so that a task that never waits is
 * noticed.
 * A loop counts its rounds in a local variable; every PERIOD rounds, and at the entry of a function that loops or may
 * call itself, fuel is used. When it is used up, lull__fuel_used_up (src/boundary/fuel.c) looks at the clock, and may
 * end the task. Only the program's own functions count: a task that ends in the midst of malloc would leave the heap in
 * disorder. See D84.
 */
import { rewrite } from './expressions.js';

/** What the linker has to keep; and the names as objects have them, by which the program's own functions are known. */
export const FUEL_FLAGS = [
  '-Wl,--export=lull__fuel_used_up', '-Wl,--export=lull_limit_run_time', '-Wl,--no-demangle',
];

const USED_UP = 'lull__fuel_used_up';
const LEFT = 'lull__fuel';
const USE = 'lull__use_fuel';
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
 * @param {any} module after the asyncify pass: a local variable of a later step is not saved
 * @param {Info[]} functions
 * @param {Set<string>} own the names of the program's own functions
 */
export function countFuel(binaryen, module, functions, own) {
  const { i32, local, global } = module;
  const { none, createType, expandType } = binaryen;
  const isOwn = (/** @type {string} */ name) => own.has(name) || (name === 'main' && own.has(MAIN));
  const counted = functions.filter(({ name, body }) => body && isOwn(name) && !RUNTIME.test(name));
  const recursive = recursiveOf(binaryen, counted);
  /** @type {string[]} */
  const names = [];
  const left = () => global.get(LEFT, binaryen.i32);

  for (const { name, body, params, results, vars } of counted) {
    const number = names.length;
    const use = (/** @type {number} */ amount) => module.call(USE, [i32.const(amount), i32.const(number)], none);
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
  module.addFunction(USE, createType([binaryen.i32, binaryen.i32]), none, [], module.block(null, [
    global.set(LEFT, i32.sub(left(), local.get(0, binaryen.i32))),
    module.if(i32.lt_s(left(), i32.const(0)), module.block(null, [
      global.set(LEFT, i32.const(FULL)),
      module.call(binaryen.getExportInfo(module.getExport(USED_UP)).value, [local.get(1, binaryen.i32)], none),
    ])),
  ]));
  module.removeExport(USED_UP);
  module.addCustomSection(NAMES, new TextEncoder().encode(names.join('\0')));
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
  const { Call, getExpressionId: id } = binaryen;
  const ANY = '*';
  /** @type {Map<string, Set<string>>} */
  const calls = new Map([[ANY, new Set(functions.map(({ name }) => name))]]);
  for (const { name, body } of functions) {
    /** @type {Set<string>} */
    const called = new Set();
    rewrite(binaryen, body, (part) => {
      if (id(part) === binaryen.CallId) called.add(Call.getTarget(part));
      if (id(part) === binaryen.CallIndirectId) called.add(ANY);
      return 0;
    });
    calls.set(name, called);
  }
  return new Set([...calls.keys()].filter((start) => {
    const reached = new Set(calls.get(start));
    for (const name of reached) for (const next of calls.get(name) ?? []) reached.add(next); // it grows meanwhile
    return reached.has(start);
  }));
}
