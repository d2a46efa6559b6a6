/*
 * Out of memory. Each test raises the number of allocations that may succeed step by step until a call succeeds; at
 * every step before that, the call says LULL_ENOMEM, and has changed nothing.
 */
#include "test.h"

/* What a call that has failed must not have changed. */
typedef struct snapshot {
    size_t live;
    uint64_t spawned;
    double next;
} snapshot;

static snapshot look(void)
{
    return (snapshot){lull__rt.live, lull__rt.spawned, lull__timers_next()};
}

static void check_unchanged(snapshot before)
{
    snapshot after = look();
    CHECK_INT((int64_t)after.live, (int64_t)before.live);
    CHECK_INT((int64_t)after.spawned, (int64_t)before.spawned);
    CHECK(after.next == before.next);
}

/* Evaluate `call` with more and more memory until it is not refused; its last value goes to `result`. */
#define UNTIL_IT_SUCCEEDS(result, call)                                                                                \
    do {                                                                                                               \
        snapshot before = look();                                                                                      \
        long allowed = 0;                                                                                              \
        for (;; allowed++) {                                                                                           \
            lull__allocations_left = allowed;                                                                          \
            (result) = (call);                                                                                         \
            lull__allocations_left = -1;                                                                               \
            if ((result) >= 0 || allowed == 100) break;                                                                \
            CHECK_STATUS(result, LULL_ENOMEM);                                                                         \
            check_unchanged(before);                                                                                   \
        }                                                                                                              \
        CHECK(allowed > 0);                                                                                            \
        CHECK((result) >= 0);                                                                                          \
    } while (0)

/* Use up what is kept for the next: the slots of the handles, the places of the timers. */
static void fill_handles(void)
{
    do {
        lull__allocations_left = 1; /* the future's own */
    } while (lull_future_new() > 0);
    lull__allocations_left = -1;
}

#define SPARE_TIMERS 64

static lull__timer spare_timers[SPARE_TIMERS];

static void fill_timers(void)
{
    memset(spare_timers, 0, sizeof spare_timers);
    CHECK_STATUS(lull__timer_arm(&spare_timers[0], LULL_FOREVER), LULL_OK); /* the first makes room for others */
    lull__allocations_left = 0;
    for (int i = 1; i < SPARE_TIMERS && lull__timer_arm(&spare_timers[i], LULL_FOREVER) == 0; i++) continue;
    lull__allocations_left = -1;
}

static void empty_timers(void)
{
    for (int i = 0; i < SPARE_TIMERS; i++) lull__timer_disarm(&spare_timers[i]);
}

TEST(spawning_out_of_memory_is_refused)
{
    lull_task task = 0;
    UNTIL_IT_SUCCEEDS(task, lull_spawn(test_says_name, NULL));
    lull_native_run();
    CHECK_LOG("task");
}

TEST(spawning_with_all_options_out_of_memory_is_refused)
{
    lull_future result = lull_future_new();
    fill_handles();
    lull_task task = 0;
    UNTIL_IT_SUCCEEDS(task, lull_spawn(test_says_name, NULL, .name = "a", .delay = 1, .result = result));
    lull_native_run();
    CHECK_LOG("a");
    CHECK_INT(lull_future_settled(result), 1);
}

TEST(a_result_future_is_free_again_after_a_spawn_that_was_refused)
{
    lull_future result = lull_future_new();
    lull__allocations_left = 0;
    CHECK_STATUS(lull_spawn(test_says_name, NULL, .result = result), LULL_ENOMEM);
    lull__allocations_left = -1;
    CHECK_STATUS(lull_future_free(result), LULL_OK);
}

TEST(a_task_that_gets_no_stack_fails)
{
    lull_spawn(test_says_name, NULL, .name = "a");
    lull__allocations_left = 0;
    lull_native_run();
    lull__allocations_left = -1;
    CHECK_LOG("");
    CHECK_INT(lull_native.failures, 1);
    CHECK_STATUS(lull_native.failure[0].status, LULL_ENOMEM);
    CHECK_TEXT(lull_native.failure[0].name, "a");
}

