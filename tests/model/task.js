/** Tasks of the model, and their scopes: the data. */
import { Timer } from './loop.js';
import { failure, success, Yieldable } from './yieldable.js';

/** @import { Future, Group } from './yieldable.js' */

export class Scope {
  canceled = false;
  /** @param {Task} task @param {number} deadline @param {boolean} shield @param {number} look how often the loop has looked at the clock */
  constructor(task, deadline, shield, look) {
    this.task = task;
    this.deadline = deadline;
    this.shield = shield;
    this.look = look;
  }
}

export class Task {
  /** @type {'waiting' | 'ready' | 'running' | 'killed' | 'gone'} killed: while it was ready, and still in the queue */
  state = 'waiting';
  started = false;
  canceled = false;
  killed = false;
  /** Nothing interrupts its wait. */
  deaf = false;
  /** Its body is over. */
  cleaning = false;
  /** Its defers have begun. */
  deferring = false;
  /** @type {number | undefined} when its defers may wait no longer */
  cleanupEnds;
  /** @type {Scope[]} that it has entered, innermost last */
  scopes = [];
  /** @type {Scope | null} the outermost of them, if it was spawned with a timeout */
  limit = null;
  /** @type {Group[]} that it has open, innermost last */
  groups = [];
  /** @type {Group | null} whose child it is */
  group = null;
  /** Its scheduled wake-up, and the earliest deadline of its scopes. */
  wake = new Timer();
  deadline = new Timer();
  /** @type {(() => Generator)[]} last first */
  defers = [];
  /** @type {Yieldable | null} what it waits for; null: to be resumed by anybody */
  waitsFor = null;
  /** Forget that; if that is several things, until it leaves those. */
  stopWaiting = () => {};
  leaveCases = () => {};
  /** How its wait ended. */
  arrival = success();
  /** How its body ended. */
  outcome = success();
  /** How its last failed wait did. */
  lastError = failure(0);
  /** How many waits in a row have failed at once. */
  refusals = 0;
  /** Its end, for those who join it. */
  ended = new Yieldable('join');

  /** @param {string} name @param {() => Generator} body @param {Future | null} result */
  constructor(name, body, result) {
    this.name = name;
    this.result = result;
    this.run = body();
  }
}

/** Whether a handle is not stale. @param {Task | null | undefined} task @returns {task is Task} */
export function exists(task) {
  return Boolean(task) && task?.state !== 'gone';
}
