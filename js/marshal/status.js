// The statuses, made from src/include/lull_protocol.h by scripts/generate-protocol.js.

export const ECANCELED = -1;
export const ETIMEDOUT = -2;
export const EFAILED = -3;
export const ETRAP = -4;
export const ESTACK = -5;
export const ENOMEM = -6;
export const EDEADLOCK = -7;
export const ECLOSED = -8;
export const EABI = -9;
export const ESRCH = -10;
export const EINVAL = -11;
export const ENOSUSPEND = -12;
export const EBUSY = -13;
export const EKILLED = -14;
export const EOVERRUN = -15;

/**
 * @typedef {'ERR_LULL_CANCELED'
 *   | 'ERR_LULL_TIMEDOUT'
 *   | 'ERR_LULL_FAILED'
 *   | 'ERR_LULL_TRAP'
 *   | 'ERR_LULL_STACK'
 *   | 'ERR_LULL_NOMEM'
 *   | 'ERR_LULL_DEADLOCK'
 *   | 'ERR_LULL_CLOSED'
 *   | 'ERR_LULL_ABI'
 *   | 'ERR_LULL_SRCH'
 *   | 'ERR_LULL_INVAL'
 *   | 'ERR_LULL_NOSUSPEND'
 *   | 'ERR_LULL_BUSY'
 *   | 'ERR_LULL_KILLED'
 *   | 'ERR_LULL_OVERRUN'} ErrorCode
 */

/** @type {ReadonlyArray<readonly [code: ErrorCode, text: string]>} from -1 down */
export const STATUSES = [
  ['ERR_LULL_CANCELED', 'canceled'],
  ['ERR_LULL_TIMEDOUT', 'timed out'],
  ['ERR_LULL_FAILED', 'failed'],
  ['ERR_LULL_TRAP', 'trapped'],
  ['ERR_LULL_STACK', 'stack overflow'],
  ['ERR_LULL_NOMEM', 'out of memory'],
  ['ERR_LULL_DEADLOCK', 'deadlock'],
  ['ERR_LULL_CLOSED', 'closed'],
  ['ERR_LULL_ABI', 'not a module of this version of lull'],
  ['ERR_LULL_SRCH', 'no such task, future or group'],
  ['ERR_LULL_INVAL', 'invalid argument'],
  ['ERR_LULL_NOSUSPEND', 'cannot suspend here'],
  ['ERR_LULL_BUSY', 'not in a state for that'],
  ['ERR_LULL_KILLED', 'killed'],
  ['ERR_LULL_OVERRUN', 'held the event loop for too long'],
];
