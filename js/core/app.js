/** The app: what `load` gives. Tasks as async functions, as handles, and the end of it all. */
import { wrong } from '../marshal/check.js';
import { LullError } from '../marshal/errors.js';
import { listTasks } from './inspect.js';
import { checkSpawnOptions } from './options.js';
import { find } from '../marshal/signature.js';
import { STATS_ALLOCATIONS, STATS_SPAWNED, STATS_SWITCHES, STATS_TASKS, STATS_TIMERS } from '../marshal/protocol.js';
import { ECLOSED } from '../marshal/status.js';
import { asyncDispose, Task } from './task.js';

/** @import { Ending, Instance } from './instance.js' */
/** @import { Channel } from '../features/channel.js' */
/** @import { Declaration } from '../marshal/signature.js' */
/** @import { SpawnStream, Stream } from '../features/stream.js' */
/** @import { Observer, SpawnOptions } from '../lull.js' */

/** How long `close` waits by default for tasks to clean up, in milliseconds. */
const CLOSE_TIMEOUT = 5000;

/** Seconds: C takes 0 for no timeout. */
const AT_ONCE = 1e-9;

const nothing = () => {};

export class App {
  /**
   * @param {Instance} instance
   * @param {Declaration[]} tasks
   * @param {(spawn: SpawnStream) => unknown} [streams] stream.js, where there are generators
   * @param {(type: string, options: { capacity?: number }) => Channel} [channel] channel.js, where there are any
   */
  constructor(instance, tasks, streams, channel) {
    this.#instance = instance;
    this.#tasks = tasks;
    /** Run a generator. */
    this.stream =
      /** @type {((name: string, args?: readonly unknown[], options?: SpawnOptions) => Stream) | undefined} */ (
        streams?.((...given) => this.#spawn(...given))
      );
    /** Make a channel. */
    this.channel = channel;
    /** The tasks as async functions. */
    this.call = Object.freeze(
      Object.fromEntries(tasks.map((declaration) => [declaration.name, this.#caller(declaration)])),
    );
    /** The module's exports: its memory, and the functions that it exports by itself. Those cannot suspend. */
    this.exports = instance.publicExports();
    instance.pump.afterRun = () => this.#afterRun();
  }

  #instance;
  #tasks;
  #closed = false;
  /** @type {Promise<void> | undefined} */
  #closing;
  /** That run() has spawned its task. @type {Promise<unknown> | undefined} */
  #starting;
  /** @type {{ resolve: () => void, reject: (error: unknown) => void }[]} who waits for there to be no task */
  #idle = [];

  /* ---- Spawn ---- */

  /**
   * @param {Declaration} declaration
   * @returns {(...args: unknown[]) => Promise<any>}
   */
  #caller(declaration) {
    const { name, result, symbol } = declaration;
    const { values, exports } = this.#instance;
    const start = exports[symbol];
    return (...args) => new Promise((resolve, reject) => {
      this.#checkOpen(name);
      const { raw, refs } = values.encodeArguments(declaration, args);
      this.#start(start, raw, { name, result, refs, resolve, reject });
    });
  }

  /**
   * Call an export that spawns a task.
   *
   * @param {(ticket: number, ...raw: any[]) => number} start
   * @param {readonly unknown[]} raw
   * @param {Ending} ending
   * @returns {number} the task
   */
  #start(start, raw, ending) {
    const { refs, tickets } = this.#instance;
    const ticket = tickets.add(ending);
    const handle = start(ticket, ...raw);
    if (handle > 0) return handle;
    tickets.release(ticket);
    for (const ref of ending.refs) refs.release(ref);
    throw cannotSpawn(ending.name, handle);
  }

  /**
   * Before arguments are put into memory that nobody would free.
   *
   * @param {string} name
   */
  #checkOpen(name) {
    if (this.#closed) throw cannotSpawn(name, ECLOSED);
  }

  /**
   * @param {string} name
   * @param {readonly unknown[]} [args]
   * @param {SpawnOptions} [options]
   */
  spawn(name, args, options) {
    return this.#spawn(find('task', this.#tasks, name), args, options);
  }

  /**
   * @param {Declaration} declaration
   * @param {readonly unknown[]} [args]
   * @param {SpawnOptions} [options]
   * @param {Ending['emit']} [emit]
   */
  #spawn(declaration, args = [], options = {}, emit) {
    const { name } = declaration;
    const call = `${emit ? 'stream' : 'spawn'}('${name}'`;
    if (!Array.isArray(args)) throw wrong(`${call}, args): args`, 'an array', args);
    checkSpawnOptions(`${call})`, options);
    const { delay = 0, timeout = Infinity, stackSize = 0, name: label, signal } = options;
    this.#checkOpen(name);
    const { values, exports } = this.#instance;
    const { raw, refs, name: labelPointer } = values.encodeArguments(declaration, args, label);
    exports.lull_options(delay / 1000, timeout === 0 ? AT_ONCE : timeout / 1000, stackSize, labelPointer);
    return new Task(this.#instance, label ?? name, signal, (ending) => [
      this.#start(exports[declaration.symbol], raw, { ...ending, result: declaration.result, refs, emit }),
      this.stats().spawned,
    ]);
  }

