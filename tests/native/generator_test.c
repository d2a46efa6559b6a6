/* Generators: tasks that hand out one element after another. */
#include "test.h"
#include "waitables/generator.h"

/* ---- Generators of ints ---------------------------------------------------------------------------------------- */

static void emit(int element)
{
    lull_emit_element(&element);
}

static void says_over(void *unused)
{
    (void)unused;
    test_log("over");
}

/* 1, 2, … up to the number. */
static lull_value counts_to(void *number)
{
    lull_check(lull_defer(says_over, NULL));
    for (int i = 1; i <= (int)(intptr_t)number; i++) emit(i);
    return 0;
}

/* The same, after a second each. */
static lull_value counts_slowly_to(void *number)
{
    lull_check(lull_defer(says_over, NULL));
    for (int i = 1; i <= (int)(intptr_t)number; i++) {
        lull_check(lull_pause(1));
        emit(i);
    }
    return 0;
}

static lull_value counts_for_ever(void *unused)
{
    (void)unused;
    lull_check(lull_defer(says_over, NULL));
    for (int i = 1;; i++) emit(i);
    return 0;
}

/* 1, and then a failure. */
static lull_value breaks_after_one(void *unused)
{
    (void)unused;
    emit(1);
    lull_fail(LULL_EFAILED, "broken");
}

static lull_generator generate(lull_function function, int number)
{
    lull_generator generator = lull_generate(sizeof(int), function, (void *)(intptr_t)number);
    CHECK(generator > 0);
    return generator;
}

/* The same, and its task. */
static lull_generator generate_in(lull_task *task, lull_function function, int number)
{
    lull_spawn_options options = {.function = function, .argument = (void *)(intptr_t)number, .name = "generator"};
    lull_generator generator = lull__generate(sizeof(int), &options, task);
    CHECK(generator > 0);
    return generator;
}

static void free_generator(lull_generator generator)
{
    CHECK_STATUS(lull_generator_free(generator), LULL_OK);
}

/* The next element, or why there is none. */
static int next(lull_generator generator)
{
    int element = 0;
    int status = lull_next(generator, &element);
    return status < 0 ? status : element;
}

/* Log what it gets of the generator whose handle the argument points to: one element. */
static lull_value takes_one(void *generator)
{
    int element = 0;
    int status = lull_next(*(const lull_generator *)generator, &element);
    test_log_wait(status, element);
    return 0;
}

/* ---- Elements -------------------------------------------------------------------------------------------------- */

TASK_TEST(elements_come_in_order_and_then_the_end)
{
    lull_generator generator = generate(counts_to, 3);
    for (int i = 1; i <= 3; i++) CHECK_INT(next(generator), i);
    CHECK_STATUS(next(generator), LULL_ECLOSED);
    CHECK_STATUS(next(generator), LULL_ECLOSED);
    CHECK_LOG("over");
    free_generator(generator);
}

TASK_TEST(a_generator_without_elements_ends)
{
    lull_generator generator = generate(counts_to, 0);
    CHECK_STATUS(next(generator), LULL_ECLOSED);
    free_generator(generator);
}

static lull_value says_what_it_emits(void *unused)
{
    (void)unused;
    for (int i = 1; i <= 3; i++) {
        test_log("%d", i);
        emit(i);
    }
    return 0;
}

TASK_TEST(a_generator_waits_with_an_element_that_nobody_has_asked_for)
{
    lull_generator generator = generate(says_what_it_emits, 0);
    for (int i = 0; i < 5; i++) CHECK_STATUS(lull_pause(0), LULL_OK);
    CHECK_LOG("1");
    CHECK_INT(next(generator), 1);
    for (int i = 0; i < 5; i++) CHECK_STATUS(lull_pause(0), LULL_OK);
    CHECK_LOG("1 2");
    free_generator(generator);
}

TASK_TEST(a_generator_that_waits_is_waited_for)
{
    lull_generator generator = generate(counts_slowly_to, 2);
    CHECK_INT(next(generator), 1);
    CHECK_INT(next(generator), 2);
    CHECK_TIME(2);
    free_generator(generator);
}

TASK_TEST(an_element_that_is_asked_for_to_nowhere_is_dropped)
{
    lull_generator generator = generate(counts_to, 2);
    CHECK_STATUS(lull_next(generator, NULL), LULL_OK);
    CHECK_INT(next(generator), 2);
    free_generator(generator);
}

typedef struct large {
    int first;
    char text[60];
} large;

static lull_value emits_large_elements(void *count)
{
    for (int i = 1; i <= (int)(intptr_t)count; i++) {
        large element = {.first = i};
        memset(element.text, 'a' + i, sizeof element.text);
        lull_emit_element(&element);
    }
    return 0;
}

