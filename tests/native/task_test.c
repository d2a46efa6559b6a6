/* Tasks: spawn, schedule, resume, cancel, kill, return, fail, defer. */
#include "test.h"

static lull_value argument_of(void *argument)
{
    return *(const int *)argument;
}

/* ---- Spawn --------------------------------------------------------------------------------------------------- */

TEST(a_spawned_task_runs_with_its_argument_when_the_loop_runs)
{
    static int argument = 5;
    lull_future result = lull_future_new();
    lull_task task = lull_spawn(argument_of, &argument, .result = result);
    CHECK(task > 0);
    CHECK_INT(lull_future_settled(result), 0);
    lull_native_run();
    CHECK_INT(lull_future_settled(result), 1);
    CHECK_INT(lull__future_get(result)->value, 5);
}

TASK_TEST(a_task_spawned_without_delay_runs_after_the_tasks_that_are_ready)
{
    lull_spawn(test_says_name, NULL, .name = "a");
    lull_spawn(test_says_name, NULL, .name = "b");
    lull_pause(0);
    CHECK_LOG("a b");
}

TASK_TEST(a_spawned_task_does_not_run_before_its_spawner_waits)
{
    lull_spawn(test_says_name, NULL, .name = "a");
    CHECK_LOG("");
}

TASK_TEST(a_delayed_task_runs_after_its_delay)
{
    lull_spawn(test_says_name, NULL, .name = "late", .delay = 2);
    lull_pause(1.5);
    CHECK_LOG("");
    lull_pause(0.5);
    CHECK_LOG("late");
}

TASK_TEST(spawning_no_function_is_refused)
{
    CHECK_STATUS(lull_spawn(NULL, NULL), LULL_EINVAL);
}

TASK_TEST(spawning_with_a_delay_that_is_negative_or_no_number_is_refused)
{
    CHECK_STATUS(lull_spawn(test_says_name, NULL, .delay = -1), LULL_EINVAL);
    CHECK_STATUS(lull_spawn(test_says_name, NULL, .delay = LULL_FOREVER - LULL_FOREVER), LULL_EINVAL);
}

TASK_TEST(spawning_with_a_stack_below_the_minimum_is_refused)
{
    CHECK_STATUS(lull_spawn(test_says_name, NULL, .stack_size = LULL_STACK_MIN - 1), LULL_EINVAL);
    CHECK(lull_spawn(test_says_name, NULL, .stack_size = LULL_STACK_MIN) > 0);
}

TASK_TEST(spawning_with_a_result_that_is_no_pending_future_is_refused)
{
    CHECK_STATUS(lull_spawn(test_says_name, NULL, .result = 12345), LULL_ESRCH);
    CHECK_STATUS(lull_spawn(test_says_name, NULL, .result = lull_current()), LULL_ESRCH);
    lull_future settled = lull_future_new();
    CHECK_STATUS(lull_future_resolve(settled, 0), LULL_OK);
    CHECK_STATUS(lull_spawn(test_says_name, NULL, .result = settled), LULL_ESRCH);
}

TASK_TEST(spawning_while_the_instance_closes_is_refused)
{
    lull__rt.closing = true;
    CHECK_STATUS(lull_spawn(test_says_name, NULL), LULL_ECLOSED);
    lull__rt.closing = false;
}

TASK_TEST(spawning_more_tasks_than_the_host_allows_is_refused_until_one_has_ended)
{
    lull__rt.max_live = 2; /* this task, and one more */
    lull_task first = lull_spawn(test_waits, NULL);
    CHECK(first > 0);
    CHECK_STATUS(lull_spawn(test_waits, NULL), LULL_ENOMEM);
    CHECK_STATUS(lull_generate(sizeof(int), test_waits, NULL), LULL_ENOMEM);
    lull_kill(first);
    lull_pause(0);
    CHECK(lull_spawn(test_waits, NULL) > 0);
    lull__rt.max_live = 0;
    CHECK(lull_spawn(test_waits, NULL) > 0);
}

/* Not by lull_spawn: see tests/wasm/fixtures/shared.h. */
static lull_task spawn_on_its_own(void)
{
    return lull_spawn_with(&(lull_spawn_options){.function = test_waits});
}

TASK_TEST(a_task_has_a_stack_from_its_first_run_to_its_end_only)
{
    lull_task task = spawn_on_its_own();
    CHECK(!lull__task_get(task)->stack);
    lull_pause(0);
    const void *stack = lull__task_get(task)->stack;
    CHECK(stack != NULL);
    CHECK(stack != (const void *)lull__rt.stacks.spares);
    lull_kill(task);
    CHECK(stack == (const void *)lull__rt.stacks.spares);
}

TASK_TEST(a_stack_is_used_again_by_the_next_task)
{
    lull_task first = spawn_on_its_own();
    lull_pause(0);
    const char *stack = lull__task_get(first)->stack;
    lull_kill(first);
    lull_task second = spawn_on_its_own();
    lull_pause(0);
    CHECK(lull__task_get(second)->stack == stack);
}

TASK_TEST(a_task_on_the_shared_stack_keeps_a_copy_while_it_waits_only)
{
    size_t before = lull__live_allocations;
    lull_task task = lull_spawn(test_waits, NULL, .stack = LULL_STACK_SHARED);
    CHECK(!lull__task_get(task)->stack);
    lull_pause(0);
    CHECK(lull__task_get(task)->stack != NULL);
    CHECK_INT((int64_t)lull__task_get(task)->stack_size, (int64_t)sizeof(void *));
    lull_kill(task);
    CHECK(lull__live_allocations <= before + 3); /* the stack, and slabs of the pools */
}

