/**
 * The user's side of C's streams: standard input, a terminal, and signals. Loaded where the options give any. See D115.
 */
import { ConsoleStdout } from '@bjorn3/browser_wasi_shim';
import { Input } from './input.js';
import { COOKED, LineDiscipline } from './line-discipline.js';
import { posixError } from './network.js';
import { SIGNALS, TERMINAL_FLUSH, TERMINAL_OUTPUT } from './terminal-protocol.js';

/** @import { Instance } from '../core/instance.js' */
/** @import { PosixOptions, Terminal as Given } from '../lull.js' */

/** C's struct lull__terminal, by its bytes. */
const KEYS = /** @type {const} */ (['flags', 'interrupt', 'quit', 'suspend', 'erase', 'kill', 'end']);

const NEWLINE = 10;

/** @param {Uint8Array} bytes */
function withReturns(bytes) {
  const made = [];
  for (const byte of bytes) made.push(...(byte === NEWLINE ? [13, byte] : [byte]));
  return Uint8Array.from(made);
}

/**
 * A terminal of the machine gives its input `again` after an end, as Ctrl-D is one.
 *
 * @typedef {Given & { again?: () => Given['input'] }} Machine
 */

class Terminal {
  /**
   * @param {Machine} given
   * @param {(signal: string) => void} send
   */
  constructor({ input, output, again = () => undefined }, send) {
    this.#again = again;
    this.#input = input;
    this.#output = output;
    /** Without setRawMode, its keys come as they are. */
    this.#isRaw = !input?.setRawMode;
    this.#discipline = new LineDiscipline((bytes) => this.write(bytes), send);
  }

  #again;
  #input;
  #output;
  #isRaw;
  #discipline;

  /** @param {Uint8Array} bytes @returns {Uint8Array[]} */
  filter = (bytes) => (this.#isRaw ? this.#discipline.take(bytes) : [bytes]);

  again = () => (this.#input &&= this.#again());

  /** @param {Uint8Array} bytes in C's memory, or a copy */
  write(bytes) {
    const { flags } = this.#discipline.mode;
    this.#output.write(flags & TERMINAL_OUTPUT ? withReturns(bytes) : bytes.slice());
  }

  /** @param {Uint8Array} bytes of a struct @returns {boolean} whether to drop the input that C has not read */
  set(bytes) {
    const mode = /** @type {typeof COOKED} */ (Object.fromEntries(KEYS.map((key, index) => [key, bytes[index]])));
    const flushes = mode.flags & TERMINAL_FLUSH;
    if (flushes) this.#discipline.drop();
    mode.flags &= ~TERMINAL_FLUSH;
    this.#discipline.mode = mode;
    this.#setRaw(KEYS.some((key) => mode[key] !== COOKED[key]));
    return flushes !== 0;
  }

  /** @param {boolean} raw */
  #setRaw(raw) {
    if (!this.#input?.setRawMode || raw === this.#isRaw) return;
    this.#input.setRawMode(raw);
    this.#isRaw = raw;
  }

  size() {
    const { rows, columns } = this.#output;
    return (rows & 0x7fff) << 16 | columns & 0xffff;
  }

  end() {
    this.#setRaw(false);
  }
}

/**
 * @param {Instance} instance not started yet
 * @param {PosixOptions} options
 */
export function terminalOf(instance, { stdin, terminal: given, signals }) {
  /** @type {(() => void)[]} */
  const ends = [];
  /** @param {string} signal @returns {boolean} whether C acts on it */
  const send = (signal) => {
    const place = SIGNALS.indexOf(signal);
    return place >= 0 && !instance.ended && Boolean(instance.exports.lull_signaled?.(place));
  };
  const byDefault = given?.signal ?? (() => instance.enter(() => instance.exports.lull_cancel_all(), true));
  const terminal = given && new Terminal(given, (signal) => { if (!send(signal)) byDefault(signal); });
  const source = stdin ?? given?.input;
  /** @type {Input | undefined} */
  let input;

  const known = () => {
    if (!terminal) throw posixError('ENOTTY');
    return terminal;
  };

  return {
    /** The streams of WASI, in Fds. */
    streams: terminal && (() => [0, 1, 2].map(() => new ConsoleStdout((bytes) => terminal.write(bytes)))),

    /** @type {Record<string, (...args: any[]) => any>} */
    calls: {
      /** @param {number} pointer */
      set_terminal(pointer) {
        if (known().set(instance.memory.u8.slice(pointer, pointer + KEYS.length))) input?.drop();
      },
      terminal_size: () => known().size(),
    },

    /** @param {(state: number, changed: number) => void} tell */
    input(tell) {
      if (!source) throw posixError('ENOSYS');
      return (input = new Input(source, tell, instance.report, terminal?.filter, terminal?.again));
    },

    start() {
      const { lull_signaled: signaled, lull_signal_awaited: isAwaited } = instance.exports;
      if (!signaled || !(signals || given)) return; // C neither handles signals nor waits for any
      signaled(SIGNALS.length);
      const isStuck = instance.isStuck.bind(instance);
      instance.isStuck = () => isStuck() && !isAwaited();
      const stop = signals?.(send);
      if (stop) ends.push(stop);
      const resized = () => { send('SIGWINCH'); };
      given?.output.on?.('resize', resized);
      ends.push(() => given?.output.off?.('resize', resized));
    },

    end() {
      terminal?.end();
      for (const end of ends) end();
    },
  };
}
