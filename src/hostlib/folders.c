/*
 * The folders that the host has opened, and the current one among them. A path is resolved against the folder whose
 * name it begins with. Relative paths begin in the folder "."; the host gives the same folder by its full name next
 * (cli/commands/run.js), for getcwd and for paths that lead out of it. Without ".", they begin in the root. The linker
 * puts these functions in the place of the C library's (--wrap): wasi-libc takes "." and "/" for one folder, and
 * Emscripten has no current folder. See D100.
 */
#if defined(__wasm__)

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>

#include "hostlib/folders.h"

#define FIRST_FOLDER 3 /* after stdin, stdout and stderr */
#define PATH_LENGTH 4096

char *__wrap_getcwd(char *buffer, size_t size);
int __wrap_chdir(const char *path);

/* The full name of the current folder; empty until somebody asks. */
static char current[PATH_LENGTH];
static bool has_moved;

/* The name of a folder that the host has opened, in memory of the next call's. NULL: there is none of this number. */
static const char *folder_name(int fd)
{
    static char name[PATH_LENGTH];
    __wasi_prestat_t prestat;
    if (__wasi_fd_prestat_get((__wasi_fd_t)fd, &prestat) != 0) return NULL;
    size_t length = prestat.u.dir.pr_name_len;
    if (length >= sizeof name || __wasi_fd_prestat_dir_name((__wasi_fd_t)fd, (uint8_t *)name, length) != 0) length = 0;
    name[length] = '\0';
    return name;
}

static const char *current_folder(void)
{
    if (current[0]) return current;
    strcpy(current, "/");
    bool is_next = false;
    const char *name;
    for (int fd = FIRST_FOLDER; (name = folder_name(fd)); fd++) {
        if (is_next && name[0] == '/') strcpy(current, name);
        is_next = strcmp(name, ".") == 0;
    }
    return current;
}

static bool leads_up(const char *path)
{
    for (const char *part = path; part; part = strchr(part, '/')) {
        part += strspn(part, "/");
        if (part[0] == '.' && part[1] == '.' && (part[2] == '/' || part[2] == '\0')) return true;
    }
    return false;
}

/* Write the full path without "." and ".." into PATH_LENGTH bytes. Returns whether there is room for it. */
static bool full_path(const char *path, char *full)
{
    size_t length = 0;
    const char *const parts[] = {path[0] == '/' ? "" : current_folder(), path};
    for (size_t i = 0; i < 2; i++) {
        for (const char *part = parts[i] + strspn(parts[i], "/"); *part; part += strspn(part, "/")) {
            size_t size = strcspn(part, "/");
            if (size == 2 && part[0] == '.' && part[1] == '.') {
                while (length > 0 && full[--length] != '/') continue;
            } else if (size != 1 || part[0] != '.') {
                if (length + size + 2 > PATH_LENGTH) return false;
                full[length++] = '/';
                memcpy(full + length, part, size);
                length += size;
            }
            part += size;
        }
    }
    if (length == 0) full[length++] = '/';
    full[length] = '\0';
    return true;
}

/* A path from the root: "/a", "./a" and "a" are the same there. */
static const char *from_root(const char *path)
{
    while (path[0] == '/' || (path[0] == '.' && (path[1] == '/' || path[1] == '\0'))) path++;
    return path;
}

/* The folder of a full path: that with the longest name. */
static int find_from_root(const char *path, const char **rest)
{
    int best = -1;
    size_t longest = 0;
    const char *name;
    path = from_root(path);
    for (int fd = FIRST_FOLDER; (name = folder_name(fd)); fd++) {
        if (strcmp(name, ".") == 0) continue;
        name = from_root(name);
        size_t length = strlen(name);
        while (length && name[length - 1] == '/') length--;
        if (length < longest || strncmp(path, name, length) != 0) continue;
        if (length && path[length] != '/' && path[length] != '\0') continue;
        best = fd;
        longest = length;
        *rest = path + length + (path[length] == '/');
    }
    return best;
}

static int find_current(void)
{
    const char *name;
    for (int fd = FIRST_FOLDER; (name = folder_name(fd)); fd++) {
        if (strcmp(name, ".") == 0) return fd;
    }
    return -1;
}

int lull__folder_of(const char *path, const char **rest)
{
    static char paths[2][PATH_LENGTH];
    static int last;
    if (!path[0]) { /* which the host does not find: old versions of wasi-libc have an error of their own for -1 */
        *rest = path;
        return folder_name(FIRST_FOLDER) ? FIRST_FOLDER : -1;
    }
    bool is_below = path[0] != '/' && !has_moved;
    int folder = is_below && !leads_up(path) ? find_current() : -1;
    if (folder >= 0) {
        *rest = path;
    } else {
        char *full = paths[last = !last];
        if (!full_path(path, full)) return -1;
        size_t length = strlen(full);
        if (length + 1 < PATH_LENGTH && full[length - 1] != '/' && path[strlen(path) - 1] == '/') {
            strcpy(full + length, "/"); /* it has to be a folder */
        }
        folder = find_from_root(full, rest);
        if (folder < 0 && is_below &&
            current_folder()[1] == '\0') { /* its full name is not known: the host resolves .. */
            folder = find_current();
            *rest = path;
        }
    }
    if (folder >= 0 && **rest == '\0') *rest = ".";
    return folder;
}

char *__wrap_getcwd(char *buffer, size_t size)
{
    const char *name = current_folder();
    if (!buffer) return strdup(name);
    if (strlen(name) >= size) {
        errno = size == 0 ? EINVAL : ERANGE;
        return NULL;
    }
    return strcpy(buffer, name);
}

int __wrap_chdir(const char *path)
{
    static char next[PATH_LENGTH];
    struct stat found;
    if (!full_path(path, next)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (stat(path, &found) != 0) return -1;
    if (!S_ISDIR(found.st_mode)) {
        errno = ENOTDIR;
        return -1;
    }
    strcpy(current, next);
    has_moved = true;
    return 0;
}

#if defined(__wasi__)

int __wrap___wasilibc_find_relpath_alloc(const char *path, const char **prefix, char **relative, size_t *length,
                                         int can_realloc);
/* Weak: before 2023, wasi-libc did it at the start. */
__attribute__((weak)) void __wasilibc_populate_preopens(void);

/* The folder and the rest of the path, for all functions of wasi-libc that take one. */
int __wrap___wasilibc_find_relpath_alloc(const char *path, const char **prefix, char **relative, size_t *length,
                                         int can_realloc)
{
    (void)length;
    (void)can_realloc;
    /* close() would do it, and take an open file for a folder of the host. */
    if (__wasilibc_populate_preopens) __wasilibc_populate_preopens();
    const char *rest;
    int folder = lull__folder_of(path, &rest);
    if (folder < 0) {
        errno = ENOENT;
        return -1;
    }
    *prefix = "";
    *relative = (char *)rest;
    return folder;
}

#endif
#endif
