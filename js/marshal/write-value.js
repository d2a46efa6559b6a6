/**
 * Values that JavaScript gives to C one at a time: results of host functions, elements of channels. Apart, because a
 * module that has neither does not load it.
 */
import { wrong } from './check.js';
import { LullError } from './errors.js';
import { ENOMEM } from './status.js';

/** @import { Declaration } from './signature.js' */
/** @import { Values } from './values.js' */

/** What a value owns: lull__owned of src/sched/kernel.h. */
const OWNS_NOTHING = 0, OWNS_MEMORY = 1, OWNS_REF = 2;

/**
 * Put a value in the mailbox.
 *
 * @param {Values} values
 * @param {Pick<Declaration, 'name' | 'result'>} declaration
 * @param {unknown} value
 * @returns {number} what C then owns
 */
export function writeValue(values, { name, result: { codec, text } }, value) {
  if (!codec.fits(value, values)) throw wrong(`host function ${name} (${text})`, codec.wanted, value, 'return');
  if (codec.bytes) {
    writeBytes(values, values.own(codec.bytes(value)), name);
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
  const pointer = exports.lull_alloc(bytes.length + 1) >>> 0;
  if (!pointer) throw new LullError(ENOMEM, `out of memory: ${bytes.length} bytes returned by host function ${name}`);
  const { u8, u32, mailbox } = memory;
  u8.set(bytes, pointer);
  u8[pointer + bytes.length] = 0;
  u32[mailbox >> 2] = pointer;
  u32[(mailbox >> 2) + 1] = bytes.length;
}
