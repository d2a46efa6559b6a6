/** Semaphores, events, barriers and wait groups of the model: what belongs to no task. */
import { EBUSY, EINVAL } from '../../js/marshal/status.js';
import { Lock } from './lock.js';

/** @import { Waiter } from './yieldable.js' */

export class Semaphore extends Lock {
  units = 0;

  constructor() {
    super('semaphore');
  }

  /** @param {Waiter} waiter */
  begin(waiter) {
    if (this.tryTake() < 0) return super.begin(waiter);
    this.grant(waiter);
    return 0;
  }

  tryTake() {
    if (!this.units) return EBUSY;
    this.units--;
    return 0;
  }

  give() {
    if (this.waiters.length) this.grant(this.waiters[0]);
    else this.units++;
    return 0;
  }

  destroy() {
    if (this.waiters.length) return EBUSY;
    this.units = 0;
    return 0;
  }
}

export class Event extends Lock {
  set = false;

  constructor() {
    super('event');
  }

  /** @param {Waiter} waiter */
  begin(waiter) {
    if (!this.set) return super.begin(waiter);
    this.grant(waiter);
    return 0;
  }

  give() {
    this.set = true;
    this.grantAll();
    return 0;
  }

  clear() {
    this.set = false;
    return 0;
  }

  destroy() {
    if (this.waiters.length) return EBUSY;
    return this.clear();
  }
}

export class Barrier extends Lock {
  count = 0;

  constructor() {
    super('barrier');
  }

  /** @param {Waiter} waiter */
  begin(waiter) {
    if (!this.count) return EINVAL;
    if (this.waiters.length + 1 < this.count) return super.begin(waiter);
    this.grantAll();
    this.grant(waiter, 1);
    return 0;
  }

  destroy() {
    if (this.waiters.length) return EBUSY;
    this.count = 0;
    return 0;
  }
}

export class WaitGroup extends Lock {
  count = 0;

  constructor() {
    super('wait group');
  }

  /** @param {Waiter} waiter */
  begin(waiter) {
    if (this.count) return super.begin(waiter);
    this.grant(waiter);
    return 0;
  }

  /** @param {number} delta */
  add(delta) {
    if (this.count + delta < 0) return EINVAL;
    this.count += delta;
    if (!this.count) this.grantAll();
    return 0;
  }

  give() {
    return this.add(-1);
  }

  destroy() {
    return this.count || this.waiters.length ? EBUSY : 0;
  }
}
