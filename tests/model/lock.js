/** What the locks of the model have in common. */
import { success, Yieldable } from './yieldable.js';

/** @import { Model } from './model.js' */
/** @import { Task } from './task.js' */
/** @import { Waiter } from './yieldable.js' */

/** The value of a wait that a lock has ended, and no lull_resume. */
const GRANTED = 1_000_000;

export class Lock extends Yieldable {
  /** End the wait of somebody: it succeeds. @param {Waiter} waiter @param {number} [word] what the wait then returns */
  grant(waiter, word = 0) {
    super.end(waiter);
    waiter.over(success(GRANTED + word));
  }

  grantAll() {
    this.wake(success(GRANTED));
  }
}

/** Wait for a lock, whatever resumes the task. @param {Model} model @param {Lock} lock @returns {Generator<undefined, number>} */
export function* take(model, lock) {
  for (;;) {
    const { status, value } = yield* model.yieldTo(lock);
    if (status < 0) return status;
    if (value >= GRANTED) return value - GRANTED;
  }
}

/** Learns of the end of the task that holds a lock, in its turn among those who join it. */
export class Watch {
  /** @type {Task | null} */
  #task = null;

  /** @param {() => void} ended */
  constructor(ended) {
    /** @type {Waiter} */
    this.waiter = { task: null, parcel: {}, over: ended };
  }

  /** From now on of this task, and of no other. @param {Task | null} task */
  watch(task) {
    this.#task?.ended.end(this.waiter);
    this.#task = task;
    task?.ended.begin(this.waiter);
  }
}
