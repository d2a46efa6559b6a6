/* Read-write locks: many read, or one writes. */
#include "test.h"

static lull_rwlock lock; /* of each test, which leaves it as new */

static void destroy(void)
{
    CHECK_STATUS(lull_rwlock_destroy(&lock), LULL_OK);
}

static void unlock(void)
{
    CHECK_STATUS(lull_rwlock_unlock(&lock), LULL_OK);
}

/* Hold it for a second, with "name=status" logged when it is had. */
static lull_value holds(int status)
{
    test_log_wait(status, 0);
    if (status == 0) {
        lull_pause(1);
        unlock();
    }
    return 0;
}

static lull_value reads(void *unused)
{
    (void)unused;
    return holds(lull_rwlock_read(&lock));
}

static lull_value writes(void *unused)
{
    (void)unused;
    return holds(lull_rwlock_write(&lock));
}

static lull_value reads_and_waits(void *unused)
{
    (void)unused;
    test_log_wait(lull_rwlock_read(&lock), 0);
    test_log_wait(lull_pause(1), 1);
    unlock();
    return 0;
}

static lull_value writes_and_waits(void *unused)
{
    (void)unused;
    test_log_wait(lull_rwlock_write(&lock), 0);
    test_log_wait(lull_pause(1), 1);
    unlock();
    return 0;
}

static lull_value reads_and_ends(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_rwlock_read(&lock), LULL_OK);
    lull_pause(1);
    return 0;
}

static lull_value writes_and_ends(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_OK);
    lull_pause(1);
    return 0;
}

/* ---- Lock and unlock ----------------------------------------------------------------------------------------- */

TASK_TEST(a_lock_that_is_free_is_had_without_suspending_or_allocating)
{
    lull_spawn(test_says_name, NULL, .name = "other");
    size_t allocations = lull__live_allocations;
    for (int i = 0; i < 3; i++) {
        CHECK_STATUS(lull_rwlock_read(&lock), LULL_OK);
        unlock();
        CHECK_STATUS(lull_rwlock_write(&lock), LULL_OK);
        unlock();
    }
    CHECK_INT((int64_t)lull__live_allocations, (int64_t)allocations);
    CHECK_LOG("");
    destroy();
}

TASK_TEST(many_read_at_once)
{
    for (int i = 0; i < 20; i++) lull_spawn(reads, NULL, .name = "a");
    lull_pause(0);
    CHECK_LOG("a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0 a=0");
    CHECK_STATUS(lull_rwlock_try_write(&lock), LULL_EBUSY);
    lull_pause(2);
    CHECK(!lock.many);
    destroy();
}

TASK_TEST(who_writes_is_alone)
{
    lull_spawn(writes, NULL, .name = "w");
    lull_spawn(reads, NULL, .name = "a");
    lull_spawn(writes, NULL, .name = "x");
    lull_pause(0.5);
    CHECK_LOG("w=0");
    CHECK_STATUS(lull_rwlock_try_read(&lock), LULL_EBUSY);
    CHECK_STATUS(lull_rwlock_try_write(&lock), LULL_EBUSY);
    lull_pause(3);
    destroy();
}

TASK_TEST(writers_write_in_the_order_in_which_they_came)
{
    lull_spawn(writes, NULL, .name = "w");
    lull_spawn(writes, NULL, .name = "x");
    lull_spawn(writes, NULL, .name = "y");
    lull_pause(1.5);
    CHECK_LOG("w=0 x=0");
    lull_pause(2);
    CHECK_LOG("w=0 x=0 y=0");
    destroy();
}

TASK_TEST(a_writer_waits_for_all_readers)
{
    lull_spawn(reads, NULL, .name = "a");
    lull_spawn(reads, NULL, .name = "b", .delay = 0.5);
    lull_spawn(writes, NULL, .name = "w", .delay = 0.7);
    lull_pause(1.4);
    CHECK_LOG("a=0 b=0");
    lull_pause(0.2);
    CHECK_LOG("a=0 b=0 w=0");
    lull_pause(2);
    destroy();
}

TASK_TEST(a_writer_does_not_starve)
{
    lull_spawn(reads, NULL, .name = "a");
    lull_spawn(writes, NULL, .name = "w", .delay = 0.1);
    for (int i = 1; i < 10; i++) lull_spawn(reads, NULL, .name = "r", .delay = 0.9 * i); /* ever one that reads */
    lull_pause(1.5);
    CHECK_LOG("a=0 w=0");
    lull_pause(30);
    destroy();
}

