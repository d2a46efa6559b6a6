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
#include <unistd.h>
#include <wasi/api.h>

#include "hostlib/folders.h"

/* The errors of WASI have the numbers that this C library gives them, but for two. */
static int failure(__wasi_errno_t error)
{
    if (error == __WASI_ERRNO_NOTCAPABLE) return -EACCES;
    return error == __WASI_ERRNO_NOTSUP ? -ENOTSUP : -(int)error;
}

/* The folder and the rest of a path that begins in a folder of the program's own, or in the current one. */
static int locate(int folder, const char *path, const char **rest)
{
    if (folder == AT_FDCWD || path[0] == '/') return lull__folder_of(path, rest);
    *rest = path;
    return folder;
}

static int open_path(int from, const char *path, int flags)
{
    const char *rest;
    int folder = locate(from, path, &rest);
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
    __wasi_lookupflags_t follow = flags & O_NOFOLLOW ? 0 : __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW;
    __wasi_fd_t fd;
    __wasi_errno_t error = __wasi_path_open(folder, follow, rest, strlen(rest), how, rights, rights, mode, &fd);
    return error ? failure(error) : (int)fd;
}

static void convert(const __wasi_filestat_t *from, struct stat *to)
{
    memset(to, 0, sizeof *to);
    to->st_dev = (dev_t)from->dev;
    to->st_ino = from->ino;
    to->st_nlink = (nlink_t)from->nlink;
    to->st_size = (off_t)from->size;
    to->st_mode = from->filetype == __WASI_FILETYPE_DIRECTORY       ? S_IFDIR | 0755
                  : from->filetype == __WASI_FILETYPE_REGULAR_FILE  ? S_IFREG | 0644
                  : from->filetype == __WASI_FILETYPE_SYMBOLIC_LINK ? S_IFLNK | 0777
                                                                    : S_IFCHR | 0644;
    to->st_mtim.tv_sec = (time_t)(from->mtim / 1000000000);
    to->st_mtim.tv_nsec = (long)(from->mtim % 1000000000);
    to->st_atim.tv_sec = (time_t)(from->atim / 1000000000);
    to->st_ctim.tv_sec = (time_t)(from->ctim / 1000000000);
}

static int stat_path(int from, const char *path, struct stat *result, int flags)
{
    const char *rest;
    __wasi_filestat_t filestat;
    int folder = locate(from, path, &rest);
    if (folder < 0) return -ENOENT;
    __wasi_lookupflags_t follow = flags & AT_SYMLINK_NOFOLLOW ? 0 : __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW;
    __wasi_errno_t error = __wasi_path_filestat_get(folder, follow, rest, strlen(rest), &filestat);
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
    return stat_path(AT_FDCWD, path, result, 0);
}

int __syscall_lstat64(const char *path, struct stat *result)
{
    return stat_path(AT_FDCWD, path, result, AT_SYMLINK_NOFOLLOW);
}

/* Versions of this C library have different names for the same. */
int __syscall_fstatat64(int folder, const char *path, struct stat *result, int flags)
{
    return stat_path(folder, path, result, flags);
}

int __syscall_newfstatat(int folder, const char *path, struct stat *result, int flags)
{
    return stat_path(folder, path, result, flags);
}

long __syscall_open(const char *path, long flags, ...)
{
    return open_path(AT_FDCWD, path, (int)flags);
}

int __syscall_openat(int folder, const char *path, int flags, ...)
{
    return open_path(folder, path, flags);
}

int __syscall_mkdirat(int from, const char *path, int mode)
{
    (void)mode;
    const char *rest;
    int folder = locate(from, path, &rest);
    return folder < 0 ? -ENOENT : failure(__wasi_path_create_directory(folder, rest, strlen(rest)));
}

int __syscall_mkdir(const char *path, int mode)
{
    return __syscall_mkdirat(AT_FDCWD, path, mode);
}

int __syscall_unlinkat(int from, const char *path, int flags)
{
    const char *rest;
    int folder = locate(from, path, &rest);
    if (folder < 0) return -ENOENT;
    return failure(flags & AT_REMOVEDIR ? __wasi_path_remove_directory(folder, rest, strlen(rest))
                                        : __wasi_path_unlink_file(folder, rest, strlen(rest)));
}

int __syscall_unlink(const char *path)
{
    return __syscall_unlinkat(AT_FDCWD, path, 0);
}

