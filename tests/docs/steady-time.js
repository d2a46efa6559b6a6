/**
 * Time for a program whose output a test compares: it passes from timer to timer, when nothing else is left to do, so
 * that the order of what happens is the same on a machine of any speed. While the program waits for files or sockets,
 * time passes with the machine's, or more slowly. For `node --import`.
 */

const { setTimeout: arm, setImmediate: soon } = globalThis;

/** How many turns of the event loop have nothing to do before time passes. */
const TURNS = 16;

/** What is there while nothing happens. */
const QUIET = /^(Timeout|Immediate|TTYWrap|PipeWrap)$/;

/** Milliseconds that a look at the clock takes: a loop that waits for a time ends. */
const LOOK = 1e-4;

class Timer {
  /**
   * @param {number} deadline
   * @param {() => void} run
   */
  constructor(deadline, run) {
    this.deadline = deadline;
    this.run = run;
  }

  /** Whether it keeps the process alive. */
  kept = true;

  ref() {
    this.kept = true;
    pass();
    return this;
  }

  unref() {
    this.kept = false;
    return this;
  }

  hasRef() {
    return this.kept;
  }
}

let now = 0;
/** @type {Timer[]} in the order in which they fire */
let timers = [];
/** Whether a turn of the event loop is counted. */
let counting = false;

const isQuiet = () => process.getActiveResourcesInfo().every((kind) => QUIET.test(kind));

/** Count idle turns, and fire the first timer after them. */
function pass() {
  if (counting || !timers.some(({ kept }) => kept)) return;
  counting = true;
  let turns = 0;
  const count = () => {
    if (isQuiet() && ++turns < TURNS) return soon(count);
    arm(() => {
      counting = false;
      const [first] = timers;
      if (!first) return;
      now = turns < TURNS ? Math.min(now + 1, first.deadline) : first.deadline;
      if (now >= first.deadline) {
        timers.shift();
        first.run();
      }
      pass();
    }, 1);
  };
  soon(count);
}

performance.now = () => (now += LOOK);

globalThis.setTimeout = /** @type {any} */ ((/** @type {any} */ run, delay = 0, /** @type {any[]} */ ...args) => {
  const timer = new Timer(now + Math.max(1, Number(delay) || 0), () => run(...args));
  const later = timers.findIndex(({ deadline }) => deadline > timer.deadline);
  timers.splice(later < 0 ? timers.length : later, 0, timer);
  pass();
  return timer;
});

globalThis.clearTimeout = /** @type {any} */ ((/** @type {unknown} */ timer) => {
  timers = timers.filter((armed) => armed !== timer);
});
