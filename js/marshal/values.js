/** Values: moves them between JavaScript and the memory of one instance. See D20. */
import { wrong } from './check.js';
import { messageOf } from './errors.js';
import { encode } from './text.js';

/** @import { Channel } from '../lull.js' */
/** @import { Declaration, Type } from './signature.js' */
/** @import { Memory } from './memory.js' */
/** @import { Refs } from './refs.js' */

/**
 * The channels of an instance: js/features/channel.js.
 *
 * @typedef {object} Channels
 * @property {(type: string, options?: { capacity?: number }) => Channel<any>} open makes a channel
 * @property {(value: unknown, element: Type) => boolean} fits whether it is one of these, of such elements
 * @property {(element: Type, handle: bigint) => Channel<any>} share the channel behind a handle that C lends
 * @property {(element: Type, handle: bigint) => unknown} take the same, but C's reference passes to JavaScript; a
 *   rejected promise if that fails
 */

/**
 * The arguments of a task, as wasm takes them.
 *
 * @typedef {object} Arguments
 * @property {readonly unknown[]} raw
 * @property {readonly number[]} [refs] to be released at the end of the task
 */

/**
 * Check the arguments of a call: a TypeError names function, parameter, expected and given.
 *
 * @param {Declaration} declaration
 * @param {readonly unknown[]} values
 * @param {Values} own
 */
function checkArguments({ name, parameters }, values, own) {
  if (values.length !== parameters.length) {
    const list = parameters.map((parameter) => `${parameter.type.text} ${parameter.name}`).join(', ');
    throw new TypeError(
      `${name}(${list}) takes ${parameters.length} argument${parameters.length === 1 ? '' : 's'}, not ${values.length}`,
    );
  }
  for (let index = 0; index < parameters.length; index++) {
    const { name: parameter, type: { text, codec } } = parameters[index];
    if (!codec.fits(values[index], own)) {
      throw wrong(`${name}: argument ${index + 1}, '${parameter}' (${text}),`, codec.wanted, values[index]);
    }
  }
}

export class Values {
  /**
   * @param {Memory} memory
   * @param {Refs} refs
   * @param {Record<string, any>} exports
   */
  constructor(memory, refs, exports) {
    this.memory = memory;
    this.refs = refs;
    this.exports = exports;
  }

  /** Set if the module has channels. @type {Channels} */
  channels = /** @type {any} */ (undefined);

  /**
   * Set if the module has types that lie in memory: js/marshal/arguments.js.
   *
   * @type {(values: Values, declaration: Declaration, given: readonly unknown[]) => Arguments}
   */
  encode = /** @type {any} */ (undefined);

  /**
   * The arguments of a task, as wasm takes them.
   *
   * @param {Declaration} declaration
   * @param {readonly unknown[]} given
   * @returns {Arguments}
   */
  encodeArguments(declaration, given) {
    checkArguments(declaration, given, this);
    return declaration.scalar ? { raw: given, refs: undefined } : this.encode(this, declaration, given);
  }

  /**
   * Lend C a text.
   *
   * @param {string} text
   * @param {(pointer: number, length: number) => void} use gets an empty text if memory is exhausted
   */
  withText(text, use) {
    const bytes = encode(text);
    const pointer = this.exports.lull_alloc(bytes.length) >>> 0;
    if (pointer) this.memory.u8.set(bytes, pointer);
    try {
      use(pointer, pointer ? bytes.length : 0);
    } finally {
      this.exports.lull_free(pointer);
    }
  }

  /**
   * Lend C an error: a reference, which passes to it, and the text.
   *
   * @param {unknown} error
   * @param {(ref: number, pointer: number, length: number) => void} use
   */
  lendError(error, use) {
    this.withText(messageOf(error), (pointer, length) => use(this.refs.add(error), pointer, length));
  }

  /**
   * Take the value in the mailbox, and its ownership.
   *
   * @param {Type} type
   * @returns {unknown}
   */
  takeResult({ codec }) {
    return codec.take(this, this.memory.mailbox);
  }
}
