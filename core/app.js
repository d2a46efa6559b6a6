/** The app: what `load` gives. Tasks as async functions, as handles, and the end of it all. */
import { LullError } from './errors.js';
import { ECLOSED, EDEADLOCK, ESRCH } from './status.js';
import { checkScalars, show } from './values.js';

/** @import { Ending, Instance } from './instance.js' */
/** @import { Declaration } from './signature.js' */
/** @import { SpawnOptions, Status, TaskInfo } from './lull.js' */

/** In engines that have no explicit resource management yet, the symbol that its polyfills use. */
const asyncDispose = /** @type {typeof Symbol.asyncDispose} */ (Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose'));

/** How long `close` waits by default for tasks to clean up, in milliseconds. */
const CLOSE_TIMEOUT = 5000;

/** @type {readonly Status[]} in the order of lull__state in src/kernel.h */
const STATES = ['ready', 'ready', 'running', 'waiting', 'done'];

const INT = /** @type {const} */ ({ text: 'int', kind: 'i32' });

/** @type {readonly number[]} */
const NO_REFS = [];

const nothing = () => {};

/** A task that JavaScript spawned. Not a thenable: an async function that returned one would unwrap it. */
class Task {
  /**
   * @param {App} app
   * @param {string} name
   */
  constructor(app, name) {
    this.#app = app;
    this.name = name;
    /** The number of the task: see TaskInfo. */
    this.id = 0;
    /** What C knows it by. */
    this.handle = 0;
    /** @type {Status | undefined} how it ended */
    this.ended = undefined;
    /** @type {Promise<any>} */
    this.result = Promise.resolve();
  }

  #app;

  /** @returns {Status} */
  get status() {
    return this.ended ?? this.#app.tasks().find(({ id }) => id === this.id)?.status ?? 'done';
  }

  /** Cancel the task: its waits fail, so that it cleans up and ends. Resolves when it has ended, however. */
  async cancel() {
    if (!this.ended) this.#app.cancel(this.handle);
    await this.result.then(nothing, nothing);
  }

  /** End the task without running it any further, but for what it deferred. */
  kill() {
    if (!this.ended) this.#app.kill(this.handle);
  }

  [asyncDispose]() {
    return this.cancel();
  }
}

export class App {
  /**
   * @param {Instance} instance
   * @param {Declaration[]} tasks
   */
  constructor(instance, tasks) {
    this.#instance = instance;
    this.#tasks = new Map(tasks.map((declaration) => [declaration.name, declaration]));
    /** The tasks as async functions. */
    this.call = Object.freeze(Object.fromEntries(tasks.map((declaration) => [declaration.name, this.#caller(declaration)])));
    /** The module's exports: its memory, and the functions that it exports by itself. Those cannot suspend. */
    this.exports = instance.publicExports();
    instance.pump.afterRun = () => this.#afterRun();
  }

  #instance;
  #tasks;
  #closed = false;
  /** @type {Promise<void> | undefined} */
  #closing;
  /** @type {{ resolve: () => void, reject: (error: unknown) => void }[]} who waits for there to be no task */
  #idle = [];

  /* ---- Spawn ---- */

  /**
   * @param {Declaration} declaration
   * @returns {(...args: unknown[]) => Promise<any>}
   */
  #caller(declaration) {
    const { name, result, scalar, symbol } = declaration;
    const { values, exports } = this.#instance;
    const start = exports[symbol];
    return (...args) => new Promise((resolve, reject) => {
      if (scalar) {
        checkScalars(declaration, args);
        this.#start(start, args, { name, result, refs: NO_REFS, resolve, reject });
      } else {
        this.#checkOpen(name);
        const { raw, refs } = values.encodeArguments(declaration, args);
        this.#start(start, raw, { name, result, refs, resolve, reject });
      }
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
    const handle = this.#closed ? ECLOSED : start(ticket, ...raw);
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
  spawn(name, args = [], options = {}) {
    const declaration = this.#tasks.get(name);
    if (!declaration) throw new TypeError(`this module has no task '${name}'; it has ${[...this.#tasks.keys()].join(', ') || 'none'}`);
    if (!Array.isArray(args)) throw new TypeError(`spawn('${name}', args): args must be an array, not ${show(args)}`);
    const { delay = 0, stackSize = 0, name: label } = checkOptions(name, options);
    this.#checkOpen(name);
    const { values, exports } = this.#instance;
    const task = new Task(this, label ?? name);
    /** @type {Pick<Ending, 'resolve' | 'reject'>} */
    let settle = /** @type {any} */ (undefined);
    task.result = new Promise((resolve, reject) => { settle = { resolve, reject }; });
    const { raw, refs, name: labelPointer } = values.encodeArguments(declaration, args, label);
    exports.lull_options(delay / 1000, stackSize, labelPointer);
    task.handle = this.#start(exports[declaration.symbol], raw, {
      name: task.name,
      result: declaration.result,
      refs,
      resolve(value) {
        task.ended = 'done';
        settle.resolve(value);
      },
      reject(error) {
        task.ended = Object(error).code === 'ERR_LULL_CANCELED' ? 'cancelled' : 'failed';
        // As in C: that nobody waits for the result of a task that was cancelled or killed is no news.
        if (task.ended === 'cancelled' || Object(error).code === 'ERR_LULL_KILLED') task.result.catch(nothing);
        settle.reject(error);
      },
    });
    task.id = this.stats().spawned;
    return task;
  }

  /**
   * Run the program's main() as a task. Resolves with its exit status.
   *
   * @param {readonly string[]} argv
   * @returns {Promise<number>}
   */
  run(argv) {
    const { exports, values } = this.#instance;
    return new Promise((resolve, reject) => {
      this.#instance.onExit = ({ status }) => resolve(status);
      this.#checkOpen('main');
      try {
        const start = (/** @type {number} */ ticket) => exports['lull main'](ticket, argv.length, values.writeArgv(argv));
        this.#start(start, [], { name: 'main', result: INT, refs: NO_REFS, resolve, reject });
      } catch (error) {
        throw Object(error).code === 'ERR_LULL_SRCH' ? new LullError(ESRCH, 'this program has no main()') : error;
      }
    });
  }

  /* ---- Tasks ---- */

  /**
   * Cancel a task, or all of them.
   *
   * @param {number} [handle]
   */
  cancel(handle) {
    if (this.#closed) return;
    if (handle === undefined) this.#instance.exports.lull_cancel_all();
    else this.#instance.exports.lull_cancel(handle);
  }

  /** @param {number} handle */
  kill(handle) {
    if (!this.#closed) this.#instance.exports.lull_kill(handle);
  }

  /**
   * The tasks that have not ended.
   *
   * @returns {TaskInfo[]}
   */
  tasks() {
    /** @type {TaskInfo[]} */
    const tasks = [];
    if (this.#closed) return tasks;
    const { exports, memory } = this.#instance;
    for (let index = 0; (index = exports.lull_next_task(index)) !== 0;) {
      const at = memory.exchange >> 3;
      const [id, parent, state, slices, stackBytes, name, waitingOn] = memory.f64.subarray(at, at + 7);
      tasks.push({
        id,
        name: memory.text(name) ?? '',
        parent: parent || null,
        status: STATES[state],
        waitingOn: STATES[state] === 'waiting' ? memory.text(waitingOn) : null,
        slices,
        stackBytes,
      });
    }
    return tasks;
  }

  /** Counts of this instance. */
  stats() {
    if (this.#closed) return { tasks: 0, spawned: 0, switches: 0, allocations: 0, references: this.#instance.refs.size, memory: 0 };
    const { exports, memory, refs } = this.#instance;
    exports.lull_stats();
    const at = memory.exchange >> 3;
    const [tasks, spawned, switches, allocations] = memory.f64.subarray(at, at + 4);
    return { tasks, spawned, switches, allocations, references: refs.size, memory: memory.u8.length };
  }

  /** Resolves when no task is left; rejects where those that are left can never run again. */
  idle() {
    return new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      if (this.#closed) return resolve();
      this.#idle.push({ resolve, reject });
      this.#instance.pump.wake();
    });
  }

  #afterRun() {
    if (!this.#idle.length) return;
    const { tasks } = this.stats();
    if (tasks === 0) {
      for (const { resolve } of this.#idle.splice(0)) resolve();
    } else if (this.#instance.isStuck()) {
      const error = new LullError(EDEADLOCK, `deadlock: ${this.tasks().map(describeWait).join('; ')}`);
      for (const { reject } of this.#idle.splice(0)) reject(error);
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
    const { exports, pump, clock } = this.#instance;
    exports.lull_close(0);
    let timer;
    const patience = new Promise((resolve) => { timer = clock.arm(() => resolve(undefined), timeout); });
    if (this.stats().tasks) await Promise.race([this.idle().catch(nothing), patience]);
    clock.disarm(timer);
    do {
      exports.lull_close(1);
      this.#instance.run(); // what the killed have deferred
    } while (this.stats().tasks);
    this.#closed = true;
    this.#afterRun(); // for those who wait to be idle
    pump.stop();
    exports.lull_dispose();
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
  return new LullError(status, `cannot spawn ${name}: ${status === ECLOSED ? 'the app is closed' : new LullError(status).message}`);
}

/**
 * @param {string} name
 * @param {SpawnOptions} options
 * @returns {SpawnOptions}
 */
function checkOptions(name, options) {
  const { delay = 0, stackSize, name: label } = options;
  const wrong = (/** @type {string} */ option, /** @type {string} */ wanted, /** @type {unknown} */ value) =>
    new TypeError(`spawn('${name}'): option '${option}' must be ${wanted}, not ${show(value)}`);
  if (typeof delay !== 'number' || !(delay >= 0)) throw wrong('delay', 'milliseconds, not negative', delay);
  if (stackSize !== undefined && !(Number.isInteger(stackSize) && stackSize >= 1024 && stackSize < 2 ** 31)) throw wrong('stackSize', 'at least 1024 bytes', stackSize);
  if (label !== undefined && typeof label !== 'string') throw wrong('name', 'a string', label);
  return options;
}

/** @param {TaskInfo} task */
function describeWait({ id, name, waitingOn }) {
  return `task ${id} '${name}' waits ${waitingOn === null ? 'to be resumed' : `for ${waitingOn}`}`;
}
