/** The app that `load` returns: tasks as async functions, task handles, statistics, closing. */
import { wrong } from '../marshal/check.js';
import { LullError } from '../marshal/errors.js';
import { listTasks } from './inspect.js';
import { CLOSE, readOptions, SPAWN, STREAM } from './options.js';
import { find, misspelt } from '../marshal/signature.js';
import { STATS_ALLOCATIONS, STATS_SPAWNED, STATS_SWITCHES, STATS_TASKS, STATS_TIMERS } from '../marshal/protocol.js';
import { ECLOSED, ENOMEM, ESRCH } from '../marshal/status.js';
import { Ending } from './ending.js';
import { asyncDispose, Task } from './task.js';

/** @import { Instance } from './instance.js' */
/** @import { Refs } from '../marshal/refs.js' */
/** @import { Declaration } from '../marshal/signature.js' */
/** @import { Channel, Files, Observer, SpawnOptions, Stream, StreamOptions } from '../lull.js' */

/**
 * The parts of js/features/ that an app uses, as far as its module needs them.
 *
 * @typedef {object} Features
 * @property {RunMain} [runMain]
 * @property {new (instance: Instance, declaration: Declaration, highWaterMark: number | undefined,
 *   spawn: (emit: Ending['emit']) => Task) => Stream<any>} [Stream]
 * @property {Files} [files]
 */

/**
 * @callback RunMain
 * @param {Instance} instance
 * @param {readonly string[]} argv
 * @param {(ticket: number, ending: Ending, handle: number) => void} started
 * @returns {Promise<number>} the exit status
 */

/**
 * The parts of js/diagnostics/index.js that an app uses.
 *
 * @typedef {object} Diagnostics
 * @property {(instance: Instance) => LullError} deadlock
 * @property {(instance: Instance, observer: Observer) => () => void} observe
 * @property {(refs: Refs) => void} warnOfLeaks
 */

/** How long `close` waits by default for tasks to clean up, in milliseconds. */
const CLOSE_TIMEOUT = 5000;

/** Seconds: C takes 0 for no timeout. */
const AT_ONCE = 1e-9;

export class App {
  /**
   * @param {Instance} instance
   * @param {{ tasks: Declaration[], generators: Declaration[] }} signatures
   * @param {() => Promise<Diagnostics>} loadDiagnostics
   * @param {Features} features
   */
  constructor(instance, { tasks, generators }, loadDiagnostics, features) {
    this.#instance = instance;
    this.#tasks = tasks;
    this.#generators = generators;
    this.#loadDiagnostics = loadDiagnostics;
    this.#features = features;
    const callers = Object.fromEntries(tasks.map((declaration) => [declaration.name, this.#caller(declaration)]));
    /** The tasks as async functions. @type {any} */
    this.call = Object.freeze(Object.setPrototypeOf(callers, misspelt(tasks)));
    /** The program's files in memory. */
    this.files = features.files;
    /** The module's exports: its memory, and its own exported functions, which cannot suspend. */
    this.exports = instance.publicExports();
    instance.pump.afterRun = () => this.#afterRun();
    instance.onFail = (error) => this.#settleIdle(this.#failure = error);
  }

  #instance;
  #tasks;
  #generators;
  #loadDiagnostics;
  #features;
  /** Why the app has ended without `close`. @type {unknown} */
  #failure;
  /** @type {Promise<void> | undefined} */
  #closing;
  /** The waiting callers of `idle`. @type {Ending[]} */
  #idle = [];

  /* ---- Spawn ---- */

  /** @type {(declaration: Declaration) => (...args: unknown[]) => Promise<any>} */
  #caller(declaration) {
    const { name, result, symbol } = declaration;
    const start = this.#instance.exports[symbol];
    return (...args) => {
      const ending = new Ending(name, result);
      try {
        this.#checkOpen(name);
        this.#start(start, declaration, args, ending);
      } catch (error) {
        ending.reject?.(error);
      }
      return ending.promise;
    };
  }

  /**
   * Call an export that spawns a task.
   *
   * @type {(start: (...raw: any[]) => number, to: Declaration, args: readonly unknown[], ending: Ending) => number}
   */
  #start(start, declaration, args, ending) {
    const { tickets, values } = this.#instance;
    const { raw, refs } = values.encodeArguments(declaration, args);
    ending.refs = refs;
    const ticket = tickets.add(ending);
    // One too many is ignored, and takes no array.
    return this.#started(ticket, ending, raw.length < 3 ? start(ticket, raw[0], raw[1]) : start(ticket, ...raw));
  }

  /** @type {(ticket: number, ending: Ending, handle: number) => number} returns the task */
  #started(ticket, ending, handle) {
    if (handle > 0) return handle;
    const { refs, tickets } = this.#instance;
    tickets.release(ticket);
    ending.refs?.forEach((ref) => refs.release(ref));
    throw cannotSpawn(ending.name, handle);
  }

