/* Groups: a scope, and the tasks that may not outlive it (after trio's nurseries). See D134. */
#include "base/memory.h"
#include "sched/notify.h"
#include "sched/task_part.h"
#include "sched/wait.h"
#include "sched/wait_graph.h"

/*
 * A group is a scope of the task that opened it, and the tasks that were spawned into it. It lies in the runtime's
 * memory, so that its children reach it while its owner's stack is swapped out.
 */
typedef struct lull__group {
    lull__waiters childless; /* first: lull_group_yieldable gives its address */
    lull_group handle;
    lull__scope scope;           /* of the owner, from open to wait */
    lull__scope shield;          /* in which the owner waits for children that are cancelled */
    lull__task *owner;           /* the task that opened it */
    struct lull__group *outer;   /* the next one that its owner has open */
    struct lull__group *pending; /* the next whose children are to be cancelled: see `canceling` */
    lull__link children;         /* that have not ended, but … */
    lull__link next_children;    /* … those that are still to be cancelled or killed */
    double limit;                /* the earliest deadline that reaches the children through the owner; LULL_FOREVER */
    lull__timer deadline;        /* for the part of it that is of the owner's own scopes */
    lull__error *reason;         /* of its cancellation; NULL: none was given */
    lull__error **failures;      /* of its children, first to last */
    size_t failures_count;
    size_t failures_room;
    size_t live;     /* children */
    int failed;      /* the code of the first failure; 0 */
    bool reached;    /* the owner's cancellation reaches in: it was not opened in a shield */
    bool canceled;   /* and so are its children, present and future */
    bool killed;     /* and so are its children: nothing more is spawned into it */
    bool incomplete; /* a child was cut short by that */
} lull__group;

static inline lull__group *lull__group_get(lull_group handle)
{
    return (lull__group *)lull__handle_get(LULL__GROUP_KIND, handle);
}

static lull__group *canceling; /* the first group whose children are still to be cancelled; NULL */

/* ---- Turns: each child is to be cancelled, or killed, once ------------------------------------------------------- */

/* Give every child a turn, even one that has had it. */
static void give_turns(lull__group *group)
{
    while (!lull__list_empty(&group->children)) {
        lull__link *child = group->children.next;
        lull__list_remove(child);
        lull__list_push_back(&group->next_children, child);
    }
}

/* The first child in the list of turns has had its turn, unless it has left that list meanwhile. */
static void end_turn(lull__group *group, lull__link *child)
{
    if (group->next_children.next != child) return;
    lull__list_remove(child);
    lull__list_push_back(&group->children, child);
}

/* ---- Cancellation ---------------------------------------------------------------------------------------------- */

/*
 * Cancelling a group cancels its children, and then the groups that those have open: one by one, from lists in the
 * runtime's memory. Not by recursion, which could be as deep as groups nest. And not from the stack, because the end of
 * a child's wait runs user code, which may do anything to the others, or trap: then the next run of the loop goes on.
 */
static void note(lull__group *group, lull__error *reason, lull__group **place)
{
    group->canceled = true;
    group->reason = lull__error_retain(reason);
    group->pending = *place;
    *place = group;
    give_turns(group);
}

static void note_reached(lull__task *task, const lull__scope *scope, lull__error *reason, lull__group **place)
{
    for (lull__group *group = task->ext->groups; group; group = group->outer) {
        bool reached = scope ? lull__scope_reaches(scope, &group->scope) : group->reached;
        if (reached && !group->canceled) note(group, reason, place);
    }
}

static void go_on_canceling(void)
{
    for (lull__group *group; (group = canceling);) {
        if (lull__list_empty(&group->next_children)) {
            canceling = group->pending;
            continue;
        }
        lull__link *link = group->next_children.next;
        lull__task *child = LULL__CONTAINER(link, lull__membership, sibling)->task;
        note_reached(child, NULL, group->reason, &group->pending);
        lull__cancel_alone(child, group->reason);
        end_turn(group, link);
    }
}

