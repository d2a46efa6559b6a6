/* Conditions: wait with a mutex unlocked, and have it again afterwards. */
#include "test.h"

static lull_mutex mutex;
static lull_cond cond;

static void lock(void)
{
    CHECK_STATUS(lull_mutex_lock(&mutex), LULL_OK);
}

static void unlock(void)
{
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_OK);
}

static void destroy(void)
{
    CHECK_STATUS(lull_cond_destroy(&cond), LULL_OK);
    CHECK_STATUS(lull_mutex_destroy(&mutex), LULL_OK);
}

/* Wait for a signal, say how that went, and unlock what it then holds. */
static lull_value waits(void *unused)
{
    (void)unused;
    lock();
    test_log_wait(lull_cond_wait(&cond, &mutex), 0);
    unlock();
    return 0;
}

/* The same, and say how the next wait went. */
static lull_value waits_twice(void *unused)
{
    waits(unused);
    test_log_wait(lull_pause(1), 1);
    return 0;
}

static lull_value holds_for_a_second(void *unused)
{
    (void)unused;
    lock();
    lull_pause(1);
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

TASK_TEST(a_signal_ends_the_wait_of_the_first_who_waits)
{
    lull_spawn(waits, NULL, .name = "a");
    lull_spawn(waits, NULL, .name = "b");
    lull_pause(0);
    lull_cond_signal(&cond);
    lull_pause(0);
    CHECK_LOG("a=0");
    lull_cond_signal(&cond);
    lull_cond_signal(&cond); /* to nobody */
    lull_pause(0);
    CHECK_LOG("a=0 b=0");
    destroy();
}

TASK_TEST(a_broadcast_ends_all_waits_in_the_order_in_which_they_began)
{
    lull_spawn(waits, NULL, .name = "a");
    lull_spawn(waits, NULL, .name = "b");
    lull_spawn(waits, NULL, .name = "c");
    lull_pause(0);
    lull_cond_broadcast(&cond);
    lull_pause(1);
    CHECK_LOG("a=0 b=0 c=0");
    destroy();
}

TASK_TEST(a_signal_that_nobody_waits_for_is_gone)
{
    lull_cond_signal(&cond);
    lull_cond_broadcast(&cond);
    lull_spawn(waits, NULL, .name = "a");
    lull_pause(1);
    CHECK_LOG("");
    lull_cond_signal(&cond);
    lull_pause(0);
    destroy();
}

TASK_TEST(the_mutex_is_unlocked_during_the_wait)
{
    lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    lock();
    lull_cond_signal(&cond);
    lull_pause(1);
    CHECK_LOG(""); /* it is to have the mutex first */
    unlock();
    lull_pause(0);
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(waiting_without_the_mutex_is_refused)
{
    CHECK_STATUS(lull_cond_wait(&cond, &mutex), LULL_EINVAL);
    lull_spawn(holds_for_a_second, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_cond_wait(&cond, &mutex), LULL_EINVAL);
    lull_pause(2);
    destroy();
}

TASK_TEST(waiting_with_another_mutex_than_the_others_is_refused)
{
    static lull_mutex other;
    lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_mutex_lock(&other), LULL_OK);
    CHECK_STATUS(lull_cond_wait(&cond, &other), LULL_EINVAL);
    CHECK_STATUS(lull_mutex_unlock(&other), LULL_OK);
    lull_cond_signal(&cond);
    lull_pause(0);
    CHECK_LOG("a=0");
    destroy();
}

TEST(waiting_outside_of_a_task_is_refused)
{
    CHECK_STATUS(lull_cond_wait(&cond, &mutex), LULL_ENOSUSPEND);
    lull_cond_signal(&cond);
    destroy();
}

/* ---- Waits that are cut short -------------------------------------------------------------------------------- */

TASK_TEST(a_wait_that_is_cancelled_holds_the_mutex_again)
{
    lull_task a = lull_spawn(waits_twice, NULL, .name = "a");
    lull_pause(0);
    lull_cancel(a);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED a:LULL_ECANCELED");
    destroy();
}

TASK_TEST(a_cancelled_wait_waits_for_the_mutex_behind_a_shield)
{
    lull_task a = lull_spawn(waits_twice, NULL, .name = "a");
    lull_pause(0);
    lull_spawn(holds_for_a_second, NULL);
    lull_pause(0);
    lull_cancel(a);
    lull_pause(0.5);
    CHECK_LOG("");
    lull_cancel(a);
    lull_pause(1);
    CHECK_LOG("a:LULL_ECANCELED a:LULL_ECANCELED");
    destroy();
}

TASK_TEST(a_signal_that_was_handed_over_beats_a_cancellation)
{
    lull_task a = lull_spawn(waits_twice, NULL, .name = "a");
    lull_pause(0);
    lull_cond_signal(&cond);
    lull_cancel(a);
    lull_pause(0);
    CHECK_LOG("a=0 a:LULL_ECANCELED");
    destroy();
}

TASK_TEST(a_signalled_task_that_is_cancelled_while_it_waits_for_the_mutex_has_been_signalled)
{
    lull_task a = lull_spawn(waits_twice, NULL, .name = "a");
    lull_pause(0);
    lock();
    lull_cond_signal(&cond);
    lull_pause(1);
    lull_cancel(a);
    lull_pause(1);
    CHECK_LOG("");
    unlock();
    lull_pause(0);
    CHECK_LOG("a=0 a:LULL_ECANCELED");
    destroy();
}

TASK_TEST(a_cancelled_wait_leaves_the_signal_to_the_next)
{
    lull_task a = lull_spawn(waits, NULL, .name = "a");
    lull_spawn(waits, NULL, .name = "b");
    lull_pause(0);
    lull_cancel(a);
    lull_cond_signal(&cond);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED b=0");
    destroy();
}

static lull_value is_cancelled_and_waits(void *unused)
{
    (void)unused;
    lock();
    lull_cancel(lull_current());
    CHECK_STATUS(lull_cond_wait(&cond, &mutex), LULL_ECANCELED);
    unlock();
    return 0;
}

TASK_TEST(a_task_that_is_cancelled_already_keeps_the_mutex)
{
    lull_task task = lull_spawn(is_cancelled_and_waits, NULL);
    lull_spawn(waits, NULL, .name = "a");
    CHECK_STATUS(lull_join(task, NULL), LULL_OK);
    lull_cond_signal(&cond);
    lull_pause(0);
    lull_cond_signal(&cond);
    lull_pause(0);
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(a_scope_limits_the_wait)
{
    lull_scope scope;
    lock();
    CHECK_STATUS(lull_scope_enter(&scope, 1), LULL_OK);
    CHECK_STATUS(lull_cond_wait(&cond, &mutex), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_cond_wait(&cond, &mutex), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&scope, 0), LULL_OK);
    CHECK_TIME(1);
    unlock();
    CHECK(lull__timers_next() == LULL_FOREVER);
    destroy();
}

TASK_TEST(a_limit_does_not_reach_the_wait_for_the_mutex)
{
    lull_scope scope;
    lock();
    lull_spawn(holds_for_a_second, NULL);
    CHECK_STATUS(lull_scope_enter(&scope, 0.5), LULL_OK);
    CHECK_STATUS(lull_scope_exit(&scope, lull_cond_wait(&cond, &mutex)), LULL_ETIMEDOUT);
    CHECK_TIME(1);
    unlock();
    destroy();
}

TASK_TEST(a_signal_that_was_handed_over_beats_a_limit_that_ends_in_the_wait_for_the_mutex)
{
    lull_spawn(waits_twice, NULL, .name = "a", .timeout = 1);
    lull_pause(0);
    lock();
    lull_cond_signal(&cond);
    lull_pause(2);
    unlock();
    lull_pause(0);
    CHECK_LOG("a=0 a:LULL_ETIMEDOUT");
    destroy();
}

TASK_TEST(what_is_thrown_into_the_wait_is_returned_with_the_mutex_held)
{
    lull_task a = lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_throw(a, LULL_EFAILED, "x"), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_EFAILED");
    destroy();
}

TASK_TEST(what_is_thrown_into_the_wait_for_the_mutex_is_returned_with_the_mutex_held)
{
    lull_task a = lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    lock();
    lull_cond_signal(&cond);
    lull_pause(0);
    CHECK_STATUS(lull_throw(a, LULL_EDEADLOCK, "x"), LULL_OK);
    lull_pause(0);
    CHECK_LOG("");
    unlock();
    lull_pause(0);
    CHECK_LOG("a:LULL_EDEADLOCK");
    destroy();
}

TASK_TEST(a_resume_ends_the_wait_as_a_signal_does)
{
    lull_task a = lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_resume(a, 5), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=0");
    destroy();
}

TASK_TEST(a_task_that_is_killed_waits_no_longer)
{
    lull_task a = lull_spawn(waits, NULL, .name = "a");
    lull_spawn(waits, NULL, .name = "b");
    lull_pause(0);
    lull_kill(a);
    lull_cond_signal(&cond);
    lull_pause(0);
    CHECK_LOG("b=0");
    destroy();
}

static lull_value waits_in_vain(void *unused)
{
    (void)unused;
    lock();
    test_log_wait(lull_cond_wait(&cond, &mutex), 0);
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_EINVAL);
    return 0;
}

