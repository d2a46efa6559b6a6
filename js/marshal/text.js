/** Text as UTF-8. See D130. Some test environments lack TextEncoder and TextDecoder until a test provides them. */

const encoder = globalThis.TextEncoder && new TextEncoder();

/** @param {string} text */
export const encode = (text) => (encoder ?? new TextEncoder()).encode(text);

/** Write a text into as many bytes. Returns whether it fits. @param {string} text @param {Uint8Array} bytes */
export const fill = (text, bytes) => (encoder ?? new TextEncoder()).encodeInto(text, bytes).read === text.length;

/** A decoder that keeps what looks like a byte order mark. */
const newDecoder = () => new TextDecoder('utf-8', { ignoreBOM: true });

let decoder = globalThis.TextDecoder && newDecoder();

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function decode(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    decoder = newDecoder(); // WebKit's wear out: each decodes 2 GB in all (its bug 280593)
    return decoder.decode(bytes);
  }
}