static void groups_cancel(lull__task *task, const lull__scope *scope, lull__error *reason)
{
    note_reached(task, scope, reason, &canceling);
    go_on_canceling();
}

static void cancel_group(lull__group *group, lull__error *reason)
{
    if (group->canceled) return;
    lull__task *owner = group->owner;
    group->scope.canceled = true;
    owner->interrupted = true;
    note(group, reason, &canceling);
    go_on_canceling();
    if (lull__scope_reaches(&group->scope, owner->ext->scope)) lull__interrupt(owner);
}

/* A deadline of the owner's scopes has passed at `now`, and reaches the children. */
static void expire(lull__group *group, double now)
{
    if (group->canceled) return;
    group->owner->ext->last_deadline_fired = now; /* even in a shield, which keeps its own timer from saying so */
    group->owner->interrupted = true;
    note(group, NULL, &canceling);
    go_on_canceling();
}

static void deadline_fired(lull__timer *timer)
{
    expire(LULL__CONTAINER(timer, lull__group, deadline), lull__rt.now);
}

/* The groups further out come later, and pass their cancellation on. */
static void groups_expire(lull__task *task, double now)
{
    for (lull__group *group = lull__group_of(task); group; group = lull__group_of(group->owner)) {
        if (group->scope.effective <= now) expire(group, now);
    }
}

/* ---- Children -------------------------------------------------------------------------------------------------- */

static int admit_child(const lull_spawn_options *options, const lull__task *parent)
{
    (void)parent;
    const lull__group *group = lull__group_get(options->group);
    return group && !group->killed ? 0 : LULL_ESRCH;
}

static void attach_child(lull__task *child, const lull_spawn_options *options)
{
    lull__group *group = lull__group_get(options->group);
    lull__membership *membership = child->as.membership;
    membership->task = child;
    membership->group = group;
    membership->limit = group->limit;
    lull__list_push_back(&group->children, &membership->sibling);
    group->live++;
    if (group->limit < LULL_FOREVER) child->interrupted = true; /* its waits look at the clock */
    if (group->canceled) lull__cancel_alone(child, group->reason);
}

static void end_membership(lull__membership *membership)
{
    membership->group->live--;
    membership->task->is_child = false;
    membership->task->as.arguments = NULL;
    lull__list_remove(&membership->sibling);
    lull__pool_give(&lull__rt.memberships, membership);
}

/* Keep a failure; where there is no memory, at least its code. */
static void note_failure(lull__group *group, int code, lull__error *error)
{
    if (group->failed && !group->failures_count) return; /* without memory for the first, which comes first */
    if (!group->failed) group->failed = code;
    if (error && group->failures_count && group->failures[group->failures_count - 1] == error)
        return; /* the same one */
    if (group->failures_count == group->failures_room) {
        size_t room = group->failures_room ? group->failures_room * 2 : 1;
        lull__error **failures = (lull__error **)lull__grow(
            group->failures, group->failures_count * sizeof(lull__error *), room * sizeof(lull__error *));
        if (!failures) return;
        group->failures = failures;
        group->failures_room = room;
    }
    const char *text = lull_strerror(code);
    lull__error *noted = error ? lull__error_retain(error) : lull__error_new(code, text, strlen(text), NULL);
    if (noted) group->failures[group->failures_count++] = noted;
}

/* A child that fails cancels its siblings. */
static bool child_ended(lull__task *child, const lull__outcome *outcome)
{
    lull__group *group = child->as.membership->group;
    end_membership(child->as.membership);
    int code = outcome->status;
    bool cut_short = (code == LULL_ECANCELED && child->canceled) || (code == LULL_EKILLED && group->canceled);
    if (cut_short && group->canceled) group->incomplete = true;
    bool failed = code < 0 && !cut_short;
    if (failed) note_failure(group, code, outcome->error);
    if (group->live == 0) lull__waiters_wake(&group->childless, 0, 0, NULL);
    if (failed) cancel_group(group, NULL);
    return true;
}

/*
 * Wait until there is no child. Returns 0, or what fails the owner's waits. An error that is thrown into the wait
 * counts as a failure in the group.
 */
