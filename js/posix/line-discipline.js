/**
 * The input of a terminal as C gets it: lines that keys edit, or the keys themselves, with their echo and the keys that
 * send signals. See D116. (POSIX.1-2017, General Terminal Interface.)
 */
import { TERMINAL_ECHO, TERMINAL_LINES, TERMINAL_OUTPUT, TERMINAL_RETURNS, TERMINAL_SIGNALS }
  from './terminal-protocol.js';

/**
 * @typedef {object} Mode
 * @property {number} flags
 * @property {number} interrupt the keys, as bytes; 0: none
 * @property {number} quit
 * @property {number} suspend
 * @property {number} erase
 * @property {number} kill
 * @property {number} end
 */

/** As a terminal of Linux begins. @type {Mode} */
export const COOKED = {
  flags: TERMINAL_LINES | TERMINAL_ECHO | TERMINAL_SIGNALS | TERMINAL_RETURNS | TERMINAL_OUTPUT,
  interrupt: 3, quit: 28, suspend: 26, erase: 127, kill: 21, end: 4,
};

const RETURN = 13;
const NEWLINE = 10;
const BACKSPACE = 8;
const TAB = 9;
const DELETE = 127;

const isContinuation = (/** @type {number} */ byte) => (byte & 0xc0) === 0x80;

export class LineDiscipline {
  /**
   * @param {(bytes: Uint8Array) => void} show echoes, as output of C
   * @param {(signal: string) => void} send
   */
  constructor(show, send) {
    this.#show = show;
    this.#send = send;
  }

  #show;
  #send;
  mode = COOKED;
  /** @type {number[]} */
  #line = [];
  /** @type {number[]} */
  #echo = [];
  /** Pieces, each for one read of C's: an empty one is an end. @type {Uint8Array[]} */
  #pieces = [];

  /**
   * @param {Uint8Array} bytes
   * @returns {Uint8Array[]}
   */
  take(bytes) {
    for (const byte of bytes) this.#key(byte);
    if (!(this.mode.flags & TERMINAL_LINES)) this.#end(false); // each key is read at once
    const { flags } = this.mode;
    if (this.#echo.length && flags & TERMINAL_ECHO) this.#show(Uint8Array.from(this.#echo));
    this.#echo = [];
    return this.#pieces.splice(0);
  }

  drop() {
    this.#line = [];
  }

  /** The line is over. @param {boolean} evenIfEmpty */
  #end(evenIfEmpty) {
    if (this.#line.length || evenIfEmpty) this.#pieces.push(Uint8Array.from(this.#line));
    this.#line = [];
  }

  /** @param {number} byte */
  #key(byte) {
    const { flags, interrupt, quit, suspend, erase, kill, end } = this.mode;
    if (flags & TERMINAL_RETURNS && byte === RETURN) byte = NEWLINE;
    const signal = byte === 0 ? '' : { [interrupt]: 'SIGINT', [quit]: 'SIGQUIT', [suspend]: 'SIGTSTP' }[byte];
    if (flags & TERMINAL_SIGNALS && signal) {
      this.#echoKey(byte);
      this.drop();
      this.#send(signal);
    } else if (!(flags & TERMINAL_LINES)) {
      this.#add(byte);
    } else if (byte === erase || byte === BACKSPACE) {
      this.#erase();
    } else if (byte === kill) {
      while (this.#line.length) this.#erase();
    } else if (byte === end) {
      this.#end(true);
    } else {
      this.#add(byte);
      if (byte === NEWLINE) this.#end(false);
    }
  }

  /** @param {number} byte */
  #add(byte) {
    this.#line.push(byte);
    this.#echoKey(byte);
  }

  /** A control key is shown as ^X. @param {number} byte */
  #echoKey(byte) {
    if ((byte < 32 && byte !== NEWLINE && byte !== TAB) || byte === DELETE) this.#echo.push(94, byte ^ 64);
    else this.#echo.push(byte);
  }

  /** Erase a character, of UTF-8. */
  #erase() {
    let last = this.#line.pop();
    if (last === undefined) return;
    while (isContinuation(last) && this.#line.length) last = /** @type {number} */ (this.#line.pop());
    const columns = last < 32 || last === DELETE ? 2 : 1;
    for (let i = 0; i < columns; i++) this.#echo.push(BACKSPACE, 32, BACKSPACE);
  }
}
