/** The clock for the option `unref`: its timers do not keep Node alive. */
import { hostClock } from '../js/core/clock.js';

/** @import { Clock } from '../js/lull.js' */

/** @type {Clock} */
export const unrefClock = {
  ...hostClock,
  arm: (run, delay) => unref(hostClock.arm(run, delay)),
};

/** @param {any} timer whose `id` is Node's timer, or another platform's number */
function unref(timer) {
  timer.id?.unref?.();
  return timer;
}
