/*
 * Functions of Emscripten's standalone C library, made like wasi-libc's: its abort() ends the whole program with a
 * status, and its stdout is never a terminal. The linker puts the __wrap_… functions in place of its own.
 */
#if defined(__EMSCRIPTEN__)

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <wasi/api.h>

_Noreturn void __wrap_abort(void);
int __wrap___syscall_ioctl(int fd, int request, ...);
int getentropy(void *into, size_t size);

/* A trap, which ends the task alone. */
_Noreturn void __wrap_abort(void)
{
    __builtin_trap();
}

/*
 * Whether a descriptor is a terminal is asked by its size. A terminal is a character device that has no position, as
 * for wasi-libc. It has no size that WASI knows.
 */
int __wrap___syscall_ioctl(int fd, int request, ...)
{
    __wasi_fdstat_t stat;
    if (request != TIOCGWINSZ) return -ENOSYS;
    if (__wasi_fd_fdstat_get(fd, &stat)) return -EBADF;
    __wasi_rights_t position = __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL;
    if (stat.fs_filetype != __WASI_FILETYPE_CHARACTER_DEVICE || (stat.fs_rights_base & position)) return -ENOTTY;
    va_list arguments;
    va_start(arguments, request);
    struct winsize *size = va_arg(arguments, struct winsize *);
    va_end(arguments);
    if (size) *size = (struct winsize){0};
    return 0;
}

/* Emscripten's own takes each character device for a terminal, and so /dev/null. */
__attribute__((weak)) int isatty(int fd)
{
    int error = __wrap___syscall_ioctl(fd, TIOCGWINSZ, (struct winsize *)NULL);
    if (error) errno = -error;
    return error == 0;
}

/* Some versions have these: weak, so that theirs are taken. */

__attribute__((weak)) int getentropy(void *into, size_t size)
{
    if (size <= 256 && !__wasi_random_get((uint8_t *)into, size)) return 0;
    errno = EIO;
    return -1;
}

#endif
