/** The machine of a run, and the signs that other work disturbs the figures. */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';

const LOOPS = 25;
const LOOP_LENGTH = 4e6;
/** A slow loop, of the second-slowest tenth, may take this many times the fastest. */
const TOLERANCE = 1.25;
/** A loop that nothing disturbs has a processor for nearly all of its time. */
const LEAST_SHARE = 0.9;

/** Milliseconds of a loop of constant work. */
function fixedLoop() {
  const start = performance.now();
  let x = 1;
  for (let i = 0; i < LOOP_LENGTH; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return performance.now() - start + (x === 0.5 ? 1 : 0);
}

/**
 * How much longer a fixed loop takes when it is slow than when it is fast.
 *
 * @param {number[]} times
 */
export function unevenness(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.9)] / sorted[0];
}

/**
 * @typedef {object} Signs of a busy machine
 * @property {number} load
 * @property {number} processors
 * @property {number} uneven
 * @property {number} share of the time of the loops in which they had a processor: the load is an average of a minute,
 *   and loops that are slowed evenly are even
 */

/**
 * The reasons to call a machine too busy; undefined without one. The run before leaves a load of one or two, which
 * disturbs nothing.
 *
 * @param {Signs} signs
 * @returns {string | undefined}
 */
export function busyBecause({ load, processors, uneven, share }) {
  const reasons = [
    ...(load > processors ? [`a load of ${load.toFixed(1)} on ${processors} processors`] : []),
    ...(uneven > TOLERANCE ? [`a fixed loop took up to ${uneven.toFixed(2)} times its least`] : []),
    ...(share < LEAST_SHARE ? [`a fixed loop had a processor for ${Math.round(share * 100)} % of its time`] : []),
  ];
  return reasons.length ? reasons.join('; ') : undefined;
}

/** @typedef {Signs & { processor: string, busy?: string }} Machine */

/** @returns {Machine} */
export function machine() {
  for (let i = 0; i < 3; i++) fixedLoop();
  const cpuBefore = process.cpuUsage();
  const times = Array.from({ length: LOOPS }, fixedLoop);
  const { user, system } = process.cpuUsage(cpuBefore);
  const found = {
    processor: cpus()[0]?.model.trim() || 'unknown',
    processors: availableParallelism(),
    load: loadavg()[0],
    uneven: unevenness(times),
    share: (user + system) / 1000 / times.reduce((sum, time) => sum + time),
  };
  const busy = busyBecause(found);
  return busy ? { ...found, busy } : found;
}

/**
 * The machine of a run that has ended. The load is then the run's own.
 *
 * @param {Machine} before
 * @param {Machine} [now]
 * @returns {Machine}
 */
export function machineAfter(before, now = machine()) {
  const busy = before.busy ? undefined : busyBecause({ ...now, load: 0 });
  return busy ? { ...before, busy: `at the end, ${busy}` } : before;
}

/**
 * Warn of a busy machine.
 *
 * @param {{ busy?: string }} machine
 */
export function warnOf({ busy }) {
  if (busy) console.error(`bench: this machine is busy: ${busy}. Trust no figure, and ratios with care`);
}
