/* Semaphores: units, and those who wait for one. */
#include "test.h"

static lull_semaphore semaphore;

static void destroy(void)
{
    CHECK_STATUS(lull_semaphore_destroy(&semaphore), LULL_OK);
}

static void release(void)
{
    CHECK_STATUS(lull_semaphore_release(&semaphore), LULL_OK);
}

static lull_value acquires(void *unused)
{
    (void)unused;
    test_log_wait(lull_semaphore_acquire(&semaphore), 0);
    return 0;
}

static lull_value acquires_and_waits(void *unused)
{
    acquires(unused);
    test_log_wait(lull_pause(1), 1);
    return 0;
}

TASK_TEST(there_are_as_many_units_as_were_given)
{
    lull_semaphore_init(&semaphore, 2);
    size_t allocations = lull__live_allocations;
    lull_spawn(test_says_name, NULL, .name = "other");
    size_t spawned = lull__live_allocations;
    CHECK_STATUS(lull_semaphore_acquire(&semaphore), LULL_OK);
    CHECK_STATUS(lull_semaphore_acquire(&semaphore), LULL_OK);
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_EBUSY);
    release();
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_OK);
    CHECK(spawned >= allocations);
    CHECK_INT((int64_t)lull__live_allocations, (int64_t)spawned);
    CHECK_LOG(""); /* nothing of this suspends */
    destroy();
}

TASK_TEST(a_semaphore_that_is_all_zeros_has_no_units)
{
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_EBUSY);
    lull_spawn(acquires, NULL, .name = "a");
    lull_pause(0);
    CHECK_LOG("");
    release();
    lull_pause(0);
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(those_who_wait_are_given_units_in_the_order_in_which_they_came)
{
    lull_spawn(acquires, NULL, .name = "a");
    lull_spawn(acquires, NULL, .name = "b");
    lull_spawn(acquires, NULL, .name = "c");
    lull_pause(0);
    release();
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_EBUSY); /* it is a's */
    release();
    lull_pause(0);
    CHECK_LOG("a=0 b=0");
    release();
    release();
    lull_pause(0);
    CHECK_LOG("a=0 b=0 c=0");
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_OK);
    destroy();
}

TEST(units_are_taken_and_given_outside_of_a_task)
{
    lull_semaphore_init(&semaphore, 1);
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_OK);
    CHECK_STATUS(lull_semaphore_acquire(&semaphore), LULL_ENOSUSPEND);
    lull_spawn(acquires, NULL, .name = "a");
    lull_native_run();
    release();
    lull_native_run();
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(waiting_for_a_unit_can_be_cancelled)
{
    lull_task a = lull_spawn(acquires, NULL, .name = "a");
    lull_spawn(acquires, NULL, .name = "b");
    lull_pause(0);
    lull_cancel(a);
    release();
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED b=0");
    destroy();
}

TASK_TEST(waiting_for_a_unit_can_be_limited)
{
    CHECK_STATUS(lull_with_timeout(1, lull_semaphore_yieldable(&semaphore), NULL), LULL_ETIMEDOUT);
    CHECK_TIME(1);
    release();
    CHECK_STATUS(lull_with_timeout(0, lull_semaphore_yieldable(&semaphore), NULL), LULL_OK);
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_EBUSY);
    destroy();
}

TASK_TEST(a_unit_that_was_handed_over_beats_a_cancellation)
{
    lull_task a = lull_spawn(acquires_and_waits, NULL, .name = "a");
    lull_pause(0);
    release();
    lull_cancel(a);
    lull_pause(0);
    CHECK_LOG("a=0 a:LULL_ECANCELED");
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_EBUSY);
    destroy();
}

static lull_value is_cancelled_and_acquires(void *unused)
{
    (void)unused;
    lull_cancel(lull_current());
    CHECK_STATUS(lull_semaphore_acquire(&semaphore), LULL_ECANCELED);
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_OK);
    return 0;
}

TASK_TEST(a_task_that_is_cancelled_takes_no_unit_but_may_try)
{
    lull_semaphore_init(&semaphore, 1);
    CHECK_STATUS(lull_join(lull_spawn(is_cancelled_and_acquires, NULL), NULL), LULL_OK);
    destroy();
}

TASK_TEST(a_resume_gives_no_unit)
{
    lull_task a = lull_spawn(acquires, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_resume(a, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("");
    release();
    lull_pause(0);
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(a_task_that_is_killed_waits_no_longer)
{
    lull_task a = lull_spawn(acquires, NULL, .name = "a");
    lull_pause(0);
    lull_kill(a);
    release();
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_OK);
    destroy();
}

TASK_TEST(a_unit_too_many_is_refused)
{
    lull_semaphore_init(&semaphore, SIZE_MAX);
    CHECK_STATUS(lull_semaphore_release(&semaphore), LULL_EINVAL);
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_OK);
    release();
    destroy();
}

TASK_TEST(a_semaphore_that_is_waited_for_is_not_destroyed)
{
    lull_spawn(acquires, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_semaphore_destroy(&semaphore), LULL_EBUSY);
    release();
    destroy();
    lull_pause(0);
    CHECK_LOG("a=0");
    CHECK_STATUS(lull_semaphore_try_acquire(&semaphore), LULL_EBUSY);
}
