/* The C library's header, with the functions of src/hostlib/absent.c. */
#ifndef LULL_WASI_LIBC_SYS_STAT_H
#define LULL_WASI_LIBC_SYS_STAT_H

#include_next <sys/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

mode_t umask(mode_t mask);
int mkfifo(const char *path, mode_t mode);
int mknod(const char *path, mode_t mode, dev_t device);

#ifdef __cplusplus
}
#endif

#endif
