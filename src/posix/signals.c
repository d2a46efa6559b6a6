/*
 * Signals. They come from the program itself (raise, kill, pthread_kill, timers), and from the host. A handler runs in
 * the thread that gets the signal, if that waits in a function of POSIX: its wait then ends with EINTR, or goes on
 * (SA_RESTART). Else it runs in the task that sends the signal, which is a task of its own for those of the host, since
 * nothing interrupts a task that runs. Each thread has its own mask. (POSIX.1-2017.)
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

#define REALTIME_BEGIN 32 /* from here on, each signal is queued; the others are pending once */
#define QUEUED_MAX 1024

static struct sigaction actions[SIGNALS_END];
static uint64_t pending_for_all; /* sent to the program while all threads block them */
static lull__queued *queued_for_all;

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

LULL__WEAK int sigisemptyset(const sigset_t *set)
{
    return bits_of(set) == 0;
}

LULL__WEAK int sigorset(sigset_t *set, const sigset_t *a, const sigset_t *b)
{
    *set = set_of(bits_of(a) | bits_of(b));
    return 0;
}

LULL__WEAK int sigandset(sigset_t *set, const sigset_t *a, const sigset_t *b)
{
    *set = set_of(bits_of(a) & bits_of(b));
    return 0;
}

/* ---- Pending signals --------------------------------------------------------------------------------------------- */

/* Those of a thread; of NULL, those of the program. */
static uint64_t *pending_of(lull__thread *thread)
{
    return thread ? &thread->pending : &pending_for_all;
}
static lull__queued **queue_of(lull__thread *thread)
{
    return thread ? &thread->queued : &queued_for_all;
}

static lull__queued **find_queued(lull__queued **at, int number)
{
    while (*at && (*at)->signal.number != number) at = &(*at)->next;
    return at;
}

/* Keep a signal until it can be delivered. Without memory, of several equal ones one is left, without its value. */
static void keep_pending(lull__thread *thread, const lull__signal *signal)
{
    uint64_t bit = bit_of(signal->number);
    bool is_realtime = signal->number >= REALTIME_BEGIN;
    bool is_known = (*pending_of(thread) & bit) && !is_realtime;
    *pending_of(thread) |= bit;
    if (is_known || (signal->code == SI_USER && !is_realtime)) return;
    lull__queued *entry = (lull__queued *)malloc(sizeof *entry);
    if (!entry) return;
    *entry = (lull__queued){.signal = *signal};
    lull__queued **end = queue_of(thread);
    while (*end) end = &(*end)->next;
    *end = entry;
}

bool lull__signal_overruns(int timer, int overrun)
{
    lull__queued *entry = queued_for_all;
    while (entry && entry->signal.timer != timer) entry = entry->next;
    for (lull__thread *thread = lull__thread_after(NULL); thread && !entry; thread = lull__thread_after(thread))
        for (entry = thread->queued; entry && entry->signal.timer != timer; entry = entry->next) continue;
    if (entry) entry->signal.overrun = overrun;
    return entry != NULL;
}

static void drop_queued(lull__queued **at)
{
    lull__queued *entry = *at;
    *at = entry->next;
    free(entry);
}

/* The next signal of this number, which is pending. */
static lull__signal take_pending(lull__thread *thread, int number)
{
    lull__signal signal = {.number = number, .code = SI_USER};
    lull__queued **at = find_queued(queue_of(thread), number);
    if (*at) {
        signal = (*at)->signal;
        drop_queued(at);
    }
    if (!*find_queued(at, number)) *pending_of(thread) &= ~bit_of(number);
    return signal;
}

/* The signal of the lowest number of these that is pending for the thread. False where there is none. */
static bool take_first(lull__thread *thread, uint64_t wanted, lull__signal *signal)
{
    wanted &= thread->pending | pending_for_all;
    if (!wanted) return false;
    int number = __builtin_ctzll(wanted) + 1;
    *signal = take_pending(thread->pending & bit_of(number) ? thread : NULL, number);
    return true;
}

static size_t count_queued(void)
{
    size_t count = 0;
    for (const lull__queued *entry = queued_for_all; entry; entry = entry->next) count++;
    for (const lull__thread *thread = lull__thread_after(NULL); thread; thread = lull__thread_after(thread))
        for (const lull__queued *entry = thread->queued; entry; entry = entry->next) count++;
    return count;
}

