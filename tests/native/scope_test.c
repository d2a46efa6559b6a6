/* Scopes: limits and cancellation of all waits between an enter and its exit. */
#include "test.h"

#define NAN_SECONDS (LULL_FOREVER - LULL_FOREVER)

/* ---- Enter and exit ------------------------------------------------------------------------------------------ */

TASK_TEST(a_scope_that_does_not_expire_changes_nothing)
{
    lull_scope scope;
    test_enter(&scope, 10);
    CHECK_STATUS(lull_pause(5), LULL_OK);
    CHECK_STATUS(lull_scope_exit(&scope, 0), LULL_OK);
    CHECK_STATUS(lull_pause(20), LULL_OK);
    CHECK_TIME(25);
}

TASK_TEST(a_scope_for_ever_does_not_expire)
{
    lull_scope scope;
    test_enter(&scope, LULL_FOREVER);
    CHECK_STATUS(lull_pause(1e9), LULL_OK);
    test_leave(&scope);
}

TASK_TEST(leaving_a_scope_answers_with_the_status_of_its_work)
{
    lull_scope scope;
    test_enter(&scope, 1);
    CHECK_STATUS(lull_scope_exit(&scope, LULL_EFAILED), LULL_EFAILED);
    test_enter(&scope, 1);
    CHECK_INT(lull_scope_exit(&scope, 12), 12);
}

TEST(entering_a_scope_outside_of_a_task_is_refused)
{
    lull_scope scope;
    CHECK_STATUS(lull_scope_enter(&scope, 1), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_scope_enter_shielded(&scope, 1), LULL_ENOSUSPEND);
}

TASK_TEST(entering_a_scope_with_a_time_that_is_negative_or_no_number_is_refused)
{
    lull_scope scope;
    CHECK_STATUS(lull_scope_enter(&scope, -1), LULL_EINVAL);
    CHECK_STATUS(lull_scope_enter(&scope, NAN_SECONDS), LULL_EINVAL);
    CHECK_STATUS(lull_scope_enter_shielded(&scope, -1), LULL_EINVAL);
    CHECK(!lull__rt.running->ext->scope);
}

TASK_TEST(leaving_a_scope_that_is_not_the_innermost_is_refused_and_it_stays_entered)
{
    lull_scope outer;
    lull_scope inner;
    test_enter(&outer, 1);
    test_enter(&inner, 10);
    CHECK_STATUS(lull_scope_exit(&outer, 0), LULL_EINVAL);
    CHECK_STATUS(lull_pause(5), LULL_ECANCELED);
    test_leave(&inner);
    test_leave(&outer);
    CHECK_STATUS(lull_scope_exit(&outer, 0), LULL_EINVAL);
}

static lull_scope *scope_of_another;

static lull_value leaves_the_scope_of_another(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_scope_exit(scope_of_another, 0), LULL_EINVAL);
    return 0;
}

TASK_TEST(leaving_the_scope_of_another_task_is_refused)
{
    lull_scope scope;
    test_enter(&scope, 1);
    scope_of_another = &scope;
    lull_spawn(leaves_the_scope_of_another, NULL);
    lull_pause(0);
    test_leave(&scope);
}

/* ---- Expiry -------------------------------------------------------------------------------------------------- */

TASK_TEST(an_expired_scope_fails_the_present_wait_and_every_later_one)
{
    lull_scope scope;
    test_enter(&scope, 2);
    CHECK_STATUS(lull_pause(5), LULL_ETIMEDOUT);
    CHECK_TIME(2);
    CHECK_STATUS(lull_pause(5), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_pause(0), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_yield_to(NULL, NULL), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&scope, LULL_ETIMEDOUT), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_pause(1), LULL_OK);
    CHECK_TIME(3);
}

TASK_TEST(a_scope_that_expires_while_its_task_is_busy_fails_the_next_wait)
{
    lull_scope scope;
    test_enter(&scope, 2);
    lull_native.now += 5;
    lull_pause(0); /* the loop looks at the clock */
    CHECK_STATUS(lull_pause(1), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&scope, LULL_ETIMEDOUT), LULL_ETIMEDOUT);
}

TASK_TEST(a_scope_of_0_seconds_expires_at_the_first_wait_that_suspends)
{
    lull_scope scope;
    test_enter(&scope, 0);
    CHECK_STATUS(lull_pause(1), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&scope, LULL_ETIMEDOUT), LULL_ETIMEDOUT);
    CHECK_TIME(0);
}

