/** What crosses between the sockets of C and JavaScript in memory: addresses, pieces of bytes. */
import { encode } from '../marshal/text.js';
import { ADDRESS_TEXT, FAMILY_NAME } from './protocol.js';
import { posixError } from './network.js';

/** @import { Memory } from '../marshal/memory.js' */
/** @import { Address } from './network.js' */

/**
 * The address at a pointer.
 *
 * @param {Memory} memory
 * @param {number} pointer
 * @returns {Address}
 */
export function readAddress(memory, pointer) {
  const at = pointer >>> 2;
  return { family: memory.u32[at], port: memory.u32[at + 1], host: memory.text(pointer + 8) ?? '' };
}

/**
 * @param {Memory} memory
 * @param {number} pointer NULL: nothing is written
 * @param {Address} address
 */
export function writeAddress(memory, pointer, { family, host, port }) {
  if (!pointer) return;
  const at = pointer >>> 2;
  memory.u32[at] = family;
  memory.u32[at + 1] = port;
  const text = encode(`${host}\0`);
  if (text.length > ADDRESS_TEXT) throw posixError('ENAMETOOLONG');
  memory.u8.set(text, pointer + 8);
}

/** The result of a lookup of a name. @param {string} name @returns {Address} */
export const asName = (name) => ({ family: FAMILY_NAME, host: name, port: 0 });

/**
 * The pieces of memory that vectors of C stand for, after the first `skip` bytes. Throws EFAULT where one is beyond
 * memory.
 *
 * @param {Memory} memory
 * @param {number} vectors
 * @param {number} count
 * @param {number} skip
 * @returns {Uint8Array[]} views
 */
export function pieces(memory, vectors, count, skip) {
  const { u8, u32 } = memory;
  const found = [];
  for (let at = vectors >>> 2; count > 0; count--, at += 2) {
    const size = u32[at + 1];
    if (u32[at] + size > u8.length) throw posixError('EFAULT');
    if (skip < size) found.push(u8.subarray(u32[at] + skip, u32[at] + size));
    skip = Math.max(0, skip - size);
  }
  return found;
}

/**
 * A copy of up to so many bytes of them.
 *
 * @param {Uint8Array[]} found
 * @param {number} [most]
 */
export function gather(found, most = Infinity) {
  const size = Math.min(most, found.reduce((sum, { length }) => sum + length, 0));
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of found) {
    if (at === size) break;
    const part = piece.length > size - at ? piece.subarray(0, size - at) : piece;
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Copy bytes into them. Returns how many there was room for.
 *
 * @param {Uint8Array} bytes
 * @param {Uint8Array[]} found
 */
export function scatter(bytes, found) {
  let done = 0;
  for (const piece of found) {
    if (done === bytes.length) break;
    const part = bytes.subarray(done, done + piece.length);
    piece.set(part);
    done += part.length;
  }
  return done;
}

