/* Tasks: from spawn to end. */
#include "port/port.h"

/* How long, in seconds, the defers of a task may wait in all. */
#define CLEANUP_SECONDS 5

/* ---- Spawn --------------------------------------------------------------------------------------------------- */

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

/* What of a new task takes memory. False where there is none: free_struct gives back what was taken. */
static bool equip(lull__task *task, const lull_spawn_options *options)
{
    if (options->name && !copy_name(task, options->name)) return false;
    if (options->inherit && lull__self.running && !lull__locals_copy(task, lull__self.running)) return false;
    if (options->timeout > 0 && options->timeout < LULL_FOREVER && lull__task_limit(task, options->timeout) < 0)
        return false;
    if ((options->group || options->result) && !lull__task_extra(task)) return false;
    return !(options->delay > 0) || lull__timer_arm(&task->waiter.wake, lull_now() + options->delay) == 0;
}

static void free_struct(lull__task *task)
{
    if (task->owns_name) lull__free((void *)(uintptr_t)task->name);
    lull__locals_free(task);
    lull__scopes_leave(task);
    lull__timer_disarm(&task->waiter.wake);
    if (task->extra->task) lull__pool_give(&lull__self.extras, task->extra);
    lull__pool_give(&lull__self.tasks, task);
}

/* Whether a task may be spawned so: 0, or why not. */
static int check(const lull_spawn_options *options)
{
    if (lull__self.closing) return LULL_ECLOSED;
    bool small = options->stack_size && options->stack_size < LULL_STACK_MIN;
    bool valid = lull__valid_delay(options->delay) && lull__valid_delay(options->timeout);
    return options->function && !small && valid ? 0 : LULL_EINVAL;
}

lull_task lull__spawn(const lull_spawn_options *options, const char *name)
{
    int status = check(options);
    if (status < 0) return status;
    lull__future *result = NULL;
    if (options->result) {
        result = lull__future_get(options->result);
        if (!result || result->settled || result->settler) return LULL_ESRCH;
    }
    lull__group *group = options->group ? lull__group_get(options->group) : NULL;
    if (options->group && (!group || group->killed)) return LULL_ESRCH;

    lull__task *task = (lull__task *)lull__pool_take(&lull__self.tasks);
    if (!task) return LULL_ENOMEM;
    *task = (lull__task){
        .number = lull__self.spawned + 1,
        .parent = lull__self.running ? lull__self.running->number : 0,
        .function = options->function,
        .stack_size = options->stack_size ? options->stack_size : lull__self.stacks.size,
        .shares_stack = options->stack && !options->stack_size,
        .name = name,
        .waiter.value = lull_from_pointer(options->argument),
        .waiter.item = LULL__ARGUMENT,
        .state = LULL__WAITING,
        .ready_as = LULL__FRESH,
        .extra = (lull__extra *)(uintptr_t)&lull__no_extra,
    };
    lull__list_init(&task->waiter.link);
    lull__list_init(&task->ended);
    const lull_task handle = lull__handle_new(LULL__TASK_KIND, task);
    if (handle > 0) task->waiter.index = lull__handle_index(handle);
    if (handle < 0 || !equip(task, options)) {
        if (handle > 0) lull__handle_free(task->waiter.index);
        free_struct(task);
        return LULL_ENOMEM;
    }
    if (result) {
        result->settler = handle;
        task->extra->settles = options->result;
    }
    lull__self.live++;
    lull__self.spawned++;
    if (!(options->delay > 0)) lull__ready(task);
    if (task->shares_stack) {
        lull__self.sharing = options->stack;
        task->stack_size = 0;
    }
    if (group) lull__group_join(group, task);
    return handle;
}

LULL__APART lull_task lull__spawned(lull_task handle)
{
    if (lull__self.observed && handle > 0) lull__host_observe(LULL__TASK_SPAWNED, lull__task_get(handle), 0);
    return handle;
}

lull_task lull_spawn_with(const lull_spawn_options *options)
{
    return lull__spawned(lull__spawn(options, "task"));
}

lull_task lull_current(void)
{
    return lull__self.running ? lull__task_handle(lull__self.running) : 0;
}

const char *lull_name(lull_task handle)
{
    const lull__task *task = lull__task_get(handle);
    return task ? task->name : "";
}

/* ---- Run ----------------------------------------------------------------------------------------------------- */

