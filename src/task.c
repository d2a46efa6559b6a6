/* Tasks: from spawn to end. */
#include "host.h"

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

static void free_struct(lull__task *task)
{
    if (task->owns_name) lull__free((void *)(uintptr_t)task->name);
    lull__timer_disarm(&task->wake);
    lull__pool_give(&lull__self.tasks, task);
}

lull_task lull__task_spawn(const lull_spawn_options *options, lull_ref ticket)
{
    if (lull__self.closing) return LULL_ECLOSED;
    if (!options->function || !lull__valid_delay(options->delay)) return LULL_EINVAL;
    if (options->stack_size && options->stack_size < LULL_STACK_MIN) return LULL_EINVAL;
    lull__future *result = NULL;
    if (options->result) {
        result = lull__future_get(options->result);
        if (!result || result->settled || result->promised) return LULL_ESRCH;
    }

    lull__task *task = (lull__task *)lull__pool_take(&lull__self.tasks);
    if (!task) return LULL_ENOMEM;
    *task = (lull__task){
        .number = (double)(lull__self.spawned + 1),
        .parent = lull__self.running ? lull__self.running->number : 0,
        .function = options->function,
        .argument = options->argument,
        .stack_size = options->stack_size ? options->stack_size : lull__self.stacks.size,
        .name = "task",
        .settles = options->result,
        .ticket = ticket,
        .wake.fire = lull__wake_fired,
        .deadline.fire = lull__deadline_fired,
        .passed = -1,
        .state = LULL__WAITING,
    };
    lull__list_init(&task->link);
    lull__waiters_init(&task->ended, "join");
    if ((options->name && !copy_name(task, options->name)) ||
        (options->delay > 0 && lull__timer_arm(&task->wake, lull_now() + options->delay) < 0)) {
        free_struct(task);
        return LULL_ENOMEM;
    }
    task->handle = lull__handle_new(LULL__TASK_KIND, task);
    if (task->handle < 0) {
        free_struct(task);
        return LULL_ENOMEM;
    }
    if (result) result->promised = true;
    lull__self.live++;
    lull__self.spawned++;
    if (!(options->delay > 0)) lull__ready(task);
    return task->handle;
}

lull_task lull_spawn_with(const lull_spawn_options *options)
{
    return lull__task_spawn(options, 0);
}

lull_task lull_current(void)
{
    return lull__self.running ? lull__self.running->handle : 0;
}

const char *lull_name(lull_task handle)
{
    const lull__task *task = lull__task_get(handle);
    return task ? task->name : "";
}

/* ---- Run ----------------------------------------------------------------------------------------------------- */

/* Forget what belonged to the stack of what has ended. */
static void leave_body(lull__task *task)
{
    task->cleaning = true;
    task->scope = NULL;
    task->shields = 0;
    task->waiting_on = NULL; /* a begin that ends its waiter is not ended, and takes its schedule back */
    lull__timer_disarm(&task->wake);
    lull__timer_disarm(&task->deadline);
    lull__host_call_leave(task);
}

/* Whether a failure that nobody receives is the host's to know. Who cancels or kills knows already. */
static bool is_news(int code)
{
    return code < 0 && code != LULL_ECANCELED && code != LULL_EKILLED;
}

/* Note how the body ended; what a defer comes to changes nothing. An error passes to the task. */
static void set_outcome(lull__task *task, int code, lull_value value, lull__error *error)
{
    if (task->cleaning) {
        leave_body(task); /* it was a deferred function that ended early, maybe in a scope or a host call */
        if (is_news(code)) lull__host_report(task, code, error);
        lull__error_release(error);
        return;
    }
    task->outcome = code;
    task->result = value;
    task->failure = error;
    leave_body(task);
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
    task->started = true;
    return true;
}

/* What a task whose body is over runs where it has deferred something. */
static lull_value run_defers(void *pointer)
{
    lull__task *task = (lull__task *)pointer;
    lull_scope cleanup;
    int entered = lull_scope_enter_shielded(&cleanup, task->killed ? 0 : CLEANUP_SECONDS);
    while (task->defers) {
        lull__defer *defer = task->defers;
        task->defers = defer->next;
        void (*function)(void *) = defer->function;
        void *argument = defer->argument;
        lull__free(defer);
        task->refusals = 0; /* each has its own patience */
        function(argument);
    }
    if (entered == 0) lull_scope_exit(&cleanup, 0);
    return task->result; /* what the loop takes it for stays the body's */
}

