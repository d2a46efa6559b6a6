/* Groups: a scope, and the tasks that may not outlive it. */
#include "test.h"

static lull_group open_group(void)
{
    lull_group group = lull_group_open();
    CHECK(group > 0);
    return group;
}

/* Log "name:status@time" of the current task. */
static void say(int status)
{
    test_log("%s:%s@%g", lull_name(lull_current()), lull_err_name(status) + 5, lull_native.now);
}

/* ---- Children of many tests ---------------------------------------------------------------------------------- */

static double one = 1;
static double two = 2;
static double three = 3;
static double ten = 10;

/* Pause, say how that ended, and pass on a failure. */
static lull_value sleeps(void *seconds)
{
    int status = lull_pause(*(const double *)seconds);
    say(status);
    lull_check(status);
    return 0;
}

/* The same, but a failure of the pause is not one of the task. */
static lull_value sleeps_at_most(void *seconds)
{
    say(lull_pause(*(const double *)seconds));
    return 0;
}

/* Pause where no cancellation reaches. */
static lull_value sleeps_behind_a_shield(void *seconds)
{
    lull_scope shield;
    test_enter_shielded(&shield, LULL_FOREVER);
    say(lull_pause(*(const double *)seconds));
    test_leave(&shield);
    return 0;
}

/* Fail after a while, with the task's name as the message, whatever befalls it meanwhile. */
static lull_value fails_later(void *seconds)
{
    lull_scope shield;
    test_enter_shielded(&shield, LULL_FOREVER);
    lull_pause(*(const double *)seconds);
    test_leave(&shield);
    lull_fail(-40 - (int)*(const double *)seconds, "%s", lull_name(lull_current()));
}

/* Fail once it is cancelled, with the task's name as the message. */
static lull_value fails_when_cancelled(void *unused)
{
    (void)unused;
    lull_pause(LULL_FOREVER);
    lull_fail(-50, "%s", lull_name(lull_current()));
}

static lull_value cancels_group(void *group)
{
    CHECK_STATUS(lull_group_cancel(*(const lull_group *)group), LULL_OK);
    return 0;
}

static lull_value cancels_task(void *task)
{
    CHECK_STATUS(lull_cancel(*(const lull_task *)task), LULL_OK);
    return 0;
}

static lull_value kills_task(void *task)
{
    CHECK_STATUS(lull_kill(*(const lull_task *)task), LULL_OK);
    return 0;
}

/* ---- Open and wait ------------------------------------------------------------------------------------------- */

TASK_TEST(a_group_without_children_is_over_at_once)
{
    CHECK_STATUS(lull_group_wait(open_group()), LULL_OK);
    CHECK_TIME(0);
    CHECK_STATUS(lull_pause(1), LULL_OK);
}

TASK_TEST(waiting_for_a_group_waits_for_all_its_children)
{
    lull_group group = open_group();
    lull_spawn(sleeps, &three, .name = "a", .group = group);
    lull_spawn(sleeps, &one, .name = "b", .group = group);
    lull_spawn(sleeps, &two, .name = "c", .group = group, .delay = 3);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_LOG("b:OK@1 a:OK@3 c:OK@5");
    CHECK_TIME(5);
}

TASK_TEST(children_that_ended_before_the_wait_are_not_waited_for)
{
    lull_group group = open_group();
    lull_spawn(sleeps, &one, .name = "a", .group = group);
    CHECK_STATUS(lull_pause(2), LULL_OK);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_TIME(2);
}

static lull_group shared_group;

static lull_value spawns_a_sibling(void *seconds)
{
    lull_pause(1);
    CHECK(lull_spawn(sleeps, seconds, .name = "sibling", .group = shared_group) > 0);
    return 0;
}

TASK_TEST(a_child_can_spawn_siblings_while_the_opener_waits)
{
    shared_group = open_group();
    lull_spawn(spawns_a_sibling, &two, .group = shared_group);
    CHECK_STATUS(lull_group_wait(shared_group), LULL_OK);
    CHECK_LOG("sibling:OK@3");
}

static void says_cleanup(void *unused)
{
    (void)unused;
    say(lull_pause(2));
}

static lull_value defers_a_pause(void *unused)
{
    (void)unused;
    lull_check(lull_defer(says_cleanup, NULL));
    return 0;
}