TASK_TEST(elements_can_be_larger_than_a_value)
{
    lull_generator generator = lull_generate(sizeof(large), emits_large_elements, (void *)5);
    for (int i = 1; i <= 3; i++) {
        large element = {0};
        CHECK_STATUS(lull_next(generator, &element), LULL_OK);
        CHECK_INT(element.first, i);
        CHECK_INT(element.text[sizeof element.text - 1], 'a' + i);
    }
    CHECK_STATUS(lull_next(generator, NULL), LULL_OK);
    CHECK_STATUS(lull_pause(0), LULL_OK);
    free_generator(generator); /* while it waits with a fifth one */
}

/* Each element of the inner generator, tenfold. */
static lull_value multiplies(void *number)
{
    lull_generator inner = generate(counts_to, (int)(intptr_t)number);
    int element;
    while ((element = next(inner)) > 0) emit(element * 10);
    free_generator(inner);
    return 0;
}

TASK_TEST(a_generator_can_use_another_one)
{
    lull_generator generator = generate(multiplies, 3);
    for (int i = 1; i <= 3; i++) CHECK_INT(next(generator), (int64_t)i * 10);
    CHECK_STATUS(next(generator), LULL_ECLOSED);
    free_generator(generator);
}

/* ---- Consumers ------------------------------------------------------------------------------------------------- */

TASK_TEST(several_consumers_get_an_element_each_in_the_order_in_which_they_came)
{
    lull_generator generator = generate(counts_slowly_to, 2);
    lull_spawn(takes_one, &generator, .name = "a");
    lull_spawn(takes_one, &generator, .name = "b");
    lull_spawn(takes_one, &generator, .name = "c");
    CHECK_STATUS(lull_pause(3), LULL_OK);
    CHECK_LOG("a=1 over b=2 c:LULL_ECLOSED");
    free_generator(generator);
}

TASK_TEST(a_consumer_that_is_cancelled_takes_nothing)
{
    lull_generator generator = generate(counts_slowly_to, 1);
    lull_task consumer = lull_spawn(takes_one, &generator, .name = "a");
    CHECK_STATUS(lull_pause(0.5), LULL_OK);
    CHECK_STATUS(lull_cancel(consumer), LULL_OK);
    CHECK_INT(next(generator), 1);
    CHECK_LOG("a:LULL_ECANCELED over");
    free_generator(generator);
}

TASK_TEST(a_consumer_can_time_out)
{
    lull_generator generator = generate(counts_slowly_to, 1);
    lull_scope scope;
    test_enter(&scope, 0.5);
    CHECK_STATUS(lull_scope_exit(&scope, next(generator)), LULL_ETIMEDOUT);
    CHECK_INT(next(generator), 1);
    CHECK_TIME(1);
    free_generator(generator);
}

/* ---- Failures -------------------------------------------------------------------------------------------------- */

TASK_TEST(a_failure_comes_after_the_elements_before_it_and_stays)
{
    lull_generator generator = generate(breaks_after_one, 0);
    CHECK_INT(next(generator), 1);
    for (int i = 0; i < 2; i++) {
        CHECK_STATUS(next(generator), LULL_EFAILED);
        CHECK_TEXT(lull_last_error()->message, "broken");
    }
    free_generator(generator);
    CHECK_INT(lull_native.failures, 0); /* it was received */
}

TASK_TEST(a_failure_that_nobody_has_seen_is_reported_when_the_generator_is_freed)
{
    lull_generator generator = generate(breaks_after_one, 0);
    CHECK_INT(next(generator), 1);
    CHECK_STATUS(lull_pause(0), LULL_OK);
    CHECK_INT(lull_native.failures, 0);
    free_generator(generator);
    CHECK_INT(lull_native.failures, 1);
    CHECK_STATUS(lull_native.failure[0].status, LULL_EFAILED);
    CHECK_TEXT(lull_native.failure[0].message, "broken");
}

static void breaks_in_cleanup(void *unused)
{
    (void)unused;
    lull_fail(LULL_EFAILED, "not clean");
}

static lull_value cleans_up_in_vain(void *unused)
{
    (void)unused;
    lull_check(lull_defer(breaks_in_cleanup, NULL));
    emit(1);
    return 0;
}

TASK_TEST(a_failure_after_the_generator_was_freed_is_reported)
{
    lull_generator generator = generate(cleans_up_in_vain, 0);
    CHECK_STATUS(lull_pause(0), LULL_OK);
    free_generator(generator);
    CHECK_STATUS(lull_pause(0), LULL_OK);
    CHECK_INT(lull_native.failures, 1);
    CHECK_TEXT(lull_native.failure[0].message, "not clean");
}

/* ---- The end --------------------------------------------------------------------------------------------------- */

