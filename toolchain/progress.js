/**
 * What goes on, on one line of a terminal that is written over and over; nothing at all where nobody watches.
 */
export class Progress {
  #started = performance.now();
  #shown = false;

  /** @param {NodeJS.WriteStream} stream */
  constructor(stream = process.stderr) {
    this.stream = stream;
  }

  /** @param {string} text */
  show(text) {
    if (!this.stream.isTTY) return;
    this.stream.write(`\r\x1b[K${text}`);
    this.#shown = true;
  }

  /** Take the line away, so that something else can be written. */
  clear() {
    if (this.#shown) this.stream.write('\r\x1b[K');
    this.#shown = false;
  }

  /**
   * End with a line that stays.
   *
   * @param {string} text
   */
  done(text) {
    if (!this.stream.isTTY) return;
    const seconds = (performance.now() - this.#started) / 1000;
    this.show(`${text} in ${seconds.toFixed(1)} s\n`);
    this.#shown = false;
  }

  /**
   * Pass on what a compiler printed.
   *
   * @param {string | Uint8Array} text
   */
  print(text) {
    this.clear();
    this.stream.write(text);
  }
}