/* ---- End ----------------------------------------------------------------------------------------------------- */

static void free_stack(lull__task *task)
{
    lull__context_dispose(&task->context);
    if (!task->stack) return;
    if (task->stack_size == lull__self.stacks.size) {
        lull__pool_give(&lull__self.stacks, task->stack);
    } else {
        lull__free(task->stack);
    }
    task->stack = NULL;
}

/* Tell whoever waits for the end. False where nobody does. */
static bool deliver(lull__task *task)
{
    bool received = false;
    while (!lull__list_empty(&task->ended.list)) {
        lull__task *joiner = LULL__CONTAINER(task->ended.list.next, lull__task, link);
        lull__wake(joiner, task->outcome, task->result, lull__error_retain(task->failure), false);
        received = true;
    }
    lull__future *future = task->settles ? lull__future_get(task->settles) : NULL;
    if (future) {
        future->promised = false;
        lull__future_settle(future, task->outcome, task->result, lull__error_retain(task->failure));
        received = true;
    }
    if (task->ticket) {
        lull_value value = task->outcome < 0 ? lull_from_double(task->number) : task->result;
        lull__host_done(task->ticket, task->outcome, value, task->failure);
        received = true;
    }
    return received;
}

void lull__arguments_free(void *packed, size_t size)
{
    if (packed && size <= lull__self.packs.size) {
        lull__pool_give(&lull__self.packs, packed);
    } else {
        lull__free(packed);
    }
}

static void finish(lull__task *task)
{
    free_stack(task);
    if (!deliver(task) && is_news(task->outcome)) lull__host_report(task, task->outcome, task->failure);
    lull__error_release(task->failure);
    lull__error_release(task->error);
    lull__error_release(task->arriving);
    if (task->packed) lull__arguments_free(task->packed, task->packed_size);
    lull__free(task->block);
    lull__handle_free(task->handle);
    lull__self.live--;
    free_struct(task);
}

void lull__task_returned(lull__task *task, lull_value result)
{
    set_outcome(task, 0, result, NULL);
    lull__task_ended(task);
}

void lull__task_ended(lull__task *task)
{
    if (!task->defers) {
        finish(task);
        return;
    }
    task->function = run_defers;
    task->argument = task;
    lull__context_reset(&task->context, task->stack, task->stack_size);
    lull__ready_next(task);
    task->state = LULL__FRESH;
}

void lull__task_end(lull__task *task, int code, lull__error *error)
{
    lull_yieldable *yieldable = task->state == LULL__WAITING ? lull__wait_over(task) : NULL;
    lull__error_release(task->arriving);
    task->arriving = NULL;
    bool queued = task->state == LULL__READY || task->state == LULL__FRESH;
    task->state = LULL__ENDED; /* first, so that what `end` does to the task changes nothing */
    if (yieldable) lull__hook_end(yieldable, task);
    set_outcome(task, code, 0, error);
    if (!queued) lull__task_ended(task); /* else when the loop comes to it */
}

void lull__task_discard(lull__task *task)
{
    while (task->defers) {
        lull__defer *defer = task->defers;
        task->defers = defer->next;
        lull__free(defer);
    }
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
    if (task == lull__self.calling) return 0; /* when JavaScript returns: see lull__host_call_end */
    lull__task_end(task, LULL_EKILLED, NULL);
    return 0;
}

int lull_defer(void (*function)(void *argument), void *argument)
{
    lull__task *task = lull__self.running;
    if (!task) return LULL_ENOSUSPEND;
    if (!function) return LULL_EINVAL;
    lull__defer *defer = (lull__defer *)lull__alloc(sizeof *defer);
    if (!defer) return LULL_ENOMEM;
    *defer = (lull__defer){task->defers, function, argument};
    task->defers = defer;
    return 0;
}
