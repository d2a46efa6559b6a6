/**
 * Programs, as data: what both the model and the runtime execute. A program is a few bodies, each a list of
 * operations, and a list that the host executes. Tasks, futures, channels and so on are meant by number, so that any
 * task can reach any other.
 */
import fc from 'fast-check';
import { ECANCELED, ECLOSED, EFAILED, ETIMEDOUT } from '../../js/marshal/status.js';

/** An operation and its arguments. @typedef {[name: string, ...args: number[]]} Op */

/** @typedef {{ bodies: Op[][], host: Op[] }} Program the first body is the first task's */

/** How many there may be of each: what would be one more is left out. interpreter.c knows the same. */
export const LIMITS = { bodies: 4, tasks: 12, defers: 10, futures: 3, scopes: 16, groups: 8, channels: 3 };

/** No future, no group: a number that there never is. */
export const NONE = 9;

/** No case of a choice. */
export const NOTHING = -1;

/** The innermost group that was opened in the same body. */
export const OWN = -1;

/** The numbers from which on the things that are waited for are futures, and so on; below they are tasks. */
export const FUTURES = 20, SENDS = 30, RECEIVES = 40, TIMES = 50, GROUPS = 60, LOCKS = 70;

/** The locks, by number. What can be waited for comes first. */
export const locks = ['mutex 0', 'mutex 1', 'read lock', 'write lock', 'semaphore', 'event', 'barrier', 'wait group', 'condition', 'once'];

/** Stands for LULL_FOREVER. */
export const FOREVER = 1000;

const below = (/** @type {number} */ limit) => fc.nat(limit - 1);

/** What the arguments of an operation may be; what makes sense more often than what does not. @type {Record<string, fc.Arbitrary<number>>} */
const kinds = {
  task: fc.constantFrom(1, 2, 3, 0, 1, 2, 3, 4, 5, 7),
  item: fc.constantFrom(1, 2, 3, 0, 4, 5, FUTURES, FUTURES + 1, FUTURES + 2, FUTURES + NONE),
  losers: below(2),
  body: fc.constantFrom(1, 2, 3, 1, 2, 3, 0),
  future: fc.constantFrom(0, 1, 2, 0, 1, 2, NONE),
  result: fc.constantFrom(NONE, NONE, NONE, NONE, NONE, NONE, 0, 1, 2),
  group: fc.constantFrom(0, 1, 2, 0, 1, 3, NONE),
  parent: fc.constantFrom(NONE, OWN, OWN, OWN, NONE, 0, 1, 2),
  timeout: fc.constantFrom(0, 0, 0, 0, 0, 1, 2, 3),
  scope: fc.constantFrom(0, 1, 2, 3, 5),
  seconds: fc.constantFrom(0, 1, 2, 3, 0, 1, 2, 4, 0, 1, 7, -1),
  limit: fc.constantFrom(1, 2, 3, 0, 1, 2, 3, 4, 0, 1, 7, FOREVER, FOREVER, -1),
  value: fc.integer({ min: 1, max: 9 }),
  code: fc.constantFrom(EFAILED, ECANCELED, ETIMEDOUT, ECLOSED, EFAILED, 0),
  message: below(2),
  times: fc.constantFrom(3, 999, 1000, 1001),
  channel: fc.constantFrom(0, 1, 0, 1, 2, 0, 1, 0, NONE),
  capacity: fc.constantFrom(0, 1, 2, 3),
  mutex: fc.constantFrom(0, 0, 0, 1),
  lock: below(8),
  any_lock: below(10),
  number: fc.constantFrom(1, 2, 3, 0),
  delta: fc.constantFrom(1, 2, 1, -1),
};

/**
 * The operations: how often each is chosen, relative to the others, and its arguments. interpreter.c has them in this
 * order.
 * @type {Record<string, [weight: number, ...kinds: string[]]>}
 */