/* Forget what belonged to the stack of what has ended so, in this host call (NULL: in none). */
static void leave_body(lull__task *task, lull__future *call, int code, const lull__error *error)
{
    task->cleaning = true;
    task->waiting_on = NULL; /* a begin that ends its waiter is not ended, and takes its schedule back */
    lull__scopes_leave(task);
    lull__timer_disarm(&task->waiter.wake);
    if (call) lull__host_call_leave(call, code, error);
    lull__several_leave(task);
}

/* The error of one that leaves a group open. */
static lull__error *open_group_error(void)
{
    static const char text[] = "the task ended with a group open: lull_group_wait(group) has to come before its end";
    return lull__error_new(LULL_EBUSY, text, sizeof text - 1, NULL);
}

/* What the end of its body comes to for others. The error is the caller's, before and after. */
static int judge(lull__task *task, int code, lull__error **error)
{
    if (lull__is_doomed(task) && code != LULL_EKILLED) {
        lull__error_release(*error);
        *error = NULL;
        return LULL_EKILLED;
    }
    const lull__extra *extra = task->extra;
    if (code == LULL_ECANCELED && task->canceled && extra->reason) {
        lull__error_release(*error);
        *error = lull__error_retain(extra->reason);
    } else if (code == LULL_ECANCELED && !task->canceled && extra->limited && extra->own.deadline <= lull__self.now) {
        lull__error_release(*error);
        *error = NULL;
        return LULL_ETIMEDOUT;
    } else if (code == 0 && extra->groups) {
        *error = open_group_error();
        return LULL_EBUSY;
    }
    return code;
}

/* Note how the body ended; what a defer comes to changes nothing. An error passes to the task. */
LULL__APART static void set_outcome(lull__task *task, int code, lull_value value, lull__error *error)
{
    lull__future *call = lull__host_call_of(task);
    lull__item_free(&task->waiter);
    if (task->cleaning) {
        /* It was a deferred function that ended early, maybe in a scope or a host call. */
        leave_body(task, call, code, error);
        if (lull__is_news(code)) lull__host_report(task, code, error);
        lull__error_release(error);
        return;
    }
    code = judge(task, code, &error);
    lull__extra *extra = error ? lull__task_extra(task) : task->extra;
    if (extra && extra->task) {
        extra->outcome = (lull__outcome){value, error, code};
        leave_body(task, call, code, error);
    } else {
        task->waiter.value = value;
        task->status = code;
        leave_body(task, call, code, error);
        lull__error_release(error); /* there is no memory */
    }
}

