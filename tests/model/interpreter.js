/** Executes a program on the model, as interpreter.c does on the runtime, and writes the same trace. */
import { ESRCH } from '../../js/marshal/status.js';
import { Channel, live, receive, send, tryReceive, trySend } from './channel.js';
import { take } from './lock.js';
import { Model } from './model.js';
import { Condition, Mutex, waitForCondition } from './mutex.js';
import { Once } from './once.js';
import { codes, FOREVER, FUTURES, GROUPS, LIMITS, LOCKS, NOTHING, OWN, RECEIVES, SENDS, TIMES } from './program.js';
import { RwLock } from './rwlock.js';
import { select } from './select.js';
import { Barrier, Event, Semaphore, WaitGroup } from './signals.js';
import { exists } from './task.js';

/** @import { Op, Program } from './program.js' */

/** The numbers of an event: who, what, its status and value, when, and the code and message of the task's last error. */
export const EVENT = 7;

/** What there is in a trace beside the operations. */
export const marks = { start: 100, end: 101, left: 102, report: 103, reports: 104, waits: 105 };

/** Who does what no task does. */
export const HOST = -1;

/** How many reports a trace shows. */
export const REPORTS = 8;

/** Some of the locks, by number. */
const EVENT_LOCK = 5, WAIT_GROUP = 7, CONDITION = 8, ONCE = 9;

/** The status of what was left out because there would be too many. */
const LEFT_OUT = 1;

/** How long the host waits between the things that it does, in seconds: longer than any wait. */
const BETWEEN = 1000;

/**
 * What one list of operations is executed with: what all have in common, and its own.
 * @typedef {object} Frame
 * @property {Model} model
 * @property {Op[][]} bodies
 * @property {any[]} tasks
 * @property {any[]} futures
 * @property {any[]} scopes
 * @property {any[]} groups
 * @property {any[]} channels
 * @property {any[]} locks in the order of program.js
 * @property {{ defers: number, messages: number, elements: number }} counts
 * @property {number[]} trace
 * @property {number} who
 * @property {any[]} entered the scopes and groups that it has entered, innermost last
 * @property {number} last the status of its last operation
 */

/** @param {Program} program @returns {number[]} the trace */
export function execute({ bodies, host }) {
  const model = new Model();
  const shared = {
    model, bodies, tasks: [], futures: Array.from({ length: LIMITS.futures }, () => model.futureNew()), scopes: [], groups: [],
    channels: Array.from({ length: LIMITS.channels }, (_, capacity) => new Channel(capacity)), locks: newLocks(),
    counts: { defers: 0, messages: 0, elements: 0 }, trace: [], who: HOST, entered: [], last: 0,
  };
  /** @type {Frame} */
  const frame = shared;
  spawn(frame, 0, {});
  model.advance(BETWEEN);
  for (const op of host) {
    [...operate(frame, op)];
    model.advance(BETWEEN);
  }
  const left = () => frame.tasks.filter(exists);
  note(frame, marks.left, left().length);
  for (const task of left()) note({ ...frame, who: Number(task.name) }, marks.waits, 0, digestName(task.waitsFor?.name ?? ''));
  while (left().length) {
    for (const task of frame.tasks) model.kill(task);
    model.advance(BETWEEN);
  }
  for (const future of frame.futures) model.futureFree(future);
  return [...frame.trace, ...reportEvents(model.reports)];
}

/**
 * The end of a trace: the first failures that nobody was there to receive, and how many there were.
 *
 * @param {[name: string, status: number, message: number][]} reports the name of the task; '' for a future
 */
export function reportEvents(reports) {
  const event = (/** @type {number} */ who, /** @type {number} */ what, /** @type {number} */ status, /** @type {number} */ message) => [who, what, status, 0, 0, 0, message];
  const first = reports.slice(0, REPORTS).flatMap(([name, status, message]) => event(name === '' ? HOST : Number(name), marks.report, status, message));
  return [...first, ...event(HOST, marks.reports, reports.length, 0)];
}

