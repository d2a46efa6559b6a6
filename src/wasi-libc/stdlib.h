/* The C library's header, with the functions of src/hostlib/absent.c. */
#ifndef LULL_WASI_LIBC_STDLIB_H
#define LULL_WASI_LIBC_STDLIB_H

#include_next <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

int system(const char *command);
int mkstemp(char *path);
int mkostemp(char *path, int flags);
char *mkdtemp(char *path);
char *mktemp(char *path);

#ifdef __cplusplus
}
#endif

#endif
