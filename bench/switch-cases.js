/** The cases of the table of switches, of a module of cases.c and compute.c: in a process, or in a page. */
import { cases } from './cases.js';

/** The cases of cases.js in which the switches differ. */
const SHARED = [
  'pause', 'pause-1000', 'pause-depth16', 'pause-depth256', 'channel', 'spawn', 'call', 'call-1000', 'await-host-1',
  'await-host',
];

/** @typedef {Pick<import('./cases.js').Case, 'name' | 'what' | 'run'>} SwitchCase */

/**
 * @param {any} app
 * @returns {SwitchCase[]}
 */
function repeated(app) {
  const { call } = app;
  return [
    ...cases(app, undefined).filter(({ name }) => SHARED.includes(name)),
    { name: 'kill', what: 'spawn a task, have it wait, kill it', run: (times) => call.kill_many(times) },
    {
      name: 'interpreter',
      what: 'a loop over the instructions of a program, per instruction; this and the next two may wait, and do not',
      run: (times) => call.run_interpreter(times),
    },
    { name: 'tree', what: 'walk a tree by recursion, per node', run: (times) => call.walk_tree(times) },
    { name: 'qsort', what: 'sort 1000 ints with a comparator of C, per int', run: (times) => call.sort(times) },
  ];
}

/** The sleepers, and those before their memory is measured, so that compiled code does not count as theirs. */
const SLEEPERS = 10_000, NAPPERS = 1000;

const START = 'sleep-10k-start', FIRE = 'sleep-10k-fire', BYTES = 'sleep-10k-bytes', COLD = 'first-call';

/** @typedef {{ name: string, what: string, unit: string }} Row */

/** Measured by rounds. @type {Row[]} */
export const repeatedRows = repeated({ call: {} }).map(({ name, what }) => ({ name, what, unit: 'ns' }));

/** Measured in a new process or page. @type {Row[]} */
export const freshRows = [
  { name: START, what: '10,000 tasks fall asleep, on the shared stack: to start each', unit: 'ns' },
  { name: FIRE, what: 'to wake each when the time has come', unit: 'ns' },
  { name: BYTES, what: 'resident memory of each', unit: 'B' },
  { name: COLD, what: "cold: from `load` to the first call's result", unit: 'ms' },
];

/** Milliseconds of a round, at least. */
const ROUND = 30;
/** The rounds before the first one that counts, in which the engine optimizes the code. */
const WARM = 5;
/** The fewest repetitions: each of 1000 tasks needs one. */
const FEWEST = 1000;

/** @param {() => Promise<unknown>} run */
async function milliseconds(run) {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** Seconds of sleep, longer than it takes to start all sleepers: it doubles where it was not. */
let night = 1;

/**
 * Seconds for each of so many tasks: to start, and from the end of the night to the last one's end; and the resident
 * bytes while all sleep.
 *
 * @param {any} app
 * @param {number} count
 * @param {(() => number) | undefined} [memory]
 * @returns {Promise<{ start: number, fire: number, resident: number | undefined }>}
 */
async function sleep(app, count, memory) {
  const start = (await milliseconds(() => app.call.fall_asleep(count, night))) / 1000;
  const resident = memory?.();
  const fire = await app.call.wake_up();
  if (start < night) return { start: start / count, fire: fire / count, resident };
  night *= 2;
  return sleep(app, count, memory);
}

/**
 * A measurement of one round of a case, by its name: nanoseconds of each repetition. The repetitions are as many as
 * take long enough with this switch in this engine: some take a thousand times as long as others.
 *
 * @param {any} app
 * @returns {(name: string) => Promise<number>}
 */
export function rounds(app) {
  const all = repeated(app);
  /** @type {Map<string, number>} the repetitions of each case */
  const enough = new Map();
  return async (name) => {
    /** @type {any} */ (globalThis).gc?.();
    const { run } = /** @type {SwitchCase} */ (all.find((one) => one.name === name));
    let times = enough.get(name) ?? FEWEST;
    const round = () => milliseconds(() => run(times));
    await round(); // the first one after a garbage collection does not count
    for (let left = enough.has(name) ? 0 : WARM; left; ) {
      const took = await round();
      if (took >= ROUND) left--;
      else times *= took < ROUND / 20 ? 10 : 2;
    }
    enough.set(name, times);
    return ((await round()) * 1e6) / times;
  };
}

/**
 * The figures of a process or page that has just begun.
 *
 * @param {() => Promise<any>} load
 * @param {(() => number) | undefined} memory the resident bytes of this process
 * @returns {Promise<Record<string, number>>}
 */
export async function fresh(load, memory) {
  /** @type {any} */
  let app;
  const cold = await milliseconds(async () => {
    app = await load();
    await app.call.add_one(1);
  });
  await sleep(app, NAPPERS);
  const before = memory?.() ?? 0;
  const { resident } = await sleep(app, SLEEPERS, memory);
  const bytes = resident !== undefined && (resident - before) / (SLEEPERS - NAPPERS);
  const { start, fire } = await sleep(app, SLEEPERS);
  return { [COLD]: cold, [START]: start * 1e9, [FIRE]: fire * 1e9, ...bytes !== false && { [BYTES]: bytes } };
}
