/** The progress of a build, as one line of a terminal that each step overwrites; silent if stderr is no terminal. */

/**
 * @import { Progress } from '../../toolchain/system.js'
 * @import { Output } from './system.js'
 */

/** @implements {Progress} */
export class TerminalProgress {
  #shown = false;
  #stream;

  /** @param {Output} stream */
  constructor(stream) {
    this.#stream = stream;
  }

  get colors() {
    return this.#stream.isTTY ?? false;
  }

  /** @param {string} text */
  show(text) {
    if (!this.#stream.isTTY) return;
    this.#stream.write(`\r\x1b[K${text}`);
    this.#shown = true;
  }

  /** Erase the line, so that something else can be written. */
  clear() {
    if (this.#shown) this.#stream.write('\r\x1b[K');
    this.#shown = false;
  }

  /**
   * End with a line that stays.
   *
   * @param {string} text
   */
  done(text) {
    if (!this.#stream.isTTY) return;
    this.show(`${text}\n`);
    this.#shown = false;
  }

  /** @param {string | Uint8Array} text */
  print(text) {
    this.clear();
    this.#stream.write(text);
  }
}
