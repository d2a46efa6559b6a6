/** What the tests of the wasm build use of Node's globals. lull itself, which looks for it, must not find it. */
import { hostClock } from '../../../js/core/clock.js';

/** In turns with lull's own turns, as in Node: a browser promises no order between two channels of messages. */
export const setImmediate = (run) => hostClock.later(run);
