/*
 * Functions of POSIX that a module has no system for: processes, users, modes of files. Programs link with the
 * same functions under both compilers, and hear from each of these that it is not implemented: docs/porting.md lists
 * them. Weak, so that a program may have one of its own.
 */
#if defined(__wasm__)

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <syslog.h>
#include <unistd.h>

#include "posix/thread.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunused-parameter"

#define WEAK __attribute__((weak))

int daemon(int stays, int keeps);

/* Functions that fail without a look at their arguments. */
#define ABSENT(type, failure, name, ...)                                                                               \
    WEAK type name(__VA_ARGS__)                                                                                        \
    {                                                                                                                  \
        errno = ENOSYS;                                                                                                \
        return failure;                                                                                                \
    }

/* Most programs do not look at the error. */
static int refuse_fork(void)
{
    static const char text[] = "fork: a program of lull cannot be copied; posix_spawn and popen start others\n";
    static bool is_said;
    if (!is_said && write(STDERR_FILENO, text, sizeof text - 1) > 0) is_said = true;
    errno = ENOSYS;
    return -1;
}

LULL__THREADS(pid_t, fork, void)
{
    return refuse_fork();
}

LULL__THREADS(pid_t, vfork, void)
{
    return refuse_fork();
}

ABSENT(int, -1, daemon, int stays, int keeps)

/* There is no log. */
WEAK void openlog(const char *name, int options, int facility)
{
}

WEAK void vsyslog(int priority, const char *format, va_list arguments)
{
}

WEAK void syslog(int priority, const char *format, ...)
{
}

WEAK void closelog(void)
{
}

WEAK int setlogmask(int mask)
{
    static int current = 0xff;
    int before = current;
    if (mask) current = mask;
    return before;
}

ABSENT(int, -1, initgroups, const char *user, gid_t group)
ABSENT(char *, NULL, getpass, const char *prompt)
ABSENT(int, -1, sethostname, const char *name, size_t size)
ABSENT(int, -1, fallocate, int fd, int mode, off_t offset, off_t length)
ABSENT(int, -1, lutimes, const char *path, const struct timeval times[2])

/* There are no groups to leave. */
WEAK int setgroups(size_t count, const gid_t *groups)
{
    if (count == 0) return 0;
    errno = EPERM;
    return -1;
}

static mode_t keep_mask(mode_t mask)
{
    static mode_t current = 022;
    mode_t before = current;
    current = mask & 0777;
    return before;
}

WEAK int getdtablesize(void)
{
    return 1024;
}

#if defined(__wasi__)

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

/* Processes. */
ABSENT(int, -1, execv, const char *path, char *const argv[])
ABSENT(int, -1, execve, const char *path, char *const argv[], char *const env[])
ABSENT(int, -1, execvp, const char *file, char *const argv[])
ABSENT(int, -1, fexecve, int fd, char *const argv[], char *const env[])
ABSENT(int, -1, execl, const char *path, const char *argument, ...)
ABSENT(int, -1, execle, const char *path, const char *argument, ...)
ABSENT(int, -1, execlp, const char *file, const char *argument, ...)
ABSENT(pid_t, -1, setsid, void)
ABSENT(int, -1, setpgid, pid_t pid, pid_t group)
ABSENT(int, -1, nice, int increment)
ABSENT(int, -1, getpriority, int which, id_t who)
ABSENT(int, -1, setpriority, int which, id_t who, int priority)
ABSENT(pid_t, -1, getsid, pid_t pid)

WEAK pid_t getppid(void)
{
    return 1;
}

WEAK pid_t getpgrp(void)
{
    return getpid();
}

WEAK pid_t getpgid(pid_t pid)
{
    if (pid == 0 || pid == getpid()) return getpid();
    errno = ESRCH;
    return -1;
}

/* Nothing is limited. */
WEAK int getrlimit(int resource, struct rlimit *limit)
{
    if (resource < 0) {
        errno = EINVAL;
        return -1;
    }
    *limit = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
    if (resource == RLIMIT_NOFILE) limit->rlim_cur = (rlim_t)getdtablesize();
    return 0;
}

ABSENT(int, -1, setrlimit, int resource, const struct rlimit *limit)

WEAK int getpagesize(void)
{
    return 65536;
}

WEAK int gethostname(char *name, size_t size)
{
    static const char host[] = "localhost";
    if (size < sizeof host) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(name, host, sizeof host);
    return 0;
}

/* Tasks share one thread: a stream needs no lock. */
WEAK void flockfile(FILE *file)
{
}

WEAK int ftrylockfile(FILE *file)
{
    return 0;
}

WEAK void funlockfile(FILE *file)
{
}

/* Users: there is one, number 0, who may not become another: a program that gives up its rights goes on by EPERM. */
static int stay_user(unsigned id)
{
    if (id == 0) return 0;
    errno = EPERM;
    return -1;
}

WEAK int setuid(uid_t user)
{
    return stay_user(user);
}

WEAK int seteuid(uid_t user)
{
    return stay_user(user);
}

WEAK int setgid(gid_t group)
{
    return stay_user(group);
}

WEAK int setegid(gid_t group)
{
    return stay_user(group);
}

ABSENT(struct passwd *, NULL, getpwnam, const char *name)
ABSENT(struct passwd *, NULL, getpwuid, uid_t user)
ABSENT(struct group *, NULL, getgrnam, const char *name)
ABSENT(struct group *, NULL, getgrgid, gid_t group)

/* The lists of users and groups are empty. */
WEAK void setpwent(void)
{
}

