/** Host calls: C calls a JavaScript function and, if it returns a promise, suspends until it settles. See D36. */
import { statusOf } from '../marshal/errors.js';
import { memberOf } from '../marshal/own.js';
import { TASK_ID, TASK_NAME } from '../marshal/protocol.js';
import { writeValue } from '../marshal/write-value.js';

/** @import { Declaration } from '../marshal/signature.js' */
/** @import { Instance } from '../core/instance.js' */

/** One call: `this` of the host function, a HostContext. */
export class HostCall {
  /**
   * @param {HostCalls} calls
   * @param {number} future that it settles
   */
  constructor(calls, future) {
    this.#calls = calls;
    this.#future = future;
  }

  #calls;
  #future;
  /** Once it waits for a promise. */
  ticket = 0;
  /** Whether the call has ended: it is settled, or its task no longer waits for it. */
  settled = false;
  /** Why the task no longer waits. @type {{ reason: unknown } | undefined} */
  abandoned;
  /** @type {AbortController | undefined} made when the signal is first read */
  controller;

  /** Aborts when the waiting task is cancelled, times out or ends, or the app closes. */
  get signal() {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.abandoned) this.controller.abort(this.abandoned.reason);
    }
    return this.controller.signal;
  }

  /** The calling task; undefined once it no longer waits. */
  get task() {
    return this.#calls.callerOf(this.#future);
  }

  /** Let the task run in this turn of the event loop: see HostContext. */
  runInThisTurn() {
    this.#calls.runInThisTurn();
  }

  /**
   * The task no longer waits.
   *
   * @param {unknown} reason
   */
  reject(reason) {
    this.#calls.end(this);
    this.abandoned = { reason };
    this.controller?.abort(reason);
  }
}

class HostCalls {
  /** @param {Instance} instance */
  constructor(instance) {
    this.#instance = instance;
  }

  #instance;

  runInThisTurn() {
    this.#instance.pump.runInThisTurn();
  }

  /** @param {number} future */
  callerOf(future) {
    const { exports, memory } = this.#instance;
    if (!exports.lull_caller(future)) return undefined;
    return { id: memory.number(TASK_ID), name: memory.text(memory.number(TASK_NAME)) ?? '' };
  }

  /**
   * C's import for a host function.
   *
   * @param {Declaration} declaration
   * @param {(...args: any[]) => any} implementation
   * @returns {(future: number, ...raw: (number | bigint)[]) => number} the ticket of a call that waits for a promise,
   *   else 0
   */
  import(declaration, implementation) {
    return (future, ...raw) => {
      const call = new HostCall(this, future);
      try {
        const result = declaration.plain
          ? implementation.call(call, ...raw) // the engine makes no array for these
          : implementation.apply(call, this.#decode(declaration, raw));
        if (typeof result?.then === 'function') return this.#wait(call, declaration, future, result);
        this.#settle(declaration, future, result);
      } catch (error) {
        this.#reject(future, error);
      }
      return 0;
    };
  }

  /**
   * @param {Declaration} declaration
   * @param {(number | bigint)[]} raw
   */
  #decode({ parameters }, raw) {
    return parameters.map(({ type: { codec } }, index) => codec.argument(this.#instance.values, raw[index]));
  }

  /**
   * @param {HostCall} call
   * @param {Declaration} declaration
   * @param {number} future
   * @param {PromiseLike<unknown>} promise
   */
  #wait(call, declaration, future, promise) {
    call.ticket = this.#instance.tickets.add(call);
    this.#instance.pending++;
    const reject = (/** @type {unknown} */ error) => this.#finish(call, () => this.#reject(future, error));
    try {
      promise.then((value) => this.#finish(call, () => this.#settle(declaration, future, value)), reject);
    } catch (error) {
      reject(error);
    }
    return call.ticket;
  }

  /**
   * Settle a call that has not ended yet. Throws if the stack has no room: then it has still not.
   *
   * @param {HostCall} call
   * @param {() => void} settle
   */
  #finish(call, settle) {
    if (call.settled) return;
    call.settled = true;
    try {
      settle();
    } catch (error) {
      call.settled = false;
      throw error;
    }
    this.#release(call);
  }

  /** @param {HostCall} call */
  end(call) {
    if (call.settled) return;
    call.settled = true;
    this.#release(call);
  }

  /** @param {HostCall} call */
  #release({ ticket }) {
    this.#instance.tickets.release(ticket);
    this.#instance.pending--;
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
      owned = writeValue(values, declaration, value);
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

/**
 * C's imports for the host functions that are given.
 *
 * @param {Instance} instance
 * @param {Declaration[]} declarations
 * @param {Record<string, (...args: any[]) => any>} host
 * @param {(run: (...args: any[]) => any) => (...args: any[]) => any} [around] makes what is called in their place
 */
export function hostImports(instance, declarations, host, around = (run) => run) {
  const calls = new HostCalls(instance);
  return Object.fromEntries(declarations.flatMap((declaration) => {
    const run = memberOf(host, declaration.name);
    return typeof run === 'function' ? [[declaration.symbol, calls.import(declaration, around(run))]] : [];
  }));
}
