/* The listing of directories for Emscripten's standalone C library, on WASI. */
#if defined(__EMSCRIPTEN__)

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

struct __dirstream {
    int fd;
    __wasi_dircookie_t next;
    size_t at;
    size_t length; /* of the buffer's contents */
    struct dirent entry;
    uint8_t buffer[4096];
};

DIR *fdopendir(int fd)
{
    __wasi_fdstat_t found;
    __wasi_errno_t error = __wasi_fd_fdstat_get(fd, &found);
    if (error || found.fs_filetype != __WASI_FILETYPE_DIRECTORY) {
        errno = error ? (int)error : ENOTDIR;
        return NULL;
    }
    DIR *directory = calloc(1, sizeof *directory);
    if (directory) directory->fd = fd;
    return directory;
}

DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return NULL;
    DIR *directory = fdopendir(fd);
    if (!directory) close(fd);
    return directory;
}

int closedir(DIR *directory)
{
    int result = close(directory->fd);
    free(directory);
    return result;
}

int dirfd(DIR *directory)
{
    return directory->fd;
}

long telldir(DIR *directory)
{
    return (long)directory->next;
}

void seekdir(DIR *directory, long place)
{
    directory->next = (__wasi_dircookie_t)place;
    directory->at = directory->length = 0;
}

void rewinddir(DIR *directory)
{
    seekdir(directory, 0);
}

static unsigned char type_of(__wasi_filetype_t type)
{
    switch (type) {
    case __WASI_FILETYPE_DIRECTORY:
        return DT_DIR;
    case __WASI_FILETYPE_REGULAR_FILE:
        return DT_REG;
    case __WASI_FILETYPE_SYMBOLIC_LINK:
        return DT_LNK;
    case __WASI_FILETYPE_CHARACTER_DEVICE:
        return DT_CHR;
    default:
        return DT_UNKNOWN;
    }
}

/* The last entry of the buffer may be cut off: it is read again, from its cookie. */
struct dirent *readdir(DIR *directory)
{
    __wasi_dirent_t head;
    for (bool filled = false;; filled = true) {
        size_t left = directory->length - directory->at;
        if (left >= sizeof head) {
            memcpy(&head, directory->buffer + directory->at, sizeof head);
            if (left - sizeof head >= head.d_namlen) break;
        }
        /* Less than the whole buffer is the end. */
        if (filled || (directory->length && directory->length < sizeof directory->buffer)) return NULL;
        directory->at = directory->length = 0;
        __wasi_errno_t error = __wasi_fd_readdir(directory->fd, directory->buffer, sizeof directory->buffer,
                                                 directory->next, &directory->length);
        if (error) {
            errno = (int)error;
            return NULL;
        }
    }
    struct dirent *entry = &directory->entry;
    size_t length = head.d_namlen < sizeof entry->d_name ? head.d_namlen : sizeof entry->d_name - 1;
    memcpy(entry->d_name, directory->buffer + directory->at + sizeof head, length);
    entry->d_name[length] = '\0';
    entry->d_ino = head.d_ino;
    entry->d_off = (off_t)head.d_next;
    entry->d_reclen = sizeof *entry;
    entry->d_type = type_of(head.d_type);
    directory->at += sizeof head + head.d_namlen;
    directory->next = head.d_next;
    return entry;
}

#endif
