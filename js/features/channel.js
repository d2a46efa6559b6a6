/** Channels of C, for JavaScript; src/boundary/channel_js.c is the other side. See D23. */
import { Ending } from '../core/ending.js';
import { readOptions, SIGNAL } from '../core/options.js';
import { wrong } from '../marshal/check.js';
import { LullError } from '../marshal/errors.js';
import { ECLOSED, EINVAL, ESRCH } from '../marshal/status.js';
import { ownedBy, writeValue } from '../marshal/write-value.js';
import { readableOf } from './stream.js';
import { elementNames, sizeOf, typeOf } from './types.js';

/** @import { Instance } from '../core/instance.js' */
/** @import { Options } from '../core/options.js' */
/** @import { Type } from '../marshal/signature.js' */

/**
 * In engines without explicit resource management, the symbol that its polyfills use.
 *
 * @type {typeof Symbol.dispose}
 */
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

const VOID = typeOf('void');

const nothing = () => {};

/** @type {Options} */
const CHANNEL = {
  capacity: [(value) => Number.isInteger(value) && value >= 0 && value < 2 ** 31, 'an integer, not negative'],
};

/** @type {Options} */
const WAIT = { signal: SIGNAL };

/** The channels of an instance: see the type in values.js. */
export class Channels {
  /** @param {Instance} instance */
  constructor(instance) {
    this.#instance = instance;
  }

  #instance;

  /**
   * @param {string} type of the elements
   * @param {{ capacity?: number }} [options]
   */
  open(type, options) {
    const { capacity = 0 } = readOptions('channel', options, CHANNEL);
    const element = elementNames.includes(type) && typeOf(type);
    if (!element) throw wrong('channel: the type', `one of ${elementNames.join(', ')}`, type);
    const handle = this.#instance.exports.lull_channel_new(sizeOf(element), capacity);
    if (handle < 0) {
      const status = Number(handle);
      const why = status === ECLOSED ? 'the app is closed' : new LullError(status).message;
      throw new LullError(status, `cannot make a channel: ${why}`);
    }
    return this.share(element, handle, true);
  }