TASK_TEST(scheduling_out_of_memory_is_refused)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    fill_timers();
    int status = 0;
    UNTIL_IT_SUCCEEDS(status, lull_schedule(task, 1, 5));
    lull_pause(2);
    CHECK_LOG("a=5");
    empty_timers();
}

TASK_TEST(resuming_and_cancelling_and_killing_need_no_memory)
{
    lull_task a = lull_spawn(test_waits, NULL, .name = "a");
    lull_task b = lull_spawn(test_waits, NULL, .name = "b");
    lull_task c = lull_spawn(test_waits, NULL, .name = "c");
    lull_pause(0);
    lull__allocations_left = 0;
    CHECK_STATUS(lull_resume(a, 1), LULL_OK);
    CHECK_STATUS(lull_cancel(b), LULL_OK);
    CHECK_STATUS(lull_kill(c), LULL_OK);
    lull_pause(0);
    lull__allocations_left = -1;
    CHECK_LOG("a=1 b:LULL_ECANCELED");
}

TASK_TEST(throwing_out_of_memory_is_refused)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    int status = 0;
    UNTIL_IT_SUCCEEDS(status, lull_throw(task, LULL_EFAILED, "%0300d", 1));
    lull_pause(0);
    CHECK_LOG("a:LULL_EFAILED");
}

TASK_TEST(throwing_without_a_message_needs_no_memory)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(0);
    lull__allocations_left = 0;
    CHECK_STATUS(lull_throw(task, LULL_EFAILED, NULL), LULL_OK);
    lull__allocations_left = -1;
    lull_pause(0);
    CHECK_LOG("a:LULL_EFAILED");
}

static lull_value fails_without_memory(void *unused)
{
    (void)unused;
    lull__allocations_left = 0;
    lull_fail(-40, "no memory for this");
}

TASK_TEST(a_failure_whose_message_finds_no_memory_keeps_its_code)
{
    lull_task task = lull_spawn(fails_without_memory, NULL);
    int status = lull_join(task, NULL);
    lull__allocations_left = -1;
    CHECK_STATUS(status, -40);
    CHECK_INT(lull_last_error()->code, -40);
}

static void says(void *word)
{
    test_log("%s", (const char *)word);
}

static lull_value defers_out_of_memory(void *unused)
{
    (void)unused;
    int status = 0;
    UNTIL_IT_SUCCEEDS(status, lull_defer(says, "once"));
    return 0;
}

TASK_TEST(deferring_out_of_memory_is_refused)
{
    CHECK_STATUS(lull_join(lull_spawn(defers_out_of_memory, NULL), NULL), LULL_OK);
    CHECK_LOG("once");
}

static lull_value defers_and_fills(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_defer(says, "cleanup"), LULL_OK);
    fill_timers();
    lull__allocations_left = 0;
    return 3;
}

TASK_TEST(defers_run_without_memory_for_their_limit)
{
    lull_value value = 0;
    CHECK_STATUS(lull_join(lull_spawn(defers_and_fills, NULL), &value), LULL_OK);
    lull__allocations_left = -1;
    CHECK_INT(value, 3);
    CHECK_LOG("cleanup");
    empty_timers();
}

TASK_TEST(pausing_out_of_memory_is_refused)
{
    fill_timers();
    int status = 0;
    UNTIL_IT_SUCCEEDS(status, lull_pause(1));
    CHECK_TIME(1);
    empty_timers();
}

TASK_TEST(entering_a_scope_out_of_memory_is_refused)
{
    fill_timers();
    lull_scope scope;
    int status = 0;
    UNTIL_IT_SUCCEEDS(status, lull_scope_enter(&scope, 1));
    CHECK_STATUS(lull_pause(2), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&scope, 0), LULL_OK);
    CHECK_STATUS(lull_pause(2), LULL_OK);
    empty_timers();
}

TASK_TEST(entering_a_shield_out_of_memory_is_refused)
{
    fill_timers();
    lull_scope scope;
    int status = 0;
    UNTIL_IT_SUCCEEDS(status, lull_scope_enter_shielded(&scope, 1));
    CHECK_INT(lull__rt.running->ext->shields, 1);
    CHECK_STATUS(lull_scope_exit(&scope, 0), LULL_OK);
    CHECK_INT(lull__rt.running->ext->shields, 0);
    empty_timers();
}

