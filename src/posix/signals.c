/*
 * Signals. They come from the program itself: raise, kill, pthread_kill, and timers. A handler runs in the thread that
 * gets the signal, if that waits in a function of POSIX: its wait then ends with EINTR, or goes on (SA_RESTART). Else
 * it runs in the task that sends the signal, since nothing interrupts a task that runs. Each thread has its own mask.
 * (POSIX.1-2017.)
 */
#include "posix/signals.h"

#if defined(__wasm__)

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "posix/thread.h"

#define SIGNALS_END 65 /* after the last */

static struct sigaction actions[SIGNALS_END];
static uint64_t pending_for_all; /* sent to the program while all threads block them */

static uint64_t bit_of(int number)
{
    return (uint64_t)1 << (number - 1);
}

bool lull__is_signal(int number)
{
    return number > 0 && number < SIGNALS_END;
}

/* ---- Sets -------------------------------------------------------------------------------------------------------- */

#define WORD (sizeof(unsigned long) * CHAR_BIT)

static uint64_t bits_of(const sigset_t *set)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < 64 / WORD; i++) bits |= (uint64_t)set->__bits[i] << i * WORD;
    return bits;
}

static sigset_t set_of(uint64_t bits)
{
    sigset_t set;
    memset(&set, 0, sizeof set);
    for (size_t i = 0; i < 64 / WORD; i++) set.__bits[i] = (unsigned long)(bits >> i * WORD);
    return set;
}

LULL__WEAK int sigemptyset(sigset_t *set)
{
    *set = set_of(0);
    return 0;
}

LULL__WEAK int sigfillset(sigset_t *set)
{
    *set = set_of(~(uint64_t)0);
    return 0;
}

LULL__WEAK int sigaddset(sigset_t *set, int number)
{
    if (!lull__is_signal(number)) return lull__posix_result(EINVAL);
    *set = set_of(bits_of(set) | bit_of(number));
    return 0;
}

LULL__WEAK int sigdelset(sigset_t *set, int number)
{
    if (!lull__is_signal(number)) return lull__posix_result(EINVAL);
    *set = set_of(bits_of(set) & ~bit_of(number));
    return 0;
}

LULL__WEAK int sigismember(const sigset_t *set, int number)
{
    if (!lull__is_signal(number)) return lull__posix_result(EINVAL);
    return (bits_of(set) & bit_of(number)) != 0;
}

/* ---- Delivery ---------------------------------------------------------------------------------------------------- */

/* The action of a signal without a handler: nothing, or the end of the program. */
static void act_by_default(int number)
{
    if (number == SIGCHLD || number == SIGCONT || number == SIGURG || number == SIGWINCH) return;
    const char *text = strsignal(number);
    if (write(STDERR_FILENO, text, strlen(text)) > 0) (void)write(STDERR_FILENO, "\n", 1);
    abort();
}

static void deliver_pending(lull__thread *thread);

/* Run the handler for a thread that does not block the signal, in the current task. */
static void handle(int number, lull__thread *thread)
{
    struct sigaction action = actions[number];
    if (action.sa_handler == SIG_IGN) return;
    if (action.sa_handler == SIG_DFL) {
        act_by_default(number);
        return;
    }
    if (action.sa_flags & (int)SA_RESETHAND) actions[number].sa_handler = SIG_DFL;
    if (!(action.sa_flags & SA_RESTART)) thread->restarts = false;
    lull_task task = thread->task;
    uint64_t before = thread->blocked;
    thread->blocked |= bits_of(&action.sa_mask) | (action.sa_flags & SA_NODEFER ? 0 : bit_of(number));
#ifdef SA_SIGINFO
    if (action.sa_flags & SA_SIGINFO) {
        siginfo_t info = {.si_signo = number};
        action.sa_sigaction(number, &info, NULL);
    } else
#endif
        (void)lull__call_any((lull__any *)action.sa_handler, (void *)(intptr_t)number);
    if (!thread->is_live || thread->task != task) return; /* it has ended while its handler waited in another task */
    thread->blocked = before;
    deliver_pending(thread);
}

