/** Values: moves them between JavaScript and the memory of one instance. See D20. */
import { wrong } from './check.js';
import { LullError, messageOf } from './errors.js';
import { encode } from './codecs.js';
import { BYTES_DATA, BYTES_LENGTH } from './protocol.js';
import { ENOMEM } from './status.js';

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

/** @type {readonly number[]} */
export const NO_REFS = [];

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
   * The arguments of a task, as wasm takes them. Text and bytes go into one block, which the task frees at its end.
   *
   * @param {Declaration} declaration
   * @param {readonly unknown[]} values
   * @param {string} [name] a name for the task, to go into the block
   * @returns {{ raw: readonly unknown[], refs: readonly number[], name: number }} `refs` to be released at its end
   */
  encodeArguments(declaration, values, name) {
    checkArguments(declaration, values, this);
    if (declaration.scalar && name === undefined) return { raw: values, refs: NO_REFS, name: 0 };
    const raw = [...values];
    /** @type {{ index: number, bytes: Uint8Array, header: number }[]} */
    const pieces = [];
    declaration.parameters.forEach(({ type: { codec } }, index) => {
      if (codec.raw) raw[index] = codec.raw(values[index]);
      if (!codec.bytes) return;
      pieces.push({ index, bytes: this.own(codec.bytes(values[index])), header: codec.counted ? 8 : 0 });
    });
    if (name !== undefined) pieces.push({ index: values.length, bytes: encode(name.replaceAll('\0', '')), header: 0 });
    const pointers = pieces.length ? this.writeBlock(pieces) : [];
    pieces.forEach(({ index }, i) => { raw[index] = pointers[i]; });
    const namePointer = name === undefined ? 0 : Number(raw.pop());
    // Last, so that no failure above leaks them.
    /** @type {number[]} */
    const refs = [];
    declaration.parameters.forEach(({ type: { codec } }, index) => {
      if (codec.reference) refs.push(/** @type {number} */ (raw[index] = this.refs.add(values[index])));
    });
    return { raw, refs, name: namePointer };
  }

  /**
   * Bytes that memory growth does not detach: a copy, if they lie in the instance's memory.
   *
   * @param {Uint8Array} bytes
   */
  own(bytes) {
    return bytes.buffer === this.memory.u8.buffer ? bytes.slice() : bytes;
  }

  /**
   * Write pieces into one block: text with a NUL behind it, bytes with a lull_bytes before them.
   *
   * @param {{ bytes: Uint8Array, header: number }[]} pieces
   * @returns {number[]} their addresses
   */
  writeBlock(pieces) {
    const aligned = (/** @type {number} */ size) => Math.ceil(size / 8) * 8;
    const size = pieces.reduce((sum, { bytes, header }) => sum + aligned(header + bytes.length + 1), 0);
    let pointer = this.exports.lull_block(size) >>> 0;
    if (!pointer) throw new LullError(ENOMEM, `out of memory: ${size} bytes for the arguments of a task`);
    const { u8, u32 } = this.memory;
    return pieces.map(({ bytes, header }) => {
      const start = pointer;
      if (header) {
        u32[(start >> 2) + BYTES_DATA] = start + header;
        u32[(start >> 2) + BYTES_LENGTH] = bytes.length;
      }
      u8.set(bytes, start + header);
      u8[start + header + bytes.length] = 0;
      pointer += aligned(header + bytes.length + 1);
      return start;
    });
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

  /**
   * A copy of bytes of C.
   *
   * @param {number} pointer to a lull_bytes
   */
  bytesAt(pointer) {
    const { memory } = this;
    const data = memory.word(pointer, BYTES_DATA);
    return memory.u8.slice(data, data + memory.word(pointer, BYTES_LENGTH));
  }
}
