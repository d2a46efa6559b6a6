/** One wasm instance: its imports (src/port/port_wasm.c is the other side), its runs, and how it survives traps. */
import { LullError, messageOf } from '../marshal/errors.js';
import { Memory } from '../marshal/memory.js';
import { Pump } from './pump.js';
import { Refs } from '../marshal/refs.js';
import {
  ERROR_CAUSE, ERROR_CODE, ERROR_JOINT, ERROR_JOINT_COUNT, ERROR_MESSAGE, ERROR_THROWN, FAILURE_ID, FAILURE_NAME,
  FIRST_EVENT, NOTICE_ABANDONED, NOTICE_UNHANDLED, TASK_ID, TASK_NAME, TASK_STACK_SIZE,
} from '../marshal/protocol.js';
import { EKILLED, ESTACK, ETRAP } from '../marshal/status.js';
import { Values } from '../marshal/values.js';

/** @import { Clock } from '../lull.js' */
/** @import { Declaration, Type } from '../marshal/signature.js' */

/**
 * Notified of the end of a task that JavaScript spawned.
 * @typedef {object} Ending
 * @property {string} name
 * @property {Type} result
 * @property {readonly number[]} refs the references among its arguments
 * @property {() => number} [emit] for a stream: takes an element of type `result`; returns 0 to make the task wait
 * @property {(value: any) => void} resolve
 * @property {(error: unknown, status: number) => void} reject
 * @property {(ticket: number, reason: unknown) => void} [abandon] for a host call, which has only this
 */

/** How a C program ends by exit(). */
export class Exit extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`exit status ${status}`);
    this.status = status;
  }
}

export class Instance {
  /** The JavaScript values that C holds. */
  refs = new Refs();
  /**
   * What C hands back to end a call: endings of tasks, and host calls. Not in `refs`, so that C cannot release them.
   */
  tickets = new Refs();
  /** Whether the program has called exit(). */
  exited = false;
  /** How many host calls wait for a promise. */
  pending = 0;
  /** Called when the C program has called exit(). @type {(exit: Exit) => void} */
  onExit = () => {};
  /** @type {Record<string, any>} */
  exports = {};
  /**
   * Notified of what happens to tasks: see observe.js.
   * @type {((event: number, status: number) => void) | undefined}
   */
  observer;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {number} options.budget milliseconds
   * @param {(error: unknown) => void} options.report called with each unhandled failure
   */
  constructor({ clock, budget, report }) {
    this.clock = clock;
    this.pump = new Pump(clock, budget, () => this.run());
    this.#budget = budget / 1000;
    this.report = (/** @type {unknown} */ error) => {
      try {
        report(error);
      } catch (thrown) {
        Promise.reject(thrown); // C is on the stack: nothing may be thrown through it
      }
    };
  }

  #budget;
  /** The C stack pointer outside of all tasks. */
  #stackPointer = 0;

  /**
   * The imports of every module.
   *
   * @returns {WebAssembly.Imports}
   */
  imports() {
    return {
      lull: {
        now: () => this.pump.now(),
        wake: () => this.pump.wake(),
        notify: (
          /** @type {number} */ notice,
          /** @type {number} */ ticket,
          /** @type {number} */ status,
          /** @type {number} */ error,
        ) => this.#notified(notice, ticket, status, error),
        emit: (/** @type {number} */ ticket) => /** @type {Required<Ending>} */ (this.tickets.get(ticket)).emit(),
        retain: (/** @type {number} */ ref) => this.refs.retain(ref),
        release: (/** @type {number} */ ref) => this.refs.release(ref),
      },
      env: { emscripten_notify_memory_growth() {} },
    };
  }

  /** @param {Record<string, any>} exports */
  start(exports) {
    this.exports = exports;
    this.#stackPointer = exports.__stack_pointer.value;
    this.memory = new Memory(exports.memory, exports.lull_mailbox());
    this.values = new Values(this.memory, this.refs, exports);
  }

  /** @type {Memory} */
  memory = /** @type {any} */ (undefined);
  /** @type {Values} */
  values = /** @type {any} */ (undefined);

  /**
   * The exports for users to call: a trap in one of the functions leaves the C stack pointer as it was.
   *
   * @returns {Readonly<Record<string, any>>}
   */
  publicExports() {
    const pointer = this.exports.__stack_pointer;
    const guarded = (/** @type {(...args: any[]) => any} */ run) => (/** @type {any[]} */ ...args) => {
      const before = pointer.value;
      try {
        return run(...args);
      } catch (error) {
        pointer.value = before;
        throw error;
      }
    };
    const entries = Object.entries(this.exports).map(([name, value]) => [
      name,
      typeof value === 'function' ? guarded(value) : value,
    ]);
    return Object.freeze(Object.fromEntries(entries));
  }

  /* ---- Tasks ---- */

