/** Streams: generators of C as async iterators. See D61, D133, D135. */
import { Ending } from '../core/ending.js';
import { Task } from '../core/task.js';
import { isExpected, unconvertible } from '../marshal/errors.js';

/** @import { Instance } from '../core/instance.js' */
/** @import { Failure } from '../core/task.js' */
/** @import { Declaration } from '../marshal/signature.js' */

/** An element of C. @typedef {{ result: IteratorResult<any> | undefined, next: Made | undefined }} Made */

export class Stream {
  /**
   * @param {Instance} instance
   * @param {Declaration} declaration
   * @param {number | undefined} highWaterMark how many elements the task may be ahead of its reader
   * @param {(emit: Ending['emit']) => Task} spawn
   */
  constructor(instance, declaration, highWaterMark = 1, spawn) {
    this.#instance = instance;
    this.#declaration = declaration;
    this.#highWaterMark = highWaterMark;
    /** The task that runs the generator. */
    this.task = spawn(() => this.#emit());
    this.#handle = Task.watch(this.task, (failure) => this.#end(failure));
  }

  #instance;
  #declaration;
  #highWaterMark;
  /** C's; 0 once the task has ended. */
  #handle;
  /**
   * The unread elements, as a list behind the element that was read last: an array would move all of them at each read.
   * The task waits with the last one once they are as many as the high-water mark. See D135.
   *
   * @type {Made}
   */
  #taken = { result: undefined, next: undefined };
  #last = this.#taken;
  #ahead = 0;
  /** The readers that wait for an element. @type {Ending[]} */
  #readers = [];
  /** Set once anybody has read: the stream's failure is then for a reader to see. @type {Promise<void> | undefined} */
  #read;
  /** The failure that the next reader gets. @type {Failure | undefined} */
  #failure;

  /**
   * The task has an element. Returns whether it goes on: as a number, because engines convert a boolean to an i32 by a
   * call.
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
    if (this.#readers.length) {
      this.#readers.shift()?.resolve(result);
      return 1;
    }
    this.#last = this.#last.next = { result, next: undefined };
    return ++this.#ahead < this.#highWaterMark ? 1 : 0;
  }

  #drop() {
    this.#taken = this.#last;
    this.#ahead = 0;
    this.#failure = undefined;
  }

  /** No more elements come. @param {Failure} [failure] for the first reader */
  #end(failure) {
    this.#handle = 0;
    for (const reader of this.#readers.splice(0)) {
      if (failure) {
        if (isExpected(failure.status)) reader.promise.catch(() => {});
        reader.reject(failure.error);
        failure = undefined;
      } else {
        reader.resolve({ value: undefined, done: true });
      }
    }
    this.#failure = failure;
  }

  /** @returns {Promise<IteratorResult<any>>} */
  next() {
    const { exports, pump } = this.#instance;
    const made = this.#taken.next;
    const isIdle = made?.next ? 0 : exports.lull_demand(made ? this.#handle : 0);
    this.#read ??= this.task.result.catch(() => {});
    if (made) {
      const result = /** @type {IteratorResult<any>} */ (made.result);
      made.result = undefined; // the reader's alone
      this.#taken = made;
      this.#ahead--;
      if (isIdle) pump.runNow(); // it makes the next elements at once, as an async generator does
      return Promise.resolve(result);
    }
    const reader = new Ending();
    this.#readers.push(reader);
    if (!this.#handle) this.#end(this.#failure);
    return reader.promise;
  }

  /**
   * Leave the stream: cancels the task. Resolves when the task has ended.
   *
   * @param {any} [value]
   * @returns {Promise<IteratorResult<any>>}
   */
  async return(value) {
    this.#drop();
    await this.task.cancel();
    this.#drop(); // also what the task emitted while it ended
    return { value, done: true };
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** The elements as a web stream. */
  readable() {
    return readableOf(this);
  }
}

/**
 * A web stream that asks for an element whenever it is read.
 *
 * @param {{ next: () => Promise<IteratorResult<any>>, return: () => any }} elements
 */
export const readableOf = (elements) => new ReadableStream({
  async pull(controller) {
    const { value, done } = await elements.next();
    if (done) controller.close();
    else controller.enqueue(value);
  },
  cancel: () => elements.return(),
}, { highWaterMark: 0 });