int __syscall_rmdir(const char *path)
{
    return __syscall_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int __syscall_renameat(int from, const char *path, int to, const char *new_path)
{
    const char *rest;
    const char *new_rest;
    int folder = locate(from, path, &rest);
    int new_folder = locate(to, new_path, &new_rest);
    if (folder < 0 || new_folder < 0) return -ENOENT;
    return failure(__wasi_path_rename(folder, rest, strlen(rest), new_folder, new_rest, strlen(new_rest)));
}

int __syscall_rename(const char *path, const char *new_path)
{
    return __syscall_renameat(AT_FDCWD, path, AT_FDCWD, new_path);
}

int __syscall_linkat(int from, const char *path, int to, const char *new_path, int flags)
{
    const char *rest;
    const char *new_rest;
    int folder = locate(from, path, &rest);
    int new_folder = locate(to, new_path, &new_rest);
    if (folder < 0 || new_folder < 0) return -ENOENT;
    __wasi_lookupflags_t follow = flags & AT_SYMLINK_FOLLOW ? __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW : 0;
    return failure(__wasi_path_link(folder, follow, rest, strlen(rest), new_folder, new_rest, strlen(new_rest)));
}

int __syscall_symlinkat(const char *target, int to, const char *path)
{
    const char *rest;
    int folder = locate(to, path, &rest);
    if (folder < 0) return -ENOENT;
    return failure(__wasi_path_symlink(target, strlen(target), folder, rest, strlen(rest)));
}

int __syscall_symlink(const char *target, const char *path)
{
    return __syscall_symlinkat(target, AT_FDCWD, path);
}

int __syscall_readlinkat(int from, const char *path, char *buffer, int size)
{
    const char *rest;
    int folder = locate(from, path, &rest);
    if (folder < 0) return -ENOENT;
    __wasi_size_t length;
    __wasi_errno_t error =
        __wasi_path_readlink(folder, rest, strlen(rest), (uint8_t *)buffer, (__wasi_size_t)size, &length);
    return error ? failure(error) : (int)length;
}

int __syscall_readlink(const char *path, char *buffer, int size)
{
    return __syscall_readlinkat(AT_FDCWD, path, buffer, size);
}

/* WASI has no permissions: a file that is there can be used. */
int __syscall_faccessat(int from, const char *path, int mode, int flags)
{
    (void)mode;
    struct stat found;
    return stat_path(from, path, &found, flags);
}

int __syscall_access(const char *path, int mode)
{
    return __syscall_faccessat(AT_FDCWD, path, mode, 0);
}

/* Without a path, the times of an open file. */
int __syscall_utimensat(int from, const char *path, const struct timespec *times, int flags)
{
    __wasi_fstflags_t set = 0;
    __wasi_timestamp_t stamps[2] = {0, 0};
    const __wasi_fstflags_t now[] = {__WASI_FSTFLAGS_ATIM_NOW, __WASI_FSTFLAGS_MTIM_NOW};
    const __wasi_fstflags_t given[] = {__WASI_FSTFLAGS_ATIM, __WASI_FSTFLAGS_MTIM};
    for (int i = 0; i < 2; i++) {
        if (!times || times[i].tv_nsec == UTIME_NOW) {
            set |= now[i];
        } else if (times[i].tv_nsec != UTIME_OMIT) {
            set |= given[i];
            stamps[i] = (__wasi_timestamp_t)times[i].tv_sec * 1000000000 + (__wasi_timestamp_t)times[i].tv_nsec;
        }
    }
    if (!path) return failure(__wasi_fd_filestat_set_times(from, stamps[0], stamps[1], set));
    const char *rest;
    int folder = locate(from, path, &rest);
    if (folder < 0) return -ENOENT;
    __wasi_lookupflags_t follow = flags & AT_SYMLINK_NOFOLLOW ? 0 : __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW;
    return failure(__wasi_path_filestat_set_times(folder, follow, rest, strlen(rest), stamps[0], stamps[1], set));
}

int __syscall_fdatasync(int fd)
{
    return failure(__wasi_fd_datasync(fd));
}

/* For freopen alone, which then closes the other number, whether it is still open or not: WASI can only move one. */
int __syscall_dup3(int fd, int other, int flags)
{
    (void)flags;
    __wasi_errno_t error = __wasi_fd_renumber(fd, other);
    return error ? failure(error) : other;
}

/* The result of a function for the status of a system call. */
static int result_of(int status)
{
    if (status >= 0) return status;
    errno = -status;
    return -1;
}

/* Not as a system call, which version 3.1.6 has. */
int link(const char *path, const char *new_path)
{
    return result_of(__syscall_linkat(AT_FDCWD, path, AT_FDCWD, new_path, 0));
}

/* Not as system calls: versions pass the length in one or in two arguments. */
int ftruncate(int fd, off_t length)
{
    return result_of(length < 0 ? -EINVAL : failure(__wasi_fd_filestat_set_size(fd, (__wasi_filesize_t)length)));
}

int truncate(const char *path, off_t length)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0) return -1;
    int result = ftruncate(fd, length);
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

#endif
