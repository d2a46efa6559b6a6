/* The wait-for graph: the sources by which a deadlock is explained. */
#include "sched/wait_graph.h"

#include "sched/task.h"

static lull__wait_source *sources = &lull__join_source;

void lull__wait_source_add(lull__wait_source *source)
{
    if (source->next) return;
    source->next = sources;
    sources = source;
}

double lull__only_holder(lull_task handle, size_t *cursor)
{
    const lull__task *task = (*cursor)++ ? NULL : lull__task_get(handle);
    return task ? (double)task->serial : 0;
}

double lull__hook_next_holder(lull_yieldable *yieldable, size_t *cursor)
{
    const lull__wait_source *source = sources;
    while (source && source->begin != yieldable->begin) source = source->next;
    return source ? source->next_holder(yieldable, cursor) : 0;
}
