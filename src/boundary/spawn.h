/* The options of the next task that JavaScript spawns. */
#ifndef LULL_SPAWN_H
#define LULL_SPAWN_H

#include <stddef.h>

/* Set them: see lull_spawn_options. `name` lies in the task's block (NULL: the function's name). */
void lull__js_options(double delay, double timeout, size_t stack_size, const char *name);

/*
 * Call a function of the user's because a task has ended, which any code may have caused: as outside of a task, so that
 * it cannot wait.
 */
void lull__hook_outside(void (*function)(void *argument), void *argument);

#endif
