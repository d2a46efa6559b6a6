/**
 * Arguments of tasks that lie in memory, or behind references. Text and bytes go into one block, which the task frees
 * at its end. Of the features chunk. See D130.
 */
import { lengthOf, outside } from './bytes.js';
import { LullError } from './errors.js';
import { BYTES_DATA, BYTES_LENGTH } from './protocol.js';
import { ENOMEM } from './status.js';
import { encode, fill } from './text.js';

/** @import { Declaration } from './signature.js' */
/** @import { Arguments, Values } from './values.js' */

/** Bytes or text to copy, and the size of the lull_bytes before them. @typedef {[Uint8Array | string, number]} Piece */

/** @type {(values: Values, declaration: Declaration, given: readonly unknown[]) => Arguments} */
export function encodeArguments(values, { parameters }, given) {
  /** @type {Piece[]} */
  const pieces = [];
  const raw = parameters.map(({ type: { codec } }, index) => {
    const value = given[index];
    if (codec.bytes) pieces.push([outside(values.memory, /** @type {any} */ (value)), codec.counted ? 8 : 0]);
    return codec.raw ? codec.raw(value) : value;
  });
  const pointers = pieces.length ? writeBlock(values, pieces) : [];
  // Last, so that no failure above leaks references.
  /** @type {number[]} */
  const refs = [];
  parameters.forEach(({ type: { codec } }, index) => {
    if (codec.bytes) raw[index] = pointers.shift();
    if (codec.reference) refs.push(/** @type {number} */ (raw[index] = values.refs.add(given[index])));
  });
  return { raw, refs };
}

/**
 * Write pieces into one block of memory: text with a NUL behind it, bytes with a lull_bytes before them.
 *
 * @param {Values} values
 * @param {Piece[]} pieces
 * @param {(size: number) => number} [allocate] by default, the block of the task that is spawned next
 * @param {string} [what] the pieces are
 * @returns {number[]} their addresses
 */
export function writeBlock(values, pieces, allocate = values.exports.lull_block, what = 'for the arguments of a task') {
  let size = 0;
  const offsets = pieces.map(([bytes, header]) => {
    const offset = size;
    size += Math.ceil((header + lengthOf(bytes) + 1) / 8) * 8;
    return offset;
  });
  const pointer = size < 2 ** 32 ? allocate(size) >>> 0 : 0;
  if (!pointer) throw new LullError(ENOMEM, `out of memory: ${size} bytes ${what}`);
  const { u8, u32 } = values.memory;
  let short = false;
  pieces.forEach((piece, index) => {
    const [bytes, header] = piece;
    const at = (offsets[index] += pointer);
    const start = at + header;
    const length = lengthOf(bytes);
    if (header) {
      u32[(at >>> 2) + BYTES_DATA] = start;
      u32[(at >>> 2) + BYTES_LENGTH] = length;
    }
    u8[start + length] = 0;
    if (typeof bytes !== 'string') {
      u8.set(bytes, start);
    } else if (!fill(bytes, u8.subarray(start, start + length))) { // rarely: it has more bytes than letters
      piece[0] = encode(bytes);
      short = true;
    }
  });
  if (!short) return offsets;
  if (allocate === values.exports.lull_alloc) values.exports.lull_free(pointer);
  return writeBlock(values, pieces, allocate, what);
}
