/** Streams: generators of C as async iterators. Apart, because a module that has none does not load it. */

import { find } from '../marshal/signature.js';
import { Task } from '../core/task.js';

/** @import { Ending, Instance } from '../core/instance.js' */
/** @import { SpawnOptions } from '../lull.js' */
/** @import { Declaration } from '../marshal/signature.js' */

/**
 * @callback SpawnStream
 * @param {Declaration} declaration
 * @param {readonly unknown[]} [args]
 * @param {SpawnOptions} [options]
 * @param {Ending['emit']} [emit]
 * @returns {Task}
 */

/**
 * What makes `app.stream` of a function that spawns tasks.
 *
 * @param {Instance} instance
 * @param {Declaration[]} generators
 */
export const streams = (instance, generators) => (/** @type {SpawnStream} */ spawn) =>
  (/** @type {string} */ name, /** @type {readonly unknown[]} */ args, /** @type {SpawnOptions} */ options) => {
    const declaration = find('generator', generators, name);
    return new Stream(instance, declaration, (emit) => spawn(declaration, args, options, emit));
  };

export class Stream {
  /**
   * @param {Instance} instance
   * @param {Declaration} declaration
   * @param {(emit: Ending['emit']) => Task} spawn
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
  /** Whether the task waits with an element that nobody has asked for; so there is never more than this one. */
  #ahead = false;
  /** @type {unknown} that element */
  #element;
  /**
   * Who has asked, and waits.
   *
   * @type {{ resolve: (result: IteratorResult<unknown>) => void, reject: (error: unknown) => void }[]}
   */
  #readers = [];
  #over = false;
  /** What the next reader is told. @type {{ error: unknown } | undefined} */
  #failure;

  /**
   * The task has an element. Returns 1 where the next one is asked for already, else 0. (An engine makes an i32 of a
   * number at once, and of a boolean by way of a call.)
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
    this.#over = true;
    const [first, ...others] = this.#readers.splice(0);
    if (failure && first) first.reject(failure.error);
    else first?.resolve({ value: undefined, done: true });
    if (!first) this.#failure = failure;
    for (const reader of others) reader.resolve({ value: undefined, done: true });
  }

  /** Have the task go on to its next element: at once, as an async generator does, where it can. */
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
      if (!this.#over) this.#demand();
      return Promise.resolve({ value, done: false });
    }
    if (!this.#over) return new Promise((resolve, reject) => { this.#readers.push({ resolve, reject }); });
    const failure = this.#failure;
    this.#failure = undefined;
    return failure ? Promise.reject(failure.error) : Promise.resolve({ value: undefined, done: true });
  }

  /**
   * Leave it: the task is cancelled. Resolves when it has ended.
   *
   * @param {any} [value]
   * @returns {Promise<IteratorResult<any>>}
   */
  async return(value) {
    this.#forget();
    await this.task.cancel();
    this.#forget(); // what it emitted on its way out
    this.#failure = undefined;
    return { value, done: true };
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** The same as a web stream. */
  readable() {
    return readableOf(() => this.next(), async () => { await this.return(); });
  }
}

/**
 * A web stream that asks for an element when it is read from.
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