TASK_TEST(the_expiry_of_an_outer_scope_is_canceled_within_and_timed_out_at_its_exit)
{
    lull_scope outer;
    lull_scope inner;
    test_enter(&outer, 2);
    test_enter(&inner, 10);
    int status = lull_pause(20);
    CHECK_STATUS(status, LULL_ECANCELED);
    status = lull_scope_exit(&inner, status);
    CHECK_STATUS(status, LULL_ECANCELED);
    CHECK_STATUS(lull_scope_exit(&outer, status), LULL_ETIMEDOUT);
    CHECK_INT(lull_last_error()->code, LULL_ETIMEDOUT);
    CHECK_TIME(2);
}

TASK_TEST(the_expiry_of_an_inner_scope_does_not_touch_the_outer)
{
    lull_scope outer;
    lull_scope inner;
    test_enter(&outer, 10);
    test_enter(&inner, 2);
    CHECK_STATUS(lull_pause(20), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&inner, LULL_ETIMEDOUT), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_pause(3), LULL_OK);
    CHECK_STATUS(lull_pause(20), LULL_ETIMEDOUT);
    CHECK_TIME(10);
    CHECK_STATUS(lull_scope_exit(&outer, LULL_ETIMEDOUT), LULL_ETIMEDOUT);
}

TASK_TEST(of_two_scopes_that_expire_at_once_the_outer_counts)
{
    lull_scope outer;
    lull_scope inner;
    test_enter(&outer, 2);
    test_enter(&inner, 2);
    int status = lull_scope_exit(&inner, lull_pause(20));
    CHECK_STATUS(status, LULL_ECANCELED);
    CHECK_STATUS(lull_scope_exit(&outer, status), LULL_ETIMEDOUT);
}

TASK_TEST(an_outer_scope_that_expires_after_the_inner_one_counts_from_then_on)
{
    lull_scope outer;
    lull_scope inner;
    lull_scope shield;
    test_enter(&outer, 5);
    test_enter(&inner, 2);
    CHECK_STATUS(lull_pause(20), LULL_ETIMEDOUT);
    test_enter_shielded(&shield, LULL_FOREVER);
    CHECK_STATUS(lull_pause(4), LULL_OK);
    test_leave(&shield);
    CHECK_STATUS(lull_pause(1), LULL_ECANCELED);
    int status = lull_scope_exit(&inner, LULL_ECANCELED);
    CHECK_STATUS(status, LULL_ECANCELED);
    CHECK_STATUS(lull_scope_exit(&outer, status), LULL_ETIMEDOUT);
}

TASK_TEST(a_scope_entered_when_another_has_just_expired_has_its_own_time)
{
    lull_scope outer;
    lull_scope first;
    lull_scope second;
    test_enter(&outer, 10);
    test_enter(&first, 2);
    CHECK_STATUS(lull_pause(20), LULL_ETIMEDOUT);
    test_leave(&first);
    test_enter(&second, 3);
    CHECK_STATUS(lull_pause(20), LULL_ETIMEDOUT);
    CHECK_TIME(5);
    test_leave(&second);
    CHECK_STATUS(lull_pause(20), LULL_ETIMEDOUT);
    CHECK_TIME(10);
    test_leave(&outer);
}

TASK_TEST(an_exit_without_failure_hides_no_expiry)
{
    lull_scope scope;
    test_enter(&scope, 1);
    CHECK_STATUS(lull_pause(5), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&scope, 0), LULL_OK);
}

TASK_TEST(a_cancellation_from_elsewhere_is_not_taken_for_the_expiry)
{
    lull_scope scope;
    test_enter(&scope, 1);
    CHECK_STATUS(lull_scope_exit(&scope, LULL_ECANCELED), LULL_ECANCELED);
}

TASK_TEST(a_task_whose_scopes_expire_often_is_not_killed)
{
    lull_scope outer;
    test_enter(&outer, LULL_FOREVER);
    for (int i = 0; i < 3 * LULL_MAX_IGNORED_CANCELS; i++) {
        lull_scope scope;
        test_enter(&scope, 0);
        CHECK_STATUS(lull_pause(1), LULL_ETIMEDOUT);
        CHECK_STATUS(lull_pause(1), LULL_ETIMEDOUT);
        test_leave(&scope);
    }
    test_leave(&outer);
}

