/*
 * What C prints is seen at the end of the run in which it was printed, at the latest: JavaScript then calls lull_flush.
 * Only programs that write through stdio have it: the linker puts __wrap___stdio_write in place of the function by which
 * the C library's files write, and where that is unused, so is lull__used_flush, which the build then leaves out. See D85.
 */
#include <stdio.h>

#include "base/compiler.h"

size_t __real___stdio_write(FILE *file, const unsigned char *data, size_t length);
size_t __wrap___stdio_write(FILE *file, const unsigned char *data, size_t length);

/* Exported as lull_flush if it is used. */
void lull__used_flush(void);

LULL__NOINLINE void lull__used_flush(void)
{
    fflush(NULL);
}

size_t __wrap___stdio_write(FILE *file, const unsigned char *data, size_t length)
{
    if (lull__never()) lull__used_flush();
    return __real___stdio_write(file, data, length);
}
