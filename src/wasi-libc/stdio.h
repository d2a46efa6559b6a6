/* The C library's header, with the functions of src/hostlib/absent.c. */
#ifndef LULL_WASI_LIBC_STDIO_H
#define LULL_WASI_LIBC_STDIO_H

/* It declares these as deprecated. */
#define tmpnam lull__wasi_tmpnam
#define tmpfile lull__wasi_tmpfile
#include_next <stdio.h>
#undef tmpnam
#undef tmpfile

#ifdef __cplusplus
extern "C" {
#endif

#ifndef L_tmpnam
#define L_tmpnam 20
#endif
#ifndef TMP_MAX
#define TMP_MAX 10000
#endif
#ifndef P_tmpdir
#define P_tmpdir "/tmp"
#endif

char *tmpnam(char *name);
FILE *tmpfile(void);
FILE *popen(const char *command, const char *mode);
int pclose(FILE *file);
void flockfile(FILE *file);
int ftrylockfile(FILE *file);
void funlockfile(FILE *file);

#ifdef __cplusplus
}
#endif

#endif
