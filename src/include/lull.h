/*
 * lull: microthreads in C on the JavaScript event loop.
 *
 * A task is ordinary blocking C on a stack of its own. It suspends wherever it waits, and the others run meanwhile. One
 * thread runs them all, one at a time: a task is never interrupted between two waits, so plain data needs no locks.
 *
 * Conventions
 *   Times      seconds, as double, on a monotonic clock.
 *   Status     every call that can fail returns 0 or a negative LULL_E…; a call that returns a handle returns a
 *              positive handle or a negative LULL_E….
 *   Handles    lull_task, lull_future and lull_group are integers. A handle that is stale or was never valid yields
 *              LULL_ESRCH: it never leads to another object.
 *   Suspends   only the functions whose comment says "May suspend" let other tasks run. They need a current task and no
 *              JavaScript frame between them and the scheduler, and return LULL_ENOSUSPEND otherwise.
 *   Ownership  arguments stay the caller's, unless a comment says otherwise.
 *   Memory     a call that cannot allocate returns LULL_ENOMEM and has changed nothing.
 *
 * The semantics are those of Phillip J. Eby's microthread library (python-dev, 2007); cancellation and scopes are
 * trio's.
 */
#ifndef LULL_H
#define LULL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lull_protocol.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define LULL_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define LULL_NODISCARD __attribute__((warn_unused_result))
#define LULL_NORETURN __attribute__((noreturn))
#else
#define LULL_PRINTF(text, first)
#define LULL_NODISCARD
#define LULL_NORETURN
#endif

/*
 * Which functions suspend follows from the program's calls, and for calls through pointers from their types. Where the
 * author knows better: LULL_MAY_SUSPEND before a function says that each of its calls through a pointer may suspend,
 * and LULL_NEVER_SUSPENDS that none of its calls does. The other two, outside of functions, say the same of all calls
 * through pointers of a type: LULL_MAY_SUSPEND_TYPE(int (*)(void *)). A task that waits where it should not ends with
 * an error. See docs/building.md.
 */
#ifdef LULL__ANALYSIS
#define LULL_MAY_SUSPEND __attribute__((annotate("lull may suspend")))
#define LULL_NEVER_SUSPENDS __attribute__((annotate("lull never suspends"), noinline))
#define LULL_MAY_SUSPEND_TYPE(...) LULL__OF_TYPE(may_suspend, __COUNTER__, __VA_ARGS__)
#define LULL_NEVER_SUSPENDS_TYPE(...) LULL__OF_TYPE(never_suspends, __COUNTER__, __VA_ARGS__)
#ifdef __cplusplus
#define LULL__OF_C extern "C"
#else
#define LULL__OF_C
#endif
#define LULL__OF_TYPE(what, number, ...) LULL__OF_TYPE_(what, number, __VA_ARGS__)
#define LULL__OF_TYPE_(what, number, ...)                                                                              \
    LULL__OF_C __typeof__(*(__VA_ARGS__)0) lull__##what##_type_##number;                                               \
    static void *const lull__of_type_##number __attribute__((used)) = (void *)lull__##what##_type_##number
#else
#define LULL_MAY_SUSPEND
#ifdef __GNUC__
#define LULL_NEVER_SUSPENDS __attribute__((noinline))
#else
#define LULL_NEVER_SUSPENDS
#endif
#define LULL_MAY_SUSPEND_TYPE(...) struct lull__no_analysis
#define LULL_NEVER_SUSPENDS_TYPE(...) struct lull__no_analysis
#endif

/* ---- Status -------------------------------------------------------------------------------------------------- */

/* The statuses: LULL_STATUS_MAP of lull_protocol.h lists them. */
#define LULL__STATUS_ENUM(name, number, text) LULL_##name = number,
enum lull_status { LULL_OK = 0, LULL_STATUS_MAP(LULL__STATUS_ENUM) };
#undef LULL__STATUS_ENUM

/* The name of a status, as "LULL_ECANCELED"; "LULL_OK" for 0, "LULL_E?" for a number that is none. Static. */
const char *lull_err_name(int status);

/* What a status means, as "canceled"; "success" for 0, "unknown status" for a number that is none. Static. */
const char *lull_strerror(int status);

/* ---- Values -------------------------------------------------------------------------------------------------- */

/* The result of a task, a future or a wait: 64 bits, whose meaning both sides agree on. */
typedef int64_t lull_value;

static inline lull_value lull_from_pointer(const void *pointer)
{
    return (lull_value)(uintptr_t)pointer;
}