TASK_TEST(the_defers_of_children_are_waited_for)
{
    lull_group group = open_group();
    lull_spawn(defers_a_pause, NULL, .name = "a", .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_LOG("a:OK@2");
    CHECK_TIME(2);
}

TASK_TEST(groups_nest)
{
    lull_group outer = open_group();
    lull_group inner = open_group();
    lull_spawn(sleeps, &three, .name = "outer", .group = outer);
    lull_spawn(sleeps, &one, .name = "inner", .group = inner);
    CHECK_STATUS(lull_group_wait(inner), LULL_OK);
    CHECK_TIME(1);
    CHECK_STATUS(lull_group_wait(outer), LULL_OK);
    CHECK_TIME(3);
}

static lull_value spawns_into_shared_group(void *unused)
{
    (void)unused;
    CHECK(lull_spawn(sleeps, &two, .name = "adopted", .group = shared_group) > 0);
    return 0;
}

TASK_TEST(any_task_can_spawn_into_a_group)
{
    shared_group = open_group();
    lull_spawn(spawns_into_shared_group, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_group_wait(shared_group), LULL_OK);
    CHECK_LOG("adopted:OK@2");
}

TASK_TEST(a_child_can_have_a_result_and_be_joined)
{
    lull_group group = open_group();
    lull_future result = lull_future_new();
    lull_task child = lull_spawn(test_returns_7, NULL, .group = group, .result = result, .delay = 1);
    lull_spawn(test_joins, &child, .name = "j");
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    lull_value value = 0;
    CHECK_STATUS(lull_await(result, &value), LULL_OK);
    CHECK_INT(value, 7);
    CHECK_LOG("j=7");
}

static lull_value resumes_task(void *task)
{
    CHECK_STATUS(lull_resume(*(const lull_task *)task, 1), LULL_OK);
    return 0;
}

TASK_TEST(a_resume_does_not_end_the_wait_for_a_group)
{
    lull_group group = open_group();
    lull_task self = lull_current();
    lull_spawn(resumes_task, &self, .delay = 1);
    lull_spawn(sleeps, &two, .name = "a", .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_LOG("a:OK@2");
}

/* ---- Misuse -------------------------------------------------------------------------------------------------- */

TEST(opening_a_group_outside_of_a_task_is_refused)
{
    CHECK_STATUS(lull_group_open(), LULL_ENOSUSPEND);
}

TASK_TEST(what_is_no_group_is_answered_so)
{
    lull_group group = open_group();
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    lull_group stale[] = {group, 0, -1, lull_current()};
    for (size_t i = 0; i < sizeof stale / sizeof *stale; i++) {
        CHECK_STATUS(lull_group_wait(stale[i]), LULL_ESRCH);
        CHECK_STATUS(lull_group_cancel(stale[i]), LULL_ESRCH);
        CHECK(!lull_group_yieldable(stale[i]));
        if (stale[i]) CHECK_STATUS(lull_spawn(test_says_name, NULL, .group = stale[i]), LULL_ESRCH);
    }
    lull_pause(0);
    CHECK_LOG("");
}

static lull_value waits_for_group(void *group)
{
    CHECK_STATUS(lull_group_wait(*(const lull_group *)group), LULL_EINVAL);
    return 0;
}

TASK_TEST(waiting_for_the_group_of_another_task_is_refused)
{
    lull_group group = open_group();
    lull_spawn(waits_for_group, &group, .group = group);
    lull_spawn(waits_for_group, &group);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
}

TASK_TEST(waiting_for_a_group_with_a_scope_open_in_it_is_refused)
{
    lull_group group = open_group();
    lull_scope scope;
    test_enter(&scope, 1);
    CHECK_STATUS(lull_group_wait(group), LULL_EINVAL);
    CHECK_STATUS(lull_pause(2), LULL_ETIMEDOUT);
    test_leave(&scope);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
}

TASK_TEST(waiting_for_a_group_with_another_open_in_it_is_refused)
{
    lull_group outer = open_group();
    lull_group inner = open_group();
    CHECK_STATUS(lull_group_wait(outer), LULL_EINVAL);
    CHECK_STATUS(lull_group_wait(inner), LULL_OK);
    CHECK_STATUS(lull_group_wait(outer), LULL_OK);
}

TASK_TEST(leaving_a_scope_with_a_group_open_in_it_is_refused)
{
    lull_scope scope;
    test_enter(&scope, 1);
    lull_group group = open_group();
    CHECK_STATUS(lull_scope_exit(&scope, LULL_EFAILED), LULL_EINVAL);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_STATUS(lull_pause(2), LULL_ETIMEDOUT);
    test_leave(&scope);
}

static lull_value opens_and_waits_for_ever(void *group)
{
    *(lull_group *)group = open_group();
    lull_pause(LULL_FOREVER);
    return 0;
}

TEST(waiting_for_a_group_outside_of_a_task_is_refused)
{
    lull_group group = 0;
    lull_spawn(opens_and_waits_for_ever, &group);
    lull_native_advance(0);
    CHECK_STATUS(lull_group_wait(group), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_group_cancel(group), LULL_OK);
    test_close();
}

/* ---- Failures ------------------------------------------------------------------------------------------------ */

TASK_TEST(the_first_failure_cancels_the_siblings_and_is_the_result)
{
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    lull_spawn(fails_later, &one, .name = "b", .group = group);
    lull_spawn(sleeps, &ten, .name = "c", .group = group);
    CHECK_STATUS(lull_group_wait(group), -41);
    CHECK_LOG("a:ECANCELED@1 c:ECANCELED@1");
    CHECK_INT(lull_last_error()->code, -41);
    CHECK_TEXT(lull_last_error()->message, "b");
    CHECK(!lull_error_part(lull_last_error(), 0));
    CHECK_INT(lull_native.failures, 0);
    CHECK_STATUS(lull_pause(1), LULL_OK);
}

TASK_TEST(the_failure_of_an_only_child_is_the_result)
{
    lull_group group = open_group();
    lull_spawn(test_fails, NULL, .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_EFAILED);
    CHECK_TEXT(lull_last_error()->message, "broken");
    CHECK_INT(lull_native.failures, 0);
}

TASK_TEST(of_several_failures_all_are_parts_and_the_first_is_the_cause)
{
    lull_group group = open_group();
    lull_spawn(fails_later, &three, .name = "c", .group = group);
    lull_spawn(fails_later, &one, .name = "a", .group = group);
    lull_spawn(fails_later, &two, .name = "b", .group = group);
    CHECK_STATUS(lull_group_wait(group), -41);
    const lull_error *error = lull_last_error();
    CHECK_INT(error->code, -41);
    CHECK_TEXT(error->message, "a; b; c");
    CHECK_INT(lull_error_part(error, 0)->code, -41);
    CHECK_TEXT(lull_error_part(error, 0)->message, "a");
    CHECK_INT(lull_error_part(error, 1)->code, -42);
    CHECK_TEXT(lull_error_part(error, 1)->message, "b");
    CHECK_INT(lull_error_part(error, 2)->code, -43);
    CHECK(!lull_error_part(error, 3));
    const lull__error *whole = (const lull__error *)(const void *)error;
    CHECK(&whole->cause->public == lull_error_part(error, 0));
    CHECK_INT(lull_native.failures, 0);
}

static lull_value fails_without_a_message(void *unused)
{
    (void)unused;
    lull_fail(LULL_ECLOSED, NULL);
}

TASK_TEST(a_failure_without_a_message_is_a_part_too)
{
    lull_group group = open_group();
    lull_spawn(fails_without_a_message, NULL, .group = group);
    lull_spawn(fails_when_cancelled, NULL, .name = "b", .group = group);
    lull_pause(0);
    CHECK_STATUS(lull_group_wait(group), LULL_ECLOSED);
    CHECK_TEXT(lull_last_error()->message, "closed; b");
    CHECK_STATUS(lull_error_part(lull_last_error(), 0)->code, LULL_ECLOSED);
}

TASK_TEST(a_failure_cancels_the_openers_waits_until_the_group_is_over)
{
    lull_group group = open_group();
    lull_spawn(fails_later, &one, .name = "a", .group = group);
    lull_spawn(sleeps_behind_a_shield, &three, .name = "b", .group = group);
    CHECK_STATUS(lull_pause(5), LULL_ECANCELED);
    CHECK_TIME(1);
    CHECK_STATUS(lull_pause(0), LULL_ECANCELED);
    CHECK_STATUS(lull_with_timeout(1, NULL, NULL), LULL_ECANCELED);
    CHECK_STATUS(lull_group_wait(group), -41);
    CHECK_TIME(3);
    CHECK_STATUS(lull_pause(0), LULL_OK);
}

TASK_TEST(a_failure_does_not_reach_a_shield_in_the_group)
{
    lull_group group = open_group();
    lull_scope shield;
    lull_spawn(fails_later, &one, .name = "a", .group = group);
    lull_spawn(sleeps, &ten, .name = "b", .group = group);
    test_enter_shielded(&shield, LULL_FOREVER);
    CHECK_STATUS(lull_pause(5), LULL_OK);
    test_leave(&shield);
    CHECK_LOG("b:ECANCELED@1");
    CHECK_STATUS(lull_pause(5), LULL_ECANCELED);
    CHECK_STATUS(lull_group_wait(group), -41);
}

TASK_TEST(the_failure_in_an_inner_group_does_not_reach_the_outer)
{
    lull_group outer = open_group();
    lull_spawn(sleeps, &three, .name = "outer", .group = outer);
    lull_group inner = open_group();
    lull_spawn(fails_later, &one, .name = "inner", .group = inner);
    CHECK_STATUS(lull_group_wait(inner), -41);
    CHECK_STATUS(lull_pause(1), LULL_OK);
    CHECK_STATUS(lull_group_wait(outer), LULL_OK);
    CHECK_LOG("outer:OK@3");
}

TASK_TEST(the_failure_in_an_outer_group_cancels_the_children_of_the_inner)
{
    lull_group outer = open_group();
    lull_group inner = open_group();
    lull_spawn(fails_later, &one, .name = "outer", .group = outer);
    lull_spawn(sleeps, &ten, .name = "inner", .group = inner);
    CHECK_STATUS(lull_group_wait(inner), LULL_ECANCELED);
    CHECK_LOG("inner:ECANCELED@1");
    CHECK_STATUS(lull_group_wait(outer), -41);
    CHECK_INT(lull_native.failures, 0);
}

TASK_TEST(a_child_cancelled_by_itself_is_no_failure)
{
    lull_group group = open_group();
    lull_task child = lull_spawn(sleeps, &ten, .name = "a", .group = group);
    lull_spawn(sleeps, &two, .name = "b", .group = group);
    lull_spawn(cancels_task, &child, .delay = 1);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_LOG("a:ECANCELED@1 b:OK@2");
}

static lull_value says_it_is_cancelled(void *unused)
{
    (void)unused;
    lull_fail(LULL_ECANCELED, "not really");
}

TASK_TEST(a_child_that_ends_with_a_cancellation_not_its_own_has_failed)
{
    lull_group group = open_group();
    lull_spawn(says_it_is_cancelled, NULL, .group = group);
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    CHECK_TEXT(lull_last_error()->message, "not really");
    CHECK_LOG("a:ECANCELED@0");
}

TASK_TEST(a_child_that_was_killed_has_failed)
{
    lull_group group = open_group();
    lull_task child = lull_spawn(sleeps, &ten, .name = "a", .group = group);
    lull_spawn(sleeps, &ten, .name = "b", .group = group);
    lull_spawn(kills_task, &child, .delay = 1);
    CHECK_STATUS(lull_group_wait(group), LULL_EKILLED);
    CHECK_LOG("b:ECANCELED@1");
    CHECK_STATUS(lull_last_error()->code, LULL_EKILLED);
}

TASK_TEST(a_child_killed_after_the_cancellation_is_cut_short_like_others)
{
    lull_group group = open_group();
    lull_task child = lull_spawn(sleeps_behind_a_shield, &ten, .name = "a", .group = group);
    lull_spawn(cancels_group, &group, .delay = 1);
    lull_spawn(kills_task, &child, .delay = 2);
    CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    CHECK_TIME(2);
    CHECK_LOG("");
}

TASK_TEST(a_child_whose_time_is_out_has_failed)
{
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group, .timeout = 1);
    lull_spawn(sleeps, &ten, .name = "b", .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_ETIMEDOUT);
    CHECK_LOG("a:ETIMEDOUT@1 b:ECANCELED@1");
}

TASK_TEST(a_failure_is_told_to_those_who_join_as_well)
{
    lull_group group = open_group();
    lull_task child = lull_spawn(test_fails, NULL, .group = group, .delay = 1);
    lull_spawn(test_joins, &child, .name = "j");
    CHECK_STATUS(lull_group_wait(group), LULL_EFAILED);
    lull_pause(0);
    CHECK_LOG("j:LULL_EFAILED");
    CHECK_INT(lull_native.failures, 0);
}

static lull_value fails_with_two(void *unused)
{
    (void)unused;
    lull_group group = open_group();
    lull_spawn(fails_later, &one, .name = "a", .group = group);
    lull_spawn(fails_later, &two, .name = "b", .group = group);
    lull_check(lull_group_wait(group));
    return 0;
}

TASK_TEST(what_failed_in_a_childs_group_is_one_part_of_the_openers)
{
    lull_group group = open_group();
    lull_spawn(fails_with_two, NULL, .group = group);
    lull_spawn(fails_later, &three, .name = "c", .group = group);
    CHECK_STATUS(lull_group_wait(group), -41);
    const lull_error *error = lull_last_error();
    CHECK_TEXT(error->message, "a; b; c");
    CHECK_TEXT(lull_error_part(error, 0)->message, "a; b");
    CHECK_TEXT(lull_error_part(lull_error_part(error, 0), 1)->message, "b");
    CHECK_TEXT(lull_error_part(error, 1)->message, "c");
    CHECK(!lull_error_part(error, 2));
}

/* ---- Cancel -------------------------------------------------------------------------------------------------- */

TASK_TEST(another_task_can_cancel_a_group)
{
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    lull_spawn(sleeps, &ten, .name = "b", .group = group);
    lull_spawn(cancels_group, &group, .delay = 1);
    CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    CHECK_LOG("a:ECANCELED@1 b:ECANCELED@1");
    CHECK_STATUS(lull_last_error()->code, LULL_ECANCELED);
    CHECK_STATUS(lull_pause(1), LULL_OK);
}

TASK_TEST(a_child_can_cancel_its_group)
{
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    lull_spawn(cancels_group, &group, .group = group, .delay = 1);
    CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    CHECK_LOG("a:ECANCELED@1");
}

TASK_TEST(the_opener_can_cancel_its_group)
{
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    CHECK_STATUS(lull_pause(1), LULL_OK);
    CHECK_STATUS(lull_group_cancel(group), LULL_OK);
    CHECK_STATUS(lull_group_cancel(group), LULL_OK);
    CHECK_STATUS(lull_pause(0), LULL_ECANCELED);
    CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    CHECK_LOG("a:ECANCELED@1");
    CHECK_STATUS(lull_pause(0), LULL_OK);
}

TASK_TEST(a_cancelled_group_none_of_whose_children_was_cut_short_is_complete)
{
    lull_group group = open_group();
    lull_spawn(sleeps_at_most, &ten, .name = "a", .group = group);
    lull_spawn(cancels_group, &group, .delay = 1);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_LOG("a:ECANCELED@1");
}

TASK_TEST(a_child_that_has_not_run_yet_runs_when_its_group_is_cancelled)
{
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group, .delay = 100);
    lull_spawn(sleeps, &ten, .name = "b", .group = group);
    CHECK_STATUS(lull_group_cancel(group), LULL_OK);
    CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    CHECK_LOG("b:ECANCELED@0 a:ECANCELED@0");
}

