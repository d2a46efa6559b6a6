/* Tasks: from spawn to end. */
#include "sched/task.h"

#include "base/memory.h"
#include "sched/last_error.h"
#include "sched/local.h"
#include "sched/notify.h"
#include "sched/shared_stack.h"
#include "sched/state.h"
#include "sched/task_part.h"
#include "sched/thread_local.h"
#include "sched/wait.h"

/* The seconds for which the defers of a task may wait in all. */
#define CLEANUP_SECONDS 5

/* The task's own copy of its name. False where there is no memory. */
static bool copy_name(lull__task *task, const char *name)
{
    size_t length = strlen(name);
    if (length > LULL_NAME_MAX) {
        length = LULL_NAME_MAX;
        while (length && (name[length] & 0xC0) == 0x80) length--; /* not within a character */
    }
    char *copy = (char *)lull__alloc(length + 1);
    if (!copy) return false;
    memcpy(copy, name, length);
    copy[length] = '\0';
    task->name = copy;
    task->owns_name = true;
    return true;
}

/* ---- Spawn with what only some tasks need -------------------------------------------------------------------- */

/* Whether the options ask for none of that: all bits of these are 0. */
static inline bool is_plain(const lull_spawn_options *options)
{
    return !(lull_from_double(options->delay) | lull_from_double(options->timeout) | options->result | options->group |
             lull_from_pointer(options->name) | options->inherit);
}

/* 0, or the reason why a task may not be spawned with these options. */
LULL__COLD static int admit(const lull_spawn_options *options)
{
    if (!lull__valid_delay(options->delay) || !lull__valid_delay(options->timeout)) return LULL_EINVAL;
    int status = options->result ? lull__hook_admit(LULL__RESULT_PART, options) : 0;
    return options->group && status == 0 ? lull__hook_admit(LULL__GROUP_PART, options) : status;
}

/* Make it a child, still of no group. False where there is no memory. */
static bool join_group(lull__task *task)
{
    task->as.membership = (lull__membership *)lull__pool_take(&lull__rt.memberships);
    task->is_child = task->as.membership;
    return task->is_child;
}

/* Allocate what they ask for. False where there is no memory: free_struct frees the rest. */
LULL__COLD static bool alloc_options(lull__task *task, const lull_spawn_options *options)
{
    if (options->name && !copy_name(task, options->name)) return false;
    if (options->inherit && lull__rt.running && !lull__locals_copy(task, lull__rt.running)) return false;
    if (options->timeout > 0 && options->timeout < LULL_FOREVER && lull__task_limit(task, options->timeout) < 0)
        return false;
    if (options->result && !lull__task_extend(task)) return false;
    if (options->group && !join_group(task)) return false;
    return !(options->delay > 0) || lull__timer_arm(&task->waiter.wake, lull_now() + options->delay) == 0;
}

LULL__COLD static void attach(lull__task *task, const lull_spawn_options *options)
{
    if (options->result) lull__hook_attach(LULL__RESULT_PART, task, options);
    if (options->group) lull__hook_attach(LULL__GROUP_PART, task, options);
}

/* ---- Spawn --------------------------------------------------------------------------------------------------- */

static void free_struct(lull__task *task)
{
    if (task->owns_name) lull__free((void *)(uintptr_t)task->name);
    lull__thread_locals_free(task);
    lull__timer_disarm(&task->waiter.wake);
    if (task->ext->task) {
        lull__locals_free(task);
        lull__scopes_leave(task);
        lull__pool_give(&lull__rt.exts, task->ext);
    }
    lull__pool_give(&lull__rt.tasks, task);
}

/* Free a task that was not to be, since there is no memory. */
LULL__COLD static lull_task discard_new(lull__task *task)
{
    if (task->waiter.index) lull__handle_free(task->waiter.index);
    if (task->is_child) lull__pool_give(&lull__rt.memberships, task->as.membership);
    free_struct(task);
    return LULL_ENOMEM;
}