static inline void *lull_to_pointer(lull_value value)
{
    return (void *)(uintptr_t)value;
}

static inline lull_value lull_from_double(double number)
{
    lull_value value;
    memcpy(&value, &number, sizeof value);
    return value;
}

static inline double lull_to_double(lull_value value)
{
    double number;
    memcpy(&number, &value, sizeof number);
    return number;
}

/* A task, a future, a group: see "Handles" above. 0 is never one. */
typedef int64_t lull_task;
typedef int64_t lull_future;
typedef int64_t lull_group;

/*
 * An error: a code, a message and, if it comes from JavaScript, the very JavaScript error. The functions that make
 * one take a code and a printf format. A NULL format passes on the error with which the current task's last wait failed
 * (lull_last_error), if it has this code: a promise rejected with e in JavaScript, awaited by C and passed on, rejects
 * the caller's promise with the same e. With a format, that error becomes the cause of the new one.
 */
typedef struct lull_error {
    int code;
    const char *message;
} lull_error;

/*
 * The error with which the current task's last wait failed, whatever way it failed; the message of one that was refused
 * (LULL_ESRCH, LULL_EINVAL) names what it is about. Never NULL: code 0 where no wait has failed yet, or there
 * is no current task. Valid until the task's next wait.
 */
const lull_error *lull_last_error(void);

/*
 * The failures that an error sums up: those of a group's children, or of all that lull_await_any waited for. From index
 * 0, first to last; NULL after the last, and for an error that sums up none. Valid as long as the error.
 */
const lull_error *lull_error_part(const lull_error *error, size_t index);

/* ---- Tasks --------------------------------------------------------------------------------------------------- */

/* What a task runs. Its return value is the task's result. */
typedef lull_value (*lull_function)(void *argument);

/*
 * The shared stack. A task that is spawned with .stack = LULL_STACK_SHARED runs on it. While it waits, it keeps only a
 * copy of its part: tens of bytes, where a stack of its own takes LULL_STACK_SIZE. Each of its waits costs two copies
 * more. So it is for many tasks that mostly wait, with few and small variables.
 *
 * The rule: while such a task waits, there may be no pointers into its stack, because another task runs there. Lend no
 * local variable to another task or to JavaScript across a wait: no lull_mutex, no lull_yieldable, no element of a
 * list, no result to be filled in. Arguments of the wait itself (scopes, cases, elements, arguments of host calls) are
 * safe.
 */
typedef struct lull_stack lull_stack;
extern const lull_stack lull__shared_stack;
#define LULL_STACK_SHARED (&lull__shared_stack)
/* Its size: how much one of these tasks may use. */
#define LULL_SHARED_STACK_SIZE 262144

/* How to spawn. Only `function` is required; comments name the defaults. */
typedef struct lull_spawn_options {
    lull_function function;  /* what to run; required */
    void *argument;          /* what to call it with; stays the caller's */
    double delay;            /* seconds until the first run; 0: after the tasks that are ready now */
    const char *name;        /* for messages and dumps; copied; "task" */
    size_t stack_size;       /* bytes for the C stack and the frames saved across a wait; the instance's default */
    const lull_stack *stack; /* LULL_STACK_SHARED; with no stack_size, or that of its own: a stack of its own */
    lull_future result;      /* a future to settle with the task's result or error; none */
    double timeout;          /* seconds from now until its waits fail, as in a scope around all that it does; 0: none */
    lull_group group;        /* the group whose child it is; none */
    bool inherit;            /* it starts with a copy of the current task's locals (see lull_local) */
} lull_spawn_options;

/* The default size of stacks, unless the host sets another one. */
#define LULL_STACK_SIZE 16384
/* The longest name that a task keeps, in bytes, without the terminating NUL; the rest is cut off. */
#define LULL_NAME_MAX 63

/*
 * lull_spawn(function, argument, .delay = 0.1, .name = "crawl", .stack_size = 65536, .result = future)
 *
 * Create a task and schedule it; everything after the argument is optional. The task has a stack from its first run to
 * its end. Wait for its result with lull_join while it runs, or give it a future. A failure that nobody receives, in
 * neither way nor by a group, is reported to the host, unless it is LULL_ECANCELED or LULL_EKILLED. A task that ends
 * because of its timeout ends with LULL_ETIMEDOUT.
 *
 * Returns the task's handle; LULL_EINVAL for no function, a stack below LULL_STACK_MIN, or a delay or timeout that is
 * negative or not a number; LULL_ESRCH for a result that is no pending future, or a group that is over; LULL_ENOMEM,
 * also where the host has set a limit to the number of tasks, and there are as many; LULL_ECLOSED while the instance
 * closes.
 */