TASK_TEST(what_is_spawned_into_a_cancelled_group_starts_cancelled)
{
    lull_group group = open_group();
    CHECK_STATUS(lull_group_cancel(group), LULL_OK);
    CHECK(lull_spawn(sleeps, &ten, .name = "a", .group = group) > 0);
    CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    CHECK_LOG("a:ECANCELED@0");
}

TASK_TEST(what_is_spawned_with_a_delay_into_a_cancelled_group_starts_at_once)
{
    lull_group group = open_group();
    CHECK_STATUS(lull_group_cancel(group), LULL_OK);
    CHECK(lull_spawn(sleeps, &ten, .name = "a", .group = group, .delay = 100) > 0);
    CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    CHECK_LOG("a:ECANCELED@0");
}

TASK_TEST(a_failure_after_the_cancellation_is_the_result)
{
    lull_group group = open_group();
    lull_spawn(fails_when_cancelled, NULL, .name = "a", .group = group);
    lull_spawn(fails_when_cancelled, NULL, .name = "b", .group = group);
    lull_spawn(cancels_group, &group, .delay = 1);
    CHECK_STATUS(lull_group_wait(group), -50);
    CHECK_TEXT(lull_last_error()->message, "a; b");
}

static lull_value ignores_its_cancellation(void *unused)
{
    (void)unused;
    for (int i = 0; i < 2 * LULL_MAX_IGNORED_CANCELS; i++) lull_pause(1);
    return 0;
}

TASK_TEST(a_child_that_ignores_its_cancellation_is_killed)
{
    lull_group group = open_group();
    lull_spawn(ignores_its_cancellation, NULL, .group = group);
    lull_spawn(cancels_group, &group, .delay = 5);
    CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    CHECK_TIME(5);
}

/* ---- The end of what lies around ----------------------------------------------------------------------------- */

static lull_value opens_a_group_and_waits(void *unused)
{
    (void)unused;
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "child", .group = group);
    int status = lull_group_wait(group);
    say(status);
    lull_check(status);
    return 0;
}

TASK_TEST(the_cancellation_of_the_opener_passes_to_the_children)
{
    lull_task opener = lull_spawn(opens_a_group_and_waits, NULL, .name = "opener");
    lull_pause(1);
    CHECK_STATUS(lull_cancel(opener), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_ECANCELED);
    CHECK_LOG("child:ECANCELED@1 opener:ECANCELED@1");
}

static lull_value spawns_after_its_cancellation(void *unused)
{
    (void)unused;
    lull_group group = open_group();
    CHECK_STATUS(lull_pause(10), LULL_ECANCELED);
    lull_spawn(sleeps, &ten, .name = "in", .group = group);
    int status = lull_group_wait(group);
    say(status);
    group = open_group();
    lull_spawn(sleeps, &ten, .name = "later", .group = group);
    status = lull_group_wait(group);
    say(status);
    lull_check(status);
    return 0;
}

