/** Select, in the model: of several things, the one that happens. */
import { EBUSY, EINVAL, ENOSUSPEND, ESRCH } from '../../js/marshal/status.js';
import { Channel, live } from './channel.js';
import { Timer } from './loop.js';
import { Task } from './task.js';
import { failure, Future, success, Yieldable } from './yieldable.js';

/** @import { Model } from './model.js' */
/** @import { Ending, Waiter } from './yieldable.js' */

/**
 * What may happen: a channel takes an element or gives one, a future is settled, a task ends, a yieldable, or so many
 * seconds are over.
 * @typedef {{ send?: Channel | null, element?: number, receive?: Channel | null, await?: Future | null, join?: Task | null, yieldable?: Yieldable | null, after?: number }} Case
 */

/** What chance follows. */
export class Chance {
  #state = 1;

  /** @param {number} number */
  seed(number) {
    this.#state = number || 1;
    return 0;
  }

  /** A number below the limit: xorshift32, times an odd number. @param {number} limit */
  below(limit) {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return Number(BigInt(Math.imul(state, 0x9E3779B1) >>> 0) * BigInt(limit) >> 32n);
  }

  /** The numbers below count in any order. @param {number} count */
  order(count) {
    /** @type {number[]} */
    const order = [];
    for (let i = 0; i < count; i++) {
      const place = i ? this.below(i + 1) : 0;
      order[i] = order[place];
      order[place] = i;
    }
    return order;
  }
}

/** The wait for several cases, in the order in which they are tried. */
class Choice extends Yieldable {
  /** @type {{ index: number, ending: Ending, waiter: Waiter } | null} */
  happened = null;
  /** @type {Waiter | null} the task's own, while it waits */
  #waiter = null;
  /** @type {Waiter | null} of the case that is being begun */
  #beginning = null;
  /** @type {{ waiter: Waiter, timer: Timer, yieldable: Yieldable | null }[]} that wait, in the order of their beginning */
  #open = [];

  /** @param {Model} model @param {Task} task @param {Case[]} cases @param {number[]} order */
  constructor(model, task, cases, order) {
    super('one of several');
    this.model = model;
    this.task = task;
    this.cases = cases;
    this.rest = order;
  }

  /** Where somebody has resumed the task, the cases have gone on waiting. @param {Waiter} waiter */
  begin(waiter) {
    this.beginCases();
    if (this.happened) waiter.over(success());
    else this.#waiter = waiter;
    return 0;
  }

  beginCases() {
    for (let index; !this.happened && (index = this.rest.shift()) !== undefined;) this.#beginCase(index);
  }

  /** A lull_resume leaves the cases alone; what fails the wait ends them. */
  end() {
    this.#waiter = null;
    if (this.task.arrival.status !== 0) this.withdraw();
  }

  /** Nothing more happens. */
  withdraw() {
    for (let one; (one = this.#open.shift());) this.#leave(one);
  }

  /** @param {{ waiter: Waiter, timer: Timer, yieldable: Yieldable | null }} one */
  #leave({ waiter, timer, yieldable }) {
    this.model.disarm(timer);
    yieldable?.end(waiter);
  }

  /** @param {number} index */
  #beginCase(index) {
    const { send, element, receive, await: future, join, yieldable, after = 0 } = this.cases[index];
    const timer = new Timer();
    const waiter = { task: this.task, parcel: send ? { element } : {}, over: (/** @type {Ending} */ ending) => this.#over(index, waiter, ending) };
    const thing = yieldable ?? live(send)?.sending ?? live(receive)?.receiving ?? this.model.futureYieldable(future ?? null) ?? this.model.taskYieldable(join ?? null);
    if (!thing && !(after > 0)) return this.#happen(index, waiter, failure(ESRCH, { code: ESRCH, message: 0 }));
    const one = { waiter, timer, yieldable: thing };
    if (!thing) {
      timer.fire = () => waiter.over(success());
      this.model.arm(timer, this.model.now + after);
      this.#open.push(one);
      return;
    }
    this.#beginning = waiter;
    const status = thing.begin(waiter);
    this.#beginning = null;
    if (status < 0) return this.#happen(index, waiter, failure(status));
    if (this.happened) this.withdraw();
    if (!this.happened) this.#open.push(one);
    else if (this.happened.waiter === waiter) this.#leave(one);
  }

  /** A case is over. If another one is so already, this one does not happen. @param {number} index @param {Waiter} waiter @param {Ending} ending */
  #over(index, waiter, ending) {
    if (this.happened) return;
    this.#happen(index, waiter, ending);
    this.#waiter?.over(success());
    if (waiter === this.#beginning) return; // left when that has returned
    const own = this.#open.findIndex((one) => one.waiter === waiter);
    const [one] = this.#open.splice(own, 1);
    this.withdraw();
    this.#leave(one);
  }

  /** @param {number} index @param {Waiter} waiter @param {Ending} ending */
  #happen(index, waiter, ending) {
    this.happened ??= { index, ending, waiter };
  }
}

/** Whether each case says one thing that can be waited for. @param {Case[]} cases @param {Task} self */
function areValid(cases, self) {
  const says = (/** @type {Case} */ { send, receive, await: future, join, yieldable, after = 0 }) => send || receive || future || (join && join !== self) || yieldable || after > 0;
  return cases.length > 0 && cases.every(says);
}

/**
 * lull_select, or lull_try_select: the index of the case that happened, and what that came to.
 *
 * @param {Model} model
 * @param {Case[]} cases
 * @param {boolean} wait
 * @returns {Generator<undefined, { status: number, ending: Ending }>}
 */
export function* select(model, cases, wait) {
  const none = (/** @type {number} */ status) => ({ status, ending: failure(0) });
  const task = model.running;
  if (!task) return none(ENOSUSPEND);
  if (!areValid(cases, task)) return none(model.refused(EINVAL).status);
  const choice = new Choice(model, task, cases, model.chance.order(cases.length));
  task.leaveCases = () => choice.withdraw();
  let status = 0;
  if (wait) {
    do ({ status } = yield* model.yieldTo(choice));
    while (status === 0 && !choice.happened); // somebody has resumed the task
  } else {
    choice.beginCases();
  }
  choice.withdraw();
  task.leaveCases = () => {};
  if (status < 0) return none(status);
  if (!choice.happened) return none(EBUSY);
  const { index, ending, waiter } = choice.happened;
  if (ending.status < 0) return { status: index, ending: model.failed(task, ending) };
  return { status: index, ending: success(waiter.parcel.element ?? (cases[index].yieldable ? 0 : ending.value)) };
}
