/** Values: how each kind of value crosses between JavaScript and C. */
import { ENOMEM } from './status.js';
import { LullError } from './errors.js';

/** @import { Declaration, Kind, Type } from './signature.js' */
/** @import { Memory } from './memory.js' */
/** @import { Refs } from './refs.js' */

/** @type {Partial<Record<Kind, [number, number]>>} */
const RANGES = {
  i8: [-0x80, 0x7f], u8: [0, 0xff], i16: [-0x8000, 0x7fff], u16: [0, 0xffff],
  i32: [-0x80000000, 0x7fffffff], u32: [0, 0xffffffff],
};
/** @type {Partial<Record<Kind, [bigint, bigint]>>} */
const BIG_RANGES = { i64: [-(2n ** 63n), 2n ** 63n - 1n], u64: [0n, 2n ** 64n - 1n] };

const encoder = new TextEncoder();

/**
 * What is wrong with a value of this kind: what was expected; undefined where nothing is.
 *
 * @param {Kind} kind
 * @param {unknown} value
 * @returns {string | undefined}
 */
function expected(kind, value) {
  const range = RANGES[kind];
  if (range) {
    const fits = Number.isInteger(value) && /** @type {number} */ (value) >= range[0] && /** @type {number} */ (value) <= range[1];
    return fits ? undefined : `an integer from ${range[0]} to ${range[1]}`;
  }
  const bigRange = BIG_RANGES[kind];
  if (bigRange) {
    return typeof value === 'bigint' && value >= bigRange[0] && value <= bigRange[1] ? undefined : `a bigint from ${bigRange[0]} to ${bigRange[1]}`;
  }
  switch (kind) {
    case 'bool':
      return typeof value === 'boolean' ? undefined : 'a boolean';
    case 'f32':
    case 'f64':
      return typeof value === 'number' ? undefined : 'a number';
    case 'string':
    case 'static string':
      return typeof value === 'string' && !value.includes('\0') ? undefined : 'a string without NUL';
    case 'bytes':
      return value instanceof Uint8Array ? undefined : 'a Uint8Array';
    default:
      return undefined;
  }
}

/**
 * A value as an error message shows it: short, and never the cause of another error.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function show(value) {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 32 ? `${value.slice(0, 32)}…` : value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
    default:
      return String(value);
  }
}

/**
 * A TypeError that names function, parameter, expected and given.
 *
 * @param {Declaration} declaration
 * @param {number} index
 * @param {string} wanted
 * @param {unknown} value
 */
function wrongArgument({ name, parameters }, index, wanted, value) {
  const { name: parameter, type } = parameters[index];
  return new TypeError(`${name}: argument ${index + 1}, '${parameter}' (${type.text}), must be ${wanted}, not ${show(value)}`);
}

/**
 * @param {Declaration} declaration
 * @param {number} given
 */
function checkCount({ name, parameters }, given) {
  if (given === parameters.length) return;
  const list = parameters.map((parameter) => `${parameter.type.text} ${parameter.name}`).join(', ');
  throw new TypeError(`${name}(${list}) takes ${parameters.length} argument${parameters.length === 1 ? '' : 's'}, not ${given}`);
}

/**
 * Check the arguments of a declaration that is scalar: wasm takes them as they are.
 *
 * @param {Declaration} declaration
 * @param {readonly unknown[]} values
 */
export function checkScalars(declaration, values) {
  const { parameters } = declaration;
  checkCount(declaration, values.length);
  for (let index = 0; index < parameters.length; index++) {
    const wanted = expected(parameters[index].type.kind, values[index]);
    if (wanted) throw wrongArgument(declaration, index, wanted, values[index]);
  }
}

/** Moves values between JavaScript and the memory of one instance. */
export class Values {
  /**
   * @param {Memory} memory
   * @param {Refs} refs
   * @param {Record<string, any>} exports
   */
  constructor(memory, refs, exports) {
    this.memory = memory;
    this.refs = refs;
    this.exports = exports;
  }

