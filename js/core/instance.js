/** One wasm instance: its imports (src/port/port_wasm.c is the other side), its runs, and how it survives traps. */
import { isExpected, LullError, messageOf, statusOf, unconvertible } from '../marshal/errors.js';
import { Memory } from '../marshal/memory.js';
import { Pump } from './pump.js';
import { Refs, Tickets } from '../marshal/refs.js';
import { Signals } from './signals.js';
import {
  ERROR_CAUSE, ERROR_CODE, ERROR_JOINT, ERROR_JOINT_COUNT, ERROR_MESSAGE, ERROR_THROWN, FAILURE_ID, FAILURE_NAME,
  FIRST_EVENT, NOTICE_ABANDONED, NOTICE_UNHANDLED, TASK_ID, TASK_NAME, TASK_STACK_SIZE,
} from '../marshal/protocol.js';
import { EFAILED, EKILLED, ESTACK, ETRAP } from '../marshal/status.js';
import { Values } from '../marshal/values.js';

/** @import { Clock } from '../lull.js' */
/** @import { Ending } from './ending.js' */

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
   * What C hands back to end a call: endings, and host calls, which have only `reject`. Not in `refs`, so that C cannot
   * release them.
   */
  tickets = new Tickets();
  /** What the abort signals of this app stop. */
  signals = new Signals();
  /** Whether the program has called exit(). */
  exited = false;
  /** Whether the app is closed, or has failed: C is not called any more. */
  ended = false;
  /** Called when the runtime itself has failed. @type {(error: unknown) => void} */
  onFail = () => {};
  /** How many host calls wait for a promise. */
  pending = 0;
  /** Called when the C program has called exit(). @type {(exit: Exit) => void} */
  onExit = () => {};
  /** Called when its app has been closed: closes what host functions have open. */
  onClosed = () => {};
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
    this.pump = new Pump(clock, budget, (timed) => this.run(timed), (error) => this.fail(error));
    this.#budget = budget / 1000 || 1e-9; // of 0, no run would come to an end
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
   * The imports of every module. None throws through C. Each catches by itself: engines do not inline what one closure
   * for all of them calls. See D133.
   *
   * @returns {WebAssembly.Imports}
   */
  imports() {
    /** @type {Record<string, (...args: number[]) => any>} */
    const lull = {
      now: () => this.pump.now(),
      wake: () => {
        try {
          this.pump.wake();
        } catch (error) {
          this.fail(error);
        }
      },
      notify: (notice, ticket, status, error) => {
        try {
          this.#notified(notice, ticket, status, error);
        } catch (thrown) {
          this.fail(thrown);
        }
      },
      emit: (ticket) => {
        try {
          return /** @type {Ending} */ (this.tickets.get(ticket)).emit?.();
        } catch (error) {
          this.fail(error);
        }
      },
      retain: (ref) => this.refs.retain(ref),
      release: (ref) => this.refs.release(ref),
    };
    return /** @type {any} */ ({ __proto__: null, lull, env: { emscripten_notify_memory_growth() {} } });
  }

  /**
   * The runtime itself, or what it stands on, has failed: the instance ends at once, and whoever waits learns why.
   *
   * @param {unknown} cause
   */
  fail(cause) {
    if (this.ended) return;
    this.ended = true;
    try {
      this.pump.stop();
    } catch {
      // the clock, which may be the cause
    }
    this.flush();
    const error = new LullError(ETRAP, `lull itself has failed, and ended this app: ${messageOf(cause)}`, { cause });
    this.onFail(error);
    for (const ending of this.tickets.held()) /** @type {Ending} */ (ending).reject(error, EFAILED);
    this.report(error);
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
      if (notice === NOTICE_ABANDONED) return ending.reject(this.errorFrom(status, error), status);
      this.tickets.release(ticket);
      ending.refs?.forEach((ref) => this.refs.release(ref));
      this.#settle(ending, status, error);
    }
  }

  /**
   * @param {Ending} ending
   * @param {number} status
   * @param {number} pointer to the error, or NULL
   */
  #settle(ending, status, pointer) {
    let value;
    try {
      value = status === 0
        ? ending.emit ? undefined : this.values.takeResult(ending.result)
        : this.errorFrom(status, pointer, { id: this.memory.number(FAILURE_ID), name: ending.name });
    } catch (error) { // as of a text that is too long for JavaScript
      value = unconvertible(`the result of ${ending.name}`, error);
      status ||= EFAILED;
    }
    try {
      if (status === 0) return ending.resolve(value);
      if (isExpected(status)) ending.promise.catch(() => {});
      ending.reject(value, status);
    } catch (thrown) { // as by a signal that is no longer followed
      this.report(thrown);
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
    const { memory, refs } = this;
    pointer >>>= 0;
    /** By their addresses. Causes may be too deep for recursion, or circles. @type {Map<number, unknown>} */
    const made = new Map();
    const open = [pointer];
    while (open.length) {
      const at = open[open.length - 1];
      const thrown = memory.word(at, ERROR_THROWN);
      const cause = memory.word(at, ERROR_CAUSE);
      const joint = memory.word(at, ERROR_JOINT) >>> 2;
      const parts = [...memory.u32.subarray(joint, joint + memory.word(at, ERROR_JOINT_COUNT))];
      if (!made.has(at)) {
        made.set(at, undefined); // once those that it needs are made
        for (const part of thrown ? [] : [cause, ...parts]) if (part && !made.has(part)) open.push(part);
      } else if (open.pop() && !made.get(at)) {
        const code = memory.word(at, ERROR_CODE) | 0;
        const message = memory.text(memory.word(at, ERROR_MESSAGE)) ?? '';
        made.set(at, thrown ? refs.get(thrown) : new LullError(code, message, {
          cause: made.get(cause),
          errors: parts.length ? parts.map((part) => made.get(part) ?? new LullError(code)) : undefined,
          task: at === pointer ? task : undefined,
        }));
      }
    }
    return made.get(pointer);
  }

  /* ---- Runs ---- */

  /** Whether nothing can run again: there is no wake-up, timer, host call or channel that could resume a task. */
  isStuck() {
    const { exports } = this;
    return !(this.pump.armed || this.pending || exports.lull_awaited?.() || exports.lull_channel_awaited?.());
  }

  /** Run ready tasks: see Pump's `run`. @param {number} [timed] @returns {number | Promise<void>} */
  run(timed) {
    const { exports } = this;
    for (;;) {
      try {
        if (this.exited) exports.lull_exit();
        return exports.lull_run(this.exited ? Infinity : this.#budget, timed);
      } catch (error) {
        this.trapped(error);
      }
      if (this.ended) return Infinity;
    }
  }

  /** Let what C has printed be seen: wasi.js puts a function here. */
  flush() {}

  /**
   * A trap, or an exception that passed through C. It ends the running task, and no other.
   *
   * @param {unknown} error
   */
  trapped(error) {
    const { exports } = this;
    exports.lull_stack_limit(0);
    const pointer = exports.__stack_pointer.value;
    exports.__stack_pointer.value = this.#stackPointer;
    const overflow = exports.lull_recover(pointer) !== 0;
    if (exports.lull_running()) this.#endTrapped(error, overflow);
    else this.fail(error);
  }

  /**
   * Call an export that may call the ends of waits, which are the user's code. A trap in one ends its task, as in the
   * loop, and not the caller.
   *
   * @template T
   * @param {() => T} run
   * @param {boolean} [again] whether to call it again after such a trap, for the other tasks
   * @returns {T | undefined} undefined if the last call has trapped so, or the app has ended
   */
  enter(run, again) {
    const { exports } = this;
    if (this.ended) return undefined;
    exports.lull_room();
    const pointer = exports.__stack_pointer.value;
    for (;;) {
      try {
        return run();
      } catch (error) {
        exports.__stack_pointer.value = pointer;
        const overflow = exports.lull_contain();
        if (overflow < 0) throw error;
        exports.lull_running(); // describes the task
        this.#endTrapped(error, overflow > 0);
        this.pump.wake();
        if (this.exited) { // no wake-up is taken any more
          this.clock.soon(() => {
            this.run();
            this.pump.afterRun();
          });
        }
      }
      if (!again) return undefined;
    }
  }

  /**
   * End the task that has trapped, and is described in the mailbox.
   *
   * @param {unknown} error
   * @param {boolean} overflow
   */
  #endTrapped(error, overflow) {
    const { exports } = this;
    const exhausted = isStackExhaustion(error);
    const exits = error instanceof Exit && !this.exited;
    if (exits) { // the program is over: no task runs again
      this.exited = true;
      this.pump.stop();
      this.onExit(error);
    }
    const failure = error instanceof LullError ? statusOf(error) : ETRAP;
    const status = exits ? EKILLED : overflow || exhausted ? ESTACK : failure;
    const message = exits ? '' : this.explain(overflow, exhausted, error);
    this.values.withText(message, (pointer, length) => {
      exports.lull_trapped(status, exits || overflow ? 0 : this.refs.add(error), pointer, length);
    });
  }

  /**
   * The message of a trap. Modules that can say more replace this: see limits.js.
   *
   * @param {boolean} overflow of the C stack
   * @param {boolean} exhausted the engine's stack is
   * @param {unknown} error
   */
  explain(overflow, exhausted, error) {
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
  const { name } = Object(error);
  return (name === 'RangeError' && /stack/i.test(messageOf(error))) || name === 'InternalError';
}
