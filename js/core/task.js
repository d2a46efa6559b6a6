/** The handle of a task that JavaScript spawned. */
import { LullError, statusOf } from '../marshal/errors.js';
import { taskAt } from './inspect.js';
import { ECANCELED, ESRCH } from '../marshal/status.js';
import { Ending } from './ending.js';

/** @import { Type } from '../marshal/signature.js' */
/** @import { Instance } from './instance.js' */
/** @import { Status } from '../lull.js' */

/** How a task failed. @typedef {{ error: unknown, status: number }} Failure */

/**
 * In engines without explicit resource management, the symbol that its polyfills use.
 *
 * @type {typeof Symbol.asyncDispose}
 */
export const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/** Not a thenable: async functions would unwrap it. */
export class Task {
  /**
   * Throws what `start` throws.
   *
   * @param {Instance} instance
   * @param {string} name
   * @param {Type} result of C
   * @param {AbortSignal | undefined} signal
   * @param {(ending: Ending) => [handle: number, id: number]} start
   */
  constructor(instance, name, result, signal, start) {
    this.#instance = instance;
    this.name = name;
    const ending = new Ending(name, result);
    const { promise, resolve, reject } = ending;
    this.result = promise;
    ending.resolve = (/** @type {any} */ value) => {
      resolve(value);
      this.#end('done');
    };
    ending.reject = (/** @type {unknown} */ error, /** @type {number} */ status) => {
      reject(error);
      this.#end(status === ECANCELED ? 'cancelled' : 'failed', { error, status });
    };
    // Before the task runs, because a signal may throw.
    const { aborted, reason } = signal ?? {};
    if (signal && !aborted) this.#unfollow = instance.signals.follow(signal, () => this.#cancel(signal.reason));
    try {
      [this.#handle, this.id] = start(ending);
    } catch (error) {
      this.#unfollow?.();
      throw error;
    }
    if (aborted) this.#cancel(reason);
  }

  #instance;
  /** C's handle. @type {number} */
  #handle;
  /** The serial number: see TaskName. @type {number} */
  id;
  /** @type {Status | undefined} how it ended */
  #ended;
  #unfollow;
  /** Called at the end. @type {((failure?: Failure) => void)[]} */
  #watchers = [];

  /**
   * For streams: call this when the task ends. Returns C's handle.
   *
   * @param {Task} task
   * @param {(failure?: Failure) => void} watcher
   */
  static watch(task, watcher) {
    task.#watchers.push(watcher);
    return task.#handle;
  }

  /**
   * @param {Status} status
   * @param {Failure} [failure]
   */
  #end(status, failure) {
    this.#ended = status;
    for (const watcher of this.#watchers) watcher(failure);
    this.#unfollow?.();
  }

  /** @returns {Status} */
  get status() {
    if (this.#ended) return this.#ended;
    const at = taskAt(this.#instance, this.#handle);
    return at?.id === this.id ? at.status : 'done';
  }

  /**
   * Cancel the task: its waits fail, so that it cleans up and ends. Resolves when it has ended, in whatever way.
   *
   * @param {unknown} [reason] what its result then rejects with
   */
  async cancel(reason) {
    this.#cancel(reason);
    if (!this.#ended) await new Promise((resolve) => { this.#watchers.push(resolve); });
  }

  /** @param {unknown} reason */
  #cancel(reason) {
    if (this.#ended) return;
    const { exports, values } = this.#instance;
    this.#instance.enter(() => {
      if (reason === undefined) exports.lull_cancel(this.#handle);
      else values.lendError(reason, (ref, text, length) => exports.lull_cancel(this.#handle, ref, text, length));
    });
  }

  /**
   * Fail the task's current wait, once, with this error.
   *
   * @param {unknown} error
   */
  throw(error) {
    const { exports, values } = this.#instance;
    let status = ESRCH;
    if (!this.#ended) {
      status = 0;
      this.#instance.enter(() => values.lendError(error, (ref, text, length) => {
        status = exports.lull_throw(this.#handle, statusOf(error), ref, text, length);
      }));
    }
    if (status < 0) {
      throw new LullError(
        status,
        `cannot throw into task ${this.id} '${this.name}': it ${status === ESRCH ? 'has ended' : 'does not wait'}`,
      );
    }
  }

  /** End the task without running it any further, except for its deferred functions. */
  kill() {
    if (!this.#ended) this.#instance.enter(() => this.#instance.exports.lull_kill(this.#handle));
  }

  [asyncDispose]() {
    return this.cancel();
  }

  /** For messages about a task where its result is wanted. */
  get [Symbol.toStringTag]() {
    return `Task '${this.name}', whose value is in its .result`;
  }
}
