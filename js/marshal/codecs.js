/** Codecs: how a value of each C type crosses between C and JavaScript. */
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

const same = (/** @type {Values} */ _, /** @type {any} */ raw) => raw;
const encoder = new TextEncoder();

/** @param {string} text */
export const encode = (text) => encoder.encode(text);

/**
 * An integer of up to 32 bits.
 *
 * @param {number} low
 * @param {number} high
 * @param {(raw: number) => number} cast
 * @returns {Codec}
 */
const integer = (low, high, cast) => ({
  scalar: true,
  plain: high < 2 ** 32 - 1,
  wanted: `an integer from ${low} to ${high}`,
  fits: (value) => Number.isInteger(value) && value >= low && value <= high,
  argument: (_, raw) => cast(raw),
  take: ({ memory }, at) => cast(memory.i32[at >> 2]),
  write({ memory }, at, value) { memory.i32[at >> 2] = value; },
});

/**
 * An integer of 64 bits.
 *
 * @param {bigint} low
 * @param {bigint} high
 * @param {(bits: number, raw: bigint) => bigint} cast
 * @returns {Codec}
 */
const wide = (low, high, cast) => ({
  scalar: true,
  plain: low < 0n,
  wanted: `a bigint from ${low} to ${high}`,
  fits: (value) => typeof value === 'bigint' && value >= low && value <= high,
  argument: (_, raw) => cast(64, raw),
  take: ({ memory }, at) => cast(64, memory.i64[at >> 3]),
  write({ memory }, at, value) { memory.i64[at >> 3] = value; },
});

/**
 * @param {'f32' | 'f64'} view
 * @param {number} shift
 * @returns {Codec}
 */
const real = (view, shift) => ({
  scalar: true,
  plain: true,
  wanted: 'a number',
  fits: (value) => typeof value === 'number',
  argument: same,
  take: ({ memory }, at) => memory[view][at >> shift],
  write({ memory }, at, value) { memory[view][at >> shift] = value; },
});

/**
 * NUL-terminated UTF-8.
 *
 * @param {Codec['take']} take
 * @returns {Codec}
 */
const text = (take) => ({
  wanted: 'a string without NUL',
  fits: (value) => typeof value === 'string' && !value.includes('\0'),
  bytes: encode,
  argument: ({ memory }, raw) => memory.text(raw >>> 0),
  take,
});

/** @type {Codec} */
const staticText = text(({ memory }, at) => memory.text(memory.u32[at >> 2]));

/** @type {Record<CodecName, Codec>} */
export const CODECS = {
  void: { wanted: '', fits: () => true, argument: same, take() {}, write() {} },
  bool: {
    scalar: true,
    wanted: 'a boolean',
    fits: (value) => typeof value === 'boolean',
    argument: (_, raw) => raw !== 0,
    take: ({ memory }, at) => memory.u8[at] !== 0,
    write({ memory }, at, value) { memory.i32[at >> 2] = value; },
  },
  char: integer(-0x80, 0x7f, (raw) => raw << 24 >> 24),
  'unsigned char': integer(0, 0xff, (raw) => raw & 0xff),
  short: integer(-0x8000, 0x7fff, (raw) => raw << 16 >> 16),
  'unsigned short': integer(0, 0xffff, (raw) => raw & 0xffff),
  int: integer(-0x80000000, 0x7fffffff, (raw) => raw | 0),
  unsigned: integer(0, 0xffffffff, (raw) => raw >>> 0),
  'long long': wide(-(2n ** 63n), 2n ** 63n - 1n, BigInt.asIntN),
  'unsigned long long': wide(0n, 2n ** 64n - 1n, BigInt.asUintN),
  float: real('f32', 2),
  double: real('f64', 3),
  'const char *': staticText,
  'char *': text((values, at) => {
    const taken = staticText.take(values, at);
    values.exports.lull_free(values.memory.u32[at >> 2]);
    return taken;
  }),
  lull_bytes: {
    wanted: 'a Uint8Array',
    fits: (value) => value instanceof Uint8Array,
    bytes: (value) => value,
    counted: true,
    argument: (values, raw) => values.bytesAt(raw >>> 0),
    take(values, at) {
      const bytes = values.bytesAt(at);
      values.exports.lull_free(values.memory.u32[at >> 2]);
      return bytes;
    },
  },
  lull_ref: {
    wanted: '',
    fits: () => true,
    reference: true,
    argument: ({ refs }, raw) => refs.get(raw),
    take: ({ memory, refs }, at) => refs.take(memory.i32[at >> 2]),
    write({ memory, refs }, at, value) { memory.i32[at >> 2] = refs.add(value); },
  },
};

/**
 * By the name of a C type, without a redundant `int`; features/channel.js has those of channels.
 *
 * @type {ReadonlyMap<string, Codec>}
 */
export const codecs = new Map(Object.entries(CODECS).flatMap(([key, codec]) =>
  `${key}, ${ALIASES[/** @type {CodecName} */ (key)] ?? key}`.split(', ').map((name) => [name, codec])));
