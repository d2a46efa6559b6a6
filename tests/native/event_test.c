/* Events: something has happened, or not yet. */
#include "test.h"

static lull_event event;

static void destroy(void)
{
    CHECK_STATUS(lull_event_destroy(&event), LULL_OK);
}

static lull_value waits(void *unused)
{
    (void)unused;
    test_log_wait(lull_event_wait(&event), 0);
    return 0;
}

static lull_value waits_twice(void *unused)
{
    waits(unused);
    test_log_wait(lull_pause(1), 1);
    return 0;
}

TASK_TEST(an_event_that_is_set_is_waited_for_without_suspending)
{
    lull_event_set(&event);
    lull_spawn(test_says_name, NULL, .name = "other");
    CHECK_STATUS(lull_event_wait(&event), LULL_OK);
    CHECK_STATUS(lull_event_wait(&event), LULL_OK);
    CHECK_LOG("");
    destroy();
}

TASK_TEST(setting_it_ends_all_waits_in_the_order_in_which_they_began)
{
    lull_spawn(waits, NULL, .name = "a");
    lull_spawn(waits, NULL, .name = "b");
    lull_pause(0);
    CHECK_LOG("");
    lull_event_set(&event);
    lull_event_set(&event);
    lull_pause(0);
    CHECK_LOG("a=0 b=0");
    destroy();
}

TASK_TEST(those_who_waited_go_on_though_it_is_cleared_before_they_run)
{
    lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    lull_event_set(&event);
    lull_event_clear(&event);
    lull_spawn(waits, NULL, .name = "b");
    lull_pause(0);
    CHECK_LOG("a=0");
    lull_event_set(&event);
    lull_pause(0);
    CHECK_LOG("a=0 b=0");
    destroy();
}

TEST(it_is_set_outside_of_a_task)
{
    lull_spawn(waits, NULL, .name = "a");
    lull_native_run();
    CHECK_STATUS(lull_event_wait(&event), LULL_ENOSUSPEND);
    lull_event_set(&event);
    lull_native_run();
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(waiting_for_it_can_be_cancelled)
{
    lull_task a = lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    lull_cancel(a);
    lull_event_set(&event);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED");
    destroy();
}

TASK_TEST(waiting_for_it_can_be_limited)
{
    CHECK_STATUS(lull_with_timeout(1, lull_event_yieldable(&event), NULL), LULL_ETIMEDOUT);
    CHECK_TIME(1);
    lull_event_set(&event);
    CHECK_STATUS(lull_with_timeout(0, lull_event_yieldable(&event), NULL), LULL_OK);
    destroy();
}

TASK_TEST(an_event_that_was_set_in_time_beats_a_cancellation)
{
    lull_task a = lull_spawn(waits_twice, NULL, .name = "a");
    lull_pause(0);
    lull_event_set(&event);
    lull_cancel(a);
    lull_pause(0);
    CHECK_LOG("a=0 a:LULL_ECANCELED");
    destroy();
}

static lull_value is_cancelled_and_waits(void *unused)
{
    (void)unused;
    lull_cancel(lull_current());
    CHECK_STATUS(lull_event_wait(&event), LULL_ECANCELED);
    return 0;
}

TASK_TEST(a_task_that_is_cancelled_does_not_wait_even_if_it_is_set)
{
    lull_event_set(&event);
    CHECK_STATUS(lull_join(lull_spawn(is_cancelled_and_waits, NULL), NULL), LULL_OK);
    destroy();
}

TASK_TEST(a_resume_does_not_end_the_wait)
{
    lull_task a = lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_resume(a, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("");
    lull_event_set(&event);
    lull_pause(0);
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(a_task_that_is_killed_waits_no_longer)
{
    lull_task a = lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    lull_kill(a);
    destroy();
    CHECK_LOG("");
}

TASK_TEST(an_event_that_is_waited_for_is_not_destroyed)
{
    lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_event_destroy(&event), LULL_EBUSY);
    lull_event_set(&event);
    lull_pause(0);
    destroy();
    CHECK_STATUS(lull_with_timeout(0, lull_event_yieldable(&event), NULL), LULL_ETIMEDOUT);
}