  /**
   * The arguments of a task, as wasm takes them. Text and bytes go into one block, which the task frees at its end.
   *
   * @param {Declaration} declaration
   * @param {readonly unknown[]} values
   * @param {string} [name] a name for the task, to go into the block
   * @returns {{ raw: (number | bigint)[], refs: number[], name: number }} `refs` to be released at its end
   */
  encodeArguments(declaration, values, name) {
    checkCount(declaration, values.length);
    /** @type {(number | bigint)[]} */
    const raw = new Array(values.length);
    /** @type {{ index: number, bytes: Uint8Array, header: number }[]} */
    const pieces = [];
    declaration.parameters.forEach(({ type: { kind } }, index) => {
      const value = values[index];
      const wanted = expected(kind, value);
      if (wanted) throw wrongArgument(declaration, index, wanted, value);
      if (kind === 'string' || kind === 'static string') {
        pieces.push({ index, bytes: encoder.encode(/** @type {string} */ (value)), header: 0 });
      } else if (kind === 'bytes') {
        pieces.push({ index, bytes: this.#own(/** @type {Uint8Array} */ (value)), header: 8 });
      } else if (kind !== 'ref') {
        raw[index] = typeof value === 'boolean' ? Number(value) : /** @type {number | bigint} */ (value);
      }
    });
    if (name !== undefined) pieces.push({ index: values.length, bytes: encoder.encode(name.replaceAll('\0', '')), header: 0 });
    const pointers = pieces.length ? this.#writeBlock(pieces) : [];
    pieces.forEach(({ index }, i) => { raw[index] = pointers[i]; });
    const namePointer = name === undefined ? 0 : Number(raw.pop());
    // Last, so that nothing above can fail and leave them behind.
    /** @type {number[]} */
    const refs = [];
    declaration.parameters.forEach(({ type: { kind } }, index) => {
      if (kind !== 'ref') return;
      raw[index] = this.refs.add(values[index]);
      refs.push(/** @type {number} */ (raw[index]));
    });
    return { raw, refs, name: namePointer };
  }

  /**
   * Bytes that stay where they are when the memory grows: a copy, if they are of the instance's own memory.
   *
   * @param {Uint8Array} bytes
   */
  #own(bytes) {
    return bytes.buffer === this.memory.u8.buffer ? bytes.slice() : bytes;
  }

  /**
   * Write pieces into one block: text with a NUL behind it, bytes with a lull_bytes before them.
   *
   * @param {{ bytes: Uint8Array, header: number }[]} pieces
   * @returns {number[]} where each is
   */
  #writeBlock(pieces) {
    const aligned = (/** @type {number} */ size) => Math.ceil(size / 8) * 8;
    const size = pieces.reduce((sum, { bytes, header }) => sum + aligned(header + bytes.length + 1), 0);
    let pointer = this.exports.lull_block(size) >>> 0;
    if (!pointer) throw new LullError(ENOMEM, `out of memory: ${size} bytes for the arguments of a task`);
    const { u8, u32 } = this.memory;
    return pieces.map(({ bytes, header }) => {
      const start = pointer;
      if (header) {
        u32[start >> 2] = start + header;
        u32[(start >> 2) + 1] = bytes.length;
      }
      u8.set(bytes, start + header);
      u8[start + header + bytes.length] = 0;
      pointer += aligned(header + bytes.length + 1);
      return start;
    });
  }

  /**
   * Lend C a text.
   *
   * @param {string} text
   * @param {(pointer: number, length: number) => void} use without memory, an empty one
   */
  withText(text, use) {
    const bytes = encoder.encode(text);
    const pointer = this.exports.lull_alloc(bytes.length) >>> 0;
    if (pointer) this.memory.u8.set(bytes, pointer);
    use(pointer, pointer ? bytes.length : 0);
    this.exports.lull_free(pointer);
  }

  /**
   * The argv of a C program, in the block of the task that is spawned next.
   *
   * @param {readonly string[]} argv
   * @returns {number} where it is
   */
  writeArgv(argv) {
    const pieces = argv.map((text) => ({ bytes: encoder.encode(text), header: 0 }));
    const table = { bytes: new Uint8Array(4 * (argv.length + 1)), header: 0 };
    const [at, ...pointers] = this.#writeBlock([table, ...pieces]);
    this.memory.u32.set(pointers, at >> 2);
    return at;
  }

