/* Locals: variables that each task has its own value of. */
#include "sched/local.h"

#include "base/memory.h"
#include "sched/state.h"
#include "sched/task_ext.h"

typedef struct lull__local {
    struct lull__local *next;
    const lull_local *key;
    void *value;
} lull__local;

/* Where a task's list has this local, or where it would be added. */
static lull__local **find(lull__task *task, const lull_local *key)
{
    lull__local **at = &task->ext->locals;
    while (*at && (*at)->key != key) at = &(*at)->next;
    return at;
}

static bool append(lull__local **end, const lull_local *key, void *value)
{
    *end = (lull__local *)lull__alloc(sizeof **end);
    if (!*end) return false;
    **end = (lull__local){.key = key, .value = value};
    return true;
}

int lull_local_set(const lull_local *key, void *value)
{
    lull__task *task = lull__rt.running;
    if (!task) return LULL_ENOSUSPEND;
    if (!lull__task_extend(task)) return LULL_ENOMEM;
    lull__local **at = find(task, key);
    lull__local *local = *at;
    if (local && value) {
        local->value = value;
    } else if (local) {
        *at = local->next;
        lull__free(local);
    } else if (value && !append(at, key, value)) {
        return LULL_ENOMEM;
    }
    return 0;
}

void *lull_local_get(const lull_local *key)
{
    lull__task *task = lull__rt.running;
    const lull__local *local = task ? *find(task, key) : NULL;
    return local ? local->value : NULL;
}

bool lull__locals_copy(lull__task *task, const lull__task *from)
{
    if (!from->ext->locals) return true;
    lull__task_ext *ext = lull__task_extend(task);
    if (!ext) return false;
    lull__local **end = &ext->locals;
    for (const lull__local *local = from->ext->locals; local; local = local->next) {
        if (local->key->lull__own) continue;
        if (!append(end, local->key, local->value)) return false;
        end = &(*end)->next;
    }
    return true;
}

void lull__locals_free(lull__task *task)
{
    while (task->ext->locals) {
        lull__local *local = task->ext->locals;
        task->ext->locals = local->next;
        lull__free(local);
    }
}
