/** The deadlock report: the graph of waits and holders, and the circles in it. */
import { LullError } from '../marshal/errors.js';
import { listTasks } from '../core/inspect.js';
import { MAILBOX_CURSOR, TASK_YIELDABLE, YIELDABLE_NAME } from '../marshal/protocol.js';
import { EDEADLOCK } from '../marshal/status.js';
import { WAITS } from './waits.js';

/** @import { Instance } from '../core/instance.js' */
/** @import { TaskWait, Wait } from '../lull.js' */

/** The most that the text names; the error's `waits` has all. */
const TASKS = 20;
const HOLDERS = 5;
const CASES = 5;
const CIRCLES = 3;

/**
 * @param {Instance} instance whose tasks can never run again
 * @returns {LullError}
 */
export function deadlock(instance) {
  const waits = listWaits(instance);
  return Object.assign(new LullError(EDEADLOCK, textOf(waits)), { waits });
}

/* ---- The waits ---- */

/**
 * @param {Instance} instance
 * @returns {TaskWait[]}
 */
function listWaits(instance) {
  const tasks = listTasks(instance);
  const known = new Map(tasks.map(({ id, name }) => [id, { id, name }]));
  let index = 0;
  return tasks.map(({ id, name, waitingOn }) => {
    index = instance.exports.lull_next_task(index); // in the order of the list
    const yieldable = instance.memory.number(TASK_YIELDABLE);
    return { id, name, ...waitFor(yieldable, waitingOn, known, instance) };
  });
}

/**
 * @param {number} yieldable NULL for none
 * @param {string | null} waitingOn
 * @param {Map<number, { id: number, name: string }>} known the tasks
 * @param {Instance} instance
 * @returns {Wait}
 */
function waitFor(yieldable, waitingOn, known, instance) {
  const { exports, memory } = instance;
  const ids = new Set();
  const parts = [];
  memory.u32[(memory.mailbox >>> 2) + MAILBOX_CURSOR] = 0;
  for (let found; yieldable && (found = exports.lull_next_holder(yieldable)) !== 0;) {
    if (found > 0) ids.add(found);
    else parts.push(-found);
  }
  const cases = parts.map((part) => {
    const name = memory.text(memory.word(part, YIELDABLE_NAME)) ?? 'yieldable';
    return waitFor(part, name, known, instance);
  });
  for (const { holders } of cases) for (const { id } of holders) ids.add(id);
  const holders = [...ids].map((id) => /** @type {{ id: number, name: string }} */ (known.get(id)));
  return { waitingOn, holders, ...(cases.length && { cases }) };
}

/* ---- Circles ---- */

/**
 * The circles: tasks each of which waits for the next one, and the last for the first. No task is in two of them.
 *
 * @param {readonly TaskWait[]} waits
 * @returns {TaskWait[][]}
 */
function findCircles(waits) {
  const byId = new Map(waits.map((wait) => [wait.id, wait]));
  const seen = new Set();
  const circled = new Set();
  /** @type {TaskWait[][]} */
  const circles = [];
  for (const start of waits) {
    /** @type {{ wait: TaskWait, next: number }[]} from the start, by its holder, by that one's holder, … */
    const path = [];
    /** @type {Map<number, number>} */
    const places = new Map();
    const enter = (/** @type {number} */ id) => {
      seen.add(id);
      places.set(id, path.length);
      path.push({ wait: /** @type {TaskWait} */ (byId.get(id)), next: 0 });
    };
    if (!seen.has(start.id)) enter(start.id);
    for (let top; (top = path.at(-1));) { // not by recursion: a path can be longer than JavaScript's stack is deep
      const { id, holders } = top.wait;
      const holder = holders[top.next++]?.id;
      const place = places.get(holder);
      if (holder === undefined) {
        path.pop();
        places.delete(id);
      } else if (!seen.has(holder)) {
        enter(holder);
      } else if (place !== undefined && !circled.has(holder) && !circled.has(id)) {
        const circle = path.slice(place).map(({ wait }) => wait);
        for (const member of circle) circled.add(member.id);
        circles.push(circle);
      }
    }
  }
  return circles;
}

/* ---- The text ---- */

/** @param {readonly TaskWait[]} waits */
function textOf(waits) {
  const circles = findCircles(waits);
  const circled = new Set(circles.flat());
  const most = waits.length > TASKS
    ? [...waits].sort((a, b) => Number(circled.has(b)) - Number(circled.has(a)) || a.id - b.id)
    : waits;
  return [
    `deadlock: ${waits.length === 1 ? '1 task waits' : `${waits.length} tasks wait`}, `
      + 'and nothing can run again unless JavaScript calls the program',
    ...some(most, TASKS, (wait) => `task ${nameOf(wait)} waits ${thingOf(wait)}`),
    ...some(circles, CIRCLES, (circle) => `in a circle: ${some([...circle, circle[0]], TASKS, nameOf).join(' -> ')}`),
  ].join('\n  ');
}

/** @param {Wait} wait */
function thingOf(wait) {
  return wait.waitingOn === null ? 'to be resumed' : `for ${describe(wait)}`;
}

/**
 * @param {Wait} wait
 * @returns {string}
 */
function describe({ waitingOn, holders, cases }) {
  const what = String(waitingOn);
  if (cases) return `${what}: ${some(cases, CASES, describe).join('; ')}`;
  const [text, held] = Object.hasOwn(WAITS, what) ? WAITS[what] : ['', ''];
  const thing = text || what;
  if (!holders.length) return thing;
  const tasks = some(holders, HOLDERS, (task) => `task ${nameOf(task)}`).join(', ');
  return held ? held.replace('%', () => tasks) : `${thing}, held by ${tasks}`;
}

/** @param {{ id: number, name: string }} task */
function nameOf({ id, name }) {
  const quoted = JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `${id} '${quoted}'`;
}

/**
 * The texts of the first items, and the number of the others.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {number} limit
 * @param {(item: T) => string} text
 */
function some(items, limit, text) {
  const texts = items.slice(0, limit).map(text);
  return items.length > limit ? [...texts, `... and ${items.length - limit} more`] : texts;
}
