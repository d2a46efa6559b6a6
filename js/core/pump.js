/**
 * The pump: runs an instance's tasks when there is something to run. It holds one timer, for the earliest deadline of
 * all tasks, and at most one wake-up. See D125, D133.
 */

/** @import { Clock } from '../lull.js' */

/** Every so many wake-ups read the clock, since an instance with little to do does not. */
const LOOK_EVERY = 32;

/** Every so many wait for the platform's events: a clock may stand still while JavaScript runs, as workerd's does. */
const TURN_EVERY = 8192;

export class Pump {
  /**
   * @param {Clock} clock
   * @param {number} budget milliseconds that tasks may run in one turn of the event loop
   * @param {(timed: number) => number | Promise<void>} run run ready tasks; `timed` is 1 if the pump's timer fires what
   *   is due; returns the time of the next run, 0 for at once, Infinity for none; or a promise: the run is in
   *   flight, and calls `over` when it has landed
   * @param {(error: unknown) => void} fail called when the clock fails
   */
  constructor(clock, budget, run, fail) {
    this.#clock = clock;
    this.#budget = budget;
    this.#run = run;
    this.#fail = fail;
    this.#source = clock.source?.();
  }

  /** Called after each run. @type {() => void} */
  afterRun = () => {};
  #clock;
  #budget;
  #run;
  #fail;
  /** @type {unknown} */
  #source;
  /** A run is scheduled at once, or in flight. */
  queued = false;
  #wakes = 0;
  /** Whether it runs no more. */
  stopped = false;
  /** When the first run of this turn of the event loop began. @type {number} */
  #turn = -Infinity;
  /** @type {unknown} */
  #timer;
  #deadline = Infinity;

  /** The time when the clock was last read: reading it costs more than a switch. @type {number} */
  #seen = -Infinity;

  /** Milliseconds, for the instance: an import, which nothing may throw through. */
  now() {
    try {
      return (this.#seen = this.#clock.now());
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Whether a run is scheduled: by the wake-up or the timer. */
  get armed() {
    return this.queued || this.#deadline < Infinity;
  }

  /**
   * Whether a run may begin in this turn of the event loop, and none is queued. Microtasks precede the platform's
   * events, so runs that each wake the next could starve these: once a turn's budget is used up, the next run waits
   * for them.
   *
   * @returns {true | void}
   */
  #mayRun() {
    if (this.#clock.source?.() !== this.#source) this.#disown();
    if (this.queued || this.stopped) return;
    this.#wakes = ++this.#wakes % TURN_EVERY;
    if (!(this.#wakes % LOOK_EVERY)) this.now();
    if (this.#wakes && this.#seen - this.#turn < this.#budget) return true;
    this.#clock.later(this.#pumpNewTurn);
    this.queued = true;
  }

  /** What was armed or queued went away with the clock's timers, or comes in vain. */
  #disown() {
    this.#source = this.#clock.source?.();
    this.queued = false;
    this.#arm(Infinity);
  }

  /** Run soon. */
  wake() {
    if (!this.#mayRun()) return;
    this.#clock.soon(this.#pump);
    this.queued = true; // once the way is open: that can fail
  }

  /**
   * Run at once, without another turn of the microtasks. The caller must not have been called by C. Throws if there is
   * no room on the stack: see Stream.
   */
  runNow() {
    if (this.#mayRun()) this.#begin(1);
  }

  /**
   * Run by a microtask even if the budget is used up: for a callback that is a turn of the event loop by itself, as
   * an animation frame is.
   */
  runInThisTurn() {
    this.#clock.soon(this.#pumpNewTurn);
  }

  #pump = () => this.#begin(1);
  #pumpNewTurn = () => this.#begin(0);

  /** @param {number} timed 0: with a new turn of the event loop */
  #begin(timed) {
    try {
      if (!timed) this.#turn = /** @type {number} */ (this.now());
      this.queued = false;
      if (!this.stopped) this.over(this.#run(timed));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A run is over, or in flight: then `next` is a promise. @param {any} next */
  over(next) {
    if (next === 0) {
      if (!this.queued) this.#clock.later(this.#pumpNewTurn);
      this.queued = true;
    } else {
      this.#arm(next);
    }
    this.afterRun();
  }

  /** @param {number} deadline */
  #arm(deadline) {
    // Keep an earlier timer, which at worst runs in vain: most deadlines are later than the last, and many are never
    // reached.
    if (deadline < Infinity && this.#deadline <= deadline) return;
    if (this.#deadline < Infinity) this.#clock.disarm(this.#timer);
    this.#deadline = Infinity;
    if (!(deadline < Infinity)) return;
    this.#timer = this.#clock.arm(() => {
      this.#deadline = Infinity;
      this.#begin(0);
    }, deadline - this.#seen);
    this.#deadline = deadline;
  }

  stop() {
    this.stopped = true;
    this.#arm(Infinity);
  }
}