static int wait_childless(lull__group *group)
{
    lull__task *task = group->owner;
    while (group->live) {
        int status = lull_yield_to(&group->childless.yieldable, NULL);
        if (status == 0) continue;
        if (status == lull__interruption(task)) return status;
        note_failure(group, status, task->ext->error);
        cancel_group(group, NULL);
    }
    return 0;
}

/* ---- Not waited for -------------------------------------------------------------------------------------------- */

/* Free a group that its owner has left. Its failures pass to the caller. */
static void free_group(lull__group *group)
{
    lull__timer_disarm(&group->deadline);
    lull__handle_free(group->handle);
    lull__waiters_wake(&group->childless, LULL_ECLOSED, 0, NULL);
    lull__error_release(group->reason);
    lull__free(group);
}

/* Free a group. If it has children, they go on without it. */
static void drop(lull__group *group)
{
    group->owner->ext->groups = group->outer;
    while (group->live) {
        lull__link *list = lull__list_empty(&group->children) ? &group->next_children : &group->children;
        end_membership(LULL__CONTAINER(list->next, lull__membership, sibling));
    }
    for (lull__group **place = &canceling; *place; place = &(*place)->pending) {
        if (*place != group) continue;
        *place = group->pending;
        break;
    }
    free_group(group);
}

/* Kill the children, and wait until they have ended. That takes no time: a task that is killed cannot wait. */
static void kill_children(lull__group *group)
{
    lull__task *task = group->owner;
    group->killed = group->canceled = true;
    give_turns(group);
    while (!lull__list_empty(&group->next_children)) {
        lull__link *link = group->next_children.next;
        lull__task *child = LULL__CONTAINER(link, lull__membership, sibling)->task;
        end_turn(group, link); /* first: a second kill would cut its cleanup short */
        lull_kill(lull__task_handle(child));
    }
    task->ext->uninterruptible = true;
    while (group->live) (void)!lull_yield_to(&group->childless.yieldable, NULL); /* whatever ends that wait */
    task->ext->uninterruptible = false;
}

static void wind_up(lull__task *task)
{
    for (lull__group *group = task->ext->groups; group && !task->killed; group = group->outer) {
        cancel_group(group, task->ext->reason);
    }
    while (task->ext->groups) {
        lull__group *group = task->ext->groups;
        if (!task->killed) wait_childless(group);
        kill_children(group);
        lull__task_add_failures(task, group->failed, group->failures, group->failures_count);
        drop(group);
    }
}

static void drop_all(lull__task *task)
{
    while (task->ext->groups) {
        lull__group *group = task->ext->groups;
        lull__error_release(lull__error_join(group->failures, group->failures_count));
        drop(group);
    }
}

/* ---- Open ------------------------------------------------------------------------------------------------------ */

static int begin_childless(lull_yieldable *self, lull_task waiter)
{
    lull__group *group = (lull__group *)(void *)self;
    lull__waiter *who = lull__waiter_get(waiter);
    if (group->live == 0) {
        lull__waiter_wake(who, 0, 0, NULL, false);
    } else {
        lull__list_push_back(&group->childless.list, &who->link);
    }
    return 0;
}

/* The cursor is the next child's link. When nothing runs, all children are back in `children`. */
static double next_child(lull_yieldable *self, size_t *cursor)
{
    const lull__group *group = (const lull__group *)(void *)self;
    lull__link *child = *cursor ? (lull__link *)*cursor : group->children.next;
    if (child == &group->children) return 0;
    *cursor = (size_t)child->next;
    return (double)LULL__CONTAINER(child, lull__membership, sibling)->task->serial;
}

static lull__wait_source having_children = {.begin = begin_childless, .next_holder = next_child};

