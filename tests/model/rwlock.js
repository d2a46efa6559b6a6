/** Read-write locks of the model. */
import { EBUSY, EDEADLOCK, EINVAL, ENOSUSPEND } from '../../js/marshal/status.js';
import { Lock, Watch } from './lock.js';
import { exists } from './task.js';
import { failure } from './yieldable.js';

/** @import { Task } from './task.js' */
/** @import { Waiter } from './yieldable.js' */

/** Those who wait to lock it one way. */
class Side extends Lock {
  /** @param {string} name @param {RwLock} lock @param {(task: Task | null) => number} tryTake */
  constructor(name, lock, tryTake) {
    super(name);
    this.lock = lock;
    this.tryTake = (/** @type {Task | null} */ task) => (task ? tryTake(task) : ENOSUSPEND);
  }

  /** @param {Waiter} waiter */
  begin(waiter) {
    const status = this.tryTake(waiter.task);
    if (status === 0) this.grant(waiter);
    if (status !== EBUSY) return status;
    super.begin(waiter);
    this.lock.watchHolder();
    return 0;
  }

  /** A writer who waits no longer may have kept readers out. @param {Waiter} waiter */
  end(waiter) {
    super.end(waiter);
    if (this === this.lock.writers) this.lock.admit();
    this.lock.watchHolder();
  }

  /** @param {Task | null} task */
  give(task) {
    return this.lock.give(task);
  }

  destroy() {
    return this.lock.destroy();
  }
}

/** Readers wait only while somebody writes, or waits to. */
export class RwLock {
  /** @type {(Task | null)[]} who read; null: one who has ended */
  reading = [];
  /** @type {Task | 'gone' | null} */
  writer = null;
  readers = new Side('read lock', this, (task) => this.#tryRead(/** @type {Task} */ (task)));
  writers = new Side('write lock', this, (task) => this.#tryWrite(/** @type {Task} */ (task)));
  #watch = new Watch(() => this.#abandoned());
  /** @type {Task | null} */
  #watched = null;

  /** One of those who hold it and have not ended. */
  #holder() {
    return [this.writer, ...this.reading].find((task) => task instanceof Object && exists(task)) ?? null;
  }

  /** @param {Task} task */
  #isHeldBy(task) {
    return this.writer === task || this.reading.includes(task);
  }

  /** @param {Task} task */
  #tryRead(task) {
    if (this.#isHeldBy(task)) return EDEADLOCK;
    if (this.writer || this.writers.waiters.length) return this.#holder() ? EBUSY : EDEADLOCK;
    this.reading.push(task);
    return 0;
  }

  /** @param {Task} task */
  #tryWrite(task) {
    if (this.#isHeldBy(task)) return EDEADLOCK;
    if (this.writer || this.reading.length) return this.#holder() ? EBUSY : EDEADLOCK;
    this.writer = task;
    return 0;
  }

  /** While somebody waits, the end of one holder is of interest: when it comes, of another's. */
  watchHolder() {
    const waited = this.writers.waiters.length || this.readers.waiters.length;
    this.#watched = waited ? /** @type {Task | null} */ (this.#holder()) : null;
    this.#watch.watch(this.#watched);
  }

  /** When all holders have ended: readers whom only waiting writers kept out can read. */
  #abandoned() {
    if (this.writer === this.#watched) this.writer = 'gone';
    else this.reading[this.reading.indexOf(this.#watched)] = null;
    this.watchHolder();
    if (this.#watched) return;
    this.writers.wake(failure(EDEADLOCK));
    if (this.writer) this.readers.wake(failure(EDEADLOCK));
  }

  /** After somebody has left it, or waits no longer. */
  admit() {
    if (this.writer) return;
    const [first] = this.writers.waiters;
    if (!first) {
      this.#admitReaders();
    } else if (!this.reading.length) {
      this.writer = first.task;
      this.writers.grant(first);
    }
  }

  #admitReaders() {
    for (let first; (first = this.readers.waiters[0]);) {
      this.reading.push(first.task);
      this.readers.grant(first);
    }
  }

  /** A writer lets in the readers who wait by then, a reader the first writer. @param {Task | null} task */
  give(task) {
    const index = this.reading.indexOf(task);
    if (!task || (this.writer !== task && index < 0)) return EINVAL;
    if (this.writer === task) {
      this.writer = null;
      this.#admitReaders();
    } else {
      const last = /** @type {Task | null} */ (this.reading.pop());
      if (index < this.reading.length) this.reading[index] = last;
    }
    this.admit();
    this.watchHolder();
    return 0;
  }

  destroy() {
    if (this.readers.waiters.length || this.writers.waiters.length || this.#holder()) return EBUSY;
    this.reading = [];
    this.writer = null;
    return 0;
  }
}