TASK_TEST(neither_do_readers)
{
    lull_spawn(writes, NULL, .name = "w");
    lull_spawn(writes, NULL, .name = "x");
    lull_spawn(reads, NULL, .name = "a");
    lull_spawn(reads, NULL, .name = "b");
    lull_spawn(writes, NULL, .name = "y");
    lull_pause(0.5);
    lull_spawn(reads, NULL, .name = "c");
    lull_pause(1);
    CHECK_LOG("w=0 a=0 b=0 c=0");
    lull_spawn(reads, NULL, .name = "d");
    lull_pause(10);
    CHECK_LOG("w=0 a=0 b=0 c=0 x=0 d=0 y=0");
    destroy();
}

TASK_TEST(locking_what_one_holds_is_a_deadlock)
{
    CHECK_STATUS(lull_rwlock_read(&lock), LULL_OK);
    CHECK_STATUS(lull_rwlock_read(&lock), LULL_EDEADLOCK);
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_EDEADLOCK);
    CHECK_STATUS(lull_rwlock_try_read(&lock), LULL_EDEADLOCK);
    CHECK_STATUS(lull_rwlock_try_write(&lock), LULL_EDEADLOCK);
    unlock();
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_OK);
    CHECK_STATUS(lull_rwlock_read(&lock), LULL_EDEADLOCK);
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_EDEADLOCK);
    unlock();
    destroy();
}

TASK_TEST(unlocking_what_one_does_not_hold_is_refused)
{
    CHECK_STATUS(lull_rwlock_unlock(&lock), LULL_EINVAL);
    lull_spawn(reads, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_rwlock_unlock(&lock), LULL_EINVAL);
    lull_spawn(writes, NULL, .name = "w");
    lull_pause(1.5);
    CHECK_LOG("a=0 w=0");
    CHECK_STATUS(lull_rwlock_unlock(&lock), LULL_EINVAL);
    lull_pause(1);
    destroy();
}

TEST(outside_of_a_task_it_is_neither_locked_nor_unlocked)
{
    CHECK_STATUS(lull_rwlock_read(&lock), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_rwlock_try_read(&lock), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_rwlock_try_write(&lock), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_rwlock_unlock(&lock), LULL_EINVAL);
    destroy();
}

TASK_TEST(trying_does_not_wait)
{
    CHECK_STATUS(lull_rwlock_try_write(&lock), LULL_OK);
    unlock();
    CHECK_STATUS(lull_rwlock_try_read(&lock), LULL_OK);
    lull_spawn(reads, NULL, .name = "a");
    lull_spawn(writes, NULL, .name = "w");
    lull_pause(0);
    unlock();
    CHECK_STATUS(lull_rwlock_try_read(&lock), LULL_EBUSY); /* a writer waits */
    CHECK_STATUS(lull_rwlock_try_write(&lock), LULL_EBUSY);
    CHECK_TIME(0);
    lull_pause(3);
    destroy();
}

/* ---- Waits that are cut short -------------------------------------------------------------------------------- */

TASK_TEST(waiting_to_read_or_to_write_can_be_cancelled)
{
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_OK);
    lull_task a = lull_spawn(reads, NULL, .name = "a");
    lull_task w = lull_spawn(writes, NULL, .name = "w");
    lull_spawn(reads, NULL, .name = "b");
    lull_pause(0);
    lull_cancel(a);
    lull_cancel(w);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED w:LULL_ECANCELED");
    unlock();
    lull_pause(2);
    CHECK_LOG("a:LULL_ECANCELED w:LULL_ECANCELED b=0");
    destroy();
}

TASK_TEST(waiting_to_read_or_to_write_can_be_limited)
{
    lull_spawn(writes, NULL, .name = "w");
    lull_pause(0);
    CHECK_STATUS(lull_with_timeout(0.2, lull_rwlock_read_yieldable(&lock), NULL), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_with_timeout(0.2, lull_rwlock_write_yieldable(&lock), NULL), LULL_ETIMEDOUT);
    CHECK_TIME(0.4);
    CHECK_STATUS(lull_with_timeout(5, lull_rwlock_read_yieldable(&lock), NULL), LULL_OK);
    CHECK_TIME(1);
    unlock();
    CHECK_STATUS(lull_with_timeout(0, lull_rwlock_write_yieldable(&lock), NULL), LULL_OK);
    unlock();
    destroy();
}