/* Have a thread that waits run the handler itself. False where it does not wait, or in no wait of POSIX. */
static bool interrupt(lull__thread *thread, int number)
{
    bool has_handler = actions[number].sa_handler != SIG_IGN && actions[number].sa_handler != SIG_DFL;
    if (!has_handler || !(thread->is_at_point || thread->is_locking) || thread == lull__thread_self()) return false;
    if (!thread->is_interrupted && lull_throw(thread->task, LULL__EINTR, NULL) != 0) return false;
    thread->is_interrupted = true;
    thread->pending |= bit_of(number);
    return true;
}

/* See lull__run_handlers. */
static void run_due_handlers(void)
{
    lull__thread *self = lull__thread_self();
    if (!self || !self->is_interrupted) return;
    self->is_interrupted = false;
    self->restarts = true;
    deliver_pending(self);
}

/* A signal for one thread. */
static void deliver_to(lull__thread *thread, int number)
{
    if (thread->awaited & bit_of(number)) {
        thread->taken = number;
        thread->awaited = 0;
        lull__unpark(&thread->sigwait);
    } else if (thread->blocked & bit_of(number)) {
        thread->pending |= bit_of(number);
    } else if (!interrupt(thread, number)) {
        handle(number, thread);
    }
}

/* Deliver the pending signals that a thread has unblocked. */
static void deliver_pending(lull__thread *thread)
{
    for (int number = 1; number < SIGNALS_END; number++) {
        if (!((thread->pending | pending_for_all) & ~thread->blocked & bit_of(number))) continue;
        thread->pending &= ~bit_of(number);
        pending_for_all &= ~bit_of(number);
        handle(number, thread);
    }
}

/* The receiver of a signal to the program: a thread in sigwait, or the oldest thread that does not block it. */
static lull__thread *receiver_of(int number)
{
    lull__thread *found = NULL;
    for (lull__thread *thread = lull__thread_after(NULL); thread; thread = lull__thread_after(thread)) {
        if (thread->is_over) continue;
        if (thread->awaited & bit_of(number)) return thread;
        bool waits = !found || (thread->is_at_point && !found->is_at_point);
        if (waits && !(thread->blocked & bit_of(number))) found = thread;
    }
    return found || lull__threads_are_all() ? found : lull__thread_self();
}

void lull__signal_send(int number)
{
    lull__thread *thread = receiver_of(number);
    if (thread) {
        deliver_to(thread, number);
    } else if (actions[number].sa_handler != SIG_IGN) {
        pending_for_all |= bit_of(number);
    }
}

/* ---- Sending ----------------------------------------------------------------------------------------------------- */

LULL__WRAPPED(int, raise, int number)
{
    lull__thread *self = lull__thread_self();
    if (!lull__is_signal(number)) return lull__posix_result(EINVAL);
    if (!self) return lull__posix_result(ENOMEM);
    deliver_to(self, number);
    return 0;
}

LULL__THREADS(int, pthread_kill, pthread_t id, int number)
{
    lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live) return ESRCH;
    if (number != 0 && !lull__is_signal(number)) return EINVAL;
    if (number != 0 && !thread->is_over) deliver_to(thread, number);
    return 0;
}

/* There are no other processes. */
LULL__WEAK int kill(pid_t process, int number)
{
    if (number != 0 && !lull__is_signal(number)) return lull__posix_result(EINVAL);
    if (process != getpid() && process != 0 && process != -1) return lull__posix_result(ESRCH);
    if (number == 0) return 0;
    /* POSIX: at least one signal is delivered before this returns, to the caller, if it does not block it. */
    lull__thread *self = lull__thread_self();
    if (self && !(self->blocked & bit_of(number))) {
        deliver_to(self, number);
    } else {
        lull__signal_send(number);
    }
    return 0;
}

LULL__WEAK int killpg(pid_t group, int number)
{
    return kill(group == getpgrp() ? 0 : group, number);
}

/* ---- Handlers ---------------------------------------------------------------------------------------------------- */

LULL__THREADS(int, sigaction, int number, const struct sigaction *action, struct sigaction *before)
{
    if (!lull__is_signal(number)) return lull__posix_result(EINVAL);
    if (action && (number == SIGKILL || number == SIGSTOP)) return lull__posix_result(EINVAL);
    if (before) *before = actions[number];
    if (!action) return 0;
    actions[number] = *action;
    if (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN) {
        lull__points_use(true);
        lull__run_handlers = run_due_handlers;
    }
    return 0;
}

typedef void handler_of_signal(int number);

