/** The host functions of src/lull_stdin.h, on the process's standard input. */
import { Bytes } from '../../host/bytes.js';

/**
 * @import { Readable } from 'node:stream'
 * @import { HostCall } from '../../core/host-calls.js'
 */

class Input extends Bytes {
  /** @param {Readable} stream */
  constructor(stream) {
    super();
    // Flowing only while somebody waits: Node ends when nothing else is to be done.
    this.wanted = () => stream.resume();
    stream.pause();
    stream.on('data', (chunk) => {
      stream.pause();
      this.put(chunk);
    });
    stream.on('end', () => this.close());
    stream.on('error', (error) => this.close(error));
  }
}

/**
 * One set for each process: who else reads its input takes a part of it.
 *
 * @param {Readable} [stream] instead of the process's
 */
export function stdin(stream) {
  /** @type {Input | undefined} */
  let input;
  const opened = () => (input ??= new Input(stream ?? process.stdin));

  return {
    /**
     * @this {HostCall}
     * @param {number} most
     */
    lull_stdin_line(most) {
      return opened().readLine(this, most);
    },

    /**
     * @this {HostCall}
     * @param {number} most
     */
    lull_stdin_read(most) {
      return opened().read(this, most);
    },
  };
}
