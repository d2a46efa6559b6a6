/*
 * HTTP requests, made by the host's `fetch`. JavaScript gives the functions: `fetcher()` of lull/host; `lull run`
 * passes it by itself. Those that suspend can be cancelled and timed out; that aborts the request.
 *
 * Errors: LULL_EFAILED, with the host's message, in lull_last_error. A status like 404 is no error.
 *
 *     int page;
 *     lull_check(lull_fetch("GET", "https://example.org", NULL, (lull_bytes){0}, &page));
 */
#ifndef LULL_FETCH_H
#define LULL_FETCH_H

#include "lull.h"

/*
 * Make a request, and wait for the head of the response. `headers`: lines as "accept: text/plain\n", or NULL for none.
 * `body`: what to send; a NULL pointer for nothing. *result is a descriptor of the response, to be given to
 * lull_fetch_close.
 */
LULL_HOST(int, lull_fetch, (const char *, method), (const char *, url), (const char *, headers), (lull_bytes, body))

/* The status of a response, as 200. Does not suspend. */
LULL_HOST(int, lull_fetch_status, (int, response))

/* A header of a response, "" where it has none of that name. To be freed. Does not suspend. */
LULL_HOST(char *, lull_fetch_header, (int, response), (const char *, name))

/*
 * Read the part of the body that has arrived, or wait for some: from 1 to `most` bytes, which is not 0. Length 0: the
 * end. *result->data is to be freed. What a cancelled call would have got, the next one gets.
 */
LULL_HOST(lull_bytes, lull_fetch_read, (int, response), (size_t, most))

LULL_HOST(void, lull_fetch__close, (int, response))

/*
 * Drop a response. The rest of it is not transferred; its waiters get LULL_ECLOSED. Works in a cancelled task, too.
 */
LULL_NODISCARD static inline int lull_fetch_close(int response)
{
    lull_scope shield;
    int status = lull_scope_enter_shielded(&shield, 5);
    if (status < 0) return status;
    status = lull_fetch__close(response);
    return lull_scope_exit(&shield, status);
}

#endif
