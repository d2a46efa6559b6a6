/* Futures: a value to come. */
#include "test.h"

static lull_value awaits_and_tells_the_error(void *future)
{
    test_awaits(future);
    test_log("(%s)", lull_last_error()->message);
    return 0;
}

TASK_TEST(a_new_future_is_pending)
{
    lull_future future = lull_future_new();
    CHECK(future > 0);
    CHECK_INT(lull_future_settled(future), 0);
}

TASK_TEST(a_settled_future_says_so)
{
    lull_future resolved = lull_future_new();
    lull_future rejected = lull_future_new();
    CHECK_STATUS(lull_future_resolve(resolved, 1), LULL_OK);
    CHECK_STATUS(lull_future_reject(rejected, LULL_EFAILED, "x"), LULL_OK);
    CHECK_INT(lull_future_settled(resolved), 1);
    CHECK_INT(lull_future_settled(rejected), 1);
}

TASK_TEST(a_settled_future_is_awaited_without_suspending)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_resolve(future, 12), LULL_OK);
    lull_spawn(test_says_name, NULL, .name = "other");
    lull_value value = 0;
    CHECK_STATUS(lull_await(future, &value), LULL_OK);
    CHECK_INT(value, 12);
    CHECK_STATUS(lull_await(future, NULL), LULL_OK);
    CHECK_LOG("");
}

TASK_TEST(a_rejected_future_is_awaited_without_suspending)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_reject(future, -99, "%d bottles", 99), LULL_OK);
    lull_spawn(test_says_name, NULL, .name = "other");
    for (int i = 0; i < 2; i++) {
        CHECK_STATUS(lull_await(future, NULL), -99);
        CHECK_INT(lull_last_error()->code, -99);
        CHECK_TEXT(lull_last_error()->message, "99 bottles");
    }
    CHECK_LOG("");
}

TASK_TEST(all_who_await_are_given_the_value_in_the_order_in_which_they_came)
{
    lull_future future = lull_future_new();
    lull_spawn(test_awaits, &future, .name = "a");
    lull_spawn(test_awaits, &future, .name = "b");
    lull_spawn(test_awaits, &future, .name = "c");
    lull_pause(0);
    CHECK_LOG("");
    lull_spawn(test_says_name, NULL, .name = "ready");
    CHECK_STATUS(lull_future_resolve(future, 3), LULL_OK);
    lull_pause(0);
    CHECK_LOG("ready a=3 b=3 c=3");
}

TASK_TEST(all_who_await_are_given_the_error)
{
    lull_future future = lull_future_new();
    lull_spawn(awaits_and_tells_the_error, &future, .name = "a");
    lull_spawn(awaits_and_tells_the_error, &future, .name = "b");
    lull_pause(0);
    CHECK_STATUS(lull_future_reject(future, LULL_EFAILED, "rain"), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_EFAILED (rain) b:LULL_EFAILED (rain)");
}

TASK_TEST(a_future_settles_once)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_resolve(future, 1), LULL_OK);
    CHECK_STATUS(lull_future_resolve(future, 2), LULL_EBUSY);
    CHECK_STATUS(lull_future_reject(future, LULL_EFAILED, "x"), LULL_EBUSY);
    lull_value value = 0;
    CHECK_STATUS(lull_await(future, &value), LULL_OK);
    CHECK_INT(value, 1);
}

TASK_TEST(rejecting_with_a_code_that_is_no_negative_number_is_refused)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_reject(future, 0, "x"), LULL_EINVAL);
    CHECK_STATUS(lull_future_reject(future, 5, "x"), LULL_EINVAL);
    CHECK_INT(lull_future_settled(future), 0);
}

TASK_TEST(a_future_settles_outside_of_a_task_too)
{
    lull_future future = lull_future_new();
    lull_spawn(test_awaits, &future, .name = "a");
    lull_pause(0);
    lull__task *self = lull__rt.running;
    lull__rt.running = NULL; /* as in C that JavaScript calls from a task */
    CHECK_STATUS(lull_future_resolve(future, 4), LULL_OK);
    lull__rt.running = self;
    lull_pause(0);
    CHECK_LOG("a=4");
}

TEST(settling_a_future_wakes_the_host)
{
    lull_future future = lull_future_new();
    lull_spawn(test_awaits, &future, .name = "a");
    lull_native_run();
    unsigned wakes = lull_native.wakes;
    CHECK_STATUS(lull_future_resolve(future, 4), LULL_OK);
    CHECK_INT(lull_native.wakes, wakes + 1);
    lull_native_run();
    CHECK_LOG("a=4");
}

TASK_TEST(a_stale_future_is_refused)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_free(future), LULL_OK);
    CHECK_STATUS(lull_future_free(future), LULL_ESRCH);
    CHECK_STATUS(lull_future_resolve(future, 0), LULL_ESRCH);
    CHECK_STATUS(lull_future_reject(future, LULL_EFAILED, "x"), LULL_ESRCH);
    CHECK_STATUS(lull_future_settled(future), LULL_ESRCH);
    CHECK_STATUS(lull_await(future, NULL), LULL_ESRCH);
    CHECK(!lull_future_yieldable(future));
}

