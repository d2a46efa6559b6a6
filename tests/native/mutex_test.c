/* Mutexes: one task holds one at a time. */
#include "test.h"

static lull_mutex mutex; /* of each test, which leaves it as new */

static void destroy(void)
{
    CHECK_STATUS(lull_mutex_destroy(&mutex), LULL_OK);
}

static void lock(void)
{
    CHECK_STATUS(lull_mutex_lock(&mutex), LULL_OK);
}

static void unlock(void)
{
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_OK);
}

/* Lock it, say how that went, and unlock it a second later. */
static lull_value locks(void *unused)
{
    (void)unused;
    int status = lull_mutex_lock(&mutex);
    test_log_wait(status, 0);
    if (status == 0) {
        lull_pause(1);
        unlock();
    }
    return 0;
}

/* The same, and say how the next wait went. */
static lull_value locks_and_waits(void *unused)
{
    (void)unused;
    test_log_wait(lull_mutex_lock(&mutex), 0);
    test_log_wait(lull_pause(1), 1);
    unlock();
    return 0;
}

static lull_value locks_and_ends(void *unused)
{
    (void)unused;
    lock();
    lull_pause(1);
    return 0;
}

static lull_value locks_and_fails(void *unused)
{
    locks_and_ends(unused);
    lull_fail(LULL_EFAILED, "broken");
}

static void unlock_deferred(void *unused)
{
    (void)unused;
    unlock();
}

static lull_value locks_and_defers(void *unused)
{
    (void)unused;
    lock();
    lull_check(lull_defer(unlock_deferred, NULL));
    lull_pause(10);
    return 0;
}

/* ---- Lock and unlock ----------------------------------------------------------------------------------------- */

TASK_TEST(a_mutex_that_is_free_is_locked_and_unlocked_without_suspending_or_allocating)
{
    lull_spawn(test_says_name, NULL, .name = "other");
    size_t allocations = lull__live_allocations;
    for (int i = 0; i < 3; i++) {
        lock();
        unlock();
    }
    CHECK_INT((int64_t)lull__live_allocations, (int64_t)allocations);
    CHECK_LOG("");
    destroy();
}

TASK_TEST(those_who_wait_hold_the_mutex_in_the_order_in_which_they_came)
{
    lull_spawn(locks, NULL, .name = "a");
    lull_spawn(locks, NULL, .name = "b");
    lull_spawn(locks, NULL, .name = "c");
    lull_pause(0.5);
    CHECK_LOG("a=0");
    lull_pause(1);
    CHECK_LOG("a=0 b=0");
    lull_pause(2);
    CHECK_LOG("a=0 b=0 c=0");
    destroy();
}

TASK_TEST(who_unlocks_does_not_overtake_who_waits)
{
    lock();
    lull_spawn(locks, NULL, .name = "a");
    lull_pause(0);
    unlock();
    CHECK_STATUS(lull_mutex_try_lock(&mutex), LULL_EBUSY);
    lock();
    CHECK_LOG("a=0");
    CHECK_TIME(1);
    unlock();
    destroy();
}

TASK_TEST(a_mutex_is_locked_in_a_scope_without_suspending)
{
    lull_scope scope;
    lull_spawn(test_says_name, NULL, .name = "other");
    CHECK_STATUS(lull_scope_enter(&scope, 1), LULL_OK);
    lock();
    unlock();
    lull_scope_exit(&scope, 0);
    CHECK_LOG("");
    destroy();
}

TASK_TEST(locking_what_one_holds_is_a_deadlock)
{
    lock();
    CHECK_STATUS(lull_mutex_lock(&mutex), LULL_EDEADLOCK);
    CHECK_STATUS(lull_mutex_try_lock(&mutex), LULL_EDEADLOCK);
    CHECK_STATUS(lull_with_timeout(1, lull_mutex_yieldable(&mutex), NULL), LULL_EDEADLOCK);
    unlock();
    destroy();
}

TASK_TEST(unlocking_what_one_does_not_hold_is_refused)
{
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_EINVAL);
    lull_spawn(locks, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_EINVAL);
    CHECK_STATUS(lull_mutex_try_lock(&mutex), LULL_EBUSY);
    lull_pause(2);
    destroy();
}

TEST(outside_of_a_task_a_mutex_is_neither_locked_nor_unlocked)
{
    CHECK_STATUS(lull_mutex_lock(&mutex), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_mutex_try_lock(&mutex), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_EINVAL);
    destroy();
}

TASK_TEST(trying_does_not_wait)
{
    CHECK_STATUS(lull_mutex_try_lock(&mutex), LULL_OK);
    unlock();
    lull_spawn(locks, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_mutex_try_lock(&mutex), LULL_EBUSY);
    CHECK_TIME(0);
    lull_pause(2);
    destroy();
}

/* ---- Waits that are cut short -------------------------------------------------------------------------------- */