/* ---- Cancel -------------------------------------------------------------------------------------------------- */

static lull_value cancels_the_scope_of_another(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_scope_cancel(scope_of_another), LULL_OK);
    return 0;
}

TASK_TEST(a_cancelled_scope_fails_its_waits_until_its_exit)
{
    lull_scope scope;
    test_enter(&scope, LULL_FOREVER);
    scope_of_another = &scope;
    lull_spawn(cancels_the_scope_of_another, NULL, .delay = 1);
    CHECK_STATUS(lull_pause(5), LULL_ECANCELED);
    CHECK_TIME(1);
    CHECK_STATUS(lull_pause(0), LULL_ECANCELED);
    CHECK_STATUS(lull_scope_exit(&scope, LULL_ECANCELED), LULL_ECANCELED);
    CHECK_STATUS(lull_pause(1), LULL_OK);
}

TASK_TEST(a_task_can_cancel_its_own_scope)
{
    lull_scope scope;
    test_enter(&scope, LULL_FOREVER);
    CHECK_STATUS(lull_scope_cancel(&scope), LULL_OK);
    CHECK_STATUS(lull_pause(0), LULL_ECANCELED);
    test_leave(&scope);
    CHECK_STATUS(lull_pause(0), LULL_OK);
}

TASK_TEST(a_cancelled_outer_scope_reaches_the_inner_ones)
{
    lull_scope outer;
    lull_scope inner;
    test_enter(&outer, LULL_FOREVER);
    test_enter(&inner, 5);
    lull_scope_cancel(&outer);
    CHECK_STATUS(lull_pause(1), LULL_ECANCELED);
    CHECK_STATUS(lull_scope_exit(&inner, LULL_ECANCELED), LULL_ECANCELED);
    CHECK_STATUS(lull_pause(1), LULL_ECANCELED);
    CHECK_STATUS(lull_scope_exit(&outer, LULL_ECANCELED), LULL_ECANCELED);
}

TASK_TEST(a_cancelled_inner_scope_does_not_reach_the_outer)
{
    lull_scope outer;
    lull_scope inner;
    test_enter(&outer, LULL_FOREVER);
    test_enter(&inner, LULL_FOREVER);
    lull_scope_cancel(&inner);
    CHECK_STATUS(lull_pause(1), LULL_ECANCELED);
    test_leave(&inner);
    CHECK_STATUS(lull_pause(1), LULL_OK);
    test_leave(&outer);
}

TASK_TEST(cancelling_a_scope_that_is_not_entered_is_refused)
{
    lull_scope outer;
    lull_scope inner = {0};
    CHECK_STATUS(lull_scope_cancel(&inner), LULL_EINVAL);
    CHECK_STATUS(lull_scope_cancel(NULL), LULL_EINVAL);
    test_enter(&outer, LULL_FOREVER);
    test_enter(&inner, LULL_FOREVER);
    test_leave(&inner);
    CHECK_STATUS(lull_scope_cancel(&inner), LULL_EINVAL);
    CHECK_STATUS(lull_pause(0), LULL_OK);
    test_leave(&outer);
    CHECK_STATUS(lull_scope_cancel(&outer), LULL_EINVAL);
}

/* ---- Shields ------------------------------------------------------------------------------------------------- */

TASK_TEST(a_shield_keeps_the_expiry_of_the_outer_scope_away_until_its_exit)
{
    lull_scope outer;
    lull_scope shield;
    test_enter(&outer, 1);
    test_enter_shielded(&shield, LULL_FOREVER);
    CHECK_STATUS(lull_pause(5), LULL_OK);
    test_leave(&shield);
    lull_pause(0);
    CHECK_STATUS(lull_pause(5), LULL_ETIMEDOUT);
    CHECK_TIME(5);
    test_leave(&outer);
}

TASK_TEST(a_shield_entered_after_the_expiry_lets_cleanup_wait)
{
    lull_scope outer;
    lull_scope shield;
    test_enter(&outer, 1);
    CHECK_STATUS(lull_pause(5), LULL_ETIMEDOUT);
    test_enter_shielded(&shield, 10);
    CHECK_STATUS(lull_pause(5), LULL_OK);
    test_leave(&shield);
    CHECK_STATUS(lull_pause(5), LULL_ETIMEDOUT);
    CHECK_TIME(6);
    test_leave(&outer);
}

