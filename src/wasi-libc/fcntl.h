/* The C library's header, with the commands for locks of src/hostlib/locks.c, which wasi-libc leaves out. */
#ifndef LULL_WASI_LIBC_FCNTL_H
#define LULL_WASI_LIBC_FCNTL_H

#include_next <fcntl.h>

/* Older versions have a cast in it, which #if does not know. */
#undef O_NONBLOCK
#define O_NONBLOCK 0x0004

/* The numbers are musl's. fcntl() knows the first two where the program makes descriptors. */
#define F_DUPFD 0
#define F_DUPFD_CLOEXEC 1030
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#define F_GETLK 12
#define F_SETLK 13
#define F_SETLKW 14

#ifdef __cplusplus
extern "C" {
#endif

int fallocate(int fd, int mode, off_t offset, off_t length);

#ifdef __cplusplus
}
#endif

#endif
