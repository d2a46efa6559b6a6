/* Handles: a stale one never reaches what has taken its place. */
#include "test.h"

#define MANY 5000

TASK_TEST(a_stale_task_handle_does_not_reach_the_task_in_its_slot)
{
    lull_task old = lull_spawn(test_says_name, NULL);
    lull_pause(0);
    lull_task new = lull_spawn(test_waits, NULL, .name = "new");
    lull_pause(0);
    CHECK_INT(old & 0xffffff, new & 0xffffff);
    CHECK(old != new);
    CHECK_STATUS(lull_resume(old, 0), LULL_ESRCH);
    CHECK_STATUS(lull_schedule(old, 0, 0), LULL_ESRCH);
    CHECK_STATUS(lull_throw(old, LULL_EFAILED, NULL), LULL_ESRCH);
    CHECK_STATUS(lull_cancel(old), LULL_ESRCH);
    CHECK_STATUS(lull_kill(old), LULL_ESRCH);
    CHECK_STATUS(lull_join(old, NULL), LULL_ESRCH);
    CHECK_TEXT(lull_name(old), "");
    CHECK(!lull_task_yieldable(old));
    CHECK_TEXT(lull_name(new), "new");
}

TASK_TEST(a_stale_future_handle_does_not_reach_the_future_in_its_slot)
{
    lull_future old = lull_future_new();
    lull_future_free(old);
    lull_future new = lull_future_new();
    CHECK_INT(old & 0xffffff, new & 0xffffff);
    CHECK_STATUS(lull_future_resolve(old, 0), LULL_ESRCH);
    CHECK_STATUS(lull_future_free(old), LULL_ESRCH);
    CHECK_STATUS(lull_future_settled(old), LULL_ESRCH);
    CHECK_INT(lull_future_settled(new), 0);
}

TASK_TEST(a_future_is_no_task)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_resume(future, 0), LULL_ESRCH);
    CHECK_STATUS(lull_cancel(future), LULL_ESRCH);
    CHECK_STATUS(lull_kill(future), LULL_ESRCH);
    CHECK_STATUS(lull_join(future, NULL), LULL_ESRCH);
    CHECK_STATUS(lull_schedule(future, 0, 0), LULL_ESRCH);
    CHECK_STATUS(lull_throw(future, LULL_EFAILED, NULL), LULL_ESRCH);
}

TASK_TEST(a_task_is_no_future)
{
    lull_task task = lull_spawn(test_waits, NULL);
    CHECK_STATUS(lull_future_settled(task), LULL_ESRCH);
    CHECK_STATUS(lull_future_free(task), LULL_ESRCH);
    CHECK_STATUS(lull_future_resolve(task, 0), LULL_ESRCH);
    CHECK_STATUS(lull_future_reject(task, LULL_EFAILED, NULL), LULL_ESRCH);
    CHECK_STATUS(lull_await(task, NULL), LULL_ESRCH);
    CHECK(!lull_future_yieldable(task));
}

_Static_assert(MANY % 7 != 0, "so that every seventh, over and over, is each of them");

TEST(slots_that_all_were_given_back_are_taken_in_order_again_and_stale_handles_stay_stale)
{
    static lull_future old[MANY];
    for (int i = 0; i < MANY; i++) old[i] = lull_future_new();
    for (int i = 0; i < MANY; i++) lull_future_free(old[i * 7 % MANY]);
    for (int i = 0; i < MANY; i++) {
        lull_future new = lull_future_new();
        CHECK_INT(new & 0xffffff, i + 1);
        CHECK_STATUS(lull_future_settled(old[i]), LULL_ESRCH);
        CHECK_INT(lull_future_settled(new), 0);
    }
}

TEST(numbers_that_are_no_handle_are_unknown)
{
    static const int64_t numbers[] = {0, -1, 1, 0xffffff, 0x1000000, INT64_MAX, INT64_MIN, LULL_ENOMEM};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        CHECK_STATUS(lull_cancel(numbers[i]), LULL_ESRCH);
        CHECK_STATUS(lull_future_settled(numbers[i]), LULL_ESRCH);
    }
    lull_future future = lull_future_new(); /* the table is there now */
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (numbers[i] == future) continue;
        CHECK_STATUS(lull_cancel(numbers[i]), LULL_ESRCH);
        CHECK_STATUS(lull_future_settled(numbers[i]), LULL_ESRCH);
    }
}