TASK_TEST(a_task_that_finds_no_memory_for_the_shared_stack_or_its_copy_ends_so)
{
    int unfinished = 0;
    for (long allowed = 0; allowed < 3; allowed++) {
        lull_future result = lull_future_new();
        lull_task task = lull_spawn(test_waits, NULL, .stack = LULL_STACK_SHARED, .result = result);
        CHECK(task > 0);
        lull__allocations_left = allowed;
        lull_pause(0);
        lull__allocations_left = -1;
        if (lull_future_settled(result)) {
            CHECK_STATUS(lull_await(result, NULL), LULL_ENOMEM);
            unfinished++;
        } else {
            lull_kill(task);
            CHECK_STATUS(lull_await(result, NULL), LULL_EKILLED);
        }
        lull_future_free(result);
    }
    CHECK(unfinished > 0);
}

TASK_TEST(a_task_gets_a_stack_of_the_size_it_asked_for)
{
    lull_task plain = spawn_on_its_own();
    lull_task large = lull_spawn(test_waits, NULL, .stack_size = 50000);
    CHECK_INT((int64_t)lull__task_get(plain)->stack_size, LULL_STACK_SIZE);
    CHECK_INT((int64_t)lull__task_get(large)->stack_size, 50000);
    lull_pause(0);
    const void *stack = lull__task_get(large)->stack;
    lull_kill(large);
    CHECK(stack != (const void *)lull__rt.stacks.spares);
}

/* ---- Current, name ------------------------------------------------------------------------------------------- */

static lull_task seen_by_itself;

static lull_value sees_itself(void *unused)
{
    (void)unused;
    seen_by_itself = lull_current();
    return 0;
}

TEST(the_current_task_is_the_running_one)
{
    lull_task task = lull_spawn(sees_itself, NULL);
    lull_native_run();
    CHECK_INT(seen_by_itself, task);
}

TEST(there_is_no_current_task_outside_of_one)
{
    CHECK_INT(lull_current(), 0);
}

TASK_TEST(a_name_is_copied)
{
    char name[] = "crawl";
    lull_task task = lull_spawn(test_waits, NULL, .name = name);
    name[0] = 'X';
    CHECK_TEXT(lull_name(task), "crawl");
}

TASK_TEST(a_task_without_a_name_is_called_task)
{
    CHECK_TEXT(lull_name(lull_spawn(test_waits, NULL)), "task");
}

TASK_TEST(a_long_name_is_cut)
{
    static const char long_name[] = "0123456789012345678901234567890123456789012345678901234567890123456789";
    lull_task task = lull_spawn(test_waits, NULL, .name = long_name);
    CHECK_INT((int64_t)strlen(lull_name(task)), LULL_NAME_MAX);
    CHECK(strncmp(lull_name(task), long_name, LULL_NAME_MAX) == 0);
}

TASK_TEST(the_name_of_a_stale_handle_is_empty)
{
    lull_task task = lull_spawn(test_says_name, NULL, .name = "gone");
    lull_pause(0);
    CHECK_TEXT(lull_name(task), "");
    CHECK_TEXT(lull_name(0), "");
}

/* ---- Schedule ------------------------------------------------------------------------------------------------ */

TASK_TEST(a_scheduled_task_gets_the_value_after_the_delay)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_schedule(task, 3, 7), LULL_OK);
    lull_pause(2);
    CHECK_LOG("");
    lull_pause(1);
    lull_pause(0);
    CHECK_LOG("a=7");
}

TASK_TEST(a_task_scheduled_at_once_runs_after_the_ready_ones)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    lull_spawn(test_says_name, NULL, .name = "ready");
    CHECK_STATUS(lull_schedule(task, 0, 7), LULL_OK);
    lull_spawn(test_says_name, NULL, .name = "later");
    lull_pause(0);
    CHECK_LOG("ready a=7 later");
}

TASK_TEST(a_later_schedule_replaces_the_earlier)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_schedule(task, 1, 1), LULL_OK);
    CHECK_STATUS(lull_schedule(task, 5, 5), LULL_OK);
    lull_pause(4);
    CHECK_LOG("");
    lull_pause(2);
    CHECK_LOG("a=5");
}

static lull_value waits_twice(void *unused)
{
    (void)unused;
    test_waits(NULL);
    test_waits(NULL);
    return 0;
}

