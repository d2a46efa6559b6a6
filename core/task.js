/** Tasks as JavaScript sees them. */
import { LullError, statusOf } from './errors.js';
import { ECANCELED, EKILLED, ESRCH } from './status.js';

/** @import { Ending, Instance } from './instance.js' */
/** @import { Status, TaskInfo } from './lull.js' */

/** In engines that have no explicit resource management yet, the symbol that its polyfills use. */
export const asyncDispose = /** @type {typeof Symbol.asyncDispose} */ (Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose'));

/** @type {readonly Status[]} in the order of lull__state in src/kernel.h */
const STATES = ['ready', 'ready', 'waiting', 'done', 'running'];

const nothing = () => {};

/** A task that JavaScript spawned. Not a thenable: an async function that returned one would unwrap it. */
export class Task {
  /**
   * @param {Instance} instance
   * @param {string} name
   */
  constructor(instance, name) {
    this.#instance = instance;
    this.name = name;
    /** The number of the task: see TaskInfo. */
    this.id = 0;
    /** What C knows it by. */
    this.handle = 0;
    /** @type {Promise<any>} */
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  #instance;
  /** @type {(value: unknown) => void} */
  #resolve = nothing;
  /** @type {(error: unknown) => void} */
  #reject = nothing;
  /** @type {Status | undefined} how it ended */
  #ended;
  #unfollow = nothing;
  /** Who waits for it to end, not for how. */
  #over = nothing;

  /** It has ended: see Ending. @param {unknown} value */
  resolve(value) {
    this.#end('done');
    this.#resolve(value);
  }

  /**
   * @param {unknown} error
   * @param {number} status
   */
  reject(error, status) {
    this.#end(status === ECANCELED ? 'cancelled' : 'failed');
    // As in C: that nobody waits for the result of a task that was cancelled or killed is no news.
    if (status === ECANCELED || status === EKILLED) this.result.catch(nothing);
    this.#reject(error);
  }

  /** @param {Status} status */
  #end(status) {
    this.#ended = status;
    this.#over();
    this.#unfollow();
  }

  /** @returns {Status} */
  get status() {
    return this.#ended ?? listTasks(this.#instance).find(({ id }) => id === this.id)?.status ?? 'done';
  }

  /**
   * Cancel the task: its waits fail, so that it cleans up and ends. Resolves when it has ended, however.
   *
   * @param {unknown} [reason] what its result then rejects with
   */
  async cancel(reason) {
    this.#cancel(reason);
    if (this.#ended) return;
    const others = this.#over;
    await new Promise((resolve) => {
      this.#over = () => {
        others();
        resolve(undefined);
      };
    });
  }

  /** @param {unknown} reason */
  #cancel(reason) {
    if (this.#ended) return;
    const { exports, values } = this.#instance;
    if (reason === undefined) exports.lull_cancel(this.handle, 0, 0, 0);
    else values.lendError(reason, (ref, text, length) => exports.lull_cancel(this.handle, ref, text, length));
  }

  /**
   * Cancel it when the signal aborts.
   *
   * @param {AbortSignal} signal
   */
  follow(signal) {
    const abort = () => this.#cancel(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
    this.#unfollow = () => signal.removeEventListener('abort', abort);
  }

  /**
   * Fail the wait that the task is in, once, with this error.
   *
   * @param {unknown} error
   */
  throw(error) {
    const { exports, values } = this.#instance;
    let status = ESRCH;
    if (!this.#ended) values.lendError(error, (ref, text, length) => { status = exports.lull_throw(this.handle, statusOf(error), ref, text, length); });
    if (status < 0) throw new LullError(status, `cannot throw into task ${this.id} '${this.name}': it ${status === ESRCH ? 'has ended' : 'does not wait'}`);
  }

  /** End the task without running it any further, but for what it deferred. */
  kill() {
    if (!this.#ended) this.#instance.exports.lull_kill(this.handle);
  }

  [asyncDispose]() {
    return this.cancel();
  }
}

/**
 * The tasks that have not ended.
 *
 * @param {Instance} instance
 * @returns {TaskInfo[]}
 */
export function listTasks({ exports, memory }) {
  /** @type {TaskInfo[]} */
  const tasks = [];
  for (let index = 0; (index = exports.lull_next_task(index)) !== 0;) {
    const [id, parent, state, slices, stackBytes, name, waitingOn] = memory.numbers;
    tasks.push({
      id,
      name: memory.text(name) ?? '',
      parent: parent || null,
      status: STATES[state],
      waitingOn: STATES[state] === 'waiting' ? memory.text(waitingOn) : null,
      slices,
      stackBytes,
    });
  }
  return tasks;
}