TASK_TEST(children_spawned_after_the_cancellation_of_the_opener_start_cancelled)
{
    lull_task opener = lull_spawn(spawns_after_its_cancellation, NULL, .name = "opener");
    lull_pause(1);
    CHECK_STATUS(lull_cancel(opener), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_ECANCELED);
    CHECK_LOG("in:ECANCELED@1 opener:ECANCELED@1 later:ECANCELED@1 opener:ECANCELED@1");
}

static lull_value opens_groups_in_groups(void *unused)
{
    (void)unused;
    lull_group outer = open_group();
    lull_group inner = open_group();
    lull_spawn(sleeps, &ten, .name = "o", .group = outer);
    lull_spawn(opens_a_group_and_waits, NULL, .name = "i", .group = inner);
    int status = lull_group_wait(inner);
    CHECK_STATUS(status, LULL_ECANCELED);
    status = lull_group_wait(outer);
    lull_check(status);
    return 0;
}

TASK_TEST(the_cancellation_of_the_opener_passes_to_all_groups_within)
{
    lull_task opener = lull_spawn(opens_groups_in_groups, NULL, .name = "opener");
    lull_pause(1);
    CHECK_STATUS(lull_cancel(opener), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_ECANCELED);
    CHECK_LOG("o:ECANCELED@1 child:ECANCELED@1 i:ECANCELED@1");
}

static unsigned depth;
static unsigned came_up;

static lull_value nests(void *unused)
{
    (void)unused;
    if (!depth--) {
        int status = lull_pause(LULL_FOREVER);
        came_up++;
        lull_fail(status, NULL);
    }
    lull_group group = open_group();
    CHECK(lull_spawn(nests, NULL, .group = group) > 0);
    int status = lull_group_wait(group);
    came_up++;
    lull_check(status);
    return 0;
}

TASK_TEST(a_cancellation_passes_through_1000_groups)
{
    depth = 1000;
    came_up = 0;
    lull_task outermost = lull_spawn(nests, NULL);
    lull_pause(1);
    CHECK_STATUS(lull_cancel(outermost), LULL_OK);
    CHECK_STATUS(lull_join(outermost, NULL), LULL_ECANCELED);
    CHECK_INT(came_up, 1001);
    CHECK_TIME(1);
}

TASK_TEST(a_kill_passes_through_1000_groups)
{
    depth = 1000;
    came_up = 0;
    lull_task outermost = lull_spawn(nests, NULL);
    lull_pause(1);
    CHECK_STATUS(lull_kill(outermost), LULL_OK);
    lull_pause(1);
    CHECK_INT(came_up, 0);
    CHECK_INT((int64_t)lull__rt.live, 1);
}

static lull_value nests_and_fails(void *unused)
{
    (void)unused;
    if (!depth--) lull_fail(-60, "deep");
    lull_group group = open_group();
    lull_spawn(fails_when_cancelled, NULL, .name = ".", .group = group);
    lull_spawn(nests_and_fails, NULL, .group = group);
    int status = lull_group_wait(group);
    came_up++;
    lull_check(status);
    return 0;
}

TASK_TEST(failures_of_300_groups_in_groups_are_parts_of_parts)
{
    depth = 300;
    came_up = 0;
    lull_task outermost = lull_spawn(nests_and_fails, NULL);
    CHECK_STATUS(lull_join(outermost, NULL), -60);
    CHECK_INT(came_up, 300);
    const lull_error *error = lull_last_error();
    for (int level = 0; level < 300; level++) error = lull_error_part(error, 0);
    CHECK_TEXT(error->message, "deep");
}

TASK_TEST(the_timeout_of_a_scope_around_a_group_cancels_the_children)
{
    lull_scope scope;
    test_enter(&scope, 1);
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    int status = lull_group_wait(group);
    CHECK_STATUS(status, LULL_ETIMEDOUT);
    CHECK_STATUS(lull_last_error()->code, LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&scope, status), LULL_ETIMEDOUT);
    CHECK_LOG("a:ECANCELED@1");
    CHECK_STATUS(lull_pause(1), LULL_OK);
}

TASK_TEST(the_timeout_further_out_is_canceled_at_the_group_and_timed_out_at_its_exit)
{
    lull_scope outer;
    lull_scope inner;
    test_enter(&outer, 1);
    test_enter(&inner, 5);
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    int status = lull_group_wait(group);
    CHECK_STATUS(status, LULL_ECANCELED);
    status = lull_scope_exit(&inner, status);
    CHECK_STATUS(status, LULL_ECANCELED);
    CHECK_STATUS(lull_scope_exit(&outer, status), LULL_ETIMEDOUT);
}

TASK_TEST(a_timeout_cancels_the_children_of_an_opener_that_waits_for_something_else)
{
    lull_scope scope;
    test_enter(&scope, 1);
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    CHECK_STATUS(lull_pause(5), LULL_ECANCELED);
    CHECK_STATUS(lull_group_wait(group), LULL_ETIMEDOUT);
    CHECK_LOG("a:ECANCELED@1");
    test_leave(&scope);
}

TASK_TEST(a_timeout_cancels_the_children_of_an_opener_that_does_not_wait)
{
    lull_scope scope;
    test_enter(&scope, 1);
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    lull_pause(0);
    lull_native.now += 2;
    lull_pause(0); /* ready when the deadline comes */
    CHECK_STATUS(lull_group_wait(group), LULL_ETIMEDOUT);
    CHECK_LOG("a:ECANCELED@2");
    test_leave(&scope);
}

TASK_TEST(a_timeout_cancels_the_children_of_an_opener_that_is_in_a_shield)
{
    lull_scope scope;
    lull_scope shield;
    test_enter(&scope, 1);
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    test_enter_shielded(&shield, LULL_FOREVER);
    CHECK_STATUS(lull_pause(5), LULL_OK);
    CHECK_LOG("a:ECANCELED@1");
    test_leave(&shield);
    CHECK_STATUS(lull_group_wait(group), LULL_ETIMEDOUT);
    test_leave(&scope);
}

TASK_TEST(a_timeout_while_the_opener_is_in_a_shield_is_one_at_the_exit_of_its_scope)
{
    lull_scope outer;
    lull_scope inner;
    lull_scope shield;
    test_enter(&outer, 1);
    test_enter(&inner, 20);
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    test_enter_shielded(&shield, LULL_FOREVER);
    CHECK_STATUS(lull_pause(5), LULL_OK);
    test_leave(&shield);
    int status = lull_scope_exit(&inner, lull_group_wait(group));
    CHECK_STATUS(status, LULL_ECANCELED);
    CHECK_STATUS(lull_scope_exit(&outer, status), LULL_ETIMEDOUT);
}

static lull_value opens_a_group_and_hides(void *unused)
{
    (void)unused;
    lull_scope shield;
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "child", .group = group);
    test_enter_shielded(&shield, LULL_FOREVER);
    say(lull_pause(5));
    test_leave(&shield);
    lull_check(lull_group_wait(group));
    return 0;
}

TASK_TEST(the_cancellation_of_an_opener_that_is_in_a_shield_passes_to_the_children)
{
    lull_task opener = lull_spawn(opens_a_group_and_hides, NULL, .name = "opener");
    lull_pause(1);
    CHECK_STATUS(lull_cancel(opener), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_ECANCELED);
    CHECK_LOG("child:ECANCELED@1 opener:OK@5");
}

static lull_value opens_a_group_behind_a_shield(void *unused)
{
    (void)unused;
    lull_scope outer;
    lull_scope shield;
    test_enter(&outer, 1);
    test_enter_shielded(&shield, LULL_FOREVER);
    lull_group group = open_group();
    lull_spawn(sleeps, &three, .name = "child", .group = group);
    say(lull_group_wait(group));
    test_leave(&shield);
    test_leave(&outer);
    return 0;
}

