/* The host of a wasm instance: JavaScript. js/core/instance.js is the other side of each of these. */
#include "port/port.h"

#define IMPORT(name) __attribute__((import_module("lull"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

IMPORT("now") double js_now(void);
IMPORT("wake") void js_wake(void);
IMPORT("tell") void js_tell(lull_ref ticket, int status, const lull__error *error);
IMPORT("emit") int js_emit(lull_ref ticket);
IMPORT("retain") void js_retain(lull_ref ref);
IMPORT("release") void js_release(lull_ref ref);

/* Where values that cross lie: a task's result, a future's value, the statistics. */
#define NUMBER(name) double name;
typedef union lull__mailbox {
    lull_value value;
    struct {
        LULL__TASK_MAP(NUMBER)
    } task;
    struct {
        LULL__STATS_MAP(NUMBER)
    } stats;
    struct {
        LULL__FAILURE_MAP(NUMBER)
    } failure;
    size_t cursor;
} lull__mailbox;
#undef NUMBER
static lull__mailbox exchange;

#define CHECK_LAYOUT(name, type, member, word)                                                                         \
    _Static_assert(offsetof(type, member) == (word) * sizeof(uint32_t), "lull_protocol.h: " #name " is elsewhere");
LULL__LAYOUT_MAP(CHECK_LAYOUT)
#undef CHECK_LAYOUT

/* ---- What the kernel asks of JavaScript ----------------------------------------------------------------------- */

double lull__host_now(void)
{
    return js_now() / 1000;
}

void lull__host_wake(void)
{
    js_wake();
}

/*
 * Tell JavaScript of an end: of the task or the host call behind a ticket, or of a failure that nobody receives (0); or
 * of an event (-1 and below). That can run code of the user's.
 */
LULL__APART static void tell(lull_ref ticket, int status, const lull__error *error)
{
    lull__task *running = lull__mask();
    js_tell(ticket, status, error);
    lull__unmask(running);
}

void lull__host_done(lull_ref ticket, int status, lull_value value, const lull__error *error)
{
    exchange.value = value;
    tell(ticket, status, error);
}

void lull__host_report(const lull__task *task, int status, const lull__error *error)
{
    exchange.failure.id = task ? (double)task->number : 0;
    exchange.failure.name = task ? (double)(uintptr_t)task->name : 0;
    tell(0, status, error);
}

void lull__host_abandon(lull_ref ticket, int status, const lull__error *error)
{
    tell(ticket, status, error);
}

bool lull__host_emit(lull_ref ticket, lull_value element)
{
    exchange.value = element;
    return js_emit(ticket);
}

void lull__host_release(lull_ref ref)
{
    js_release(ref);
}

lull_ref lull_ref_retain(lull_ref ref)
{
    if (ref) js_retain(ref);
    return ref;
}

void lull_ref_release(lull_ref ref)
{
    if (ref) js_release(ref);
}

/* ---- What JavaScript asks of the kernel ----------------------------------------------------------------------- */

#define TEXT(number) TEXT_(number)
#define TEXT_(number) #number
EXPORT(LULL__ABI_PREFIX TEXT(LULL__ABI_VERSION)) void lull__abi(void)
{
}

EXPORT("lull_exchange") void *lull__js_exchange(void)
{
    return &exchange;
}

EXPORT("lull_run") double lull__js_run(double budget)
{
    return lull__run(budget);
}

/* The size of stacks that are pooled, rounded up to what pools ask for. */
EXPORT("lull_configure") void lull__js_configure(size_t stack_size)
{
    lull__self.stacks.size = (stack_size + sizeof(lull_value) - 1) & ~(sizeof(lull_value) - 1);
}

/* A handle that crossed as a number. */
static int64_t handle_of(double number)
{
    return number > 0 && number < 9007199254740992.0 ? (int64_t)number : 0;
}

/* An error that is the JavaScript one behind `thrown`, which passes to it. NULL where there is no memory. */
LULL__APART static lull__error *error_of(int code, lull_ref thrown, const char *message, size_t length)
{
    lull__error *error = lull__error_new(code, message, length, NULL);
    if (error) {
        error->thrown = thrown;
    } else {
        js_release(thrown);
    }
    return error;
}

/*
 * Cancel a task: because of the JavaScript error behind `thrown`, which passes over, or of nothing in particular (0).
 */
EXPORT("lull_cancel") int lull__js_cancel(double handle, lull_ref thrown, const char *message, size_t length)
{
    lull__task *task = lull__task_get(handle_of(handle));
    lull__error **given = &lull__self.given; /* not on the stack: what the cancellation causes may trap */
    lull__error_release(*given);
    *given = thrown ? error_of(LULL_ECANCELED, thrown, message, length) : NULL;
    if (task) lull__cancel(task, *given);
    lull__error_release(*given);
    *given = NULL;
    return task ? 0 : LULL_ESRCH;
}

/* lull_throw of the JavaScript error behind `thrown`, which passes over. */
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

/* Whether a task is in the ready queue. */
static bool queued(const lull__task *task)
{
    const lull__task *other = lull__self.ready;
    while (other && other != task) other = other->next;
    return other;
}

/*
 * A task has called exit(), and is ended: the program is over. A run after this frees what is left. Of the program's
 * functions, only the ends of yieldables are called; if one of them traps, this is to be called again.
 */
EXPORT("lull_exit") void lull__js_exit(void)
{
    lull__self.closing = true;
    uint32_t index = 0;
    lull__task *task;
    while ((task = (lull__task *)lull__handle_next(LULL__TASK_KIND, &index))) lull__task_discard(task);
}

/* Cancel every task, or kill it; nothing more is spawned. */
EXPORT("lull_close") void lull__js_close(int kill)
{
    lull__self.closing = true;
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

/* The counts of this instance, at the exchange. */
EXPORT("lull_stats") void lull__js_stats(void)
{
    exchange.stats.tasks = (double)lull__self.live;
    exchange.stats.spawned = (double)lull__self.spawned;
    exchange.stats.switches = (double)lull__self.switches;
    exchange.stats.allocations = (double)lull__self.allocations;
    exchange.stats.timers = (double)lull__timers_count();
}

/* Describe a task at the exchange. */
static void describe(const lull__task *task)
{
    const lull_yieldable *waiting_on = task->waiting_on;
    const char *what = !lull__has_started(task) ? "its first run" : !waiting_on ? NULL : waiting_on->name;
    if (waiting_on && !what) what = "yieldable";
    bool runs = lull__on_stack(task) || task == lull__self.calling;
    exchange.task.id = (double)task->number;
    exchange.task.parent = (double)task->parent;
    exchange.task.state = runs ? LULL__RUNNING : task->state;
    exchange.task.slices = task->slices;
    exchange.task.stack_size = (double)(runs && task->shares_stack ? lull__self.sharing->size : task->stack_size);
    exchange.task.name = (double)(uintptr_t)task->name;
    exchange.task.waiting_on = (double)(uintptr_t)what;
    exchange.task.yieldable = (double)(uintptr_t)waiting_on;
}

EXPORT("lull_observe") void lull__js_observe(int observed)
{
    lull__self.observed = observed;
}

void lull__host_observe(lull__event event, const lull__task *task, int status)
{
    if (task) describe(task);
    tell(-1 - (lull_ref)event, status, NULL);
}

/* The task after this index, described at the exchange; returns its index, 0 after the last. Start with 0. */
EXPORT("lull_next_task") uint32_t lull__js_next_task(uint32_t index)
{
    const lull__task *task = (const lull__task *)lull__handle_next(LULL__TASK_KIND, &index);
    if (!task) return 0;
    describe(task);
    return index;
}

double lull__hook_next_holder(const lull__holding *holding, lull_yieldable *yieldable, size_t *cursor)
{
    return holding->next_holder(yieldable, cursor);
}

/* See lull__holding. The cursor is at the exchange, for JavaScript to put 0 there first. */
EXPORT("lull_next_holder") double lull__js_next_holder(lull_yieldable *yieldable)
{
    const lull__holding *holding = lull__self.holdings;
    while (holding && holding->begin != yieldable->begin) holding = holding->next;
    return holding ? lull__hook_next_holder(holding, yieldable, &exchange.cursor) : 0;
}

/* The task that runs, or has just trapped, described at the exchange. Returns whether there is one. */
EXPORT("lull_running") int lull__js_running(void)
{
    if (!lull__self.running) return 0;
    describe(lull__self.running);
    return 1;
}

/*
 * The running task trapped, or has called exit(): then it has no text. JavaScript has put the stack pointer back and
 * called lull_recover. A run comes next.
 */
EXPORT("lull_trapped") void lull__js_trapped(int code, lull_ref thrown, const char *message, size_t length)
{
    lull__task *task = lull__self.running;
    lull__self.running = NULL;
    lull__self.looping = lull__self.awake = false;
    if (task->state == LULL__ENDED) { /* it was on its way out */
        js_release(thrown);
        if (task != lull__self.ending) lull__task_ended(task);
        return;
    }
    lull__error *error = length ? error_of(code, 0, message, length) : NULL;
    if (error && thrown) {
        error->cause = error_of(code, thrown, message, length);
    } else {
        js_release(thrown);
    }
    if (!queued(task)) task->state = LULL__WAITING; /* for nothing */
    lull__task_ending(task, code, error);
}

/* The task of a host call that is not over, described at the exchange. Returns whether there is one. */
bool lull__export_caller(double handle)
{
    const lull__future *future = lull__future_get(handle_of(handle));
    if (!future || !future->caller) return false;
    describe(future->caller);
    return true;
}

const lull__export lull__host_call_exports[] = {(lull__export)lull__export_caller};

/*
 * Settle the future of a host call with the value at the exchange. Returns 0, or LULL_ESRCH: nobody waits any longer.
 */
EXPORT("lull_settle") int lull__js_settle(double handle, int owned)
{
    lull__future *future = lull__future_get(handle_of(handle));
    if (!future || future->settled) return LULL_ESRCH;
    future->owned = (uint8_t)owned;
    lull__future_settle(future, 0, exchange.value, NULL);
    return 0;
}

/* Reject it with the JavaScript error behind `thrown`, which passes over. */
EXPORT("lull_reject") int lull__js_reject(double handle, int code, lull_ref thrown, const char *message, size_t length)
{
    lull__future *future = lull__future_get(handle_of(handle));
    if (!future || future->settled) return LULL_ESRCH;
    lull__future_settle(future, code, 0, error_of(code, thrown, message, length));
    return 0;
}
