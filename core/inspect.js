/** The tasks of an instance, as a list. */

/** @import { Instance } from './instance.js' */
/** @import { Memory } from './memory.js' */
/** @import { Status, TaskInfo } from './lull.js' */

/** @type {readonly Status[]} in the order of lull__state in src/kernel.h */
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

/**
 * The task that is described at the exchange.
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
