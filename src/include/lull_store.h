/*
 * Blocks of bytes that outlive the page, by name: in the browser's IndexedDB. JavaScript gives the functions: `store()`
 * of lull/host/web. Each suspends, and can be cancelled and timed out; a change that is cancelled is not made, unless
 * it was complete already. Errors: LULL_EFAILED, with the browser's message, in lull_last_error.
 *
 * A store is made by its first use. Names are any text.
 */
#ifndef LULL_STORE_H
#define LULL_STORE_H

#include "lull.h"

/* Get a block. *result->data is to be freed; length 0 and a NULL pointer for a name that has none. */
LULL_HOST(lull_bytes, lull_store_get, (const char *, store), (const char *, name))

/* Store a block, in place of one of the same name. Returns when it is stored. */
LULL_HOST(void, lull_store_put, (const char *, store), (const char *, name), (lull_bytes, block))

/* Remove a block, if there is one of that name. */
LULL_HOST(void, lull_store_remove, (const char *, store), (const char *, name))

#endif
