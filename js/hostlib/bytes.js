/** A queue of bytes: read in pieces of any size, or by lines. */
import { systemError } from './descriptors.js';
import { EventQueue } from './event-queue.js';

/** @import { HostContext } from '../lull.js' */

/** @typedef {{ most: number, line: boolean }} Want */

const EMPTY = new Uint8Array();
const NEWLINE = 10;

/** @extends {EventQueue<Uint8Array>} */
export class Bytes extends EventQueue {
  /** The number of buffered bytes. */
  size = 0;
  /** @type {unknown} */
  #failure;

  /**
   * 1 to `most` bytes; none at the end.
   *
   * @param {HostContext} call
   * @param {number} most
   */
  read(call, most) {
    return this.next(call, wanting(most, false));
  }

  /**
   * Bytes up to and including a newline, at most `most`; the last line may have no newline.
   *
   * @param {HostContext} call
   * @param {number} most
   */
  readLine(call, most) {
    return this.next(call, wanting(most, true));
  }

  /** @param {Uint8Array} bytes */
  put(bytes) {
    if (bytes.length === 0) return;
    this.size += bytes.length;
    super.put(bytes);
  }

  /**
   * Complete the pending reads with no bytes, or with an error. Later reads may try again.
   *
   * @param {unknown} [error]
   */
  pass(error) {
    this.settleAll((wait) => (error === undefined ? wait.resolve(EMPTY) : wait.reject(error)));
  }

  /** @param {unknown} [error] absent at the regular end of a stream */
  close(error) {
    this.#failure ??= error;
    super.close(error);
  }

  /** @param {Want} want */
  take({ most, line }) {
    const [first] = this.items;
    if (first === undefined) return undefined;
    if (line) return this.#takeLine(most);
    if (first.length <= most) {
      this.items.shift();
      this.size -= first.length;
      return first;
    }
    this.items[0] = first.subarray(most);
    this.size -= most;
    return first.subarray(0, most);
  }

  /** @param {number} most */
  #takeLine(most) {
    let length = 0;
    for (const piece of this.items) {
      const at = piece.indexOf(NEWLINE);
      length += at < 0 ? piece.length : at + 1;
      if (at >= 0 || length >= most) return this.#takeExactly(Math.min(length, most));
    }
    return this.ended ? this.#takeExactly(length) : undefined;
  }

  /** @param {number} count not more than are buffered */
  #takeExactly(count) {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count;) {
      const piece = /** @type {Uint8Array} */ (this.take({ most: count - at, line: false }));
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  end() {
    if (this.#failure !== undefined) throw this.#failure;
    return EMPTY;
  }
}

/**
 * @param {number} most
 * @param {boolean} line
 * @returns {Want}
 */
function wanting(most, line) {
  // An empty result would mean the end.
  if (most === 0) throw systemError('EINVAL', 'invalid argument, 0 bytes to read');
  return { most, line };
}