function newLocks() {
  const rwLock = new RwLock();
  const [semaphore, barrier] = [new Semaphore(), new Barrier()];
  semaphore.units = 1;
  barrier.count = 2;
  return [new Mutex(), new Mutex(), rwLock.readers, rwLock.writers, semaphore, new Event(), barrier, new WaitGroup(), new Condition(), new Once()];
}

/** @param {Frame} frame @param {number} what @param {number} status @param {number} [value] */
function note({ model, who, trace }, what, status, value = 0) {
  const { status: code, error } = model.running?.lastError ?? { status: 0, error: null };
  trace.push(who, what, status, value, model.now, code, error?.message ?? 0);
}

/** @param {Frame} frame @param {number} body @param {any} options */
function spawn(frame, body, options) {
  const { model, tasks } = frame;
  if (tasks.length === LIMITS.tasks) return LEFT_OUT;
  const number = tasks.length;
  const task = model.spawn(`${number}`, () => run({ ...frame, who: number }, body), options);
  if (typeof task === 'number') return task;
  tasks.push(task);
  return 0;
}

/** @param {Frame} frame @param {number} body @returns {Generator<undefined, number>} */
function* run(frame, body) {
  const own = { ...frame, entered: [], last: 0 };
  note(own, marks.start, body);
  for (const op of own.bodies[body]) yield* operate(own, op);
  note(own, marks.end, body);
  return body;
}

/** A defer, and what is done once, leaves what it has entered. @param {Frame} frame @param {number} body */
function* runAndLeave(frame, body) {
  const own = { ...frame, entered: [], last: 0 };
  note(own, marks.start, body);
  for (const op of own.bodies[body]) yield* operate(own, op);
  while (own.entered.length) {
    const { model, groups, entered, last } = own;
    const innermost = /** @type {any} */ (entered.pop());
    if (groups.includes(innermost)) yield* model.groupWait(innermost);
    else model.scopeExit(innermost, last);
  }
  note(own, marks.end, body);
}

/** @param {Frame} frame */
const innermostGroup = ({ entered, groups }) => entered.findLast((scope) => groups.includes(scope));

/** Take the innermost scope, or group, out of those entered. @param {Frame} frame @param {boolean} group */
function takeInnermost({ entered, groups }, group) {
  const at = entered.findLastIndex((scope) => groups.includes(scope) === group);
  return at < 0 ? null : entered.splice(at, 1)[0];
}

/** @param {Frame} frame @param {Op} op @returns {Generator<undefined, void>} */
function* operate(frame, [name, ...args]) {
  const result = operations[name](frame, ...args);
  const { status, value = 0 } = typeof result === 'number' ? { status: result } : yield* result;
  frame.last = status;
  note(frame, codes[name], status, value);
}

/** @param {Frame} frame @param {number} seconds @param {boolean} shield */
function enter({ model, scopes, entered }, seconds, shield) {
  if (scopes.length === LIMITS.scopes) return LEFT_OUT;
  const scope = model.scopeEnter(limit(seconds), shield);
  if (typeof scope === 'number') return scope;
  scopes.push(scope);
  entered.push(scope);
  return 0;
}

/** Wait for a group; the value shows what it failed with. @param {Frame} frame @param {any} group */
function* gather({ model }, group) {
  const { status } = yield* model.groupWait(group);
  return { status, value: status < 0 ? digestParts(model) : 0 };
}

/** Wait for several; the value shows the items, and what all failed with. @param {Frame} frame @param {any} wanted @param {number[]} numbers @param {number} losers */
function* several({ model, tasks, futures }, wanted, numbers, losers) {
  const handles = numbers.map((number) => (number < FUTURES ? tasks[number] : futures[number - FUTURES]) ?? null);
  const { status, items } = yield* model.several(handles, wanted, losers > 0);
  const parts = status < 0 ? digestParts(model) : 0;
  return { status, value: items.reduce((digest, item) => digest * 200 + item.value * 15 - item.status, 0) + parts };
}

/** The messages of which the last error is made. @param {Model} model */
function digestParts({ running }) {
  const parts = running?.lastError.error?.parts ?? [];
  return parts.reduce((digest, { message }) => (digest * 31 + message) % 1_000_003, parts.length);
}