TASK_TEST(what_ends_the_wait_takes_a_schedule_back)
{
    lull_task task = lull_spawn(waits_twice, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_schedule(task, 1, 1), LULL_OK);
    CHECK_STATUS(lull_resume(task, 2), LULL_OK);
    lull_pause(5);
    CHECK_LOG("a=2");
    CHECK_STATUS(lull_resume(task, 3), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=2 a=3");
}

TASK_TEST(scheduling_a_task_that_has_not_run_moves_its_first_run)
{
    lull_task task = lull_spawn(test_says_name, NULL, .name = "a", .delay = 1);
    CHECK_STATUS(lull_schedule(task, 3, 0), LULL_OK);
    lull_pause(2);
    CHECK_LOG("");
    lull_pause(2);
    CHECK_LOG("a");
}

TASK_TEST(scheduling_a_finished_or_unknown_task_is_refused)
{
    lull_task task = lull_spawn(test_says_name, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_schedule(task, 0, 0), LULL_ESRCH);
    CHECK_STATUS(lull_schedule(0, 0, 0), LULL_ESRCH);
    CHECK_STATUS(lull_schedule(-3, 0, 0), LULL_ESRCH);
}

TASK_TEST(scheduling_a_task_that_does_not_wait_is_refused)
{
    CHECK_STATUS(lull_schedule(lull_current(), 0, 0), LULL_EBUSY);
    lull_task resumed = lull_spawn(test_says_name, NULL);
    CHECK_STATUS(lull_resume(resumed, 0), LULL_OK);
    CHECK_STATUS(lull_schedule(resumed, 1, 0), LULL_EBUSY);
    lull_task cancelled = lull_spawn(test_says_name, NULL);
    lull_cancel(cancelled);
    CHECK_STATUS(lull_schedule(cancelled, 1, 0), LULL_EBUSY);
}

TASK_TEST(scheduling_a_task_that_was_just_spawned_moves_its_first_run)
{
    lull_task tasks[4];
    const char *const names[] = {"a", "b", "c", "d"};
    for (int i = 0; i < 4; i++) tasks[i] = lull_spawn(test_says_name, NULL, .name = names[i]);
    CHECK_STATUS(lull_schedule(tasks[1], 2, 0), LULL_OK); /* one in the middle */
    CHECK_STATUS(lull_schedule(tasks[0], 3, 0), LULL_OK); /* the first */
    CHECK_STATUS(lull_schedule(tasks[3], 1, 0), LULL_OK); /* the last */
    lull_pause(0);
    CHECK_LOG("c");
    lull_pause(4);
    CHECK_LOG("c d b a");
}

TASK_TEST(scheduling_a_task_that_was_just_spawned_at_once_moves_it_behind_the_ready_ones)
{
    lull_task first = lull_spawn(test_says_name, NULL, .name = "a");
    lull_spawn(test_says_name, NULL, .name = "b");
    CHECK_STATUS(lull_schedule(first, 0, 0), LULL_OK);
    CHECK_STATUS(lull_schedule(first, 0, 0), LULL_OK);
    lull_pause(0);
    CHECK_LOG("b a");
}

TASK_TEST(scheduling_a_task_that_was_just_spawned_out_of_memory_leaves_it_where_it_is)
{
    lull_task task = lull_spawn(test_says_name, NULL, .name = "a");
    lull__allocations_left = 0;
    CHECK_STATUS(lull_schedule(task, 1, 0), LULL_ENOMEM);
    lull__allocations_left = -1;
    lull_pause(0);
    CHECK_LOG("a");
}

TASK_TEST(scheduling_with_a_delay_that_is_negative_or_no_number_is_refused)
{
    lull_task task = lull_spawn(test_waits, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_schedule(task, -1, 0), LULL_EINVAL);
    CHECK_STATUS(lull_schedule(task, LULL_FOREVER - LULL_FOREVER, 0), LULL_EINVAL);
}

/* ---- Resume -------------------------------------------------------------------------------------------------- */

TASK_TEST(a_resumed_task_gets_the_value)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 42), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=42");
}

TASK_TEST(a_resumed_task_runs_before_the_other_ready_ones)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    lull_spawn(test_says_name, NULL, .name = "ready");
    CHECK_STATUS(lull_resume(task, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=1 ready");
}

TASK_TEST(a_resumed_task_runs_after_its_resumer_waits)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 1), LULL_OK);
    test_log("still-me");
    lull_pause(0);
    CHECK_LOG("still-me a=1");
}

static lull_task to_resume[3];

static lull_value resumes_and_ends(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_resume(to_resume[0], 1), LULL_OK);
    test_log("resumer");
    return 0;
}

TASK_TEST(a_resumed_task_runs_after_its_resumer_ends)
{
    to_resume[0] = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    lull_spawn(resumes_and_ends, NULL);
    lull_spawn(test_says_name, NULL, .name = "ready");
    lull_pause(0);
    CHECK_LOG("resumer a=1 ready");
}

TASK_TEST(resumed_tasks_run_in_the_order_of_resumption)
{
    lull_task a = lull_spawn(test_waits, NULL, .name = "a");
    lull_task b = lull_spawn(test_waits, NULL, .name = "b");
    lull_task c = lull_spawn(test_waits, NULL, .name = "c");
    lull_pause(0);
    lull_spawn(test_says_name, NULL, .name = "ready");
    CHECK_STATUS(lull_resume(c, 1), LULL_OK);
    CHECK_STATUS(lull_resume(a, 2), LULL_OK);
    CHECK_STATUS(lull_resume(b, 3), LULL_OK);
    lull_pause(0);
    CHECK_LOG("c=1 a=2 b=3 ready");
}

static lull_value is_resumed_and_resumes(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_yield_to(NULL, NULL), LULL_OK);
    CHECK_STATUS(lull_resume(to_resume[2], 3), LULL_OK);
    test_log("first");
    return 0;
}

TASK_TEST(a_task_resumed_by_a_resumed_one_runs_after_those_resumed_earlier)
{
    to_resume[0] = lull_spawn(is_resumed_and_resumes, NULL);
    to_resume[1] = lull_spawn(test_waits, NULL, .name = "b");
    to_resume[2] = lull_spawn(test_waits, NULL, .name = "c");
    lull_pause(0);
    lull_spawn(test_says_name, NULL, .name = "ready");
    CHECK_STATUS(lull_resume(to_resume[0], 1), LULL_OK);
    CHECK_STATUS(lull_resume(to_resume[1], 2), LULL_OK);
    lull_pause(0);
    CHECK_LOG("first b=2 c=3 ready");
}

TASK_TEST(resuming_a_task_that_waits_for_its_first_run_starts_it)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a", .delay = 5);
    CHECK_STATUS(lull_resume(task, 99), LULL_OK);
    lull_pause(0);
    CHECK_LOG("");
    CHECK_STATUS(lull_resume(task, 1), LULL_OK);
    lull_pause(6);
    CHECK_LOG("a=1");
}

TASK_TEST(resuming_a_finished_or_unknown_task_is_refused)
{
    lull_task task = lull_spawn(test_says_name, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 0), LULL_ESRCH);
    CHECK_STATUS(lull_resume(0, 0), LULL_ESRCH);
}

TASK_TEST(resuming_a_task_that_does_not_wait_is_refused)
{
    CHECK_STATUS(lull_resume(lull_current(), 0), LULL_EBUSY);
    lull_task task = lull_spawn(test_waits, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 0), LULL_OK);
    CHECK_STATUS(lull_resume(task, 0), LULL_EBUSY);
}

