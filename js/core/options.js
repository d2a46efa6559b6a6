/** Validation of the options of `load` and `spawn`. */
import { wrong } from '../marshal/check.js';
import { STACK_MIN } from '../marshal/protocol.js';

/** @import { SpawnOptions } from '../lull.js' */

/**
 * @param {string} where
 * @param {string} name
 * @param {boolean} right
 * @param {string} wanted
 * @param {unknown} value
 */
export function checkOption(where, name, right, wanted, value) {
  if (value !== undefined && !right) throw wrong(`${where}: option '${name}'`, wanted, value);
}

/**
 * @param {string} where
 * @param {any} value bytes of stack; undefined for the default
 */
export function checkStackSize(where, value) {
  const right = Number.isInteger(value) && value >= STACK_MIN && value < 2 ** 31;
  checkOption(where, 'stackSize', right, `at least ${STACK_MIN} bytes`, value);
}

/**
 * @param {string} where
 * @param {SpawnOptions} options
 */
export function checkSpawnOptions(where, { delay, timeout, stackSize, name, signal }) {
  for (const [option, time] of Object.entries({ delay, timeout })) {
    checkOption(where, option, typeof time === 'number' && time >= 0, 'milliseconds, not negative', time);
  }
  checkStackSize(where, stackSize);
  checkOption(where, 'name', typeof name === 'string', 'a string', name);
  checkSignal(where, signal);
}

/**
 * @param {string} where
 * @param {any} signal undefined for none
 */
export function checkSignal(where, signal) {
  const right = typeof signal?.addEventListener === 'function' && typeof signal.removeEventListener === 'function';
  checkOption(where, 'signal', right, 'an AbortSignal', signal);
}
