/* Tasks and generators that JavaScript spawns, by the macros of lull_boundary.h. */
#include "boundary/spawn.h"

#include <stdlib.h>

#include "base/memory.h"
#include "lull_boundary.h"
#include "port/port.h"
#include "sched/wait.h"
#include "waitables/generator.h"
#include "waitables/sync.h"

#define EXPORT(name) __attribute__((export_name(name)))

/* The options of the next task that JavaScript spawns. */
static struct {
    void *block; /* the memory that its arguments point into; NULL */
    double delay;
    double timeout;
    size_t stack_size;
    const char *name; /* in the block; NULL: the function's */
} next_spawn;

/* Memory that passes to the user, who frees it with free(). NULL where there is none. */
EXPORT("lull_alloc") void *lull__js_alloc(size_t size)
{
    return malloc(size);
}

/* Begins behind the program's static data. */
extern unsigned char __heap_base;

/* Returns NULL, or why not, as of a string literal. See D101. */
EXPORT("lull_free") const char *lull__js_free(void *memory)
{
    if (memory && (uintptr_t)memory < (uintptr_t)&__heap_base) {
        return "its memory is static: return strdup(\"...\") or other memory of malloc, or a const char *";
    }
    free(memory);
    return NULL;
}

/* Memory for text and bytes among the arguments of the next task, freed at its end. NULL where there is none. */
EXPORT("lull_block") void *lull__js_block(size_t size)
{
    lull__free(next_spawn.block); /* of a call that failed before it spawned */
    next_spawn.block = lull__alloc(size);
    return next_spawn.block;
}

EXPORT("lull_options") void lull__js_options(double delay, double timeout, size_t stack_size, const char *name)
{
    next_spawn.delay = delay;
    next_spawn.timeout = timeout;
    next_spawn.stack_size = stack_size;
    next_spawn.name = name;
}

/* lull__spawn, with the options of JavaScript. */
static lull_task spawn_packed(lull__ticket ticket, lull_function entry, const void *arguments, size_t size,
                              const char *name, const lull_stack *stack)
{
    lull_spawn_options options = {
        .function = entry,
        .delay = next_spawn.delay,
        .timeout = next_spawn.timeout,
        .stack_size = next_spawn.stack_size,
        .name = next_spawn.name,
        .stack = stack,
    };
    void *block = next_spawn.block;
    memset(&next_spawn, 0, sizeof next_spawn);

    lull__arguments *copy = lull__arguments_new(arguments, size, block, ticket);
    if (!copy) return LULL_ENOMEM;
    options.argument = copy->packed;
    lull_task handle = lull__spawn(&options, name);
    if (handle < 0) {
        lull__arguments_free(copy);
    } else {
        lull__task_get(handle)->as.arguments = copy;
    }
    return handle;
}

double lull__spawn_exported(lull__ticket ticket, lull_function entry, const void *arguments, size_t size,
                            const char *name, const lull_stack *stack)
{
    return (double)lull__spawned(spawn_packed(ticket, entry, arguments, size, name, stack));
}

/* ---- Arguments that are objects ---------------------------------------------------------------------------------- */

LULL__HOOK void lull__hook_outside(void (*function)(void *argument), void *argument)
{
    lull__task *running = lull__rt.running;
    lull__rt.running = NULL;
    function(argument);
    lull__rt.running = running;
}

static void owner_ended(lull__waiter *watch, int status, lull_value value, lull__error *error, bool next)
{
    (void)status;
    (void)value;
    (void)next;
    lull__error_release(error);
    lull__object *object = LULL__CONTAINER(watch, lull__object, watch);
    lull__hook_outside(object->destroy, object);
}

lull_task lull__spawn_owning(const lull_spawn_options *options, lull__object *object)
{
    lull_task handle = lull__spawn(options, "task");
    if (handle > 0) lull__sync_watch(&object->watch, lull__task_get(handle), owner_ended);
    return lull__spawned(handle);
}

/* ---- Generators -------------------------------------------------------------------------------------------------- */

/* What the task of a generator waits for until the next element is asked for. */
static lull_yieldable demand = {.name = LULL__WAIT_READER};

/* As lull__wait_begin. */
LULL__NOINLINE static int hand_over(lull__task *task, const void *element)
{
    int status = lull__may_wait(task);
    if (status != 0) return status;
    if (task->ext->emits == sizeof(int)) { /* without a call */
        memcpy(&lull__mailbox.value, element, sizeof(int));
    } else {
        memcpy(&lull__mailbox.value, element, task->ext->emits);
    }
    if (lull__port_emit(task->as.arguments->ticket)) return 0;
    task->state = LULL__WAITING;
    task->waiting_on = &demand;
    return 1;
}

LULL__BLOCKING static int emit_to_js(const void *element)
{
    lull__task *task = lull__rt.running;
    if (!lull__context_resumed()) {
        int status = hand_over(task, element);
        if (status <= 0) return status;
        LULL__SUSPEND(&task->context);
    }
    return lull__wait_end(task, NULL);
}

double lull__stream_exported(lull__ticket ticket, lull_function entry, const void *arguments, size_t size,
                             const char *name, const lull_stack *stack, size_t element_size)
{
    lull_task handle = spawn_packed(ticket, entry, arguments, size, name, stack);
    if (handle < 0) return (double)handle;
    lull__task_ext *ext = lull__task_extend(lull__task_get(handle));
    if (!ext) {
        lull__task_get(handle)->as.arguments->ticket = 0; /* the caller learns of this here */
        lull_kill(handle);
        return LULL_ENOMEM;
    }
    ext->emit = emit_to_js;
    ext->emits = (uint8_t)element_size;
    return (double)lull__spawned(handle);
}

/*
 * Ask for the next element, if the task waits with the last. Returns whether the caller has to run the loop, which it
 * may do at once. JavaScript calls this first, with 0 for no task: it has the reserve of lull_room. See D133.
 */
bool lull__export_demand(double handle)
{
    lull__task *task = lull__task_get((lull_task)handle);
    if (!task || task->waiting_on != &demand) return false;
    bool idle = !lull__awake;
    lull__awake = true;
    lull__wake(task, 0, 0, NULL, false);
    return idle;
}

const lull__export lull__generator_exports[] = {(lull__export)lull__export_demand};

lull_generator lull__generate_packed(lull_function entry, const void *arguments, size_t size, const char *name,
                                     const lull_stack *stack, size_t element_size)
{
    lull__arguments *copy = lull__arguments_new(arguments, size, NULL, 0);
    if (!copy) return LULL_ENOMEM;
    lull_spawn_options options = {.function = entry, .argument = copy->packed, .name = name, .stack = stack};
    lull_task task;
    lull_generator generator = lull__generate(element_size, &options, &task);
    if (generator < 0) {
        lull__arguments_free(copy);
    } else {
        lull__task_get(task)->as.arguments = copy; /* freed at its end */
        lull__spawned(task);
    }
    return generator;
}