TASK_TEST(a_shield_can_expire_itself)
{
    lull_scope outer;
    lull_scope shield;
    test_enter(&outer, 10);
    test_enter_shielded(&shield, 2);
    CHECK_STATUS(lull_pause(5), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&shield, LULL_ETIMEDOUT), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_pause(1), LULL_OK);
    test_leave(&outer);
}

static lull_value cleans_up_behind_a_shield(void *seconds)
{
    lull_scope shield;
    test_waits(NULL);
    test_enter_shielded(&shield, *(const double *)seconds);
    int status = lull_pause(2);
    test_log("cleanup:%s", lull_err_name(status));
    CHECK_STATUS(lull_scope_exit(&shield, status), status);
    test_waits(NULL);
    return 0;
}

TASK_TEST(a_shield_keeps_the_cancellation_of_the_task_away_until_its_exit)
{
    double seconds = 10;
    lull_task task = lull_spawn(cleans_up_behind_a_shield, &seconds, .name = "a");
    lull_pause(0);
    lull_cancel(task);
    lull_pause(1);
    lull_cancel(task);
    lull_pause(5);
    CHECK_LOG("a:LULL_ECANCELED cleanup:LULL_OK a:LULL_ECANCELED");
}

TASK_TEST(a_shield_in_a_cancelled_task_can_expire)
{
    double seconds = 1;
    lull_task task = lull_spawn(cleans_up_behind_a_shield, &seconds, .name = "a");
    lull_pause(0);
    lull_cancel(task);
    lull_pause(5);
    CHECK_LOG("a:LULL_ECANCELED cleanup:LULL_ETIMEDOUT a:LULL_ECANCELED");
}

TASK_TEST(a_shield_does_not_keep_out_what_lies_within_it)
{
    lull_scope shield;
    lull_scope inner;
    test_enter_shielded(&shield, LULL_FOREVER);
    test_enter(&inner, 1);
    CHECK_STATUS(lull_pause(5), LULL_ETIMEDOUT);
    test_leave(&inner);
    lull_scope_cancel(&shield);
    CHECK_STATUS(lull_pause(5), LULL_ECANCELED);
    test_leave(&shield);
}

TASK_TEST(cancelling_an_outer_scope_shows_after_the_shield_only)
{
    lull_scope outer;
    lull_scope shield;
    test_enter(&outer, LULL_FOREVER);
    test_enter_shielded(&shield, LULL_FOREVER);
    scope_of_another = &outer;
    lull_spawn(cancels_the_scope_of_another, NULL, .delay = 1);
    CHECK_STATUS(lull_pause(3), LULL_OK);
    test_leave(&shield);
    CHECK_STATUS(lull_pause(3), LULL_ECANCELED);
    test_leave(&outer);
}

/* ---- The cancellation of the task ---------------------------------------------------------------------------- */

static lull_value waits_in_an_expiring_scope(void *unused)
{
    lull_scope scope;
    (void)unused;
    test_enter(&scope, 1);
    int status = lull_pause(5);
    test_log("%s", lull_err_name(status));
    lull_cancel(lull_current());
    status = lull_pause(5);
    test_log("%s", lull_err_name(status));
    test_log("%s", lull_err_name(lull_scope_exit(&scope, status)));
    return 0;
}

TASK_TEST(the_cancellation_of_the_task_is_outside_of_all_scopes)
{
    CHECK_STATUS(lull_join(lull_spawn(waits_in_an_expiring_scope, NULL), NULL), LULL_OK);
    CHECK_LOG("LULL_ETIMEDOUT LULL_ECANCELED LULL_ECANCELED");
}

static lull_value ends_in_a_scope(void *unused)
{
    lull_scope scope;
    (void)unused;
    test_enter(&scope, 1);
    lull_return(5);
}

TASK_TEST(a_task_that_ends_in_a_scope_leaves_no_timer)
{
    CHECK_STATUS(lull_join(lull_spawn(ends_in_a_scope, NULL), NULL), LULL_OK);
    CHECK(lull__timers_next() == LULL_FOREVER);
}

TASK_TEST(a_limit_within_an_expired_scope_does_not_hide_the_expiry)
{
    lull_scope scope;
    test_enter(&scope, 1);
    CHECK_STATUS(lull_pause(5), LULL_ETIMEDOUT);
    int status = lull_with_timeout(10, NULL, NULL);
    CHECK_STATUS(status, LULL_ECANCELED);
    CHECK_STATUS(lull_scope_exit(&scope, status), LULL_ETIMEDOUT);
}