#ifndef __cplusplus
#define lull_spawn(...) lull_spawn_with(&(lull_spawn_options){.function = __VA_ARGS__})
#endif
lull_task lull_spawn_with(const lull_spawn_options *options);

/* The running task; 0 outside of one, and in C that JavaScript called. */
lull_task lull_current(void);

/* The name of a task, valid while the task is; "" for a handle that is stale. */
const char *lull_name(lull_task task);

/*
 * Resume a waiting task `delay` seconds from now, after the tasks that are ready then: its wait returns 0 and the
 * value. Of a task that waits for its first run, with or without a delay, this moves that run, and drops the value. A
 * task has one scheduled wake-up: a later call replaces the earlier. An earlier end of the wait
 * cancels it.
 *
 * Returns 0; LULL_ESRCH for a finished or unknown task; LULL_EBUSY for one that does not wait; LULL_EINVAL for a delay
 * that is negative or not a number; LULL_ENOMEM.
 */
LULL_NODISCARD int lull_schedule(lull_task task, double delay, lull_value value);

/*
 * Let a waiting task run next: before the ready ones, after those resumed earlier, and not before the current task
 * waits or ends. Its wait returns 0 and the value. A task that waits for its first run, with or without a delay,
 * starts, and the value is dropped.
 *
 * Returns 0; LULL_ESRCH for a finished or unknown task; LULL_EBUSY for one that does not wait.
 */
LULL_NODISCARD int lull_resume(lull_task task, lull_value value);

/*
 * Like lull_resume, but the wait fails, once, with this error (see lull_error). `code` is negative.
 *
 * Returns 0; LULL_ESRCH for a finished or unknown task; LULL_EBUSY for one that does not wait, or has not run yet;
 * LULL_EINVAL for a code that is no negative number; LULL_ENOMEM.
 */
LULL_NODISCARD int lull_throw(lull_task task, int code, const char *format, ...) LULL_PRINTF(3, 4);

/*
 * Cancel a task: its present wait, if any, and every later one fails at once with LULL_ECANCELED until it ends. Before
 * its first run, the task still runs, so that it can clean up. A value that has already been handed over is received,
 * and the cancellation shows at the next wait. After LULL_MAX_IGNORED_CANCELS failed waits in a row, the task is
 * killed.
 *
 * Returns 0, also for a task that is already cancelled; LULL_ESRCH for a finished or unknown task.
 */
int lull_cancel(lull_task task);
#define LULL_MAX_IGNORED_CANCELS 1000

/*
 * End a task without running it any further: its stack is dropped, its defers run, and its joiners get LULL_EKILLED. A
 * task may kill itself: the call then does not return. A task whose C code is calling JavaScript, or the `end` of a
 * yieldable, ends at its next wait or its end.
 *
 * Returns 0; LULL_ESRCH for a finished or unknown task.
 */
int lull_kill(lull_task task);

/* End the current task with a value, from any depth of calls. Its defers run. Traps outside of a task. */
LULL_NORETURN void lull_return(lull_value value);

/*
 * End the current task with an error (see lull_error), from any depth of calls. Its defers run. Traps outside of a
 * task. A code that is not negative counts as LULL_EFAILED.
 */
LULL_NORETURN void lull_fail(int code, const char *format, ...) LULL_PRINTF(2, 3);

/* Pass on a failure: lull_fail(status, NULL) for a negative status, or handle; nothing for another. Returns it. */
static inline int64_t lull_check(int64_t status)
{
    if (status < 0) lull_fail((int)status, NULL);
    return status;
}

/*
 * Call `function(argument)` when the current task ends, however it ends: return, lull_return, lull_fail, kill, stack
 * overflow, trap. The last deferred call comes first. It is made in the task, on its stack. It may wait, shielded from
 * the task's cancellation, for five seconds in all (after a kill: not at all); no shield keeps that limit away. If it
 * fails, that is reported to the host, and the task's result stays.
 *
 * Returns 0; LULL_ENOSUSPEND outside of a task; LULL_EINVAL for no function; LULL_ENOMEM.
 */
LULL_NODISCARD int lull_defer(void (*function)(void *argument), void *argument);

/* ---- Waiting ------------------------------------------------------------------------------------------------- */