TASK_TEST(waiting_with_a_limit_out_of_memory_is_refused)
{
    fill_timers();
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_resolve(future, 3), LULL_OK);
    int status = 0;
    UNTIL_IT_SUCCEEDS(status, lull_with_timeout(1, lull_future_yieldable(future), NULL));
    empty_timers();
}

TASK_TEST(leaving_a_scope_and_its_expiry_need_no_memory)
{
    lull_scope outer;
    lull_scope inner;
    CHECK_STATUS(lull_scope_enter(&outer, 5), LULL_OK);
    CHECK_STATUS(lull_scope_enter(&inner, 1), LULL_OK);
    fill_timers();
    lull__allocations_left = 0;
    CHECK_STATUS(lull_yield_to(NULL, NULL), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&inner, 0), LULL_OK);
    CHECK_STATUS(lull_yield_to(NULL, NULL), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&outer, 0), LULL_OK);
    lull__allocations_left = -1;
    CHECK_TIME(5);
    empty_timers();
}

TEST(a_future_out_of_memory_is_refused)
{
    lull_future future = 0;
    UNTIL_IT_SUCCEEDS(future, lull_future_new());
    fill_handles();
    UNTIL_IT_SUCCEEDS(future, lull_future_new());
    CHECK_INT(lull_future_settled(future), 0);
}

TASK_TEST(rejecting_out_of_memory_is_refused)
{
    lull_future future = lull_future_new();
    int status = 0;
    UNTIL_IT_SUCCEEDS(status, lull_future_reject(future, LULL_EFAILED, "%0300d", 1));
    CHECK_STATUS(lull_await(future, NULL), LULL_EFAILED);
}

TASK_TEST(settling_and_awaiting_and_joining_need_no_memory)
{
    lull_future future = lull_future_new();
    lull_task task = lull_spawn(test_waits, NULL, .name = "t");
    lull_spawn(test_awaits, &future, .name = "a");
    lull_spawn(test_joins, &task, .name = "j");
    CHECK_STATUS(lull_with_timeout(1, NULL, NULL), LULL_ETIMEDOUT); /* all have their stacks */
    lull__allocations_left = 0;
    CHECK_STATUS(lull_future_resolve(future, 1), LULL_OK);
    CHECK_STATUS(lull_resume(task, 2), LULL_OK);
    lull_pause(0);
    lull_pause(0);
    lull__allocations_left = -1;
    CHECK_LOG("t=2 a=1 j=0");
}

/* ---- A whole program ----------------------------------------------------------------------------------------- */

static lull_value worker(void *future)
{
    lull_scope scope;
    lull_check(lull_defer(says, "-"));
    lull_check(lull_scope_enter(&scope, 5));
    lull_value value = 0;
    int status = lull_scope_exit(&scope, lull_await(*(const lull_future *)future, &value));
    if (status < 0) lull_fail(status, "worker got %s", lull_last_error()->message);
    lull_check(lull_pause(1));
    return value;
}

/* A new future; where there is no memory, the task fails. */
static lull_future new_future(void)
{
    lull_future future = lull_future_new();
    lull_check(future < 0 ? (int)future : 0);
    return future;
}

static lull_value whole_program(void *unused)
{
    (void)unused;
    static lull_future input; /* the workers may survive this task */
    input = new_future();
    lull_future one = new_future();
    lull_future two = new_future();
    lull_task first = lull_spawn(worker, &input, .name = "first", .result = one);
    lull_check(first < 0 ? (int)first : 0);
    lull_task second = lull_spawn(worker, &input, .name = "second", .result = two, .delay = 1, .stack_size = 20000);
    lull_check(second < 0 ? (int)second : 0);
    lull_check(lull_pause(2));
    lull_check(lull_future_resolve(input, 21));
    lull_value values[2] = {0};
    lull_check(lull_await(one, &values[0]));
    lull_check(lull_await(two, &values[1]));
    return values[0] + values[1];
}

TEST(a_whole_program_runs_out_of_memory_anywhere_and_leaks_nothing)
{
    test_out_of_memory_anywhere(whole_program);
}