/* ---- The timeout of a task ----------------------------------------------------------------------------------- */

static void say(const char *what, int status)
{
    test_log("%s:%s@%g", what, lull_err_name(status) + 5, lull_native.now);
}

/* Pause for ten seconds, and pass on how that failed. */
static lull_value pauses_for_10(void *unused)
{
    (void)unused;
    int status = lull_pause(10);
    say("body", status);
    lull_check(status);
    return 5;
}

/* What a task that has a timeout ends with. */
static int end_with_timeout(double timeout, lull_function function)
{
    return lull_join(lull_spawn(function, NULL, .name = "t", .timeout = timeout), NULL);
}

TASK_TEST(a_task_that_ends_because_of_its_timeout_has_timed_out)
{
    CHECK_STATUS(end_with_timeout(1, pauses_for_10), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_last_error()->code, LULL_ETIMEDOUT);
    CHECK_LOG("body:ETIMEDOUT@1");
}

TASK_TEST(a_timeout_that_is_not_reached_changes_nothing)
{
    CHECK_STATUS(end_with_timeout(20, pauses_for_10), LULL_OK);
    CHECK_LOG("body:OK@10");
    CHECK(lull__timers_next() == LULL_FOREVER);
}

TASK_TEST(a_timeout_of_0_or_for_ever_is_none)
{
    CHECK_STATUS(end_with_timeout(0, pauses_for_10), LULL_OK);
    CHECK_STATUS(end_with_timeout(LULL_FOREVER, pauses_for_10), LULL_OK);
    CHECK_LOG("body:OK@10 body:OK@20");
}

TASK_TEST(a_timeout_that_is_negative_or_no_number_is_refused)
{
    CHECK_STATUS(lull_spawn(pauses_for_10, NULL, .timeout = -1), LULL_EINVAL);
    CHECK_STATUS(lull_spawn(pauses_for_10, NULL, .timeout = NAN_SECONDS), LULL_EINVAL);
    CHECK_STATUS(lull_spawn(pauses_for_10, NULL, .timeout = -LULL_FOREVER), LULL_EINVAL);
}

static lull_value pauses_in_a_scope(void *unused)
{
    (void)unused;
    lull_scope scope;
    test_enter(&scope, 20);
    int status = lull_pause(10);
    say("inner", status);
    status = lull_scope_exit(&scope, status);
    say("exit", status);
    say("outer", lull_pause(10));
    lull_check(status);
    return 5;
}

TASK_TEST(a_timeout_is_canceled_in_inner_scopes_and_timed_out_outside_of_them_and_at_the_end)
{
    CHECK_STATUS(end_with_timeout(1, pauses_in_a_scope), LULL_ETIMEDOUT);
    CHECK_LOG("inner:ECANCELED@1 exit:ECANCELED@1 outer:ETIMEDOUT@1");
}

static lull_value returns_after_its_timeout(void *unused)
{
    (void)unused;
    say("body", lull_pause(10));
    return 5;
}

TASK_TEST(a_task_that_returns_after_its_timeout_has_succeeded)
{
    CHECK_STATUS(end_with_timeout(1, returns_after_its_timeout), LULL_OK);
    CHECK_LOG("body:ETIMEDOUT@1");
}

static lull_value fails_after_its_timeout(void *unused)
{
    (void)unused;
    lull_pause(10);
    lull_fail(-40, "own");
}

TASK_TEST(a_task_that_fails_otherwise_after_its_timeout_has_its_own_failure)
{
    CHECK_STATUS(end_with_timeout(1, fails_after_its_timeout), -40);
    CHECK_TEXT(lull_last_error()->message, "own");
}

static lull_value fails_canceled_at_once(void *unused)
{
    (void)unused;
    lull_fail(LULL_ECANCELED, NULL);
}

TASK_TEST(a_cancellation_from_elsewhere_is_not_taken_for_the_timeout)
{
    CHECK_STATUS(end_with_timeout(1, fails_canceled_at_once), LULL_ECANCELED);
}

TASK_TEST(a_timeout_is_reported_where_nobody_receives_it)
{
    lull_spawn(pauses_for_10, NULL, .name = "t", .timeout = 1);
    lull_pause(2);
    CHECK_INT(lull_native.failures, 1);
    CHECK_STATUS(lull_native.failure[0].status, LULL_ETIMEDOUT);
    CHECK_TEXT(lull_native.failure[0].name, "t");
}

