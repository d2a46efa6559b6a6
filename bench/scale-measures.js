/** The measures of bench/scale.js: operations of scale.c, by the number of tasks. */

/**
 * @typedef {object} Measure
 * @property {string[]} rows the names of its figures
 * @property {number} most the most tasks for which memory has room, as a power of ten
 * @property {number} repetitions the most for a round, where there are few tasks
 * @property {(call: Record<string, (...args: any[]) => Promise<any>>, tasks: number, times: number, told: Told) =>
 *   Promise<unknown>} run
 */

/**
 * @typedef {object} Told the listener of a measure
 * @property {(tasks: number) => void} memory now with these tasks; 0: before them
 * @property {(row: number, nanoseconds: number) => void} time of one operation, in a round
 */

/** The rows of the table. */
export const rows = {
  switch: 'a switch, each task on a stack of its own',
  'switch-shared': 'a switch, all tasks on the shared stack',
  'timer-set': 'a task sets a timer among the others’, and waits',
  'timer-cancelled': 'a timer is cancelled, by resuming its task',
  'timer-fired': 'a timer fires, and its task ends',
  spawn: 'a task is spawned, runs, and ends; all are spawned before the first one runs',
  channel: 'a message over a channel of capacity 0, one for each two tasks',
  call: 'JavaScript calls a C task and awaits it; with this many calls in flight',
};

const CALL_ROUNDS = 5;

/**
 * @param {Record<string, (...args: any[]) => Promise<any>>} call of scale.c
 * @param {number} tasks
 * @param {number} times
 * @param {Told} told
 */
async function callsInFlight(call, tasks, times, told) {
  await call.add_one(1);
  await call.hold_open();
  told.memory(0);
  const held = Array.from({ length: tasks }, () => call.hold());
  await call.add_one(1);
  told.memory(tasks);
  await call.hold_release();
  await Promise.all(held);
  held.length = 0;
  const caller = async () => {
    for (let i = 0; i < times; i++) await call.add_one(i);
  };
  for (let round = 0; round < CALL_ROUNDS; round++) {
    const start = performance.now();
    await Promise.all(Array.from({ length: tasks }, caller));
    told.time(0, ((performance.now() - start) * 1e6) / (tasks * times));
  }
}

/** A measure that is a function of scale.c. @param {string} name @returns {Measure['run']} */
const inC = (name) => (call, tasks, times) => call[name](tasks, times);

/** @type {Record<string, Measure>} */
export const measures = {
  switch: { rows: ['switch'], most: 6, repetitions: 1e5, run: inC('scale_switch') },
  'switch-shared': { rows: ['switch-shared'], most: 7, repetitions: 1e5, run: inC('scale_switch_shared') },
  timer: { rows: ['timer-set', 'timer-cancelled'], most: 7, repetitions: 1e4, run: inC('scale_timer') },
  'timer-fired': { rows: ['timer-fired'], most: 7, repetitions: 20, run: inC('scale_timer_fired') },
  spawn: { rows: ['spawn'], most: 6, repetitions: 1e4, run: inC('scale_spawn') },
  channel: { rows: ['channel'], most: 6, repetitions: 1e5, run: inC('scale_channel') },
  call: { rows: ['call'], most: 6, repetitions: 1e4, run: callsInFlight },
};

/** The memory of fewer tasks is lost in that of the rest of the process. */
const VISIBLE = 1e4;
/** Tasks before the measurement. */
const WARM = 1000;
/** The operations of a round. */
const OPERATIONS = 1e6;

/**
 * @typedef {object} Point of a line
 * @property {string} row
 * @property {number} tasks
 * @property {number} nanoseconds the median of the rounds
 * @property {number[]} spread the fewest and the most of the rounds
 * @property {number} [bytes] of resident memory for each task
 */

/**
 * Measure one point.
 *
 * @param {(host: Record<string, (...args: any[]) => unknown>) => Promise<{ call: Record<string, any> }>} open scale.c
 * @param {string} name the measure
 * @param {number} tasks
 * @param {{ operations?: number, memory: () => number }} options `memory` returns the resident bytes
 * @returns {Promise<Point[]>}
 */
export async function point(open, name, tasks, { operations = OPERATIONS, memory }) {
  const { rows: names, repetitions, run } = measures[name];
  /** @type {number[][]} */
  const told = names.map(() => []);
  let before = NaN, bytes = NaN, warm = false;
  const listener = {
    memory(/** @type {number} */ count) {
      if (!warm) return;
      if (count === 0) before = memory();
      else bytes = (memory() - before) / count;
    },
    time(/** @type {number} */ row, /** @type {number} */ nanoseconds) {
      if (warm) told[row].push(nanoseconds);
    },
  };
  const app = await open({
    milliseconds: () => performance.now(), tell_memory: listener.memory, tell: listener.time,
  });
  // Compilation, and memory that is allocated once, do not count.
  await run(app.call, Math.min(tasks, WARM), 2, listener);
  warm = true;
  await run(app.call, tasks, Math.max(1, Math.min(repetitions, Math.round(operations / tasks))), listener);
  return names.map((row, at) => {
    const sorted = told[at].toSorted((a, b) => a - b);
    return {
      row, tasks, nanoseconds: sorted[sorted.length >> 1], spread: [sorted[0], /** @type {number} */ (sorted.at(-1))],
      ...(tasks >= VISIBLE && Number.isFinite(bytes) && { bytes }),
    };
  });
}