TASK_TEST(a_shield_around_a_group_keeps_cancellation_and_timeouts_off)
{
    lull_task opener = lull_spawn(opens_a_group_behind_a_shield, NULL, .name = "opener");
    lull_pause(2);
    CHECK_STATUS(lull_cancel(opener), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_OK);
    CHECK_LOG("child:OK@3 opener:OK@3");
}

TASK_TEST(the_timeout_of_a_shield_around_a_group_reaches_in)
{
    lull_scope shield;
    test_enter_shielded(&shield, 1);
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_ETIMEDOUT);
    CHECK_LOG("a:ECANCELED@1");
    test_leave(&shield);
}

static lull_value cancels_scope(void *scope)
{
    CHECK_STATUS(lull_scope_cancel((lull_scope *)scope), LULL_OK);
    return 0;
}

TASK_TEST(cancelling_a_scope_around_a_group_cancels_the_children)
{
    lull_scope scope;
    test_enter(&scope, LULL_FOREVER);
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    lull_spawn(cancels_scope, &scope, .delay = 1);
    CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    CHECK_LOG("a:ECANCELED@1");
    test_leave(&scope);
    CHECK_STATUS(lull_pause(0), LULL_OK);
}

TASK_TEST(cancelling_a_scope_in_a_group_leaves_the_children_alone)
{
    lull_group group = open_group();
    lull_scope scope;
    lull_spawn(sleeps, &two, .name = "a", .group = group);
    test_enter(&scope, LULL_FOREVER);
    lull_spawn(cancels_scope, &scope, .delay = 1);
    CHECK_STATUS(lull_pause(5), LULL_ECANCELED);
    test_leave(&scope);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_LOG("a:OK@2");
}

TASK_TEST(a_timeout_in_a_group_leaves_the_children_alone)
{
    lull_group group = open_group();
    lull_spawn(sleeps, &two, .name = "a", .group = group);
    CHECK_STATUS(lull_with_timeout(1, NULL, NULL), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_LOG("a:OK@2");
}

TASK_TEST(a_wait_that_is_cut_short_waits_on_for_children_that_take_their_time)
{
    lull_scope scope;
    test_enter(&scope, 1);
    lull_group group = open_group();
    lull_spawn(sleeps_behind_a_shield, &three, .name = "a", .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_ETIMEDOUT);
    CHECK_TIME(3);
    CHECK_LOG("a:OK@3");
    test_leave(&scope);
}

TASK_TEST(a_group_opened_in_an_expired_scope_is_cancelled)
{
    lull_scope scope;
    test_enter(&scope, 1);
    CHECK_STATUS(lull_pause(5), LULL_ETIMEDOUT);
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_ETIMEDOUT);
    CHECK_LOG("a:ECANCELED@1");
    test_leave(&scope);
}

