/** The standard input of C: a stream of the user's, of which a piece is read when C asks for one. */
import { LullError } from '../marshal/errors.js';
import { EINVAL } from '../marshal/status.js';
import { scatter } from './crossing.js';
import { posixError } from './network.js';
import { READABLE } from './protocol.js';

/** @import { ReadableInput } from '../lull.js' */

/**
 * The receiver of the pieces, the end or the failure of a stream.
 *
 * @typedef {object} Taker
 * @property {(bytes: unknown) => void} take one piece for each `next`
 * @property {() => void} end
 * @property {(error: unknown) => void} fail
 */

/**
 * @param {any} stream
 * @param {Taker} taker
 * @returns {{ next: () => void, close: () => void }}
 */
const sourceOf = (stream, taker) => (stream.getReader ? webSource(stream, taker) : nodeSource(stream, taker));

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @param {Taker} taker
 */
function webSource(stream, { take, end, fail }) {
  const reader = stream.getReader();
  return {
    next() {
      reader.read().then(({ done, value }) => (done ? end() : take(value)), fail);
    },
    close: () => reader.releaseLock(),
  };
}

/**
 * A Readable of Node. It flows, and keeps Node alive, only while C waits for a piece.
 *
 * @param {any} stream sockets and terminals have ref and unref
 * @param {Taker} taker
 */
function nodeSource(stream, { take, end, fail }) {
  const rest = () => {
    stream.pause();
    stream.unref?.();
  };
  /** @type {Record<string, (value?: any) => void>} */
  const listeners = {
    data(chunk) {
      rest();
      take(chunk);
    },
    end,
    error: fail,
    close: end,
  };
  rest();
  for (const [event, listen] of Object.entries(listeners)) stream.on(event, listen);
  return {
    next() {
      if (stream.readableEnded || stream.destroyed) return end();
      stream.ref?.();
      stream.resume();
    },
    close() {
      rest();
      for (const [event, listen] of Object.entries(listeners)) stream.off(event, listen);
    },
  };
}

export class Input {
  /**
   * @param {ReadableInput} stream
   * @param {(state: number, changed: number) => void} tell
   * @param {(error: unknown) => void} report
   * @param {(bytes: Uint8Array) => Uint8Array[]} [filter] makes pieces of them, each for one read of C's
   * @param {() => ReadableInput | undefined} [again] gives the stream that goes on after an end
   */
  constructor(stream, tell, report, filter = (bytes) => [bytes], again = () => undefined) {
    this.#stream = stream;
    this.#tell = tell;
    this.#report = report;
    this.#filter = filter;
    this.#again = again;
  }

  #stream;
  #tell;
  #report;
  #filter;
  #again;
  /** @type {ReturnType<typeof sourceOf> | undefined} */
  #source;
  #asked = false;
  #closed = false;
  #over = false;
  #failed = false;
  /** Pieces that C has not read: an empty one is an end. @type {Uint8Array[]} */
  #pieces = [];

  /** @param {Uint8Array[]} into */
  receive(into) {
    const [piece] = this.#pieces;
    if (piece) {
      const done = scatter(piece, into);
      if (done < piece.length) this.#pieces[0] = piece.subarray(done);
      else this.#pieces.shift();
      if (this.#pieces.length === 0 && !this.#over) this.#tell(0, 0);
      return done;
    }
    if (this.#failed) throw posixError('EIO');
    if (this.#over) return 0;
    this.#ask();
    throw posixError('EAGAIN');
  }

  #ask() {
    if (this.#asked) return;
    this.#asked = true;
    this.#source ??= sourceOf(this.#stream, {
      take: (bytes) => this.#take(bytes),
      end: () => this.#ended(),
      fail: (error) => this.#fail(error),
    });
    this.#source.next();
  }

  /** @param {unknown} bytes */
  #take(bytes) {
    if (this.#over || this.#closed) return;
    if (!(bytes instanceof Uint8Array)) {
      return this.#fail(new LullError(EINVAL, "load: option 'posix': stdin: a stream of bytes is needed, and this one "
        + `has a chunk of type ${typeof bytes}; leave out setEncoding, or encode the text`));
    }
    this.#asked = false;
    if (bytes.length > 0) this.#pieces.push(...this.#filter(bytes));
    if (this.#pieces.length === 0) return this.#ask();
    this.#tell(READABLE, READABLE);
  }

  /** Drop the pieces that C has not read. */
  drop() {
    this.#pieces = [];
    if (!this.#over) this.#tell(0, 0);
  }

  #ended() {
    if (this.#over || this.#closed) return;
    const next = this.#again();
    if (!next) return this.#end();
    this.#source?.close();
    this.#source = undefined;
    this.#stream = next;
    this.#asked = false;
    this.#pieces.push(new Uint8Array());
    this.#tell(READABLE, READABLE);
  }

  #end() {
    if (this.#over || this.#closed) return;
    this.#over = true;
    this.#tell(READABLE, READABLE);
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.#over || this.#closed) return;
    this.#failed = true;
    this.#report(error);
    this.#end();
  }

  close() {
    this.#closed = true;
    this.#source?.close();
  }
}