lull_task lull__spawn(const lull_spawn_options *options, const char *name)
{
    bool plain = is_plain(options);
    if (lull__rt.closing) return LULL_ECLOSED;
    if (!options->function || (options->stack_size && options->stack_size < LULL_STACK_MIN)) return LULL_EINVAL;
    if (lull__rt.max_live && lull__rt.live >= lull__rt.max_live) return LULL_ENOMEM;
    int status = plain ? 0 : admit(options);
    if (status < 0) return status;

    lull__task *task = (lull__task *)lull__pool_take(&lull__rt.tasks);
    if (!task) return LULL_ENOMEM;
    bool shares_stack = options->stack && !options->stack_size;
    *task = (lull__task){
        .serial = lull__rt.spawned + 1,
        .parent = lull__rt.running ? lull__rt.running->serial : 0,
        .function = options->function,
        .stack_size = shares_stack          ? 0
                      : options->stack_size ? options->stack_size
                                            : lull__rt.stacks.size,
        .shares_stack = shares_stack,
        .name = name,
        .waiter.value = lull_from_pointer(options->argument),
        .waiter.item.kind = LULL__ARGUMENT,
        .state = LULL__WAITING,
        .ready_as = LULL__FRESH,
        .ext = (lull__task_ext *)(uintptr_t)&lull__empty_ext,
    };
    lull__list_init(&task->waiter.link);
    lull__list_init(&task->ended);
    const lull_task handle = lull__handle_new(LULL__TASK_KIND, task);
    if (handle > 0) task->waiter.index = lull__handle_index(handle);
    if (handle < 0 || !(plain || alloc_options(task, options))) return discard_new(task);
    lull__rt.live++;
    lull__rt.spawned++;
    if (plain || !(options->delay > 0)) lull__ready_new(task);
    if (shares_stack) lull__rt.sharing = options->stack;
    if (!plain) attach(task, options);
    return handle;
}

LULL__NOINLINE lull_task lull__spawned(lull_task handle)
{
    if (lull__rt.observed && handle > 0) lull__notify_observer(LULL__TASK_SPAWNED, lull__task_get(handle), 0);
    return handle;
}

lull_task lull_spawn_with(const lull_spawn_options *options)
{
    return lull__spawned(lull__spawn(options, "task"));
}

lull_task lull_current(void)
{
    return lull__rt.running ? lull__task_handle(lull__rt.running) : 0;
}

const char *lull_name(lull_task handle)
{
    const lull__task *task = lull__task_get(handle);
    return task ? task->name : "";
}

void lull__task_rename(lull_task handle, const char *name)
{
    lull__task *task = lull__task_get(handle);
    char *before = task && task->owns_name ? (char *)(uintptr_t)task->name : NULL;
    if (task && copy_name(task, name)) lull__free(before);
}

/* ---- Run ----------------------------------------------------------------------------------------------------- */

/* Leave whatever belonged to the stack of a body that has ended so, in this host call (NULL: in none). */
static void leave_body(lull__task *task, struct lull__future *call, int code, const lull__error *error)
{
    task->cleaning = true;
    task->waiting_on = NULL; /* no `end` for a begin that has ended its own task */
    lull__scopes_leave(task);
    lull__timer_disarm(&task->waiter.wake);
    if (call) lull__hook_leave(LULL__CALL_PART, task, call, code, error);
    if (task->ext->multiwait) lull__hook_leave(LULL__MULTIWAIT_PART, task, NULL, code, error);
}

/* The error of a task that leaves a group open. */
static lull__error *open_group_error(void)
{
    static const char text[] = "the task ended with a group open: lull_group_wait(group) has to come before its end";
    return lull__error_new(LULL_EBUSY, text, sizeof text - 1, NULL);
}

