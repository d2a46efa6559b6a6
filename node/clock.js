/** The event loop for an app that does not keep Node alive: its timers and wake-ups alone do not. */
import { hostClock } from '../js/core/clock.js';

/** @import { Clock } from '../js/lull.js' */

/** @type {Clock} */
export const unrefClock = {
  ...hostClock,
  arm: (run, delay) => unref(hostClock.arm(run, delay)),
};

/** @param {any} timer of Node; in other hosts that have its files, a number */
function unref(timer) {
  timer?.unref?.();
  return timer;
}
