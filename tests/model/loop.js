/** The loop of the model: time, timers and the ready queue. */

/** @import { Task } from './task.js' */

/** The loop looks at the clock after 1, 2, 4, … slices, at most so many. */
const SLICES = 64;

/** Not armed at first. */
export class Timer {
  deadline = Infinity;
  fire = () => {};
}

export class Loop {
  now = 0;
  /** How often the loop has looked at the clock. */
  looks = 0;
  /** @type {Task[]} that run before the ready ones */
  next = [];
  /** @type {Task[]} */
  ready = [];
  /** @type {Timer[]} armed, by deadline, equal ones in the order of arming */
  timers = [];

  /** Let a task run until it waits or ends: see model.js. @param {Task} task */
  slice(task) {
    throw new Error(`nobody runs ${task.name}`);
  }

  /** Let time pass, from timer to timer. @param {number} seconds */
  advance(seconds) {
    const end = this.now + seconds;
    this.#run();
    while (this.timers.length && this.timers[0].deadline <= end) {
      this.now = Math.max(this.now, this.timers[0].deadline);
      this.#run();
    }
    this.now = end;
  }

  /**
   * Run all that is ready. When it looks at the clock matters to what lasts 0 seconds only, which is over at the next
   * look. A lone task without a timer is not worth one.
   */
  #run() {
    if (!this.timers.length && this.#readyCount === 1) this.#runNext();
    this.#look();
    for (let slices = 1; this.#readyCount; slices = Math.min(2 * slices, SLICES)) {
      for (let done = 0; done < slices && this.#readyCount; done++) this.#runNext();
      this.#look();
    }
  }

  /** How many tasks are. */
  get #readyCount() {
    return this.next.length + this.ready.length;
  }

  #runNext() {
    this.slice(/** @type {Task} */ (this.next.shift() ?? this.ready.shift()));
  }

  #look() {
    this.looks++;
    while (this.timers.length && this.timers[0].deadline <= this.now) this.timers.shift()?.fire();
  }

  /** @param {Timer} timer @param {number} deadline */
  arm(timer, deadline) {
    this.disarm(timer);
    timer.deadline = deadline;
    if (deadline === Infinity) return;
    const later = this.timers.findIndex((other) => other.deadline > deadline);
    this.timers.splice(later < 0 ? this.timers.length : later, 0, timer);
  }

  /** @param {Timer} timer */
  disarm(timer) {
    const at = this.timers.indexOf(timer);
    if (at >= 0) this.timers.splice(at, 1);
  }
}