/*
 * Anything that can be waited for. Embed one in a struct of your own to make that struct waitable; it must stay in
 * place until `end`. Yours are as futures and joins are, with the same cancellation and timeouts.
 */
typedef struct lull_yieldable lull_yieldable;
struct lull_yieldable {
    /*
     * Arrange that `waiter` is resumed later (lull_resume, lull_schedule, lull_throw), or resume it at once: then the
     * wait does not suspend. Returns 0, or a negative status, with which the wait then fails. May not suspend. NULL:
     * nothing to arrange. `waiter` is a handle for those three functions, until `end`: the waiting task or, if that
     * waits for several things at once, its wait for this one.
     */
    int (*begin)(lull_yieldable *self, lull_task waiter);
    /*
     * The wait has ended, for whatever reason: forget the waiter. Called once for each begin that returned 0, before
     * the task runs on. May not suspend. NULL: nothing to forget.
     */
    void (*end)(lull_yieldable *self, lull_task waiter);
    /* What is waited for, in dumps. NULL: "yieldable". */
    const char *name;
};

/*
 * Suspend the current task until `yieldable` resumes it; NULL: until anybody does. May suspend.
 *
 * Returns 0, and the value in *value unless that is NULL; else what failed the wait: the code of a lull_throw,
 * LULL_ECANCELED, LULL_ETIMEDOUT, what `begin` returned; LULL_ENOSUSPEND.
 */
LULL_NODISCARD int lull_yield_to(lull_yieldable *yieldable, lull_value *value);

/*
 * The same with a limit: LULL_ETIMEDOUT after `seconds`; 0 succeeds only if no wait is needed. A scope around one wait
 * (see lull_scope). May suspend. LULL_EINVAL for a limit that is negative or not a number.
 */
LULL_NODISCARD int lull_with_timeout(double seconds, lull_yieldable *yieldable, lull_value *value);

/*
 * Sleep. 0: let the tasks that are ready run, and go on after them. May suspend.
 *
 * Returns 0; LULL_ECANCELED or LULL_ETIMEDOUT where the task or a scope ends the sleep; LULL_EINVAL for a time that is
 * negative or not a number; LULL_ENOSUSPEND; LULL_ENOMEM.
 */
int lull_pause(double seconds);

/*
 * Wait until a task ends. May suspend.
 *
 * Returns 0 and its result in *value unless that is NULL; the status it failed with, whose error is then
 * lull_last_error; LULL_ESRCH for a task that has already ended (name a future when you spawn it, to ask later);
 * LULL_EINVAL for the current task itself; LULL_ENOMEM; else as lull_yield_to.
 */
LULL_NODISCARD int lull_join(lull_task task, lull_value *value);

/* Seconds on the host's monotonic clock. */
double lull_now(void);

/* ---- Scopes -------------------------------------------------------------------------------------------------- */

/*
 * A scope limits all waits between its enter and its exit, at any depth of calls. Scopes nest strictly, live on the
 * stack of the task that enters them, and belong to that task alone. Once one has expired, the next wait in it fails,
 * even if it has nothing to wait for; but one of 0 seconds lets succeed what does not have to wait. Where several have
 * expired or are cancelled, the outermost counts: waits fail with LULL_ETIMEDOUT where the innermost scope of the task
 * is the one that expired, and with LULL_ECANCELED in the scopes within it. The struct stays where it is until the
 * exit. (trio's cancel scopes.)
 */
typedef struct lull_scope {
    lull_task task; /* who entered it; 0 after its exit. The runtime's */
} lull_scope;

/* No limit. */
#define LULL_FOREVER (1.0 / 0.0)

/*
 * Enter a scope that expires after `seconds` (LULL_FOREVER: never). The shielded form keeps cancellation and deadlines
 * from outside away from its waits, so that a cleanup can wait; give it a deadline.
 *
 * Returns 0; LULL_ENOSUSPEND outside of a task; LULL_EINVAL for a time that is negative or not a number; LULL_ENOMEM.
 * In each of these cases the scope is not entered.
 */
LULL_NODISCARD int lull_scope_enter(lull_scope *scope, double seconds);
LULL_NODISCARD int lull_scope_enter_shielded(lull_scope *scope, double seconds);

/*
 * Leave the innermost scope. `status` is the result of the work in it.
 *
 * Returns that status, but LULL_ETIMEDOUT for the LULL_ECANCELED that the expiry of this very scope caused in the
 * scopes within it; LULL_EINVAL for a scope that is not the innermost of the current task, or has an open group in it:
 * it then stays entered.
 */
