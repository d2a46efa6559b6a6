/**
 * The platform's clock and event loop, as an instance uses them. Tests have a virtual clock, or fake timers, which
 * replace the globals at any moment and put them back: so time is asked of them anew each time. See D77.
 */

/** @import { Clock } from '../lull.js' */

/** The longest delay of `setTimeout`; after it, a later deadline is armed again. */
const LONGEST = 2 ** 31 - 1;

/** Milliseconds. Real timers come up to 1 too early; those that come earlier are fake. */
const EARLY = 2;

const settled = Promise.resolve();

/* ---- Time ---- */

let { now: source } = performance;
let last = 0;
/** Added to the platform's time, so that ours goes on from where it was when another clock takes over. */
let offset = 0;

function now() {
  const clock = performance; // Node makes each access a call
  if (source !== clock.now) {
    ({ now: source } = clock);
    offset = last - clock.now();
  }
  return (last = clock.now() + offset);
}

/* ---- Macrotasks ---- */

/** @returns {(run: () => void) => void} */
function macrotask() {
  const { setImmediate, MessageChannel } = /** @type {any} */ (globalThis);
  if (setImmediate) return setImmediate;
  if (!MessageChannel) return (run) => setTimeout(run);
  // Browsers delay recurring timers of 0 to 4 ms; they do not delay messages.
  /** @type {(() => void)[]} */
  const queue = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => queue.shift()?.();
  return (run) => {
    port2.postMessage(null);
    queue.push(run);
  };
}

const imported = macrotask();

/** @type {Clock} */
export const hostClock = {
  now,
  arm(run, delay) {
    const { clearTimeout: clear } = globalThis;
    const wait = Math.min(Math.ceil(delay), LONGEST);
    const due = now() + wait;
    const id = setTimeout(() => {
      const early = due - now();
      if (early > EARLY) offset += early; // a test moves fake timers, but not `performance`
      run();
    }, wait);
    return { id, clear };
  },
  disarm({ id, clear }) {
    clear(id);
  },
  soon: (run) => settled.then(run),
  later(run) {
    const { setImmediate: current } = /** @type {any} */ (globalThis);
    if (!current || current === imported) return imported(run);
    // One of them is fake, and may never come.
    const once = () => {
      run();
      run = () => {};
    };
    imported(once);
    current(once);
  },
  source: () => setTimeout,
};
