/** Channels of C, for JavaScript; src/boundary/channel_js.c is the other side. See D23. */
import { checkOption, checkSignal } from '../core/options.js';
import { wrong } from '../marshal/check.js';
import { codecs } from '../marshal/codecs.js';
import { LullError } from '../marshal/errors.js';
import { OWNS_MEMORY, OWNS_NOTHING, OWNS_REF } from '../marshal/protocol.js';
import { parseType, typesOf } from '../marshal/signature.js';
import { ECLOSED, EINVAL, ESRCH } from '../marshal/status.js';
import { NO_REFS } from '../marshal/values.js';
import { writeValue } from '../marshal/write-value.js';
import { ELEMENT_SIZES } from './element-sizes.js';
import { readableOf } from './stream.js';

/** @import { Ending, Instance } from '../core/instance.js' */
/** @import { Codec } from '../marshal/codecs.js' */
/** @import { Signatures, Type } from '../marshal/signature.js' */

/**
 * In engines without explicit resource management, the symbol that its polyfills use.
 *
 * @type {typeof Symbol.dispose}
 */
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

const VOID = parseType('void');

/** The bytes of an element, by its codec. */
const sizes = new Map(Object.entries(ELEMENT_SIZES).map(([name, size]) => [codecs.get(name), size]));

/** @param {Codec} codec */
const ownedBy = ({ bytes, reference }) => (bytes ? OWNS_MEMORY : reference ? OWNS_REF : OWNS_NOTHING);

/**
 * The codec of a type LULL_CHAN(…): its values are channels of the instance's `values.channels`.
 *
 * @param {Type} element
 * @returns {Codec}
 */
const channelOf = (element) => ({
  element,
  wanted: `a channel of ${element.text} of this app`,
  fits: (value, { channels }) => channels.fits(value, element),
  raw: (channel) => channel.handle,
  argument: ({ channels }, raw) => channels.share(element, raw),
  take: ({ channels, memory }, at) => channels.take(element, memory.i64[at >> 3]),
  write({ memory }, at, channel) { memory.i64[at >> 3] = channel.handle; },
});

/**
 * Give the types of channels in a module's signatures their codecs.
 *
 * @param {Signatures} signatures
 */
