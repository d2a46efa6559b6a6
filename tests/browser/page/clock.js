/** In place of node/clock.js: timers of pages keep nothing alive. */
export { hostClock as unrefClock } from '../../../js/core/clock.js';
