/*
 * Files for Emscripten's standalone C library, which comes without them: the system calls behind fopen, open and stat,
 * on WASI. It defines them weakly; these take their place. Paths are resolved against the folders that the host has
 * opened, as wasi-libc does for the other compiler.
 */
#if defined(__EMSCRIPTEN__)

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <wasi/api.h>

#include "hostlib/folders.h"

/* The errors of WASI have the numbers that this C library gives them, but for one that it does not know. */
static int failure(__wasi_errno_t error)
{
    return error == __WASI_ERRNO_NOTCAPABLE ? -EACCES : -(int)error;
}

static int open_path(const char *path, int flags)
{
    const char *rest;
    int folder = lull__folder_of(path, &rest);
    if (folder < 0) return -ENOENT;
    int access = flags & O_ACCMODE;
    __wasi_rights_t rights = __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL | __WASI_RIGHTS_FD_FILESTAT_GET;
    if (access != O_WRONLY) rights |= __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR;
    if (access != O_RDONLY) rights |= __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE;
    __wasi_oflags_t how = 0;
    if (flags & O_CREAT) how |= __WASI_OFLAGS_CREAT;
    if (flags & O_EXCL) how |= __WASI_OFLAGS_EXCL;
    if (flags & O_TRUNC) how |= __WASI_OFLAGS_TRUNC;
    if (flags & O_DIRECTORY) how |= __WASI_OFLAGS_DIRECTORY;
    __wasi_fdflags_t mode = flags & O_APPEND ? __WASI_FDFLAGS_APPEND : 0;
    __wasi_fd_t fd;
    __wasi_errno_t error =
        __wasi_path_open(folder, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, rest, strlen(rest), how, rights, rights, mode, &fd);
    return error ? failure(error) : (int)fd;
}

static void convert(const __wasi_filestat_t *from, struct stat *to)
{
    memset(to, 0, sizeof *to);
    to->st_dev = (dev_t)from->dev;
    to->st_ino = from->ino;
    to->st_nlink = (nlink_t)from->nlink;
    to->st_size = (off_t)from->size;
    to->st_mode = from->filetype == __WASI_FILETYPE_DIRECTORY      ? S_IFDIR | 0755
                  : from->filetype == __WASI_FILETYPE_REGULAR_FILE ? S_IFREG | 0644
                                                                   : S_IFCHR | 0644;
    to->st_mtim.tv_sec = (time_t)(from->mtim / 1000000000);
    to->st_mtim.tv_nsec = (long)(from->mtim % 1000000000);
    to->st_atim.tv_sec = (time_t)(from->atim / 1000000000);
    to->st_ctim.tv_sec = (time_t)(from->ctim / 1000000000);
}

static int stat_path(const char *path, struct stat *result)
{
    const char *rest;
    __wasi_filestat_t filestat;
    int folder = lull__folder_of(path, &rest);
    if (folder < 0) return -ENOENT;
    __wasi_errno_t error =
        __wasi_path_filestat_get(folder, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, rest, strlen(rest), &filestat);
    if (error) return failure(error);
    convert(&filestat, result);
    return 0;
}

int __syscall_fstat64(int fd, struct stat *result)
{
    __wasi_filestat_t filestat;
    __wasi_errno_t error = __wasi_fd_filestat_get(fd, &filestat);
    if (error) return failure(error);
    convert(&filestat, result);
    return 0;
}

int __syscall_stat64(const char *path, struct stat *result)
{
    return stat_path(path, result);
}

int __syscall_lstat64(const char *path, struct stat *result)
{
    return stat_path(path, result);
}

/*
 * stat and open under the names that versions of this C library have for them; a path here is below AT_FDCWD or
 * absolute.
 */
int __syscall_fstatat64(int folder, const char *path, struct stat *result, int flags)
{
    (void)folder;
    (void)flags;
    return stat_path(path, result);
}

int __syscall_newfstatat(int folder, const char *path, struct stat *result, int flags)
{
    return __syscall_fstatat64(folder, path, result, flags);
}

long __syscall_open(const char *path, long flags, ...)
{
    return open_path(path, (int)flags);
}

int __syscall_openat(int folder, const char *path, int flags, ...)
{
    (void)folder;
    return open_path(path, flags);
}

#endif
