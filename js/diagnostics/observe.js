/** Observers: notified of what happens to tasks, for tracers and inspectors. */
import { noSuch, wrong } from '../marshal/check.js';
import { describedTask } from '../core/inspect.js';
import { memberOf } from '../marshal/own.js';
import { EVENT_AFTER_SLICE, EVENT_BEFORE_SLICE, EVENT_TASK_ENDED, EVENTS } from '../marshal/protocol.js';
import { ECANCELED } from '../marshal/status.js';

/** @import { Instance } from '../core/instance.js' */
/** @import { Observer, TaskInfo } from '../lull.js' */

/**
 * The observations of each instance: an observer may have several.
 *
 * @type {WeakMap<Instance, Set<{ observer: Observer }>>}
 */
const observed = new WeakMap();

/**
 * @param {Instance} instance
 * @param {Observer} observer
 * @returns {() => void} ends the observation
 */
export function observe(instance, observer) {
  check(observer);
  const observers = observed.get(instance) ?? new Set();
  observed.set(instance, observers);
  const observation = { observer };
  observers.add(observation);
  instance.observer ??= notifier(instance, observers);
  instance.exports.lull_observe(1);
  return () => {
    observers.delete(observation);
    if (observers.size === 0) instance.exports.lull_observe(0);
  };
}

/** @param {any} observer */
function check(observer) {
  if (typeof observer !== 'object' || !observer) throw wrong('observe(observer): the observer', 'an object', observer);
  for (const [name, hook] of Object.entries(observer)) {
    if (!EVENTS.some((event) => event === name)) {
      throw noSuch('an observer', 'function', name, EVENTS);
    }
    if (typeof hook !== 'function') throw wrong(`observe(observer): '${name}'`, 'a function', hook);
  }
}

/**
 * @param {Instance} instance
 * @param {Set<{ observer: Observer }>} observers
 * @returns {(event: number, status: number) => void}
 */
function notifier(instance, observers) {
  /** @type {TaskInfo} */
  let running;
  return (event, status) => {
    // After its slice, a task that is gone is as its end was told.
    let info = event === EVENT_AFTER_SLICE && status ? running : describedTask(instance.memory);
    if (event === EVENT_TASK_ENDED) {
      info = { ...info, status: status === 0 ? 'done' : status === ECANCELED ? 'cancelled' : 'failed' };
    }
    if (event === EVENT_BEFORE_SLICE || info.id === running?.id) running = info;
    for (const { observer } of [...observers]) {
      try {
        memberOf(observer, EVENTS[event])?.call(observer, info);
      } catch (error) {
        instance.report(error); // C is on the stack: nothing may be thrown through it
      }
    }
  };
}