TASK_TEST(a_task_that_was_just_spawned_is_resumed_before_the_ready_ones)
{
    lull_task tasks[4];
    const char *const names[] = {"a", "b", "c", "d"};
    for (int i = 0; i < 4; i++) tasks[i] = lull_spawn(test_says_name, NULL, .name = names[i]);
    CHECK_STATUS(lull_resume(tasks[2], 99), LULL_OK);
    CHECK_STATUS(lull_resume(tasks[2], 99), LULL_EBUSY);
    CHECK_STATUS(lull_resume(tasks[3], 99), LULL_OK);
    lull_pause(0);
    CHECK_LOG("c d a b");
}

static lull_value resumes_it(void *task)
{
    CHECK_STATUS(lull_resume(*(const lull_task *)task, 0), LULL_OK);
    return 0;
}

/* Then it is the first in the queue, or follows those that have been resumed. */
TASK_TEST(a_task_that_waits_for_its_first_run_is_resumed_after_those_before_it_have_run)
{
    static lull_task late;
    lull_task waiting = lull_spawn(test_waits, NULL, .name = "waiting");
    lull_pause(0);
    lull_spawn(resumes_it, &late);
    late = lull_spawn(test_says_name, NULL, .name = "late");
    lull_spawn(test_says_name, NULL, .name = "b");
    CHECK_STATUS(lull_resume(waiting, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("waiting=1 late b");
}

static const int many_tasks = 20000;

/* However many are before it, that takes no longer: by a search, this would take minutes. */
TASK_TEST(tasks_that_were_just_spawned_are_resumed_and_scheduled_without_a_search)
{
    for (int i = 0; i < many_tasks; i++) {
        lull_task task = lull_spawn(test_returns_7, NULL);
        CHECK_STATUS(i % 2 ? lull_resume(task, 0) : lull_schedule(task, 0, 0), LULL_OK);
    }
}

static lull_value waits_in_every_other_way(void *future)
{
    lull_value value = 0;
    int status = lull_await(*(const lull_future *)future, &value);
    test_log_wait(status, value);
    status = lull_join(to_resume[1], &value);
    test_log_wait(status, value);
    status = lull_with_timeout(10, NULL, &value);
    test_log_wait(status, value);
    test_log_wait(lull_pause(10), 0);
    return 0;
}

TASK_TEST(a_resume_ends_whatever_wait_the_task_is_in)
{
    lull_future future = lull_future_new();
    to_resume[1] = lull_spawn(test_waits, NULL);
    lull_task task = lull_spawn(waits_in_every_other_way, &future, .name = "a");
    for (int i = 1; i <= 4; i++) {
        lull_pause(0);
        CHECK_STATUS(lull_resume(task, i), LULL_OK);
    }
    lull_pause(0);
    CHECK_LOG("a=1 a=2 a=3 a=0");
    CHECK_TIME(0);
    CHECK_INT(lull_future_settled(future), 0);
}

/* ---- Throw --------------------------------------------------------------------------------------------------- */

static lull_value waits_and_tells_the_error(void *unused)
{
    test_waits(unused);
    test_log("(%s)", lull_last_error()->message);
    test_waits(unused);
    return 0;
}

TASK_TEST(a_thrown_error_fails_the_wait_once)
{
    lull_task task = lull_spawn(waits_and_tells_the_error, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_throw(task, LULL_EFAILED, "no %s", "luck"), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_EFAILED (no luck)");
    CHECK_STATUS(lull_resume(task, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_EFAILED (no luck) a=1");
}

TASK_TEST(a_task_that_is_thrown_an_error_runs_before_the_ready_ones)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    lull_spawn(test_says_name, NULL, .name = "ready");
    CHECK_STATUS(lull_throw(task, LULL_EFAILED, "x"), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_EFAILED ready");
}

TASK_TEST(a_thrown_code_may_be_any_negative_number)
{
    lull_task task = lull_spawn(waits_and_tells_the_error, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_throw(task, -12345, NULL), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_E? (unknown status)");
}

TASK_TEST(throwing_into_a_finished_or_unknown_task_is_refused)
{
    lull_task task = lull_spawn(test_says_name, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_throw(task, LULL_EFAILED, NULL), LULL_ESRCH);
    CHECK_STATUS(lull_throw(0, LULL_EFAILED, NULL), LULL_ESRCH);
}

TASK_TEST(throwing_into_a_task_that_does_not_wait_or_has_not_run_is_refused)
{
    CHECK_STATUS(lull_throw(lull_current(), LULL_EFAILED, NULL), LULL_EBUSY);
    CHECK_STATUS(lull_throw(lull_spawn(test_says_name, NULL), LULL_EFAILED, NULL), LULL_EBUSY);
    CHECK_STATUS(lull_throw(lull_spawn(test_says_name, NULL, .delay = 1), LULL_EFAILED, NULL), LULL_EBUSY);
}

TASK_TEST(throwing_a_code_that_is_no_negative_number_is_refused)
{
    lull_task task = lull_spawn(test_waits, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_throw(task, 0, "x"), LULL_EINVAL);
    CHECK_STATUS(lull_throw(task, 3, "x"), LULL_EINVAL);
}

/* ---- Cancel -------------------------------------------------------------------------------------------------- */

TASK_TEST(cancelling_fails_the_present_wait)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_cancel(task), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED");
}

static lull_value waits_in_every_way(void *future)
{
    test_log_wait(lull_yield_to(NULL, NULL), 0);
    test_log_wait(lull_pause(0), 0);
    test_log_wait(lull_pause(1), 0);
    test_log_wait(lull_await(*(const lull_future *)future, NULL), 0);
    test_log_wait(lull_with_timeout(1, NULL, NULL), 0);
    return 0;
}

TASK_TEST(cancelling_fails_every_later_wait_until_the_end)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_resolve(future, 1), LULL_OK);
    lull_task task = lull_spawn(waits_in_every_way, &future, .name = "a");
    lull_pause(0);
    lull_cancel(task);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED a:LULL_ECANCELED a:LULL_ECANCELED a:LULL_ECANCELED a:LULL_ECANCELED");
    CHECK_TIME(0);
}

static lull_value cancels_itself(void *unused)
{
    lull_cancel(lull_current());
    test_waits(unused);
    return 0;
}

TASK_TEST(a_task_can_cancel_itself)
{
    lull_spawn(cancels_itself, NULL, .name = "a");
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED");
}

static lull_value says_name_and_waits(void *unused)
{
    test_says_name(unused);
    return test_waits(unused);
}

TASK_TEST(a_task_cancelled_before_its_first_run_still_runs)
{
    lull_cancel(lull_spawn(says_name_and_waits, NULL, .name = "a"));
    lull_pause(0);
    CHECK_LOG("a a:LULL_ECANCELED");
}

TASK_TEST(a_delayed_task_that_is_cancelled_runs_at_once)
{
    lull_cancel(lull_spawn(says_name_and_waits, NULL, .name = "a", .delay = 5));
    lull_pause(0);
    CHECK_LOG("a a:LULL_ECANCELED");
    CHECK_TIME(0);
}

TASK_TEST(a_value_that_was_handed_over_is_received_before_the_cancellation_shows)
{
    lull_task task = lull_spawn(waits_twice, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 5), LULL_OK);
    lull_cancel(task);
    lull_pause(0);
    CHECK_LOG("a=5 a:LULL_ECANCELED");
}

TASK_TEST(cancelling_twice_is_as_once)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_cancel(task), LULL_OK);
    CHECK_STATUS(lull_cancel(task), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED");
    CHECK_STATUS(lull_cancel(task), LULL_ESRCH);
    CHECK_STATUS(lull_cancel(0), LULL_ESRCH);
}

static lull_value fails_when_cancelled(void *unused)
{
    (void)unused;
    if (lull_pause(1) == LULL_ECANCELED) lull_fail(LULL_EFAILED, "in a hurry");
    return 0;
}

TASK_TEST(a_cancelled_task_that_fails_otherwise_has_its_own_failure)
{
    lull_task task = lull_spawn(fails_when_cancelled, NULL);
    lull_cancel(task);
    CHECK_STATUS(lull_join(task, NULL), LULL_EFAILED);
    CHECK_TEXT(lull_last_error()->message, "in a hurry");
}

TASK_TEST(a_cancelled_task_that_returns_has_succeeded)
{
    lull_value value = 0;
    lull_task task = lull_spawn(test_returns_7, NULL);
    lull_cancel(task);
    CHECK_STATUS(lull_join(task, &value), LULL_OK);
    CHECK_INT(value, 7);
}

static int failed_waits;

static lull_value ignores_cancellation(void *unused)
{
    (void)unused;
    while (lull_pause(1) < 0) failed_waits++;
    return 0;
}

TASK_TEST(a_task_that_ignores_its_cancellation_is_killed_after_so_many_waits)
{
    failed_waits = 0;
    lull_task task = lull_spawn(ignores_cancellation, NULL);
    lull_cancel(task);
    CHECK_STATUS(lull_join(task, NULL), LULL_EKILLED);
    CHECK_INT(failed_waits, LULL_MAX_IGNORED_CANCELS);
    CHECK_TIME(0);
}

static lull_value waits_behind_a_shield_now_and_then(void *unused)
{
    (void)unused;
    for (int i = 0; i < 2 * LULL_MAX_IGNORED_CANCELS; i++) {
        lull_scope shield;
        CHECK_STATUS(lull_pause(1), LULL_ECANCELED);
        if (i % 100) continue;
        CHECK_STATUS(lull_scope_enter_shielded(&shield, 10), LULL_OK);
        CHECK_STATUS(lull_scope_exit(&shield, lull_pause(0)), LULL_OK);
    }
    return 5;
}

TASK_TEST(a_wait_that_does_not_fail_restores_the_patience)
{
    lull_task task = lull_spawn(waits_behind_a_shield_now_and_then, NULL);
    lull_cancel(task);
    CHECK_STATUS(lull_join(task, NULL), LULL_OK);
}

/* ---- Return, fail -------------------------------------------------------------------------------------------- */

static lull_value waits_for_its_caller(int depth)
{
    lull_value value = 0;
    if (depth > 0) return 1 + waits_for_its_caller(depth - 1);
    lull_check(lull_yield_to(NULL, &value));
    return value;
}

static lull_value calls_what_waits(void *unused)
{
    (void)unused;
    test_log("%d", (int)waits_for_its_caller(5));
    return waits_for_its_caller(0);
}

TASK_TEST(a_function_that_waits_returns_to_its_caller)
{
    lull_task task = lull_spawn(calls_what_waits, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 10), LULL_OK);
    lull_pause(0);
    CHECK_LOG("15");
    CHECK_STATUS(lull_throw(task, LULL_EFAILED, "from below"), LULL_OK);
    CHECK_STATUS(lull_join(task, NULL), LULL_EFAILED);
    CHECK_TEXT(lull_last_error()->message, "from below");
}

