/*
 * Scopes and cancellation (after trio's cancel scopes).
 *
 * A scope lives on its task's stack, which the kernel does not look into while the task is suspended. So whoever ends
 * a wait only notes that (LULL__INTERRUPTED, and `passed` for a deadline), and the task itself, when it runs again, finds
 * out which of its scopes that concerns.
 */
#include "host.h"

static double earliest(double a, double b)
{
    return a < b ? a : b;
}

/* The scope around another whose end reaches into it. Past a shield, that is only the one of a cleanup. */
static lull_scope *around(const lull__task *task, const lull_scope *scope)
{
    lull_scope *outer = scope->outer;
    if (!scope->shield) return outer;
    if (!task->cleaning) return NULL;
    while (outer && outer->outer) outer = outer->outer;
    return outer;
}

/* Where one deadline that reaches the task has passed: the next one, or what a shield has kept away meanwhile noted. */
LULL__COLD static double later_deadline(lull__task *task)
{
    double deadline = LULL_FOREVER;
    for (lull_scope *scope = task->scope; scope; scope = around(task, scope)) {
        if (scope->deadline <= lull__self.now) {
            scope->expired = true;
        } else {
            deadline = earliest(deadline, scope->deadline);
        }
    }
    return deadline;
}

/* Arm the task's deadline timer for its innermost scope. It stays armed in any scope, so that this cannot fail later. */
static int arm_deadline(lull__task *task)
{
    double deadline = task->scope->effective;
    return lull__timer_arm(&task->deadline, deadline <= task->passed ? later_deadline(task) : deadline);
}

/* Note on the scopes themselves what has expired, so that one that is entered at the same time has not. */
LULL__COLD static void note_expired(lull__task *task)
{
    for (lull_scope *scope = task->scope; scope; scope = scope->outer) {
        if (scope->deadline <= task->passed) scope->expired = true;
    }
    task->passed = -1;
}

int lull__scope_enter(lull_scope *scope, double seconds, bool shield)
{
    lull__task *task = lull__self.running;
    if (!task) return LULL_ENOSUSPEND;
    if (!lull__valid_delay(seconds)) return LULL_EINVAL;
    double deadline = seconds == LULL_FOREVER ? LULL_FOREVER : lull_now() + seconds;
    if (deadline <= task->passed) note_expired(task);
    double outside = LULL_FOREVER;
    if (task->scope && (!shield || task->cleaning)) outside = shield ? task->cleanup : task->scope->effective;
    *scope = (lull_scope){
        .outer = task->scope,
        .deadline = deadline,
        .effective = earliest(deadline, outside),
        .task = task->handle,
        .shield = shield,
    };
    task->scope = scope;
    if (arm_deadline(task) < 0) {
        task->scope = scope->outer;
        scope->task = 0;
        return LULL_ENOMEM;
    }
    if (shield) task->shields++;
    return 0;
}

int lull_scope_enter(lull_scope *scope, double seconds)
{
    return lull__scope_enter(scope, seconds, false);
}

int lull_scope_enter_shielded(lull_scope *scope, double seconds)
{
    return lull__scope_enter(scope, seconds, true);
}

/* The outermost scope that has expired or is cancelled and reaches the task; NULL where there is none. */
static lull_scope *ended_scope(lull__task *task)
{
    lull_scope *outermost = NULL;
    for (lull_scope *scope = task->scope; scope; scope = around(task, scope)) {
        if (scope->deadline <= task->passed) scope->expired = true;
        if (scope->expired || scope->canceled) outermost = scope;
    }
    return outermost;
}

int lull__interruption(lull__task *task)
{
    if (task->deaf) return 0;
    if (task->canceled && task->shields == 0 && !task->cleaning) return LULL_ECANCELED;
    lull_scope *scope = ended_scope(task);
    if (!scope) return 0;
    return scope == task->scope && scope->expired && !scope->canceled ? LULL_ETIMEDOUT : LULL_ECANCELED;
}

