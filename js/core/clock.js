/** The platform's clock and event loop, as an instance uses them. Tests have a virtual clock. */

/** @import { Clock } from '../lull.js' */

/** The longest delay of `setTimeout`; after it, a later deadline is armed again. */
const LONGEST = 2 ** 31 - 1;

const settled = Promise.resolve();

/** @returns {(run: () => void) => void} */
function macrotask() {
  const { setImmediate } = /** @type {{ setImmediate?: (run: () => void) => void }} */ (globalThis);
  if (setImmediate) return (run) => setImmediate(run);
  // Browsers delay recurring timers of 0 to 4 ms; they do not delay messages.
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