TASK_TEST(freed_while_it_waits_with_an_element_it_ends_and_its_defers_run)
{
    lull_task task;
    lull_generator generator = generate_in(&task, counts_for_ever, 0);
    CHECK_INT(next(generator), 1);
    CHECK_STATUS(lull_pause(0), LULL_OK);
    free_generator(generator);
    CHECK_STATUS(lull_join(task, NULL), LULL_OK);
    CHECK_LOG("over");
}

TASK_TEST(freed_while_it_sleeps_it_is_cancelled_and_its_defers_run)
{
    lull_task task;
    lull_generator generator = generate_in(&task, counts_slowly_to, 1);
    CHECK_STATUS(lull_pause(0.5), LULL_OK);
    free_generator(generator);
    CHECK_STATUS(lull_join(task, NULL), LULL_ECANCELED);
    CHECK_LOG("over");
    CHECK_TIME(0.5);
}

TASK_TEST(freed_before_its_first_run_it_runs_to_its_first_element)
{
    lull_task task;
    lull_generator generator = generate_in(&task, counts_for_ever, 0);
    free_generator(generator);
    CHECK_STATUS(lull_join(task, NULL), LULL_ECANCELED);
    CHECK_LOG("over");
}

TASK_TEST(freed_after_its_end_it_is_no_more_than_freed)
{
    lull_generator generator = generate(counts_to, 1);
    CHECK_INT(next(generator), 1);
    CHECK_STATUS(next(generator), LULL_ECLOSED);
    free_generator(generator);
    CHECK_STATUS(lull_pause(0), LULL_OK); /* nor is this task cancelled */
    CHECK_INT(lull_native.failures, 0);
}

TASK_TEST(freed_while_somebody_waits_for_an_element_it_is_over_for_them)
{
    lull_generator generator = generate(counts_slowly_to, 1);
    lull_spawn(takes_one, &generator, .name = "a");
    CHECK_STATUS(lull_pause(0.5), LULL_OK);
    free_generator(generator);
    CHECK_STATUS(lull_pause(0), LULL_OK);
    CHECK_LOG("a:LULL_ECLOSED over");
}

TASK_TEST(killed_it_fails_the_consumer_with_that)
{
    lull_task task;
    lull_generator generator = generate_in(&task, counts_slowly_to, 1);
    lull_spawn(takes_one, &generator, .name = "a");
    CHECK_STATUS(lull_pause(0.5), LULL_OK);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    CHECK_STATUS(lull_pause(0.5), LULL_OK);
    CHECK_LOG("over a:LULL_EKILLED");
    free_generator(generator);
}

TASK_TEST(killed_before_its_first_run_it_has_no_elements)
{
    lull_task task;
    lull_generator generator = generate_in(&task, counts_for_ever, 0);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    CHECK_STATUS(next(generator), LULL_EKILLED);
    CHECK_LOG("");
    free_generator(generator);
    CHECK_INT(lull_native.failures, 0);
}

TEST(one_that_nobody_frees_is_freed_with_the_instance)
{
    CHECK(lull_generate(sizeof(int), counts_for_ever, NULL) > 0);
    CHECK(lull_generate(sizeof(int), counts_to, NULL) > 0);
    lull_native_run();
    test_close(); /* sees that nothing is left */
    CHECK_LOG("over over");
}

/* ---- Refused --------------------------------------------------------------------------------------------------- */

TASK_TEST(a_stale_handle_is_said_to_be_one)
{
    lull_generator generator = generate(counts_to, 1);
    free_generator(generator);
    CHECK_STATUS(next(generator), LULL_ESRCH);
    CHECK_STATUS(lull_generator_free(generator), LULL_ESRCH);
    CHECK_STATUS(next(0), LULL_ESRCH);
    CHECK_STATUS(lull_generator_free(lull_current()), LULL_ESRCH);
}

TEST(what_cannot_be_generated_is_refused_and_leaves_nothing)
{
    CHECK_STATUS(lull_generate(0, counts_to, NULL), LULL_EINVAL);
    CHECK_STATUS(lull_generate(sizeof(int), NULL, NULL), LULL_EINVAL);
    lull__rt.closing = true;
    CHECK_STATUS(lull_generate(sizeof(int), counts_to, NULL), LULL_ECLOSED);
}

/* All of each, but for where it fails: so it sees what they fail with. */
static lull_value uses_generators(void *unused)
{
    (void)unused;
    int number = 0;
    lull_generator numbers = lull_check(lull_generate(sizeof(int), counts_for_ever, NULL));
    int status = lull_next(numbers, &number);
    lull_generator_free(numbers);
    lull_check(status);
    large element = {0};
    lull_generator larger = lull_check(lull_generate(sizeof(large), emits_large_elements, (void *)1));
    status = lull_next(larger, &element);
    lull_generator_free(larger);
    lull_check(status);
    return number + element.first + 40;
}

TEST(a_program_of_generators_runs_out_of_memory_anywhere_and_leaks_nothing)
{
    test_out_of_memory_anywhere(uses_generators);
}