TASK_TEST(a_task_whose_timeout_comes_before_its_first_run_runs_then)
{
    lull_task task = lull_spawn(pauses_for_10, NULL, .timeout = 1, .delay = 5);
    CHECK_STATUS(lull_join(task, NULL), LULL_ETIMEDOUT);
    CHECK_LOG("body:ETIMEDOUT@1");
    CHECK(lull__timers_next() == LULL_FOREVER);
}

TASK_TEST(a_timeout_counts_from_the_spawn)
{
    lull_task task = lull_spawn(pauses_for_10, NULL, .timeout = 3, .delay = 2);
    CHECK_STATUS(lull_join(task, NULL), LULL_ETIMEDOUT);
    CHECK_LOG("body:ETIMEDOUT@3");
}

TASK_TEST(a_task_that_is_killed_before_its_first_run_leaves_no_timer_of_its_timeout)
{
    CHECK_STATUS(lull_kill(lull_spawn(pauses_for_10, NULL, .timeout = 3, .delay = 2)), LULL_OK);
    CHECK(lull__timers_next() == LULL_FOREVER);
}

static lull_value pauses_behind_a_shield(void *unused)
{
    (void)unused;
    lull_scope shield;
    test_enter_shielded(&shield, LULL_FOREVER);
    say("shield", lull_pause(5));
    test_leave(&shield);
    int status = lull_pause(5);
    say("body", status);
    lull_check(status);
    return 5;
}

TASK_TEST(a_shield_keeps_the_timeout_off)
{
    CHECK_STATUS(end_with_timeout(1, pauses_behind_a_shield), LULL_ETIMEDOUT);
    CHECK_LOG("shield:OK@5 body:ETIMEDOUT@5");
}

TASK_TEST(a_cancellation_beats_the_timeout)
{
    lull_task task = lull_spawn(pauses_for_10, NULL, .timeout = 2);
    lull_pause(1);
    lull_cancel(task);
    CHECK_STATUS(lull_join(task, NULL), LULL_ECANCELED);
    task = lull_spawn(pauses_behind_a_shield, NULL, .timeout = 2);
    lull_pause(3);
    lull_cancel(task);
    CHECK_STATUS(lull_join(task, NULL), LULL_ECANCELED);
    CHECK_LOG("body:ECANCELED@1 shield:OK@6 body:ECANCELED@6");
}

static void says_pause(void *unused)
{
    (void)unused;
    say("defer", lull_pause(2));
}

static lull_value defers_beyond_its_timeout(void *unused)
{
    (void)unused;
    lull_check(lull_defer(says_pause, NULL));
    lull_check(lull_pause(10));
    return 5;
}

static lull_value defers_into_its_timeout(void *unused)
{
    (void)unused;
    lull_check(lull_defer(says_pause, NULL));
    return 5;
}

TASK_TEST(a_timeout_does_not_reach_the_defers)
{
    CHECK_STATUS(end_with_timeout(1, defers_beyond_its_timeout), LULL_ETIMEDOUT);
    CHECK_STATUS(end_with_timeout(1, defers_into_its_timeout), LULL_OK);
    CHECK_LOG("defer:OK@3 defer:OK@5");
}

static lull_value ignores_its_timeout(void *unused)
{
    (void)unused;
    for (int i = 0; i < 2 * LULL_MAX_IGNORED_CANCELS; i++) lull_pause(1);
    return 0;
}

TASK_TEST(a_task_that_ignores_its_timeout_is_killed)
{
    CHECK_STATUS(end_with_timeout(1, ignores_its_timeout), LULL_EKILLED);
    CHECK_TIME(1);
}

static lull_value times_out_within_its_timeout(void *unused)
{
    (void)unused;
    say("inner", lull_with_timeout(1, NULL, NULL));
    int status = lull_with_timeout(3, NULL, NULL);
    say("outer", status);
    lull_check(status);
    return 5;
}

TASK_TEST(a_shorter_limit_within_the_timeout_has_its_own_time)
{
    CHECK_STATUS(end_with_timeout(2, times_out_within_its_timeout), LULL_ETIMEDOUT);
    CHECK_LOG("inner:ETIMEDOUT@1 outer:ECANCELED@2");
}