/** What the digests of names stand for, of those that the model has made. @type {Map<number, string>} */
export const digested = new Map();

/** A number for a name. @param {string} name */
function digestName(name) {
  const digest = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 0);
  digested.set(digest, name || 'anybody');
  return digest;
}

/** Choose; the value shows what the case that happened came to. @param {Frame} frame @param {number[]} things @param {boolean} wait */
function* choose(frame, things, wait) {
  const { status, ending } = yield* select(frame.model, things.filter((thing) => thing !== NOTHING).map((thing) => caseOf(frame, thing)), wait);
  return { status, value: ending.status < 0 ? ending.status : ending.value };
}

/** @param {Frame} frame @param {number} thing */
function caseOf({ tasks, futures, channels, groups, locks, model, counts }, thing) {
  if (thing >= LOCKS) return { yieldable: locks[thing - LOCKS] };
  if (thing >= GROUPS) return { yieldable: model.groupYieldable(groups[thing - GROUPS]) };
  if (thing >= TIMES) return { after: thing - TIMES };
  if (thing >= RECEIVES) return { receive: channels[thing - RECEIVES] };
  if (thing >= SENDS) return { send: channels[thing - SENDS], element: ++counts.elements };
  return thing >= FUTURES ? { await: futures[thing - FUTURES] } : { join: tasks[thing] };
}

/** @param {number} seconds */
const limit = (seconds) => (seconds === FOREVER ? Infinity : seconds);

/** The number of a new message; 0 for none. @param {Frame} frame @param {number} wanted */
const message = ({ counts }, wanted) => (wanted ? ++counts.messages : 0);

/**
 * The operations: each gives a status, or a generator of a status and a value.
 * @type {Record<string, (frame: Frame, ...args: number[]) => any>}
 */
