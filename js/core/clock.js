/** The host's event loop, as an instance uses it: one clock, one timer, one wake-up. Tests have a virtual one. */

/** @import { Clock } from '../lull.js' */

/** The longest delay that hosts take; a later deadline is armed again when it has passed. */
const LONGEST = 2 ** 31 - 1;

const settled = Promise.resolve();

/** @returns {(run: () => void) => void} */
function macrotask() {
  const { setImmediate } = /** @type {{ setImmediate?: (run: () => void) => void }} */ (globalThis);
  if (typeof setImmediate === 'function') return (run) => setImmediate(run);
  // A timer of 0 is held back to 4 ms when it recurs; a message is not.
  /** @type {(() => void)[]} */
  const queue = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => queue.shift()?.();
  return (run) => {
    queue.push(run);
    port2.postMessage(null);
  };
}

/** @type {Clock['later'] | undefined} */
let later;

/** @type {Clock} */
export const hostClock = {
  now: () => performance.now(),
  arm: (run, delay) => setTimeout(run, Math.min(Math.ceil(delay), LONGEST)),
  disarm: (timer) => clearTimeout(/** @type {number} */ (timer)),
  soon: (run) => settled.then(run),
  later: (run) => (later ??= macrotask())(run),
};
