/** The tasks of an instance, as a list. */

/** @import { Instance } from './instance.js' */
/** @import { Memory } from '../marshal/memory.js' */
/** @import { Status, TaskInfo } from '../lull.js' */

/** @type {readonly Status[]} in the order of lull__state in src/sched/kernel.h */
const STATES = ['ready', 'ready', 'waiting', 'done', 'running'];

/**
 * The tasks that have not ended.
 *
 * @param {Instance} instance
 * @returns {TaskInfo[]}
 */
export function listTasks({ exports, memory }) {
  /** @type {TaskInfo[]} */
  const tasks = [];
  for (let index = 0; (index = exports.lull_next_task(index)) !== 0;) tasks.push(describedTask(memory));
  return tasks;
}

/** A handle's index of its slot is its lower 24 bits: see LULL__INDEX_BITS in src/sched/kernel.h. */
const INDEXES = 2 ** 24;

/**
 * What a task is at, if what its handle leads to is a task still: maybe another one by now.
 *
 * @param {Instance} instance
 * @param {number} handle
 * @returns {TaskInfo | undefined}
 */
export function taskAt({ exports, memory }, handle) {
  const index = handle % INDEXES;
  return exports.lull_next_task(index - 1) === index ? describedTask(memory) : undefined;
}

/**
 * The task that is described in the mailbox.
 *
 * @param {Memory} memory
 * @returns {TaskInfo}
 */
export function describedTask(memory) {
  const [id, parent, state, slices, stackBytes, name, waitingOn] = memory.numbers;
  return {
    id,
    name: memory.text(name) ?? '',
    parent: parent || null,
    status: STATES[state],
    waitingOn: STATES[state] === 'waiting' ? memory.text(waitingOn) : null,
    slices,
    stackBytes,
  };
}
