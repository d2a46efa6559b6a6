/**
 * Kinds of values: how each type of C crosses between it and JavaScript. One entry of the table says all there is to
 * say.
 */

/** @import { Values } from './values.js' */

/**
 * @typedef {object} Codec
 * @property {boolean} [scalar] wasm takes it as an argument just as JavaScript has it
 * @property {boolean} [plain] JavaScript takes it as an argument just as wasm has it
 * @property {string} wanted what it must be, for messages
 * @property {(value: any, values: Values) => boolean} fits
 * @property {(value: any) => Uint8Array} [bytes] what of it goes into memory
 * @property {boolean} [counted] in memory: behind a lull_bytes
 * @property {boolean} [reference] it goes into the table of references
 * @property {(value: any) => unknown} [raw] as wasm takes it, where that is none of these
 * @property {(values: Values, raw: any) => unknown} argument a host call's, as JavaScript takes it
 * @property {(values: Values, at: number) => unknown} take a task's result at this address, whose ownership passes here
 * @property {(values: Values, at: number, value: any) => void} [write] put a host call's result there; not for what has
 *   bytes
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
 * One of 64 bits.
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
 * UTF-8 with a NUL behind it.
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

const u32 = (/** @type {number} */ raw) => raw >>> 0;
const i32 = (/** @type {number} */ raw) => raw | 0;

/** @type {Record<string, Codec>} by the types of C, written without a redundant `int` */
const TABLE = {
  void: { wanted: '', fits: () => true, argument: same, take() {}, write() {} },
  'bool, _Bool': {
    scalar: true,
    wanted: 'a boolean',
    fits: (value) => typeof value === 'boolean',
    argument: (_, raw) => raw !== 0,
    take: ({ memory }, at) => memory.u8[at] !== 0,
    write({ memory }, at, value) { memory.i32[at >> 2] = value; },
  },
  'char, signed char, int8_t': integer(-0x80, 0x7f, (raw) => raw << 24 >> 24),
  'unsigned char, uint8_t': integer(0, 0xff, (raw) => raw & 0xff),
  'short, signed short, int16_t': integer(-0x8000, 0x7fff, (raw) => raw << 16 >> 16),
  'unsigned short, uint16_t': integer(0, 0xffff, (raw) => raw & 0xffff),
  'int, signed, long, signed long, int32_t, ssize_t, ptrdiff_t, intptr_t': integer(-0x80000000, 0x7fffffff, i32),
  'unsigned, unsigned long, uint32_t, size_t, uintptr_t': integer(0, 0xffffffff, u32),
  'long long, signed long long, int64_t, intmax_t': wide(-(2n ** 63n), 2n ** 63n - 1n, BigInt.asIntN),
  'unsigned long long, uint64_t, uintmax_t': wide(0n, 2n ** 64n - 1n, BigInt.asUintN),
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

/** @type {Map<string, Codec>} by a type of C; channel.js adds those of channels */
export const codecs = new Map(
  Object.entries(TABLE).flatMap(([names, codec]) => names.split(', ').map((name) => [name, codec])),
);