static void discard_pending_of(lull__thread *thread, int number)
{
    *pending_of(thread) &= ~bit_of(number);
    lull__queued **at;
    while (*(at = find_queued(queue_of(thread), number))) drop_queued(at);
}

static void discard_pending(int number)
{
    discard_pending_of(NULL, number);
    for (lull__thread *thread = lull__thread_after(NULL); thread; thread = lull__thread_after(thread))
        discard_pending_of(thread, number);
}

static siginfo_t info_of(const lull__signal *signal)
{
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_signo = signal->number;
    info.si_code = signal->code;
    info.si_value = signal->value;
    if (signal->code == SI_TIMER) {
        info.si_timerid = signal->timer;
        info.si_overrun = signal->overrun;
    } else if (signal->code != SI_KERNEL) {
        info.si_pid = getpid();
    }
    return info;
}

/* ---- Delivery ---------------------------------------------------------------------------------------------------- */

static bool is_ignored_by_default(int number)
{
    return number == SIGCHLD || number == SIGCONT || number == SIGURG || number == SIGWINCH;
}

static bool host_sends; /* signals: a wait for one has an end, and the program is a process of its own */
static void take_from_host(void);

/* The action of a signal without a handler: nothing; the end of a process; else that of the task that sends it. */
static void act_by_default(int number)
{
    if (is_ignored_by_default(number)) return;
    take_from_host();
    const char *text = strsignal(number);
    if (write(STDERR_FILENO, text, strlen(text)) > 0) (void)write(STDERR_FILENO, "\n", 1);
    if (host_sends) _Exit(128 + number); /* as shells tell it */
    abort();
}

static void deliver_pending(lull__thread *thread);

/*
 * Run the handler for a thread that does not block the signal, in the current task. Returns false where the thread has
 * ended meanwhile.
 */
static bool handle(const lull__signal *signal, lull__thread *thread)
{
    int number = signal->number;
    struct sigaction action = actions[number];
    if (action.sa_handler == SIG_IGN) return true;
    if (action.sa_handler == SIG_DFL) {
        act_by_default(number);
        return true;
    }
    if (action.sa_flags & (int)SA_RESETHAND) {
        actions[number].sa_handler = SIG_DFL;
        actions[number].sa_flags &= ~SA_SIGINFO;
    }
    if (!(action.sa_flags & SA_RESTART)) thread->restarts = false;
    lull_task task = thread->task;
    uint64_t before = thread->blocked;
    bool is_first = !thread->is_handling;
    if (is_first) thread->unhandled = before;
    thread->is_handling = true;
    thread->blocked |= bits_of(&action.sa_mask) | (action.sa_flags & SA_NODEFER ? 0 : bit_of(number));
    siginfo_t info = info_of(signal);
    siginfo_t *told = action.sa_flags & SA_SIGINFO ? &info : NULL;
    (void)lull__call_any_with_two((lull__any *)action.sa_handler, (void *)(intptr_t)number, told);
    if (!thread->is_live || thread->task != task) return false; /* it waited, in another task */
    thread->is_handling = !is_first;
    thread->blocked = before;
    deliver_pending(thread);
    return thread->is_live && thread->task == task;
}

/*
 * Have a thread that waits, or has not begun, run the handler itself. False where it does not wait, or as lull has it.
 */
