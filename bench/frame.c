/* Tasks of a page: many that wake in every frame, and the first. */
#include <lull.h>
#include <lull_frame.h>

static lull_value wake(void *frames)
{
    for (intptr_t left = (intptr_t)frames; left > 0; left--) lull_check(lull_frame());
    return 0;
}

LULL_TASK(void, wake_all, (int, tasks), (int, frames))
{
    lull_group group = lull_group_open();
    lull_check(group);
    for (int i = 0; i < tasks; i++) {
        void *argument = (void *)(intptr_t)frames;
        lull_check(lull_spawn(wake, argument, .group = group, .stack = LULL_STACK_SHARED));
    }
    lull_check(lull_group_wait(group));
}

LULL_TASK(int, first)
{
    return 1;
}