int lull_scope_exit(lull_scope *scope, int status);

/*
 * Cancel a scope: the waits in it fail with LULL_ECANCELED. Returns 0; LULL_EINVAL for a scope that is not entered.
 */
int lull_scope_cancel(lull_scope *scope);

/* ---- Groups -------------------------------------------------------------------------------------------------- */

/*
 * A group is a scope that tasks are spawned into, and that is left when they have all ended: its children cannot
 * outlive it. (Trio's nursery.) It is a scope of the task that opens it, so groups and scopes nest strictly.
 *
 *     lull_group group = lull_group_open();
 *     for (int i = 0; i < count; i++) lull_check(lull_spawn(fetch, &pages[i], .group = group));
 *     lull_check(lull_group_wait(group));
 *
 * An error that is thrown into the opener's lull_group_wait counts as a child's failure; a lull_resume there is
 * ignored.
 *
 * The first child that fails cancels the group: the other children, those spawned into it later, and the opener's own
 * waits until lull_group_wait. So do lull_group_cancel, and the end of the scopes around the group: its opener's
 * cancellation or timeout, and the scopes in which it was opened, unless a shield keeps them off. A child fails if it
 * ends with an error other than the LULL_ECANCELED of its own cancellation; being killed is a failure unless the group
 * is cancelled.
 *
 * A task that ends without having waited for its groups cancels them, and waits for their children within the time that
 * its cleanup has, before its defers run. Where it returned a value, it fails with LULL_EBUSY instead. Where children
 * failed as well, its error has theirs as parts (lull_error_part).
 */

/* Open a group in the current task. Returns its handle; LULL_ENOSUSPEND outside of a task; LULL_ENOMEM. */
lull_group lull_group_open(void);

/*
 * Wait until all children of a group have ended, and leave it. Nothing cuts this wait short: a cancellation or a
 * timeout of the current task is passed on to the children, and the wait goes on. May suspend.
 *
 * Returns 0; the status of the first child that failed: lull_last_error is its error or, where several failed, one that
 * has it as its cause and all of them as its parts (lull_error_part); LULL_ECANCELED or LULL_ETIMEDOUT where that cut
 * the wait or a child short (a cancelled group whose children have all come to a result ends with 0). LULL_ENOSUSPEND
 * outside of a task; LULL_EINVAL where the current task has not opened the group, or is in a scope or group within it;
 * LULL_ESRCH for one that is over: the group then stays as it is.
 */
LULL_NODISCARD int lull_group_wait(lull_group group);

/*
 * Cancel a group: may be called by any task. Returns 0, also for one that is cancelled already; LULL_ESRCH for one that
 * has been left.
 */
int lull_group_cancel(lull_group group);

/*
 * The end of all children as a yieldable, for lull_with_timeout: its wait returns 0 as soon as there is no child, and
 * the group stays open. Valid until the group is over. NULL for a stale handle.
 */
lull_yieldable *lull_group_yieldable(lull_group group);

/* ---- Futures ------------------------------------------------------------------------------------------------- */

/*
 * A future is a value to come: pending, then settled once, resolved with a value or rejected with an error. Any number
 * of tasks may await it. Its maker frees it. A rejection that nobody has awaited by then is reported to the host.
 */

/* A pending future; LULL_ENOMEM. */
lull_future lull_future_new(void);

/*
 * Free a future. A task that awaits it gets LULL_ECLOSED.
 * Returns 0; LULL_ESRCH for a stale handle; LULL_EBUSY for one that a task was spawned to settle and has not yet, and
 * for a host call that a task is finishing.
 */
int lull_future_free(lull_future future);

/*
 * Settle a future. Its waiters become ready, first come, first served.
 * Returns 0; LULL_ESRCH for a stale handle; LULL_EBUSY for one that is settled already, or that a task's end will
 * settle; lull_future_reject also LULL_EINVAL for a code that is no negative number, and LULL_ENOMEM.
 */
LULL_NODISCARD int lull_future_resolve(lull_future future, lull_value value);
LULL_NODISCARD int lull_future_reject(lull_future future, int code, const char *format, ...) LULL_PRINTF(3, 4);

/* Whether a future is settled: 1, 0, or LULL_ESRCH. */
int lull_future_settled(lull_future future);

/*
 * Wait for a future. If it is settled, this does not suspend. May suspend.
 *
 * Returns 0 and its value in *value unless that is NULL; the code it was rejected with, whose error is then
 * lull_last_error; LULL_ESRCH for a stale handle; LULL_ECLOSED where it is freed meanwhile; else as lull_yield_to.
 */
