/** Streams: generators of C as async iterators. See D61, D133. */
import { Ending } from '../core/ending.js';
import { Task } from '../core/task.js';
import { isExpected, unconvertible } from '../marshal/errors.js';

/** @import { Instance } from '../core/instance.js' */
/** @import { Failure } from '../core/task.js' */
/** @import { Declaration } from '../marshal/signature.js' */

const nothing = () => {};

export class Stream {
  /**
   * @param {Instance} instance
   * @param {Declaration} declaration
   * @param {(emit: Ending['emit']) => Task} spawn
   */
  constructor(instance, declaration, spawn) {
    this.#instance = instance;
    this.#declaration = declaration;
    /** The task that runs the generator. */
    this.task = spawn(() => this.#emit());
    this.#handle = Task.handleOf(this.task);
    Task.watch(this.task, (failure) => this.#end(failure));
  }

  #instance;
  #declaration;
  /** C's; 0 once the task has ended. */
  #handle;
  /** An element with which the task waits before a reader has asked for it. @type {IteratorResult<any> | undefined} */
  #ahead;
  /** The readers that wait for an element. @type {Ending[]} */
  #readers = [];
  /** Whether anybody has ever read: the stream's failure is that reader's to see, else nobody's. */
  #read = false;
  /** The failure that the next reader gets. @type {{ error: unknown } | undefined} */
  #failure;

  /**
   * The task has an element. Returns how many readers waited for it: a number, because engines convert a boolean to an
   * i32 by a call.
   */
  #emit() {
    const result = { value: undefined, done: false };
    try {
      result.value = /** @type {any} */ (this.#instance.values.takeResult(this.#declaration.result));
    } catch (cause) { // as of a text that is too long for JavaScript
      const error = unconvertible(`an element of ${this.#declaration.name}`, cause);
      Promise.resolve().then(() => this.task.cancel(error)); // not while C is on the stack
      return 0;
    }
    const reader = this.#readers.shift();
    if (!reader) this.#ahead = result;
    reader?.resolve(result);
    return reader ? 1 : 0;
  }

  /** @param {Failure} [failure] */
  #end(failure) {
    this.#handle = 0;
    const readers = this.#readers.splice(0);
    if (failure) {
      if (this.#read) this.task.result.catch(nothing);
      const first = readers.shift();
      if (first) {
        if (isExpected(failure.status)) first.promise.catch(nothing);
        first.reject(failure.error);
      } else {
        this.#failure = failure;
      }
    }
    for (const reader of readers) reader.resolve({ value: undefined, done: true });
  }

  /** @returns {Promise<IteratorResult<any>>} */
  next() {
    const { exports, pump } = this.#instance;
    const result = this.#ahead;
    const isIdle = exports.lull_demand(result ? this.#handle : 0);
    this.#read = true;
    if (result) {
      this.#ahead = undefined;
      if (isIdle) pump.runNow(); // it makes the next element at once, as an async generator does
      return Promise.resolve(result);
    }
    if (this.#handle) {
      const reader = new Ending();
      this.#readers.push(reader);
      return reader.promise;
    }
    const failure = this.#failure;
    if (!failure) return Promise.resolve({ value: undefined, done: true });
    this.#failure = undefined;
    this.task.result.catch(nothing); // this reader sees it
    return Promise.reject(failure.error);
  }

  /**
   * Leave the stream: cancels the task. Resolves when the task has ended.
   *
   * @param {any} [value]
   * @returns {Promise<IteratorResult<any>>}
   */
  async return(value) {
    this.#ahead = undefined;
    await this.task.cancel();
    this.#ahead = this.#failure = undefined; // also an element that the task emitted while it ended
    return { value, done: true };
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** The elements as a web stream. */
  readable() {
    return readableOf(() => this.next(), () => this.return());
  }
}

/**
 * A web stream that pulls an element whenever it is read.
 *
 * @param {() => Promise<IteratorResult<any>>} next
 * @param {() => any} cancel
 */
export function readableOf(next, cancel) {
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel,
  }, { highWaterMark: 0 });
}
