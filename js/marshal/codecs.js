/** Codecs: how a value of each C type crosses between C and JavaScript. Here those of numbers; see memory-codecs.js. */
import { ALIASES } from './protocol.js';

/** @import { CodecName } from './protocol.js' */
/** @import { Type } from './signature.js' */
/** @import { Values } from './values.js' */

/**
 * @typedef {object} Codec
 * @property {boolean} [scalar] as an argument of a task, it passes to wasm unchanged
 * @property {boolean} [plain] as an argument of a host function, it passes from wasm unchanged
 * @property {string} wanted the values that fit, for error messages
 * @property {(value: any, values: Values) => boolean} fits
 * @property {Type} [element] of a channel
 * @property {boolean} [bytes] the value is text or bytes, which are copied into memory
 * @property {boolean} [counted] a lull_bytes precedes those bytes
 * @property {boolean} [reference] C gets a reference to the value
 * @property {(value: any) => unknown} [raw] the argument for wasm, if it is neither scalar, bytes nor a reference
 * @property {(values: Values, raw: any, lent?: boolean) => unknown} argument decodes an argument of a host function:
 *   bytes that are lent are not copied, and valid until it returns
 * @property {(values: Values, at: number) => unknown} take reads the value at an address, and takes over its ownership
 * @property {(values: Values, at: number, value: any) => void} [write] writes the value there, if that is not `bytes`
 */

/**
 * A type that lies in a view of memory, 2 ** shift bytes a value.
 *
 * @param {'i32' | 'i64' | 'f32' | 'f64'} view
 * @param {number} shift
 * @param {boolean} plain
 * @param {string} wanted
 * @param {(value: any) => boolean} fits
 * @param {(raw: any) => any} cast from what wasm passes, or memory has
 * @returns {Codec}
 */
const scalar = (view, shift, plain, wanted, fits, cast = (raw) => raw) => ({
  scalar: true,
  plain,
  wanted,
  fits,
  argument: (_, raw) => cast(raw),
  take: ({ memory }, at) => cast(memory[view][at >>> shift]),
  write({ memory }, at, value) { memory[view][at >>> shift] = value; },
});

/**
 * An integer of up to 32 bits.
 *
 * @param {number} bits
 * @param {boolean} signed
 */
function integer(bits, signed) {
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = low + 2 ** bits - 1;
  const shift = 32 - bits;
  return scalar('i32', 2, signed || bits < 32, `an integer from ${low} to ${high}`,
    (value) => Number.isInteger(value) && value >= low && value <= high,
    signed ? (raw) => raw << shift >> shift : (raw) => raw << shift >>> shift);
}

/**
 * An integer of 64 bits.
 *
 * @param {boolean} signed
 */
function wide(signed) {
  const low = signed ? -(2n ** 63n) : 0n;
  const high = low + 2n ** 64n - 1n;
  const cast = signed ? BigInt.asIntN : BigInt.asUintN;
  return scalar('i64', 3, signed, `a bigint from ${low} to ${high}`,
    (value) => typeof value === 'bigint' && value >= low && value <= high, (raw) => cast(64, raw));
}

const isNumber = (/** @type {unknown} */ value) => typeof value === 'number';

/** @satisfies {Partial<Record<CodecName, Codec>>} */
export const CODECS = {
  void: { wanted: '', fits: () => true, argument() {}, take() {} },
  bool: scalar('i32', 2, false, 'a boolean', (value) => typeof value === 'boolean', (raw) => (raw & 1) !== 0),
  char: integer(8, true),
  'unsigned char': integer(8, false),
  short: integer(16, true),
  'unsigned short': integer(16, false),
  int: integer(32, true),
  unsigned: integer(32, false),
  'long long': wide(true),
  'unsigned long long': wide(false),
  float: scalar('f32', 2, true, 'a number', isNumber),
  double: scalar('f64', 3, true, 'a number', isNumber),
};

/**
 * Codecs by the names of C types, without a redundant `int`.
 *
 * @param {Record<string, Codec>} given by the first type that has each
 * @returns {ReadonlyMap<string, Codec>}
 */
export const byName = (given) => new Map(Object.entries(given).flatMap(([key, codec]) => {
  Object.setPrototypeOf(codec, null); // a codec lacks what it lacks, also if Object.prototype has it
  return `${key}, ${ALIASES[/** @type {CodecName} */ (key)] ?? key}`.split(', ').map((name) => [name, codec]);
}));

export const codecs = byName(CODECS);
