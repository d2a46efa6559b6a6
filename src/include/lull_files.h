/*
 * Files of the host, read and written while other tasks run. JavaScript gives the functions: `files()` of lull/host;
 * `lull run` passes it by itself. Each suspends, and can be cancelled and timed out. Paths are text, in UTF-8.
 *
 * Errors: LULL_EFAILED, with the system's message, as "ENOENT: no such file or directory, open 'x'", in
 * lull_last_error.
 *
 * A descriptor is a positive int. Files that are open at the app's end are closed with it.
 */
#ifndef LULL_FILES_H
#define LULL_FILES_H

#include "lull.h"
#include <stdlib.h>

/* Open a file: `mode` as fopen's ("r", "w", "a", "r+", …). *result is a descriptor, to be given to lull_file_close. */
LULL_HOST(int, lull_file_open, (const char *, path), (const char *, mode))

/*
 * Read up to `most` bytes, which is not 0, from where the last read or write ended. Length 0: the end. *result->data is
 * to be freed. What a cancelled read would have got, the next one gets.
 */
LULL_HOST(lull_bytes, lull_file_read, (int, file), (size_t, most))

/* Write all of the bytes where the last read or write ended. Cancelled, it may have written some of them. */
LULL_HOST(void, lull_file_write, (int, file), (lull_bytes, bytes))

LULL_HOST(void, lull_file__close, (int, file))

/*
 * Close a file. Pending reads get LULL_ECLOSED. Works in a cancelled task, too.
 */
LULL_NODISCARD static inline int lull_file_close(int file)
{
    lull_scope shield;
    int status = lull_scope_enter_shielded(&shield, 5);
    if (status < 0) return status;
    status = lull_file__close(file);
    return lull_scope_exit(&shield, status);
}

/* The kinds of files. */
enum lull_file_kind { LULL_FILE_OTHER, LULL_FILE_REGULAR, LULL_FILE_DIRECTORY };

typedef struct lull_file_info {
    double size;     /* bytes */
    double modified; /* seconds since 1970 */
    int32_t kind;    /* enum lull_file_kind */
    int32_t mode;    /* permissions, as chmod's */
} lull_file_info;

LULL_HOST(lull_bytes, lull_file__stat, (const char *, path)) /* the struct's bytes */

/* Describe the file at a path; of a link, its target. */
LULL_NODISCARD static inline int lull_file_stat(const char *path, lull_file_info *info)
{
    lull_bytes bytes;
    int status = lull_file__stat(path, &bytes);
    if (status < 0) return status;
    memcpy(info, bytes.data, sizeof *info);
    free(bytes.data);
    return 0;
}

/*
 * The names in a folder, sorted, without "." and "..": one after the other, each followed by a NUL. *result->data is to
 * be freed.
 */
LULL_HOST(lull_bytes, lull_file_readdir, (const char *, path))

#endif