/* ---- Deadlines that pass while a task is busy -------------------------------------------------------------------- */

static lull_value busy(void *unused)
{
    (void)unused;
    lull_native.now += 2;
    return 7;
}

static int resumes_at_once(lull_yieldable *self, lull_task waiter)
{
    (void)self;
    return lull_resume(waiter, 0);
}

static struct {
    lull_chan full, room;
    lull_future settled;
    lull_mutex mutex;
    lull_rwlock lock;
    lull_semaphore semaphore;
    lull_event event;
    lull_barrier barrier;
    lull_wait_group wait_group;
    lull_yieldable yieldable;
} at_hand;

static int waits_for_what_is_at_hand(int which)
{
    int element = 1;
    lull_awaited item = {.handle = at_hand.settled};
    lull_case one = {.send = at_hand.room, .element = &element};
    switch (which) {
    case 0:
        return lull_pause(0);
    case 1:
        return lull_send(at_hand.room, &element);
    case 2:
        return lull_receive(at_hand.full, &element);
    case 3:
        return lull_await(at_hand.settled, NULL);
    case 4:
        return lull_mutex_lock(&at_hand.mutex);
    case 5:
        return lull_rwlock_read(&at_hand.lock);
    case 6:
        return lull_rwlock_write(&at_hand.lock);
    case 7:
        return lull_semaphore_acquire(&at_hand.semaphore);
    case 8:
        return lull_event_wait(&at_hand.event);
    case 9:
        return lull_barrier_wait(&at_hand.barrier);
    case 10:
        return lull_wait_group_wait(&at_hand.wait_group);
    case 11:
        return lull_yield_to(&at_hand.yieldable, NULL);
    case 12:
        return lull_select(&one, 1);
    case 13:
        return lull_await_all(&item, 1, 0);
    default:
        return 1;
    }
}

static void lay_out(void)
{
    int element = 1;
    at_hand.full = test_new_channel(sizeof element, 1);
    at_hand.room = test_new_channel(sizeof element, 1);
    CHECK_STATUS(lull_try_send(at_hand.full, &element), LULL_OK);
    at_hand.settled = lull_future_new();
    CHECK_STATUS(lull_future_resolve(at_hand.settled, 0), LULL_OK);
    at_hand.mutex = (lull_mutex){0};
    at_hand.lock = (lull_rwlock){0};
    lull_semaphore_init(&at_hand.semaphore, 1);
    at_hand.event = (lull_event){0};
    lull_event_set(&at_hand.event);
    CHECK_STATUS(lull_barrier_init(&at_hand.barrier, 1), LULL_OK);
    at_hand.wait_group = (lull_wait_group){0};
    at_hand.yieldable = (lull_yieldable){.begin = resumes_at_once};
}

static void clear_away(void)
{
    test_release(at_hand.full);
    test_release(at_hand.room);
    lull_future_free(at_hand.settled);
    lull_rwlock_destroy(&at_hand.lock);
}

TASK_TEST(a_deadline_that_passes_while_its_task_is_busy_fails_the_next_wait_also_where_that_has_nothing_to_wait_for)
{
    for (int which = 0; which < 14; which++) {
        lay_out();
        lull_scope scope;
        test_enter(&scope, 1);
        busy(NULL);
        int status = waits_for_what_is_at_hand(which);
        if (status != LULL_ETIMEDOUT) test_log("wait %d:", which);
        CHECK_STATUS(status, LULL_ETIMEDOUT);
        CHECK_STATUS(lull_scope_exit(&scope, status), LULL_ETIMEDOUT);
        clear_away();
    }
    CHECK_LOG("");
}

TASK_TEST(what_is_at_hand_is_had_in_time)
{
    for (int which = 0; which < 14; which++) {
        lay_out();
        lull_scope scope;
        test_enter(&scope, 3);
        busy(NULL);
        CHECK(waits_for_what_is_at_hand(which) >= 0);
        test_leave(&scope);
        clear_away();
    }
}

TASK_TEST(a_busy_task_may_have_what_is_at_hand_in_a_scope_of_0_seconds)
{
    for (int which = 0; which < 14; which++) {
        lay_out();
        lull_scope scope;
        test_enter(&scope, 0);
        busy(NULL);
        CHECK(waits_for_what_is_at_hand(which) >= 0);
        test_leave(&scope);
        clear_away();
    }
}