int lull_scope_exit(lull_scope *scope, int status)
{
    lull__task *task = lull__self.running;
    if (!task || !scope || task->scope != scope) return LULL_EINVAL;
    bool own = status == LULL_ECANCELED && !(task->canceled && task->shields == 0) && ended_scope(task) == scope &&
               scope->expired && !scope->canceled;
    task->scope = scope->outer;
    if (scope->shield) {
        task->shields--;
        /* Deadlines that it has kept away have passed now. */
        double now = lull_now();
        if (task->scope && task->scope->effective <= now) task->passed = now;
    }
    scope->task = 0; /* so that lull_scope_cancel knows */
    if (task->scope) {
        arm_deadline(task); /* re-arms: no memory needed */
    } else {
        lull__timer_disarm(&task->deadline);
    }
    task->interrupted = task->canceled || task->killed || task->scope;
    if (!task->canceled) task->refusals = 0; /* what failed in the scope is over */
    return own ? lull__wait_failed(task, LULL_ETIMEDOUT, NULL) : status;
}

bool lull__scope_reaches(const lull_scope *scope, const lull_scope *innermost)
{
    for (const lull_scope *inner = innermost; inner; inner = inner->outer) {
        if (inner == scope) return true;
        if (inner->shield) return false;
    }
    return false;
}

/* Whether a task is in a scope. Not so where the body that entered it is over. */
static bool is_entered(const lull_scope *scope, const lull__task *task)
{
    const lull_scope *inner = task->scope;
    while (inner && inner != scope) inner = inner->outer;
    return inner;
}

int lull_scope_cancel(lull_scope *scope)
{
    lull__task *task = scope ? lull__task_get(scope->task) : NULL;
    if (!task || !is_entered(scope, task)) return LULL_EINVAL;
    scope->canceled = true;
    task->interrupted = true;
    bool reached = lull__scope_reaches(scope, task->scope);
    lull__hook_groups_cancel(task, scope, NULL);
    if (reached) lull__interrupt(task);
    return 0;
}

void lull__interrupt(lull__task *task)
{
    if (task->state != LULL__WAITING || task->deaf || lull__on_stack(task)) return;
    /* A task that has not run yet starts, so that it can clean up. */
    lull__wake(task, task->started ? LULL__INTERRUPTED : 0, 0, NULL, false);
}

void lull__deadline_fired(lull__timer *timer)
{
    lull__task *task = LULL__CONTAINER(timer, lull__task, deadline);
    task->passed = lull__self.now;
    task->interrupted = true;
    if (task->scope) lull__timer_arm(timer, LULL_FOREVER); /* in the place that it has just left */
    lull__interrupt(task);
}

int lull__task_limit(lull__task *task, double seconds)
{
    lull_scope *limit = (lull_scope *)lull__alloc(sizeof *limit);
    if (!limit) return LULL_ENOMEM;
    double deadline = lull_now() + seconds;
    *limit = (lull_scope){.deadline = deadline, .effective = deadline, .task = task->handle};
    int status = lull__timer_arm(&task->deadline, deadline);
    if (status < 0) {
        lull__free(limit);
        return status;
    }
    task->scope = task->limit = limit;
    return 0;
}

void lull__cancel_alone(lull__task *task, lull__error *reason)
{
    if (task->state == LULL__ENDED || task->cleaning) return;
    if (!task->canceled) task->reason = lull__error_retain(reason);
    task->canceled = true;
    task->interrupted = true;
    if (task->shields == 0) lull__interrupt(task);
}

void lull__cancel(lull__task *task, lull__error *reason)
{
    lull__hook_groups_cancel(task, NULL, reason); /* first: after it, a task with open groups is still there */
    lull__cancel_alone(task, reason);
}

void lull__hook_groups_cancel(lull__task *task, const lull_scope *scope, lull__error *reason)
{
    if (task->groups) task->groups->methods->cancel(task, scope, reason);
}

int lull_cancel(lull_task handle)
{
    lull__task *task = lull__task_get(handle);
    if (!task) return LULL_ESRCH;
    lull__cancel(task, NULL);
    return 0;
}

lull__error *lull__interruption_error(const lull__task *task, int status)
{
    bool own = status == LULL_ECANCELED && task->canceled && task->shields == 0 && !task->cleaning;
    return own ? lull__error_retain(task->reason) : NULL;
}

int lull_with_timeout(double seconds, lull_yieldable *yieldable, lull_value *value)
{
    lull_scope scope;
    int status = lull_scope_enter(&scope, seconds);
    if (status < 0) return status;
    status = lull_yield_to(yieldable, value);
    return lull_scope_exit(&scope, status);
}
