/* The functions of files and directories, on a folder of its own. Prints the result and the error of each. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path)
{
    char *names[200];
    size_t count = 0;
    DIR *directory = opendir(path);
    if (!directory) {
        printf("opendir: %s\n", strerror(errno));
        return;
    }
    for (const struct dirent *entry; (entry = readdir(directory));) names[count++] = strdup(entry->d_name);
    rewinddir(directory);
    bool again = readdir(directory);
    qsort(names, count, sizeof *names, compare);
    printf("%s: %zu, %d:", path, count, again);
    for (size_t i = 0; i < count; i++) {
        if (count < 20) printf(" %s", names[i]);
        free(names[i]);
    }
    puts(closedir(directory) ? strerror(errno) : "");
}

static long size_of(const char *path)
{
    struct stat found;
    return stat(path, &found) ? -1 : (long)found.st_size;
}

static long time_of(const char *path)
{
    struct stat found;
    return stat(path, &found) ? -1 : (long)found.st_mtime;
}

#define CALL(call)                                                                                                     \
    do {                                                                                                               \
        errno = 0;                                                                                                     \
        long result = (long)(call);                                                                                    \
        printf("%s: %ld%s%s\n", #call, result, result < 0 ? " " : "", result < 0 ? strerror(errno) : "");              \
    } while (0)

int main(void)
{
    CALL(mkdir("d", 0777));
    CALL(mkdir("d", 0777));
    CALL(mkdir("none/d", 0777));
    FILE *file = fopen("d/a", "w");
    if (!file) return 1;
    fputs("hello\n", file);
    fclose(file);
    CALL(rename("d/a", "d/b"));
    CALL(rename("d/a", "d/b"));
    CALL(rename("d/../d/b", "d/./../d/c"));
    CALL(rename("d/c", "d/b"));
    CALL(access("d/b", R_OK));
    CALL(access("d/a", F_OK));
    CALL(link("d/b", "d/l"));
    CALL(truncate("d/b", 3));
    CALL(truncate("d/a", 3));
    CALL(size_of("d/b"));

    int fd = open("d/b", O_RDWR);
    char bytes[4] = "";
    CALL(ftruncate(fd, 2));
    CALL(size_of("d/b"));
    CALL(ftruncate(fd, -1));
    CALL(fsync(fd));
    CALL(fdatasync(fd));
    CALL(pwrite(fd, "xy", 2, 1));
    CALL(pread(fd, bytes, 3, 0));
    CALL(lseek(fd, 0, SEEK_END));
    CALL(close(fd));
    puts(bytes);

    CALL(utimes("d/b", (struct timeval[]){{1000, 0}, {2000, 0}}));
    CALL(time_of("d/b"));
    CALL(utimensat(AT_FDCWD, "d/b", (struct timespec[]){{3000, 0}, {4000, 0}}, 0));
    CALL(time_of("d/b"));
    CALL(utime("d/b", &(struct utimbuf){5000, 6000}));
    CALL(time_of("d/b"));

    list("d");
    list("d/b");
    list("none");
    for (int i = 0; i < 150; i++) {
        char name[100];
        snprintf(name, sizeof name, "d/a name that is long enough to fill a buffer of the listing %d", i);
        fclose(fopen(name, "w"));
    }
    list("d");
    for (int i = 0; i < 150; i++) {
        char name[100];
        snprintf(name, sizeof name, "d/a name that is long enough to fill a buffer of the listing %d", i);
        if (unlink(name)) puts(name);
    }

    int folder = open("d", O_RDONLY | O_DIRECTORY);
    struct stat found;
    CALL(faccessat(folder, "b", R_OK, 0));
    CALL(fstatat(folder, "b", &found, 0));
    CALL(mkdirat(folder, "e", 0777));
    CALL(renameat(folder, "e", folder, "f"));
    CALL(unlinkat(folder, "l", 0));
    CALL(unlinkat(folder, "f", AT_REMOVEDIR));
    fd = openat(folder, "b", O_RDONLY);
    CALL(read(fd, bytes, 3));
    CALL(close(fd));
    CALL(close(folder));

    fd = open("d/b", O_RDWR);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    CALL(fcntl(fd, F_SETLK, &lock));
    CALL(fcntl(fd, F_GETLK, &lock));
    CALL(lock.l_type == F_UNLCK);
    lock.l_type = 7;
    CALL(fcntl(fd, F_SETLKW, &lock));
    CALL(flock(fd, LOCK_EX | LOCK_NB));
    CALL(flock(fd, 0));
    CALL(lockf(fd, F_TLOCK, 0));
    CALL(lockf(fd, F_TEST, 0));
    CALL(lockf(fd, 99, 0));
    CALL(fcntl(fd, F_SETFD, FD_CLOEXEC));
    CALL(fcntl(fd, F_GETFD));
    CALL((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR);
    CALL(close(fd));
    CALL(fcntl(fd, F_SETLK, &lock));
    CALL(fcntl(fd, F_GETFL));
    CALL(flock(fd, LOCK_SH));
    CALL(lockf(fd, F_TEST, 0));

    CALL(rmdir("d"));
    CALL(unlink("d"));
    CALL(remove("d/b"));
    CALL(unlink("d/b"));
    CALL(remove("d"));
    CALL(stat("d", &found));
    return 0;
}