const operations = {
  *pause({ model }, seconds) {
    return { status: (yield* model.pause(seconds)).status };
  },
  wait: ({ model }) => model.yieldTo(null),
  wait_within: ({ model }, seconds) => model.withTimeout(limit(seconds), null),
  join: ({ model, tasks }, task) => model.join(tasks[task]),
  join_within: ({ model, tasks }, seconds, task) => model.withTimeout(limit(seconds), model.taskYieldable(tasks[task])),
  await: ({ model, futures }, future) => model.await(futures[future]),
  await_within: ({ model, futures }, seconds, future) => model.withTimeout(limit(seconds), model.futureYieldable(futures[future])),
  await_all: (frame, a, b, c, losers) => several(frame, 'all', [a, b, c], losers),
  await_any: (frame, a, b, c, losers) => several(frame, 'any', [a, b, c], losers),
  race: (frame, a, b, c, losers) => several(frame, 'first', [a, b, c], losers),
  *insist({ model }, times) {
    let refused = 0;
    for (;;) {
      const { status } = yield* model.pause(0);
      if (status === 0 || ++refused === times) return { status, value: refused };
    }
  },
  spawn: (frame, body, delay, result, group, timeout) => spawn(frame, body, { delay, timeout, result: frame.futures[result], group: group === OWN ? innermostGroup(frame) : frame.groups[group] }),
  schedule: ({ model, tasks }, task, delay, value) => model.schedule(tasks[task], delay, value),
  resume: ({ model, tasks }, task, value) => model.resume(tasks[task], value),
  throw: (frame, task, code, wanted) => frame.model.throw(frame.tasks[task], code, message(frame, wanted)),
  cancel: ({ model, tasks }, task) => model.cancel(tasks[task]),
  kill: ({ model, tasks }, task) => model.kill(tasks[task]),
  resolve: ({ model, futures }, future, value) => model.resolve(futures[future], value),
  reject: (frame, future, code, wanted) => frame.model.reject(frame.futures[future], code, message(frame, wanted)),
  free: ({ model, futures }, future) => model.futureFree(futures[future]),
  renew({ model, futures }, future) {
    if (future >= LIMITS.futures || model.settled(futures[future]) >= 0) return LEFT_OUT;
    futures[future] = model.futureNew();
    return 0;
  },
  settled: ({ model, futures }, future) => model.settled(futures[future]),
  enter: (frame, seconds) => enter(frame, seconds, false),
  shield: (frame, seconds) => enter(frame, seconds, true),
  leave: (frame) => frame.model.scopeExit(takeInnermost(frame, false), frame.last),
  leave_other: ({ model, scopes, last }, scope) => model.scopeExit(scopes[scope], last),
  cancel_scope: ({ model, scopes }, scope) => model.scopeCancel(scopes[scope]),
  open(frame) {
    const { model, groups, entered } = frame;
    if (groups.length === LIMITS.groups) return LEFT_OUT;
    const group = model.groupOpen();
    if (typeof group === 'number') return group;
    groups.push(group);
    entered.push(group);
    return 0;
  },
  gather: (frame) => gather(frame, takeInnermost(frame, true)),
  gather_other: (frame, group) => gather(frame, frame.groups[group]),
  childless_within: ({ model, groups }, seconds, group) => model.withTimeout(limit(seconds), model.groupYieldable(groups[group])),
  cancel_group: ({ model, groups }, group) => model.groupCancel(groups[group]),
  defer(frame, body) {
    if (frame.counts.defers === LIMITS.defers) return LEFT_OUT;
    const status = frame.model.defer(() => runAndLeave(frame, body));
    if (status === 0) frame.counts.defers++;
    return status;
  },
  check: ({ model, last }) => (last < 0 ? model.fail(last, 0) : last),
  return: ({ model }, value) => model.return(value),
  fail: (frame, code, wanted) => frame.model.fail(code, message(frame, wanted)),
  *send({ model, channels, counts }, channel) {
    return { status: (yield* send(model, channels[channel], ++counts.elements)).status };
  },
  receive: ({ model, channels }, channel) => receive(model, channels[channel]),
  try_send: ({ channels, counts }, channel) => trySend(channels[channel], ++counts.elements),
  *try_receive({ channels }, channel) {
    return tryReceive(channels[channel]);
  },
  close: ({ channels }, channel) => live(channels[channel])?.close() ?? ESRCH,
  length: ({ channels }, channel) => live(channels[channel])?.elements.length ?? ESRCH,
  retain: ({ channels }, channel) => live(channels[channel])?.retain() ?? ESRCH,
  release: ({ channels }, channel) => live(channels[channel])?.release() ?? ESRCH,
  renew_channel({ channels }, channel, capacity) {
    if (channel >= LIMITS.channels || live(channels[channel])) return LEFT_OUT;
    channels[channel] = new Channel(capacity);
    return 0;
  },
  select: (frame, ...things) => choose(frame, things, true),
  try_select: (frame, ...things) => choose(frame, things, false),
  seed: ({ model }, number) => model.chance.seed(number),
  *take({ model, locks }, lock) {
    const status = yield* take(model, locks[lock]);
    return { status };
  },
  *take_within({ model, locks }, seconds, lock) {
    return { status: (yield* model.withTimeout(limit(seconds), locks[lock])).status };
  },
  try_take: ({ model, locks }, lock) => locks[lock].tryTake?.(model.running) ?? LEFT_OUT,
  give: ({ model, locks }, lock) => locks[lock].give?.(model.running) ?? LEFT_OUT,
  destroy: ({ locks }, lock) => locks[lock].destroy(),
  renew_lock({ locks }, lock, number) {
    const status = locks[lock].destroy();
    if (status === 0 && locks[lock] instanceof Semaphore) locks[lock].units = number;
    if (status === 0 && locks[lock] instanceof Barrier) locks[lock].count = number;
    return status;
  },
  clear: ({ locks }) => locks[EVENT_LOCK].clear(),
  add: ({ locks }, delta) => locks[WAIT_GROUP].add(delta),
  *wait_signal({ model, locks }, mutex) {
    return { status: yield* waitForCondition(model, locks[CONDITION], locks[mutex]) };
  },
  signal: ({ locks }) => locks[CONDITION].signal(),
  broadcast: ({ locks }) => locks[CONDITION].broadcast(),
  *once(frame, body) {
    return { status: yield* frame.locks[ONCE].do(frame.model, () => runAndLeave(frame, body)) };
  },
};