export function addChannelCodecs({ tasks, generators, host }) {
  for (const type of [...tasks, ...generators, ...host].flatMap(typesOf)) {
    const [, text = ''] = /^LULL_CHAN\((.*)\)$/.exec(type.text) ?? [];
    const element = parseType(text);
    if (sizes.has(element.codec)) type.codec = channelOf(element);
  }
}

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
  open(type, { capacity = 0 } = {}) {
    const size = sizes.get(codecs.get(type));
    if (!size) {
      const names = [...codecs].filter(([, codec]) => sizes.has(codec)).map(([name]) => name);
      throw wrong('channel: the type', `one of ${names.join(', ')}`, type);
    }
    const isCapacity = Number.isInteger(capacity) && capacity >= 0 && capacity < 2 ** 31;
    checkOption('channel', 'capacity', isCapacity, 'an integer, not negative', capacity);
    const handle = this.#instance.exports.lull_channel_new(size, capacity);
    if (handle < 0) {
      const status = Number(handle);
      const why = status === ECLOSED ? 'the app is closed' : new LullError(status).message;
      throw new LullError(status, `cannot make a channel: ${why}`);
    }
    return this.#share(parseType(type), handle, true);
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
  share(element, handle) {
    return this.#share(element, handle, false);
  }

  /**
   * @param {Type} element
   * @param {bigint} handle
   */
  take(element, handle) {
    try {
      return this.#share(element, handle, true);
    } catch (error) {
      return Promise.reject(error); // C is on the stack: nothing may be thrown through it
    }
  }

  /**
   * The channel that JavaScript already has for a handle, else a new one.
   *
   * @param {Type} element
   * @param {bigint} handle
   * @param {boolean} passes whether C's reference passes to JavaScript
   * @returns {Channel}
   */
  #share(element, handle, passes) {
    const { exports, tickets } = this.#instance;
    const channel = new Channel(this.#instance, element, handle);
    /** @type {Ending & { channel: Channel }} */
    const ending = {
      channel,
      name: 'channel',
      result: VOID,
      refs: NO_REFS,
      resolve: () => channel.released(),
      reject: () => channel.released(),
    };
    const ticket = tickets.add(ending);
    const { codec } = element;
    const answer = exports.lull_channel_share(handle, sizes.get(codec), ownedBy(codec), passes, ticket);
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
  released() {
    this.handle = 0n;
  }

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
  async send(value, { signal } = {}) {
    const { codec, text } = this.#element;
    const { values, exports } = this.#instance;
    if (!codec.fits(value, values)) throw wrong(`send: the element (${text})`, codec.wanted, value);
    if (stopped('send', signal)) throw signal?.reason;
    if (this.handle === 0n) throw closed();
    writeValue(values, { name: 'send', result: this.#element }, value);
    const takeBack = () => { codec.take(values, values.memory.mailbox); };
    return this.#wait(VOID, signal, takeBack, (ticket) => {
      const { i64, mailbox } = values.memory;
      return exports.lull_channel_send(this.handle, i64[mailbox >> 3], ticket);
    });
  }

  /**
   * Resolves with the next value, or with `done` if the channel is closed and empty.
   *
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<IteratorResult<any, undefined>>}
   */
  async receive({ signal } = {}) {
    if (stopped('receive', signal)) throw signal?.reason;
    try {
      if (this.handle === 0n) throw closed();
      const { exports } = this.#instance;
      const begin = (/** @type {number} */ ticket) => exports.lull_channel_receive(this.handle, ticket);
      const received = await this.#wait(this.#element, signal, () => {}, begin);
      return { value: received, done: false };
    } catch (error) {
      const closed = error !== signal?.reason && error instanceof LullError && error.code === 'ERR_LULL_CLOSED';
      if (closed) return { value: undefined, done: true };
      throw error;
    }
  }

  /**
   * Wait in C's queue of senders or receivers.
   *
   * @param {Type} result of a wait that succeeds
   * @param {AbortSignal | undefined} signal
   * @param {() => void} undo called after a wait that fails, with its element in the mailbox
   * @param {(ticket: number) => number} begin
   * @returns {Promise<any>}
   */
  #wait(result, signal, undo, begin) {
    const { exports, tickets, values } = this.#instance;
    return new Promise((resolve, reject) => {
      let settled = false;
      const abort = () => {
        values.memory.i64[values.memory.mailbox >> 3] = exports.lull_channel_forget(wait);
        tickets.release(ticket);
        fail(signal?.reason);
      };
      const end = () => {
        settled = true;
        signal?.removeEventListener('abort', abort); // a signal may outlive many waits
      };
      const fail = (/** @type {unknown} */ error) => {
        end();
        undo();
        reject(error);
      };
      const ticket = tickets.add(/** @type {Ending} */ ({
        name: 'channel',
        result,
        refs: NO_REFS,
        resolve(value) {
          end();
          resolve(value);
        },
        reject: (_, status) => fail(closed(status)),
      }));
      const wait = begin(ticket);
      if (wait < 0) {
        tickets.release(ticket);
        fail(closed(wait));
      }
      if (!settled) signal?.addEventListener('abort', abort);
    });
  }

  /** Accept no more values. */
  close() {
    if (this.handle !== 0n) this.#instance.exports.lull_channel_close(this.handle);
  }

  /** Close the channel, and release JavaScript's reference to it. */
  [dispose]() {
    this.#dispose();
  }

  #dispose() {
    if (this.handle !== 0n) this.#instance.exports.lull_channel_dispose(this.handle);
  }

  /** @returns {AsyncIterator<any, undefined>} */
  [Symbol.asyncIterator]() {
    return { next: () => this.receive() };
  }

  get readable() {
    this.#readable ??= readableOf(() => this.receive(), () => this.#dispose());
    return this.#readable;
  }

  get writable() {
    this.#writable ??= new WritableStream({
      write: (value, { signal }) => this.send(value, { signal }),
      close: () => this.close(),
      abort: () => this.close(),
    });
    return this.#writable;
  }
}

/** @param {number} [status] ESRCH for a channel that no longer exists */
function closed(status = ECLOSED) {
  if (status === ECLOSED || status === ESRCH) return new LullError(ECLOSED, 'the channel is closed');
  return new LullError(status);
}

/**
 * @param {string} where
 * @param {AbortSignal} [signal]
 */
function stopped(where, signal) {
  checkSignal(where, signal);
  return signal?.aborted;
}