TEST(many_handles_are_all_different_and_all_found)
{
    static lull_future futures[MANY];
    for (int i = 0; i < MANY; i++) {
        futures[i] = lull_future_new();
        CHECK(futures[i] > 0);
        if (i % 3 == 0) CHECK_STATUS(lull_future_free(futures[i]), LULL_OK);
    }
    for (int i = 0; i < MANY; i++) CHECK_INT(lull_future_settled(futures[i]), i % 3 == 0 ? LULL_ESRCH : 0);
}

TEST(going_through_the_handles_finds_each_of_a_kind_once)
{
    lull_task first = lull_spawn(test_waits, NULL);
    lull_future future = lull_future_new();
    lull_task second = lull_spawn(test_waits, NULL);
    uint32_t index = 0;
    CHECK(lull__handle_next(LULL__TASK_KIND, &index) == lull__task_get(first));
    CHECK(lull__handle_next(LULL__TASK_KIND, &index) == lull__task_get(second));
    CHECK(!lull__handle_next(LULL__TASK_KIND, &index));
    index = 0;
    CHECK(lull__handle_next(LULL__FUTURE_KIND, &index) == lull__future_get(future));
    CHECK(!lull__handle_next(LULL__FUTURE_KIND, &index));
}

TEST(a_handle_fits_a_javascript_number)
{
    lull_future future = lull_future_new();
    for (int i = 0; i < MANY; i++) {
        lull_future_free(future);
        future = lull_future_new();
    }
    CHECK(future > 0);
    CHECK(future < (int64_t)1 << 53);
}

/* ---- The end of the numbers -------------------------------------------------------------------------------------- */

static int things[4];

TEST(a_slot_whose_generations_are_used_up_is_not_used_again)
{
    int64_t first = lull__handle_new(LULL__WAITER_KIND, &things[0]);
    lull__handle_free(first);
    lull__handle_age();
    int64_t last = lull__handle_new(LULL__WAITER_KIND, &things[1]);
    CHECK_INT(lull__handle_index(last), lull__handle_index(first));
    lull__handle_free(last);
    for (int i = 2; i < 4; i++) {
        int64_t next = lull__handle_new(LULL__WAITER_KIND, &things[i]);
        CHECK(lull__handle_index(next) != lull__handle_index(first));
        CHECK(!lull__handle_get(LULL__WAITER_KIND, first));
        CHECK(!lull__handle_get(LULL__WAITER_KIND, last));
        lull__handle_free(next);
    }
}

TEST(a_slot_that_is_used_up_stays_so_when_all_slots_are_taken_in_their_order_again)
{
    static int64_t handles[200];
    lull__handle_free(lull__handle_new(LULL__WAITER_KIND, &things[0]));
    lull__handle_age();
    uint32_t used_up = lull__handle_index(lull__handle_new(LULL__WAITER_KIND, &things[0]));
    lull__handle_free(lull__handle_at(used_up));
    for (int again = 0; again < 2; again++) {
        for (int i = 0; i < 200; i++) {
            handles[i] = lull__handle_new(LULL__WAITER_KIND, &things[0]);
            CHECK(lull__handle_index(handles[i]) != used_up);
        }
        for (int i = 0; i < 200; i++) lull__handle_free(handles[i]);
    }
}

/* As many as their bits can tell apart, and no more. */
TEST(there_are_as_many_handles_as_an_index_has_numbers)
{
    for (uint32_t i = 1; i <= LULL__INDEX_MAX; i++) {
        if (lull__handle_new(LULL__WAITER_KIND, &things[0]) > 0) continue;
        CHECK_INT(i, LULL__INDEX_MAX + 1);
        break;
    }
    CHECK_STATUS(lull__handle_new(LULL__WAITER_KIND, &things[0]), LULL_ENOMEM);
    for (uint32_t i = 1; i <= LULL__INDEX_MAX; i++) lull__handle_free(lull__handle_at(i));
}
