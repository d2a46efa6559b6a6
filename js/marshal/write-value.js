/** Single values from JavaScript to C, through the mailbox: results of host functions, elements of channels. */
import { writeBlock } from './arguments.js';
import { lengthOf, outside } from './bytes.js';
import { wrong } from './check.js';
import { BYTES_DATA, BYTES_LENGTH, OWNS_MEMORY, OWNS_NOTHING, OWNS_REF } from './protocol.js';

/** @import { Codec } from './codecs.js' */
/** @import { Type } from './signature.js' */
/** @import { Values } from './values.js' */

/** What the owner of a value owns with it. @param {Codec} codec */
export const ownedBy = ({ bytes, reference }) => (bytes ? OWNS_MEMORY : reference ? OWNS_REF : OWNS_NOTHING);

/**
 * Write a value to the mailbox.
 *
 * @param {Values} values
 * @param {Type} type
 * @param {unknown} value
 * @param {string} where it is from, for messages
 * @param {string} [verb] of a message for a value that does not fit
 * @returns {number} what C owns with it
 */
export function writeValue(values, { codec, text }, value, where, verb) {
  if (!codec.fits(value, values)) throw wrong(`${where} (${text})`, codec.wanted, value, verb);
  if (codec.bytes) {
    const bytes = outside(values.memory, /** @type {Uint8Array | string} */ (value));
    const [pointer] = writeBlock(values, [[bytes, 0]], values.exports.lull_alloc, `for ${where}`);
    const { u32, mailbox } = values.memory;
    u32[(mailbox >>> 2) + BYTES_DATA] = pointer;
    u32[(mailbox >>> 2) + BYTES_LENGTH] = lengthOf(bytes);
  } else {
    codec.write?.(values, values.memory.mailbox, value);
  }
  return ownedBy(codec);
}
