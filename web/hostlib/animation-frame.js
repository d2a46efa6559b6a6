/** The host functions of src/include/lull_frame.h: the animation frames of a page. See D42. */
import { tableOf } from '../../js/hostlib/descriptors.js';

/** @import { HostContext } from '../../js/lull.js' */

/** In place of frames, which some workers do not have. */
const every = (/** @type {(time: number) => void} */ run) => setTimeout(run, 1000 / 60);

export function frames(/** @type {unknown[]} */ ...given) {
  tableOf('frames', given);
  return {
    /**
     * A thenable instead of a promise: the tasks then run in the frame's own turn of the event loop, before the page is
     * drawn.
     *
     * @this {HostContext}
     * @returns {PromiseLike<void>}
     */
    lull_next_frame() {
      return /** @type {any} */ ({
        then: (/** @type {() => void} */ resolve) => {
          (globalThis.requestAnimationFrame ?? every)(() => {
            this.runInThisTurn();
            resolve();
          });
        },
      });
    },
  };
}
