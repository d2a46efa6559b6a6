/** Single values from JavaScript to C, through the mailbox: results of host functions, elements of channels. */
import { lengthOf, outside } from './bytes.js';
import { wrong } from './check.js';
import { LullError } from './errors.js';
import { BYTES_DATA, BYTES_LENGTH, OWNS_MEMORY, OWNS_NOTHING, OWNS_REF } from './protocol.js';
import { ENOMEM } from './status.js';

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
    writeBytes(values, outside(values.memory, codec.bytes(value)), name);
    return OWNS_MEMORY;
  }
  codec.write?.(values, values.memory.mailbox, value);
  return codec.reference ? OWNS_REF : OWNS_NOTHING;
}

/**
 * @param {Values} values
 * @param {Uint8Array} bytes
 * @param {string} name
 */
function writeBytes({ exports, memory }, bytes, name) {
  const length = lengthOf(bytes);
  const pointer = length < 2 ** 32 - 1 ? exports.lull_alloc(length + 1) >>> 0 : 0;
  if (!pointer) throw new LullError(ENOMEM, `out of memory: ${length} bytes returned by host function ${name}`);
  const { u8, u32, mailbox } = memory;
  u8.set(bytes, pointer);
  u8[pointer + length] = 0;
  u32[(mailbox >>> 2) + BYTES_DATA] = pointer;
  u32[(mailbox >>> 2) + BYTES_LENGTH] = length;
}
