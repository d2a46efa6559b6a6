/** Host calls: C calls a JavaScript function and, if it returns a promise, suspends until it settles. See D36. */
import { describedTask } from '../core/inspect.js';
import { statusOf } from '../marshal/errors.js';
import { memberOf } from '../marshal/own.js';
import { writeValue } from '../marshal/write-value.js';

/** @import { Declaration, Type } from '../marshal/signature.js' */
/** @import { Instance } from '../core/instance.js' */

/** One call: `this` of the host function, a HostContext. */
export class HostCall {
  /**
   * @param {Instance} instance
   * @param {number} future the index of the one that it settles. Calls that end at once share one. See D126.
   */
  constructor(instance, future) {
    this.#instance = instance;
    this.#future = future;
  }

  #instance;
  #future;
  /** Once it waits for a promise. */
  #ticket = 0;
  /** Whether the call has ended: it is settled, or its task no longer waits for it. */
  settled = false;
  /** @type {AbortController | undefined} made when the signal is first read */
  #controller;
  /** @type {(() => void) | undefined} aborts it, once the task no longer waits */
  #abort;

  /** Aborts when the waiting task is cancelled, times out or ends, or the app closes. */
  get signal() {
    const { signal } = (this.#controller ??= new AbortController());
    this.#abort?.();
    return signal;
  }

  /** The calling task; undefined once it no longer waits. */
  get task() {
    const { exports, memory } = this.#instance;
    if (this.settled || !exports.lull_caller(this.#future)) return undefined; // another call has its future then
    const { id, name } = describedTask(memory);
    return { id, name };
  }

  /** Let the task run in this turn of the event loop: see HostContext. */
  runInThisTurn() {
    this.#instance.pump.runInThisTurn();
  }

  /** The task no longer waits. @param {unknown} reason */
  reject(reason) {
    if (!this.settled) this.#release();
    this.#abort = () => this.#controller?.abort(reason);
    this.#abort();
  }

  /**
   * Take what the function has returned. Returns the answer for C.
   *
   * @type {(type: Type, result: any, where: string) => number}
   */
  take(type, result, where) {
    if (typeof result?.then === 'function') return this.#wait(type, result, where);
    const owned = writeValue(this.#instance.values, type, result, where, 'return');
    this.settled = true;
    return ~owned;
  }

  /** @type {(type: Type, promise: PromiseLike<unknown>, where: string) => number} returns the ticket */
  #wait(type, promise, where) {
    const instance = this.#instance;
    this.#ticket = instance.tickets.add(this);
    instance.pending++;
    const fail = (/** @type {unknown} */ error) => {
      if (this.#end()) this.fail(error);
    };
    try {
      promise.then((value) => {
        if (!this.#end()) return;
        let owned;
        try {
          owned = writeValue(instance.values, type, value, where, 'return');
        } catch (error) {
          return this.fail(error);
        }
        // Promises of the engine's call back in a microtask, where no C is on the stack. See D127.
        const runs = !instance.pending && promise instanceof Promise ? 1 : 0;
        if (instance.exports.lull_settle(this.#future, owned, runs)) instance.pump.runNow();
      }, fail);
    } catch (error) {
      fail(error);
    }
    return this.#ticket;
  }

  /** Returns whether the call had not ended yet. Throws if the stack has no room: then it has still not. */
  #end() {
    if (this.settled) return false;
    this.#instance.exports.lull_room();
    this.#release();
    return true;
  }

  #release() {
    this.settled = true;
    this.#instance.tickets.release(this.#ticket);
    this.#instance.pending--;
  }

  /** Reject it. Returns the answer for C. @param {unknown} error */
  fail(error) {
    const { values, exports } = this.#instance;
    this.settled = true;
    values.lendError(error, (ref, text, length) =>
      exports.lull_reject(this.#future, statusOf(error), ref, text, length));
    return 0;
  }
}

/**
 * C's imports for the host functions that are given. Each returns the ticket of a call that waits for a promise, the
 * inverse of what C owns with a value in the mailbox, or 0: see src/boundary/host_call.h.
 *
 * @param {Instance} instance
 * @param {Declaration[]} declarations
 * @param {Record<string, (...args: any[]) => any>} host
 * @param {(run: (...args: any[]) => any) => (...args: any[]) => any} [around] makes what is called in their place
 */
export function hostImports(instance, declarations, host, around) {
  return Object.fromEntries(declarations.flatMap((declaration) => {
    const given = memberOf(host, declaration.name);
    if (typeof given !== 'function') return [];
    const run = around?.(given) ?? given;
    const { plain, parameters, result, symbol } = declaration;
    const where = `host function ${declaration.name}`;
    const decoded = (/** @type {(number | bigint)[]} */ raw) =>
      parameters.map(({ type: { codec } }, index) => codec.argument(instance.values, raw[index], given.lent));
    // The engine makes an array of more, and of all if a closure has them.
    const few = plain ? parameters.length : -1;
    return [[symbol, (
      /** @type {number} */ future, /** @type {any} */ a, /** @type {any} */ b, /** @type {any[]} */ ...others
    ) => {
      const call = new HostCall(instance, future);
      try {
        return call.take(result, few === 0 ? run.call(call) : few === 1 ? run.call(call, a)
          : few === 2 ? run.call(call, a, b) : run.apply(call, decoded([a, b, ...others])), where);
      } catch (error) {
        return call.fail(error);
      }
    }]];
  }));
}