LULL__WRAPPED(handler_of_signal *, signal, int number, handler_of_signal *handler)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;
    return sigaction(number, &action, &before) == 0 ? before.sa_handler : SIG_ERR;
}

LULL__WEAK int siginterrupt(int number, int interrupts)
{
    if (!lull__is_signal(number)) return lull__posix_result(EINVAL);
    actions[number].sa_flags =
        interrupts ? actions[number].sa_flags & ~SA_RESTART : actions[number].sa_flags | SA_RESTART;
    return 0;
}

/* ---- Masks ------------------------------------------------------------------------------------------------------- */

static int change_mask(int how, const sigset_t *set, sigset_t *before)
{
    if (set && how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK) return EINVAL;
    lull__thread *self = lull__thread_self();
    if (!self) return ENOMEM;
    uint64_t old = self->blocked;
    if (set) {
        uint64_t bits = bits_of(set) & ~(bit_of(SIGKILL) | bit_of(SIGSTOP));
        self->blocked = how == SIG_SETMASK ? bits : how == SIG_BLOCK ? old | bits : old & ~bits;
    }
    if (before) *before = set_of(old);
    deliver_pending(self);
    return 0;
}

LULL__THREADS(int, sigprocmask, int how, const sigset_t *set, sigset_t *before)
{
    return lull__posix_result(change_mask(how, set, before));
}

LULL__THREADS(int, pthread_sigmask, int how, const sigset_t *set, sigset_t *before)
{
    return change_mask(how, set, before);
}

LULL__THREADS(int, sigpending, sigset_t *set)
{
    const lull__thread *self = lull__thread_self();
    *set = set_of((self ? self->pending : 0) | pending_for_all);
    return 0;
}

/* ---- Waiting for signals ----------------------------------------------------------------------------------------- */

/* Wait for a handler. Returns -1, with EINTR. */
static int wait_for_handler(const char *function)
{
    static lull__lot nobody_wakes;
    const lull__lot_kind kind = {.name = function};
    lull__points_use(true);
    lull__point_enter();
    int status = lull__park(&nobody_wakes, NULL, &kind, LULL_FOREVER, true);
    lull__point_leave(status);
    return lull__posix_result(lull__posix_error(function, status));
}

LULL__WEAK int pause(void)
{
    return wait_for_handler("pause");
}

bool lull__mask_begin(const sigset_t *mask, lull__mask *saved)
{
    lull__thread *self = mask ? lull__thread_self() : NULL;
    *saved = (lull__mask){.is_changed = self != NULL};
    if (!self) return false;
    saved->before = self->blocked;
    self->blocked = bits_of(mask) & ~(bit_of(SIGKILL) | bit_of(SIGSTOP));
    bool is_pending = ((self->pending | pending_for_all) & ~self->blocked) != 0;
    deliver_pending(self);
    return is_pending;
}

void lull__mask_end(const lull__mask *saved)
{
    lull__thread *self = saved->is_changed ? lull__thread_self() : NULL;
    if (!self) return;
    self->blocked = saved->before;
    deliver_pending(self);
}

LULL__WEAK int sigsuspend(const sigset_t *mask)
{
    lull__mask saved;
    bool is_over = lull__mask_begin(mask, &saved);
    int result = is_over ? lull__posix_result(EINTR) : wait_for_handler("sigsuspend");
    lull__mask_end(&saved);
    return result;
}

LULL__WEAK int sigwait(const sigset_t *set, int *number)
{
    static const lull__lot_kind kind = {.name = "sigwait"};
    lull__thread *self = lull__thread_self();
    if (!self) return ENOMEM;
    uint64_t wanted = bits_of(set);
    for (int candidate = 1; candidate < SIGNALS_END; candidate++) {
        if (!((self->pending | pending_for_all) & wanted & bit_of(candidate))) continue;
        self->pending &= ~bit_of(candidate);
        pending_for_all &= ~bit_of(candidate);
        *number = candidate;
        return 0;
    }
    self->taken = 0;
    int error = 0;
    while (!self->taken && (error == 0 || error == EINTR)) {
        self->awaited = wanted;
        error = lull__park_at_point(&self->sigwait, NULL, &kind, LULL_FOREVER);
    }
    self->awaited = 0;
    if (!self->taken) return error;
    *number = self->taken;
    return 0;
}

#endif