  /**
   * C notifies of one of lull__notice (src/port/port.h). Only an unhandled failure and an event have no ticket.
   *
   * @param {number} notice
   * @param {number} ticket
   * @param {number} status
   * @param {number} error
   */
  #notified(notice, ticket, status, error) {
    if (notice >= FIRST_EVENT) {
      this.observer?.(notice - FIRST_EVENT, status);
    } else if (notice === NOTICE_UNHANDLED) {
      const id = this.memory.number(FAILURE_ID);
      const task = id ? { id, name: this.memory.text(this.memory.number(FAILURE_NAME)) ?? '' } : undefined;
      this.report(this.errorFrom(status, error, task));
    } else {
      const ending = /** @type {Ending} */ (this.tickets.get(ticket));
      if (notice === NOTICE_ABANDONED) return ending.abandon?.(ticket, this.errorFrom(status, error));
      this.tickets.release(ticket);
      for (let i = 0; i < ending.refs.length; i++) this.refs.release(ending.refs[i]);
      if (status === 0) {
        ending.resolve(ending.emit ? undefined : this.values.takeResult(ending.result));
      } else {
        const id = this.memory.number(FAILURE_ID);
        ending.reject(this.errorFrom(status, error, { id, name: ending.name }), status);
      }
    }
  }

  /**
   * A JavaScript error for a struct lull__error: the original, if JavaScript threw it.
   *
   * @param {number} status
   * @param {number} pointer NULL if there is only a status
   * @param {{ id: number, name: string }} [task] whose failure it is
   * @returns {unknown}
   */
  errorFrom(status, pointer, task) {
    if (!pointer) {
      return new LullError(status, task && `task '${task.name}': ${new LullError(status).message}`, { task });
    }
    const { memory } = this;
    const chain = []; // of causes, which may be too long for recursion
    let at = pointer;
    for (; at; at = memory.word(at, ERROR_THROWN) ? 0 : memory.word(at, ERROR_CAUSE)) chain.push(at);
    /** @type {unknown} */
    let cause;
    while ((at = chain.pop() ?? 0)) {
      const code = memory.word(at, ERROR_CODE) | 0;
      const thrown = memory.word(at, ERROR_THROWN);
      const count = memory.word(at, ERROR_JOINT_COUNT);
      const first = cause;
      const joint = memory.word(at, ERROR_JOINT) / 4;
      const parts = memory.u32.subarray(joint, joint + count);
      const errors = count ? Array.from(parts, (part, i) => (i ? this.errorFrom(code, part) : first)) : undefined;
      const message = memory.text(memory.word(at, ERROR_MESSAGE)) ?? '';
      const named = chain.length ? undefined : task;
      cause = thrown ? this.refs.get(thrown) : new LullError(code, message, { cause, errors, task: named });
    }
    return cause;
  }

  /* ---- Runs ---- */

  /** Whether nothing can run again: there is no wake-up, timer, host call or channel that could resume a task. */
  isStuck() {
    return !this.pump.armed && this.pending === 0 && !this.exports.lull_channel_awaited?.();
  }

  /** Run ready tasks. Returns seconds until the next run, 0 for at once, negative for none. */
  run() {
    const { exports } = this;
    for (;;) {
      try {
        if (this.exited) exports.lull_exit();
        return exports.lull_run(this.exited ? Infinity : this.#budget);
      } catch (error) {
        this.#trapped(error);
      }
    }
  }

  /**
   * A trap, or an exception that passed through C. It ends the running task, and no other.
   *
   * @param {unknown} error
   */
  #trapped(error) {
    const { exports } = this;
    exports.lull_stack_limit(0);
    const pointer = exports.__stack_pointer.value;
    exports.__stack_pointer.value = this.#stackPointer;
    const overflow = exports.lull_recover(pointer) !== 0;
    if (!exports.lull_running()) throw error; // no task was running: the runtime itself is at fault
    const exhausted = isStackExhaustion(error);
    const exits = error instanceof Exit && !this.exited;
    if (exits) { // the program is over: no task runs again
      this.exited = true;
      this.pump.stop();
      this.onExit(error);
    }
    const status = exits ? EKILLED : overflow || exhausted ? ESTACK : ETRAP;
    const message = exits ? '' : this.#explain(overflow, exhausted, error);
    this.values.withText(message, (pointer, length) => {
      exports.lull_trapped(status, exits || overflow ? 0 : this.refs.add(error), pointer, length);
    });
  }

  /**
   * @param {boolean} overflow
   * @param {boolean} exhausted
   * @param {unknown} error
   */
  #explain(overflow, exhausted, error) {
    const { memory } = this; // in whose mailbox lull_running has described the task
    const task = `task ${memory.number(TASK_ID)} '${memory.text(memory.number(TASK_NAME))}'`;
    if (overflow) return `${task} needs more than ${memory.number(TASK_STACK_SIZE)} bytes of stack; pass .stack_size`;
    if (exhausted) return `${task} calls deeper than the JavaScript engine's own stack allows: ${messageOf(error)}`;
    return `${task} trapped: ${messageOf(error)}`;
  }
}

/**
 * The engine's own stack ran out: V8 and JavaScriptCore throw a RangeError, SpiderMonkey an InternalError.
 *
 * @param {unknown} error
 */
function isStackExhaustion(error) {
  return (error instanceof RangeError && /stack/i.test(error.message)) || Object(error).name === 'InternalError';
}
