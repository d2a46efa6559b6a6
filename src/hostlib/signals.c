/*
 * Signals of POSIX for wasi-libc, which has C's signal() and raise() alone. A signal comes from the program itself, and
 * its handler runs in raise(). A mask holds back the signals that have a handler by sigaction(). Weak, so that a program
 * may have its own.
 */
#if defined(__wasi__)

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define WEAK __attribute__((weak))

#define WORD (sizeof(unsigned long) * CHAR_BIT)

static sigset_t blocked;
static sigset_t pending;
static struct sigaction actions[_NSIG];

static int failed_with(int error)
{
    errno = error;
    return -1;
}

static bool is_signal(int signal)
{
    return signal > 0 && signal < _NSIG;
}

WEAK int sigemptyset(sigset_t *set)
{
    memset(set, 0, sizeof *set);
    return 0;
}

WEAK int sigfillset(sigset_t *set)
{
    memset(set, 0xff, sizeof *set);
    return 0;
}

WEAK int sigaddset(sigset_t *set, int signal)
{
    if (!is_signal(signal)) return failed_with(EINVAL);
    set->__bits[(size_t)(signal - 1) / WORD] |= 1UL << (size_t)(signal - 1) % WORD;
    return 0;
}

WEAK int sigdelset(sigset_t *set, int signal)
{
    if (!is_signal(signal)) return failed_with(EINVAL);
    set->__bits[(size_t)(signal - 1) / WORD] &= ~(1UL << (size_t)(signal - 1) % WORD);
    return 0;
}

WEAK int sigismember(const sigset_t *set, int signal)
{
    if (!is_signal(signal)) return failed_with(EINVAL);
    return (set->__bits[(size_t)(signal - 1) / WORD] >> (size_t)(signal - 1) % WORD) & 1;
}

static int change_mask(int how, const sigset_t *set, sigset_t *before)
{
    if (set && how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK) return EINVAL;
    sigset_t old = blocked;
    for (size_t i = 0; set && i < sizeof blocked.__bits / sizeof *blocked.__bits; i++) {
        unsigned long bits = set->__bits[i];
        blocked.__bits[i] = how == SIG_SETMASK ? bits : how == SIG_BLOCK ? old.__bits[i] | bits : old.__bits[i] & ~bits;
    }
    if (before) *before = old;
    for (int number = 1; number < _NSIG; number++) {
        if (sigismember(&pending, number) != 1 || sigismember(&blocked, number) == 1) continue;
        sigdelset(&pending, number);
        raise(number);
    }
    return 0;
}

WEAK int sigprocmask(int how, const sigset_t *set, sigset_t *before)
{
    int error = change_mask(how, set, before);
    return error ? failed_with(error) : 0;
}

WEAK int pthread_sigmask(int how, const sigset_t *set, sigset_t *before)
{
    return change_mask(how, set, before);
}

WEAK int sigpending(sigset_t *set)
{
    *set = pending;
    return 0;
}

WEAK int siginterrupt(int number, int interrupts)
{
    (void)interrupts;
    return is_signal(number) ? 0 : failed_with(EINVAL);
}

/* The handler for the C library: it calls the program's. */
static void call_handler(int number)
{
    struct sigaction action = actions[number];
    if (sigismember(&blocked, number) == 1) {
        sigaddset(&pending, number);
        return;
    }
    if (action.sa_flags & (int)SA_RESETHAND) signal(number, SIG_DFL);
    sigset_t before;
    change_mask(SIG_BLOCK, &action.sa_mask, &before);
    if (!(action.sa_flags & SA_NODEFER)) sigaddset(&blocked, number);
    action.sa_handler(number);
    change_mask(SIG_SETMASK, &before, NULL);
}

WEAK int sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
    if (!is_signal(number)) return failed_with(EINVAL);
    bool own = action && action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
    void (*handler)(int) = signal(number, own ? call_handler : action ? action->sa_handler : SIG_DFL);
    if (handler == SIG_ERR) return -1;
    if (!action) signal(number, handler);
    struct sigaction old = {.sa_handler = handler};
    if (handler == call_handler) old = actions[number];
    if (action) actions[number] = *action;
    if (before) *before = old;
    return 0;
}

/* There are no other processes. */
WEAK int kill(pid_t pid, int signal)
{
    if (signal < 0 || signal >= _NSIG) return failed_with(EINVAL);
    if (pid != getpid() && pid != 0 && pid != -1) return failed_with(ESRCH);
    return signal == 0 ? 0 : raise(signal);
}

WEAK int killpg(pid_t group, int signal)
{
    return kill(group == getpgrp() ? 0 : group, signal);
}

#endif