static void return_from_depth(int depth)
{
    if (depth > 0) return_from_depth(depth - 1);
    if (depth == 0) lull_return(9);
}

static lull_value returns_from_depth(void *unused)
{
    (void)unused;
    return_from_depth(10);
    test_log("not-reached");
    return 0;
}

TASK_TEST(lull_return_ends_the_task_with_a_value_from_any_depth)
{
    lull_value value = 0;
    CHECK_STATUS(lull_join(lull_spawn(returns_from_depth, NULL), &value), LULL_OK);
    CHECK_INT(value, 9);
    CHECK_LOG("");
}

static void fail_from_depth(int depth)
{
    if (depth > 0) fail_from_depth(depth - 1);
    if (depth == 0) lull_fail(-77, "depth %d", depth);
}

static lull_value fails_from_depth(void *unused)
{
    (void)unused;
    fail_from_depth(10);
    test_log("not-reached");
    return 0;
}

TASK_TEST(lull_fail_ends_the_task_with_an_error_from_any_depth)
{
    CHECK_STATUS(lull_join(lull_spawn(fails_from_depth, NULL), NULL), -77);
    CHECK_TEXT(lull_last_error()->message, "depth 0");
    CHECK_LOG("");
}

static lull_value checks(void *status)
{
    test_log("%d", (int)lull_check(*(const int *)status));
    return 0;
}

