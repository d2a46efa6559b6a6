/**
 * A queue between events and C: items wait for host calls to take them, and host calls wait for items. A cancelled call
 * takes nothing: the next item goes to the next call. See D35.
 */
import { LullError } from '../marshal/errors.js';
import { ECLOSED } from '../marshal/status.js';

/** @import { HostContext } from '../lull.js' */

/**
 * The result of a host function whose caller must wait. A thenable, not a promise: nothing is allocated for it, and
 * the value is delivered to C synchronously.
 */
export class HostThenable {
  /**
   * @param {HostContext} call
   * @param {any} [want] what the call wants of a queue
   */
  constructor(call, want) {
    this.call = call;
    this.want = want;
  }

  /** @type {(value?: any) => void} */
  resolve = nothing;
  /** @type {(error: unknown) => void} */
  reject = nothing;

  /**
   * Only lull calls it, with both functions, and chains nothing.
   *
   * @param {any} resolve
   * @param {any} reject
   * @returns {any}
   */
  then(resolve, reject) {
    this.resolve = resolve;
    this.reject = reject;
  }
}

/** @template T */
export class EventQueue {
  /** @type {T[]} */
  items = [];
  /** The waiting calls, in order. @type {HostThenable[]} */
  #waits = [];
  /** Whether no item will come any more. */
  ended = false;
  /** The reason. @type {unknown} */
  #error = new LullError(ECLOSED);

  /**
   * Called when a call begins to wait.
   *
   * @type {(want: any) => void}
   */
  wanted = nothing;

  /**
   * The result for a host function to return: an item, or a thenable for one.
   *
   * @param {HostContext} call
   * @param {any} [want]
   */
  next(call, want) {
    if (!this.#isAwaited()) {
      const found = this.take(want);
      if (found !== undefined) return found;
      if (this.ended) return this.end(this.#error);
    }
    const wait = new HostThenable(call, want);
    this.#waits.push(wait);
    this.wanted(want);
    return wait;
  }

  /** @param {T} item */
  put(item) {
    this.items.push(item);
    this.deliver();
  }

  /**
   * End the queue after the items that it has. The first reason counts.
   *
   * @param {unknown} [error]
   */
  close(error) {
    if (this.ended) return;
    this.ended = true;
    if (error !== undefined) this.#error = error;
    this.deliver();
  }

  /** Whether a call waits. Settled calls do not count. */
  #isAwaited() {
    const waits = this.#waits;
    while (waits.length && waits[0].call.settled) waits.shift();
    return waits.length > 0;
  }

  /**
   * Settle all waiting calls.
   *
   * @param {(wait: HostThenable) => void} settle
   */
  settleAll(settle) {
    for (const wait of this.#waits.splice(0)) if (!wait.call.settled) settle(wait);
  }

  /** Settle the calls that wait, as far as there is something for them. */
  deliver() {
    while (this.#isAwaited()) {
      const [wait] = this.#waits;
      const found = this.take(wait.want);
      if (found === undefined && !this.ended) return this.wanted(wait.want);
      this.#waits.shift();
      if (found !== undefined) {
        wait.resolve(found);
        continue;
      }
      try {
        wait.resolve(this.end(this.#error));
      } catch (error) {
        wait.reject(error);
      }
    }
  }

  /**
   * Take what a call wants; undefined if the queue does not have it.
   *
   * @param {any} _want
   * @returns {any}
   */
  take(_want) {
    return this.items.shift();
  }

  /**
   * The result of calls after the end: an error, unless a subclass returns another.
   *
   * @param {unknown} error
   * @returns {any}
   */
  end(error) {
    throw error;
  }
}

function nothing() {}