  /**
   * @param {unknown} value
   * @param {Type} element
   */
  fits(value, element) {
    return value instanceof Channel && value.isOf(element, this.#instance);
  }

  /**
   * @param {Type} element
   * @param {bigint} handle
   */
  take(element, handle) {
    try {
      return this.share(element, handle, true);
    } catch (error) {
      return Promise.reject(error); // C is on the stack: nothing may be thrown through it
    }
  }

  /**
   * The channel that JavaScript already has for a handle, else a new one.
   *
   * @param {Type} element
   * @param {bigint} handle
   * @param {boolean} [passes] whether C's reference passes to JavaScript
   * @returns {Channel}
   */
  share(element, handle, passes = false) {
    const { exports, tickets } = this.#instance;
    const channel = new Channel(this.#instance, element, handle);
    const { released } = channel;
    const ending = Object.assign(new Ending('a channel', VOID), { resolve: released, reject: released, channel });
    const ticket = tickets.add(ending);
    const answer = exports.lull_channel_share(handle, sizeOf(element), ownedBy(element.codec), passes, ticket);
    if (answer === ticket) return channel;
    tickets.release(ticket);
    if (answer > 0) {
      const known = /** @type {typeof ending} */ (tickets.get(answer)).channel;
      if (known.isOf(element, this.#instance)) return known;
    }
    const status = answer > 0 ? EINVAL : answer;
    const what = `C has handed over a channel of other elements as a LULL_CHAN(${element.text})`;
    throw new LullError(status, status === EINVAL ? what : undefined);
  }
}

export class Channel {
  /**
   * @param {Instance} instance
   * @param {Type} element
   * @param {bigint} handle
   */
  constructor(instance, element, handle) {
    this.#instance = instance;
    this.#element = element;
    /** C's handle; 0n once JavaScript's reference is released. */
    this.handle = handle;
  }

  #instance;
  #element;
  /** @type {ReadableStream | undefined} */
  #readable;
  /** @type {WritableStream | undefined} */
  #writable;

  /**
   * Whether it can be handed to C as a channel of these elements.
   *
   * @param {Type} element
   * @param {Instance} instance
   */
  isOf({ codec }, instance) {
    return this.handle !== 0n && this.#element.codec === codec && this.#instance === instance;
  }

  /** Called when C has released JavaScript's reference. */
  released = () => {
    this.handle = 0n;
  };

  get [Symbol.toStringTag]() {
    return `${this.handle === 0n ? 'released Channel ' : 'Channel '}of ${this.#element.text}`;
  }

  /**
   * Resolves when a receiver or the channel has taken the value.
   *
   * @param {unknown} value
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<void>}
   */
  send(value, options) {
    const { codec } = this.#element;
    const { values, exports } = this.#instance;
    return this.#wait('send', options, {
      result: VOID,
      begin: (ticket) => {
        if (this.handle === 0n) throw closedError();
        writeValue(values, this.#element, value, 'send: the element');
        const { i64, mailbox } = values.memory;
        return exports.lull_channel_send(this.handle, i64[mailbox >>> 3], ticket);
      },
      resolved: nothing,
      undo: () => { codec.take(values, values.memory.mailbox); },
    });
  }

  /**
   * Resolves with the next value, or with `done` if the channel is closed and empty.
   *
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<IteratorResult<any, undefined>>}
   */
  receive(options) {
    return this.#wait('receive', options, {
      result: this.#element,
      begin: (ticket) => this.#instance.exports.lull_channel_receive(this.handle, ticket), // of 0n: LULL_ESRCH
      // The value may be a promise, which is not awaited.
      resolved: (value) => /** @type {IteratorResult<any>} */ ({ value, done: false }),
      closed: { value: undefined, done: true },
      undo: nothing,
    });
  }

  /**
   * Wait in C's queue of senders or receivers.
   *
   * @template T
   * @param {string} where
   * @param {{ signal?: AbortSignal } | undefined} options
   * @param {object} wait
   * @param {Type} wait.result of C
   * @param {(ticket: number) => number} wait.begin may throw
   * @param {(result: any) => T} wait.resolved
   * @param {T} [wait.closed] the result of a closed channel; without it, that is a failure
   * @param {() => void} wait.undo called after a wait that fails, with its element in the mailbox
   * @returns {Promise<T>}
   */
  #wait(where, options, { result, begin, resolved, closed, undo }) {
    const { exports, signals, tickets, values } = this.#instance;
    const ending = new Ending('a channel', result);
    const { promise, resolve, reject } = ending;
    /** @type {(() => void) | undefined} */
    let unfollow; // called at the end, because a signal may outlive many waits
    let ticket = 0;
    let wait = 0; // while it begins
    ending.resolve = (/** @type {any} */ value) => {
      resolve(resolved(value));
      unfollow?.();
    };
    ending.reject = (/** @type {unknown} */ error, /** @type {number} */ status) => {
      const isClosed = status === ECLOSED || status === ESRCH; // the latter: it no longer exists
      undo();
      // A wait that the end of the channel, or of the app, ends is not an uncaught error.
      if (isClosed && wait > 0) promise.catch(nothing);
      if (isClosed && closed) resolve(closed);
      else reject(isClosed ? closedError() : error);
      unfollow?.();
    };
    try {
      const { signal } = readOptions(where, options, WAIT);
      if (signal?.aborted) throw signal.reason;
      exports.lull_room();
      if (signal) { // before the wait, because it may throw
        unfollow = signals.follow(signal, () => {
          values.memory.i64[values.memory.mailbox >>> 3] = exports.lull_channel_forget(wait);
          tickets.release(ticket);
          ending.reject(signal.reason, 0);
        });
      }
      ticket = tickets.add(ending);
      wait = begin(ticket);
      if (wait < 0) {
        tickets.release(ticket);
        ending.reject(new LullError(wait), wait);
      }
    } catch (error) {
      tickets.release(ticket);
      reject?.(error); // undefined, and nothing else to do, where the stack has ended before
      unfollow?.();
    }
    return promise;
  }

  /** Accept no more values. */
  close() {
    if (this.handle !== 0n) this.#instance.exports.lull_channel_close(this.handle);
  }

  /** Close the channel, and release JavaScript's reference to it. */
  [dispose]() {
    if (this.handle !== 0n) this.#instance.exports.lull_channel_dispose(this.handle);
  }

  /** @returns {AsyncIterator<any, undefined>} */
  [Symbol.asyncIterator]() {
    return { next: () => this.receive() };
  }

  get readable() {
    return (this.#readable ??= readableOf({ next: () => this.receive(), return: () => this[dispose]() }));
  }

  get writable() {
    const close = () => this.close();
    return (this.#writable ??= new WritableStream({
      write: (value, { signal }) => this.send(value, { signal }), close, abort: close,
    }));
  }
}

const closedError = () => new LullError(ECLOSED, 'the channel is closed');
