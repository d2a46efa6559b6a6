/** Host calls: C calls a function of JavaScript and, where that returns a promise, suspends until it settles. */
import { statusOf } from './errors.js';

/** @import { Declaration } from './signature.js' */
/** @import { Instance } from './instance.js' */

/** One call: `this` of the host function. */
export class HostCall {
  /** Settled, or nobody waits any longer. */
  over = false;
  /** Nobody waits any longer: because of this. @type {{ reason: unknown } | undefined} */
  abandoned;
  /** @type {AbortController | undefined} made when somebody asks for the signal */
  controller;

  /** Aborts when the waiting task is cancelled, times out or ends, or the app closes. */
  get signal() {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.abandoned) this.controller.abort(this.abandoned.reason);
    }
    return this.controller.signal;
  }

  /** @param {unknown} reason */
  abort(reason) {
    this.abandoned = { reason };
    this.controller?.abort(reason);
  }
}

export class HostCalls {
  /** @param {Instance} instance */
  constructor(instance) {
    this.#instance = instance;
  }

  #instance;
  /** How many wait for a promise. */
  pending = 0;

  /**
   * What C imports for a host function.
   *
   * @param {Declaration} declaration
   * @param {(...args: any[]) => any} implementation
   * @returns {(future: number, ...raw: (number | bigint)[]) => number} the ticket of a call that waits for a promise,
   *   else 0
   */
  import(declaration, implementation) {
    return (future, ...raw) => {
      const call = new HostCall();
      try {
        const result = declaration.plain
          ? implementation.call(call, ...raw) // the engine makes no array for these
          : implementation.apply(call, this.#instance.values.decodeArguments(declaration, raw));
        if (typeof result?.then === 'function') return this.#wait(call, declaration, future, result);
        this.#settle(declaration, future, result);
      } catch (error) {
        this.#reject(future, error);
      }
      return 0;
    };
  }

  /**
   * @param {HostCall} call
   * @param {Declaration} declaration
   * @param {number} future
   * @param {PromiseLike<unknown>} promise
   */
  #wait(call, declaration, future, promise) {
    const ticket = this.#instance.tickets.add(call);
    this.pending++;
    const reject = (/** @type {unknown} */ error) => {
      if (this.#end(call, ticket)) this.#reject(future, error);
    };
    try {
      promise.then((value) => {
        if (this.#end(call, ticket)) this.#settle(declaration, future, value);
      }, reject);
    } catch (error) {
      reject(error);
    }
    return ticket;
  }

  /**
   * Nobody waits for the call any longer.
   *
   * @param {HostCall} call
   * @param {number} ticket
   * @param {unknown} reason
   */
  abandon(call, ticket, reason) {
    this.#end(call, ticket);
    call.abort(reason);
  }

  /**
   * Returns whether the call was not over yet.
   *
   * @param {HostCall} call
   * @param {number} ticket
   */
  #end(call, ticket) {
    if (call.over) return false;
    call.over = true;
    this.#instance.tickets.release(ticket);
    this.pending--;
    return true;
  }

  /**
   * @param {Declaration} declaration
   * @param {number} future
   * @param {unknown} value
   */
  #settle(declaration, future, value) {
    const { values, exports } = this.#instance;
    let owned;
    try {
      owned = values.giveResult(declaration, value);
    } catch (error) {
      this.#reject(future, error);
      return;
    }
    exports.lull_settle(future, owned);
  }

  /**
   * @param {number} future
   * @param {unknown} error
   */
  #reject(future, error) {
    const { values, exports } = this.#instance;
    values.lendError(error, (ref, text, length) => exports.lull_reject(future, statusOf(error), ref, text, length));
  }
}