TASK_TEST(readers_behind_a_writer_who_gives_up_read)
{
    lull_spawn(reads, NULL, .name = "a");
    lull_task w = lull_spawn(writes, NULL, .name = "w");
    lull_spawn(reads, NULL, .name = "b");
    lull_spawn(reads, NULL, .name = "c");
    lull_pause(0.5);
    CHECK_LOG("a=0");
    lull_cancel(w);
    lull_pause(0);
    CHECK_LOG("a=0 w:LULL_ECANCELED b=0 c=0");
    lull_pause(2);
    destroy();
}

TASK_TEST(readers_behind_a_writer_who_is_killed_read)
{
    lull_spawn(reads, NULL, .name = "a");
    lull_task w = lull_spawn(writes, NULL, .name = "w");
    lull_spawn(reads, NULL, .name = "b");
    lull_pause(0.5);
    lull_kill(w);
    lull_pause(0);
    CHECK_LOG("a=0 b=0");
    lull_pause(2);
    destroy();
}

TASK_TEST(a_lock_that_was_handed_over_beats_a_cancellation)
{
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_OK);
    lull_task a = lull_spawn(reads_and_waits, NULL, .name = "a");
    lull_pause(0);
    unlock();
    lull_cancel(a);
    lull_pause(0);
    CHECK_LOG("a=0 a:LULL_ECANCELED");
    CHECK_STATUS(lull_rwlock_read(&lock), LULL_OK);
    lull_task w = lull_spawn(writes_and_waits, NULL, .name = "w");
    lull_pause(0);
    unlock();
    lull_cancel(w);
    lull_pause(0);
    CHECK_LOG("a=0 a:LULL_ECANCELED w=0 w:LULL_ECANCELED");
    destroy();
}

TASK_TEST(a_resume_does_not_lock)
{
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_OK);
    lull_task a = lull_spawn(reads, NULL, .name = "a");
    lull_task w = lull_spawn(writes, NULL, .name = "w");
    lull_pause(0);
    CHECK_STATUS(lull_resume(a, 1), LULL_OK);
    CHECK_STATUS(lull_resume(w, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("");
    unlock();
    lull_pause(3);
    CHECK_LOG("a=0 w=0");
    destroy();
}

/* ---- Holders that end ---------------------------------------------------------------------------------------- */

TASK_TEST(those_who_wait_learn_of_the_writers_end)
{
    lull_spawn(writes_and_ends, NULL);
    lull_spawn(reads, NULL, .name = "a");
    lull_spawn(writes, NULL, .name = "w");
    lull_pause(2);
    CHECK_LOG("w:LULL_EDEADLOCK a:LULL_EDEADLOCK");
    CHECK_STATUS(lull_rwlock_read(&lock), LULL_EDEADLOCK);
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_EDEADLOCK);
    destroy();
}

TASK_TEST(a_writer_learns_that_all_readers_have_ended)
{
    lull_spawn(reads_and_ends, NULL);
    lull_spawn(reads, NULL, .name = "a");
    lull_spawn(reads_and_ends, NULL, .delay = 0.1);
    lull_spawn(writes, NULL, .name = "w", .delay = 0.2);
    lull_pause(1.05);
    CHECK_LOG("a=0");
    lull_pause(0.1);
    CHECK_LOG("a=0 w:LULL_EDEADLOCK");
    CHECK_STATUS(lull_rwlock_try_write(&lock), LULL_EDEADLOCK);
    destroy();
}

TASK_TEST(readers_behind_a_writer_whom_ended_readers_stop_read)
{
    lull_spawn(reads_and_ends, NULL);
    lull_spawn(writes, NULL, .name = "w");
    lull_spawn(reads, NULL, .name = "a");
    lull_pause(1.5);
    CHECK_LOG("w:LULL_EDEADLOCK a=0");
    lull_pause(2);
    destroy();
}

TASK_TEST(a_reader_that_is_killed_has_ended)
{
    lull_task a = lull_spawn(reads, NULL, .name = "a");
    lull_spawn(writes, NULL, .name = "w");
    lull_pause(0);
    lull_kill(a);
    lull_pause(0);
    CHECK_LOG("a=0 w:LULL_EDEADLOCK");
    destroy();
}