TASK_TEST(a_group_whose_deadline_is_not_reached_leaves_no_timer)
{
    lull_scope scope;
    test_enter(&scope, 5);
    lull_group group = open_group();
    lull_spawn(sleeps, &one, .name = "a", .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    test_leave(&scope);
    CHECK(lull__timers_next() == LULL_FOREVER);
}

TASK_TEST(a_failure_beats_the_timeout)
{
    lull_scope scope;
    test_enter(&scope, 2);
    lull_group group = open_group();
    lull_spawn(fails_when_cancelled, NULL, .name = "a", .group = group);
    int status = lull_group_wait(group);
    CHECK_STATUS(status, -50);
    CHECK_STATUS(lull_scope_exit(&scope, status), -50);
}

/* ---- As a yieldable ------------------------------------------------------------------------------------------ */

TASK_TEST(a_limit_on_the_yieldable_of_a_group_leaves_the_group_open)
{
    lull_group group = open_group();
    lull_spawn(sleeps, &two, .name = "a", .group = group);
    CHECK_STATUS(lull_with_timeout(1, lull_group_yieldable(group), NULL), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_with_timeout(5, lull_group_yieldable(group), NULL), LULL_OK);
    CHECK_TIME(2);
    lull_spawn(sleeps, &one, .name = "b", .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_LOG("a:OK@2 b:OK@3");
}

TASK_TEST(the_yieldable_of_a_group_without_children_does_not_suspend)
{
    lull_group group = open_group();
    CHECK_STATUS(lull_with_timeout(0, lull_group_yieldable(group), NULL), LULL_OK);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
}

static lull_value waits_for_yieldable_of_group(void *group)
{
    say(lull_yield_to(lull_group_yieldable(*(const lull_group *)group), NULL));
    return 0;
}

TASK_TEST(another_task_can_wait_for_the_yieldable_of_a_group)
{
    lull_group group = open_group();
    lull_spawn(waits_for_yieldable_of_group, &group, .name = "w");
    lull_spawn(sleeps, &two, .name = "a", .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:OK@2 w:OK@2");
}

/* ---- Thrown into --------------------------------------------------------------------------------------------- */

static lull_value throws_into(void *task)
{
    CHECK_STATUS(lull_throw(*(const lull_task *)task, -70, "thrown"), LULL_OK);
    return 0;
}

TASK_TEST(what_is_thrown_into_the_wait_counts_as_a_failure)
{
    lull_group group = open_group();
    lull_task self = lull_current();
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    lull_spawn(throws_into, &self, .delay = 1);
    CHECK_STATUS(lull_group_wait(group), -70);
    CHECK_TEXT(lull_last_error()->message, "thrown");
    CHECK_LOG("a:ECANCELED@1");
}

TASK_TEST(what_is_thrown_into_the_wait_after_the_cancellation_is_not_lost)
{
    lull_group group = open_group();
    lull_task self = lull_current();
    lull_spawn(sleeps_behind_a_shield, &three, .name = "a", .group = group);
    lull_spawn(cancels_group, &group, .delay = 1);
    lull_spawn(throws_into, &self, .delay = 2);
    CHECK_STATUS(lull_group_wait(group), -70);
    CHECK_TEXT(lull_last_error()->message, "thrown");
    CHECK_TIME(3);
}

TASK_TEST(what_is_thrown_into_the_wait_just_before_a_failure_is_not_lost)
{
    lull_group group = open_group();
    lull_task self = lull_current();
    lull_spawn(sleeps_behind_a_shield, &three, .name = "a", .group = group);
    lull_spawn(throws_into, &self, .delay = 1);
    lull_spawn(cancels_group, &group, .delay = 1);
    CHECK_STATUS(lull_group_wait(group), -70);
    CHECK_TEXT(lull_last_error()->message, "thrown");
    CHECK_TIME(3);
}

/* ---- Not waited for ------------------------------------------------------------------------------------------ */

static void says_end(void *word)
{
    test_log("%s@%g", (const char *)word, lull_native.now);
}

/* How a task of the next tests ends, with a group open. */
static int ending;
enum { RETURNS, RETURNS_EARLY, FAILS, FAILS_AFTER_CHECK };

static lull_value leaves_a_group_open(void *child)
{
    lull_check(lull_defer(says_end, "defer"));
    lull_group group = open_group();
    lull_spawn(*(const lull_function *)child, &three, .name = "child", .group = group);
    int status = lull_pause(2);
    if (ending == RETURNS_EARLY) lull_return(5);
    if (ending == FAILS) lull_fail(-80, "body");
    if (ending == FAILS_AFTER_CHECK) lull_check(status);
    return 5;
}

static int end_of_one_that_leaves_open(int how, lull_function child)
{
    ending = how;
    return lull_join(lull_spawn(leaves_a_group_open, &child, .name = "opener"), NULL);
}

TASK_TEST(a_task_that_returns_with_a_group_open_fails)
{
    CHECK_STATUS(end_of_one_that_leaves_open(RETURNS, sleeps), LULL_EBUSY);
    CHECK(strstr(lull_last_error()->message, "group open") != NULL);
    CHECK_LOG("child:ECANCELED@2 defer@2");
    CHECK_INT(lull_native.failures, 0);
}

TASK_TEST(a_task_that_ends_from_within_with_a_group_open_fails)
{
    CHECK_STATUS(end_of_one_that_leaves_open(RETURNS_EARLY, sleeps), LULL_EBUSY);
    CHECK_LOG("child:ECANCELED@2 defer@2");
}

TASK_TEST(a_task_that_fails_with_a_group_open_has_its_own_failure)
{
    CHECK_STATUS(end_of_one_that_leaves_open(FAILS, sleeps), -80);
    CHECK_TEXT(lull_last_error()->message, "body");
    CHECK_LOG("child:ECANCELED@2 defer@2");
    CHECK_INT(lull_native.failures, 0);
}

TASK_TEST(children_that_take_their_time_are_waited_for_before_the_defers)
{
    CHECK_STATUS(end_of_one_that_leaves_open(FAILS, sleeps_behind_a_shield), -80);
    CHECK_LOG("child:OK@3 defer@3");
}

static lull_value sleeps_long_behind_a_shield(void *unused)
{
    (void)unused;
    return sleeps_behind_a_shield(&(double){100});
}

TASK_TEST(children_that_take_too_long_are_killed_before_the_defers)
{
    CHECK_STATUS(end_of_one_that_leaves_open(FAILS, sleeps_long_behind_a_shield), -80);
    CHECK_LOG("defer@7");
    CHECK_TIME(7);
}

TASK_TEST(a_failure_that_cut_its_opener_short_is_what_the_opener_fails_with)
{
    lull_function child = test_fails;
    ending = FAILS_AFTER_CHECK;
    CHECK_STATUS(lull_join(lull_spawn(leaves_a_group_open, &child), NULL), LULL_EFAILED);
    CHECK_TEXT(lull_last_error()->message, "broken");
    CHECK_INT(lull_native.failures, 0);
    CHECK_LOG("defer@0");
}

static const char *part(size_t index)
{
    const lull_error *error = lull_error_part(lull_last_error(), index);
    return error ? error->message : "none";
}

TASK_TEST(an_opener_that_fails_with_a_child_has_one_error_for_both)
{
    CHECK_STATUS(end_of_one_that_leaves_open(FAILS, test_fails), -80);
    CHECK_TEXT(lull_last_error()->message, "body; broken");
    CHECK_TEXT(part(0), "body");
    CHECK_TEXT(part(1), "broken");
    CHECK_STATUS(end_of_one_that_leaves_open(RETURNS, test_fails), LULL_EBUSY);
    CHECK(strstr(part(0), "group open") != NULL);
    CHECK_TEXT(part(1), "broken");
    CHECK_INT(lull_native.failures, 0);
}

TASK_TEST(a_childs_failure_after_the_opener_has_failed_is_a_part_of_that)
{
    CHECK_STATUS(end_of_one_that_leaves_open(FAILS, fails_when_cancelled), -80);
    CHECK_TEXT(part(0), "body");
    CHECK_STATUS(lull_error_part(lull_last_error(), 1)->code, -50);
    CHECK_INT(lull_native.failures, 0);
}

static lull_value is_cancelled_with_a_failing_child(void *unused)
{
    (void)unused;
    lull_group group = open_group();
    lull_spawn(fails_when_cancelled, NULL, .group = group);
    return lull_check(lull_pause(10));
}

TASK_TEST(a_childs_failure_that_a_cancelled_opener_does_not_end_with_is_reported)
{
    lull_task opener = lull_spawn(is_cancelled_with_a_failing_child, NULL);
    lull_pause(0);
    lull_pause(0);
    lull_cancel(opener);
    CHECK_STATUS(lull_join(opener, NULL), LULL_ECANCELED);
    CHECK_INT(lull_native.failures, 1);
    CHECK_STATUS(lull_native.failure[0].status, -50);
}

static lull_value leaves_failing_groups_open(void *unused)
{
    (void)unused;
    lull_group outer = open_group();
    lull_group inner = open_group();
    lull_spawn(fails_when_cancelled, NULL, .name = "outer", .group = outer);
    lull_spawn(fails_later, &one, .name = "inner", .group = inner);
    lull_check(lull_pause(10));
    return 0;
}

TASK_TEST(the_failures_in_two_groups_left_open_are_parts_of_one_error)
{
    CHECK_STATUS(lull_join(lull_spawn(leaves_failing_groups_open, NULL), NULL), -41);
    CHECK_TEXT(part(0), "inner");
    CHECK_TEXT(part(1), "outer");
    CHECK_INT(lull_native.failures, 0);
}

static lull_value leaves_two_groups_open(void *unused)
{
    (void)unused;
    lull_group outer = open_group();
    lull_group inner = open_group();
    lull_spawn(sleeps, &ten, .name = "outer", .group = outer);
    lull_spawn(sleeps_behind_a_shield, &three, .name = "inner", .group = inner);
    lull_pause(1);
    lull_fail(-80, "body");
}

TASK_TEST(all_groups_left_open_are_cancelled_when_their_opener_ends)
{
    CHECK_STATUS(lull_join(lull_spawn(leaves_two_groups_open, NULL), NULL), -80);
    CHECK_LOG("outer:ECANCELED@1 inner:OK@3");
}

static lull_value opens_and_sleeps(void *unused)
{
    (void)unused;
    lull_check(lull_defer(says_end, "defer"));
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "child", .group = group);
    lull_pause(10);
    return 0;
}

TASK_TEST(the_children_of_a_task_that_is_killed_are_killed)
{
    lull_task opener = lull_spawn(opens_and_sleeps, NULL);
    lull_pause(1);
    size_t live = lull__rt.live;
    CHECK_INT((int64_t)live, 3);
    CHECK_STATUS(lull_kill(opener), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_EKILLED);
    CHECK_LOG("defer@1");
    CHECK_INT((int64_t)lull__rt.live, 1);
    CHECK_INT(lull_native.failures, 0);
}

TASK_TEST(the_children_of_a_task_that_is_killed_while_it_waits_for_them_are_killed)
{
    lull_task opener = lull_spawn(opens_a_group_and_waits, NULL, .name = "opener");
    lull_pause(1);
    CHECK_STATUS(lull_kill(opener), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_EKILLED);
    CHECK_LOG("");
    CHECK_INT((int64_t)lull__rt.live, 1);
}

static lull_value says_name_twice(void *unused)
{
    test_says_name(unused);
    lull_pause(0);
    return test_says_name(unused);
}

/* Wait for a child that is killed, because this may not wait, but ends when its turn comes. */
static void waits_for_a_killed_child(void *unused)
{
    (void)unused;
    lull_group group = open_group();
    lull_spawn(says_name_twice, NULL, .name = "other");
    lull_spawn(test_says_name, NULL, .name = "child", .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_ETIMEDOUT);
    test_log("defer");
}

static lull_value defers_a_wait_for_a_child(void *unused)
{
    (void)unused;
    lull_check(lull_defer(waits_for_a_killed_child, NULL));
    return lull_pause(10);
}

TEST(who_waits_for_children_that_are_killed_is_ready_when_they_have_ended)
{
    lull_task opener = lull_spawn(defers_a_wait_for_a_child, NULL);
    lull_native_advance(1); /* the loop has not looked at the clock since */
    CHECK_STATUS(lull_kill(opener), LULL_OK);
    lull_native_run();
    CHECK_LOG("other other defer");
    test_close();
}

static lull_value kills_itself(void *unused)
{
    (void)unused;
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "child", .group = group);
    lull_pause(1);
    lull_kill(lull_current());
    return 0;
}

TASK_TEST(the_children_of_a_task_that_kills_itself_are_killed)
{
    CHECK_STATUS(lull_join(lull_spawn(kills_itself, NULL), NULL), LULL_EKILLED);
    CHECK_LOG("");
    CHECK_INT((int64_t)lull__rt.live, 1);
}

TASK_TEST(the_children_of_a_task_that_traps_are_cancelled)
{
    lull_task opener = lull_spawn(opens_and_sleeps, NULL);
    lull_pause(1);
    lull__task_end(lull__task_get(opener), LULL_ETRAP, NULL); /* as the loop does after a trap */
    CHECK_STATUS(lull_join(opener, NULL), LULL_ETRAP);
    CHECK_LOG("child:ECANCELED@1 defer@1");
}

TASK_TEST(a_task_that_is_killed_while_it_winds_up_waits_no_longer)
{
    lull_function child = sleeps_long_behind_a_shield;
    ending = FAILS;
    lull_task opener = lull_spawn(leaves_a_group_open, &child);
    lull_pause(3);
    CHECK_STATUS(lull_kill(opener), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), -80);
    CHECK_LOG("defer@3");
    CHECK_INT((int64_t)lull__rt.live, 1);
}