TASK_TEST(a_task_that_awaits_a_future_that_is_freed_gets_closed)
{
    lull_future future = lull_future_new();
    lull_spawn(test_awaits, &future, .name = "a");
    lull_spawn(test_awaits, &future, .name = "b");
    lull_pause(0);
    CHECK_STATUS(lull_future_free(future), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECLOSED b:LULL_ECLOSED");
}

TASK_TEST(a_value_that_was_handed_over_survives_the_future)
{
    lull_future future = lull_future_new();
    lull_spawn(awaits_and_tells_the_error, &future, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_future_reject(future, LULL_EFAILED, "rain"), LULL_OK);
    CHECK_STATUS(lull_future_free(future), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_EFAILED (rain)");
}

TASK_TEST(an_await_can_be_cancelled)
{
    lull_future future = lull_future_new();
    lull_task a = lull_spawn(test_awaits, &future, .name = "a");
    lull_spawn(test_awaits, &future, .name = "b");
    lull_pause(0);
    lull_cancel(a);
    CHECK_STATUS(lull_future_resolve(future, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED b=1");
}

TASK_TEST(a_future_can_be_awaited_with_a_limit)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_with_timeout(1, lull_future_yieldable(future), NULL), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_future_resolve(future, 6), LULL_OK);
    lull_value value = 0;
    CHECK_STATUS(lull_with_timeout(0, lull_future_yieldable(future), &value), LULL_OK);
    CHECK_INT(value, 6);
    CHECK_TIME(1);
}

/* ---- Lost rejections ----------------------------------------------------------------------------------------- */

TASK_TEST(a_rejection_that_nobody_awaited_is_reported_when_the_future_is_freed)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_reject(future, LULL_EFAILED, "lost"), LULL_OK);
    CHECK_INT(lull_native.failures, 0);
    CHECK_STATUS(lull_future_free(future), LULL_OK);
    CHECK_INT(lull_native.failures, 1);
    CHECK_STATUS(lull_native.failure[0].status, LULL_EFAILED);
    CHECK_TEXT(lull_native.failure[0].message, "lost");
}

TASK_TEST(a_rejection_that_was_awaited_is_not_reported)
{
    lull_future before = lull_future_new();
    lull_spawn(test_awaits, &before, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_future_reject(before, LULL_EFAILED, "x"), LULL_OK);
    lull_pause(0);
    lull_future_free(before);
    lull_future after = lull_future_new();
    CHECK_STATUS(lull_future_reject(after, LULL_EFAILED, "x"), LULL_OK);
    CHECK_STATUS(lull_await(after, NULL), LULL_EFAILED);
    lull_future_free(after);
    CHECK_INT(lull_native.failures, 0);
}

/* ---- A task's result ----------------------------------------------------------------------------------------- */

TASK_TEST(a_result_future_gets_the_tasks_result)
{
    lull_future result = lull_future_new();
    lull_spawn(test_returns_7, NULL, .result = result);
    lull_value value = 0;
    CHECK_STATUS(lull_await(result, &value), LULL_OK);
    CHECK_INT(value, 7);
}

TASK_TEST(a_result_future_can_be_awaited_after_the_task_has_ended)
{
    lull_future result = lull_future_new();
    lull_task task = lull_spawn(test_fails, NULL, .result = result);
    lull_pause(1);
    CHECK_STATUS(lull_join(task, NULL), LULL_ESRCH);
    CHECK_STATUS(lull_await(result, NULL), LULL_EFAILED);
    CHECK_TEXT(lull_last_error()->message, "broken");
}

TASK_TEST(a_result_future_of_a_killed_task_is_rejected)
{
    lull_future result = lull_future_new();
    lull_task task = lull_spawn(test_waits, NULL, .result = result);
    lull_pause(0);
    lull_kill(task);
    CHECK_STATUS(lull_await(result, NULL), LULL_EKILLED);
}

TASK_TEST(a_future_that_a_task_is_to_settle_is_neither_freed_nor_settled_by_others)
{
    lull_future result = lull_future_new();
    lull_task task = lull_spawn(test_waits, NULL, .name = "a", .result = result);
    CHECK_STATUS(lull_future_free(result), LULL_EBUSY);
    CHECK_STATUS(lull_future_resolve(result, 1), LULL_EBUSY);
    CHECK_STATUS(lull_future_reject(result, LULL_EFAILED, "x"), LULL_EBUSY);
    CHECK_STATUS(lull_spawn(test_waits, NULL, .result = result), LULL_ESRCH);
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 1), LULL_OK);
    lull_pause(0);
    CHECK_STATUS(lull_future_free(result), LULL_OK);
}
