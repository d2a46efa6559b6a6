/*
 * Task parts: what features of the layers above add to the life of a task. A feature fills its entry when it is first
 * used; a program that does not link the feature does not carry it along. Whether a task has a part is seen from its
 * own fields, such as ext->groups.
 */
#ifndef LULL_TASK_PART_H
#define LULL_TASK_PART_H

#include "sched/task_ext.h"

enum lull__part_kind {
    LULL__RESULT_PART,    /* a future that the task settles: future.c */
    LULL__GROUP_PART,     /* the group that it is a child of, and those that it has open: group.c */
    LULL__CALL_PART,      /* the host call that it is in: host_call.c */
    LULL__MULTIWAIT_PART, /* its wait for several things: multiwait.c */
    LULL__TASK_PARTS
};

/* The functions of a part; NULL: the task's life takes no notice of it there. */
typedef struct lull__task_part {
    /*
     * Whether the task `parent` (NULL: none) may spawn one with these options: 0 or a status. With one parameter it
     * would be called as the close of C's streams is, and Binaryen would keep those, and so WASI, in every module.
     */
    int (*admit)(const lull_spawn_options *options, const lull__task *parent);
    /* A task has been spawned with them. */
    void (*attach)(lull__task *task, const lull_spawn_options *options);
    /* Its body has ended with this status and error, in this host call (NULL: in none). */
    void (*leave)(lull__task *task, struct lull__future *call, int status, const lull__error *error);
    /* It has ended with this outcome. Returns whether somebody received that. */
    bool (*deliver)(lull__task *task, const lull__outcome *outcome);

    /* Of groups only. Cancel those that a task has open, as far as the end of `scope` (NULL: of the task) reaches. */
    void (*cancel)(lull__task *task, const lull__scope *scope, lull__error *reason);
    /* Cancel those that the task is a child of, directly or through others, and whose deadline has passed. */
    void (*expire)(lull__task *task, double now);
    /* Go on with that after a trap. */
    void (*resume)(void);
    /* The task has ended with groups open: cancel them, and wait for their children as far as it may. May suspend. */
    void (*wind_up)(lull__task *task);
    /* Free the groups that a task has open. Their children go on without them. */
    void (*drop)(lull__task *task);
} lull__task_part;

extern const lull__task_part *lull__task_parts[LULL__TASK_PARTS];

/* LULL_ESRCH where the feature is not linked: there is no such object then. */
LULL__HOOK int lull__hook_admit(enum lull__part_kind kind, const lull_spawn_options *options);
LULL__HOOK void lull__hook_attach(enum lull__part_kind kind, lull__task *task, const lull_spawn_options *options);
LULL__HOOK void lull__hook_leave(enum lull__part_kind kind, lull__task *task, struct lull__future *call, int status,
                                 const lull__error *error);
LULL__HOOK bool lull__hook_deliver(enum lull__part_kind kind, lull__task *task, const lull__outcome *outcome);
/* Nothing where the task has no group open. */
LULL__HOOK void lull__hook_groups_cancel(lull__task *task, const lull__scope *scope, lull__error *reason);
LULL__HOOK void lull__hook_groups_expire(lull__task *task, double now);
LULL__HOOK void lull__hook_groups_resume(void);
LULL__HOOK void lull__hook_groups_drop(lull__task *task);

#endif
