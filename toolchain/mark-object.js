/**
 * Names the C library in an object file. A clang of the machine compiles for wasi-libc and, as a part of Emscripten,
 * for Emscripten's: the objects of both name the same compiler. The `producers` section has a field for that, `sdk`:
 * https://github.com/WebAssembly/tool-conventions/blob/main/ProducersSection.md. See D102.
 */
import { concatenated, customSection, number, sectionsOf, text } from './sections.js';

/** @import { Bytes } from './system.js' */

const PRODUCERS = 'producers';

/**
 * The object with the name in it. One without producers, as of an assembler, stays as it is.
 *
 * @param {Bytes} object
 * @param {string} library
 * @returns {Bytes}
 */
export function marked(object, library) {
  for (const { name, start, end, reader } of sectionsOf(object)) {
    if (name !== PRODUCERS) continue;
    const fields = reader.number();
    const contents = new Uint8Array([
      ...number(fields + 1), ...object.subarray(reader.at, end), ...text('sdk'), ...number(1), ...text(library),
      ...text(''),
    ]);
    return concatenated([object.subarray(0, start), customSection(PRODUCERS, contents), object.subarray(end)]);
  }
  return object;
}
