/* The C library's header, with the commands for locks of src/hostlib/locks.c, which wasi-libc leaves out. */
#ifndef LULL_WASI_LIBC_FCNTL_H
#define LULL_WASI_LIBC_FCNTL_H

#include_next <fcntl.h>

/* The numbers are musl's. */
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#define F_GETLK 12
#define F_SETLK 13
#define F_SETLKW 14

#endif
