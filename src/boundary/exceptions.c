/*
 * The exceptions of C++ that are being handled: each task has its own. A task can wait in a handler, and in a
 * destructor that an exception calls, and meanwhile others throw and catch. The linker puts __wrap___cxa_get_globals in
 * place of the C++ library's function, which knows one thread. See D93.
 */
#include <string.h>

#include "base/memory.h"
#include "boundary/spawn.h"
#include "lull.h"
#include "sched/state.h"
#include "waitables/sync.h"

/* As the C++ ABI has it. */
typedef struct exceptions {
    void *caught; /* the handlers' exceptions, innermost first */
    unsigned uncaught;
} exceptions;

/* Those of a task, until its end. */
typedef struct task_exceptions {
    lull__watch watch; /* first */
    exceptions own;
} task_exceptions;

static const lull_local key = {.lull__own = true};
static exceptions outside; /* of a task */
static exceptions *ending; /* those of a task that has ended; NULL */

exceptions *__wrap___cxa_get_globals(void);
exceptions *__wrap___cxa_get_globals_fast(void);
/* Weak, since only C++ has it. */
__attribute__((weak)) void __cxa_end_catch(void);

/* The task has ended in handlers, whose ends free their exceptions. */
static void end_handlers(void *pointer)
{
    ending = (exceptions *)pointer;
    while (__cxa_end_catch && ending->caught) __cxa_end_catch();
    ending = NULL;
}

static void thrower_ended(lull__waiter *watch, int status, lull_value value, lull__error *error, bool next)
{
    (void)status;
    (void)value;
    (void)next;
    lull__error_release(error);
    task_exceptions *of = LULL__CONTAINER(watch, task_exceptions, watch);
    if (of->own.caught) lull__hook_outside(end_handlers, &of->own);
    lull__free(of);
}

exceptions *__wrap___cxa_get_globals(void)
{
    if (ending) return ending;
    lull__task *task = lull__rt.running;
    if (!task) return &outside;
    task_exceptions *of = (task_exceptions *)lull_local_get(&key);
    if (of) return &of->own;
    of = (task_exceptions *)lull__alloc(sizeof *of);
    if (!of || lull_local_set(&key, of) < 0) __builtin_trap();
    memset(of, 0, sizeof *of);
    lull__sync_watch(&of->watch, task, thrower_ended);
    return &of->own;
}

exceptions *__wrap___cxa_get_globals_fast(void)
{
    return __wrap___cxa_get_globals();
}