void lull__task_add_failures(lull__task *task, int code, lull__error **failures, size_t count)
{
    lull__outcome *outcome = &task->extra->outcome;
    bool in_vain = outcome->status == LULL_ECANCELED && !task->canceled; /* they are why it was cut short */
    if (code && in_vain) {
        lull__error_release(outcome->error);
        outcome->status = code;
        outcome->error = lull__error_join(failures, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        bool news = failures[i] != outcome->error && lull__is_news(failures[i]->public.code);
        if (news) lull__host_report(task, failures[i]->public.code, failures[i]);
        lull__error_release(failures[i]);
    }
    lull__free(failures);
}

bool lull__task_start(lull__task *task)
{
    bool pooled = task->stack_size == lull__self.stacks.size;
    task->stack = (char *)(pooled ? lull__pool_take(&lull__self.stacks) : lull__alloc(task->stack_size));
    if (!task->stack) {
        set_outcome(task, LULL_ENOMEM, 0, NULL);
        return false;
    }
    lull__context_reset(&task->context, task->stack, task->stack_size);
    task->ready_as = LULL__READY;
    return true;
}

/* Call what was deferred last. */
static void call_defer(lull__task *task)
{
    lull__defer *defer = task->extra->defers;
    task->extra->defers = defer->next;
    void (*function)(void *) = defer->function;
    void *argument = defer->argument;
    lull__free(defer);
    function(argument);
    if (!task->extra->groups) return;
    lull__error *error = open_group_error();
    lull__host_report(task, LULL_EBUSY, error);
    lull__error_release(error);
}

/* Do one part of a cleanup, in a scope and with a patience of its own. */
static void clean_up_one(lull__task *task, void (*part)(lull__task *task))
{
    lull__extra *extra = task->extra;
    double now = lull_now();
    if (!extra->cleanup) extra->cleanup = now + CLEANUP_SECONDS;
    bool over = task->killed || extra->cleanup <= now;
    int entered = lull__scope_enter(&extra->own, over ? 0 : extra->cleanup - now, true);
    if (entered == 0 && over) extra->own.expired = task->interrupted = true; /* before the next look at the clock */
    task->refusals = 0;
    extra->deaf = false;
    part(task);
    lull__scopes_leave(task); /* those that it did not leave are gone with it, too */
}

/* What a task whose body is over runs: for its groups, beyond what lies on its stack, and then for its defers. */
static lull_value wind_up_groups(void *task)
{
    clean_up_one((lull__task *)task, ((lull__task *)task)->extra->groups->methods->wind_up);
    return 0; /* what the loop takes for a result; that stays the body's */
}

static lull_value run_defers(void *pointer)
{
    lull__task *task = (lull__task *)pointer;
    while (task->extra->defers && !task->extra->groups) clean_up_one(task, call_defer);
    return 0;
}

/* ---- End ----------------------------------------------------------------------------------------------------- */

static void free_stack(lull__task *task)
{
    lull__context_dispose(&task->context);
    if (!task->stack) return;
    if (task->shares_stack) {
        lull__hook_free_shared(task);
    } else if (task->stack_size == lull__self.stacks.size) {
        lull__pool_give(&lull__self.stacks, task->stack);
    } else {
        lull__free(task->stack);
    }
    task->stack = NULL;
}

bool lull__hook_group_leave(lull__task *child)
{
    const lull__group *group = child->extra->group;
    if (!group) return false;
    group->methods->leave(child);
    return true;
}

/* Tell whoever waits for the end. False where nobody does. */
static bool deliver(lull__task *task, lull__outcome outcome)
{
    bool received = lull__list_wake(&task->ended, outcome.status, outcome.value, outcome.error);
    lull__future *future = task->extra->settles ? lull__future_get(task->extra->settles) : NULL;
    if (future) {
        future->settler = 0;
        lull__future_settle(future, outcome.status, outcome.value, lull__error_retain(outcome.error));
        received = true;
    }
    if (task->arguments && task->arguments->ticket) {
        lull_value value = outcome.status < 0 ? lull_from_double((double)task->number) : outcome.value;
        lull__host_done(task->arguments->ticket, outcome.status, value, outcome.error);
        received = true;
    }
    return lull__hook_group_leave(task) || received;
}

lull__arguments *lull__arguments_new(const void *packed, size_t size, void *block, lull_ref ticket)
{
    size_t whole = sizeof(lull__arguments) + size;
    bool small = whole <= lull__self.packs.size;
    lull__arguments *copy = (lull__arguments *)(small ? lull__pool_take(&lull__self.packs) : lull__alloc(whole));
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
    if (arguments->size <= lull__self.packs.size) {
        lull__pool_give(&lull__self.packs, arguments);
    } else {
        lull__free(arguments);
    }
}

static void finish(lull__task *task)
{
    task->state = LULL__ENDED; /* whoever is told may do anything */
    free_stack(task);
    lull__outcome outcome = lull__task_outcome(task);
    if (!deliver(task, outcome) && lull__is_news(outcome.status)) {
        lull__host_report(task, outcome.status, outcome.error);
    }
    if (lull__self.observed) lull__host_observe(LULL__TASK_ENDED, task, outcome.status);
    if (task->extra->task) {
        lull__error_release(task->extra->arriving);
        lull__error_release(task->extra->outcome.error);
        lull__error_release(task->extra->error);
        lull__error_release(task->extra->reason);
    }
    if (task->arguments) lull__arguments_free(task->arguments);
    lull__handle_free(task->waiter.index);
    lull__self.live--;
    free_struct(task);
}

void lull__slice_ended(lull__task *task, bool returned, lull_value result)
{
    lull__self.running = NULL;
    if (returned) set_outcome(task, 0, result, NULL);
    lull__task_ended(task);
}

/* Have what runs after the body start on the task's stack: beyond what children may have pointers to. */
static void reset_stack(lull__task *task)
{
    if (task->extra->groups) {
        lull__context_reset_beyond(&task->context, task->stack, task->stack_size);
    } else {
        lull__context_reset(&task->context, task->stack, task->stack_size);
    }
}

void lull__task_ended(lull__task *task)
{
    const lull__extra *extra = task->extra;
    if (!extra->defers && !extra->groups) {
        finish(task);
        return;
    }
    task->waiter.value = lull_from_pointer(task); /* what the function is called with */
    task->function = extra->groups ? wind_up_groups : run_defers;
    if (!task->shares_stack) reset_stack(task); /* else when it runs */
    lull__ready_next(task);
    task->state = LULL__FRESH;
}

/*
 * Tasks that are ending, innermost first: the end of a wait may end other tasks, or trap. Then the next run of the
 * loop goes on with those that are left.
 */
LULL__APART static void end_next(void)
{
    lull__task *task = lull__self.ending;
    lull__end_wait(lull__wait_over(task), &task->waiter, task, task->waiter.index);
    lull__error *error = lull__arrived(task);
    int code = task->failed ? task->status : 0;
    task->failed = false;
    task->status = task->extra->before; /* where the end of one of several traps, its outcome is noted already */
    set_outcome(task, code, 0, error);
    lull__self.ending = task->next;
    lull__task_ended(task);
}

void lull__end_tasks(void)
{
    while (lull__self.ending) end_next();
}

LULL__APART bool lull__task_ending(lull__task *task, int code, lull__error *error)
{
    bool queued = task->state != LULL__WAITING;
    lull__error_release(lull__arrived(task));
    task->state = LULL__ENDED; /* first, so that what `end` does to the task changes nothing */
    if (queued) {
        if (task->failed && task->extra->task) task->status = task->extra->before; /* it has not seen that wait fail */
        task->failed = false;
        set_outcome(task, code, 0, error); /* the loop comes to it */
        return false;
    }
    if (task->extra->task) task->extra->before = task->failed ? 0 : task->status; /* what its defers see */
    task->failed = true;
    task->status = code;
    if (error) lull__arrive(task, error);
    task->next = lull__self.ending;
    lull__self.ending = task;
    return true;
}

void lull__task_end(lull__task *task, int code, lull__error *error)
{
    if (lull__task_ending(task, code, error)) end_next();
}

void lull__task_discard(lull__task *task)
{
    while (task->extra->defers) {
        lull__defer *defer = task->extra->defers;
        task->extra->defers = defer->next;
        lull__free(defer);
    }
    lull__scopes_leave(task); /* before those of its groups are freed */
    if (task->extra->groups) task->extra->groups->methods->drop(task);
    if (task->state != LULL__ENDED) lull__task_end(task, LULL_EKILLED, NULL);
}

void lull__task_doom(lull__task *task)
{
    task->killed = true;
    set_outcome(task, LULL_EKILLED, 0, NULL);
    task->state = LULL__ENDED;
}

void lull__task_exit(lull__task *task, int code, lull_value value, lull__error *error)
{
    set_outcome(task, code, value, error);
    task->state = LULL__ENDED;
    lull__context_leave(&task->context);
    __builtin_unreachable(); /* nobody enters a context that has ended */
}

void lull_return(lull_value value)
{
    if (!lull__self.running) __builtin_trap();
    lull__task_exit(lull__self.running, 0, value, NULL);
}

void lull_fail(int code, const char *format, ...)
{
    if (!lull__self.running) __builtin_trap();
    if (code >= 0) code = LULL_EFAILED;
    va_list arguments;
    va_start(arguments, format);
    lull__error *error = lull__error_print(code, format, arguments);
    va_end(arguments);
    lull__task_exit(lull__self.running, code, 0, error);
}

int lull_kill(lull_task handle)
{
    lull__task *task = lull__task_get(handle);
    if (!task) return LULL_ESRCH;
    if (task->state == LULL__ENDED) return 0; /* the loop has not come to it yet */
    task->killed = true;
    if (task == lull__self.running) lull__task_exit(task, LULL_EKILLED, 0, NULL);
    if (task == lull__self.calling || task == lull__self.masked) {
        task->interrupted = true; /* when JavaScript or the hook has returned: at its next wait */
        return 0;
    }
    lull__task_end(task, LULL_EKILLED, NULL);
    return 0;
}

int lull_defer(void (*function)(void *argument), void *argument)
{
    lull__task *task = lull__self.running;
    if (!task) return LULL_ENOSUSPEND;
    if (!function) return LULL_EINVAL;
    lull__extra *extra = lull__task_extra(task);
    lull__defer *defer = extra ? (lull__defer *)lull__alloc(sizeof *defer) : NULL;
    if (!defer) return LULL_ENOMEM;
    *defer = (lull__defer){extra->defers, function, argument};
    extra->defers = defer;
    return 0;
}