TASK_TEST(lull_check_passes_a_failure_on_and_anything_else_through)
{
    int three = 3;
    CHECK_STATUS(lull_join(lull_spawn(checks, &three), NULL), LULL_OK);
    int failure = LULL_ETIMEDOUT;
    CHECK_STATUS(lull_join(lull_spawn(checks, &failure), NULL), LULL_ETIMEDOUT);
    CHECK_LOG("3");
}

TEST(a_failing_task_that_nobody_waits_for_is_reported_once)
{
    lull_spawn(test_fails, NULL, .name = "lonely");
    lull_native_run();
    CHECK_INT(lull_native.failures, 1);
    CHECK_TEXT(lull_native.failure[0].name, "lonely");
    CHECK_STATUS(lull_native.failure[0].status, LULL_EFAILED);
    CHECK_TEXT(lull_native.failure[0].message, "broken");
}

TASK_TEST(a_failing_task_that_is_joined_is_not_reported)
{
    CHECK_STATUS(lull_join(lull_spawn(test_fails, NULL), NULL), LULL_EFAILED);
    CHECK_INT(lull_native.failures, 0);
}

TEST(a_failing_task_with_a_result_future_is_not_reported)
{
    lull_future result = lull_future_new();
    lull_spawn(test_fails, NULL, .result = result);
    lull_native_run();
    CHECK_INT(lull_native.failures, 0);
    CHECK_STATUS(lull__future_get(result)->status, LULL_EFAILED);
}

TEST(the_host_is_told_of_the_end_of_a_task_that_it_gave_a_ticket)
{
    test_spawn_for_host(test_returns_7, 31);
    test_spawn_for_host(test_fails, 32);
    lull_native_run();
    CHECK_INT(lull_native.done, 2);
    CHECK_INT(lull_native.ended[0].ticket, 31);
    CHECK_STATUS(lull_native.ended[0].status, LULL_OK);
    CHECK_INT(lull_native.ended[0].value, 7);
    CHECK_INT(lull_native.ended[1].ticket, 32);
    CHECK_STATUS(lull_native.ended[1].status, LULL_EFAILED);
    CHECK_TEXT(lull_native.ended[1].message, "broken");
    CHECK_INT(lull_native.failures, 0);
}

TEST(a_cancelled_or_killed_task_is_not_reported)
{
    lull_kill(lull_spawn(test_waits, NULL));
    lull_native_run();
    CHECK_INT(lull_native.failures, 0);
}

TEST(a_cancelled_task_that_fails_otherwise_is_reported)
{
    lull_cancel(lull_spawn(fails_when_cancelled, NULL));
    lull_native_run();
    CHECK_INT(lull_native.failures, 1);
    CHECK_TEXT(lull_native.failure[0].message, "in a hurry");
}

static lull_value passes_on(void *task)
{
    lull_check(lull_join(*(const lull_task *)task, NULL));
    return 0;
}

static lull_value pauses_for_1(void *unused)
{
    (void)unused;
    lull_check(lull_pause(1));
    return test_fails(unused);
}

TASK_TEST(a_task_that_passes_a_cancellation_on_is_not_reported)
{
    lull_task task = lull_spawn(pauses_for_1, NULL);
    lull_task other = lull_spawn(passes_on, &task);
    lull_pause(0);
    lull_cancel(task);
    lull_pause(0);
    lull_pause(0);
    CHECK_STATUS(lull_cancel(other), LULL_ESRCH);
    CHECK_INT(lull_native.failures, 0);
}

TASK_TEST(a_failing_task_whose_joiner_has_given_up_is_reported)
{
    lull_task task = lull_spawn(pauses_for_1, NULL);
    CHECK_STATUS(lull_with_timeout(0.5, lull_task_yieldable(task), NULL), LULL_ETIMEDOUT);
    lull_pause(1);
    CHECK_INT(lull_native.failures, 1);
    CHECK_TEXT(lull_native.failure[0].message, "broken");
}

/* ---- Defer --------------------------------------------------------------------------------------------------- */

static void says(void *word)
{
    test_log("%s", (const char *)word);
}

static void defer_two(void)
{
    CHECK_STATUS(lull_defer(says, "first"), LULL_OK);
    CHECK_STATUS(lull_defer(says, "second"), LULL_OK);
}

static lull_value defers_and_returns(void *unused)
{
    (void)unused;
    defer_two();
    test_log("body");
    return 5;
}

TASK_TEST(defers_run_last_first_when_the_task_returns)
{
    lull_value value = 0;
    CHECK_STATUS(lull_join(lull_spawn(defers_and_returns, NULL), &value), LULL_OK);
    CHECK_INT(value, 5);
    CHECK_LOG("body second first");
}

static lull_value defers_and_fails(void *unused)
{
    defer_two();
    return test_fails(unused);
}

TASK_TEST(defers_run_last_first_when_the_task_fails)
{
    CHECK_STATUS(lull_join(lull_spawn(defers_and_fails, NULL), NULL), LULL_EFAILED);
    CHECK_LOG("second first");
    CHECK_TEXT(lull_last_error()->message, "broken");
}

