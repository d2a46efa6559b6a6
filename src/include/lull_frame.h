/*
 * Frames: a task waits until the page is drawn anew. JavaScript gives the function: `frames()` of lull/host/web.
 *
 * A frame is one for all: however many tasks wait for it, the host is asked once and tells once.
 */
#ifndef LULL_FRAME_H
#define LULL_FRAME_H

#include "lull.h"

/* What lull_frame asks of JavaScript: resolved when the next frame comes. For lull_frame to call. */
LULL_HOST(void, lull_next_frame)

/*
 * Wait until the next animation frame of the page: just before it is drawn, after its input events. All who wait are
 * woken together, and run in the order in which they began to. lull_now says when that is.
 *
 * A page that nobody sees has no frames, until it is seen again; lull_with_timeout limits the wait. Where the host has
 * no frames at all, one is a sixtieth of a second.
 *
 * May suspend. Returns 0; LULL_EFAILED where the host function fails, with its error in lull_last_error; LULL_ENOMEM;
 * else as lull_yield_to.
 */
LULL_NODISCARD int lull_frame(void);

/* The next frame as a yieldable, for lull_with_timeout: asks for it already. NULL where there is no memory. */
lull_yieldable *lull_frame_yieldable(void);

#endif