TASK_TEST(what_is_thrown_into_a_task_that_winds_up_does_not_cut_that_short)
{
    lull_function child = sleeps_behind_a_shield;
    ending = FAILS;
    lull_task opener = lull_spawn(leaves_a_group_open, &child);
    lull_pause(2.5);
    CHECK_STATUS(lull_throw(opener, -70, "thrown"), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), -80);
    CHECK_LOG("child:OK@3 defer@3");
    CHECK_TEXT(part(0), "body");
    CHECK_TEXT(part(1), "thrown");
    CHECK_INT(lull_native.failures, 0);
}

TASK_TEST(a_task_cancelled_with_a_group_open_ends_cancelled)
{
    lull_function child = sleeps;
    ending = FAILS_AFTER_CHECK;
    lull_task opener = lull_spawn(leaves_a_group_open, &child);
    lull_pause(1);
    CHECK_STATUS(lull_cancel(opener), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_ECANCELED);
    CHECK_LOG("child:ECANCELED@1 defer@1");
}

static void opens_in_cleanup(void *unused)
{
    (void)unused;
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "child", .group = group);
    say(lull_group_wait(group));
}

static lull_value defers_a_group(void *unused)
{
    (void)unused;
    lull_check(lull_defer(opens_in_cleanup, NULL));
    return 3;
}

TASK_TEST(a_defer_can_open_a_group_within_the_time_that_it_has)
{
    lull_value value = 0;
    CHECK_STATUS(lull_join(lull_spawn(defers_a_group, NULL, .name = "a"), &value), LULL_OK);
    CHECK_INT(value, 3);
    CHECK_LOG("a:ETIMEDOUT@5");
}

static void leaves_open_in_cleanup(void *unused)
{
    (void)unused;
    lull_spawn(sleeps, &ten, .name = "child", .group = open_group());
    lull_pause(1);
}

static lull_value defers_a_group_that_it_leaves_open(void *unused)
{
    (void)unused;
    lull_check(lull_defer(leaves_open_in_cleanup, NULL));
    return 3;
}

TASK_TEST(a_group_that_a_defer_leaves_open_is_cancelled_too)
{
    lull_value value = 0;
    CHECK_STATUS(lull_join(lull_spawn(defers_a_group_that_it_leaves_open, NULL), &value), LULL_OK);
    CHECK_INT(value, 3);
    CHECK_LOG("child:ECANCELED@1");
    CHECK_INT((int64_t)lull__rt.live, 1);
}

TEST(an_instance_that_closes_drops_open_groups)
{
    lull_task opener = lull_spawn(opens_and_sleeps, NULL);
    lull_native_advance(1);
    lull__task_discard(lull__task_get(opener));
    lull_native_run();
    CHECK_LOG("child:OK@10");
}

/* ---- Yieldables that meddle ---------------------------------------------------------------------------------- */

typedef struct meddler {
    lull_yieldable yieldable;
    void (*meddle)(struct meddler *meddler);
    lull_task task;
    lull_group group;
} meddler;

static void end_meddles(lull_yieldable *self, lull_task waiter)
{
    (void)waiter;
    meddler *meddling = (meddler *)(void *)self;
    meddling->meddle(meddling);
}

static void meddle_kill(meddler *meddling)
{
    lull_kill(meddling->task);
}

static void meddle_cancel(meddler *meddling)
{
    lull_cancel(meddling->task);
}

static void meddle_cancel_group(meddler *meddling)
{
    lull_group_cancel(meddling->group);
}

static void meddle_spawn(meddler *meddling)
{
    lull_spawn(sleeps, &ten, .name = "late", .group = meddling->group);
}

static lull_value waits_for_meddler(void *pointer)
{
    meddler *meddling = (meddler *)pointer;
    int status = lull_yield_to(&meddling->yieldable, NULL);
    say(status);
    lull_check(status);
    return 0;
}

TASK_TEST(the_end_of_a_childs_wait_may_kill_siblings_while_the_group_is_cancelled)
{
    for (int victim = 0; victim < 3; victim++) {
        meddler meddling = {.yieldable = {.end = end_meddles}, .meddle = meddle_kill};
        lull_group group = open_group();
        lull_task children[3];
        children[0] = lull_spawn(sleeps, &ten, .name = "a", .group = group);
        children[1] = lull_spawn(waits_for_meddler, &meddling, .name = "b", .group = group);
        children[2] = lull_spawn(sleeps, &ten, .name = "c", .group = group);
        meddling.task = children[victim];
        lull_pause(0);
        CHECK_STATUS(lull_group_cancel(group), LULL_OK);
        CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    }
    CHECK_LOG("b:ECANCELED@0 c:ECANCELED@0 a:ECANCELED@0 c:ECANCELED@0 a:ECANCELED@0 b:ECANCELED@0");
}

TASK_TEST(the_end_of_a_childs_wait_may_cancel_again_or_spawn_while_the_group_is_cancelled)
{
    static void (*const meddles[])(meddler *) = {meddle_cancel, meddle_cancel_group, meddle_spawn};
    for (int i = 0; i < 3; i++) {
        lull_group group = open_group();
        meddler meddling = {.yieldable = {.end = end_meddles}, .meddle = meddles[i], .group = group};
        lull_spawn(waits_for_meddler, &meddling, .name = "a", .group = group);
        meddling.task = lull_spawn(sleeps, &ten, .name = "b", .group = group);
        lull_pause(0);
        CHECK_STATUS(lull_group_cancel(group), LULL_OK);
        CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    }
    CHECK_LOG("a:ECANCELED@0 b:ECANCELED@0 a:ECANCELED@0 b:ECANCELED@0 a:ECANCELED@0 late:ECANCELED@0 b:ECANCELED@0");
}

static lull_value opens_with_meddler(void *pointer)
{
    meddler *meddling = (meddler *)pointer;
    meddling->task = lull_current();
    lull_group group = meddling->group = open_group();
    lull_spawn(sleeps, &ten, .name = "before", .group = group);
    lull_spawn(waits_for_meddler, pointer, .name = "m", .group = group);
    lull_spawn(sleeps, &ten, .name = "after", .group = group);
    lull_check(lull_group_wait(group));
    return 0;
}

TASK_TEST(the_end_of_a_childs_wait_may_kill_the_opener_while_the_group_is_cancelled)
{
    meddler meddling = {.yieldable = {.end = end_meddles}, .meddle = meddle_kill};
    lull_task opener = lull_spawn(opens_with_meddler, &meddling);
    lull_pause(1);
    CHECK_STATUS(lull_group_cancel(meddling.group), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_EKILLED);
    lull_pause(0);
    CHECK_INT((int64_t)lull__rt.live, 1);
}

