/** Once, in the model: what is done by the first task that comes, while the others wait. */
import { EBUSY, EDEADLOCK, ENOSUSPEND } from '../../js/marshal/status.js';
import { Lock, take, Watch } from './lock.js';
import { exists } from './task.js';

/** @import { Model } from './model.js' */
/** @import { Task } from './task.js' */
/** @import { Waiter } from './yieldable.js' */

export class Once extends Lock {
  done = false;
  /** @type {Task | null} who does it, or has ended in it */
  runner = null;
  #watch = new Watch(() => this.#abandoned());

  constructor() {
    super('once');
  }

  /** @param {Waiter} waiter */
  begin(waiter) {
    if (exists(this.runner)) {
      super.begin(waiter);
      this.#watchRunner();
    } else {
      this.grant(waiter);
    }
    return 0;
  }

  /** @param {Waiter} waiter */
  end(waiter) {
    super.end(waiter);
    this.#watchRunner();
  }

  /** While somebody waits, the end of who does it is of interest. */
  #watchRunner() {
    this.#watch.watch(this.waiters.length && exists(this.runner) ? this.runner : null);
  }

  /** Who did it has ended in it: the first who waits does it. */
  #abandoned() {
    const [first] = this.waiters;
    this.runner = first.task;
    this.grant(first);
  }

  /** @param {Model} model @param {() => Generator} body @returns {Generator<undefined, number>} */
  *do(model, body) {
    const task = model.running;
    if (this.done) return 0;
    if (!task) return ENOSUSPEND;
    if (this.runner === task) return model.refused(EDEADLOCK).status;
    if (exists(this.runner)) {
      const status = yield* take(model, this);
      if (status < 0 || this.done) return status;
    }
    this.runner = task;
    yield* body();
    this.done = true;
    this.runner = null;
    this.grantAll();
    return 0;
  }

  destroy() {
    if (exists(this.runner)) return EBUSY;
    this.done = false;
    this.runner = null;
    return 0;
  }
}
