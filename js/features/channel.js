/**
 * Channels of C as JavaScript has them; src/boundary/channel_js.c is the other side. Lazy-loaded: only modules with
 * channels need it.
 */
import { wrong } from '../marshal/check.js';
import { LullError } from '../marshal/errors.js';
import { writeValue } from '../marshal/write-value.js';
import { codecs } from '../marshal/codecs.js';
import { checkOption, checkSignal } from '../core/options.js';
import { OWNS_MEMORY, OWNS_NOTHING, OWNS_REF } from '../marshal/protocol.js';
import { parseType } from '../marshal/signature.js';
import { ECLOSED, EINVAL, ESRCH } from '../marshal/status.js';
import { readableOf } from './stream.js';
import { NO_REFS } from '../marshal/values.js';

/** @import { Ending, Instance } from '../core/instance.js' */
/** @import { Codec } from '../marshal/codecs.js' */
/** @import { Type } from '../marshal/signature.js' */
/** @import { Values } from '../marshal/values.js' */

/** In engines that have no explicit resource management yet, the symbol that its polyfills use. */
const dispose = /** @type {typeof Symbol.dispose} */ (Symbol.dispose ?? Symbol.for('Symbol.dispose'));

const VOID = parseType('void');

/** The codecs of elements, and their sizes in C; by the first of the types that cross so. */
const SIZES = new Map(Object.entries({
  bool: 1, char: 1, 'unsigned char': 1, short: 2, 'unsigned short': 2, int: 4, unsigned: 4,
  'long long': 8, 'unsigned long long': 8, float: 4, double: 8, 'char *': 4, lull_bytes: 8, lull_ref: 4,
}).map(([name, size]) => [/** @type {Codec} */ (codecs.get(name)), size]));

/** The instances that have channels, for the codecs below. @type {WeakMap<Values, Instance>} */
const instances = new WeakMap();

/**
 * A channel's codec, besides those of codecs.js.
 *
 * @typedef {Codec & { element: Type }} ChannelCodec
 */

/**
 * @param {Type} element
 * @returns {ChannelCodec}
 */
const channelOf = (element) => ({
  element,
  wanted: `a channel of ${element.text} of this app`,
  fits: (value, values) => value instanceof Channel && value.isOf(element, values),
  raw: (channel) => channel.handle,
  argument: (values, raw) => share(values, element, raw, false),
  take(values, at) {
    try {
      return share(values, element, values.memory.i64[at >> 3], true);
    } catch (error) {
      return Promise.reject(error); // C is on the stack: nothing may be thrown through it
    }
  },
  write({ memory }, at, channel) { memory.i64[at >> 3] = channel.handle; },
});

/**
 * Make the codecs of channels known. Returns what makes `app.channel` of an instance.
 */
export function withChannels() {
  for (const [name, codec] of [...codecs]) {
    const text = name === '_Bool' ? 'bool' : name;
    if (SIZES.has(codec)) codecs.set(`LULL_CHAN(${name})`, channelOf({ text, codec }));
  }
  return (/** @type {Instance} */ instance) => {
    instances.set(instance.values, instance);
    instance.awaited = instance.exports.lull_channel_awaited;
    return (/** @type {string} */ type, /** @type {{ capacity?: number }} */ options) => open(instance, type, options);
  };
}

/**
 * @param {Instance} instance
 * @param {string} type of the elements
 * @param {{ capacity?: number }} [options]
 */
function open({ exports, values }, type, { capacity = 0 } = {}) {
  const codec = /** @type {ChannelCodec | undefined} */ (
    typeof type === 'string' ? codecs.get(`LULL_CHAN(${type})`) : undefined
  );
  if (!codec) {
    const names = [...codecs].filter(([, one]) => SIZES.has(one)).map(([name]) => name);
    throw wrong('channel: the type', `one of ${names.join(', ')}`, type);
  }
  const isCapacity = Number.isInteger(capacity) && capacity >= 0 && capacity < 2 ** 31;
  checkOption('channel', 'capacity', isCapacity, 'an integer, not negative', capacity);
  const handle = exports.lull_channel_new(sizeOf(codec.element), capacity);
  if (handle < 0) {
    const status = Number(handle);
    const why = status === ECLOSED ? 'the app is closed' : new LullError(status).message;
    throw new LullError(status, `cannot make a channel: ${why}`);
  }
  return share(values, codec.element, handle, true);
}

/** @param {Type} element */
const sizeOf = (element) => /** @type {number} */ (SIZES.get(element.codec));

/** @param {Codec} codec */
const ownedBy = ({ bytes, reference }) => (bytes ? OWNS_MEMORY : reference ? OWNS_REF : OWNS_NOTHING);

/**
 * The channel behind a handle of C: the one that JavaScript has already, if any.
 *
 * @param {Values} values
 * @param {Type} element
 * @param {bigint} handle
 * @param {boolean} passes whether a reference comes with it
 * @returns {Channel}
 */
function share(values, element, handle, passes) {
  const instance = /** @type {Instance} */ (instances.get(values));
  const { exports, tickets } = instance;
  const channel = new Channel(instance, element, handle);
  /** @type {Ending & { channel: Channel }} */
  const ending = {
    channel,
    name: 'channel',
    result: VOID,
    refs: NO_REFS,
    resolve: () => channel.over(),
    reject: () => channel.over(),
  };
  const ticket = tickets.add(ending);
  const answer = exports.lull_channel_share(handle, sizeOf(element), ownedBy(element.codec), passes, ticket);
  if (answer === ticket) return channel;
  tickets.release(ticket);
  if (answer > 0) {
    const known = /** @type {typeof ending} */ (tickets.get(answer)).channel;
    if (known.isOf(element, values)) return known;
  }
  const status = answer > 0 ? EINVAL : answer;
  const what = `C has handed over a channel of other elements as a LULL_CHAN(${element.text})`;
  throw new LullError(status, status === EINVAL ? what : undefined);
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
    /** What C knows it by; 0n where JavaScript has it no longer. */
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
   * @param {Values} values
   */
  isOf({ codec }, values) {
    return this.handle !== 0n && this.#element.codec === codec && this.#instance.values === values;
  }

  /** JavaScript's reference is gone. */
  over() {
    this.handle = 0n;
  }

  get [Symbol.toStringTag]() {
    return `${this.handle === 0n ? 'a Channel that is over, ' : 'Channel '}of ${this.#element.text}`;
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
   * Resolves with the next value; with `done` where the channel is closed and has none left.
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
   * Take a place among those who wait in C.
   *
   * @param {Type} result what comes of it
   * @param {AbortSignal | undefined} signal
   * @param {() => void} undo what comes of it otherwise lies in the mailbox
   * @param {(ticket: number) => number} begin
   * @returns {Promise<any>}
   */
  #wait(result, signal, undo, begin) {
    const { exports, tickets, values } = this.#instance;
    return new Promise((resolve, reject) => {
      let over = false;
      const abort = () => {
        values.memory.i64[values.memory.mailbox >> 3] = exports.lull_channel_forget(wait);
        tickets.release(ticket);
        fail(signal?.reason);
      };
      const end = () => {
        over = true;
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
      if (!over) signal?.addEventListener('abort', abort);
    });
  }

  /** Nothing more is sent. */
  close() {
    if (this.handle !== 0n) this.#instance.exports.lull_channel_close(this.handle);
  }

  /** Close it, and give back what C keeps for JavaScript. */
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

/** @param {number} [status] ESRCH for a channel that is gone */
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
