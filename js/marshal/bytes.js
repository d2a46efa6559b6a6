/**
 * Bytes, and what the engine itself knows of a Uint8Array, of any realm: of another window or context, a Buffer, or a
 * subclass that says something else.
 */

import { BYTES_DATA, BYTES_LENGTH } from './protocol.js';

/** @import { Memory } from './memory.js' */

const { prototype } = Object.getPrototypeOf(Uint8Array);

/** @param {string | symbol} name */
const getter = (name) => /** @type {() => any} */ (Object.getOwnPropertyDescriptor(prototype, name)?.get);

const tagOf = getter(Symbol.toStringTag);
const bufferGetter = getter('buffer');
const lengthGetter = getter('length');

/** Whether a value is a Uint8Array whose buffer was not transferred or made too short. @param {unknown} value */
export function isBytes(value) {
  try {
    return tagOf.call(value) === 'Uint8Array' && prototype.indexOf.call(value, 0, Infinity) < 0; // this throws
  } catch {
    return false;
  }
}

/** Of a text, its letters. @param {Uint8Array | string} bytes @returns {number} */
export const lengthOf = (bytes) => (typeof bytes === 'string' ? bytes.length : lengthGetter.call(bytes));

/** @param {Uint8Array} bytes @returns {ArrayBufferLike} */
const bufferOf = (bytes) => bufferGetter.call(bytes);

/**
 * Bytes of C: a copy, or where they are only lent, a view.
 *
 * @param {Memory} memory
 * @param {number} pointer to a lull_bytes
 * @param {boolean} [lent]
 */
export function bytesAt(memory, pointer, lent) {
  const data = memory.word(pointer, BYTES_DATA);
  const bytes = memory.u8.subarray(data, data + memory.word(pointer, BYTES_LENGTH));
  return lent ? bytes : new Uint8Array(bytes);
}

/**
 * Bytes that memory growth does not detach: a copy, if they lie in the instance's memory. Or text, as it is.
 *
 * @param {Memory} memory
 * @param {Uint8Array | string} bytes
 */
export const outside = (memory, bytes) =>
  (typeof bytes === 'object' && bufferOf(bytes) === memory.u8.buffer ? new Uint8Array(bytes) : bytes);