const table = {
  pause: [16, 'seconds'],
  wait: [6],
  wait_within: [6, 'limit'],
  join: [12, 'task'],
  join_within: [6, 'limit', 'task'],
  await: [9, 'future'],
  await_within: [6, 'limit', 'future'],
  await_all: [3, 'item', 'item', 'item', 'losers'],
  await_any: [3, 'item', 'item', 'item', 'losers'],
  race: [3, 'item', 'item', 'item', 'losers'],
  insist: [1, 'times'],
  spawn: [20, 'body', 'seconds', 'result', 'parent', 'timeout'],
  schedule: [7, 'task', 'seconds', 'value'],
  resume: [7, 'task', 'value'],
  throw: [7, 'task', 'code', 'message'],
  cancel: [7, 'task'],
  kill: [4, 'task'],
  resolve: [4, 'future', 'value'],
  reject: [4, 'future', 'code', 'message'],
  free: [2, 'future'],
  renew: [2, 'future'],
  settled: [1, 'future'],
  enter: [3, 'limit'],
  shield: [2, 'limit'],
  leave: [3],
  leave_other: [2, 'scope'],
  cancel_scope: [6, 'scope'],
  open: [2],
  gather: [2],
  gather_other: [2, 'group'],
  childless_within: [4, 'limit', 'group'],
  cancel_group: [4, 'group'],
  defer: [5, 'body'],
  check: [2],
  return: [1, 'value'],
  fail: [2, 'code', 'message'],
  send: [40, 'channel'],
  receive: [40, 'channel'],
  try_send: [8, 'channel'],
  try_receive: [8, 'channel'],
  close: [5, 'channel'],
  length: [4, 'channel'],
  retain: [2, 'channel'],
  release: [4, 'channel'],
  renew_channel: [5, 'channel', 'capacity'],
  select: [30, 'thing', 'thing', 'thing', 'thing'],
  try_select: [10, 'thing', 'thing', 'thing', 'thing'],
  seed: [2, 'value'],
  take: [40, 'lock'],
  take_within: [14, 'limit', 'lock'],
  try_take: [12, 'lock'],
  give: [30, 'lock'],
  destroy: [4, 'any_lock'],
  renew_lock: [6, 'lock', 'number'],
  clear: [4],
  add: [12, 'delta'],
  wait_signal: [8, 'mutex'],
  signal: [14],
  broadcast: [6],
  once: [40, 'body'],
};

/** The number of each operation. */
export const codes = Object.fromEntries(Object.keys(table).map((name, code) => [name, code]));
export const names = Object.keys(table);

/** Which operations a program is made of, and which locks it uses: a few, so that tasks meet there. @typedef {{ names: string[], locks: number[] }} Topic */

const ofChannels = names.slice(codes.send, codes.select);
const ofChoices = names.slice(codes.select, codes.take);
const ofLocks = names.slice(codes.take, codes.clear);
const basic = names.slice(0, codes.send);
/** What befalls those who wait. */
const few = ['pause', 'wait', 'spawn', 'schedule', 'resume', 'throw', 'cancel', 'kill', 'resolve', 'enter', 'shield', 'leave', 'cancel_scope', 'open', 'gather', 'defer', 'check', 'fail'];
const ofMutexes = [...ofLocks, 'wait_signal', 'signal', 'broadcast'];

/** A program in two is about tasks alone. @type {[weight: number, topic: Topic][]} */
const topics = [
  [10, { names: basic, locks: [] }],
  [3, { names: [...few, ...ofChannels, ...ofChoices], locks: [] }],
  [2, { names: [...few, ...ofMutexes], locks: [0, 0, 1] }],
  [1, { names: [...few, ...ofLocks], locks: [2, 3] }],
  [1, { names: [...few, ...ofLocks, 'clear', 'add'], locks: [4, 5, 6, 7] }],
  [1, { names: [...few, 'return', 'destroy', 'once'], locks: [] }],
  [1, { names: [...few, ...ofChoices, ...ofLocks], locks: [0, 2, 3, 4] }],
  [1, { names, locks: [0, 1, 2, 3, 4, 5, 6, 7] }],
];

