/** Why a program is stuck. Apart, because a page whose programs are not does not load it. */
import { LullError } from './errors.js';
import { EDEADLOCK } from './status.js';

/** @import { TaskInfo } from './lull.js' */

/** @param {TaskInfo[]} tasks those that can never run again */
export function deadlock(tasks) {
  return new LullError(EDEADLOCK, `deadlock: ${tasks.map(describeWait).join('; ')}`);
}

/** @param {TaskInfo} task */
function describeWait({ id, name, waitingOn }) {
  return `task ${id} '${name}' waits ${waitingOn === null ? 'to be resumed' : `for ${waitingOn}`}`;
}
