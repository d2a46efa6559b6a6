/*
 * Memory maps: memory with a copy of a file. The C libraries' own differ, and Emscripten's has none of files. What is
 * written to a map does not reach the file, so one that is to share its writes is refused. Weak, so that a program may
 * have functions of its own. See D111.
 */
#if defined(__wasm__)

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct file_map {
    void *address;
    size_t length;
    struct file_map *next;
} file_map;

/* Maps that have not been given back. */
static file_map *maps;

/* Whether a file can be mapped so. Returns an error number. */
static int check_mapping(int protection, int flags, int fd)
{
    struct stat found;
    int mode = fcntl(fd, F_GETFL);
    if (mode < 0 || fstat(fd, &found) != 0) return errno;
    if ((mode & O_ACCMODE) == O_WRONLY) return EACCES;
    return !S_ISREG(found.st_mode) || (flags & MAP_SHARED && protection & PROT_WRITE) ? ENODEV : 0;
}

/* The memory beyond the end of the file is zeros. Returns an error number. */
static int read_mapping(char *memory, size_t length, int fd, off_t offset)
{
    size_t done = 0;
    while (done < length) {
        ssize_t size = pread(fd, memory + done, length - done, offset + (off_t)done);
        if (size < 0) return errno;
        if (size == 0) break;
        done += (size_t)size;
    }
    memset(memory + done, 0, length - done);
    return 0;
}

static int new_mapping(size_t length, int protection, int flags, int fd, off_t offset, void **address)
{
    bool is_anonymous = flags & MAP_ANONYMOUS;
    int kind = flags & (MAP_SHARED | MAP_PRIVATE);
    if (length == 0 || offset < 0 || (kind != MAP_SHARED && kind != MAP_PRIVATE)) return EINVAL;
    if (flags & MAP_FIXED) return ENOTSUP;
    int error = is_anonymous ? 0 : check_mapping(protection, flags, fd);
    if (error) return error;
    file_map *map = (file_map *)malloc(sizeof *map);
    if (!map || posix_memalign(address, (size_t)getpagesize(), length) != 0) {
        free(map);
        return ENOMEM;
    }
    if (is_anonymous) {
        memset(*address, 0, length);
    } else {
        error = read_mapping((char *)*address, length, fd, offset);
    }
    if (error) {
        free(*address);
        free(map);
        return error;
    }
    *map = (file_map){*address, length, maps};
    maps = map;
    return 0;
}

__attribute__((weak)) void *mmap(void *wanted, size_t length, int protection, int flags, int fd, off_t offset)
{
    (void)wanted;
    void *address;
    int error = new_mapping(length, protection, flags, fd, offset, &address);
    if (!error) return address;
    errno = error;
    return MAP_FAILED;
}

/* A map goes as a whole. */
__attribute__((weak)) int munmap(void *address, size_t length)
{
    for (file_map **link = &maps; *link; link = &(*link)->next) {
        file_map *map = *link;
        if (map->address != address || length == 0 || length < map->length) continue;
        *link = map->next;
        free(address);
        free(map);
        return 0;
    }
    errno = EINVAL;
    return -1;
}

#endif
