/** Views of an instance's memory, which stay valid when it grows. */
import { decode } from './text.js';

export class Memory {
  /**
   * @param {WebAssembly.Memory} memory
   * @param {number} mailbox the address of values that cross: see src/port/port.h
   */
  constructor(memory, mailbox) {
    this.mailbox = mailbox;
    this.#memory = memory;
    this.#views = views(memory.buffer);
  }

  #memory;
  #views;

  /** Growth detaches the buffer, which shows as a length of 0. */
  #fresh() {
    if (this.#views.u8.length === 0) this.#views = views(this.#memory.buffer);
    return this.#views;
  }

  get u8() { return this.#fresh().u8; }
  get i32() { return this.#fresh().i32; }
  get u32() { return this.#fresh().u32; }
  get i64() { return this.#fresh().i64; }
  get f32() { return this.#fresh().f32; }
  get f64() { return this.#fresh().f64; }

  /**
   * A number in the mailbox.
   *
   * @param {number} index a TASK_…, STATS_… or FAILURE_… of the protocol
   */
  number(index) {
    return this.f64[(this.mailbox >>> 3) + index];
  }

  /**
   * A member of a C struct of 32 bits.
   *
   * @param {number} pointer
   * @param {number} offset an ERROR_…, YIELDABLE_… or BYTES_… of the protocol
   */
  word(pointer, offset) {
    return this.u32[(pointer >>> 2) + offset];
  }

  /**
   * The NUL-terminated UTF-8 text at a pointer; null for NULL.
   *
   * @param {number} pointer
   * @returns {string | null}
   */
  text(pointer) {
    if (!pointer) return null;
    const { u8 } = this;
    return decode(u8.subarray(pointer, u8.indexOf(0, pointer)));
  }
}

/** @param {ArrayBuffer} buffer */
function views(buffer) {
  return {
    u8: new Uint8Array(buffer),
    i32: new Int32Array(buffer),
    u32: new Uint32Array(buffer),
    i64: new BigInt64Array(buffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
  };
}
