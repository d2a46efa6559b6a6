/**
 * The clocks of Node. Runs are in the asynchronous context (AsyncLocalStorage) of the import, not in that of whoever
 * happened to wake the app: a host function would see another request's store. See D82.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { hostClock } from '../js/core/clock.js';

/** @import { Clock } from '../js/lull.js' */

const outside = AsyncLocalStorage.snapshot();

/** What runs next, and behind it: mostly nothing. @type {(() => void) | undefined} */
let next;
/** @type {(() => void)[]} */
const others = [];
/** @type {(value?: unknown) => void} */
let wake;

const hold = (/** @type {typeof wake} */ resolve) => { wake = resolve; };

/** What runs after a promise has the context of whoever waits for it, not of whoever settles it. */
function wait() {
  new Promise(hold).then(runNext);
}

function runNext() {
  wait();
  const run = /** @type {() => void} */ (next);
  next = others.length ? others.shift() : undefined;
  if (next) wake();
  run();
}

wait();

/** @type {Clock} */
export const nodeClock = {
  ...hostClock,
  soon(run) {
    if (next) {
      others.push(run);
    } else {
      wake();
      next = run; // only now: the stack may end in the call above
    }
  },
  later: (run) => outside(hostClock.later, run),
  arm: (run, delay) => outside(hostClock.arm, run, delay),
};

/** For the option `unref`: its timers do not keep Node alive. @type {Clock} */
export const unrefClock = {
  ...nodeClock,
  arm(run, delay) {
    const timer = /** @type {any} */ (nodeClock.arm(run, delay));
    timer.id?.unref?.();
    return timer;
  },
};
