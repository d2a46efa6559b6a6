/*
 * The process's standard input, read while other tasks run. JavaScript gives the functions: `stdin()` of lull/host;
 * `lull run` passes it by itself. Each suspends, and can be cancelled and timed out: what a cancelled call would have
 * got, the next one gets. C's own stdin takes a part of the same input: use one or the other.
 *
 * Errors: LULL_EFAILED, with the system's message, in lull_last_error.
 */
#ifndef LULL_STDIN_H
#define LULL_STDIN_H

#include "lull.h"

/*
 * Read a line, with the '\n' at its end; without one, the last line, or `most` bytes of one that is longer. Length 0:
 * the end. There is a NUL behind the bytes. *result->data is to be freed.
 */
LULL_HOST(lull_bytes, lull_stdin_line, (size_t, most))

/*
 * Read the bytes that have arrived, or wait for some: 1 to `most`, which is not 0. Length 0: the end. As
 * lull_stdin_line.
 */
LULL_HOST(lull_bytes, lull_stdin_read, (size_t, most))

#endif
