/** Signals that the user's program sends to C. See D115. */
import { SIGNALS } from './signal-names.js';

/** @import { Instance } from '../core/instance.js' */
/** @import { PosixOptions } from '../lull.js' */

/**
 * @param {Instance} instance started
 * @param {PosixOptions['signals']} follow the option
 * @returns {void | (() => void)} to be called at the end
 */
export function followSignals(instance, follow) {
  const { lull_signaled: signaled, lull_signal_awaited: isAwaited } = instance.exports;
  if (!signaled) return undefined; // C neither handles signals nor waits for any
  signaled(SIGNALS.length);
  const isStuck = instance.isStuck.bind(instance);
  instance.isStuck = () => isStuck() && !isAwaited();
  return follow?.((signal) => {
    const place = SIGNALS.indexOf(signal);
    return place >= 0 && !instance.ended && signaled(place) !== 0;
  });
}
