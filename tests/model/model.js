/**
 * The semantics of lull as a model: what src/include/lull.h says, in few words and without a stack switch. A task is a
 * generator, which yields where C suspends. Handles are the objects themselves. All happens at one `now`, which
 * `advance` moves.
 */
import { EBUSY, ECANCELED, ECLOSED, EFAILED, EINVAL, EKILLED, ENOSUSPEND, ESRCH, ETIMEDOUT } from '../../js/marshal/status.js';
import { Loop } from './loop.js';
import { Chance } from './select.js';
import { exists, Scope, Task } from './task.js';
import { failure, Future, Group, join, success, Yieldable } from './yieldable.js';

/** @import { Ending, Failure, Parcel, Waiter } from './yieldable.js' */

/** How many waits in a row may fail at once before the task is killed. */
const PATIENCE = 1000;
/** How long the defers of a task may wait in all, in seconds. */
const CLEANUP = 5;
/** What a wait ends with that a cancellation or a deadline ended: the task finds out which, when it runs. */
const INTERRUPTED = failure(1);

/** What a task waits for that pauses. */
const sleep = new Yieldable('pause');

/** Thrown through a task's generator: the task ends here. */
class End {
  /** @param {Ending} ending */
  constructor(ending) {
    this.ending = ending;
  }
}

export class Model extends Loop {
  /** @type {Task | null} */
  running = null;
  /** @type {[name: string, status: number, message: number][]} the failures that nobody was there to receive */
  reports = [];
  /** What select chooses by. */
  chance = new Chance();

  /* ---- Tasks ---- */

  /** Let a task run until it waits or ends. @param {Task} task */
  slice(task) {
    if (task.state === 'killed') return this.#afterBody(task);
    task.state = 'running';
    task.started = true;
    this.running = task;
    let end;
    try {
      const { done, value } = task.run.next();
      if (done) end = success(value);
    } catch (thrown) {
      if (!(thrown instanceof End)) throw thrown;
      end = thrown.ending;
    }
    this.running = null;
    if (!end) return;
    this.#leaveBody(task, end);
    this.#afterBody(task);
  }

  /**
   * @param {string} name
   * @param {() => Generator} body
   * @param {{ delay?: number, timeout?: number, result?: Future | null, group?: Group | null }} [options]
   */
  spawn(name, body, { delay = 0, timeout = 0, result = null, group = null } = {}) {
    if (!(delay >= 0) || !(timeout >= 0)) return EINVAL;
    if (result && (result.freed || result.ending || result.settler)) return ESRCH;
    if (group?.over || group?.killed) return ESRCH;
    const task = new Task(name, body, result);
    if (result) result.settler = task;
    task.deadline.fire = () => this.#interrupt(task);
    if (timeout > 0) task.limit = this.#enter(task, this.now + timeout, false);
    if (delay === 0) this.#makeReady(task);
    else this.#wakeLater(task, delay, 0);
    if (group) {
      task.group = group;
      group.children.push(task);
      if (group.canceled) this.cancel(task);
    }
    return task;
  }