TASK_TEST(the_outer_one_of_two_deadlines_that_pass_while_the_task_is_busy_counts)
{
    lull_scope outer;
    lull_scope inner;
    test_enter(&outer, 1);
    test_enter(&inner, 0.5);
    busy(NULL);
    int status = lull_pause(0);
    CHECK_STATUS(status, LULL_ECANCELED);
    status = lull_scope_exit(&inner, status);
    CHECK_STATUS(status, LULL_ECANCELED);
    CHECK_STATUS(lull_scope_exit(&outer, status), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_pause(0), LULL_OK);
}

TASK_TEST(a_deadline_that_passes_while_the_task_is_busy_does_not_reach_into_a_shield)
{
    lull_scope outer;
    lull_scope shield;
    test_enter(&outer, 1);
    test_enter_shielded(&shield, LULL_FOREVER);
    busy(NULL);
    CHECK_STATUS(lull_pause(0), LULL_OK);
    test_leave(&shield);
    CHECK_STATUS(lull_pause(0), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&outer, LULL_ETIMEDOUT), LULL_ETIMEDOUT);
}

static lull_value is_busy_and_waits_in_a_scope(void *unused)
{
    lull_scope scope;
    busy(unused);
    test_enter(&scope, 10);
    int status = lull_pause(0);
    CHECK_STATUS(status, LULL_ECANCELED);
    lull_fail(lull_scope_exit(&scope, status), NULL);
}

TASK_TEST(a_timeout_that_passes_while_its_task_is_busy_is_that_of_the_task)
{
    lull_future result = lull_future_new();
    lull_spawn(is_busy_and_waits_in_a_scope, NULL, .timeout = 1, .result = result);
    CHECK_STATUS(lull_await(result, NULL), LULL_ETIMEDOUT);
    lull_future_free(result);
}

/* ---- The deadline of an opener, and busy children ---------------------------------------------------------------- */

static lull_value is_busy_and_goes_on_until_a_wait_fails(void *unused)
{
    lull_chan channel = test_new_channel(sizeof(int), 1);
    int status = 0;
    int element = 0;
    busy(unused);
    for (int i = 0; i < 100 && status == 0; i++) {
        status = lull_send(channel, &element);
        if (status == 0) status = lull_receive(channel, &element);
    }
    test_release(channel);
    return lull_check(status);
}

TASK_TEST(the_deadline_of_an_opener_ends_the_waits_of_a_busy_child_that_have_nothing_to_wait_for)
{
    lull_scope scope;
    test_enter(&scope, 1);
    lull_group group = lull_group_open();
    lull_spawn(is_busy_and_goes_on_until_a_wait_fails, NULL, .group = group);
    CHECK_STATUS(lull_scope_exit(&scope, lull_group_wait(group)), LULL_ETIMEDOUT);
}

static lull_value opens_a_group_for_a_busy_child(void *unused)
{
    (void)unused;
    lull_group group = lull_group_open();
    lull_check(lull_spawn(is_busy_and_goes_on_until_a_wait_fails, NULL, .group = group));
    return lull_check(lull_group_wait(group));
}

TASK_TEST(the_deadline_of_an_opener_ends_the_waits_of_the_busy_children_of_its_children)
{
    lull_scope scope;
    test_enter(&scope, 1);
    lull_group group = lull_group_open();
    lull_check(lull_spawn(opens_a_group_for_a_busy_child, NULL, .group = group));
    CHECK_STATUS(lull_scope_exit(&scope, lull_group_wait(group)), LULL_ETIMEDOUT);
}

static lull_value is_shielded(void *unused)
{
    (void)unused;
    lull_scope shield;
    test_enter_shielded(&shield, LULL_FOREVER);
    lull_group group = lull_group_open();
    lull_spawn_with(&(lull_spawn_options){.function = busy, .group = group});
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_STATUS(lull_pause(0), LULL_OK);
    test_leave(&shield);
    CHECK_STATUS(lull_pause(0), LULL_ECANCELED);
    return 0;
}

TASK_TEST(a_child_in_a_shield_is_not_reached_by_the_deadline_of_its_opener)
{
    lull_scope scope;
    test_enter(&scope, 1);
    lull_group group = lull_group_open();
    lull_check(lull_spawn(is_shielded, NULL, .group = group));
    CHECK_STATUS(lull_scope_exit(&scope, lull_group_wait(group)), LULL_ETIMEDOUT);
}