TASK_TEST(waiting_for_a_mutex_can_be_cancelled)
{
    lock();
    lull_task a = lull_spawn(locks, NULL, .name = "a");
    lull_spawn(locks, NULL, .name = "b");
    lull_pause(0);
    lull_cancel(a);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED");
    unlock();
    lull_pause(2);
    CHECK_LOG("a:LULL_ECANCELED b=0");
    destroy();
}

TASK_TEST(waiting_for_a_mutex_can_be_limited)
{
    lull_spawn(locks, NULL, .name = "a");
    lull_pause(0);
    lull_yieldable *yieldable = lull_mutex_yieldable(&mutex);
    CHECK_STATUS(lull_with_timeout(0, yieldable, NULL), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_with_timeout(0.5, yieldable, NULL), LULL_ETIMEDOUT);
    CHECK_TIME(0.5);
    CHECK_STATUS(lull_with_timeout(5, yieldable, NULL), LULL_OK);
    CHECK_TIME(1);
    unlock();
    CHECK_STATUS(lull_with_timeout(0, yieldable, NULL), LULL_OK);
    unlock();
    destroy();
}

TASK_TEST(a_scope_limits_waiting_for_a_mutex)
{
    lull_spawn(locks, NULL, .name = "a");
    lull_pause(0);
    lull_scope scope;
    CHECK_STATUS(lull_scope_enter(&scope, 0.5), LULL_OK);
    CHECK_STATUS(lull_scope_exit(&scope, lull_mutex_lock(&mutex)), LULL_ETIMEDOUT);
    CHECK_TIME(0.5);
    lull_pause(2);
    destroy();
}

TASK_TEST(a_group_that_fails_ends_its_childrens_waits_for_a_mutex)
{
    lock();
    lull_group group = lull_group_open();
    lull_spawn(locks, NULL, .name = "a", .group = group);
    lull_spawn(test_fails, NULL, .group = group);
    CHECK_STATUS(lull_group_wait(group), LULL_EFAILED);
    CHECK_LOG("a:LULL_ECANCELED");
    unlock();
    destroy();
}

TASK_TEST(a_mutex_that_was_handed_over_beats_a_cancellation)
{
    lock();
    lull_task a = lull_spawn(locks_and_waits, NULL, .name = "a");
    lull_pause(0);
    unlock();
    lull_cancel(a);
    CHECK_STATUS(lull_mutex_try_lock(&mutex), LULL_EBUSY);
    lull_pause(0);
    CHECK_LOG("a=0 a:LULL_ECANCELED");
    lock();
    unlock();
    destroy();
}

