/**
 * Names the C library in an object file. A clang of the machine compiles for wasi-libc and, as a part of Emscripten,
 * for Emscripten's: the objects of both name the same compiler. The `producers` section has a field for that, `sdk`:
 * https://github.com/WebAssembly/tool-conventions/blob/main/ProducersSection.md. See D102.
 */
import { Reader } from './object-file.js';

/** @import { Bytes } from './system.js' */

const HEADER = 8;
const CUSTOM = 0;
const PRODUCERS = 'producers';

/**
 * The object with the name in it. One without producers, as of an assembler, stays as it is.
 *
 * @param {Bytes} object
 * @param {string} library
 * @returns {Bytes}
 */
export function marked(object, library) {
  if (!isModule(object)) return object; // of -flto, say
  for (let at = HEADER; at < object.length;) {
    const reader = new Reader(object, at + 1);
    const size = reader.number();
    const end = reader.at + size;
    if (object[at] === CUSTOM && reader.text() === PRODUCERS) {
      const fields = reader.number();
      const contents = [
        ...text(PRODUCERS), ...number(fields + 1), ...object.subarray(reader.at, end),
        ...text('sdk'), ...number(1), ...text(library), ...text(''),
      ];
      const section = [object[at], ...number(contents.length), ...contents];
      const made = new Uint8Array(at + section.length + object.length - end);
      made.set(object.subarray(0, at));
      made.set(section, at);
      made.set(object.subarray(end), at + section.length);
      return made;
    }
    at = end;
  }
  return object;
}

/** @param {Bytes} bytes */
const isModule = (bytes) => new TextDecoder('latin1').decode(bytes.subarray(0, 4)) === '\0asm';

/** @param {number} value @returns {number[]} in LEB128 */
const number = (value) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)]);

/** @param {string} value @returns {number[]} */
function text(value) {
  const bytes = new TextEncoder().encode(value);
  return [...number(bytes.length), ...bytes];
}
