/** Mutexes and conditions of the model. */
import { EBUSY, EDEADLOCK, EINVAL, ENOSUSPEND } from '../../js/marshal/status.js';
import { Lock, take, Watch } from './lock.js';
import { exists, Scope } from './task.js';
import { failure } from './yieldable.js';

/** @import { Model } from './model.js' */
/** @import { Task } from './task.js' */
/** @import { Waiter } from './yieldable.js' */

export class Mutex extends Lock {
  /** @type {Task | null} maybe one that has ended */
  holder = null;
  /** How many wait for a condition, and will lock it again. */
  lent = 0;
  #watch = new Watch(() => this.wake(failure(EDEADLOCK)));

  constructor() {
    super('mutex');
  }

  /** @param {Waiter} waiter */
  begin(waiter) {
    const status = this.tryTake(/** @type {Task} */ (waiter.task));
    if (status === 0) this.grant(waiter);
    if (status !== EBUSY) return status;
    super.begin(waiter);
    this.#watchHolder();
    return 0;
  }

  /** @param {Waiter} waiter */
  end(waiter) {
    super.end(waiter);
    this.#watchHolder();
  }

  /** While somebody waits, the holder's end is of interest. */
  #watchHolder() {
    this.#watch.watch(this.waiters.length && exists(this.holder) ? this.holder : null);
  }

  /** @param {Task | null} task */
  tryTake(task) {
    if (!task) return ENOSUSPEND;
    if (this.holder) return this.holder === task || !exists(this.holder) ? EDEADLOCK : EBUSY;
    this.holder = task;
    return 0;
  }

  /** @param {Task | null} task */
  give(task) {
    if (!task || this.holder !== task) return EINVAL;
    const [first] = this.waiters;
    this.holder = first?.task ?? null;
    if (first) this.grant(first);
    return 0;
  }

  destroy() {
    if (exists(this.holder) || this.lent || this.waiters.length) return EBUSY;
    this.holder = null;
    return 0;
  }
}

export class Condition extends Lock {
  /** @type {Mutex | null} of those who wait */
  mutex = null;

  constructor() {
    super('condition');
  }

  /** The mutex is unlocked when the wait has begun. @param {Waiter} waiter */
  begin(waiter) {
    super.begin(waiter);
    const mutex = /** @type {Mutex} */ (this.mutex);
    mutex.lent++;
    return mutex.give(waiter.task);
  }

  /** @param {Waiter} waiter */
  end(waiter) {
    super.end(waiter);
    /** @type {Mutex} */ (this.mutex).lent--;
  }

  signal() {
    if (this.waiters.length) this.grant(this.waiters[0]);
    return 0;
  }

  broadcast() {
    this.grantAll();
    return 0;
  }

  destroy() {
    return this.waiters.length ? EBUSY : 0;
  }
}

/** @param {Model} model @param {Condition} cond @param {Mutex} mutex @returns {Generator<undefined, number>} */
export function* waitForCondition(model, cond, mutex) {
  const task = model.running;
  if (!task) return ENOSUSPEND;
  if (mutex.holder !== task) return model.refused(EINVAL).status;
  if (cond.mutex !== mutex && cond.waiters.length) return model.refused(EINVAL).status;
  cond.mutex = mutex;
  const { status } = yield* model.yieldTo(cond);
  return mutex.holder === task ? status : yield* lockAgain(model, task, mutex, status);
}

/** Lock the mutex, whatever befalls the task meanwhile. @param {Model} model @param {Task} task @param {Mutex} mutex @param {number} status of its wait @returns {Generator<undefined, number>} */
function* lockAgain(model, task, mutex, status) {
  const shield = /** @type {Scope} */ (model.scopeEnter(Infinity, true));
  for (let locked; (locked = yield* take(model, mutex)) < 0;) {
    status = model.interruption(task) < 0 ? EDEADLOCK : locked;
    if (status === EDEADLOCK) {
      model.failed(task, failure(EDEADLOCK));
      break; // else thrown into this wait
    }
  }
  model.scopeExit(shield, 0);
  return status;
}
