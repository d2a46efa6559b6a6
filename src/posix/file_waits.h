/*
 * Waits for files whose host answers with promises. The host's functions then return the number of an operation in
 * place of an error, and one more import takes its answer. Only a build with --async-files has any of it: in all
 * others, the two functions here are constants (toolchain/descriptors.js). See D119.
 */
#ifndef LULL_FILE_WAITS_H
#define LULL_FILE_WAITS_H

#include <stdio.h>

#include "posix/external.h"

#if defined(__wasm__)

/* The functions of POSIX that wait for files, by which dumps name the waits. */
#define LULL__FILE_CALL_MAP(XX)                                                                                        \
    XX(read)                                                                                                           \
    XX(write)                                                                                                          \
    XX(close)                                                                                                          \
    XX(pread)                                                                                                          \
    XX(pwrite)                                                                                                         \
    XX(lseek)                                                                                                          \
    XX(fallocate)                                                                                                      \
    XX(ftruncate)                                                                                                      \
    XX(fsync)                                                                                                          \
    XX(fstat)                                                                                                          \
    XX(stat)                                                                                                           \
    XX(open)                                                                                                           \
    XX(mkdir)                                                                                                          \
    XX(rmdir)                                                                                                          \
    XX(unlink)                                                                                                         \
    XX(rename)                                                                                                         \
    XX(readdir)
#define LULL__FILE_CALL(name) LULL__FILE_##name,
enum { LULL__FILE_CALL_MAP(LULL__FILE_CALL) };

/*
 * Wait for the operation whose number the host has returned, and return its error. Other values are returned as they
 * are. Meanwhile, another task may close the file: its description may be gone. May suspend.
 */
__attribute__((import_module("lull build"), import_name("file_answer"))) int lull__file_answer(unsigned call,
                                                                                               int error);

/*
 * Wait until the C library's call for a FILE does not, since it must not in the middle of one: a read to this place, or
 * a write (NULL). Returns how much it has read already, from a buffer that another task has filled meanwhile. May
 * suspend.
 */
__attribute__((import_module("lull build"), import_name("file_await"))) size_t
lull__file_await(FILE *file, unsigned char *data, size_t length);

/* Of musl, for the tests of gnulib. */
const char *__freadptr(FILE *file, size_t *length);
void __freadptrinc(FILE *file, size_t length);
size_t __freadahead(FILE *file);

#endif

#endif
