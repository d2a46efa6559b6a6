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
 * @property {(value: any) => Uint8Array} [bytes] the bytes that are copied into memory
 * @property {boolean} [counted] a lull_bytes precedes those bytes
 * @property {boolean} [reference] C gets a reference to the value
 * @property {(value: any) => unknown} [raw] the argument for wasm, if it is neither scalar, bytes nor a reference
 * @property {(values: Values, raw: any) => unknown} argument decodes an argument of a host function
 * @property {(values: Values, at: number) => unknown} take reads the value at an address, and takes over its ownership
 * @property {(values: Values, at: number, value: any) => void} [write] writes the value there, if it has no `bytes`
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
 * @param {number} low
 * @param {number} high
 * @param {(raw: number) => number} cast
 */
const integer = (low, high, cast) => scalar('i32', 2, high < 2 ** 32 - 1, `an integer from ${low} to ${high}`,
  (value) => Number.isInteger(value) && value >= low && value <= high, cast);

/**
 * An integer of 64 bits.
 *
 * @param {bigint} low
 * @param {bigint} high
 * @param {(bits: number, raw: bigint) => bigint} cast
 */
const wide = (low, high, cast) => scalar('i64', 3, low < 0n, `a bigint from ${low} to ${high}`,
  (value) => typeof value === 'bigint' && value >= low && value <= high, (raw) => cast(64, raw));

const isNumber = (/** @type {unknown} */ value) => typeof value === 'number';

/** @satisfies {Partial<Record<CodecName, Codec>>} */
export const CODECS = {
  void: { wanted: '', fits: () => true, argument() {}, take() {}, write() {} },
  bool: scalar('i32', 2, false, 'a boolean', (value) => typeof value === 'boolean', (raw) => (raw & 1) !== 0),
  char: integer(-0x80, 0x7f, (raw) => raw << 24 >> 24),
  'unsigned char': integer(0, 0xff, (raw) => raw & 0xff),
  short: integer(-0x8000, 0x7fff, (raw) => raw << 16 >> 16),
  'unsigned short': integer(0, 0xffff, (raw) => raw & 0xffff),
  int: integer(-0x80000000, 0x7fffffff, (raw) => raw | 0),
  unsigned: integer(0, 0xffffffff, (raw) => raw >>> 0),
  'long long': wide(-(2n ** 63n), 2n ** 63n - 1n, BigInt.asIntN),
  'unsigned long long': wide(0n, 2n ** 64n - 1n, BigInt.asUintN),
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