  /**
   * The arguments of a host call, as JavaScript takes them.
   *
   * @param {Declaration} declaration
   * @param {(number | bigint)[]} raw
   * @returns {unknown[]}
   */
  decodeArguments(declaration, raw) {
    if (declaration.plain) return raw;
    return declaration.parameters.map(({ type: { kind } }, index) => {
      const value = raw[index];
      switch (kind) {
        case 'bool':
          return value !== 0;
        case 'u32':
          return Number(value) >>> 0;
        case 'u64':
          return BigInt.asUintN(64, /** @type {bigint} */ (value));
        case 'string':
        case 'static string':
          return this.memory.text(Number(value) >>> 0);
        case 'bytes':
          return this.#bytesAt(Number(value) >>> 0);
        case 'ref':
          return this.refs.get(Number(value));
        default:
          return value;
      }
    });
  }

  /**
   * The value at the exchange, whose ownership passes here.
   *
   * @param {Type} type
   * @returns {unknown}
   */
  takeResult({ kind }) {
    const { memory, exports } = this;
    const at = memory.exchange;
    switch (kind) {
      case 'void': return undefined;
      case 'bool': return memory.u8[at] !== 0;
      case 'i8': return memory.u8[at] << 24 >> 24;
      case 'u8': return memory.u8[at];
      case 'i16': return memory.i32[at >> 2] << 16 >> 16;
      case 'u16': return memory.i32[at >> 2] & 0xffff;
      case 'i32': return memory.i32[at >> 2];
      case 'u32': return memory.u32[at >> 2];
      case 'i64': return memory.i64[at >> 3];
      case 'u64': return BigInt.asUintN(64, memory.i64[at >> 3]);
      case 'f32': return memory.f32[at >> 2];
      case 'f64': return memory.f64[at >> 3];
      case 'ref': return this.refs.take(memory.i32[at >> 2]);
      case 'static string': return memory.text(memory.u32[at >> 2]);
      case 'string': {
        const pointer = memory.u32[at >> 2];
        const text = memory.text(pointer);
        exports.lull_free(pointer);
        return text;
      }
      case 'bytes': {
        const bytes = this.#bytesAt(at);
        exports.lull_free(memory.u32[at >> 2]);
        return bytes;
      }
    }
  }

  /** @param {number} pointer to a lull_bytes */
  #bytesAt(pointer) {
    const { u8, u32 } = this.memory;
    const data = u32[pointer >> 2];
    return u8.slice(data, data + u32[(pointer >> 2) + 1]);
  }

  /**
   * Put the result of a host function at the exchange.
   *
   * @param {Declaration} declaration
   * @param {unknown} value
   * @returns {number} what C then owns: a lull__owned of src/kernel.h
   */
  giveResult(declaration, value) {
    const { kind, text } = declaration.result;
    const wanted = expected(kind, value);
    if (wanted) throw new TypeError(`host function ${declaration.name} (${text}) must return ${wanted}, not ${show(value)}`);
    const { memory } = this;
    const at = memory.exchange;
    switch (kind) {
      case 'void':
        return 0;
      case 'i64':
      case 'u64':
        memory.i64[at >> 3] = /** @type {bigint} */ (value);
        return 0;
      case 'f32':
        memory.f32[at >> 2] = /** @type {number} */ (value);
        return 0;
      case 'f64':
        memory.f64[at >> 3] = /** @type {number} */ (value);
        return 0;
      case 'ref':
        memory.i32[at >> 2] = this.refs.add(value);
        return 2;
      case 'string':
      case 'static string':
        this.#giveMemory(encoder.encode(/** @type {string} */ (value)), declaration);
        return 1;
      case 'bytes':
        this.#giveMemory(this.#own(/** @type {Uint8Array} */ (value)), declaration);
        return 1;
      default: // a bool or an integer of at most 32 bits
        memory.i32[at >> 2] = Number(value);
        return 0;
    }
  }

  /**
   * @param {Uint8Array} bytes
   * @param {Declaration} declaration
   */
  #giveMemory(bytes, { name }) {
    const pointer = this.exports.lull_alloc(bytes.length + 1) >>> 0;
    if (!pointer) throw new LullError(ENOMEM, `out of memory: ${bytes.length} bytes returned by host function ${name}`);
    const { u8, u32, exchange } = this.memory;
    u8.set(bytes, pointer);
    u8[pointer + bytes.length] = 0;
    u32[exchange >> 2] = pointer;
    u32[(exchange >> 2) + 1] = bytes.length;
  }
}