TASK_TEST(the_end_of_a_childs_wait_may_kill_the_opener_that_is_being_cancelled)
{
    meddler meddling = {.yieldable = {.end = end_meddles}, .meddle = meddle_kill};
    lull_task opener = lull_spawn(opens_with_meddler, &meddling);
    lull_pause(1);
    CHECK_STATUS(lull_cancel(opener), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_EKILLED);
    lull_pause(0);
    CHECK_INT((int64_t)lull__rt.live, 1);
}

TASK_TEST(the_end_of_a_childs_wait_may_cancel_the_opener_while_the_group_is_cancelled)
{
    meddler meddling = {.yieldable = {.end = end_meddles}, .meddle = meddle_cancel};
    lull_task opener = lull_spawn(opens_with_meddler, &meddling);
    lull_pause(1);
    CHECK_STATUS(lull_group_cancel(meddling.group), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_ECANCELED);
    CHECK_LOG("before:ECANCELED@1 m:ECANCELED@1 after:ECANCELED@1");
}

/* The opener's own wait in the group ends because a child fails, and kills the siblings. */
static lull_value opener_meddles(void *pointer)
{
    meddler *meddling = (meddler *)pointer;
    lull_group group = open_group();
    meddling->task = lull_spawn(sleeps, &ten, .name = "victim", .group = group);
    lull_spawn(fails_later, &one, .name = "f", .group = group);
    say(lull_yield_to(&meddling->yieldable, NULL));
    lull_check(lull_group_wait(group));
    return 0;
}

TASK_TEST(the_end_of_the_openers_wait_may_kill_children)
{
    meddler meddling = {.yieldable = {.end = end_meddles}, .meddle = meddle_kill};
    CHECK_STATUS(lull_join(lull_spawn(opener_meddles, &meddling, .name = "o"), NULL), -41);
    CHECK_LOG("o:ECANCELED@1");
}

static lull_value nested_meddler(void *pointer)
{
    meddler *meddling = (meddler *)pointer;
    lull_group group = open_group();
    lull_spawn(sleeps, &ten, .name = "inner", .group = group);
    lull_spawn(waits_for_meddler, meddling, .name = "m", .group = group);
    lull_check(lull_group_wait(group));
    return 0;
}

TASK_TEST(the_end_of_a_wait_may_kill_the_openers_of_groups_that_are_still_to_be_cancelled)
{
    meddler meddling = {.yieldable = {.end = end_meddles}, .meddle = meddle_kill};
    lull_group group = open_group();
    meddling.task = lull_spawn(nested_meddler, &meddling, .group = group);
    lull_task other = lull_spawn(opens_a_group_and_waits, NULL, .name = "other", .group = group);
    meddler second = {.yieldable = {.end = end_meddles}, .meddle = meddle_kill, .task = other};
    lull_spawn(nested_meddler, &second, .group = group);
    lull_pause(1);
    CHECK_STATUS(lull_group_cancel(group), LULL_OK);
    CHECK_STATUS(lull_group_wait(group), LULL_ECANCELED);
    lull_pause(0);
    CHECK_INT((int64_t)lull__rt.live, 1);
}

static lull_value opens_and_leaves(void *pointer)
{
    meddler *meddling = (meddler *)pointer;
    meddling->task = lull_current();
    lull_group group = meddling->group = open_group();
    lull_spawn(waits_for_meddler, pointer, .name = "m", .group = group);
    lull_spawn(sleeps, &ten, .name = "a", .group = group);
    lull_pause(1);
    lull_fail(-80, "body");
}

TASK_TEST(the_end_of_a_childs_wait_may_spawn_while_the_opener_winds_up)
{
    meddler meddling = {.yieldable = {.end = end_meddles}, .meddle = meddle_spawn};
    CHECK_STATUS(lull_join(lull_spawn(opens_and_leaves, &meddling), NULL), -80);
    lull_pause(0);
    CHECK_LOG("m:ECANCELED@1 late:ECANCELED@1 a:ECANCELED@1");
    CHECK_INT((int64_t)lull__rt.live, 1);
}

static lull_value meddles_and_is_killed(void *pointer)
{
    meddler *meddling = (meddler *)pointer;
    lull_group group = meddling->group = open_group();
    lull_spawn(waits_for_meddler, pointer, .name = "m", .group = group);
    lull_pause(10);
    return 0;
}

TASK_TEST(the_end_of_a_childs_wait_may_spawn_while_the_children_are_killed)
{
    meddler meddling = {.yieldable = {.end = end_meddles}, .meddle = meddle_spawn};
    lull_task opener = lull_spawn(meddles_and_is_killed, &meddling);
    lull_pause(1);
    CHECK_STATUS(lull_kill(opener), LULL_OK);
    CHECK_STATUS(lull_join(opener, NULL), LULL_EKILLED);
    lull_pause(0);
    CHECK_LOG("");
    CHECK_INT((int64_t)lull__rt.live, 1);
}

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

TASK_TEST(a_child_that_only_waits_has_no_extension)
{
    lull_group group = open_group();
    lull_task child = lull_spawn(sleeps, &one, .group = group);
    lull_pause(0);
    CHECK(!lull__task_get(child)->ext->task);
    CHECK_INT((int64_t)lull__rt.memberships.taken, 1);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    CHECK_INT((int64_t)lull__rt.memberships.taken, 0);
}

TASK_TEST(opening_a_group_out_of_memory_is_refused)
{
    lull_scope scope;
    test_enter(&scope, 5);
    long allowed = 0;
    lull_group group;
    for (;; allowed++) {
        lull__allocations_left = allowed;
        group = lull_group_open();
        lull__allocations_left = -1;
        if (group > 0) break;
        CHECK_STATUS(group, LULL_ENOMEM);
        CHECK(!lull__rt.running->ext->groups);
        CHECK(lull__rt.running->ext->scope->token == &scope);
    }
    CHECK(allowed > 0);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
    test_leave(&scope);
}

TASK_TEST(a_failure_that_finds_no_memory_keeps_its_status)
{
    for (long allowed = 0; allowed < 8; allowed++) {
        lull_group group = open_group();
        lull_spawn(fails_without_a_message, NULL, .group = group);
        lull_spawn(fails_when_cancelled, NULL, .name = "b", .group = group);
        lull_spawn(fails_when_cancelled, NULL, .name = "c", .group = group);
        lull_pause(0); /* all have their stacks, and the first has failed */
        lull__allocations_left = allowed;
        int status = lull_group_wait(group);
        lull__allocations_left = -1;
        CHECK_STATUS(status, LULL_ECLOSED);
        CHECK_STATUS(lull_last_error()->code, LULL_ECLOSED);
    }
}

static lull_value worker(void *unused)
{
    (void)unused;
    lull_check(lull_pause(1));
    return 0;
}

static lull_value whole_program(void *unused)
{
    (void)unused;
    lull_scope scope;
    lull_check(lull_scope_enter(&scope, 5));
    lull_group outer = lull_group_open();
    lull_check(outer < 0 ? LULL_ENOMEM : 0);
    for (int i = 0; i < 3; i++)
        lull_check(lull_spawn(worker, NULL, .group = outer, .timeout = 3) < 0 ? LULL_ENOMEM : 0);
    lull_group inner = lull_group_open();
    lull_check(inner < 0 ? LULL_ENOMEM : 0);
    for (int i = 0; i < 3; i++) lull_check(lull_spawn(worker, NULL, .group = inner) < 0 ? LULL_ENOMEM : 0);
    lull_check(lull_group_wait(inner));
    lull_check(lull_group_wait(outer));
    lull_check(lull_scope_exit(&scope, 0));
    return 42;
}

TEST(a_program_of_groups_runs_out_of_memory_anywhere_and_leaks_nothing)
{
    test_out_of_memory_anywhere(whole_program);
}
