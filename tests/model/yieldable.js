/** What tasks of the model wait for, and what that comes to. */
import { Timer } from './loop.js';

/** @import { Scope, Task } from './task.js' */

/**
 * An error: a code and a message, which here is a number; and those that it stands for, where it stands for several.
 * @typedef {{ code: number, message: number, parts?: Failure[] }} Failure
 */

/** How a wait or a task ended. @typedef {{ status: number, value: number, error: Failure | null }} Ending */

/** @type {(value?: number) => Ending} */
export const success = (value = 0) => ({ status: 0, value, error: null });
/** @type {(status: number, error?: Failure | null) => Ending} */
export const failure = (status, error = null) => ({ status, value: 0, error });

/** One error for several. @param {Failure[]} failures */
export function join(failures) {
  return failures.length > 1 ? { ...failures[0], parts: failures } : failures[0];
}

/** What passes through a channel with whom: what a sender has until it is taken, and a receiver from when it is given. @typedef {{ element?: number }} Parcel */

/** Who waits, a task or one of the cases of its choice, and who is told how the wait has ended. @typedef {{ task: Task | null, over: (ending: Ending) => void, parcel: Parcel }} Waiter */

/** Anything that can be waited for. */
export class Yieldable {
  /** @type {Waiter[]} first come, first served */
  waiters = [];

  /** @param {string} name what those who wait are said to wait for */
  constructor(name) {
    this.name = name;
  }

  /** Somebody waits: tell the waiter when that is over, maybe now. @param {Waiter} waiter @returns {number} 0, or why it may not wait */
  begin(waiter) {
    this.waiters.push(waiter);
    return 0;
  }

  /** Nobody waits any longer. @param {Waiter} waiter */
  end(waiter) {
    this.waiters = this.waiters.filter((other) => other !== waiter);
  }

  /** @param {Ending} ending @returns {boolean} whether any task was told */
  wake(ending) {
    let told = false;
    for (let waiter; (waiter = this.waiters.shift());) {
      if (waiter.task) told = true;
      waiter.over(ending);
    }
    return told;
  }
}

export class Future extends Yieldable {
  /** @type {Ending | null} how it was settled */
  ending = null;
  freed = false;
  /** @type {Task | null} whose end will settle it */
  settler = null;
  /** Somebody has awaited it: if it is rejected, that is not lost. */
  awaited = false;

  constructor() {
    super('future');
  }

  /** @param {Waiter} waiter */
  begin(waiter) {
    this.awaited = true;
    if (!this.ending) return super.begin(waiter);
    waiter.over(this.ending);
    return 0;
  }
}

/** Tasks that are waited for together, and a scope of the task that opened it. */
export class Group extends Yieldable {
  /** @type {Task[]} */
  children = [];
  /** @type {Failure[]} of the children, in the order in which they failed */
  failures = [];
  /** Its children are cancelled. */
  killed = false;
  canceled = false;
  /** One of them was cut short by that. */
  incomplete = false;
  over = false;

  /** @param {Task} owner @param {Scope[]} around the scopes in which it was opened, innermost last: its own */
  constructor(owner, around) {
    super('group');
    this.owner = owner;
    this.around = around;
    this.scope = around[around.length - 1];
    /** Its owner's cancellation reaches it. */
    this.exposed = !owner.cleaning && !around.some(({ shield }) => shield);
  }

  /** When the scopes around it expire. */
  deadline = new Timer();

  /** To wait for it is to wait until there is no child. @param {Waiter} waiter */
  begin(waiter) {
    if (this.children.length) return super.begin(waiter);
    waiter.over(success());
    return 0;
  }
}
