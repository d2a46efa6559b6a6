/*
 * Between the C library and the host: the calls of WASI that take descriptors. Both C libraries make them through
 * symbols that the linker takes for imports: wasi-libc's are defined here, and Emscripten's replaced by
 * the linker (--wrap). So the instrument step sees which functions of the C library can suspend. Where the program has
 * no table, all of this folds away.
 */
#include "posix/file_waits.h"
#include "posix/stdin.h"

#if defined(__wasm__)

#if defined(__EMSCRIPTEN__)
#define DEFINE(name, ...)                                                                                              \
    int __wrap___wasi_##name(__VA_ARGS__);                                                                             \
    int __wrap___wasi_##name(__VA_ARGS__)
#else
#define DEFINE(name, ...)                                                                                              \
    int lull__wasi_##name(__VA_ARGS__) __asm__("__imported_wasi_snapshot_preview1_" #name);                            \
    int lull__wasi_##name(__VA_ARGS__)
#endif

/* What a host's function returns: see file_waits.h. */
#define OF_HOST(call, error) lull__file_answer(LULL__FILE_##call, error)

/* ---- Calls for every kind of descriptor -------------------------------------------------------------------------- */

DEFINE(fd_read, int fd, const __wasi_iovec_t *vectors, size_t count, size_t *done)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    if (calls) return calls->read(fd, vectors, count, done);
    if (lull__reads_stdin() && lull__is_stdin(fd)) return lull__stdin_read(vectors, count, done);
    return OF_HOST(read, lull__host_fd_read(fd, vectors, count, done));
}

DEFINE(fd_write, int fd, const __wasi_iovec_t *vectors, size_t count, size_t *done)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    if (calls) return calls->write(fd, vectors, count, done);
    return OF_HOST(write, lull__host_fd_write(fd, vectors, count, done));
}

LULL__HOOK static int lull__hook_fd_close(const lull__descriptor_calls *calls, int fd)
{
    return calls->close(fd);
}

DEFINE(fd_close, int fd)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    if (calls) return OF_HOST(close, lull__hook_fd_close(calls, fd));
    if (lull__reads_stdin() && fd == 0) lull__stdin_end();
    return OF_HOST(close, lull__host_fd_close(fd));
}

LULL__HOOK static int lull__hook_fd_stat(const lull__descriptor_calls *calls, int fd, __wasi_fdstat_t *stat)
{
    return calls->stat(fd, stat);
}

DEFINE(fd_fdstat_get, int fd, __wasi_fdstat_t *stat)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    if (calls) return lull__hook_fd_stat(calls, fd, stat);
    int error = lull__host_fd_fdstat_get(fd, stat);
    if (lull__reads_stdin() && !error) lull__stdin_add_flags(fd, stat);
    return error;
}

LULL__HOOK static int lull__hook_set_flags(const lull__descriptor_calls *calls, int fd, int flags)
{
    return calls->set_flags(fd, (__wasi_fdflags_t)flags);
}

DEFINE(fd_fdstat_set_flags, int fd, int flags)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    if (calls) return lull__hook_set_flags(calls, fd, flags);
    if (lull__reads_stdin() && lull__stdin_set_flags(fd, flags)) return 0;
    return lull__host_fd_fdstat_set_flags(fd, flags);
}

LULL__WASI(fd_renumber, int from, int to);

LULL__HOOK static int lull__hook_renumber(const lull__descriptor_calls *calls, int from, int to)
{
    return calls->renumber(from, to);
}

DEFINE(fd_renumber, int from, int to)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    if (calls) return lull__hook_renumber(calls, from, to);
    if (lull__reads_stdin() && (from == 0 || to == 0)) lull__stdin_end();
    return lull__host_fd_renumber(from, to);
}

/* ---- Calls for files --------------------------------------------------------------------------------------------- */

LULL__HOOK static int lull__hook_host(const lull__descriptor_calls *calls, int fd, int other)
{
    return calls->host(fd, other);
}

/* Put the host's number in place of a file's; leave the function with the error given for other kinds. */
#define TO_HOST(fd, other)                                                                                             \
    do {                                                                                                               \
        const lull__descriptor_calls *calls = lull__descriptors();                                                     \
        if (!calls) break;                                                                                             \
        fd = lull__hook_host(calls, fd, other);                                                                        \
        if (fd < 0) return -fd;                                                                                        \
    } while (0)

