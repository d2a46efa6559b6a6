/*
 * Events of a page, taken one after the other as from a channel. JavaScript gives the functions: `dom()` of
 * lull/host/web. Errors: LULL_EFAILED, with JavaScript's message, in lull_last_error.
 *
 *     int clicks;
 *     lull_check(lull_dom_listen("#stop", "click", 1, &clicks));
 *     for (;;) {
 *         lull_ref event;
 *         lull_check(lull_dom_next(clicks, &event));
 *         …
 *         lull_ref_release(event);
 *     }
 */
#ifndef LULL_DOM_H
#define LULL_DOM_H

#include "lull.h"

/*
 * Listen to the events of a type: of the first element that fits a CSS selector, or of "window" or "document". Up to
 * `most` of them are kept until they are asked for; of more, the oldest are dropped. *result is a descriptor, to be
 * given to lull_dom_close. LULL_EFAILED where there is no such element. Does not suspend.
 */
LULL_HOST(int, lull_dom_listen, (const char *, target), (const char *, type), (int, most))

/*
 * Take the next event, or wait for it. *result is to be given to lull_ref_release. An event that comes after a cancelled
 * call is for the next one. LULL_ECLOSED where the listener is closed meanwhile. May suspend.
 */
LULL_HOST(lull_ref, lull_dom_next, (int, listener))

/*
 * A member of an event, as "clientX", "key" or "target.value": as a number, NaN where it is none; as text, to be freed,
 * empty where there is none. Does not suspend.
 */
LULL_HOST(double, lull_dom_number, (lull_ref, event), (const char *, member))
LULL_HOST(char *, lull_dom_text, (lull_ref, event), (const char *, member))

/* Listen no longer. Who waits for an event gets LULL_ECLOSED. Does not suspend. */
LULL_HOST(void, lull_dom_close, (int, listener))

#endif
