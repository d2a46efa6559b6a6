/** Codecs of what lies in memory, or behind a reference: text, bytes, and JavaScript values. Of the features chunk. */
import { bytesAt, isBytes } from './bytes.js';
import { byName } from './codecs.js';

/** @import { Codec } from './codecs.js' */
/** @import { CodecName } from './protocol.js' */

/**
 * Ownership of memory at a pointer passes to JavaScript, which frees it.
 *
 * @param {Codec['take']} copy
 * @returns {Codec['take']}
 */
const taken = (copy) => (values, at) => {
  try {
    return copy(values, at);
  } finally {
    const reason = values.memory.text(values.exports.lull_free(values.memory.u32[at >>> 2]));
    if (reason) throw new TypeError(reason);
  }
};

/** Whether C can have a value as text. @param {unknown} value */
export const isText = (value) => typeof value === 'string' && !value.includes('\0');

/**
 * NUL-terminated UTF-8.
 *
 * @param {Codec['take']} take
 * @returns {Codec}
 */
const text = (take) => ({
  wanted: 'a string without NUL',
  fits: isText,
  bytes: true,
  argument: ({ memory }, raw) => memory.text(raw >>> 0),
  take,
});

/** @type {Codec['take']} */
const textAt = ({ memory }, at) => memory.text(memory.u32[at >>> 2]);

/** @satisfies {Partial<Record<CodecName, Codec>>} */
export const MEMORY_CODECS = {
  'const char *': text(textAt),
  'char *': text(taken(textAt)),
  lull_bytes: /** @type {Codec} */ ({
    wanted: 'a Uint8Array that is not detached',
    fits: isBytes,
    bytes: true,
    counted: true,
    argument: ({ memory }, raw, lent) => bytesAt(memory, raw, lent),
    take: taken(({ memory }, at) => bytesAt(memory, at)),
  }),
  lull_ref: /** @type {Codec} */ ({
    wanted: '',
    fits: () => true,
    reference: true,
    argument: ({ refs }, raw) => refs.get(raw),
    take: ({ memory, refs }, at) => refs.take(memory.i32[at >>> 2]),
    write({ memory, refs }, at, value) { memory.i32[at >>> 2] = refs.add(value); },
  }),
};

export const memoryCodecs = byName(MEMORY_CODECS);