WEAK struct passwd *getpwent(void)
{
    return NULL;
}

WEAK void endpwent(void)
{
}

WEAK void setgrent(void)
{
}

WEAK struct group *getgrent(void)
{
    return NULL;
}

WEAK void endgrent(void)
{
}

ABSENT(char *, NULL, getlogin, void)

WEAK int getgroups(int count, gid_t *groups)
{
    return 0;
}

WEAK uid_t getuid(void)
{
    return 0;
}

WEAK uid_t geteuid(void)
{
    return 0;
}

WEAK gid_t getgid(void)
{
    return 0;
}

WEAK gid_t getegid(void)
{
    return 0;
}

/* Memory: advice is not followed. */
ABSENT(int, -1, mlock, const void *address, size_t size)
ABSENT(int, -1, munlock, const void *address, size_t size)
ABSENT(int, -1, shm_open, const char *name, int flags, mode_t mode)
ABSENT(int, -1, shm_unlink, const char *name)

WEAK int madvise(void *address, size_t size, int advice)
{
    return 0;
}

/* Files. */
ABSENT(int, -1, chown, const char *path, uid_t user, gid_t group)
ABSENT(int, -1, fchown, int fd, uid_t user, gid_t group)
ABSENT(int, -1, lchown, const char *path, uid_t user, gid_t group)
ABSENT(int, -1, mkfifo, const char *path, mode_t mode)
ABSENT(int, -1, mknod, const char *path, mode_t mode, dev_t device)
ABSENT(int, -1, chroot, const char *path)
ABSENT(int, -1, fchdir, int fd)

WEAK void sync(void)
{
}

WEAK mode_t umask(mode_t mask)
{
    return keep_mask(mask);
}

/* Temporary files: wasi-libc has none, since it knows no folder for them. A program is told where, or takes /tmp. */

/* Put letters in place of the six X before the last `suffix` characters. False: they are not there. */
static bool fill_template(char *path, size_t suffix)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    size_t length = strlen(path);
    uint8_t random[6];
    if (length < suffix + sizeof random || getentropy(random, sizeof random) != 0) return false;
    char *place = path + length - suffix - sizeof random;
    for (size_t i = 0; i < sizeof random; i++) place[i] = letters[random[i] % (sizeof letters - 1)];
    return true;
}

static bool is_template(const char *path)
{
    size_t length = strlen(path);
    return length >= 6 && strcmp(path + length - 6, "XXXXXX") == 0;
}

#define ATTEMPTS 100

WEAK int mkostemp(char *path, int flags)
{
    if (!is_template(path)) {
        errno = EINVAL;
        return -1;
    }
    for (int i = 0; i < ATTEMPTS && fill_template(path, 0); i++) {
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | flags, 0600);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

WEAK int mkstemp(char *path)
{
    return mkostemp(path, 0);
}

WEAK char *mkdtemp(char *path)
{
    if (!is_template(path)) {
        errno = EINVAL;
        return NULL;
    }
    for (int i = 0; i < ATTEMPTS && fill_template(path, 0); i++) {
        if (mkdir(path, 0700) == 0) return path;
        if (errno != EEXIST) break;
    }
    return NULL;
}

WEAK char *mktemp(char *path)
{
    struct stat found;
    bool fits = is_template(path);
    if (!fits) errno = EINVAL;
    for (int i = 0; i < ATTEMPTS && fits && fill_template(path, 0); i++) {
        if (stat(path, &found) != 0) return path;
    }
    *path = '\0';
    return path;
}

WEAK char *tmpnam(char *name)
{
    static char own[L_tmpnam];
    char *made = strcpy(name ? name : own, P_tmpdir "/lullXXXXXX");
    return *mktemp(made) ? made : NULL;
}

WEAK FILE *tmpfile(void)
{
    char path[] = P_tmpdir "/lullXXXXXX";
    int fd = mkstemp(path);
    if (fd < 0) return NULL;
    unlink(path);
    FILE *file = fdopen(fd, "w+");
    if (!file) close(fd);
    return file;
}

#else

/* Emscripten's C library calls these, which it leaves to JavaScript. */
#define SYSCALL(name, ...)                                                                                             \
    long __syscall_##name(__VA_ARGS__);                                                                                \
    WEAK long __syscall_##name(__VA_ARGS__)                                                                            \
    {                                                                                                                  \
        return -ENOSYS;                                                                                                \
    }

SYSCALL(chown32, long path, long user, long group)
SYSCALL(fchown32, long fd, long user, long group)
SYSCALL(lchown32, long path, long user, long group)
SYSCALL(fchownat, long folder, long path, long user, long group, long flags)
SYSCALL(chmod, long path, long mode)
SYSCALL(fchmod, long fd, long mode)
SYSCALL(fchmodat, long folder, long path, long mode, ...)
SYSCALL(mknod, long path, long mode, long device)
SYSCALL(mknodat, long folder, long path, long mode, long device)
SYSCALL(chdir, long path)
SYSCALL(fchdir, long fd)

long __syscall_umask(long mask);

WEAK long __syscall_umask(long mask)
{
    return (long)keep_mask((mode_t)mask);
}

#define USER(name)                                                                                                     \
    long __syscall_##name(void);                                                                                       \
    WEAK long __syscall_##name(void)                                                                                   \
    {                                                                                                                  \
        return 0;                                                                                                      \
    }

USER(getuid32)
USER(geteuid32)
USER(getgid32)
USER(getegid32)

#endif

#pragma clang diagnostic pop

#endif