#define PASS(...) __VA_ARGS__
#define OF_FILE(name, call, other, parameters, arguments)                                                              \
    LULL__WASI(name, int fd, PASS parameters);                                                                         \
    DEFINE(name, int fd, PASS parameters)                                                                              \
    {                                                                                                                  \
        TO_HOST(fd, other);                                                                                            \
        return OF_HOST(call, lull__host_##name arguments);                                                             \
    }

OF_FILE(fd_pread, pread, ESPIPE, (int vectors, int count, int64_t offset, int done), (fd, vectors, count, offset, done))
OF_FILE(fd_pwrite, pwrite, ESPIPE, (int vectors, int count, int64_t offset, int done),
        (fd, vectors, count, offset, done))
OF_FILE(fd_seek, lseek, ESPIPE, (int64_t offset, int whence, int result), (fd, offset, whence, result))
OF_FILE(fd_tell, lseek, ESPIPE, (int offset), (fd, offset))
OF_FILE(fd_advise, fallocate, ESPIPE, (int64_t offset, int64_t length, int advice), (fd, offset, length, advice))
OF_FILE(fd_allocate, fallocate, ESPIPE, (int64_t offset, int64_t length), (fd, offset, length))
OF_FILE(fd_filestat_set_size, ftruncate, EINVAL, (int64_t size), (fd, size))
OF_FILE(fd_filestat_set_times, fstat, EINVAL, (int64_t access, int64_t change, int set), (fd, access, change, set))
OF_FILE(fd_readdir, readdir, ENOTDIR, (int buffer, int size, int64_t cookie, int used),
        (fd, buffer, size, cookie, used))
OF_FILE(fd_prestat_get, open, EBADF, (int prestat), (fd, prestat))
OF_FILE(fd_prestat_dir_name, open, EBADF, (int path, int size), (fd, path, size))
OF_FILE(path_create_directory, mkdir, ENOTDIR, (int path, int length), (fd, path, length))
OF_FILE(path_filestat_get, stat, ENOTDIR, (int flags, int path, int length, int stat), (fd, flags, path, length, stat))
OF_FILE(path_filestat_set_times, stat, ENOTDIR,
        (int flags, int path, int length, int64_t access, int64_t change, int set),
        (fd, flags, path, length, access, change, set))
OF_FILE(path_readlink, open, ENOTDIR, (int path, int length, int buffer, int size, int used),
        (fd, path, length, buffer, size, used))
OF_FILE(path_remove_directory, rmdir, ENOTDIR, (int path, int length), (fd, path, length))
OF_FILE(path_unlink_file, unlink, ENOTDIR, (int path, int length), (fd, path, length))

LULL__WASI(fd_sync, int fd);
DEFINE(fd_sync, int fd)
{
    TO_HOST(fd, EINVAL);
    return OF_HOST(fsync, lull__host_fd_sync(fd));
}

LULL__WASI(fd_datasync, int fd);
DEFINE(fd_datasync, int fd)
{
    TO_HOST(fd, EINVAL);
    return OF_HOST(fsync, lull__host_fd_datasync(fd));
}

LULL__WASI(path_symlink, int target, int size, int fd, int path, int length);
DEFINE(path_symlink, int target, int size, int fd, int path, int length)
{
    TO_HOST(fd, ENOTDIR);
    return lull__host_path_symlink(target, size, fd, path, length);
}

LULL__WASI(path_link, int fd, int flags, int path, int length, int to, int to_path, int to_length);
DEFINE(path_link, int fd, int flags, int path, int length, int to, int to_path, int to_length)
{
    TO_HOST(fd, ENOTDIR);
    TO_HOST(to, ENOTDIR);
    return lull__host_path_link(fd, flags, path, length, to, to_path, to_length);
}

LULL__WASI(path_rename, int fd, int path, int length, int to, int to_path, int to_length);
DEFINE(path_rename, int fd, int path, int length, int to, int to_path, int to_length)
{
    TO_HOST(fd, ENOTDIR);
    TO_HOST(to, ENOTDIR);
    return OF_HOST(rename, lull__host_path_rename(fd, path, length, to, to_path, to_length));
}

LULL__WASI(path_open, int fd, int flags, int path, int length, int how, int64_t rights, int64_t inherited, int mode,
           int *opened);

LULL__HOOK static int lull__hook_adopt(const lull__descriptor_calls *calls, int host, int *fd)
{
    return calls->adopt(host, fd);
}

DEFINE(path_open, int fd, int flags, int path, int length, int how, int64_t rights, int64_t inherited, int mode,
       int *opened)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    if (!calls) {
        return OF_HOST(open, lull__host_path_open(fd, flags, path, length, how, rights, inherited, mode, opened));
    }
    fd = lull__hook_host(calls, fd, ENOTDIR);
    if (fd < 0) return -fd;
    int error = OF_HOST(open, lull__host_path_open(fd, flags, path, length, how, rights, inherited, mode, opened));
    return error ? error : lull__hook_adopt(calls, *opened, opened);
}

/* ---- The state of any -------------------------------------------------------------------------------------------- */

LULL__WASI(fd_filestat_get, int fd, __wasi_filestat_t *stat);

LULL__NOINLINE static int stat_any(const lull__descriptor_calls *calls, int fd, __wasi_filestat_t *stat)
{
    __wasi_fdstat_t found;
    int host = lull__hook_host(calls, fd, ENOTSUP);
    if (host >= 0) return OF_HOST(fstat, lull__host_fd_filestat_get(host, stat));
    if (host != -ENOTSUP) return -host;
    int error = lull__hook_fd_stat(calls, fd, &found);
    if (!error) *stat = (__wasi_filestat_t){.ino = (__wasi_inode_t)fd, .nlink = 1, .filetype = found.fs_filetype};
    return error;
}

DEFINE(fd_filestat_get, int fd, __wasi_filestat_t *stat)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    if (calls) return stat_any(calls, fd, stat);
    return OF_HOST(fstat, lull__host_fd_filestat_get(fd, stat));
}

#undef DEFINE
#undef OF_HOST
#undef PASS
#undef OF_FILE
#undef TO_HOST

#endif