TASK_TEST(a_mutex_whose_holder_has_ended_is_not_held_after_the_wait)
{
    lull_spawn(waits_in_vain, NULL, .name = "a");
    lull_spawn(waits_in_vain, NULL, .name = "b");
    lull_pause(0);
    lull_spawn(locks_and_ends, NULL);
    lull_pause(0);
    lull_cond_signal(&cond);
    lull_pause(2);
    CHECK_LOG("a:LULL_EDEADLOCK");
    lull_cond_signal(&cond);
    lull_pause(0);
    CHECK_LOG("a:LULL_EDEADLOCK b:LULL_EDEADLOCK");
    destroy();
}

static lull_value made_new_on_end(void *holder)
{
    CHECK_STATUS(lull_join(*(const lull_task *)holder, NULL), LULL_OK);
    CHECK_STATUS(lull_mutex_destroy(&mutex), LULL_OK);
    test_log("new");
    return 0;
}

TASK_TEST(a_mutex_that_is_made_new_before_the_wait_for_it_is_over_is_not_held_either)
{
    lull_spawn(waits_in_vain, NULL, .name = "a");
    lull_pause(0);
    lull_task holder = lull_spawn(locks_and_ends, NULL);
    lull_spawn(made_new_on_end, &holder);
    lull_pause(0);
    lull_cond_signal(&cond);
    lull_pause(2);
    CHECK_LOG("new a:LULL_EDEADLOCK");
    destroy();
}

