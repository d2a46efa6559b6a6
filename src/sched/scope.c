/*
 * Scopes and cancellation (after trio's cancel scopes).
 *
 * A deadline or a cancellation that interrupts a wait is only noted (LULL__INTERRUPTED, `last_deadline_fired`). The
 * task itself finds out, when it runs again, which of its scopes has ended: until then, further deadlines may pass.
 * See D17, D58, D79.
 */
#include "sched/scope.h"

#include "sched/state.h"
#include "sched/task_part.h"
#include "sched/wait.h"

static double earliest(double a, double b)
{
    return a < b ? a : b;
}

/* The next outer scope whose end reaches into this one. Only the scope of a cleanup reaches past a shield. */
static lull__scope *around(const lull__task *task, const lull__scope *scope)
{
    lull__scope *outer = scope->outer;
    if (!scope->shield) return outer;
    if (!task->cleaning) return NULL;
    while (outer && outer->outer) outer = outer->outer;
    return outer;
}

/* The next deadline that reaches the task, after one has passed. Scopes that have expired meanwhile are marked. */
LULL__COLD static double later_deadline(lull__task *task)
{
    double deadline = LULL_FOREVER;
    for (lull__scope *scope = task->ext->scope; scope; scope = around(task, scope)) {
        if (scope->deadline <= lull__rt.now) {
            scope->expired = true;
        } else {
            deadline = earliest(deadline, scope->deadline);
        }
    }
    return deadline;
}

/*
 * Arm the task's deadline timer for its innermost scope. The timer stays armed in every scope, so that re-arming it
 * cannot fail.
 */
static int arm_deadline(lull__task *task)
{
    lull__task_ext *ext = task->ext;
    double deadline = ext->scope->effective;
    return lull__timer_arm(&ext->deadline, deadline <= ext->last_deadline_fired ? later_deadline(task) : deadline);
}

/* Mark the scopes that have expired, so that one that is entered at this very time does not count as expired. */
LULL__COLD static void note_expired(lull__task_ext *ext)
{
    for (lull__scope *scope = ext->scope; scope; scope = scope->outer) {
        if (scope->deadline <= ext->last_deadline_fired) scope->expired = true;
    }
    ext->last_deadline_fired = -1;
}

void lull__look_at_deadlines(lull__task *task)
{
    const lull__task_ext *ext = task->ext;
    double own = ext->scope ? ext->scope->effective : LULL_FOREVER;
    if (earliest(own, lull__others_deadline(task)) == LULL_FOREVER) return;
    double now = lull_now();
    for (lull__scope *scope = own <= now ? ext->scope : NULL; scope; scope = around(task, scope)) {
        if (scope->deadline <= now && !scope->momentary) scope->expired = true;
    }
    if (lull__others_deadline(task) <= now) lull__hook_groups_expire(task, now);
}

int lull__scope_enter(lull__scope *scope, double seconds, bool shield)
{
    lull__task *task = lull__rt.running;
    lull__task_ext *ext = lull__task_extend(task);
    if (!ext) return LULL_ENOMEM;
    double now = seconds == LULL_FOREVER ? 0 : lull_now();
    double deadline = now + seconds;
    if (deadline <= ext->last_deadline_fired) note_expired(ext);
    double outside = LULL_FOREVER;
    if (ext->scope && (!shield || task->cleaning)) outside = shield ? ext->cleanup : ext->scope->effective;
    *scope = (lull__scope){
        .outer = ext->scope,
        .deadline = deadline,
        .effective = earliest(deadline, outside),
        .shield = shield,
        .momentary = deadline <= now,
    };
    ext->scope = scope;
    if (arm_deadline(task) < 0) {
        ext->scope = scope->outer;
        return LULL_ENOMEM;
    }
    if (shield) ext->shields++;
    if (scope->effective < LULL_FOREVER) task->interrupted = true; /* its waits look at the clock */
    return 0;
}

/* Enter a scope for the user's token. */
static int enter(lull_scope *token, double seconds, bool shield)
{
    const lull__task *task = lull__rt.running;
    token->task = 0;
    if (!task) return LULL_ENOSUSPEND;
    if (!lull__valid_delay(seconds)) return LULL_EINVAL;
    lull__scope *scope = (lull__scope *)lull__pool_take(&lull__rt.scopes);
    int status = scope ? lull__scope_enter(scope, seconds, shield) : LULL_ENOMEM;
    if (status < 0) {
        if (scope) lull__pool_give(&lull__rt.scopes, scope);
        return status;
    }
    scope->token = token;
    token->task = lull__task_handle(task);
    return 0;
}

int lull_scope_enter(lull_scope *scope, double seconds)
{
    return enter(scope, seconds, false);
}

int lull_scope_enter_shielded(lull_scope *scope, double seconds)
{
    return enter(scope, seconds, true);
}

/* The outermost scope that has expired or is cancelled, and reaches the task; NULL. */
static lull__scope *ended_scope(lull__task *task)
{
    lull__scope *outermost = NULL;
    for (lull__scope *scope = task->ext->scope; scope; scope = around(task, scope)) {
        if (scope->deadline <= task->ext->last_deadline_fired) scope->expired = true;
        if (scope->expired || scope->canceled) outermost = scope;
    }
    return outermost;
}

int lull__interruption(lull__task *task)
{
    const lull__task_ext *ext = task->ext;
    if (ext->uninterruptible) return 0;
    if (task->canceled && ext->shields == 0 && !task->cleaning) return LULL_ECANCELED;
    const lull__scope *scope = ended_scope(task);
    if (!scope) return 0;
    return scope == ext->scope && scope->expired && !scope->canceled ? LULL_ETIMEDOUT : LULL_ECANCELED;
}

