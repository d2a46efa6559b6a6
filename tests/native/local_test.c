/* Locals: what each task has its own value of. */
#include "test.h"

static lull_local first;
static lull_local second;
static int values[4];

static void set(const lull_local *local, void *value)
{
    CHECK_STATUS(lull_local_set(local, value), LULL_OK);
}

TASK_TEST(a_local_has_no_value_until_it_is_set)
{
    CHECK(!lull_local_get(&first));
    set(&first, &values[1]);
    CHECK(lull_local_get(&first) == &values[1]);
    CHECK(!lull_local_get(&second));
}

TASK_TEST(a_local_can_be_set_again_and_unset)
{
    set(&first, &values[1]);
    set(&second, &values[2]);
    set(&first, &values[3]);
    CHECK(lull_local_get(&first) == &values[3]);
    set(&first, NULL);
    set(&first, NULL);
    CHECK(!lull_local_get(&first));
    CHECK(lull_local_get(&second) == &values[2]);
}

static lull_value sees(void *expected)
{
    CHECK(lull_local_get(&first) == expected);
    lull_pause(1);
    CHECK(lull_local_get(&first) == expected);
    return 0;
}

static lull_value sets_its_own(void *value)
{
    set(&first, value);
    return sees(value);
}

TASK_TEST(each_task_has_its_own_value)
{
    set(&first, &values[1]);
    lull_spawn(sets_its_own, &values[2]);
    lull_spawn(sets_its_own, &values[3]);
    lull_spawn(sees, NULL);
    lull_pause(2);
    CHECK(lull_local_get(&first) == &values[1]);
}

TASK_TEST(a_task_that_inherits_starts_with_the_values_of_its_spawn)
{
    set(&first, &values[1]);
    set(&second, &values[2]);
    lull_spawn(sees, &values[1], .inherit = true);
    set(&first, &values[3]);
    lull_pause(2);
}

static lull_value changes_and_spawns(void *unused)
{
    (void)unused;
    CHECK(lull_local_get(&first) == &values[1]);
    CHECK(lull_local_get(&second) == &values[2]);
    set(&first, &values[3]);
    set(&second, NULL);
    lull_spawn(sees, &values[3], .inherit = true);
    lull_pause(2);
    return 0;
}

TASK_TEST(what_an_heir_sets_is_its_own)
{
    set(&first, &values[1]);
    set(&second, &values[2]);
    CHECK_STATUS(lull_join(lull_spawn(changes_and_spawns, NULL, .inherit = true), NULL), LULL_OK);
    CHECK(lull_local_get(&first) == &values[1]);
    CHECK(lull_local_get(&second) == &values[2]);
}

TEST(there_are_no_locals_outside_of_a_task)
{
    CHECK_STATUS(lull_local_set(&first, &values[1]), LULL_ENOSUSPEND);
    CHECK(!lull_local_get(&first));
    CHECK(lull_spawn(sees, NULL, .inherit = true) > 0);
    lull_native_run();
}

static void sees_in_cleanup(void *expected)
{
    CHECK(lull_local_get(&first) == expected);
    test_log("seen");
}

static lull_value defers_and_sets(void *value)
{
    lull_check(lull_defer(sees_in_cleanup, value));
    set(&first, value);
    return 0;
}

TASK_TEST(a_defer_still_has_the_values)
{
    lull_spawn(defers_and_sets, &values[1]);
    lull_pause(0);
    lull_pause(0);
    CHECK_LOG("seen");
}

TASK_TEST(setting_a_local_out_of_memory_is_refused)
{
    set(&first, &values[1]);
    lull__allocations_left = 0;
    CHECK_STATUS(lull_local_set(&second, &values[2]), LULL_ENOMEM);
    CHECK_STATUS(lull_local_set(&first, &values[3]), LULL_OK);
    CHECK_STATUS(lull_local_set(&second, NULL), LULL_OK);
    lull__allocations_left = -1;
    CHECK(!lull_local_get(&second));
    CHECK(lull_local_get(&first) == &values[3]);
}

TASK_TEST(inheriting_out_of_memory_is_refused)
{
    set(&first, &values[1]);
    set(&second, &values[2]);
    long allowed = 0;
    lull_task task;
    for (;; allowed++) {
        lull__allocations_left = allowed;
        task = lull_spawn(sees, &values[1], .inherit = true, .name = "heir", .timeout = 5, .delay = 1);
        lull__allocations_left = -1;
        if (task > 0) break;
        CHECK_STATUS(task, LULL_ENOMEM);
        CHECK_INT((int64_t)lull__rt.live, 1);
    }
    CHECK(allowed > 2);
    CHECK_STATUS(lull_join(task, NULL), LULL_OK);
}
