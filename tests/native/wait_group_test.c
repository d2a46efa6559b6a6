/* Wait groups: what is to be done, and those who wait until it is. */
#include "test.h"

static lull_wait_group group;

static void add(int64_t delta)
{
    CHECK_STATUS(lull_wait_group_add(&group, delta), LULL_OK);
}

static void destroy(void)
{
    CHECK_STATUS(lull_wait_group_destroy(&group), LULL_OK);
}

static lull_value waits(void *unused)
{
    (void)unused;
    test_log_wait(lull_wait_group_wait(&group), 0);
    return 0;
}

static lull_value waits_twice(void *unused)
{
    waits(unused);
    test_log_wait(lull_pause(1), 1);
    return 0;
}

static lull_value works(void *unused)
{
    (void)unused;
    lull_pause(1);
    CHECK_STATUS(lull_wait_group_done(&group), LULL_OK);
    return 0;
}

TASK_TEST(where_nothing_is_to_be_done_nobody_suspends)
{
    lull_spawn(test_says_name, NULL, .name = "other");
    CHECK_STATUS(lull_wait_group_wait(&group), LULL_OK);
    CHECK_LOG("");
    destroy();
}

TASK_TEST(it_is_waited_for_until_all_is_done)
{
    add(3);
    for (int i = 0; i < 3; i++) lull_spawn(works, NULL, .delay = i);
    CHECK_STATUS(lull_wait_group_wait(&group), LULL_OK);
    CHECK_TIME(3);
    destroy();
}

TASK_TEST(all_who_wait_go_on_in_the_order_in_which_they_came)
{
    add(1);
    lull_spawn(waits, NULL, .name = "a");
    lull_spawn(waits, NULL, .name = "b");
    lull_pause(0);
    CHECK_STATUS(lull_wait_group_done(&group), LULL_OK);
    add(1); /* too late for those */
    lull_pause(0);
    CHECK_LOG("a=0 b=0");
    lull_spawn(waits, NULL, .name = "c");
    lull_pause(0);
    add(-1);
    lull_pause(0);
    CHECK_LOG("a=0 b=0 c=0");
    destroy();
}

TASK_TEST(a_count_that_would_be_negative_or_too_large_is_refused)
{
    CHECK_STATUS(lull_wait_group_done(&group), LULL_EINVAL);
    CHECK_STATUS(lull_wait_group_add(&group, INT64_MIN), LULL_EINVAL);
    add(2);
    CHECK_STATUS(lull_wait_group_add(&group, -3), LULL_EINVAL);
    CHECK_STATUS(lull_wait_group_add(&group, INT64_MAX), LULL_EINVAL);
    add(-2);
    CHECK_STATUS(lull_wait_group_wait(&group), LULL_OK);
    destroy();
}

TEST(it_is_done_outside_of_a_task)
{
    add(1);
    CHECK_STATUS(lull_wait_group_wait(&group), LULL_ENOSUSPEND);
    lull_spawn(waits, NULL, .name = "a");
    lull_native_run();
    CHECK_STATUS(lull_wait_group_done(&group), LULL_OK);
    lull_native_run();
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(waiting_for_it_can_be_cancelled)
{
    add(1);
    lull_task a = lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    lull_cancel(a);
    add(-1);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED");
    destroy();
}

TASK_TEST(waiting_for_it_can_be_limited)
{
    add(1);
    CHECK_STATUS(lull_with_timeout(1, lull_wait_group_yieldable(&group), NULL), LULL_ETIMEDOUT);
    CHECK_TIME(1);
    add(-1);
    CHECK_STATUS(lull_with_timeout(0, lull_wait_group_yieldable(&group), NULL), LULL_OK);
    destroy();
}

TASK_TEST(what_was_done_in_time_beats_a_cancellation)
{
    add(1);
    lull_task a = lull_spawn(waits_twice, NULL, .name = "a");
    lull_pause(0);
    add(-1);
    lull_cancel(a);
    lull_pause(0);
    CHECK_LOG("a=0 a:LULL_ECANCELED");
    destroy();
}

TASK_TEST(a_resume_does_not_end_the_wait)
{
    add(1);
    lull_task a = lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_resume(a, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("");
    add(-1);
    lull_pause(0);
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(a_task_that_is_killed_waits_no_longer)
{
    add(1);
    lull_task a = lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    lull_kill(a);
    add(-1);
    destroy();
    CHECK_LOG("");
}

TASK_TEST(a_wait_group_with_something_to_do_is_not_destroyed)
{
    add(1);
    CHECK_STATUS(lull_wait_group_destroy(&group), LULL_EBUSY);
    lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_wait_group_destroy(&group), LULL_EBUSY);
    add(-1);
    destroy();
    lull_pause(0);
    CHECK_LOG("a=0");
}