int lull__scope_exit(lull__scope *scope, int status)
{
    lull__task *task = lull__rt.running;
    lull__task_ext *ext = task->ext;
    bool from_outside = task->canceled && ext->shields == 0;
    const lull__scope *ended = status == LULL_ECANCELED && !from_outside ? ended_scope(task) : NULL;
    bool own = ended && ended == scope && ended->expired && !ended->canceled;
    ext->scope = scope->outer;
    if (scope->shield) ext->shields--;
    if (ext->scope) {
        if (scope->shield) {
            double now = lull_now(); /* deadlines that the shield has kept away may have passed */
            if (ext->scope->effective <= now) ext->last_deadline_fired = now;
        }
        arm_deadline(task); /* re-arms: no memory needed */
    } else {
        lull__timer_disarm(&ext->deadline);
    }
    task->interrupted = lull__may_be_interrupted(task);
    if (!task->canceled) task->ignored_cancels = 0; /* its waits failed because of this scope */
    return own ? lull__wait_failed(task, LULL_ETIMEDOUT, NULL) : status;
}

int lull_scope_exit(lull_scope *token, int status)
{
    lull__task *task = lull__rt.running;
    if (!task || !token) return LULL_EINVAL;
    lull__scope *scope = task->ext->scope;
    if (!scope || scope->token != token) return LULL_EINVAL;
    token->task = 0; /* lull_scope_cancel then refuses it */
    status = lull__scope_exit(scope, status);
    lull__pool_give(&lull__rt.scopes, scope);
    return status;
}

void lull__scopes_leave(lull__task *task)
{
    lull__task_ext *ext = task->ext;
    if (!ext->task) return;
    while (ext->scope) {
        lull__scope *scope = ext->scope;
        ext->scope = scope->outer;
        if (scope->token) lull__pool_give(&lull__rt.scopes, scope);
    }
    ext->has_timeout = false;
    ext->shields = 0;
    lull__timer_disarm(&ext->deadline);
}

bool lull__scope_reaches(const lull__scope *scope, const lull__scope *innermost)
{
    for (const lull__scope *inner = innermost; inner; inner = inner->outer) {
        if (inner == scope) return true;
        if (inner->shield) return false;
    }
    return false;
}

/* The scope behind a token; NULL where the body that entered it has ended. */
static lull__scope *entered(const lull_scope *token, const lull__task *task)
{
    lull__scope *scope = task->ext->scope;
    while (scope && scope->token != token) scope = scope->outer;
    return scope;
}

int lull_scope_cancel(lull_scope *token)
{
    lull__task *task = token ? lull__task_get(token->task) : NULL;
    lull__scope *scope = task ? entered(token, task) : NULL;
    if (!scope) return LULL_EINVAL;
    scope->canceled = true;
    task->interrupted = true;
    bool reached = lull__scope_reaches(scope, task->ext->scope);
    lull__hook_groups_cancel(task, scope, NULL);
    if (reached) lull__interrupt(task);
    return 0;
}

void lull__interrupt(lull__task *task)
{
    if (task->state != LULL__WAITING || task->ext->uninterruptible || lull__on_stack(task)) return;
    /* A task that has not run starts, so that it can clean up. */
    lull__wake(task, lull__has_started(task) ? LULL__INTERRUPTED : 0, 0, NULL, false);
}

void lull__deadline_fired(lull__timer *timer)
{
    lull__task_ext *ext = LULL__CONTAINER(timer, lull__task_ext, deadline);
    lull__task *task = ext->task;
    ext->last_deadline_fired = lull__rt.now;
    task->interrupted = true;
    if (ext->scope) lull__timer_arm(timer, LULL_FOREVER); /* without memory: in the place that it has just left */
    lull__interrupt(task);
}

int lull__task_limit(lull__task *task, double seconds)
{
    lull__task_ext *ext = lull__task_extend(task);
    if (!ext) return LULL_ENOMEM;
    double deadline = lull_now() + seconds;
    ext->own = (lull__scope){.deadline = deadline, .effective = deadline};
    int status = lull__timer_arm(&ext->deadline, deadline);
    if (status < 0) return status;
    ext->scope = &ext->own;
    ext->has_timeout = true;
    task->interrupted = true;
    return 0;
}

void lull__cancel_alone(lull__task *task, lull__error *reason)
{
    if (task->state == LULL__ENDED || task->cleaning) return;
    lull__task_ext *ext = reason && !task->canceled ? lull__task_extend(task) : NULL;
    if (ext) ext->reason = lull__error_retain(reason);
    task->canceled = true;
    task->interrupted = true;
    if (task->ext->shields == 0) lull__interrupt(task);
}

void lull__cancel(lull__task *task, lull__error *reason)
{
    lull__hook_groups_cancel(task, NULL, reason); /* first: the task stays, as long as it has groups open */
    lull__cancel_alone(task, reason);
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
    const lull__task_ext *ext = task->ext;
    bool own = status == LULL_ECANCELED && task->canceled && ext->shields == 0 && !task->cleaning;
    return own ? lull__error_retain(ext->reason) : NULL;
}

int lull_with_timeout(double seconds, lull_yieldable *yieldable, lull_value *value)
{
    lull_scope scope;
    int status = lull_scope_enter(&scope, seconds);
    if (status == LULL_EINVAL)
        return lull__wait_refused(LULL_EINVAL,
                                  "lull_with_timeout: the limit has to be a number of seconds that is not negative");
    if (status < 0) return status == LULL_ENOMEM ? lull__wait_failed(lull__rt.running, status, NULL) : status;
    status = lull_yield_to(yieldable, value);
    return lull_scope_exit(&scope, status);
}
