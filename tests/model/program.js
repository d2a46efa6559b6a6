/**
 * Programs, as data: what both the model and the runtime execute. A program is a few bodies, each a list of operations, and
 * a list that the host executes. Tasks, futures and scopes are meant by number, so that any task can reach any other.
 */
import fc from 'fast-check';
import { ECANCELED, ECLOSED, EFAILED, ETIMEDOUT } from '../../core/status.js';

/** An operation and its arguments. @typedef {[name: string, ...args: number[]]} Op */

/** @typedef {{ bodies: Op[][], host: Op[] }} Program the first body is the first task's */

/** How many there may be of each: what would be one more is left out. interpreter.c knows the same. */
export const LIMITS = { bodies: 4, tasks: 12, defers: 10, futures: 3, scopes: 16, groups: 8 };

/** No future, no group: a number that there never is. */
export const NONE = 9;

/** The innermost group that was opened in the same body. */
export const OWN = -1;

/** The number from which on items are futures; below they are tasks. */
export const FUTURES = 20;

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
};

/**
 * The operations: how often each is chosen, relative to the others, and its arguments. interpreter.c has them in this order.
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
};

/** The number of each operation. */
export const codes = Object.fromEntries(Object.keys(table).map((name, code) => [name, code]));
export const names = Object.keys(table);

/** @param {(name: string) => boolean} [wanted] @returns {fc.Arbitrary<Op>} */
function operation(wanted = () => true) {
  const choices = Object.entries(table).filter(([name]) => wanted(name));
  return fc.oneof(...choices.map(([name, [weight, ...args]]) => ({
    weight,
    arbitrary: /** @type {fc.Arbitrary<Op>} */ (fc.tuple(fc.constant(name), ...args.map((kind) => kinds[kind]))),
  })));
}

/** Outside of a task there is no body to end. @param {string} name */
const forHost = (name) => !['check', 'return', 'fail'].includes(name);

/** @param {number} maxLength @param {(name: string) => boolean} [wanted] */
const some = (maxLength, wanted) => fc.array(operation(wanted), { maxLength, size: 'max' });

/** Something that is begun and ended, and a few operations between. @param {string} begin @param {string} end @param {(name: string) => boolean} [wanted] */
const around = (begin, end, wanted) => fc.tuple(operation((name) => name === begin), some(4, wanted), operation((name) => name === end)).map(([first, ops, last]) => [first, ...ops, last]);

const spawnsMostly = (/** @type {string} */ name) => ['spawn', 'pause', 'cancel', 'wait'].includes(name);

/** Programs are mostly well-formed: what is entered is left, and groups have children. */
const fragment = fc.oneof(
  { weight: 14, arbitrary: some(3) },
  { weight: 1, arbitrary: around('enter', 'leave') },
  { weight: 1, arbitrary: around('shield', 'leave') },
  { weight: 2, arbitrary: around('open', 'gather', spawnsMostly) },
);

/** @param {number} maxLength */
const body = (maxLength) => fc.array(fragment, { maxLength, size: 'max' }).map((fragments) => fragments.flat());

/** Most of the first bodies spawn first, so that there is somebody to act on. */
const first = fc.tuple(some(4, (name) => name === 'spawn'), body(5)).map(([spawns, rest]) => [...spawns, ...rest]);

/** @type {fc.Arbitrary<Program>} */
export const programs = fc.record({
  bodies: fc.tuple(first, ...Array.from({ length: LIMITS.bodies - 1 }, () => body(4))),
  host: some(4, forHost),
}, { noNullPrototype: true });

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
  item: (arg) => (arg < FUTURES ? `t${arg}` : `f${arg - FUTURES}`),
  losers: (arg) => (arg ? 'cancel losers' : ''),
  result: (arg) => (arg === NONE ? '' : `f${arg}`),
  group: (arg) => `g${arg}`,
  parent: (arg) => ({ [NONE]: '', [OWN]: 'in own group' })[arg] ?? `in g${arg}`,
  timeout: (arg) => (arg ? `timeout ${arg}s` : ''),
  scope: (arg) => `s${arg}`,
  seconds: (arg) => `${arg}s`,
  limit: (arg) => (arg === FOREVER ? 'forever' : `${arg}s`),
};
