/* The C library's header, with the functions of src/hostlib/absent.c. */
#ifndef LULL_WASI_LIBC_SYS_MMAN_H
#define LULL_WASI_LIBC_SYS_MMAN_H

#include_next <sys/mman.h>

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

int madvise(void *address, size_t size, int advice);
int mlock(const void *address, size_t size);
int munlock(const void *address, size_t size);
int shm_open(const char *name, int flags, mode_t mode);
int shm_unlink(const char *name);

#ifdef __cplusplus
}
#endif

#endif
