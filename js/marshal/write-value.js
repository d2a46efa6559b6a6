/** Single values from JavaScript to C, through the mailbox: results of host functions, elements of channels. */
import { writeBlock } from './arguments.js';
import { lengthOf, outside } from './bytes.js';
import { wrong } from './check.js';
import { BYTES_DATA, BYTES_LENGTH, OWNS_MEMORY, OWNS_NOTHING, OWNS_REF } from './protocol.js';

/** @import { Declaration } from './signature.js' */
/** @import { Values } from './values.js' */

/**
 * Write a value to the mailbox.
 *
 * @param {Values} values
 * @param {Pick<Declaration, 'name' | 'result'>} declaration
 * @param {unknown} value
 * @returns {number} what C owns with it
 */
export function writeValue(values, { name, result: { codec, text } }, value) {
  if (!codec.fits(value, values)) throw wrong(`host function ${name} (${text})`, codec.wanted, value, 'return');
  if (codec.bytes) {
    const bytes = outside(values.memory, codec.bytes(value));
    const piece = { bytes, header: 0 };
    const [pointer] = writeBlock(values, [piece], values.exports.lull_alloc, `returned by host function ${name}`);
    const { u32, mailbox } = values.memory;
    u32[(mailbox >>> 2) + BYTES_DATA] = pointer;
    u32[(mailbox >>> 2) + BYTES_LENGTH] = lengthOf(bytes);
    return OWNS_MEMORY;
  }
  codec.write?.(values, values.memory.mailbox, value);
  return codec.reference ? OWNS_REF : OWNS_NOTHING;
}