/** Reading and writing one lock are not both cases of one choice. @param {Op} op */
const makesSense = ([name, ...args]) => !name.endsWith('select') || !(args.includes(LOCKS + 2) && args.includes(LOCKS + 3));

/** What a task chooses from. @param {Topic} topic */
function thing({ names, locks }) {
  const numbers = (/** @type {number} */ first, /** @type {number[]} */ of) => fc.constantFrom(...of).map((number) => first + number);
  return fc.oneof(
    ...(names.includes('send') ? [{ weight: 3, arbitrary: numbers(SENDS, [0, 1, 0, 1, 2]) }, { weight: 3, arbitrary: numbers(RECEIVES, [0, 1, 0, 1, 2]) }] : []),
    ...(locks.length ? [{ weight: 4, arbitrary: numbers(LOCKS, locks) }] : []),
    { weight: 1, arbitrary: numbers(FUTURES, [0, 1, 2]) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 3, 4, 11) },
    { weight: 2, arbitrary: numbers(TIMES, [1, 2, 3, 0]) },
    { weight: 1, arbitrary: numbers(GROUPS, [0, 1]) },
    { weight: 4, arbitrary: fc.constant(NOTHING) },
  );
}

/** @param {Topic} topic @param {(name: string) => boolean} [wanted] @returns {fc.Arbitrary<Op>} */
function operation(topic, wanted = () => true) {
  const choices = Object.entries(table).filter(([name]) => topic.names.includes(name) && wanted(name));
  const ofTopic = { ...kinds, thing: thing(topic), lock: topic.locks.length ? fc.constantFrom(...topic.locks) : kinds.lock };
  const kindOf = (/** @type {string} */ kind) => /** @type {Record<string, fc.Arbitrary<number>>} */ (ofTopic)[kind];
  return fc.oneof(...choices.map(([name, [weight, ...args]]) => ({
    weight,
    arbitrary: /** @type {fc.Arbitrary<Op>} */ (fc.tuple(fc.constant(name), ...args.map(kindOf))).filter(makesSense),
  })));
}

/** Outside of a task there is no body to end. @param {string} name */
const forHost = (name) => !['check', 'return', 'fail'].includes(name);

/** @param {Topic} topic @param {number} maxLength @param {(name: string) => boolean} [wanted] */
const some = (topic, maxLength, wanted) => fc.array(operation(topic, wanted), { maxLength, size: 'max' });

/** Something that is begun and ended, and a few operations between. @param {Topic} topic @param {string} begin @param {string} end @param {(name: string) => boolean} [wanted] */
const around = (topic, begin, end, wanted) => fc.tuple(operation(topic, (name) => name === begin), some(topic, 4, wanted), operation(topic, (name) => name === end)).map(([first, ops, last]) => [first, ...ops, last]);

/** A lock is taken and given back, and maybe a condition waited for meanwhile. @param {Topic} topic */
const locked = (topic) => fc.tuple(fc.constantFrom(...topic.locks), some(topic, 3), fc.boolean()).map(([lock, ops, waits]) => {
  const wait = waits && lock < 2 && topic.names.includes('wait_signal') ? ['wait_signal', lock] : ['pause', 0];
  return /** @type {Op[]} */ ([['take', lock], wait, ...ops, ['give', lock]]);
});

/** A lock is made new while somebody who was resumed is about to wait for it again. @param {Topic} topic */
const renewed = (topic) => fc.tuple(kinds.task, kinds.value, fc.constantFrom(...topic.locks)).map(([task, value, lock]) => /** @type {Op[]} */ ([['resume', task, value], ['give', lock], ['destroy', lock]]));

const spawnsMostly = (/** @type {string} */ name) => ['spawn', 'pause', 'cancel', 'wait'].includes(name);

/** Programs are mostly well-formed: what is entered is left, what is locked is unlocked, and groups have children. @param {Topic} topic */
const fragment = (topic) => fc.oneof(
  { weight: 14, arbitrary: some(topic, 3) },
  { weight: 1, arbitrary: around(topic, 'enter', 'leave') },
  { weight: 1, arbitrary: around(topic, 'shield', 'leave') },
  { weight: 2, arbitrary: around(topic, 'open', 'gather', spawnsMostly) },
  ...(topic.locks.length ? [{ weight: 6, arbitrary: locked(topic) }, { weight: 1, arbitrary: renewed(topic) }] : []),
);