LULL_NODISCARD int lull_await(lull_future future, lull_value *value);

/*
 * The future as a yieldable, for lull_with_timeout: valid until the future is freed. NULL for a stale handle.
 */
lull_yieldable *lull_future_yieldable(lull_future future);

/*
 * The end of a task as a yieldable, for lull_with_timeout: valid until the task ends. NULL for a stale handle, and
 * without memory.
 */
lull_yieldable *lull_task_yieldable(lull_task task);

/* ---- Several at once ----------------------------------------------------------------------------------------- */

/* One of the things that lull_await_all, lull_await_any and lull_race wait for. */
typedef struct lull_awaited {
    int64_t handle;   /* in: a lull_task or a lull_future. One that is stale counts as failed with LULL_ESRCH */
    int status;       /* out: 0, the status it failed with, or LULL_EBUSY where it is pending still */
    lull_value value; /* out: the result, where the status is 0 */
} lull_awaited;

/*
 * After the wait, whatever it returns, cancel the pending tasks, and the tasks that pending futures wait for.
 */
#define LULL_CANCEL_LOSERS 1

/*
 * Wait until all have succeeded, or one has failed. May suspend. `flags`: 0 or LULL_CANCEL_LOSERS.
 *
 * Returns 0; the status of the first that failed, whose error is then lull_last_error; LULL_EINVAL where the current
 * task is among them; LULL_ENOMEM; else as lull_yield_to. A lull_resume of the task while it waits so is ignored.
 */
LULL_NODISCARD int lull_await_all(lull_awaited *items, size_t count, int flags);

/*
 * Wait until one has succeeded, or all have failed. May suspend.
 *
 * Returns the index of the first to succeed; where all failed, the status of the first that did: lull_last_error then
 * has all as its parts; LULL_EINVAL for no items, or more than INT_MAX; else as lull_await_all.
 */
LULL_NODISCARD int lull_await_any(lull_awaited *items, size_t count, int flags);

/*
 * Wait until one has succeeded or failed. May suspend.
 *
 * Returns the index of the first, if it succeeded, else its status, whose error is lull_last_error; else as
 * lull_await_any.
 */
LULL_NODISCARD int lull_race(lull_awaited *items, size_t count, int flags);

/* ---- Locals -------------------------------------------------------------------------------------------------- */

/*
 * A local is a variable of which each task has its own value. Its address identifies it:
 *
 *     static lull_local request;
 *     lull_local_set(&request, this_one);
 *
 * A task that is spawned with `.inherit = true` starts with the values of the task that spawns it.
 */
typedef struct lull_local {
    char lull__own; /* the runtime's: whether it is not inherited */
} lull_local;

/*
 * Set the current task's value; it stays the caller's (lull_defer can free it). NULL: as if it had never been set.
 * Returns 0; LULL_ENOSUSPEND outside of a task; LULL_ENOMEM.
 */
LULL_NODISCARD int lull_local_set(const lull_local *local, void *value);

/* The current task's value; NULL where it has none, and outside of a task. */
void *lull_local_get(const lull_local *local);

#include "lull_channel.h"
#include "lull_generator.h"
#include "lull_sync.h"

#ifdef __cplusplus
}

/* Names of members, in any order, are C's; Clang has them in C++, too, but says so. */
#define lull_spawn(...)                                                                                                \
    LULL__PRAGMA("clang diagnostic push")                                                                              \
    LULL__PRAGMA("clang diagnostic ignored \"-Wc99-designator\"")                                                      \
    LULL__PRAGMA("clang diagnostic ignored \"-Wc++20-designator\"")                                                    \
    LULL__PRAGMA("clang diagnostic ignored \"-Wreorder-init-list\"")                                                   \
    LULL__PRAGMA("clang diagnostic ignored \"-Wmissing-field-initializers\"")                                          \
    LULL__PRAGMA("clang diagnostic ignored \"-Wc++11-narrowing\"")                                                     \
    lull__spawn_with({.function = __VA_ARGS__}) LULL__PRAGMA("clang diagnostic pop")
#ifdef __clang__
#define LULL__PRAGMA(text) _Pragma(text)
#else
#define LULL__PRAGMA(text)
#endif

inline lull_task lull__spawn_with(const lull_spawn_options &options)
{
    return lull_spawn_with(&options);
}
#endif

#include "lull_boundary.h"

#endif
