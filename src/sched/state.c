/* The state of the instance, before anything happens. */
#include "sched/state.h"

#include "sched/scope.h"
#include "sched/task_ext.h"
#include "sched/wait.h"

lull__runtime lull__rt = {
    .last = &lull__rt.ready,
    .resumed = &lull__rt.ready,
    .stacks = {.size = LULL_STACK_SIZE},
    .tasks = {.size = sizeof(lull__task)},
    .exts = {.size = sizeof(lull__task_ext)},
    .scopes = {.size = sizeof(lull__scope)},
    .memberships = {.size = sizeof(lull__membership)},
    .packs = {.size = sizeof(lull__arguments) + 32},
};

void (*lull__alarms[LULL__ALARMS])(lull__timer *timer) = {
    [LULL__TASK_ALARM] = lull__wake_fired,
    [LULL__PROXY_ALARM] = lull__proxy_timer_fired,
    [LULL__SCOPES_ALARM] = lull__deadline_fired,
};
