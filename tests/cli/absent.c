/* Functions that a module has no system for. A line for each that is not as docs/porting.md says. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(const char *name, long value, long expected)
{
    if (value != expected) printf("%s: %ld, not %ld\n", name, value, expected);
}

#define FAILS(call)                                                                                                    \
    do {                                                                                                               \
        errno = 0;                                                                                                     \
        check(#call, (long)(call), -1);                                                                                \
        check("errno of " #call, errno, ENOSYS);                                                                       \
    } while (0)

int main(void)
{
    int status;
    int fds[2];
    char *const argv[] = {NULL};
    check("system(NULL)", system(NULL), 0);
    FAILS(system("true"));
    FAILS(fork());
    check("execv", execv("a", argv), -1); /* Emscripten has ENOEXEC */
    check("execvp", execvp("a", argv), -1);
    FAILS(waitpid(1, &status, 0));
    FAILS(dup(1));
    FAILS(dup2(1, 2));
    FAILS(pipe(fds));
    FAILS(chown("a", 1, 1));
    FAILS(mknod("a", 0, 0));
    FAILS(fchdir(1));
    errno = 0;
    check("popen", popen("true", "r") == NULL, 1);
    check("errno of popen", errno, ENOSYS);
    check("getuid", getuid(), 0);
    check("getegid", getegid(), 0);
    check("alarm", alarm(1), 0);
    check("getpwnam", getpwnam("root") == NULL, 1);
    check("getgrgid", getgrgid(0) == NULL, 1);
    mode_t mask = umask(027);
    check("umask", umask(mask), 027);
    puts("done");
    return 0;
}
