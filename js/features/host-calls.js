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
   * @param {Instance} instance
   * @param {number} future that it settles
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
  /** Why the task no longer waits. @type {{ reason: unknown } | undefined} */
  #abandoned;
  /** @type {AbortController | undefined} made when the signal is first read */
  #controller;

  /** Aborts when the waiting task is cancelled, times out or ends, or the app closes. */
  get signal() {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#abandoned) this.#controller.abort(this.#abandoned.reason);
    }
    return this.#controller.signal;
  }

  /** The calling task; undefined once it no longer waits. */
  get task() {
    const { exports, memory } = this.#instance;
    if (!exports.lull_caller(this.#future)) return undefined;
    return { id: memory.number(TASK_ID), name: memory.text(memory.number(TASK_NAME)) ?? '' };
  }

  /** Let the task run in this turn of the event loop: see HostContext. */
  runInThisTurn() {
    this.#instance.pump.runInThisTurn();
  }

  /**
   * The task no longer waits.
   *
   * @param {unknown} reason
   */
  reject(reason) {
    if (!this.settled) this.#release();
    this.#abandoned = { reason };
    this.#controller?.abort(reason);
  }

  /**
   * Take a promise, and settle with it. Returns the ticket.
   *
   * @param {Declaration} declaration
   * @param {PromiseLike<unknown>} promise
   */
  take(declaration, promise) {
    this.#ticket = this.#instance.tickets.add(this);
    this.#instance.pending++;
    const fail = (/** @type {unknown} */ error) => {
      if (this.#end()) this.fail(error);
    };
    try {
      promise.then((value) => {
        if (this.#end()) this.#settle(declaration, value);
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

  /**
   * @param {Declaration} declaration
   * @param {unknown} value
   */
  #settle(declaration, value) {
    let owned;
    try {
      owned = this.write(declaration, value);
    } catch (error) {
      return this.fail(error);
    }
    this.#instance.exports.lull_settle(this.#future, owned);
  }

  /**
   * Write the result to the mailbox. Returns what C owns with it.
   *
   * @param {Declaration} declaration
   * @param {unknown} value
   */
  write({ name, result }, value) {
    return writeValue(this.#instance.values, result, value, `host function ${name}`, 'return');
  }

  /** @param {unknown} error */
  fail(error) {
    const { values, exports } = this.#instance;
    values.lendError(error, (...lent) => exports.lull_reject(this.#future, statusOf(error), ...lent));
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
    // Outside of the import: a closure over `raw` makes the engine allocate an array for each call.
    const decoded = (/** @type {(number | bigint)[]} */ raw) =>
      declaration.parameters.map(({ type: { codec } }, index) =>
        codec.argument(instance.values, raw[index], given.lent));
    return [[declaration.symbol, (/** @type {number} */ future, /** @type {(number | bigint)[]} */ ...raw) => {
      const call = new HostCall(instance, future);
      try {
        const result = declaration.plain ? run.call(call, ...raw) : run.apply(call, decoded(raw));
        if (typeof result?.then === 'function') return call.take(declaration, result);
        return ~call.write(declaration, result);
      } catch (error) {
        call.fail(error);
        return 0;
      }
    }]];
  }));
}
