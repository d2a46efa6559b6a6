/* Functions that a module has no system for. A line for each that is not as docs/porting.md says. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <syslog.h>
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

static int got;

static void note(int signal)
{
    got = signal;
}

static void check_signals(void)
{
    sigset_t set;
    sigset_t before;
    sigemptyset(&set);
    check("sigaddset", sigaddset(&set, SIGUSR2), 0);
    check("sigaddset of none", sigaddset(&set, 1000), -1);
    check("sigismember", sigismember(&set, SIGUSR2), 1);
    check("sigismember of another", sigismember(&set, SIGUSR1), 0);
    check("sigprocmask", sigprocmask(SIG_BLOCK, &set, NULL), 0);
    check("sigprocmask back", sigprocmask(SIG_SETMASK, &(sigset_t){0}, &before), 0);
    check("the mask", sigismember(&before, SIGUSR2), 1);

    struct sigaction action = {.sa_handler = note, .sa_mask = set, .sa_flags = SA_RESTART};
    struct sigaction old;
    check("sigaction", sigaction(SIGUSR1, &action, NULL), 0);
    check("sigaction asked", sigaction(SIGUSR1, NULL, &old), 0);
    check("its handler", old.sa_handler == note, 1);
    check("its flags", old.sa_flags & SA_RESTART, SA_RESTART);
    check("its mask", sigismember(&old.sa_mask, SIGUSR2), 1);
    check("raise", raise(SIGUSR1), 0);
    check("the handler's signal", got, SIGUSR1);
    got = 0;
    check("kill", kill(getpid(), SIGUSR1), 0);
    check("the handler's signal by kill", got, SIGUSR1);
#if defined(__wasi__)
    got = 0;
    check("sigprocmask of a handled signal", sigprocmask(SIG_BLOCK, &(sigset_t){{~0UL, ~0UL}}, NULL), 0);
    check("raise of a blocked signal", raise(SIGUSR1), 0);
    check("no signal yet", got, 0);
    check("sigpending", sigpending(&set) + sigismember(&set, SIGUSR1), 1);
    check("sigprocmask that lets it through", sigprocmask(SIG_SETMASK, &(sigset_t){0}, NULL), 0);
    check("the blocked signal", got, SIGUSR1);
    action.sa_flags = (int)SA_RESETHAND;
    check("sigaction for one signal", sigaction(SIGUSR1, &action, NULL), 0);
    check("raise for it", raise(SIGUSR1), 0);
    check("sigaction after it", sigaction(SIGUSR1, NULL, &old), 0);
    check("the default", old.sa_handler == SIG_DFL, 1);
#endif
    check("kill with no signal", kill(getpid(), 0), 0);
    check("sigaction of none", sigaction(1000, &action, NULL), -1);
}

int main(void)
{
    char *const argv[] = {NULL};
    FAILS(fork());
    FAILS(fork());
    FAILS(daemon(0, 0));
    check("execv", execv("a", argv), -1); /* Emscripten has ENOEXEC */
    check("execvp", execvp("a", argv), -1);
    FAILS(chown("a", 1, 1));
    FAILS(mknod("a", 0, 0));
    FAILS(fchdir(1));
    FAILS(initgroups("root", 0));
    FAILS(sethostname("a", 1));
    FAILS(fallocate(1, 0, 0, 1));
    FAILS(lutimes("a", NULL));
    check("getpass", getpass("?") == NULL, 1);
#if defined(__wasi__)
    FAILS(fexecve(1, argv, argv));
    FAILS(mlock(&got, sizeof got));
    FAILS(shm_open("a", O_RDONLY, 0));
    FAILS(setrlimit(RLIMIT_CORE, &(struct rlimit){0}));
    check("setuid of another", setuid(1), -1);
    check("errno of setuid", errno, EPERM);
    check("setgid of its own", setgid(0), 0);
    check("setgroups of none", setgroups(0, NULL), 0);
    check("madvise", madvise(&got, sizeof got, MADV_DONTNEED), 0);
#endif
    check("getuid", getuid(), 0);
    check("getegid", getegid(), 0);
    check("alarm", alarm(1), 0);
    check("getpwnam", getpwnam("root") == NULL, 1);
    check("getgrgid", getgrgid(0) == NULL, 1);
    setpwent();
    check("getpwent", getpwent() == NULL, 1);
    endpwent();
    setgrent();
    check("getgrent", getgrent() == NULL, 1);
    endgrent();
    mode_t mask = umask(027);
    check("umask", umask(mask), 027);
    struct rlimit limit;
    check("getrlimit", getrlimit(RLIMIT_NOFILE, &limit), 0);
    check("its limit", limit.rlim_cur > 100, 1);
    check("getpgid", getpgid(0), getpgrp());
    check("getgroups", getgroups(0, NULL) <= 0, 1);
    check("getpagesize", getpagesize(), 65536);
    check("ttyname_r", ttyname_r(0, (char[8]){0}, 8) != 0, 1);
    syslog(LOG_INFO, "to %s", "nobody");
    flockfile(stdout);
    funlockfile(stdout);
    check_signals();
    puts("done");
    return 0;
}
