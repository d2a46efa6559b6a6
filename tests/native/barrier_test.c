/* Barriers: a number of tasks meet. */
#include "test.h"

static lull_barrier barrier;

static void meet(size_t count)
{
    CHECK_STATUS(lull_barrier_init(&barrier, count), LULL_OK);
}

static void destroy(void)
{
    CHECK_STATUS(lull_barrier_destroy(&barrier), LULL_OK);
}

/* Come, and say "name=1" as the last, "name=0" as another. */
static lull_value comes(void *unused)
{
    (void)unused;
    int status = lull_barrier_wait(&barrier);
    test_log_wait(status, status);
    return 0;
}

static lull_value comes_three_times(void *unused)
{
    for (int i = 0; i < 3; i++) comes(unused);
    return 0;
}

static lull_value comes_and_waits(void *unused)
{
    comes(unused);
    test_log_wait(lull_pause(1), 1);
    return 0;
}

TASK_TEST(all_go_on_when_the_last_has_come_who_is_told_so)
{
    meet(3);
    lull_spawn(comes, NULL, .name = "a");
    lull_spawn(comes, NULL, .name = "b");
    lull_pause(1);
    CHECK_LOG("");
    lull_spawn(comes, NULL, .name = "c");
    lull_pause(0.5);
    CHECK_LOG("c=1 a=0 b=0");
    destroy();
}

TASK_TEST(the_last_does_not_suspend)
{
    meet(1);
    lull_spawn(test_says_name, NULL, .name = "other");
    for (int i = 0; i < 3; i++) CHECK_INT(lull_barrier_wait(&barrier), 1);
    CHECK_LOG("");
    destroy();
}

TASK_TEST(a_barrier_is_used_again_and_again)
{
    meet(2);
    lull_spawn(comes_three_times, NULL, .name = "a");
    lull_spawn(comes_three_times, NULL, .name = "b");
    lull_pause(1);
    CHECK_LOG("b=1 a=0 a=1 b=0 b=1 a=0");
    destroy();
}

TASK_TEST(a_fourth_waits_for_the_next_three)
{
    meet(3);
    for (int i = 0; i < 4; i++) lull_spawn(comes, NULL, .name = "a");
    lull_pause(0.5);
    CHECK_LOG("a=1 a=0 a=0");
    lull_spawn(comes, NULL, .name = "b");
    lull_spawn(comes, NULL, .name = "c");
    lull_pause(0.5);
    CHECK_LOG("a=1 a=0 a=0 c=1 a=0 b=0");
    destroy();
}

TASK_TEST(a_barrier_without_a_number_is_refused)
{
    CHECK_STATUS(lull_barrier_init(&barrier, 0), LULL_EINVAL);
    CHECK_STATUS(lull_barrier_wait(&barrier), LULL_EINVAL);
    destroy();
}

TEST(outside_of_a_task_nobody_comes)
{
    meet(1);
    CHECK_STATUS(lull_barrier_wait(&barrier), LULL_ENOSUSPEND);
    destroy();
}

TASK_TEST(who_is_cancelled_has_not_come)
{
    meet(2);
    lull_task a = lull_spawn(comes, NULL, .name = "a");
    lull_pause(0);
    lull_cancel(a);
    lull_pause(0);
    lull_spawn(comes, NULL, .name = "b");
    lull_pause(1);
    CHECK_LOG("a:LULL_ECANCELED");
    lull_spawn(comes, NULL, .name = "c");
    lull_pause(1);
    CHECK_LOG("a:LULL_ECANCELED c=1 b=0");
    destroy();
}

TASK_TEST(who_is_killed_has_not_come)
{
    meet(2);
    lull_task a = lull_spawn(comes, NULL, .name = "a");
    lull_pause(0);
    lull_kill(a);
    lull_spawn(comes, NULL, .name = "b");
    lull_pause(1);
    CHECK_LOG("");
    CHECK_INT(lull_barrier_wait(&barrier), 1);
    lull_pause(0);
    CHECK_LOG("b=0");
    destroy();
}

TASK_TEST(coming_can_be_limited)
{
    meet(2);
    lull_yieldable *yieldable = lull_barrier_yieldable(&barrier);
    CHECK_STATUS(lull_with_timeout(1, yieldable, NULL), LULL_ETIMEDOUT);
    CHECK_TIME(1);
    lull_spawn(comes, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_with_timeout(0, yieldable, NULL), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(the_last_ones_coming_beats_a_cancellation)
{
    meet(2);
    lull_task a = lull_spawn(comes_and_waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_INT(lull_barrier_wait(&barrier), 1);
    lull_cancel(a);
    lull_pause(0);
    CHECK_LOG("a=0 a:LULL_ECANCELED");
    destroy();
}

TASK_TEST(a_resume_does_not_end_the_wait)
{
    meet(2);
    lull_task a = lull_spawn(comes, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_resume(a, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("");
    CHECK_INT(lull_barrier_wait(&barrier), 1);
    lull_pause(0);
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(a_barrier_that_somebody_waits_at_is_not_destroyed)
{
    meet(2);
    lull_spawn(comes, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_barrier_destroy(&barrier), LULL_EBUSY);
    CHECK_INT(lull_barrier_wait(&barrier), 1);
    destroy();
    lull_pause(0);
    CHECK_LOG("a=0");
}