/* The status with which the task ends, given that of its body. The error stays the caller's; it may change. */
static int final_status(lull__task *task, int code, lull__error **error)
{
    if (lull__kill_pending(task) && code != LULL_EKILLED) {
        lull__error_release(*error);
        *error = NULL;
        return LULL_EKILLED;
    }
    const lull__task_ext *ext = task->ext;
    if (code == LULL_ECANCELED && task->canceled && ext->reason) {
        lull__error_release(*error);
        *error = lull__error_retain(ext->reason);
    } else if (code == LULL_ECANCELED && !task->canceled && ext->has_timeout &&
               (ext->own.expired || ext->own.deadline <= lull__rt.now)) {
        lull__error_release(*error);
        *error = NULL;
        return LULL_ETIMEDOUT;
    } else if (code == 0 && ext->groups) {
        *error = open_group_error();
        return LULL_EBUSY;
    }
    return code;
}

/* Note how the body ended. The end of a defer changes nothing. The error passes to the task. */
LULL__NOINLINE static void set_outcome(lull__task *task, int code, lull_value value, lull__error *error)
{
    struct lull__future *call = lull__host_call_of(task);
    lull__item_free(&task->waiter);
    if (task->cleaning) {
        /* A deferred function has ended early, perhaps in a scope or a host call. */
        leave_body(task, call, code, error);
        if (lull__is_reportable(code)) lull__notify_unhandled(task, code, error);
        lull__error_release(error);
        return;
    }
    code = final_status(task, code, &error);
    lull__task_ext *ext = error ? lull__task_extend(task) : task->ext;
    if (ext && ext->task) {
        ext->outcome = (lull__outcome){value, error, code};
        leave_body(task, call, code, error);
    } else {
        task->waiter.value = value;
        task->status = code;
        leave_body(task, call, code, error);
        lull__error_release(error); /* there is no memory */
    }
}

/* Leave only those failures that nobody has received yet and somebody has to know of. Returns how many. */
static size_t keep_news(const lull__error *received, lull__error **failures, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (failures[i] != received && lull__is_reportable(failures[i]->public.code)) {
            failures[kept++] = failures[i];
        } else {
            lull__error_release(failures[i]);
        }
    }
    return kept;
}

/* Make one error of that with which the body failed and those of children. False where there is no memory. */
static bool join_outcome(lull__outcome *outcome, lull__error **failures, size_t count)
{
    const char *text = lull_strerror(outcome->status);
    lull__error *own = outcome->error ? outcome->error : lull__error_new(outcome->status, text, strlen(text), NULL);
    lull__error **all = own ? (lull__error **)lull__alloc((count + 1) * sizeof(lull__error *)) : NULL;
    if (!all) {
        if (!outcome->error) lull__error_release(own);
        return false;
    }
    all[0] = own;
    for (size_t i = 0; i < count; i++) all[i + 1] = lull__error_retain(failures[i]);
    outcome->error = lull__error_join(all, count + 1);
    return true;
}

void lull__task_add_failures(lull__task *task, int code, lull__error **failures, size_t count)
{
    lull__outcome *outcome = &task->ext->outcome;
    bool in_vain = outcome->status == LULL_ECANCELED && !task->canceled; /* because of these failures */
    if (code && in_vain) {
        lull__error_release(outcome->error);
        outcome->status = code;
        outcome->error = lull__error_join(failures, count);
        return;
    }
    count = keep_news(outcome->error, failures, count);
    bool received = count && !task->ext->deferring && lull__is_reportable(outcome->status) &&
                    join_outcome(outcome, failures, count);
    for (size_t i = 0; i < count; i++) {
        if (!received) lull__notify_unhandled(task, failures[i]->public.code, failures[i]);
        lull__error_release(failures[i]);
    }
    lull__free(failures);
}