static lull_value waits_and_says_why_in_vain(void *unused)
{
    waits_in_vain(unused);
    CHECK_STATUS(lull_last_error()->code, LULL_EDEADLOCK);
    return 0;
}

static lull_value locks_throws_and_ends(void *waiter)
{
    lock();
    lull_cond_signal(&cond);
    lull_pause(1);
    CHECK_STATUS(lull_throw(*(const lull_task *)waiter, LULL_EFAILED, "x"), LULL_OK);
    return 0;
}

TASK_TEST(what_is_thrown_when_the_holder_ends_is_not_the_last_error)
{
    lull_task a = lull_spawn(waits_and_says_why_in_vain, NULL, .name = "a");
    lull_pause(0);
    lull_spawn(locks_throws_and_ends, &a);
    lull_pause(2);
    CHECK_LOG("a:LULL_EDEADLOCK");
    destroy();
}

/* ---- Memory, and the rest ------------------------------------------------------------------------------------ */

TASK_TEST(waiting_out_of_memory_is_refused_with_the_mutex_held)
{
    lock();
    lull__allocations_left = 0;
    int status = lull_cond_wait(&cond, &mutex); /* the first timer of all */
    lull__allocations_left = -1;
    CHECK_STATUS(status, LULL_ENOMEM);
    unlock();
    destroy();
}

TASK_TEST(a_condition_that_is_waited_for_is_not_destroyed_nor_is_its_mutex)
{
    lull_spawn(waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_cond_destroy(&cond), LULL_EBUSY);
    CHECK_STATUS(lull_mutex_destroy(&mutex), LULL_EBUSY);
    lull_cond_signal(&cond);
    lull_pause(0);
    CHECK_LOG("a=0");
    destroy();
}

static bool full;
static int item;

static lull_value puts_five(void *unused)
{
    (void)unused;
    for (int i = 1; i <= 5; i++) {
        lock();
        while (full) CHECK_STATUS(lull_cond_wait(&cond, &mutex), LULL_OK);
        item = i;
        full = true;
        lull_cond_broadcast(&cond);
        unlock();
    }
    return 0;
}

TASK_TEST(two_tasks_hand_items_over)
{
    lull_spawn(puts_five, NULL);
    for (int i = 0; i < 5; i++) {
        lock();
        while (!full) CHECK_STATUS(lull_cond_wait(&cond, &mutex), LULL_OK);
        test_log("%d", item);
        full = false;
        lull_cond_broadcast(&cond);
        unlock();
    }
    lull_pause(0);
    CHECK_LOG("1 2 3 4 5");
    destroy();
}

static void waits_in_its_cleanup(void *unused)
{
    (void)unused;
    lock();
    test_log_wait(lull_cond_wait(&cond, &mutex), 0);
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_EINVAL);
}

static lull_value defers_a_wait(void *unused)
{
    (void)unused;
    lull_check(lull_defer(waits_in_its_cleanup, NULL));
    return 0;
}

static lull_value holds_for_ten_seconds(void *unused)
{
    (void)unused;
    lock();
    lull_pause(10);
    unlock();
    return 0;
}

TASK_TEST(a_deferred_wait_whose_time_is_up_does_not_have_the_mutex)
{
    lull_spawn(defers_a_wait, NULL, .name = "a");
    lull_pause(0);
    lull_pause(0);
    lull_spawn(holds_for_ten_seconds, NULL);
    lull_pause(6);
    CHECK_LOG("a:LULL_EDEADLOCK");
    lull_pause(10);
    destroy();
}
