/** The machine of a run: what it is, and whether it is too busy for figures that are worth keeping. */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';

const LOOPS = 25;
const LOOP_LENGTH = 4e6;
/** A slow loop, of the second-slowest tenth, may take this many times the fastest. */
const TOLERANCE = 1.25;
/** The load that others may make, as a share of the processors. */
const SHARE = 0.5;

/** Milliseconds for a loop that does the same each time. */
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
 * What makes a machine too busy; undefined where nothing does.
 *
 * @param {{ load: number, processors: number, uneven: number }} machine
 * @returns {string | undefined}
 */
export function busyBecause({ load, processors, uneven }) {
  const reasons = [
    ...(load > SHARE * processors ? [`a load of ${load.toFixed(1)} on ${processors} processors`] : []),
    ...(uneven > TOLERANCE ? [`a fixed loop took up to ${uneven.toFixed(2)} times its least`] : []),
  ];
  return reasons.length ? reasons.join('; ') : undefined;
}

/** @returns {{ processor: string, processors: number, load: number, uneven: number, busy?: string }} */
export function machine() {
  for (let i = 0; i < 3; i++) fixedLoop();
  const found = {
    processor: cpus()[0]?.model.trim() || 'unknown',
    processors: availableParallelism(),
    load: loadavg()[0],
    uneven: unevenness(Array.from({ length: LOOPS }, fixedLoop)),
  };
  const busy = busyBecause(found);
  return busy ? { ...found, busy } : found;
}

/**
 * Warn of a busy machine.
 *
 * @param {{ busy?: string }} machine
 */
export function warnOf({ busy }) {
  if (busy) console.error(`bench: this machine is busy: ${busy}. Trust no figure, and ratios with care`);
}
