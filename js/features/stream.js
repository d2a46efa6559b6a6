/** Streams: generators of C as async iterators. See D61. */
import { Task } from '../core/task.js';

/** @import { Ending, Instance } from '../core/instance.js' */
/** @import { Declaration } from '../marshal/signature.js' */

export class Stream {
  /**
   * @param {Instance} instance
   * @param {Declaration} declaration
   * @param {(emit: Required<Ending>['emit']) => Task} spawn
   */
  constructor(instance, { result: { codec } }, spawn) {
    this.#values = instance.values;
    this.#take = codec.take;
    this.#pump = instance.pump;
    this.#demandOf = instance.exports.lull_demand;
    /** The task that runs the generator. */
    this.task = spawn(() => this.#emit());
    this.#handle = Task.handleOf(this.task);
    this.task.result.then(() => this.#end(), (error) => this.#end({ error }));
  }

  #values;
  #take;
  #pump;
  #demandOf;
  #handle;
  /** Whether the task waits with an element before a reader has asked for it: at most one. */
  #ahead = false;
  /** @type {unknown} that element */
  #element;
  /**
   * The waiting readers.
   *
   * @type {{ resolve: (result: IteratorResult<unknown>) => void, reject: (error: unknown) => void }[]}
   */
  #readers = [];
  #ended = false;
  /** The failure that the next reader gets. @type {{ error: unknown } | undefined} */
  #failure;

  /**
   * The task has an element. Returns 1 if a reader already waits for the next one, else 0: a number, because engines
   * convert a boolean to an i32 by a call.
   */
  #emit() {
    const value = this.#take(this.#values, this.#values.memory.mailbox);
    if (this.#readers.length) {
      this.#readers.shift()?.resolve({ value, done: false });
      return 1;
    }
    this.#element = value;
    this.#ahead = true;
    return 0;
  }

  /** @param {{ error: unknown }} [failure] */
  #end(failure) {
    this.#ended = true;
    const [first, ...others] = this.#readers.splice(0);
    if (failure && first) first.reject(failure.error);
    else first?.resolve({ value: undefined, done: true });
    if (!first) this.#failure = failure;
    for (const reader of others) reader.resolve({ value: undefined, done: true });
  }

  /** Resume the task, so that it makes its next element: at once if possible, as an async generator does. */
  #demand() {
    if (this.#demandOf(this.#handle)) this.#pump.runNow();
  }

  #forget() {
    this.#ahead = false;
    this.#element = undefined;
  }

  /** @returns {Promise<IteratorResult<any>>} */
  next() {
    if (this.#ahead) {
      const value = this.#element;
      this.#forget();
      if (!this.#ended) this.#demand();
      return Promise.resolve({ value, done: false });
    }
    if (!this.#ended) return new Promise((resolve, reject) => { this.#readers.push({ resolve, reject }); });
    const failure = this.#failure;
    this.#failure = undefined;
    return failure ? Promise.reject(failure.error) : Promise.resolve({ value: undefined, done: true });
  }

  /**
   * Leave the stream: cancels the task. Resolves when the task has ended.
   *
   * @param {any} [value]
   * @returns {Promise<IteratorResult<any>>}
   */
  async return(value) {
    this.#forget();
    await this.task.cancel();
    this.#forget(); // an element that the task emitted while it ended
    this.#failure = undefined;
    return { value, done: true };
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** The elements as a web stream. */
  readable() {
    return readableOf(() => this.next(), async () => { await this.return(); });
  }
}

/**
 * A web stream that pulls an element whenever it is read.
 *
 * @param {() => Promise<IteratorResult<any>>} next
 * @param {() => void | Promise<void>} cancel
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
