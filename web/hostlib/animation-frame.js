/** The host functions of src/include/lull_frame.h: the animation frames of a page. See D42. */
import { hostClock } from '../../js/core/clock.js';

/** In place of frames, which some workers do not have. */
const every = (/** @type {(time: number) => void} */ run) => setTimeout(run, 1000 / 60);

export function frames() {
  return {
    /**
     * A thenable, and no promise: what it wakes then runs in the frame's own turn of the event loop, before the page
     * is drawn. A frame is a turn of its own, so what wants to run in another one has it already.
     *
     * @returns {PromiseLike<void>}
     */
    lull_next_frame: () => /** @type {any} */ ({
      then(/** @type {() => void} */ resolve) {
        (globalThis.requestAnimationFrame ?? every)(() => {
          const { later } = hostClock;
          hostClock.later = hostClock.soon;
          try {
            resolve();
          } finally {
            hostClock.later = later;
          }
        });
      },
    }),
  };
}
