/** The heavy cases, each side of which is measured in a process of its own by alone.js. */

/**
 * @typedef {object} HeavyCase
 * @property {string} name
 * @property {{ name: string, what: string, unit: string }[]} figures
 * @property {number} rounds the number of processes for each side
 * @property {string} baseline
 * @property {(call: Record<string, (...args: any[]) => Promise<any>>, size?: number) => Promise<number[]>} run cases.c,
 *   just loaded
 * @property {(size?: number) => Promise<number[]>} runBaseline both return a number for each figure; `size` is the
 *   number of sleepers or leaves, or a measure of the work; a million by default
 */

const MILLION = 1e6;
/** Seconds of sleep, longer than it takes to start all sleepers: a fixed part, and a part for each sleeper. */
const NIGHT = 1, NIGHT_OF_EACH = 9e-6;
/**
 * One in this many tasks sleeps before the measurement, so that compiled code and the first growth of the heap do not
 * count as memory of sleepers.
 */
const NAPPER = 100;

const WARM_RUNS = 5;

/** @param {() => Promise<unknown>} run */
async function milliseconds(run) {
  globalThis.gc?.();
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** @param {number[]} numbers */
export const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/**
 * The time of the first run, and the median of the later ones.
 *
 * @param {(leaves: number) => Promise<number>} skynet
 * @param {number} leaves
 */
async function warmAndCold(skynet, leaves) {
  const run = async () => {
    if ((await skynet(leaves)) !== (leaves * (leaves - 1)) / 2) throw new Error('skynet: the sum is wrong');
  };
  const cold = await milliseconds(run);
  const warm = [];
  while (warm.length < WARM_RUNS) warm.push(await milliseconds(run));
  return [median(warm), cold];
}

/** @param {number} leaves @param {number} [first] @returns {Promise<number>} */
export async function skynetOfPromises(leaves, first = 0) {
  if (leaves === 1) return first;
  const children = [];
  for (let i = 0; i < 10; i++) children.push(skynetOfPromises(leaves / 10, first + (i * leaves) / 10));
  let sum = 0;
  for (const part of await Promise.all(children)) sum += part;
  return sum;
}

/**
 * Bytes for each sleeper, milliseconds to start all of them, and milliseconds to wake all of them.
 *
 * @param {(count: number, seconds: number) => Promise<unknown>} fallAsleep resolves when all sleep
 * @param {() => Promise<number>} wakeUp resolves when all have woken, with the seconds since the deadline
 * @param {number} sleepers
 */
export async function sleepAndWake(fallAsleep, wakeUp, sleepers) {
  let night = NIGHT + sleepers * NIGHT_OF_EACH;
  await fallAsleep(sleepers / NAPPER, night / 10);
  await wakeUp();
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  for (;; night *= 4) {
    const start = await milliseconds(() => fallAsleep(sleepers, night));
    globalThis.gc?.();
    const bytes = (process.memoryUsage.rss() - before) / sleepers;
    const woken = await wakeUp();
    if (start < night * 1000) return [bytes, start, woken * 1000]; // else the first woke before the last was asleep
  }
}

/** The sleepers of cases.c as async functions. */
function sleepersOfPromises(/** @type {number} */ sleepers) {
  let awake = 0, asleep = 0, morning = 0;
  let allOut = () => {}, allUp = () => {};
  /** @type {Promise<undefined>} */
  let up;
  const sleeper = async () => {
    if (--awake === 0) allOut();
    await new Promise((resolve) => setTimeout(resolve, morning - performance.now()));
    if (--asleep === 0) allUp();
  };
  return sleepAndWake(
    async (count, seconds) => {
      awake = asleep = count;
      morning = performance.now() + seconds * 1000;
      const out = new Promise((resolve) => { allOut = () => resolve(undefined); });
      up = new Promise((resolve) => { allUp = () => resolve(undefined); });
      for (let i = 0; i < count; i++) sleeper();
      await out;
    },
    async () => {
      await up;
      return (performance.now() - morning) / 1000;
    },
    sleepers,
  );
}

/** Tasks that are always ready, and the milliseconds of the timer beside them. */
const BUSY = 10_000, PERIOD = 10;

/**
 * How late a timer of the host fires beside busy tasks, in milliseconds: the median, and 99 of 100 at most.
 *
 * @param {() => Promise<unknown>} keepBusy
 */
async function lateness(keepBusy) {
  let busy = true;
  const ended = keepBusy().finally(() => { busy = false; });
  /** @type {number[]} */
  const late = [];
  do {
    const due = performance.now() + PERIOD;
    await new Promise((resolve) => { setTimeout(resolve, PERIOD); });
    late.push(Math.max(performance.now() - due, 0.001)); // timers tick in milliseconds: some are early
  } while (busy);
  await ended;
  late.sort((a, b) => a - b);
  return [0.5, 0.99].map((share) => late[Math.floor(late.length * share)]);
}

/** @param {number} turns of each */
const takeTurns = (turns) => Promise.all(Array.from({ length: BUSY }, async () => {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => { setImmediate(resolve); });
}));

/** @type {HeavyCase[]} */
export const heavyCases = [
  {
    name: 'skynet',
    figures: [
      { name: 'skynet', what: 'a tree of 1,111,111 tasks sums a million numbers over channels, warm', unit: 'ms' },
      { name: 'skynet-cold', what: 'the same: the first run of a process', unit: 'ms' },
    ],
    rounds: 3,
    baseline: 'async functions, Promise.all',
    run: ({ skynet }, leaves = MILLION) => warmAndCold(skynet, leaves),
    runBaseline: (leaves = MILLION) => warmAndCold(skynetOfPromises, leaves),
  },
  {
    name: 'sleep-1m',
    figures: [
      { name: 'sleep-1m', what: 'a million tasks asleep, each with its own timer: resident memory of each', unit: 'B' },
      { name: 'sleep-1m-start', what: 'to start them all', unit: 'ms' },
      { name: 'sleep-1m-fire', what: 'to wake them all, when the time has come', unit: 'ms' },
    ],
    rounds: 3,
    baseline: 'async functions, setTimeout',
    run: ({ fall_asleep, wake_up }, sleepers = MILLION) => sleepAndWake(fall_asleep, wake_up, sleepers),
    runBaseline: (sleepers = MILLION) => sleepersOfPromises(sleepers),
  },
  {
    name: 'timer-busy',
    figures: [
      { name: 'timer-busy', what: 'a timer of the host, of 10 ms, beside 10,000 busy tasks: how late', unit: 'ms' },
      { name: 'timer-busy-p99', what: 'how late 99 of 100 are at most', unit: 'ms' },
    ],
    rounds: 3,
    baseline: 'async functions, setImmediate',
    run: ({ pause_many }, size = MILLION) => lateness(() => pause_many(BUSY, Math.ceil(size / 50))),
    runBaseline: (size = MILLION) => lateness(() => takeTurns(Math.ceil(size / 1000))),
  },
];
