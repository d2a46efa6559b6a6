/*
 * Animation frames: a task waits until the page is about to be redrawn. JavaScript gives the function: `frames()` of
 * lull/host/web.
 *
 * All waiters share a frame: the host is asked once, however many tasks wait.
 */
#ifndef LULL_FRAME_H
#define LULL_FRAME_H

#include "lull.h"

#ifdef __cplusplus
extern "C" {
#endif

/* JavaScript's part of lull_frame, which alone calls this: resolved at the next frame. */
LULL_HOST(void, lull_next_frame)

/*
 * Wait until the next animation frame of the page: after its input events, just before it is drawn. All waiters are
 * woken together, and run in the order in which they began to wait. lull_now is the time of the frame.
 *
 * A hidden page has no frames until it is visible again; lull_with_timeout limits the wait. Where the host has no
 * frames at all, one is a sixtieth of a second.
 *
 * May suspend. Returns 0; LULL_EFAILED where the host function fails, with its error in lull_last_error; LULL_ENOMEM;
 * else as lull_yield_to.
 */
LULL_NODISCARD int lull_frame(void);

/* The next frame as a yieldable, for lull_with_timeout; it is requested at once. NULL where there is no memory. */
lull_yieldable *lull_frame_yieldable(void);

#ifdef __cplusplus
}
#endif

#endif