/* Enter the group's scope, and arm a timer for its end from outside. Returns 0 or LULL_ENOMEM. */
static int enter_scope(lull__group *group, lull__task *task)
{
    bool over = lull__interruption(task) != 0;
    int status = lull__scope_enter(&group->scope, LULL_FOREVER, false);
    if (status < 0) return status;
    if (!over && group->scope.effective < LULL_FOREVER) {
        status = lull__timer_arm(&group->deadline, group->scope.effective);
    }
    if (status < 0) lull__scope_exit(&group->scope, 0);
    group->canceled = over;
    group->reached = task->ext->shields == 0 && !task->cleaning;
    group->limit = group->scope.effective;
    if (group->reached && lull__others_deadline(task) < group->limit) group->limit = lull__others_deadline(task);
    return status;
}

lull_group lull_group_open(void)
{
    lull__task *task = lull__rt.running;
    if (!task) return LULL_ENOSUSPEND;
    lull__group *group = (lull__group *)lull__alloc(sizeof *group);
    if (!group) return LULL_ENOMEM;
    static const lull__task_part part = {
        .admit = admit_child,
        .attach = attach_child,
        .deliver = child_ended,
        .cancel = groups_cancel,
        .expire = groups_expire,
        .resume = go_on_canceling,
        .wind_up = wind_up,
        .drop = drop_all,
    };
    lull__task_parts[LULL__GROUP_PART] = &part;
    lull__alarms[LULL__GROUP_ALARM] = deadline_fired;
    *group = (lull__group){.owner = task, .outer = task->ext->groups, .deadline.alarm = LULL__GROUP_ALARM};
    lull__waiters_init(&group->childless, LULL__WAIT_GROUP);
    group->childless.yieldable.begin = begin_childless;
    lull__list_init(&group->children);
    lull__list_init(&group->next_children);
    lull__wait_source_add(&having_children);
    group->handle = lull__handle_new(LULL__GROUP_KIND, group);
    if (group->handle > 0 && enter_scope(group, task) == 0) {
        task->ext->groups = group; /* which is its own: it entered a scope */
        return group->handle;
    }
    if (group->handle > 0) lull__handle_free(group->handle);
    lull__free(group);
    return LULL_ENOMEM;
}

/* ---- Over ------------------------------------------------------------------------------------------------------ */

/* The result of a group whose scope has been left. The error passes to the caller. */
static int group_result(const lull__group *group, lull__task *task, int waited, lull__error **error)
{
    *error = lull__error_join(group->failures, group->failures_count);
    if (group->failed) return group->failed;
    if (waited == 0 && !group->incomplete) return 0;
    int status = lull__interruption(task);
    *error = lull__interruption_error(task, status);
    return status < 0 ? status : group->incomplete ? LULL_ECANCELED : 0;
}

/* Wait until there is no child, shielded: only the end of the time for its cleanup ends that. */
static void wait_shielded(lull__group *group)
{
    lull__scope_enter(&group->shield, LULL_FOREVER, true); /* cannot fail: the task's deadline has its timer */
    wait_childless(group);
    lull__scope_exit(&group->shield, 0);
}

int lull_group_wait(lull_group handle)
{
    lull__task *task = lull__rt.running;
    lull__group *group = lull__group_get(handle);
    if (!group)
        return lull__wait_refused(LULL_ESRCH,
                                  "lull_group_wait: no such group: it is over, or this never was a handle of one");
    if (!task) return LULL_ENOSUSPEND;
    if (task->ext->scope != &group->scope)
        return lull__wait_refused(LULL_EINVAL, "lull_group_wait: only the task that opened the group can wait for it, "
                                               "once it has left what it entered within");
    int waited = wait_childless(group);
    if (group->live) {
        cancel_group(group, task->ext->reason);
        wait_shielded(group);
        kill_children(group);
    }
    lull__scope_exit(&group->scope, 0);
    lull__error *error;
    int status = group_result(group, task, waited, &error);
    drop(group);
    return status < 0 ? lull__wait_failed(task, status, error) : status;
}

int lull_group_cancel(lull_group handle)
{
    lull__group *group = lull__group_get(handle);
    if (!group) return LULL_ESRCH;
    cancel_group(group, NULL);
    return 0;
}

lull_yieldable *lull_group_yieldable(lull_group handle)
{
    lull__group *group = lull__group_get(handle);
    return group ? &group->childless.yieldable : NULL;
}