bool lull__task_start(lull__task *task)
{
    bool pooled = task->stack_size == lull__rt.stacks.size;
    task->stack = (char *)(pooled ? lull__pool_take(&lull__rt.stacks) : lull__alloc(task->stack_size));
    const char *refusal = task->stack ? lull__context_open(&task->context) : NULL;
    if (!task->stack || refusal) {
        set_outcome(task, LULL_ENOMEM, 0, lull__error_because(LULL_ENOMEM, refusal));
        return false;
    }
    lull__context_reset(&task->context, task->stack, task->stack_size);
    task->ready_as = LULL__READY;
    return true;
}

/* Call the last deferred function. */
static void call_defer(lull__task *task)
{
    lull__defer *defer = task->ext->defers;
    task->ext->defers = defer->next;
    void (*function)(void *) = defer->function;
    void *argument = defer->argument;
    lull__free(defer);
    function(argument);
    if (!task->ext->groups) return;
    lull__error *error = open_group_error();
    lull__notify_unhandled(task, LULL_EBUSY, error);
    lull__error_release(error);
}

/* Do one step of a cleanup, in a scope and with a count of ignored cancels of its own. */
static void clean_up_step(lull__task *task, void (*part)(lull__task *task))
{
    lull__task_ext *ext = task->ext;
    double now = lull_now();
    if (!ext->cleanup) ext->cleanup = now + CLEANUP_SECONDS;
    bool over = task->killed || ext->cleanup <= now;
    int entered = lull__scope_enter(&ext->own, over ? 0 : ext->cleanup - now, true);
    if (entered == 0 && over) ext->own.expired = task->interrupted = true; /* before the next look at the clock */
    task->ignored_cancels = 0;
    ext->uninterruptible = false;
    part(task);
    lull__scopes_leave(task); /* also those that the step has not left */
}

/* What a task runs after its body: first for its open groups, beyond what lies on its stack; then its defers. */
static lull_value wind_up_groups(void *task)
{
    clean_up_step((lull__task *)task, lull__task_parts[LULL__GROUP_PART]->wind_up);
    return 0; /* not a result: that stays the body's */
}

static lull_value run_defers(void *pointer)
{
    lull__task *task = (lull__task *)pointer;
    task->ext->deferring = true;
    while (task->ext->defers && !task->ext->groups) clean_up_step(task, call_defer);
    return 0;
}

/* ---- End ----------------------------------------------------------------------------------------------------- */

static void free_stack(lull__task *task)
{
    lull__context_dispose(&task->context);
    if (!task->stack) return;
    if (task->shares_stack) {
        lull__hook_free_shared(task);
    } else if (task->stack_size == lull__rt.stacks.size) {
        lull__pool_give(&lull__rt.stacks, task->stack);
    } else {
        lull__free(task->stack);
    }
    task->stack = NULL;
}

/* Deliver the outcome to all that wait for it. Returns whether any do. */
static bool deliver(lull__task *task, const lull__outcome *outcome)
{
    bool received = lull__list_wake(&task->ended, outcome->status, outcome->value, outcome->error);
    if (task->ext->settles && lull__hook_deliver(LULL__RESULT_PART, task, outcome)) received = true;
    const lull__arguments *arguments = lull__arguments_of(task);
    if (arguments && arguments->ticket) {
        lull_value value = outcome->status < 0 ? lull_from_double((double)task->serial) : outcome->value;
        lull__notify_settled(arguments->ticket, outcome->status, value, outcome->error);
        received = true;
    }
    if (task->is_child && lull__hook_deliver(LULL__GROUP_PART, task, outcome)) received = true;
    return received;
}

lull__arguments *lull__arguments_new(const void *packed, size_t size, void *block, lull__ticket ticket)
{
    size_t whole = sizeof(lull__arguments) + size;
    bool small = whole <= lull__rt.packs.size;
    lull__arguments *copy = (lull__arguments *)(small ? lull__pool_take(&lull__rt.packs) : lull__alloc(whole));
    if (!copy) {
        lull__free(block);
        return NULL;
    }
    copy->ticket = ticket;
    copy->block = block;
    copy->size = whole;
    memcpy(copy->packed, packed, size);
    return copy;
}

