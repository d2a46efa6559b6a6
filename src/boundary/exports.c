/*
 * The exports of every module: what JavaScript calls to run, cancel, describe and settle. spawn.c has those that spawn.
 */
#include "base/memory.h"
#include "base/wakeup.h"
#include "lull_boundary.h"
#include "port/port.h"
#include "sched/loop.h"
#include "sched/notify.h"
#include "sched/task_part.h"
#include "sched/wait.h"
#include "sched/wait_graph.h"
#include "waitables/future.h"

#define EXPORT(name) __attribute__((export_name(name)))

#define CHECK_LAYOUT(name, type, member, word)                                                                         \
    _Static_assert(offsetof(type, member) == (word) * sizeof(uint32_t), "lull_protocol.h: " #name " is elsewhere");
LULL__LAYOUT_MAP(CHECK_LAYOUT)
#undef CHECK_LAYOUT

#define CHECK_SIZE(with, type, codec, names, size, ...) LULL__IF_VOID(type, NO_SIZE, SIZE_IS)(type, size)
#define NO_SIZE(type, size)
#define SIZE_IS(type, size) _Static_assert(sizeof(type) == (size), "lull_protocol.h: the size of " #type " is another");
LULL__TYPE_MAP(CHECK_SIZE, ~)
#undef CHECK_SIZE

#define TEXT(number) TEXT_(number)
#define TEXT_(number) #number
EXPORT(LULL__ABI_PREFIX TEXT(LULL__ABI_VERSION)) void lull__abi(void)
{
}

EXPORT("lull_mailbox") void *lull__js_mailbox(void)
{
    return &lull__mailbox;
}

EXPORT("lull_run") double lull__js_run(double budget, bool host_times)
{
    return lull__run(budget, host_times);
}

/*
 * Before the first task: set the default size of stacks, rounded up to the alignment of a pool (0: it stays), and how
 * many tasks there may be at a time (0: as many as memory has room for).
 */
EXPORT("lull_configure") void lull__js_configure(size_t stack_size, size_t max_tasks)
{
    if (stack_size) lull__rt.stacks.size = (stack_size + sizeof(lull_value) - 1) & ~(sizeof(lull_value) - 1);
    lull__rt.max_live = max_tasks;
}

/*
 * Does nothing: JavaScript calls it before each operation. The build gives it a larger reserve than the other exports
 * (toolchain/reserve-stack.js), so that neither they nor the JavaScript around them reach the end of the engine's stack
 * during the operation. See D78.
 */
EXPORT("lull_room") void lull__js_room(void)
{
}

/* A handle that crossed as a number. */
static int64_t handle_of(double number)
{
    return number > 0 && number < 9007199254740992.0 ? (int64_t)number : 0;
}

/* A new error for the JavaScript error behind `thrown`, which passes to it. NULL where there is no memory. */
LULL__NOINLINE static lull__error *error_of(int code, lull_ref thrown, const char *message, size_t length)
{
    lull__error *error = lull__error_new(code, message, length, NULL);
    if (error) {
        error->thrown = thrown;
    } else {
        lull__port_release(thrown);
    }
    return error;
}

/* Cancel a task. The reason is the JavaScript error behind `thrown`, which passes over; 0: none. */
EXPORT("lull_cancel") int lull__js_cancel(double handle, lull_ref thrown, const char *message, size_t length)
{
    lull__task *task = lull__task_get(handle_of(handle));
    lull__error **reason = &lull__rt.cancel_reason; /* not on the stack, because user code may trap meanwhile */
    lull__error_release(*reason);
    *reason = thrown ? error_of(LULL_ECANCELED, thrown, message, length) : NULL;
    if (task) lull__cancel(task, *reason);
    lull__error_release(*reason);
    *reason = NULL;
    return task ? 0 : LULL_ESRCH;
}

/* lull_throw, with the JavaScript error behind `thrown`, which passes over. */
EXPORT("lull_throw") int lull__js_throw(double task, int code, lull_ref thrown, const char *message, size_t length)
{
    return lull__throw(handle_of(task), code, error_of(code, thrown, message, length));
}

EXPORT("lull_kill") int lull__js_kill(double task)
{
    return lull_kill(handle_of(task));
}

/* Cancel every task. */
EXPORT("lull_cancel_all") void lull__js_cancel_all(void)
{
    uint32_t index = 0;
    lull__task *task;
    while ((task = (lull__task *)lull__handle_next(LULL__TASK_KIND, &index))) lull_cancel(lull__task_handle(task));
}

/*
 * End all tasks, after one has called exit() and ended. The next run frees the rest. None of the program's functions
 * runs any more but the ends of yieldables. If one of them traps, call this again.
 */
EXPORT("lull_exit") void lull__js_exit(void)
{
    lull__rt.closing = true;
    uint32_t index = 0;
    lull__task *task;
    while ((task = (lull__task *)lull__handle_next(LULL__TASK_KIND, &index))) lull__task_discard(task);
}

/* Cancel or kill every task. Nothing more is spawned. */
EXPORT("lull_close") void lull__js_close(int kill)
{
    lull__rt.closing = true;
    if (!kill) {
        lull__js_cancel_all();
        return;
    }
    uint32_t index = 0;
    lull__task *task;
    while ((task = (lull__task *)lull__handle_next(LULL__TASK_KIND, &index))) lull_kill(lull__task_handle(task));
}

EXPORT("lull_dispose") void lull__js_dispose(void)
{
    lull__dispose();
}

/* Put the counts of this instance into the mailbox. */
EXPORT("lull_stats") void lull__js_stats(void)
{
    lull__mailbox.stats.tasks = (double)lull__rt.live;
    lull__mailbox.stats.spawned = (double)lull__rt.spawned;
    lull__mailbox.stats.switches = (double)lull__rt.switches;
    lull__mailbox.stats.allocations = (double)lull__live_allocations;
    lull__mailbox.stats.timers = (double)lull__timers_count();
}

EXPORT("lull_observe") void lull__js_observe(int observed)
{
    lull__rt.observed = observed;
}

/* Describe the next task after this index, which starts as 0. Returns its index; 0 after the last. */
EXPORT("lull_next_task") uint32_t lull__js_next_task(uint32_t index)
{
    const lull__task *task = (const lull__task *)lull__handle_next(LULL__TASK_KIND, &index);
    if (!task) return 0;
    lull__describe(task);
    return index;
}

/* See lull__wait_source. The cursor is in the mailbox, where JavaScript has put 0 first. */
EXPORT("lull_next_holder") double lull__js_next_holder(lull_yieldable *yieldable)
{
    return lull__hook_next_holder(yieldable, &lull__mailbox.cursor);
}

/* Describe the task that runs or has just trapped. Returns whether there is one. */
EXPORT("lull_running") int lull__js_running(void)
{
    if (!lull__rt.running) return 0;
    lull__describe(lull__rt.running);
    return 1;
}

/*
 * After a trap, before anything else is called: the C stack pointer was this, and JavaScript has put it back. Returns
 * whether the stack overflowed.
 */
EXPORT("lull_recover") int lull__js_recover(char *pointer)
{
    lull__runtime *rt = &lull__rt;
    if (!rt->running) rt->running = rt->trap_owner ? rt->trap_owner : rt->calling;
    rt->trap_owner = rt->beneath = rt->calling = NULL;
    rt->looping = lull__awake = false;
    return lull__context_recover(rt->running ? &rt->running->context : NULL, pointer);
}

/*
 * In place of that after a trap in an export that JavaScript has called, perhaps on top of a task: where the end of a
 * task's wait has trapped, that task is the one to end. Returns whether the stack overflowed; -1: there is no such
 * task.
 */
EXPORT("lull_contain") int lull__js_contain(void)
{
    lull__runtime *rt = &lull__rt;
    if (rt->running || rt->trap_owner == rt->beneath) return -1;
    rt->running = rt->trap_owner;
    rt->trap_owner = rt->beneath;
    return lull__context_recover(NULL, NULL);
}

/*
 * End the running task, which has trapped or, without a message, called exit(). JavaScript has called lull_recover or
 * lull_contain; a run comes next.
 */
EXPORT("lull_trapped") void lull__js_trapped(int code, lull_ref thrown, const char *message, size_t length)
{
    lull__task *task = lull__rt.running;
    lull__rt.running = NULL;
    if (task->state == LULL__ENDED) { /* it was about to leave */
        lull__port_release(thrown);
        if (task != lull__rt.ending) lull__task_ended(task);
        return;
    }
    lull__error *error = length ? error_of(code, 0, message, length) : NULL;
    if (error && thrown) {
        error->cause = error_of(code, thrown, message, length);
    } else {
        lull__port_release(thrown);
    }
    if (task->state == LULL__RUNNING) task->state = LULL__WAITING; /* for nothing */
    lull__task_ending(task, code, error);
}

/* The host call whose future has this index. JavaScript names none that is over. */
static lull__future *call_at(uint32_t index)
{
    return lull__future_get(lull__handle_at(index));
}

/* Describe the task of a pending host call. Returns whether there is one. */
bool lull__export_caller(uint32_t index)
{
    const lull__future *future = call_at(index);
    if (!future || !future->caller) return false;
    lull__describe(future->caller);
    return true;
}

const lull__export lull__host_call_exports[] = {(lull__export)lull__export_caller};

/*
 * Resolve the future of a host call with the value in the mailbox. `runs`: the caller runs the loop next, if this
 * returns true: the host has not been asked for that yet. See D127.
 */
EXPORT("lull_settle") bool lull__js_settle(uint32_t index, int owned, bool runs)
{
    lull__future *future = call_at(index);
    if (!future || future->settled) return false;
    future->owned = (uint8_t)owned;
    bool idle = runs && !lull__awake;
    if (idle) lull__awake = true;
    lull__future_settle(future, 0, lull__mailbox.value, NULL);
    return idle;
}

/* Reject it with the JavaScript error behind `thrown`, which passes over. */
EXPORT("lull_reject")
void lull__js_reject(uint32_t index, int code, lull_ref thrown, const char *message, size_t length)
{
    lull__future *future = call_at(index);
    if (future && !future->settled) lull__future_settle(future, code, 0, error_of(code, thrown, message, length));
}
