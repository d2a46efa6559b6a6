/** The tasks of an instance, as a list. See D16, D34. */
import {
  INDEX_BITS, STATES, TASK_ID, TASK_NAME, TASK_PARENT, TASK_SLICES, TASK_STACK_SIZE, TASK_STATE, TASK_WAITING_ON,
} from '../marshal/protocol.js';

/** @import { Instance } from './instance.js' */
/** @import { Memory } from '../marshal/memory.js' */
/** @import { TaskInfo } from '../lull.js' */

/**
 * The tasks that have not ended.
 *
 * @param {Instance} instance
 * @returns {TaskInfo[]}
 */
export function listTasks({ exports, memory }) {
  /** @type {TaskInfo[]} */
  const tasks = [];
  for (let index = 0; (index = exports.lull_next_task(index));) tasks.push(describedTask(memory));
  return tasks;
}

/**
 * The task at the index of a handle, if there is one. It may be another task by now.
 *
 * @param {Instance} instance
 * @param {number} handle
 * @returns {TaskInfo | undefined}
 */
export function taskAt({ exports, memory }, handle) {
  const index = handle % 2 ** INDEX_BITS;
  return exports.lull_next_task(index - 1) === index ? describedTask(memory) : undefined;
}

/**
 * The task described in the mailbox.
 *
 * @param {Memory} memory
 * @returns {TaskInfo}
 */
export function describedTask(memory) {
  const status = STATES[memory.number(TASK_STATE)];
  return {
    id: memory.number(TASK_ID),
    name: memory.text(memory.number(TASK_NAME)) ?? '',
    parent: memory.number(TASK_PARENT) || null,
    status,
    waitingOn: status === 'waiting' ? memory.text(memory.number(TASK_WAITING_ON)) : null,
    slices: memory.number(TASK_SLICES),
    stackBytes: memory.number(TASK_STACK_SIZE),
  };
}