  /** End a wait, the one for the first run too. @param {Task} task @param {Ending} arrival @param {boolean} [next] before the ready ones */
  #wake(task, arrival, next = false) {
    task.arrival = arrival;
    this.#makeReady(task, next);
    this.#stopWaiting(task); // last: others may get what it has waited for, and run after it
  }

  /** @param {Task} task */
  #stopWaiting(task) {
    const stop = task.stopWaiting;
    task.stopWaiting = () => {};
    task.waitsFor = null;
    this.disarm(task.wake);
    stop();
  }

  /** @param {Task} task @param {boolean} [next] */
  #makeReady(task, next = false) {
    task.state = 'ready';
    (next ? this.next : this.ready).push(task);
  }

  /** @param {Task} task @param {number} delay @param {number} value */
  #wakeLater(task, delay, value) {
    task.wake.fire = () => this.#wake(task, success(value));
    this.arm(task.wake, this.now + delay);
  }

  /** Why a task's wait cannot be ended from outside; 0 where it can. @param {Task | null} task */
  #notWaiting(task) {
    if (!exists(task) || task.state === 'killed') return ESRCH;
    return task.state === 'waiting' || this.#isStarting(task) ? 0 : EBUSY;
  }

  /** Whether only a spawn or a schedule has made a task ready for its first run. @param {Task} task */
  #isStarting(task) {
    return task.state === 'ready' && !task.started && !task.canceled && this.ready.includes(task);
  }

  /** @param {Task} task */
  #leaveQueue(task) {
    if (!this.#isStarting(task)) return;
    this.ready.splice(this.ready.indexOf(task), 1);
    task.state = 'waiting';
  }

  /** @param {Task} task @param {number} delay @param {number} value */
  schedule(task, delay, value) {
    const status = this.#notWaiting(task);
    if (status < 0) return status;
    if (!(delay >= 0)) return EINVAL;
    this.#leaveQueue(task);
    if (delay === 0) this.#wake(task, success(value));
    else this.#wakeLater(task, delay, value);
    return 0;
  }

  /** @param {Task} task @param {number} value */
  resume(task, value) {
    const status = this.#notWaiting(task);
    if (status < 0) return status;
    this.#leaveQueue(task);
    this.#wake(task, success(value), true);
    return 0;
  }

  /** @param {Task} task @param {number} code @param {number} message 0: none */
  throw(task, code, message) {
    const status = this.#notWaiting(task);
    if (status < 0) return status;
    if (code >= 0) return EINVAL;
    if (!task.started) return EBUSY;
    this.#wake(task, failure(code, this.#error(code, message)), true);
    return 0;
  }

  /** @param {Task | null} task */
  cancel(task) {
    if (!exists(task)) return ESRCH;
    this.#cancelChildren(this.#groupsReached(task, ({ exposed }) => exposed));
    if (task.cleaning) return 0;
    task.canceled = true;
    if (this.#reachedByCancel(task, task.scopes)) this.#interrupt(task);
    return 0;
  }

  /** @param {Task} task */
  kill(task) {
    if (!exists(task)) return ESRCH;
    if (task.state === 'killed') return 0;
    task.killed = true;
    if (task === this.running) throw new End(failure(EKILLED));
    const wasReady = task.state === 'ready';
    this.#stopWaiting(task);
    this.#leaveBody(task, failure(EKILLED));
    if (wasReady) task.state = 'killed'; // ends when its turn comes
    else this.#afterBody(task);
    return 0;
  }

  /** @param {number} code @param {number} message */
  fail(code, message) {
    if (code >= 0) code = EFAILED;
    throw new End(failure(code, this.#error(code, message)));
  }

  /** @param {number} value */
  return(value) {
    throw new End(success(value));
  }

  /** @param {() => Generator} body */
  defer(body) {
    if (!this.running) return ENOSUSPEND;
    this.running.defers.push(body);
    return 0;
  }

  /** Without a message: the current task's last error, if it has this code. @param {number} code @param {number} message */
  #error(code, message) {
    if (message) return { code, message };
    const last = this.running?.lastError.error;
    return last?.code === code ? last : null;
  }

  /** The end of a body, or of one of the defers after it. @param {Task} task @param {Ending} ending */
  #leaveBody(task, ending) {
    if (!task.cleaning) task.outcome = this.#judge(task, ending);
    else if (isNews(ending.status)) this.#report(task.name, ending);
    task.cleaning = true;
    this.#leaveScopes(task);
    task.leaveCases();
  }

  /** @param {Task} task */
  #leaveScopes(task) {
    task.scopes = [];
    this.disarm(task.deadline);
  }

  /** What the end of a body comes to for others. @param {Task} task @param {Ending} ending */
  #judge({ canceled, limit, groups }, ending) {
    if (ending.status === ECANCELED && !canceled && limit && this.#expired(limit)) return failure(ETIMEDOUT);
    return ending.status === 0 && groups.length ? failure(EBUSY) : ending;
  }

  /** @param {Task} task */
  #afterBody(task) {
    if (!task.defers.length && !task.groups.length) return this.#finish(task);
    task.run = task.groups.length ? this.#cleanUp(task, this.#windUp(task)) : this.#runDefers(task);
    this.#makeReady(task, true);
  }

  /** Wind up something that the body has left behind, in a scope and with a patience of its own. @param {Task} task @param {Generator} part */
  *#cleanUp(task, part) {
    task.cleanupEnds ??= this.now + CLEANUP;
    this.#enter(task, task.killed ? 0 : task.cleanupEnds, true).look = -1; // what is over is over at once
    task.refusals = 0;
    task.deaf = false;
    yield* part;
    this.#leaveScopes(task);
  }

  /** @param {Task} task */
  *#runDefers(task) {
    task.deferring = true;
    for (let body; !task.groups.length && (body = task.defers.pop());) yield* this.#cleanUp(task, body());
    if (task.groups.length) this.#report(task.name, failure(EBUSY));
  }

  /** @param {Task} task */
  #finish(task) {
    const { outcome, result, ended, group } = task;
    const told = ended.wake(outcome);
    if (result) {
      result.settler = null;
      this.#settle(result, outcome);
    }
    if (group) this.#leaveGroup(task, group);
    if (!told && !result && !group && isNews(outcome.status)) this.#report(task.name, outcome);
    task.state = 'gone';
  }

  /** @param {string} name @param {Ending} ending */
  #report(name, { status, error }) {
    this.reports.push([name, status, error?.message ?? 0]);
  }

  /* ---- Waiting ---- */

  /** Why the current task may not wait now; 0 where it may. */
  refusal() {
    const task = this.running;
    if (!task) return ENOSUSPEND;
    const status = this.interruption(task);
    task.refusals = status < 0 ? task.refusals + 1 : 0;
    if (task.refusals <= PATIENCE) return status < 0 ? this.failed(task, failure(status)).status : 0;
    if (!task.canceled && !task.killed) this.#report(task.name, failure(EKILLED)); // nobody has asked for it
    task.killed = true;
    throw new End(failure(EKILLED));
  }

  /** Suspend the current task until its wait is over. @param {Task} task @returns {Generator<undefined, Ending>} */
  *#suspend(task) {
    yield;
    return this.#arrive(task, task.arrival === INTERRUPTED ? failure(this.interruption(task)) : task.arrival);
  }

  /** @param {Task} task @param {Ending} ending */
  #arrive(task, ending) {
    return ending.status < 0 ? this.failed(task, ending) : ending;
  }

  /** @param {Task} task @param {Ending} ending */
  failed(task, ending) {
    task.lastError = ending;
    return ending;
  }

  /** A wait that does not begin, with a message of its own. @param {number} code @returns {Ending} */
  refused(code) {
    const ending = failure(code, { code, message: 0 });
    return this.running ? this.failed(this.running, ending) : ending;
  }

  /** @param {Yieldable | null} yieldable @param {Parcel} [parcel] for a channel @returns {Generator<undefined, Ending>} */
  *yieldTo(yieldable, parcel = {}) {
    const refusal = this.refusal();
    if (refusal < 0) return failure(refusal);
    const task = /** @type {Task} */ (this.running);
    /** @type {Ending | null} */
    let known = null;
    /** @type {Waiter} */
    const waiter = {
      task,
      parcel,
      over: (ending) => {
        if (task === this.running) known = ending;
        else this.#wake(task, ending);
      },
    };
    const status = yieldable?.begin(waiter) ?? 0;
    if (status < 0) return this.failed(task, failure(status));
    if (known) {
      yieldable?.end(waiter);
      return this.#arrive(task, known);
    }
    task.stopWaiting = () => yieldable?.end(waiter);
    task.waitsFor = yieldable;
    task.state = 'waiting';
    return yield* this.#suspend(task);
  }

  /** @param {number} seconds @param {Yieldable | null} yieldable @returns {Generator<undefined, Ending>} */
  *withTimeout(seconds, yieldable) {
    const scope = this.scopeEnter(seconds, false);
    if (!(scope instanceof Scope)) return this.refused(scope);
    const { status, value } = yield* this.yieldTo(yieldable);
    return { status: this.scopeExit(scope, status), value, error: null };
  }

  /** @param {number} seconds @returns {Generator<undefined, Ending>} */
  *pause(seconds) {
    if (!(seconds >= 0)) return this.refused(EINVAL);
    const refusal = this.refusal();
    if (refusal < 0) return failure(refusal);
    const task = /** @type {Task} */ (this.running);
    if (seconds === 0) {
      this.#wake(task, success());
    } else {
      task.state = 'waiting';
      task.waitsFor = sleep;
      this.#wakeLater(task, seconds, 0);
    }
    return yield* this.#suspend(task);
  }

  /** @param {Task} task @returns {Generator<undefined, Ending>} */
  *join(task) {
    if (!exists(task)) return this.refused(ESRCH);
    if (task === this.running) return this.refused(EINVAL);
    return yield* this.yieldTo(task.ended);
  }

  /** @param {Future | null} future @returns {Generator<undefined, Ending>} */
  *await(future) {
    if (!future || future.freed) return this.refused(ESRCH);
    return yield* this.yieldTo(future);
  }

  /** @param {Task | null} task */
  taskYieldable(task) {
    return exists(task) ? task.ended : null;
  }

  /** @param {Future | null} future */
  futureYieldable(future) {
    return future && !future.freed ? future : null;
  }

  /* ---- Several at once ---- */

  /**
   * lull_await_all, lull_await_any, lull_race: how the whole ended, and the items, as far as they have.
   *
   * @param {(Task | Future | null)[]} handles
   * @param {'all' | 'any' | 'first'} wanted that all succeed, or any; or what ends first
   * @param {boolean} cancelLosers
   * @returns {Generator<undefined, Ending & { items: Ending[] }>}
   */
  *several(handles, wanted, cancelLosers) {
    if (!this.running) return { ...failure(ENOSUSPEND), items: [] };
    const task = this.running;
    if (handles.includes(task)) return { ...this.refused(EINVAL), items: [] };
    const items = handles.map(() => failure(EBUSY));
    let pending = items.length;
    /** @type {number[]} the items that count, in the order in which they ended */
    const ended = [];
    const failed = () => ended.filter((i) => items[i].status < 0);
    const succeeded = () => ended.filter((i) => items[i].status === 0);
    const decided = () => pending === 0 || (wanted !== 'any' && failed().length > 0) || (wanted !== 'all' && succeeded().length > 0);

    const whole = new Yieldable(`${{ all: 'all', any: 'any', first: 'the first' }[wanted]} of several`);
    let begun = 0;
    whole.begin = (waiter) => {
      whole.waiters = [];
      while (begun < handles.length) this.#beginCase(task, handles[begun], over, begun++);
      if (decided()) waiter.over(success());
      else whole.waiters = [waiter];
      return 0;
    };
    const over = (/** @type {number} */ i, /** @type {Ending} */ ending) => {
      items[i] = ending;
      if (!decided()) ended.push(i);
      pending--;
      if (decided()) whole.wake(success());
    };

    let ending;
    do ending = yield* this.yieldTo(whole);
    while (ending.status === 0 && !decided()); // somebody has resumed the task
    task.leaveCases();

    if (ending.status === 0) ending = this.#decision(wanted, items, succeeded(), failed());
    if (cancelLosers) {
      for (const [i, handle] of handles.entries()) {
        if (items[i].status === EBUSY) this.cancel(handle instanceof Task ? handle : handle?.settler ?? null);
      }
    }
    return { ...ending, items };
  }

  /**
   * Wait for one of several. The task stops when it leaves them all: a lull_resume of it loses none.
   *
   * @param {Task} task
   * @param {Task | Future | null} handle
   * @param {(i: number, ending: Ending) => void} over
   * @param {number} i
   */
  #beginCase(task, handle, over, i) {
    const yieldable = handle instanceof Task ? this.taskYieldable(handle) : this.futureYieldable(handle);
    if (!yieldable) return over(i, failure(ESRCH, { code: ESRCH, message: 0 }));
    /** @type {Waiter} */
    const waiter = {
      task,
      parcel: {},
      over: (ending) => {
        yieldable.end(waiter);
        over(i, ending);
      },
    };
    const leaveOthers = task.leaveCases;
    task.leaveCases = () => {
      leaveOthers();
      yieldable.end(waiter);
      task.leaveCases = () => {};
    };
    yieldable.begin(waiter);
  }

  /** @param {string} wanted @param {Ending[]} items @param {number[]} succeeded @param {number[]} failed @returns {Ending} */
  #decision(wanted, items, succeeded, failed) {
    if (wanted === 'all' && !failed.length) return success();
    if (wanted !== 'all' && succeeded.length) return { ...success(), status: succeeded[0] };
    const { status, error } = items[failed[0]];
    const errors = failed.map((i) => items[i].error ?? { code: items[i].status, message: 0 });
    return this.failed(/** @type {Task} */ (this.running), failure(status, wanted === 'any' ? join(errors) : error));
  }

  /* ---- Scopes and cancellation ---- */

  /** @param {number} seconds @param {boolean} shield @returns {Scope | number} */
  scopeEnter(seconds, shield) {
    if (!this.running) return ENOSUSPEND;
    if (!(seconds >= 0)) return EINVAL;
    return this.#enter(this.running, this.now + seconds, shield);
  }

  /** @param {Task} task @param {number} deadline @param {boolean} shield */
  #enter(task, deadline, shield) {
    const scope = new Scope(task, deadline, shield, this.looks);
    task.scopes.push(scope);
    this.#armDeadline(task);
    return scope;
  }

  /** @param {Scope | null | undefined} scope @param {number} status what the work in it came to */
  scopeExit(scope, status) {
    const task = this.running;
    if (!task || !scope || task.scopes.at(-1) !== scope) return EINVAL;
    const expiredItself = status === ECANCELED && this.interruption(task) === ETIMEDOUT;
    task.scopes.pop();
    if (scope.shield) for (const outer of this.#limiting(task)) outer.look = -1; // what is over, too, if only for 0 seconds
    this.#armDeadline(task);
    if (!task.canceled) task.refusals = 0;
    return expiredItself ? this.failed(task, failure(ETIMEDOUT)).status : status;
  }

  /** @param {Scope | null} scope */
  scopeCancel(scope) {
    if (!scope?.task.scopes.includes(scope)) return EINVAL;
    scope.canceled = true;
    this.#cancelChildren(this.#groupsReached(scope.task, ({ around }) => this.#reaching(around).includes(scope)));
    if (this.#reaching(scope.task.scopes).includes(scope)) this.#interrupt(scope.task);
    return 0;
  }

  /** Those of some scopes that reach the innermost: from there out to the first shield. @param {Scope[]} scopes */
  #reaching(scopes) {
    return scopes.slice(Math.max(0, scopes.findLastIndex(({ shield }) => shield))).reverse();
  }

  /** Those whose end fails a task's waits: past a shield, too, the one of its cleanup. @param {Task} task */
  #limiting({ cleaning, scopes }, of = scopes) {
    const reaching = this.#reaching(of);
    return cleaning && reaching.length && !reaching.includes(of[0]) ? [...reaching, of[0]] : reaching;
  }

  /** @param {Task} task @param {Scope[]} scopes */
  #reachedByCancel({ canceled, cleaning }, scopes) {
    return canceled && !cleaning && !scopes.some(({ shield }) => shield);
  }

  /** A deadline is noticed when the loop looks at the clock. @param {Scope} scope */
  #expired({ deadline, look }) {
    return deadline <= this.now && look < this.looks;
  }

  /** What fails a task's waits in its scopes, or some of them: the outermost that has ended counts. 0: nothing. @param {Task} task */
  interruption(task, scopes = task.scopes) {
    if (task.deaf) return 0;
    if (this.#reachedByCancel(task, scopes)) return ECANCELED;
    const outermost = this.#limiting(task, scopes).findLast((scope) => scope.canceled || this.#expired(scope));
    if (!outermost) return 0;
    return outermost === scopes.at(-1) && !outermost.canceled ? ETIMEDOUT : ECANCELED;
  }

  /** End a task's wait, if it has one; one that has not run yet starts. @param {Task} task */
  #interrupt(task) {
    if (task.state === 'waiting' && !task.deaf) this.#wake(task, INTERRUPTED);
  }

  /** @param {Task} task */
  #armDeadline(task) {
    this.arm(task.deadline, this.#nextDeadline(task));
  }

  /** @param {Task} task */
  #nextDeadline(task) {
    return Math.min(...this.#limiting(task).filter((scope) => !this.#expired(scope)).map(({ deadline }) => deadline));
  }

  /* ---- Groups ---- */

  /** @returns {Group | number} */
  groupOpen() {
    const task = this.running;
    if (!task) return ENOSUSPEND;
    this.#enter(task, Infinity, false);
    const group = new Group(task, [...task.scopes]);
    task.groups.push(group);
    group.canceled = this.interruption(task) < 0;
    group.deadline.fire = () => {
      if (group.canceled) return;
      group.canceled = true;
      this.#cancelChildren([group]);
    };
    if (!group.canceled) this.arm(group.deadline, this.#nextDeadline(task));
    return group;
  }

  /** The groups of a task that have to be cancelled now. @param {Task} task @param {(group: Group) => boolean} reached */
  #groupsReached({ groups }, reached) {
    const now = groups.filter((group) => !group.canceled && reached(group));
    for (const group of now) group.canceled = true;
    return now.reverse();
  }

  /** Cancel the children of these groups, and so the groups of those. @param {Group[]} groups the first one last */
  #cancelChildren(groups) {
    for (let group; (group = groups.pop());) {
      for (const child of [...group.children]) {
        groups.push(...this.#groupsReached(child, ({ exposed }) => exposed));
        if (child.cleaning) continue;
        child.canceled = true;
        if (this.#reachedByCancel(child, child.scopes)) this.#interrupt(child);
      }
    }
  }

  /** @param {Group} group */
  #cancelGroup(group) {
    if (group.canceled) return;
    group.canceled = group.scope.canceled = true;
    this.#cancelChildren([group]);
    if (this.#reaching(group.owner.scopes).includes(group.scope)) this.#interrupt(group.owner);
  }

  /** @param {Group | null} group */
  groupCancel(group) {
    if (!group || group.over) return ESRCH;
    this.#cancelGroup(group);
    return 0;
  }

  /** A child has ended. @param {Task} child @param {Group} group */
  #leaveGroup(child, group) {
    const { status, error } = child.outcome;
    const cutShort = (status === ECANCELED && child.canceled) || (status === EKILLED && group.canceled);
    const failed = status < 0 && !cutShort;
    if (failed) group.failures.push(error ?? { code: status, message: 0 });
    if (cutShort && group.canceled) group.incomplete = true;
    group.children = group.children.filter((other) => other !== child);
    if (!group.children.length) group.wake(success());
    if (failed) this.#cancelGroup(group);
  }

  /** @param {Group | null} group @returns {Generator<undefined, Ending>} */
  *groupWait(group) {
    const task = this.running;
    if (!group || group.over) return this.refused(ESRCH);
    if (!task) return failure(ENOSUSPEND);
    if (task.scopes.at(-1) !== group.scope) return this.refused(EINVAL);
    const interruption = yield* this.#waitForChildren(group);
    if (group.children.length) {
      this.#cancelGroup(group);
      const shield = this.#enter(task, Infinity, true);
      yield* this.#waitForChildren(group);
      this.scopeExit(shield, 0);
      yield* this.#killChildren(group);
    }
    this.scopeExit(group.scope, 0);
    const result = this.#groupResult(group, interruption);
    this.#close(group);
    return this.#arrive(task, result);
  }

  /** Until there is none, or something fails the owner's waits: returns 0, or that. @param {Group} group @returns {Generator<undefined, number>} */
  *#waitForChildren(group) {
    while (group.children.length) {
      const { status, error } = yield* this.yieldTo(group);
      if (status === 0) continue;
      if (status === this.interruption(group.owner)) return status;
      group.failures.push(error ?? { code: status, message: 0 }); // thrown into the wait
      this.#cancelGroup(group);
    }
    return 0;
  }

  /** @param {Group} group @param {number} interruption of the wait for it */
  #groupResult({ owner, failures, incomplete }, interruption) {
    if (failures.length) return failure(failures[0].code, join(failures));
    if (!incomplete && interruption === 0) return success();
    const outside = this.interruption(owner);
    if (outside < 0) return failure(outside);
    return incomplete ? failure(ECANCELED) : success();
  }

  /** Kill those that are left, and wait for their end, which nothing can delay. @param {Group} group @returns {Generator} */
  *#killChildren(group) {
    group.killed = group.canceled = true;
    for (const child of [...group.children]) this.kill(child);
    group.owner.deaf = true;
    while (group.children.length) yield* this.yieldTo(group);
    group.owner.deaf = false;
  }

  /** Its owner waits for it no longer. @param {Group} group */
  #close(group) {
    group.owner.groups.pop();
    this.disarm(group.deadline);
    group.over = true;
    group.wake(failure(ECLOSED));
  }

  /** The owner has ended, and has not waited for its groups. @param {Task} task @returns {Generator} */
  *#windUp(task) {
    if (!task.killed) for (const group of [...task.groups].reverse()) this.#cancelGroup(group);
    while (task.groups.length) {
      const group = task.groups[task.groups.length - 1];
      if (!task.killed) yield* this.#waitForChildren(group);
      yield* this.#killChildren(group);
      this.#addFailures(task, group.failures);
      this.#close(group);
    }
  }

  /** Failures of children that nobody waits for any more. @param {Task} task @param {Failure[]} failures */
  #addFailures(task, failures) {
    if (failures.length && task.outcome.status === ECANCELED && !task.canceled) {
      task.outcome = failure(failures[0].code, join(failures)); // which is why it was cut short
      return;
    }
    const { status, error: own } = task.outcome;
    const news = failures.filter((error) => error !== own && isNews(error.code));
    if (!task.deferring && isNews(status)) {
      task.outcome = failure(status, news.length ? join([own ?? { code: status, message: 0 }, ...news]) : own);
    } else {
      for (const error of news) this.#report(task.name, failure(error.code, error));
    }
  }

  /** @param {Group | null} group */
  groupYieldable(group) {
    return group && !group.over ? group : null;
  }

  /* ---- Futures ---- */

  futureNew() {
    return new Future();
  }

  /** @param {Future | null} future */
  futureFree(future) {
    if (!future || future.freed) return ESRCH;
    if (future.settler) return EBUSY;
    future.freed = true;
    if (!future.ending) future.wake(failure(ECLOSED));
    else if (future.ending.status < 0 && !future.awaited) this.#report('', future.ending);
    return 0;
  }

  /** @param {Future | null} future @param {number} value */
  resolve(future, value) {
    return this.#settleFromOutside(future, () => success(value));
  }

  /** @param {Future | null} future @param {number} code @param {number} message 0: none */
  reject(future, code, message) {
    return this.#settleFromOutside(future, () => (code < 0 ? failure(code, this.#error(code, message)) : null));
  }

  /** @param {Future | null} future @param {() => Ending | null} ending */
  #settleFromOutside(future, ending) {
    if (!future || future.freed) return ESRCH;
    if (future.ending || future.settler) return EBUSY;
    const how = ending();
    if (!how) return EINVAL;
    this.#settle(future, how);
    return 0;
  }

  /** @param {Future} future @param {Ending} ending */
  #settle(future, ending) {
    future.ending = ending;
    future.wake(ending);
  }

  /** @param {Future | null} future */
  settled(future) {
    if (!future || future.freed) return ESRCH;
    return future.ending ? 1 : 0;
  }
}

/** A failure that nobody receives is the host's to know, unless somebody cancelled or killed on purpose. @param {number} status */
function isNews(status) {
  return status < 0 && status !== ECANCELED && status !== EKILLED;
}
