/** The sections of object files and linked modules: to read them, and to write one. */

/** @import { Bytes } from './system.js' */

const MAGIC = '\0asm';
const HEADER = 8;

/** The kinds of sections that the toolchain reads. */
export const [CUSTOM, IMPORTS, CODE] = [0, 2, 10];

/**
 * Whether a file has sections. Other files of a compiler, of -flto say, have none.
 *
 * @param {Bytes} bytes
 */
export const isModule = (bytes) => new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length)) === MAGIC;

/** @typedef {{ kind: number, name: string, start: number, end: number, reader: Reader }} Section `name` if it is
 *   custom; the reader is at the contents behind it, and ends with them */

/**
 * @param {Bytes} module
 * @returns {Generator<Section, void, void>}
 */
export function* sectionsOf(module) {
  if (!isModule(module)) return;
  for (let start = HEADER; start < module.length;) {
    const kind = module[start];
    const head = new Reader(module, start + 1);
    const size = head.number();
    const end = head.at + size;
    if (end > module.length) return; // cut short
    const reader = new Reader(module.subarray(0, end), head.at);
    yield { kind, name: kind === CUSTOM ? reader.text() : '', start, end, reader };
    start = end;
  }
}

/**
 * A custom section.
 *
 * @param {string} name
 * @param {Uint8Array} contents
 */
export function customSection(name, contents) {
  const head = text(name);
  return concatenated([
    new Uint8Array([CUSTOM, ...number(head.length + contents.length), ...head]), contents,
  ]);
}

/** @param {Uint8Array[]} parts @returns {Bytes} */
export function concatenated(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {number} value @returns {number[]} in LEB128 */
export const number = (value) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)]);

/** @param {string} value @returns {number[]} */
export function text(value) {
  const bytes = new TextEncoder().encode(value);
  return [...number(bytes.length), ...bytes];
}

/** A reader of a section's parts: numbers in LEB128, and texts with their lengths before them. */
export class Reader {
  #at;
  #bytes;
  #decoder = new TextDecoder();

  /** @param {Uint8Array} bytes @param {number} [at] */
  constructor(bytes, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at() {
    return this.#at;
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (!(byte >= 0x80)) return value; // or there is none
    }
  }

  text() {
    const length = this.number();
    return this.#decoder.decode(this.#bytes.subarray(this.#at, (this.#at += length)));
  }

  /** @param {number} bytes */
  skip(bytes) {
    this.#at += bytes;
  }

  /** Go to the contents of the first subsection of a kind. Returns whether there is one. @param {number} kind */
  find(kind) {
    while (this.#at < this.#bytes.length) {
      const found = this.number();
      const length = this.number();
      if (found === kind) return true;
      this.#at += length;
    }
    return false;
  }
}
