/*
 * Locks on files, which WASI does not have. POSIX has them between processes, and each module is a process: every lock
 * is granted, and keeps no other process out. The linker puts __wrap_fcntl in place of fcntl.
 */
#if defined(__wasm__)

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/file.h>
#include <unistd.h>
#include <wasi/api.h>

#include "posix/descriptors.h"

int __wrap_fcntl(int fd, int command, ...);
int __real_fcntl(int fd, int command, ...);

/* 0 if the descriptor is open, else -1 and the error. */
static int status_of(int fd, __wasi_fdstat_t *stat)
{
    if (__wasi_fd_fdstat_get(fd, stat) == 0) return 0;
    errno = EBADF;
    return -1;
}

static int lock_file(int fd, int command, struct flock *lock)
{
    __wasi_fdstat_t stat;
    if (status_of(fd, &stat) != 0) return -1;
    if (lock->l_type != F_RDLCK && lock->l_type != F_WRLCK && lock->l_type != F_UNLCK) {
        errno = EINVAL;
        return -1;
    }
    if (command == F_GETLK) lock->l_type = F_UNLCK; /* no other process holds it */
    return 0;
}

#if defined(__EMSCRIPTEN__)

/* The commands that wasi-libc has: Emscripten's standalone C library refuses all. */
static int control_file(int fd, int command, int argument)
{
    __wasi_fdstat_t stat;
    if (status_of(fd, &stat) != 0) return -1;
    switch (command) {
    case F_GETFD:
        return FD_CLOEXEC; /* nothing is executed */
    case F_SETFD:
        return 0;
    case F_GETFL: {
        bool reads = stat.fs_rights_base & __WASI_RIGHTS_FD_READ;
        bool writes = stat.fs_rights_base & __WASI_RIGHTS_FD_WRITE;
        int flags = writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
        if (stat.fs_flags & __WASI_FDFLAGS_APPEND) flags |= O_APPEND;
        if (stat.fs_flags & __WASI_FDFLAGS_NONBLOCK) flags |= O_NONBLOCK;
        return flags;
    }
    case F_SETFL: {
        __wasi_fdflags_t flags = 0;
        if (argument & O_APPEND) flags |= __WASI_FDFLAGS_APPEND;
        if (argument & O_NONBLOCK) flags |= __WASI_FDFLAGS_NONBLOCK;
        if (__wasi_fd_fdstat_set_flags(fd, flags) == 0) return 0;
        errno = ENOTSUP;
        return -1;
    }
    default:
        errno = EINVAL;
        return -1;
    }
}

#else
#define control_file __real_fcntl
#endif

LULL__HOOK static int lull__hook_control(const lull__descriptor_calls *calls, int fd, int command, int argument)
{
    return calls->control(fd, command, argument);
}

/* The table has the commands about numbers, if it is linked. */
static int control_number(int fd, int command, int argument)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    if (calls) {
        int result = lull__hook_control(calls, fd, command, argument);
        if (result != -ENOSYS) return result < 0 ? lull__posix_result(-result) : result;
    }
    return control_file(fd, command, argument);
}

int __wrap_fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    int result;
    if (command == F_GETLK || command == F_SETLK || command == F_SETLKW) {
        result = lock_file(fd, command, va_arg(arguments, struct flock *));
    } else {
        /* The commands without an argument do not look at it. */
        result = control_number(fd, command, va_arg(arguments, int));
    }
    va_end(arguments);
    return result;
}

/* Weak, so that a program may have one of its own. */
__attribute__((weak)) int flock(int fd, int operation)
{
    __wasi_fdstat_t stat;
    if (status_of(fd, &stat) != 0) return -1;
    operation &= ~LOCK_NB;
    if (operation == LOCK_SH || operation == LOCK_EX || operation == LOCK_UN) return 0;
    errno = EINVAL;
    return -1;
}

#if defined(__wasi__)

__attribute__((weak)) int lockf(int fd, int command, off_t length)
{
    (void)length;
    __wasi_fdstat_t stat;
    if (status_of(fd, &stat) != 0) return -1;
    if (command == F_LOCK || command == F_TLOCK || command == F_ULOCK || command == F_TEST) return 0;
    errno = EINVAL;
    return -1;
}

#endif

#endif