  /**
   * Run the program's main() as a task. Resolves with its exit status.
   *
   * @param {readonly string[]} argv
   * @returns {Promise<number>}
   */
  run(argv) {
    const starting = import('../features/run-main.js').then(({ runMain }) => ({
      // In an object: idle() waits until main is a task, and a promise alone would have it wait until main has ended.
      ended: runMain(this.#instance, argv, (start, ending) => {
        this.#checkOpen('main');
        this.#start(start, [], ending);
      }),
    }));
    this.#starting = starting;
    return starting.then(({ ended }) => ended);
  }

  /* ---- Tasks ---- */

  /** Cancel all tasks. */
  cancel() {
    if (!this.#closed) this.#instance.exports.lull_cancel_all();
  }

  /** The tasks that have not ended. */
  tasks() {
    return this.#closed ? [] : listTasks(this.#instance);
  }

  /** Counts of this instance. */
  stats() {
    const { exports, memory, refs } = this.#instance;
    if (!this.#closed) exports.lull_stats();
    const { numbers } = memory;
    const count = (/** @type {number} */ at) => (this.#closed ? 0 : numbers[at]);
    return {
      tasks: count(STATS_TASKS),
      spawned: count(STATS_SPAWNED),
      switches: count(STATS_SWITCHES),
      timers: count(STATS_TIMERS),
      allocations: count(STATS_ALLOCATIONS),
      references: refs.size,
      memory: memory.u8.length,
    };
  }

  /**
   * Be told what happens to tasks.
   *
   * @param {Observer} observer
   * @returns {Promise<() => void>} what ends it
   */
  async observe(observer) {
    return (await import('../diagnostics/observe.js')).observe(this.#instance, observer);
  }

  /** Resolves when no task is left; rejects where those that are left can never run again. */
  async idle() {
    await this.#starting;
    return new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      if (this.#closed) return resolve();
      this.#idle.push({ resolve, reject });
      this.#instance.pump.wake();
    });
  }

  /** @param {(instance: Instance) => unknown} [explain] what deadlock.js has, once that is loaded */
  #afterRun(explain) {
    if (!this.#idle.length) return;
    if (this.stats().tasks === 0) {
      for (const { resolve } of this.#idle.splice(0)) resolve();
    } else if (this.#instance.isStuck()) {
      if (explain) {
        const error = explain(this.#instance);
        for (const { reject } of this.#idle.splice(0)) reject(error);
      } else {
        import('../diagnostics/deadlock.js').then(
          ({ deadlock }) => this.#afterRun(deadlock),
          (error) => this.#afterRun(() => error),
        );
      }
    }
  }

  /* ---- The end ---- */

  /**
   * Cancel all tasks, wait until they have ended, kill those that have not in time, and free everything.
   *
   * @param {{ timeout?: number }} [options] in milliseconds
   * @returns {Promise<void>}
   */
  close({ timeout = CLOSE_TIMEOUT } = {}) {
    this.#closing ??= this.#close(timeout);
    return this.#closing;
  }

  /** @param {number} timeout */
  async #close(timeout) {
    const { exports, pump, clock, refs } = this.#instance;
    exports.lull_close(0);
    let timer;
    const patience = new Promise((resolve) => { timer = clock.arm(() => resolve(undefined), timeout); });
    if (this.stats().tasks) await Promise.race([this.idle().catch(nothing), patience]);
    clock.disarm(timer);
    let left = Infinity;
    for (let tasks; (tasks = this.stats().tasks) && tasks < left; left = tasks) {
      exports.lull_close(1);
      this.#instance.run(); // what the killed have deferred
    }
    this.#closed = true;
    this.#afterRun(); // for those who wait to be idle
    pump.stop();
    exports.lull_dispose();
    if (refs.size) (await import('../diagnostics/leaks.js')).warnOfLeaks(refs);
  }

  [asyncDispose]() {
    return this.close();
  }
}

/**
 * @param {string} name
 * @param {number} status
 */
function cannotSpawn(name, status) {
  return new LullError(
    status,
    `cannot spawn ${name}: ${status === ECLOSED ? 'the app is closed' : new LullError(status).message}`,
  );
}