TASK_TEST(many_readers_that_ended_leave_memory_to_destroy)
{
    for (int i = 0; i < 10; i++) lull_spawn(reads_and_ends, NULL);
    lull_spawn(writes, NULL, .name = "w");
    lull_pause(2);
    CHECK_LOG("w:LULL_EDEADLOCK");
    CHECK(lock.many);
    destroy();
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_OK);
    unlock();
}

/* ---- Memory, and destroy ------------------------------------------------------------------------------------- */

TASK_TEST(a_reader_too_many_to_remember_is_refused)
{
    for (int i = 0; i < LULL_RWLOCK_FEW; i++) lull_spawn(reads, NULL, .name = "a");
    lull_pause(0);
    lull__allocations_left = 0;
    int status = lull_rwlock_read(&lock);
    int tried = lull_rwlock_try_read(&lock);
    lull__allocations_left = -1;
    CHECK_STATUS(status, LULL_ENOMEM);
    CHECK_STATUS(tried, LULL_ENOMEM);
    CHECK_STATUS(lull_rwlock_read(&lock), LULL_OK);
    unlock();
    lull_pause(2);
    destroy();
}

TASK_TEST(those_who_wait_to_read_are_let_in_without_memory)
{
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_OK);
    for (int i = 0; i < 6; i++) lull_spawn(reads, NULL, .name = "a");
    lull_pause(0);
    lull__allocations_left = 0;
    unlock();
    lull__allocations_left = -1;
    lull_pause(0);
    CHECK_LOG("a=0 a=0 a=0 a=0 a=0 a=0");
    lull_pause(2);
    destroy();
}

static lull_value writes_until_resumed(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_rwlock_write(&lock), LULL_OK);
    CHECK_STATUS(lull_yield_to(NULL, NULL), LULL_OK);
    unlock();
    return 0;
}

TASK_TEST(waiting_to_read_out_of_memory_is_refused)
{
    lull_task w = lull_spawn(writes_until_resumed, NULL);
    for (int i = 0; i < LULL_RWLOCK_FEW; i++) lull_spawn(reads, NULL, .name = "a");
    lull_pause(0);
    lull__allocations_left = 0;
    int status = lull_rwlock_read(&lock);
    lull__allocations_left = -1;
    CHECK_STATUS(status, LULL_ENOMEM);
    CHECK_STATUS(lull_resume(w, 0), LULL_OK);
    lull_pause(2);
    CHECK_LOG("a=0 a=0 a=0 a=0");
    destroy();
}

TASK_TEST(a_lock_that_is_held_or_waited_for_is_not_destroyed)
{
    lull_spawn(reads, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_rwlock_destroy(&lock), LULL_EBUSY);
    lull_spawn(writes, NULL, .name = "w");
    lull_pause(1.5);
    CHECK_STATUS(lull_rwlock_destroy(&lock), LULL_EBUSY);
    lull_pause(1);
    destroy();
}

static lull_value reads_for_two_seconds(void *lock)
{
    lull_check(lull_rwlock_read((lull_rwlock *)lock));
    lull_check(lull_pause(2));
    CHECK_STATUS(lull_rwlock_unlock((lull_rwlock *)lock), LULL_OK);
    return 0;
}

TASK_TEST(a_choice_between_both_modes_of_a_lock_can_end_otherwise)
{
    static lull_rwlock lock;
    for (uint32_t seed = 1; seed <= 20; seed++) { /* the order of the cases is up to chance */
        lull_seed(seed);
        lull_task reader = lull_spawn(reads_for_two_seconds, &lock);
        CHECK_STATUS(lull_pause(0), LULL_OK);
        lull_case cases[] = {
            {.yieldable = lull_rwlock_write_yieldable(&lock)},
            {.await = lull_future_new()},
            {.yieldable = lull_rwlock_write_yieldable(&lock)},
            {.yieldable = lull_rwlock_read_yieldable(&lock)},
            {.after = 1},
        };
        int chosen = lull_select(cases, 5);
        CHECK(chosen == 3 || chosen == 4); /* it could read at once, or had to wait behind itself */
        if (chosen == 3) CHECK_STATUS(lull_rwlock_unlock(&lock), LULL_OK);
        lull_future_free(cases[1].await);
        CHECK_STATUS(lull_join(reader, NULL), LULL_OK);
        CHECK_STATUS(lull_rwlock_try_write(&lock), LULL_OK);
        CHECK_STATUS(lull_rwlock_unlock(&lock), LULL_OK);
        CHECK_STATUS(lull_rwlock_destroy(&lock), LULL_OK);
    }
}