void lull__arguments_free(lull__arguments *arguments)
{
    lull__free(arguments->block);
    if (arguments->size <= lull__rt.packs.size) {
        lull__pool_give(&lull__rt.packs, arguments);
    } else {
        lull__free(arguments);
    }
}

static void finish(lull__task *task)
{
    task->state = LULL__ENDED; /* first: the receivers may do anything */
    free_stack(task);
    lull__outcome outcome = lull__task_outcome(task);
    if (!deliver(task, &outcome) && lull__is_reportable(outcome.status)) {
        lull__notify_unhandled(task, outcome.status, outcome.error);
    }
    if (lull__rt.observed) lull__notify_observer(LULL__TASK_ENDED, task, outcome.status);
    if (task->ext->task) {
        lull__error_release(task->ext->pending_error);
        lull__error_release(task->ext->outcome.error);
        lull__error_release(task->ext->error);
        lull__error_release(task->ext->reason);
    }
    if (task->as.arguments) lull__arguments_free(task->as.arguments);
    lull__handle_free(task->waiter.index);
    lull__rt.live--;
    free_struct(task);
}

LULL__NOINLINE static void deliver_to_group(lull__task *child, lull_value result)
{
    lull__outcome outcome = {.value = result};
    lull__hook_deliver(LULL__GROUP_PART, child, &outcome);
}

/*
 * End a task that has returned, if it has nothing of what only some tasks have. Returns whether it had not. See D129.
 */
static bool finish_plain(lull__task *task, lull_value result)
{
    if (task->ext->task || task->killed || lull__rt.observed || task->cleaning || !lull__list_empty(&task->ended))
        return false;
    task->state = LULL__ENDED; /* first: the receiver may do anything */
    task->cleaning = true;
    task->waiter.value = result;
    task->status = 0;
    free_stack(task);
    if (task->is_child) deliver_to_group(task, result);
    lull__arguments *arguments = task->as.arguments;
    if (arguments) {
        if (arguments->ticket) lull__notify_settled(arguments->ticket, 0, result, NULL);
        lull__arguments_free(arguments);
    }
    lull__handle_free(task->waiter.index);
    lull__rt.live--;
    free_struct(task);
    return true;
}

void lull__slice_ended(lull__task *task, bool returned, lull_value result)
{
    lull__rt.running = NULL;
    if (returned) {
        if (finish_plain(task, result)) return;
        set_outcome(task, 0, result, NULL);
    }
    lull__task_ended(task);
}

/* Make the steps after the body start on the task's stack, beyond what children may have pointers to. */
static void reset_stack(lull__task *task)
{
    if (task->ext->groups) {
        lull__context_reset_beyond(&task->context, task->stack, task->stack_size);
    } else {
        lull__context_reset(&task->context, task->stack, task->stack_size);
    }
}

void lull__task_ended(lull__task *task)
{
    const lull__task_ext *ext = task->ext;
    if (!ext->defers && !ext->groups) {
        finish(task);
        return;
    }
    task->waiter.value = lull_from_pointer(task); /* the argument of the function */
    task->function = ext->groups ? wind_up_groups : run_defers;
    if (!task->shares_stack) reset_stack(task); /* else when it runs: see shared_stack.c */
    lull__ready_next(task);
    task->state = LULL__FRESH;
}

/*
 * End the task at the head of the list of tasks that are ending. The end of its wait may end other tasks, which then
 * come first, or trap: then the next run of the loop goes on with the list.
 */
LULL__NOINLINE static void end_next(void)
{
    lull__task *task = lull__rt.ending;
    lull__end_wait(lull__wait_detach(task), &task->waiter, task, task->waiter.index);
    lull__error *error = lull__pending_error_take(task);
    int code = task->failed ? task->status : 0;
    task->failed = false;
    task->status = task->ext->previous_status; /* undone: see lull__task_ending */
    set_outcome(task, code, 0, error);
    lull__rt.ending = task->next;
    lull__task_ended(task);
}

