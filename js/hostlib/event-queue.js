/**
 * A queue between events and C: what comes is kept until a host call takes it, and a host call waits until something
 * comes. A call that is cancelled meanwhile takes nothing: what comes later is the next one's. See D35.
 */
import { LullError } from '../marshal/errors.js';
import { ECLOSED } from '../marshal/status.js';

/** @import { HostCall } from '../features/host-calls.js' */

/**
 * What a host function returns where its caller has to wait: a thenable, so that nobody makes promises, and the value
 * is C's in the moment in which it comes.
 */
export class HostThenable {
  /**
   * @param {HostCall} call
   * @param {any} [want] what of a queue
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
   * @param {(value?: any) => void} resolve
   * @param {(error: unknown) => void} reject
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
  /** Those who wait, first to last. @type {HostThenable[]} */
  #waits = [];
  /** Nothing comes any more. */
  ended = false;
  /** Why not. @type {unknown} */
  #error = new LullError(ECLOSED);

  /**
   * Called where somebody waits, and there is nothing.
   *
   * @type {(want: any) => void}
   */
  wanted = nothing;

  /**
   * For a host function to return: what is wanted, or a wait for it.
   *
   * @param {HostCall} call
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
    this.#deliver();
  }

  /**
   * Nothing comes any more, after what is there. The first reason counts.
   *
   * @param {unknown} [error]
   */
  close(error) {
    if (this.ended) return;
    this.ended = true;
    if (error !== undefined) this.#error = error;
    this.#deliver();
  }

  /** Whether somebody waits: not those whose calls are over. */
  #isAwaited() {
    const waits = this.#waits;
    while (waits.length && waits[0].call.over) waits.shift();
    return waits.length > 0;
  }

  /**
   * End all waits.
   *
   * @param {(wait: HostThenable) => void} settle
   */
  settleAll(settle) {
    for (const wait of this.#waits.splice(0)) if (!wait.call.over) settle(wait);
  }

  #deliver() {
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
   * Take what is wanted; undefined where that is not there.
   *
   * @param {any} _want
   * @returns {any}
   */
  take(_want) {
    return this.items.shift();
  }

  /**
   * What those get who come after the end: an error, unless a subclass knows better.
   *
   * @param {unknown} error
   * @returns {any}
   */
  end(error) {
    throw error;
  }
}

function nothing() {}
