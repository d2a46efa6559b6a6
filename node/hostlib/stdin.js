/** The host functions of src/include/lull_stdin.h, on the process's standard input. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Bytes } from '../../js/hostlib/bytes.js';
import { Descriptors } from '../../js/hostlib/descriptors.js';
import { wrong } from '../../js/marshal/check.js';

/** @import { HostContext } from '../../js/lull.js' */

/**
 * For a directory or a disk, `process.stdin` is an empty stand-in. This stream reads the descriptor, and passes on the
 * system's error.
 */
function ownInput() {
  const isStandIn = Object.getPrototypeOf(process.stdin) === Readable.prototype;
  const isWindows = process.platform === 'win32'; // there, the stand-in is for programs without a console
  return isStandIn && !isWindows ? createReadStream('', { fd: process.stdin.fd, autoClose: false }) : process.stdin;
}

class Input extends Bytes {
  /** @param {Readable & { ref?: () => void, unref?: () => void }} stream sockets and terminals have both */
  constructor(stream) {
    super();
    this.#stream = stream;
    // It flows, and keeps Node alive, only while a call waits.
    this.wanted = () => {
      stream.ref?.();
      stream.resume();
    };
    this.destroy();
    stream.on('data', (chunk) => {
      this.destroy();
      this.put(chunk);
    });
    stream.on('end', () => this.close());
    stream.on('error', (error) => this.close(error));
  }

  #stream;

  destroy() {
    this.#stream.pause();
    this.#stream.unref?.();
  }
}

/**
 * One set for each process: several readers would share the input.
 *
 * @param {Readable} [stream] the process's by default
 */
export function stdin(stream) {
  const fits = stream === undefined || typeof stream?.resume === 'function';
  if (!fits) throw wrong('stdin: the stream', 'a Readable', stream);
  /** @type {Input | undefined} */
  let input;
  const descriptors = new Descriptors(); // not for C: closes the input with the app
  const opened = () => {
    if (!input) descriptors.add((input = new Input(stream ?? ownInput())));
    return input;
  };

  return descriptors.usedBy({
    /**
     * @this {HostContext}
     * @param {number} most
     */
    lull_stdin_line(most) {
      return opened().readLine(this, most);
    },

    /**
     * @this {HostContext}
     * @param {number} most
     */
    lull_stdin_read(most) {
      return opened().read(this, most);
    },
  });
}
