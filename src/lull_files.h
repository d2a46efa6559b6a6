/*
 * Files of the host, read and written while other tasks run. JavaScript gives the functions: `files()` of lull/host;
 * `lull run` passes it by itself. Each suspends, and can be cancelled and timed out.
 *
 * Errors: LULL_EFAILED, with the system's message, as "ENOENT: no such file or directory, open 'x'", in
 * lull_last_error.
 */
#ifndef LULL_FILES_H
#define LULL_FILES_H

#include "lull.h"

/* Open a file: `mode` as fopen's ("r", "w", "a", "r+", …). *result is a descriptor, to be given to lull_file_close. */
LULL_HOST(int, lull_file_open, (const char *, path), (const char *, mode))

/* Read up to `most` bytes from where the last read or write ended. Length 0: the end. *result->data is to be freed. */
LULL_HOST(lull_bytes, lull_file_read, (int, file), (size_t, most))

/* Write all of the bytes where the last read or write ended. */
LULL_HOST(void, lull_file_write, (int, file), (lull_bytes, bytes))

/* Close a file. The descriptor is then free for another. */
LULL_HOST(void, lull_file_close, (int, file))

#endif