void lull__end_tasks(void)
{
    while (lull__rt.ending) end_next();
}

LULL__NOINLINE bool lull__task_ending(lull__task *task, int code, lull__error *error)
{
    bool queued = task->state != LULL__WAITING;
    lull__error_release(lull__pending_error_take(task));
    task->state = LULL__ENDED; /* first, so that nothing its `end` does to the task changes that */
    if (queued) {
        if (task->failed && task->ext->task)
            task->status = task->ext->previous_status; /* it never saw that wait fail */
        task->failed = false;
        set_outcome(task, code, 0, error); /* the loop will find it */
        return false;
    }
    if (task->ext->task) task->ext->previous_status = task->failed ? 0 : task->status; /* for its defers to see */
    task->failed = true;
    task->status = code;
    if (error) lull__pending_error_set(task, error);
    task->next = lull__rt.ending;
    lull__rt.ending = task;
    return true;
}

void lull__task_end(lull__task *task, int code, lull__error *error)
{
    if (lull__task_ending(task, code, error)) end_next();
}

void lull__task_discard(lull__task *task)
{
    while (task->ext->defers) {
        lull__defer *defer = task->ext->defers;
        task->ext->defers = defer->next;
        lull__free(defer);
    }
    lull__scopes_leave(task); /* before its groups, whose scopes are among them, are freed */
    lull__hook_groups_drop(task);
    if (task->state != LULL__ENDED) lull__task_end(task, LULL_EKILLED, NULL);
}

void lull__kill_running(lull__task *task)
{
    task->killed = true;
    set_outcome(task, LULL_EKILLED, 0, NULL);
    task->state = LULL__ENDED;
    lull__context_abandon(&task->context);
}

void lull__task_exit(lull__task *task, int code, lull_value value, lull__error *error)
{
    set_outcome(task, code, value, error);
    task->state = LULL__ENDED;
    lull__context_leave(&task->context);
    __builtin_unreachable(); /* nothing enters a context that it has left for good */
}

void lull_return(lull_value value)
{
    if (!lull__rt.running) __builtin_trap();
    lull__task_exit(lull__rt.running, 0, value, NULL);
}

void lull_fail(int code, const char *format, ...)
{
    if (!lull__rt.running) __builtin_trap();
    if (code >= 0) code = LULL_EFAILED;
    va_list arguments;
    va_start(arguments, format);
    lull__error *error = lull__error_print(code, format, arguments);
    va_end(arguments);
    lull__task_exit(lull__rt.running, code, 0, error);
}

int lull_kill(lull_task handle)
{
    lull__task *task = lull__task_get(handle);
    if (!task) return LULL_ESRCH;
    if (task->state == LULL__ENDED) return 0; /* the loop has not found it yet */
    task->killed = true;
    if (task == lull__rt.running) lull__task_exit(task, LULL_EKILLED, 0, NULL);
    if (task == lull__rt.calling || task == lull__rt.beneath) {
        task->interrupted = true; /* it ends at its next wait, after JavaScript or the hook has returned */
        return 0;
    }
    lull__task_end(task, LULL_EKILLED, NULL);
    return 0;
}

int lull_defer(void (*function)(void *argument), void *argument)
{
    lull__task *task = lull__rt.running;
    if (!task) return LULL_ENOSUSPEND;
    if (!function) return LULL_EINVAL;
    lull__task_ext *ext = lull__task_extend(task);
    lull__defer *defer = ext ? (lull__defer *)lull__alloc(sizeof *defer) : NULL;
    if (!defer) return LULL_ENOMEM;
    *defer = (lull__defer){ext->defers, function, argument};
    ext->defers = defer;
    return 0;
}
