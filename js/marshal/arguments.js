/**
 * Arguments of tasks that lie in memory, or behind references. Text and bytes go into one block, which the task frees
 * at its end. Of the features chunk.
 */
import { lengthOf, outside } from './bytes.js';
import { LullError } from './errors.js';
import { BYTES_DATA, BYTES_LENGTH } from './protocol.js';
import { ENOMEM } from './status.js';

/** @import { Declaration } from './signature.js' */
/** @import { Arguments, Values } from './values.js' */

/**
 * @param {Values} values
 * @param {Declaration} declaration
 * @param {readonly unknown[]} given
 * @returns {Arguments}
 */
export function encodeArguments(values, { parameters }, given) {
  /** @type {{ index: number, bytes: Uint8Array, header: number }[]} */
  const pieces = [];
  const raw = parameters.map(({ type: { codec } }, index) => {
    const value = given[index];
    if (codec.bytes) {
      pieces.push({ index, bytes: outside(values.memory, codec.bytes(value)), header: codec.counted ? 8 : 0 });
    }
    return codec.raw ? codec.raw(value) : value;
  });
  const pointers = pieces.length ? writeBlock(values, pieces) : [];
  pieces.forEach(({ index }, i) => { raw[index] = pointers[i]; });
  // Last, so that no failure above leaks them.
  /** @type {number[]} */
  const refs = [];
  parameters.forEach(({ type: { codec } }, index) => {
    if (codec.reference) refs.push(/** @type {number} */ (raw[index] = values.refs.add(given[index])));
  });
  return { raw, refs };
}

/**
 * Write pieces into one block of memory: text with a NUL behind it, bytes with a lull_bytes before them.
 *
 * @param {Values} values
 * @param {{ bytes: Uint8Array, header: number }[]} pieces
 * @param {(size: number) => number} [allocate] by default, the block of the task that is spawned next
 * @param {string} [what] the pieces are
 * @returns {number[]} their addresses
 */
export function writeBlock(
  { exports, memory }, pieces, allocate = exports.lull_block, what = 'for the arguments of a task',
) {
  const aligned = (/** @type {number} */ size) => Math.ceil(size / 8) * 8;
  const size = pieces.reduce((sum, { bytes, header }) => sum + aligned(header + lengthOf(bytes) + 1), 0);
  let pointer = size < 2 ** 32 ? allocate(size) >>> 0 : 0;
  if (!pointer) throw new LullError(ENOMEM, `out of memory: ${size} bytes ${what}`);
  const { u8, u32 } = memory;
  return pieces.map(({ bytes, header }) => {
    const start = pointer;
    const length = lengthOf(bytes);
    if (header) {
      u32[(start >>> 2) + BYTES_DATA] = start + header;
      u32[(start >>> 2) + BYTES_LENGTH] = length;
    }
    u8.set(bytes, start + header);
    u8[start + header + length] = 0;
    pointer += aligned(header + length + 1);
    return start;
  });
}
