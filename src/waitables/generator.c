/* Generators: a task, the channel by which it hands out its elements, and its outcome. */
#include "waitables/generator.h"

#include "base/memory.h"
#include "sched/notify.h"
#include "sched/wait.h"
#include "waitables/channel.h"

typedef struct lull__generator {
    lull__proxy watch; /* for the end of the task */
    lull_generator handle;
    lull_task task;
    lull_chan channel;
    lull__error *error; /* of the task; NULL: it has not failed, or with no more than a status */
    int status;         /* of the task; 0 before its end */
    bool received;      /* the reader has got the status */
} lull__generator;

static lull__generator *generator_of(lull_generator handle)
{
    return (lull__generator *)lull__handle_get(LULL__GENERATOR_KIND, handle);
}

/* See lull__proxy. */
static void generator_task_ended(lull__waiter *waiter, int status, lull_value value, lull__error *error, bool next)
{
    (void)value;
    (void)next;
    lull__generator *generator = LULL__CONTAINER(waiter, lull__generator, watch.waiter);
    generator->status = status;
    generator->error = error;
    lull_chan_close(generator->channel); /* last: a reader that is woken may free the generator */
}

static void dispose_generator(void *object)
{
    lull_generator_free(((lull__generator *)object)->handle);
}

lull_generator lull__generate(size_t element_size, const lull_spawn_options *options, lull_task *started)
{
    lull_chan channel = lull_chan_new(element_size, 0);
    if (channel < 0) return channel;
    lull__generator *generator = (lull__generator *)lull__alloc(sizeof *generator);
    lull__disposers[LULL__GENERATOR_KIND] = dispose_generator;
    lull_generator handle = generator ? lull__handle_new(LULL__GENERATOR_KIND, generator) : LULL_ENOMEM;
    lull_task task = handle < 0 ? handle : lull__spawn(options, "generator");
    if (task > 0 && !lull__task_extend(lull__task_get(task))) {
        lull_kill(task);
        task = LULL_ENOMEM;
    }
    if (task < 0) {
        if (handle > 0) lull__handle_free(handle);
        lull__free(generator);
        lull_chan_release(channel);
        return task;
    }
    lull__task *spawned = lull__task_get(task);
    spawned->ext->output = channel;
    lull__channel_set_feeder(channel, task);
    *generator = (lull__generator){.handle = handle, .task = task, .channel = channel};
    lull__proxy_init(&generator->watch, NULL, generator_task_ended);
    generator->watch.waiting = true; /* the task's failure is received here */
    lull__list_push_back(&spawned->ended, &generator->watch.waiter.link);
    *started = task;
    return handle;
}

lull_generator lull_generate(size_t element_size, lull_function function, void *argument)
{
    lull_spawn_options options = {.function = function, .argument = argument};
    lull_task task;
    lull_generator generator = lull__generate(element_size, &options, &task);
    if (generator > 0) lull__spawned(task);
    return generator;
}

int lull_next(lull_generator handle, void *element)
{
    lull__generator *generator = generator_of(handle);
    if (!generator)
        return lull__wait_refused(LULL_ESRCH,
                                  "lull_next: no such generator: it was freed, or this never was a handle of one");
    int status = lull_receive(generator->channel, element);
    if (status != LULL_ECLOSED) return status;
    generator = generator_of(handle); /* it may have been freed meanwhile */
    if (!generator || generator->status == 0) return LULL_ECLOSED;
    generator->received = true;
    return lull__wait_failed(lull__rt.running, generator->status, lull__error_retain(generator->error));
}

int lull_generator_free(lull_generator handle)
{
    lull__generator *generator = generator_of(handle);
    if (!generator) return LULL_ESRCH;
    lull__handle_free(handle);
    lull__list_remove(&generator->watch.waiter.link);
    if (!generator->received && lull__is_reportable(generator->status)) {
        lull__notify_unhandled(NULL, generator->status, generator->error);
    }
    lull__error_release(generator->error);
    const lull_task task = generator->task;
    const lull_chan channel = generator->channel;
    lull__free(generator);
    lull_chan_release(channel); /* ends a task that waits with an element */
    lull_cancel(task);          /* ends one that waits for something else */
    return 0;
}

/* ---- In the task ----------------------------------------------------------------------------------------------- */

void lull_emit_element(const void *element)
{
    const lull__task *task = lull__rt.running;
    if (!task || (!task->ext->output && !task->ext->emit)) __builtin_trap();
    lull_chan output = task->ext->output;
    int status = output ? lull_send(output, element) : task->ext->emit(element);
    if (status == LULL_ECLOSED || status == LULL_ESRCH) lull_return(0); /* the reader is gone */
    lull_check(status);
}