  /**
   * Check before arguments are written to memory: a closed app would not free them. Throws if the stack has no room.
   *
   * @param {string} name
   */
  #checkOpen(name) {
    if (this.#instance.ended) throw this.#failure ?? cannotSpawn(name, ECLOSED);
    this.#instance.exports.lull_room();
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
  #spawn(declaration, args = [], options, emit) {
    const { name } = declaration;
    const call = `${emit ? 'stream' : 'spawn'}('${name}'`;
    if (!Array.isArray(args)) throw wrong(`${call}, args): args`, 'an array', args);
    const given = [...args]; // read once: a getter could answer differently after the check
    const {
      delay = 0, timeout = Infinity, stackSize = 0, name: label, signal,
    } = readOptions(`${call})`, options, emit ? STREAM : SPAWN);
    this.#checkOpen(name);
    const { values, exports } = this.#instance;
    return new Task(this.#instance, label ?? name, declaration.result, signal, (ending) => {
      let handle = 0;
      const start = (/** @type {number} */ labelPointer) => {
        ending.emit = emit;
        exports.lull_options(delay / 1000, timeout / 1000 || AT_ONCE, stackSize, labelPointer);
        handle = this.#start(exports[declaration.symbol], declaration, given, ending);
      };
      if (label === undefined) start(0);
      else values.withText(`${label.replaceAll('\0', '')}\0`, start);
      return [handle, this.stats().spawned];
    });
  }

  /**
   * Run a generator.
   *
   * @param {string} name
   * @param {readonly unknown[]} [args]
   * @param {StreamOptions} [options]
   */
  stream(name, args, options) {
    const declaration = find('generator', this.#generators, name);
    const { Stream } = /** @type {Required<Features>} */ (this.#features); // a module with generators has it
    return new Stream(this.#instance, declaration, options?.highWaterMark, (emit) =>
      this.#spawn(declaration, args, options, emit));
  }

  /**
   * Make a channel.
   *
   * @param {string} type of the elements
   * @param {{ capacity?: number }} [options]
   * @returns {Channel<any>}
   */
  channel(type, options) {
    const { channels } = this.#instance.values;
    if (!channels) throw new TypeError('this module has no LULL_CHAN');
    return channels.open(type, options);
  }

  /**
   * Run the program's main() as a task. Resolves with its exit status.
   *
   * @param {readonly string[]} argv
   * @returns {Promise<number>}
   */
  async run(argv) {
    this.#checkOpen('main');
    // A main() exits by WASI, so a module that has one has the features.
    const { runMain } = this.#features;
    if (!runMain) throw cannotSpawn('main', ESRCH);
    return runMain(this.#instance, argv, (ticket, ending, handle) => this.#started(ticket, ending, handle));
  }

  /** Cancel all tasks. */
  cancel() {
    this.#instance.enter(() => this.#instance.exports.lull_cancel_all(), true);
  }

  /** The tasks that have not ended. */
  tasks() {
    return this.#instance.ended ? [] : listTasks(this.#instance);
  }

  /** Counts of this instance. */
  stats() {
    const { ended, exports, memory, refs } = this.#instance;
    if (!ended) exports.lull_stats();
    const count = (/** @type {number} */ at) => (ended ? 0 : memory.number(at));
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
   * Observe tasks.
   *
   * @param {Observer} observer
   * @returns {Promise<() => void>} a function that ends the observation
   */
  async observe(observer) {
    return (await this.#loadDiagnostics()).observe(this.#instance, observer);
  }

  /**
   * Resolves when no task is left; rejects if the remaining tasks can never run again.
   *
   * @returns {Promise<void>}
   */
  idle() {
    const { ended, pump } = this.#instance;
    const ending = new Ending();
    this.#idle.push(ending);
    if (ended) this.#settleIdle(this.#failure);
    else if (pump.stopped) this.#afterRun(); // the program has called exit()
    else pump.wake();
    return ending.promise;
  }

  #afterRun() {
    this.#instance.flush();
    if (!this.#idle.length) return;
    if (this.stats().tasks === 0) this.#settleIdle();
    else if (this.#instance.isStuck()) this.#reportDeadlock();
  }

  /** While the diagnostics are being loaded, JavaScript may end or resume a task. */
  async #reportDeadlock() {
    const explain = await this.#loadDiagnostics().then(({ deadlock }) => deadlock, (error) => () => error);
    if (!this.#idle.length || !this.#instance.isStuck()) return;
    this.#settleIdle(this.stats().tasks ? explain(this.#instance) : undefined);
  }

  /** @param {unknown} [error] */
  #settleIdle(error) {
    for (const { resolve, reject } of this.#idle.splice(0)) error ? reject(error) : resolve();
  }

  /* ---- Closing ---- */

  /**
   * Cancel all tasks, wait until they end, kill those that do not in time, and free everything.
   *
   * @param {{ timeout?: number }} [options] in milliseconds
   * @returns {Promise<void>}
   */
  close(options) {
    try {
      const { timeout = CLOSE_TIMEOUT } = readOptions('close', options, CLOSE);
      if (!this.#closing) this.#instance.enter(() => this.#instance.exports.lull_close(0), true);
      return (this.#closing ??= this.#close(timeout).finally(this.#instance.onClosed));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** @param {number} timeout */
  async #close(timeout) {
    const { ended, exports, pump, clock, refs } = this.#instance;
    if (ended) return;
    let timer;
    const patience = new Promise((/** @type {(value?: any) => void} */ resolve) => {
      timer = clock.arm(resolve, timeout);
    });
    if (this.stats().tasks) await Promise.race([this.idle().catch(() => {}), patience]);
    clock.disarm(timer);
    let left = Infinity;
    for (let tasks; (tasks = this.stats().tasks) && tasks < left; left = tasks) { // none in an app that has failed
      this.#instance.enter(() => exports.lull_close(1), true);
      await this.#instance.run(); // the deferred functions of killed tasks
    }
    if (this.#instance.ended) return;
    this.#instance.ended = true;
    this.#afterRun(); // settles the promises of `idle`
    pump.stop();
    exports.lull_dispose();
    if (refs.size) (await this.#loadDiagnostics()).warnOfLeaks(refs);
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
  if (status === ESRCH) return new LullError(status, 'this program has no main()'); // the others exist
  const why = status === ECLOSED ? 'the app is closed'
    : status === ENOMEM ? "out of memory, or there are as many tasks as 'maxTasks' of load allows"
      : new LullError(status).message;
  return new LullError(status, `cannot spawn ${name}: ${why}`);
}
