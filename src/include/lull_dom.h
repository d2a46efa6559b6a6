/*
 * Events of a page, taken one at a time as from a channel. The host functions come from `dom()` of lull/host/web.
 * Errors: LULL_EFAILED, with JavaScript's message, in lull_last_error.
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
 * Listen to events of a type, on the first element that matches a CSS selector, or on "window" or "document". Up to
 * `most` events are buffered; after that, the oldest are dropped. *result is a descriptor, to be closed with
 * lull_dom_close. LULL_EFAILED if there is no such element. Does not suspend.
 */
LULL_HOST(int, lull_dom_listen, (const char *, target), (const char *, type), (int, most))

/*
 * Take the next event, or wait for it. Release *result with lull_ref_release. An event that comes after a cancelled
 * call goes to the next call. LULL_ECLOSED if the listener is closed meanwhile. May suspend.
 */
LULL_HOST(lull_ref, lull_dom_next, (int, listener))

/*
 * A member of an event, such as "clientX", "key" or "target.value": as a number, NaN if it is not one; or as text, to
 * be freed, empty if there is none. Does not suspend.
 */
LULL_HOST(double, lull_dom_number, (lull_ref, event), (const char *, member))
LULL_HOST(char *, lull_dom_text, (lull_ref, event), (const char *, member))

/* Stop listening. Pending lull_dom_next calls end with LULL_ECLOSED. Does not suspend. */
LULL_HOST(void, lull_dom_close, (int, listener))

#endif
