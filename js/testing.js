/** A clock for tests, which moves only on request: `load(…, { clock: new VirtualClock() })`. */
import { hostClock } from './core/clock.js';
import { readOptions, TIME } from './core/options.js';
import { wrong } from './marshal/check.js';

/** @import { Options } from './core/options.js' */

/**
 * @typedef {object} Timer
 * @property {number} deadline milliseconds
 * @property {() => void} run
 */

/** @type {Options} */
const CLOCK = { tick: TIME };

/** The most turns of the event loop that ready tasks get between two timers. */
const ROUNDS = 1000;

/**
 * A clock that moves on request. Timers fire only in `advance` and `until`, in the order of their deadlines; equal
 * deadlines fire in the order of arming. Microtasks and macrotasks are the platform's.
 *
 * @implements {Declared}
 */
export class VirtualClock {
  /**
   * @param {object} [options]
   * @param {number} [options.tick] milliseconds that pass with each call of `now`: for code with a time budget
   */
  constructor(options) {
    const { tick = 0 } = readOptions('new VirtualClock', options, CLOCK);
    this.#tick = tick;
  }

  #tick;
  #now = 0;
  /** @type {Timer[]} in the order in which they fire */
  #timers = [];
  #waiting = 0;

  /** How many timers are armed. */
  get armed() {
    return this.#timers.length;
  }

  /** When the next timer fires, in milliseconds; Infinity if none is armed. */
  get deadline() {
    return this.#timers[0]?.deadline ?? Infinity;
  }

  /* ---- For an instance: see clock.js ---- */

  now() {
    return (this.#now += this.#tick);
  }

  /**
   * @param {() => void} run
   * @param {number} delay
   * @returns {Timer}
   */
  arm(run, delay) {
    const timer = { deadline: this.#now + Math.max(0, delay), run };
    const later = this.#timers.findIndex(({ deadline }) => deadline > timer.deadline);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    return timer;
  }

  /** @param {unknown} timer */
  disarm(timer) {
    this.#timers = this.#timers.filter((armed) => armed !== timer);
  }

  /** @param {() => void} run */
  soon(run) {
    hostClock.soon(run);
  }

  /** @param {() => void} run */
  later(run) {
    this.#waiting++;
    hostClock.later(() => {
      this.#waiting--;
      run();
    });
  }

  /** Nothing replaces its timers. */
  source() {}

  /* ---- For a test ---- */

  /**
   * Let time pass. What is ready runs before, between and after the timers.
   *
   * @param {number} milliseconds
   */
  async advance(milliseconds) {
    const [fits, wanted] = TIME;
    if (!fits(milliseconds)) throw wrong('advance: the time', wanted, milliseconds);
    const end = this.#now + milliseconds;
    await this.#settle();
    while (this.deadline <= end) await this.#fire();
    this.#now = Math.max(this.#now, end);
  }

  /**
   * Let time pass, from timer to timer, until a promise is settled. Rejects if no timer is left that could settle it.
   *
   * @template T
   * @param {PromiseLike<T>} promise
   * @returns {Promise<T>}
   */
  async until(promise) {
    if (typeof promise?.then !== 'function') throw wrong('until: the promise', 'one, such as app.close()', promise);
    let settled = false;
    const note = () => { settled = true; };
    promise.then(note, note);
    await this.#settle();
    while (!settled) {
      if (this.armed) await this.#fire();
      else if (this.#waiting) await this.#settle();
      else throw new Error('no timer is armed, and the promise is pending');
    }
    return promise;
  }

  async #fire() {
    const timer = /** @type {Timer} */ (this.#timers.shift());
    this.#now = Math.max(this.#now, timer.deadline);
    timer.run();
    await this.#settle();
  }

  /** Run what is ready: the microtasks, and macrotasks while any is pending. */
  async #settle() {
    for (let round = 0; round === 0 || (this.#waiting && round < ROUNDS); round++) {
      await new Promise((resolve) => hostClock.later(() => resolve(undefined)));
    }
  }
}

/** @import { VirtualClock as Declared } from './testing.js' */
