/*
 * What C prints is seen at the end of the run in which it was printed, at the latest: JavaScript then calls lull_flush.
 * Only programs that write through stdio have it: the linker puts __wrap___stdio_write in place of the function by
 * which the C library's files write, and where that is unused, so is lull__used_flush, which the build then leaves out.
 * See D85.
 *
 * A task must not be suspended in the middle of a FILE, which others use meanwhile: it waits before the C library's
 * function, which then does not.
 */
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

#include "posix/file_waits.h"
#include "posix/stdin.h"

#define PIECE 32768 /* a pipe takes more than it has room for by so much */

size_t __real___stdio_read(FILE *file, unsigned char *data, size_t length);
size_t __wrap___stdio_read(FILE *file, unsigned char *data, size_t length);
size_t __real___stdio_write(FILE *file, const unsigned char *data, size_t length);
size_t __wrap___stdio_write(FILE *file, const unsigned char *data, size_t length);

/* Exported as lull_flush if it is used. */
void lull__used_flush(void);

LULL__NOINLINE void lull__used_flush(void)
{
    fflush(NULL);
}

LULL__NOINLINE static size_t write_in_pieces(const lull__descriptor_calls *calls, FILE *file, const unsigned char *data,
                                             size_t length)
{
    size_t written = 0;
    do {
        size_t piece = length - written < PIECE ? length - written : PIECE;
        (void)lull__file_await(file, NULL, 0);
        while (calls->await(fileno(file), true)) continue; /* nothing suspends after that */
        size_t done = __real___stdio_write(file, data + written, piece);
        calls->awaited();
        written += done;
        if (done < piece) break;
    } while (written < length);
    return written;
}

size_t __wrap___stdio_write(FILE *file, const unsigned char *data, size_t length)
{
    if (lull__never()) lull__used_flush();
    const lull__descriptor_calls *calls = lull__descriptors();
    if (calls) return write_in_pieces(calls, file, data, length);
    (void)lull__file_await(file, NULL, 0);
    return __real___stdio_write(file, data, length);
}

/* See lull__descriptor_calls. */
static bool await_bytes(const lull__descriptor_calls *calls, FILE *file)
{
    return calls ? calls->await(fileno(file), false) : lull__stdin_await();
}

/* `calls` NULL: of stdin. */
LULL__NOINLINE static size_t read_when_there(const lull__descriptor_calls *calls, FILE *file, unsigned char *data,
                                             size_t length)
{
    size_t ahead;
    do ahead = __freadahead(file); /* another task may have filled the buffer */
    while (ahead == 0 && await_bytes(calls, file));
    if (ahead == 0) {
        length = __real___stdio_read(file, data, length);
    } else {
        if (length > ahead) length = ahead;
        memcpy(data, __freadptr(file, &ahead), length);
        __freadptrinc(file, length);
    }
    if (calls) {
        calls->awaited();
    } else {
        lull__stdin_awaited();
    }
    return length;
}

size_t __wrap___stdio_read(FILE *file, unsigned char *data, size_t length)
{
    size_t taken = lull__file_await(file, data, length);
    if (taken > 0) return taken;
    const lull__descriptor_calls *calls = lull__descriptors();
    if (calls || (lull__reads_stdin() && lull__is_stdin(fileno(file))))
        return read_when_there(calls, file, data, length);
    return __real___stdio_read(file, data, length);
}
