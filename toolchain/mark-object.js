/**
 * Names the C library in an object file. A clang of the machine compiles for wasi-libc and, as a part of Emscripten,
 * for Emscripten's: the objects of both name the same compiler. The `producers` section has a field for that, `sdk`:
 * https://github.com/WebAssembly/tool-conventions/blob/main/ProducersSection.md. See D102.
 */

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
    const size = numberAt(object, at + 1);
    const [start, end] = [size.end, size.end + size.value];
    const name = object[at] === CUSTOM ? textAt(object, start) : undefined;
    if (name?.value === PRODUCERS) {
      const fields = numberAt(object, name.end);
      const contents = [
        ...text(PRODUCERS), ...number(fields.value + 1), ...object.subarray(fields.end, end),
        ...text('sdk'), ...number(1), ...text(library), ...text(''),
      ];
      return joined(object.subarray(0, at + 1), number(contents.length), contents, object.subarray(end));
    }
    at = end;
  }
  return object;
}

/** @param {Bytes} bytes */
const isModule = (bytes) => new TextDecoder('latin1').decode(bytes.subarray(0, 4)) === '\0asm';

/** @param {ArrayLike<number>[]} parts */
function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** @param {Bytes} bytes @param {number} at */
function numberAt(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at };
  }
}

/** @param {Bytes} bytes @param {number} at */
function textAt(bytes, at) {
  const length = numberAt(bytes, at);
  const end = length.end + length.value;
  return { value: new TextDecoder().decode(bytes.subarray(length.end, end)), end };
}

/** @param {number} value @returns {number[]} in LEB128 */
const number = (value) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)]);

/** @param {string} value @returns {number[]} */
function text(value) {
  const bytes = new TextEncoder().encode(value);
  return [...number(bytes.length), ...bytes];
}