static bool interrupt(lull__thread *thread, const lull__signal *signal)
{
    int number = signal->number;
    bool has_handler = actions[number].sa_handler != SIG_IGN && actions[number].sa_handler != SIG_DFL;
    bool is_new = thread->is_created && !thread->is_started;
    bool waits = is_new || thread->is_at_point || thread->is_locking;
    if (!has_handler || !waits || thread == lull__thread_self()) return false;
    if (!is_new && !thread->is_interrupted && lull_throw(thread->task, LULL__EINTR, NULL) != 0) return false;
    thread->is_interrupted = true;
    keep_pending(thread, signal);
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

/*
 * See lull__leave_handlers. POSIX asks this of siglongjmp, and leaves it open for longjmp; to the compilers' headers
 * both are one. A jump within a handler unblocks its signal early.
 */
static void leave_handlers(void)
{
    lull__thread *self = lull__thread_self();
    if (!self || !self->is_handling) return;
    self->is_handling = false;
    self->blocked = self->unhandled;
}

/* A signal for one thread. */
static void deliver_to(lull__thread *thread, const lull__signal *signal)
{
    uint64_t bit = bit_of(signal->number);
    if (thread->awaited & bit) {
        thread->taken = *signal;
        thread->awaited = 0;
        lull__unpark(&thread->sigwait);
    } else if (thread->blocked & bit) {
        keep_pending(thread, signal);
    } else if (!interrupt(thread, signal)) {
        (void)handle(signal, thread);
    }
}

/* Deliver the pending signals that a thread has unblocked. */
static void deliver_pending(lull__thread *thread)
{
    lull__signal signal;
    while (take_first(thread, ~thread->blocked, &signal) && handle(&signal, thread)) continue;
}

/* The receiver of a signal to the program: a thread in sigwait, or the oldest thread that does not block it. */
static lull__thread *receiver_of(int number)
{
    lull__thread *found = NULL;
    for (lull__thread *thread = lull__thread_after(NULL); thread; thread = lull__thread_after(thread)) {
        if (thread->is_over || thread->is_internal) continue;
        if (thread->awaited & bit_of(number)) return thread;
        bool waits = !found || (thread->is_at_point && !found->is_at_point);
        if (waits && !(thread->blocked & bit_of(number))) found = thread;
    }
    return found || lull__threads_are_all() ? found : lull__thread_self();
}

void lull__signal_send_told(const lull__signal *signal)
{
    lull__thread *thread = receiver_of(signal->number);
    if (thread) {
        deliver_to(thread, signal);
    } else if (actions[signal->number].sa_handler != SIG_IGN) {
        keep_pending(NULL, signal);
    }
}

void lull__signal_send(int number)
{
    const lull__signal signal = {.number = number, .code = SI_USER};
    lull__signal_send_told(&signal);
}

/* ---- Sending ----------------------------------------------------------------------------------------------------- */

LULL__WRAPPED(int, raise, int number)
{
    lull__thread *self = lull__thread_self();
    if (!lull__is_signal(number)) return lull__posix_result(EINVAL);
    if (!self) return lull__posix_result(ENOMEM);
    const lull__signal signal = {.number = number, .code = SI_USER};
    deliver_to(self, &signal);
    return 0;
}

LULL__THREADS(int, pthread_kill, pthread_t id, int number)
{
    lull__thread *thread = (lull__thread *)id;
    if (!thread || !thread->is_live) return ESRCH;
    if (number != 0 && !lull__is_signal(number)) return EINVAL;
    const lull__signal signal = {.number = number, .code = SI_USER};
    if (number != 0 && !thread->is_over) deliver_to(thread, &signal);
    return 0;
}

LULL__HOOK static int lull__hook_send_to_child(pid_t process, int number)
{
    return lull__send_to_child ? lull__send_to_child(process, number, 0) : ESRCH;
}

/* There are no other processes than this one and its children. */
static int send_to_process(pid_t process, const lull__signal *signal)
{
    int number = signal->number;
    if (number != 0 && !lull__is_signal(number)) return lull__posix_result(EINVAL);
    if (process != getpid() && process != 0 && process != -1)
        return lull__posix_result(lull__hook_send_to_child(process, number));
    if (number == 0) return 0;
    /* POSIX: at least one signal is delivered before this returns, to the caller, if it does not block it. */
    lull__thread *self = lull__thread_self();
    if (self && !(self->blocked & bit_of(number))) {
        deliver_to(self, signal);
    } else {
        lull__signal_send_told(signal);
    }
    return 0;
}

LULL__WEAK int kill(pid_t process, int number)
{
    const lull__signal signal = {.number = number, .code = SI_USER};
    return send_to_process(process, &signal);
}

LULL__WEAK int sigqueue(pid_t process, int number, const union sigval value)
{
    const lull__signal signal = {.number = number, .code = SI_QUEUE, .value = value};
    if (process <= 0) return lull__posix_result(ESRCH); /* it knows no groups */
    if (count_queued() >= QUEUED_MAX) return lull__posix_result(EAGAIN);
    return send_to_process(process, &signal);
}

LULL__WEAK int killpg(pid_t group, int number)
{
    return kill(group == getpgrp() ? 0 : group, number);
}

/* ---- From the host ----------------------------------------------------------------------------------------------- */

static const unsigned char host_signals[] = {
#define NUMBER(name) (name),
    LULL__SIGNAL_MAP(NUMBER)
#undef NUMBER
};

static lull__lot pausing; /* in pause and sigsuspend */

static lull_value run_host_signal(void *number)
{
    lull__thread *self = lull__thread_self();
    if (!self) return 0;
    self->is_internal = true;
    lull__signal_send_told(&(lull__signal){.number = (int)(intptr_t)number, .code = SI_USER});
    return 0;
}

static bool is_awaited(int number)
{
    for (const lull__thread *thread = lull__thread_after(NULL); thread; thread = lull__thread_after(thread))
        if (thread->awaited & bit_of(number)) return true;
    return false;
}

/* Whether all threads that take signals to the program block it. */
static bool is_blocked(int number)
{
    bool is_blocked_by_one = false;
    for (const lull__thread *thread = lull__thread_after(NULL); thread; thread = lull__thread_after(thread)) {
        if (thread->is_over || thread->is_internal) continue;
        if (!(thread->blocked & bit_of(number))) return false;
        is_blocked_by_one = true;
    }
    return is_blocked_by_one && lull__threads_are_all();
}

/*
 * The host has a signal for the program, of LULL__SIGNAL_MAP. Returns whether the program acts on it, or has it wait:
 * else the host acts. A place beyond the table is no signal: the host tells that it sends some. See D115.
 */
bool lull__used_signaled(unsigned place);

LULL__NOINLINE bool lull__used_signaled(unsigned place)
{
    host_sends = true;
    if (place >= sizeof host_signals) return true;
    int number = host_signals[place];
    bool is_default = actions[number].sa_handler == SIG_DFL;
    if (actions[number].sa_handler == SIG_IGN) return true;
    if (is_default && !is_awaited(number) && !is_blocked(number)) return false;
    return lull_spawn(run_host_signal, (void *)(intptr_t)number, .name = "signal",
                      .stack_size = LULL__THREAD_STACK_SIZE) >= 0;
}

/* Whether a task waits for a signal of the host: the program then is not deadlocked. */
bool lull__used_signal_awaited(void);

LULL__NOINLINE bool lull__used_signal_awaited(void)
{
    bool waits = lull__lot_count(&pausing) > 0;
    for (const lull__thread *thread = lull__thread_after(NULL); thread; thread = lull__thread_after(thread))
        waits |= thread->awaited != 0;
    return host_sends && waits;
}

/* Called by what waits for signals, or handles them: links the two above, with their results and arguments. */
static void take_from_host(void)
{
    if (lull__never()) host_sends = lull__used_signaled((unsigned)lull__never()) && lull__used_signal_awaited();
}

/* ---- Handlers ---------------------------------------------------------------------------------------------------- */

/* Without a handler, EPIPE alone tells: a page is not to end for a client that has gone. */
static void send_broken_pipe(void)
{
    (void)raise(SIGPIPE);
}

LULL__THREADS(int, sigaction, int number, const struct sigaction *action, struct sigaction *before)
{
    if (!lull__is_signal(number)) return lull__posix_result(EINVAL);
    if (action && (number == SIGKILL || number == SIGSTOP)) return lull__posix_result(EINVAL);
    if (before) *before = actions[number];
    if (!action) return 0;
    actions[number] = *action;
    if (number == SIGCHLD)
        lull__children_are_dropped = action->sa_handler == SIG_IGN || (action->sa_flags & SA_NOCLDWAIT);
    if (action->sa_handler == SIG_IGN || (action->sa_handler == SIG_DFL && is_ignored_by_default(number))) {
        discard_pending(number);
    } else if (action->sa_handler != SIG_DFL) {
        lull__points_use(true);
        lull__run_handlers = run_due_handlers;
        lull__leave_handlers = leave_handlers;
        if (number == SIGPIPE) lull__signal_broken_pipe = send_broken_pipe;
        take_from_host();
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

/* A handler runs on the stack of the task in which it runs, so the stack that this keeps has no effect. */
LULL__WEAK int sigaltstack(const stack_t *stack, stack_t *before)
{
    lull__thread *self = lull__thread_self();
    if (!self) return lull__posix_result(ENOMEM);
    bool is_disabled = stack && stack->ss_flags == SS_DISABLE;
    if (stack && !is_disabled && stack->ss_flags != 0) return lull__posix_result(EINVAL);
    if (stack && !is_disabled && stack->ss_size < MINSIGSTKSZ) return lull__posix_result(ENOMEM);
    if (before) {
        *before = (stack_t){.ss_sp = self->alternate_stack, .ss_size = self->alternate_size};
        if (!before->ss_size) before->ss_flags = SS_DISABLE;
    }
    if (stack) {
        self->alternate_stack = is_disabled ? NULL : stack->ss_sp;
        self->alternate_size = is_disabled ? 0 : stack->ss_size;
    }
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
    const lull__lot_kind kind = {.name = function};
    take_from_host();
    lull__points_use(true);
    lull__point_enter();
    int status = lull__park(&pausing, NULL, &kind, LULL_FOREVER, true);
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

/* Take a signal of the set. Returns an error number. */
static int await_signal(const sigset_t *set, lull__signal *signal, const char *function, double seconds)
{
    const lull__lot_kind kind = {.name = function};
    lull__thread *self = lull__thread_self();
    if (!self) return ENOMEM;
    uint64_t wanted = bits_of(set);
    take_from_host();
    if (take_first(self, wanted, signal)) return 0;
    if (seconds <= 0) return ETIMEDOUT;
    self->taken.number = 0;
    self->awaited = wanted;
    int error = lull__park_at_point(&self->sigwait, NULL, &kind, seconds);
    self->awaited = 0;
    if (!self->taken.number) return error;
    *signal = self->taken;
    return 0;
}

LULL__WEAK int sigwait(const sigset_t *set, int *number)
{
    lull__signal signal;
    int error;
    do {
        error = await_signal(set, &signal, "sigwait", LULL_FOREVER);
    } while (error == EINTR);
    if (!error) *number = signal.number;
    return error;
}

static int await_told(const sigset_t *set, siginfo_t *info, const char *function, double seconds)
{
    lull__signal signal;
    int error = await_signal(set, &signal, function, seconds);
    if (error) return lull__posix_result(error == ETIMEDOUT ? EAGAIN : error);
    if (info) *info = info_of(&signal);
    return signal.number;
}

LULL__WEAK int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    return await_told(set, info, "sigwaitinfo", LULL_FOREVER);
}

LULL__WEAK int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
    if (timeout && !lull__is_time(timeout)) return lull__posix_result(EINVAL);
    return await_told(set, info, "sigtimedwait", timeout ? lull__seconds(timeout) : LULL_FOREVER);
}

/* ---- Of System V ------------------------------------------------------------------------------------------------- */

#ifdef __wasi__
LULL__WEAK void __SIG_HOLD(int number)
{
    (void)number;
}
#endif

static int change_mask_by(int how, int number)
{
    if (!lull__is_signal(number)) return lull__posix_result(EINVAL);
    sigset_t set = set_of(bit_of(number));
    return lull__posix_result(change_mask(how, &set, NULL));
}

LULL__WEAK int sighold(int number)
{
    return change_mask_by(SIG_BLOCK, number);
}

LULL__WEAK int sigrelse(int number)
{
    return change_mask_by(SIG_UNBLOCK, number);
}

LULL__WEAK int sigignore(int number)
{
    const struct sigaction action = {.sa_handler = SIG_IGN};
    return sigaction(number, &action, NULL);
}

LULL__WEAK int sigpause(int number)
{
    const lull__thread *self = lull__thread_self();
    if (!lull__is_signal(number)) return lull__posix_result(EINVAL);
    if (!self) return lull__posix_result(ENOMEM);
    sigset_t mask = set_of(self->blocked & ~bit_of(number));
    return sigsuspend(&mask);
}

LULL__WEAK handler_of_signal *sigset(int number, handler_of_signal *handler)
{
    struct sigaction before;
    const lull__thread *self = lull__thread_self();
    if (!self) return SIG_ERR;
    bool was_held = lull__is_signal(number) && (self->blocked & bit_of(number));
    if (handler == SIG_HOLD) {
        if (sigaction(number, NULL, &before) != 0 || sighold(number) != 0) return SIG_ERR;
    } else {
        const struct sigaction action = {.sa_handler = handler};
        if (sigaction(number, &action, &before) != 0 || sigrelse(number) != 0) return SIG_ERR;
    }
    return was_held ? SIG_HOLD : before.sa_handler;
}

#endif