static lull_value defers_and_returns_from_depth(void *unused)
{
    defer_two();
    return returns_from_depth(unused);
}

TASK_TEST(defers_run_last_first_when_the_task_returns_from_depth)
{
    lull_value value = 0;
    CHECK_STATUS(lull_join(lull_spawn(defers_and_returns_from_depth, NULL), &value), LULL_OK);
    CHECK_INT(value, 9);
    CHECK_LOG("second first");
}

static lull_value defers_and_waits(void *unused)
{
    defer_two();
    return test_waits(unused);
}

TASK_TEST(defers_run_last_first_when_the_task_is_killed)
{
    lull_task task = lull_spawn(defers_and_waits, NULL);
    lull_pause(0);
    lull_kill(task);
    lull_pause(0);
    CHECK_LOG("second first");
}

TASK_TEST(defers_run_last_first_when_the_task_traps)
{
    lull_task task = lull_spawn(defers_and_waits, NULL);
    lull_pause(0);
    lull__task_end(lull__task_get(task), LULL_ETRAP, NULL); /* as the loop does after a trap */
    CHECK_STATUS(lull_join(task, NULL), LULL_ETRAP);
    CHECK_LOG("second first");
}

TASK_TEST(defers_run_when_the_task_is_cancelled)
{
    lull_task task = lull_spawn(defers_and_waits, NULL);
    lull_cancel(task);
    CHECK_STATUS(lull_join(task, NULL), LULL_OK);
    CHECK_LOG("task:LULL_ECANCELED second first");
}

static lull_value defers_and_ignores_cancellation(void *unused)
{
    defer_two();
    return ignores_cancellation(unused);
}

TASK_TEST(defers_run_when_the_task_is_killed_for_ignoring_its_cancellation)
{
    lull_task task = lull_spawn(defers_and_ignores_cancellation, NULL);
    lull_cancel(task);
    CHECK_STATUS(lull_join(task, NULL), LULL_EKILLED);
    CHECK_LOG("second first");
}

static lull_task deferring;

static void notes_the_current_task(void *unused)
{
    (void)unused;
    test_log("%s", lull_current() == deferring ? "in-the-task" : "elsewhere");
}

static lull_value defers_a_look(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_defer(notes_the_current_task, NULL), LULL_OK);
    return 0;
}

TASK_TEST(a_defer_runs_in_its_task)
{
    deferring = lull_spawn(defers_a_look, NULL);
    lull_pause(0);
    lull_pause(0);
    CHECK_LOG("in-the-task");
}

static void pauses_in_a_defer(void *unused)
{
    (void)unused;
    test_log("%s", lull_err_name(lull_pause(1)));
}

static lull_value defers_a_pause(void *unused)
{
    CHECK_STATUS(lull_defer(says, "after"), LULL_OK);
    CHECK_STATUS(lull_defer(pauses_in_a_defer, NULL), LULL_OK);
    return test_waits(unused);
}

TASK_TEST(a_defer_of_a_cancelled_task_can_wait)
{
    lull_task task = lull_spawn(defers_a_pause, NULL, .name = "a");
    lull_pause(0);
    lull_cancel(task);
    CHECK_STATUS(lull_join(task, NULL), LULL_OK);
    CHECK_LOG("a:LULL_ECANCELED LULL_OK after");
    CHECK_TIME(1);
}

TASK_TEST(a_cancellation_does_not_reach_the_defers)
{
    lull_task task = lull_spawn(defers_a_pause, NULL, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 3), LULL_OK);
    lull_pause(0.5);
    CHECK_STATUS(lull_cancel(task), LULL_OK);
    CHECK_STATUS(lull_join(task, NULL), LULL_OK);
    CHECK_LOG("a=3 LULL_OK after");
    CHECK_TIME(1);
}

TASK_TEST(a_defer_of_a_killed_task_does_not_wait)
{
    lull_task task = lull_spawn(defers_a_pause, NULL);
    lull_pause(0);
    lull_kill(task);
    lull_pause(0.5);
    CHECK_LOG("LULL_ETIMEDOUT after");
}

static void fails_in_a_defer(void *unused)
{
    (void)unused;
    lull_fail(LULL_EFAILED, "in a defer");
}

static lull_value defers_a_failure(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_defer(says, "after"), LULL_OK);
    CHECK_STATUS(lull_defer(fails_in_a_defer, NULL), LULL_OK);
    return 5;
}

TASK_TEST(a_defer_that_fails_changes_neither_the_outcome_nor_the_other_defers)
{
    lull_value value = 0;
    CHECK_STATUS(lull_join(lull_spawn(defers_a_failure, NULL), &value), LULL_OK);
    CHECK_INT(value, 5);
    CHECK_LOG("after");
}

TEST(a_defer_that_fails_is_reported)
{
    lull_spawn(defers_a_failure, NULL, .name = "careless");
    lull_native_run();
    CHECK_INT(lull_native.failures, 1);
    CHECK_TEXT(lull_native.failure[0].name, "careless");
    CHECK_STATUS(lull_native.failure[0].status, LULL_EFAILED);
    CHECK_TEXT(lull_native.failure[0].message, "in a defer");
}

static lull_value defers_only_a_failure(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_defer(fails_in_a_defer, NULL), LULL_OK);
    return 5;
}

TASK_TEST(a_last_defer_that_fails_leaves_no_timer)
{
    CHECK_STATUS(lull_join(lull_spawn(defers_only_a_failure, NULL), NULL), LULL_OK);
    CHECK(lull__timers_next() == LULL_FOREVER);
}

static void waits_for_ever(void *unused)
{
    (void)unused;
    test_log("%s", lull_err_name(lull_yield_to(NULL, NULL)));
}

static lull_value defers_a_wait_for_ever(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_defer(waits_for_ever, NULL), LULL_OK);
    return 5;
}

