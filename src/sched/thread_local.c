/* Thread-local variables of C: the values of tasks that do not run. See D107. */
#include "sched/thread_local.h"

#if defined(__wasm__)

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const lull__task *lull__thread_locals_owner;
static char *initial_values;    /* the values that each task begins with */
static char *outside_values;    /* of code outside of tasks, while a task runs */
static const lull__task nobody; /* the owner, after the end of the last one */

/* Before any other constructor changes them. */
__attribute__((constructor(101))) static void keep_initial(void)
{
    if (!lull__thread_locals_size()) return;
    initial_values = (char *)malloc(lull__thread_locals_size());
    outside_values = (char *)malloc(lull__thread_locals_size());
    if (initial_values) memcpy(initial_values, lull__thread_locals, lull__thread_locals_size());
}

/* Where the values of the owner are kept. NULL: they are the initial ones, or there is no memory. */
static char *place_of_owner(void)
{
    if (!lull__thread_locals_owner) return outside_values;
    if (lull__thread_locals_owner == &nobody) return NULL;
    lull__task *task = (lull__task *)(uintptr_t)lull__thread_locals_owner;
    if (task->ext->thread_locals) return task->ext->thread_locals;
    if (memcmp(initial_values, lull__thread_locals, lull__thread_locals_size()) == 0) return NULL;
    lull__task_ext *ext = lull__task_extend(task);
    return ext ? ext->thread_locals = (char *)lull__alloc(lull__thread_locals_size()) : NULL;
}

void lull__thread_locals_load(lull__task *task)
{
    if (!initial_values || !outside_values) return; /* there was no memory: all share the values */
    char *place = place_of_owner();
    if (place) memcpy(place, lull__thread_locals, lull__thread_locals_size());
    const char *values = !task ? outside_values : task->ext->thread_locals ? task->ext->thread_locals : initial_values;
    memcpy(lull__thread_locals, values, lull__thread_locals_size());
    lull__thread_locals_owner = task;
}

void lull__thread_locals_free(lull__task *task)
{
    if (!lull__thread_locals_size()) return;
    if (lull__thread_locals_owner == task) lull__thread_locals_owner = &nobody;
    if (!task->ext->thread_locals) return;
    lull__free(task->ext->thread_locals);
    task->ext->thread_locals = NULL;
}

void lull__thread_locals_dispose(void)
{
    free(initial_values);
    free(outside_values);
    initial_values = outside_values = NULL;
}

#endif