/** @param {Topic} topic @param {number} maxLength */
const body = (topic, maxLength) => fc.array(fragment(topic), { maxLength, size: 'max' }).map((fragments) => fragments.flat());

/** Most of the first bodies spawn first, so that there is somebody to act on. @param {Topic} topic */
const first = (topic) => fc.tuple(some(topic, 4, (name) => name === 'spawn'), body(topic, 5)).map(([spawns, rest]) => [...spawns, ...rest]);

/** @param {Topic} topic @returns {fc.Arbitrary<Program>} */
const programsAbout = (topic) => fc.record({
  bodies: fc.tuple(first(topic), ...Array.from({ length: LIMITS.bodies - 1 }, () => body(topic, 4))),
  host: some(topic, 4, forHost),
}, { noNullPrototype: true });

export const programs = fc.oneof(...topics.map(([weight, topic]) => ({ weight, arbitrary: programsAbout(topic) })));

/** An operation's own, and its arguments. */
const NUMBERS = 6;

/**
 * What interpreter.c reads: for each body, the host's last, how many operations it has, and NUMBERS for each of them.
 *
 * @param {Program} program
 */
export function encode({ bodies, host }) {
  const lists = [...bodies, host];
  return Int16Array.from(lists.flatMap((ops) => [ops.length, ...ops.flatMap(([name, ...args]) => [codes[name], ...Array.from({ length: NUMBERS - 1 }, (_, i) => args[i] ?? 0)])]));
}

/** A program as one reads it. @param {Program} program */
export function print({ bodies, host }) {
  const lists = [...bodies.map((ops, number) => /** @type {const} */ ([`body ${number}`, ops])), /** @type {const} */ (['host', host])];
  return lists.filter(([, ops]) => ops.length).map(([name, ops]) => `${name}: ${ops.map(printOp).join('; ')}`).join('\n');
}

/** @param {Op} op */
function printOp([name, ...args]) {
  const [, ...argKinds] = table[name];
  return [name, ...args.map((arg, i) => printed[argKinds[i]]?.(arg) ?? arg)].filter((word) => word !== '').join(' ');
}

/** @type {Record<string, (arg: number) => string>} */
const printed = {
  task: (arg) => `t${arg}`,
  body: (arg) => `body ${arg}`,
  future: (arg) => `f${arg}`,
  item: (arg) => printThing(arg),
  thing: (arg) => (arg === NOTHING ? '' : `[${printThing(arg)}]`),
  channel: (arg) => `c${arg}`,
  capacity: (arg) => `of ${arg}`,
  mutex: (arg) => locks[arg],
  lock: (arg) => locks[arg],
  any_lock: (arg) => locks[arg],
  losers: (arg) => (arg ? 'cancel losers' : ''),
  result: (arg) => (arg === NONE ? '' : `f${arg}`),
  group: (arg) => `g${arg}`,
  parent: (arg) => ({ [NONE]: '', [OWN]: 'in own group' })[arg] ?? `in g${arg}`,
  timeout: (arg) => (arg ? `timeout ${arg}s` : ''),
  scope: (arg) => `s${arg}`,
  seconds: (arg) => `${arg}s`,
  limit: (arg) => (arg === FOREVER ? 'forever' : `${arg}s`),
};

/** @param {number} arg */
function printThing(arg) {
  if (arg >= LOCKS) return locks[arg - LOCKS];
  if (arg >= GROUPS) return `g${arg - GROUPS}`;
  if (arg >= TIMES) return `${arg - TIMES}s`;
  if (arg >= RECEIVES) return `receive c${arg - RECEIVES}`;
  if (arg >= SENDS) return `send c${arg - SENDS}`;
  return arg >= FUTURES ? `f${arg - FUTURES}` : `t${arg}`;
}