TASK_TEST(a_defer_cannot_wait_for_ever)
{
    CHECK_STATUS(lull_join(lull_spawn(defers_a_wait_for_ever, NULL), NULL), LULL_OK);
    CHECK_LOG("LULL_ETIMEDOUT");
    CHECK_TIME(5);
}

static void pauses_for_3(void *unused)
{
    (void)unused;
    int status = lull_pause(3);
    test_log("%s@%g", lull_err_name(status), lull_native.now);
}

static lull_value defers_three_pauses(void *unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++) CHECK_STATUS(lull_defer(pauses_for_3, NULL), LULL_OK);
    return 5;
}

TASK_TEST(the_defers_of_a_task_share_their_five_seconds)
{
    CHECK_STATUS(lull_join(lull_spawn(defers_three_pauses, NULL), NULL), LULL_OK);
    CHECK_LOG("LULL_OK@3 LULL_ETIMEDOUT@5 LULL_ETIMEDOUT@5");
}

static void pauses_behind_a_shield(void *unused)
{
    (void)unused;
    lull_scope shield;
    CHECK_STATUS(lull_scope_enter_shielded(&shield, LULL_FOREVER), LULL_OK);
    int status = lull_scope_exit(&shield, lull_pause(100));
    test_log("%s@%g", lull_err_name(status), lull_native.now);
}

static lull_value defers_a_shield(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_defer(pauses_behind_a_shield, NULL), LULL_OK);
    return 5;
}

TASK_TEST(a_shield_in_a_defer_does_not_keep_its_limit_away)
{
    CHECK_STATUS(lull_join(lull_spawn(defers_a_shield, NULL), NULL), LULL_OK);
    CHECK_LOG("LULL_ECANCELED@5");
}

static void defers_another(void *unused)
{
    (void)unused;
    test_log("defer");
    CHECK_STATUS(lull_defer(says, "another"), LULL_OK);
}

static lull_value defers_what_defers(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_defer(says, "last"), LULL_OK);
    CHECK_STATUS(lull_defer(defers_another, NULL), LULL_OK);
    return 5;
}

TASK_TEST(what_a_defer_defers_runs_next)
{
    CHECK_STATUS(lull_join(lull_spawn(defers_what_defers, NULL), NULL), LULL_OK);
    CHECK_LOG("defer another last");
}

TASK_TEST(a_task_killed_in_its_defers_keeps_its_outcome_and_runs_the_rest)
{
    lull_future result = lull_future_new();
    lull_task task = lull_spawn(defers_a_pause, NULL, .name = "a", .result = result);
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 3), LULL_OK);
    lull_pause(0.5);
    CHECK_LOG("a=3");
    CHECK_STATUS(lull_kill(task), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=3 after");
    CHECK_STATUS(lull_await(result, NULL), LULL_OK);
}

TEST(deferring_outside_of_a_task_is_refused)
{
    CHECK_STATUS(lull_defer(says, NULL), LULL_ENOSUSPEND);
}

TASK_TEST(deferring_no_function_is_refused)
{
    CHECK_STATUS(lull_defer(NULL, NULL), LULL_EINVAL);
}

/* ---- Kill ---------------------------------------------------------------------------------------------------- */

TASK_TEST(a_killed_waiting_task_does_not_run_on_and_its_joiner_is_told)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_task joiner = lull_spawn(test_joins, &task, .name = "joiner");
    lull_pause(0);
    CHECK(joiner > 0);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    lull_pause(0);
    CHECK_LOG("joiner:LULL_EKILLED");
}

static lull_value pauses_and_says(void *unused)
{
    lull_pause(0);
    return test_says_name(unused);
}

TASK_TEST(a_killed_ready_task_does_not_run_on)
{
    lull_task task = lull_spawn(pauses_and_says, NULL, .name = "a");
    lull_spawn(test_joins, &task, .name = "joiner");
    lull_pause(0);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    lull_pause(0);
    lull_pause(0);
    CHECK_LOG("joiner:LULL_EKILLED");
    CHECK_STATUS(lull_kill(task), LULL_ESRCH);
}

TASK_TEST(a_task_killed_before_its_first_run_never_runs)
{
    lull_task ready = lull_spawn(test_says_name, NULL, .name = "a");
    lull_task delayed = lull_spawn(test_says_name, NULL, .name = "b", .delay = 1);
    CHECK_STATUS(lull_kill(ready), LULL_OK);
    CHECK_STATUS(lull_kill(delayed), LULL_OK);
    lull_pause(2);
    CHECK_LOG("");
    CHECK_INT((int64_t)lull__rt.live, 1);
}

static lull_value kills_itself(void *unused)
{
    (void)unused;
    defer_two();
    lull_kill(lull_current());
    test_log("not-reached");
    return 0;
}

TASK_TEST(a_task_can_kill_itself)
{
    CHECK_STATUS(lull_join(lull_spawn(kills_itself, NULL), NULL), LULL_EKILLED);
    CHECK_LOG("second first");
}

TASK_TEST(killing_a_finished_or_unknown_task_is_refused)
{
    lull_task task = lull_spawn(test_says_name, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_kill(task), LULL_ESRCH);
    CHECK_STATUS(lull_kill(0), LULL_ESRCH);
}

TASK_TEST(an_error_thrown_into_a_task_that_is_then_killed_is_freed)
{
    lull_task task = lull_spawn(defers_a_pause, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_throw(task, LULL_EFAILED, "too late"), LULL_OK);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    lull_pause(1);
    CHECK_LOG("LULL_ETIMEDOUT after");
}

TASK_TEST(a_killed_task_leaves_what_it_waited_for)
{
    lull_future future = lull_future_new();
    lull_task a = lull_spawn(test_awaits, &future, .name = "a");
    lull_spawn(test_awaits, &future, .name = "b");
    lull_pause(0);
    lull_kill(a);
    CHECK_STATUS(lull_future_resolve(future, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("b=1");
}