TASK_TEST(a_cancellation_before_the_mutex_is_handed_over_beats_it)
{
    lock();
    lull_task a = lull_spawn(locks, NULL, .name = "a");
    lull_pause(0);
    lull_cancel(a);
    unlock();
    CHECK_STATUS(lull_mutex_try_lock(&mutex), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED");
    unlock();
    destroy();
}

TASK_TEST(a_mutex_that_was_handed_over_beats_a_deadline)
{
    lock();
    lull_spawn(locks_and_waits, NULL, .name = "a", .timeout = 1);
    lull_pause(0);
    unlock();
    lull_native.now = 2; /* its time is up before it runs */
    lull_pause(0);
    CHECK_LOG("a=0 a:LULL_ETIMEDOUT");
    destroy();
}

static lull_value is_cancelled_and_locks(void *unused)
{
    (void)unused;
    lull_cancel(lull_current());
    CHECK_STATUS(lull_mutex_lock(&mutex), LULL_ECANCELED);
    CHECK_STATUS(lull_mutex_try_lock(&mutex), LULL_OK);
    unlock();
    return 0;
}

TASK_TEST(a_task_that_is_cancelled_does_not_lock_but_may_try)
{
    CHECK_STATUS(lull_join(lull_spawn(is_cancelled_and_locks, NULL), NULL), LULL_OK);
    destroy();
}

TASK_TEST(a_resume_does_not_lock_a_mutex)
{
    lock();
    lull_task a = lull_spawn(locks, NULL, .name = "a");
    lull_spawn(locks, NULL, .name = "b");
    lull_pause(0);
    CHECK_STATUS(lull_resume(a, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("");
    unlock();
    lull_pause(3);
    CHECK_LOG("b=0 a=0");
    destroy();
}

TASK_TEST(an_error_can_be_thrown_into_the_wait_for_a_mutex)
{
    lock();
    lull_task a = lull_spawn(locks, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_throw(a, LULL_EFAILED, "x"), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_EFAILED");
    unlock();
    destroy();
}

TASK_TEST(a_task_that_is_killed_waits_no_longer)
{
    lock();
    lull_task a = lull_spawn(locks, NULL, .name = "a");
    lull_spawn(locks, NULL, .name = "b");
    lull_pause(0);
    lull_kill(a);
    unlock();
    lull_pause(0);
    CHECK_LOG("b=0");
    lull_pause(2);
    destroy();
}

/* ---- Destroy ------------------------------------------------------------------------------------------------- */

TASK_TEST(a_mutex_that_is_held_or_waited_for_is_not_destroyed)
{
    lock();
    CHECK_STATUS(lull_mutex_destroy(&mutex), LULL_EBUSY);
    lull_spawn(locks, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_mutex_destroy(&mutex), LULL_EBUSY);
    unlock();
    CHECK_STATUS(lull_mutex_destroy(&mutex), LULL_EBUSY);
    lull_pause(2);
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(a_mutex_that_was_destroyed_is_as_new)
{
    lock();
    unlock();
    destroy();
    lull_spawn(locks, NULL, .name = "a");
    lull_spawn(locks, NULL, .name = "b");
    lull_pause(3);
    CHECK_LOG("a=0 b=0");
    destroy();
}

/* ---- A holder that ends -------------------------------------------------------------------------------------- */

TASK_TEST(those_who_wait_for_a_mutex_learn_of_its_holders_end)
{
    lull_spawn(locks_and_ends, NULL);
    lull_spawn(locks, NULL, .name = "a");
    lull_spawn(locks, NULL, .name = "b");
    lull_pause(2);
    CHECK_LOG("a:LULL_EDEADLOCK b:LULL_EDEADLOCK");
    destroy();
}

TASK_TEST(those_who_come_after_the_holders_end_do_not_wait)
{
    lull_spawn(locks_and_ends, NULL);
    lull_pause(2);
    CHECK_STATUS(lull_mutex_lock(&mutex), LULL_EDEADLOCK);
    CHECK_STATUS(lull_mutex_try_lock(&mutex), LULL_EDEADLOCK);
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_EINVAL);
    CHECK_TIME(2);
    destroy();
    lock();
    unlock();
    destroy();
}

TASK_TEST(the_end_of_a_holder_to_whom_the_mutex_was_handed_is_learned_of)
{
    lull_spawn(locks, NULL, .name = "a");
    lull_spawn(locks_and_ends, NULL);
    lull_spawn(locks, NULL, .name = "b");
    lull_pause(3);
    CHECK_LOG("a=0 b:LULL_EDEADLOCK");
    destroy();
}

TASK_TEST(the_end_of_one_who_held_the_mutex_before_is_nothing)
{
    lull_spawn(locks, NULL, .name = "a");
    lull_spawn(locks, NULL, .name = "b");
    lull_spawn(locks, NULL, .name = "c");
    lull_pause(4);
    CHECK_LOG("a=0 b=0 c=0");
    CHECK_TIME(4);
    destroy();
}

TASK_TEST(a_holder_that_fails_is_reported_though_somebody_waits_for_its_mutex)
{
    lull_spawn(locks_and_fails, NULL);
    lull_spawn(locks, NULL, .name = "a");
    lull_pause(2);
    CHECK_LOG("a:LULL_EDEADLOCK");
    CHECK_INT(lull_native.failures, 1);
    CHECK_TEXT(lull_native.failure[0].message, "broken");
    destroy();
}

TASK_TEST(a_holder_that_is_joined_fails_to_its_joiner)
{
    lull_task holder = lull_spawn(locks_and_fails, NULL);
    lull_spawn(locks, NULL, .name = "a");
    CHECK_STATUS(lull_join(holder, NULL), LULL_EFAILED);
    lull_pause(0);
    CHECK_LOG("a:LULL_EDEADLOCK");
    CHECK_INT(lull_native.failures, 0);
    destroy();
}

TASK_TEST(a_holder_that_is_killed_has_ended)
{
    lull_task holder = lull_spawn(locks_and_ends, NULL);
    lull_spawn(locks, NULL, .name = "a");
    lull_pause(0);
    lull_kill(holder);
    lull_pause(0);
    CHECK_LOG("a:LULL_EDEADLOCK");
    destroy();
}

TASK_TEST(a_deferred_unlock_hands_the_mutex_of_a_task_that_is_killed_over)
{
    lull_task holder = lull_spawn(locks_and_defers, NULL);
    lull_spawn(locks, NULL, .name = "a");
    lull_pause(0);
    lull_kill(holder);
    lull_pause(0.5);
    CHECK_LOG("a=0");
    lull_pause(2);
    destroy();
}

TASK_TEST(a_task_that_is_killed_after_the_mutex_was_handed_to_it_has_held_it)
{
    lock();
    lull_task a = lull_spawn(locks, NULL, .name = "a");
    lull_spawn(locks, NULL, .name = "b");
    lull_pause(0);
    unlock();
    lull_kill(a);
    lull_pause(0.5);
    CHECK_LOG("b:LULL_EDEADLOCK");
    destroy();
}
