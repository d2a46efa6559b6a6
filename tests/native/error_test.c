/* Errors and statuses: names, messages, what is passed on. */
#include "test.h"

static int statuses;

TEST(every_status_has_its_name_and_its_text)
{
    statuses = 0;
#define CHECK_NAME(name, number, text)                                                                                 \
    statuses++;                                                                                                        \
    CHECK_INT(LULL_##name, number);                                                                                    \
    CHECK_TEXT(lull_err_name(number), "LULL_" #name);                                                                  \
    CHECK_TEXT(lull_strerror(number), text);
    LULL_STATUS_MAP(CHECK_NAME)
#undef CHECK_NAME
    CHECK(statuses > 0);
    CHECK_TEXT(lull_err_name(LULL_ECANCELED), "LULL_ECANCELED");
    CHECK_TEXT(lull_strerror(LULL_ECANCELED), "canceled");
}

TEST(the_statuses_are_negative_and_different)
{
#define NUMBER(name, number, text) number,
    static const int numbers[] = {LULL_STATUS_MAP(NUMBER)};
#undef NUMBER
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        CHECK(numbers[i] < 0);
        for (size_t j = 0; j < i; j++) CHECK(numbers[i] != numbers[j]);
    }
}

TEST(success_and_numbers_that_are_no_status_have_a_name_too)
{
    CHECK_TEXT(lull_err_name(0), "LULL_OK");
    CHECK_TEXT(lull_strerror(0), "success");
    CHECK_TEXT(lull_err_name(-1000), "LULL_E?");
    CHECK_TEXT(lull_strerror(-1000), "unknown status");
    CHECK_TEXT(lull_err_name(1), "LULL_E?");
}

TEST(values_carry_pointers_and_doubles)
{
    int object = 0;
    CHECK(lull_to_pointer(lull_from_pointer(&object)) == &object);
    CHECK(!lull_to_pointer(lull_from_pointer(NULL)));
    CHECK(lull_to_double(lull_from_double(-0.1)) == -0.1);
}

/* ---- lull_last_error ----------------------------------------------------------------------------------------- */

TEST(there_is_no_last_error_outside_of_a_task)
{
    CHECK_INT(lull_last_error()->code, 0);
    CHECK_TEXT(lull_last_error()->message, "success");
}

TASK_TEST(there_is_no_last_error_before_a_wait_fails)
{
    CHECK_INT(lull_last_error()->code, 0);
    lull_pause(0);
    CHECK_INT(lull_last_error()->code, 0);
}

TASK_TEST(an_error_without_a_message_has_the_text_of_its_code)
{
    CHECK_STATUS(lull_with_timeout(1, NULL, NULL), LULL_ETIMEDOUT);
    CHECK_INT(lull_last_error()->code, LULL_ETIMEDOUT);
    CHECK_TEXT(lull_last_error()->message, "timed out");
}

TASK_TEST(the_last_error_is_each_tasks_own)
{
    CHECK_STATUS(lull_with_timeout(1, NULL, NULL), LULL_ETIMEDOUT);
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_reject(future, LULL_EFAILED, "x"), LULL_OK);
    lull_spawn(test_awaits, &future, .name = "a");
    lull_pause(0);
    CHECK_LOG("a:LULL_EFAILED");
    CHECK_INT(lull_last_error()->code, LULL_ETIMEDOUT);
}

TASK_TEST(the_last_error_is_the_latest)
{
    CHECK_STATUS(lull_join(lull_spawn(test_fails, NULL), NULL), LULL_EFAILED);
    CHECK_TEXT(lull_last_error()->message, "broken");
    CHECK_STATUS(lull_with_timeout(1, NULL, NULL), LULL_ETIMEDOUT);
    CHECK_TEXT(lull_last_error()->message, "timed out");
}

static lull_task gone;
static lull_future freed;
static lull_chan released;
static lull_generator left;
static lull_mutex mutex;
static lull_cond condition;
static lull_barrier barrier;
static lull_once once;

static int fails_at_once(int which)
{
    int element = 0;
    lull_awaited item = {.handle = gone};
    lull_case one = {.receive = released, .element = &element};
    lull_case none = {0};
    switch (which) {
    case 0:
        return lull_join(gone, NULL);
    case 1:
        return lull_join(lull_current(), NULL);
    case 2:
        return lull_await(freed, NULL);
    case 3:
        return lull_send(released, &element);
    case 4:
        return lull_receive(released, &element);
    case 5:
        return lull_pause(-1);
    case 6:
        return lull_with_timeout(-1, NULL, NULL);
    case 7:
        return lull_group_wait(12345);
    case 8:
        return lull_next(left, &element);
    case 9:
        return lull_await_all(&item, 1, 0);
    case 10:
        return lull_await_any(&item, 0, 0);
    case 11:
        return lull_race(&item, 1, 0);
    case 12:
        return lull_select(&one, 1) < 0 ? 1 : one.status;
    case 13:
        return lull_select(&none, 1);
    case 14:
        return lull_cond_wait(&condition, &mutex);
    case 15:
        return lull_barrier_wait(&barrier);
    case 16:
        return lull_once_do(&once, NULL, NULL);
    case 17:
        item.handle = lull_current();
        return lull_await_all(&item, 1, 0);
    default:
        return 0;
    }
}

/* And its message names the thing: it is not the text of the status alone. */
TASK_TEST(the_last_error_is_that_of_the_last_wait_that_failed_whatever_way_it_failed)
{
    gone = lull_spawn(test_returns_7, NULL);
    lull_pause(0);
    freed = lull_future_new();
    lull_future_free(freed);
    released = test_new_channel(sizeof(int), 1);
    test_release(released);
    left = lull_generate(sizeof(int), test_returns_7, NULL);
    lull_generator_free(left);
    lull_pause(0);
    for (int which = 0; which < 18; which++) {
        CHECK_STATUS(lull_join(lull_spawn(test_fails, NULL), NULL), LULL_EFAILED);
        int status = fails_at_once(which);
        if (status != LULL_ESRCH && status != LULL_EINVAL) test_log("wait %d came to %d", which, status);
        CHECK_INT(lull_last_error()->code, status);
        CHECK(strcmp(lull_last_error()->message, lull_strerror(status)) != 0);
        CHECK(strcmp(lull_last_error()->message, "broken") != 0);
    }
    CHECK_LOG("");
}

TASK_TEST(a_wait_that_is_refused_out_of_memory_has_its_code)
{
    gone = lull_spawn(test_returns_7, NULL);
    lull_pause(0);
    lull__allocations_left = 0;
    CHECK_STATUS(lull_join(gone, NULL), LULL_ESRCH);
    CHECK_STATUS(lull_pause(-1), LULL_EINVAL);
    lull__allocations_left = -1;
    CHECK_INT(lull_last_error()->code, LULL_EINVAL);
}

/* ---- Passing on ---------------------------------------------------------------------------------------------- */

static lull_value passes_on(void *task)
{
    lull_check(lull_join(*(const lull_task *)task, NULL));
    return 0;
}

TASK_TEST(a_null_format_passes_the_last_error_on)
{
    lull_task failing = lull_spawn(test_waits, NULL);
    lull_task between = lull_spawn(passes_on, &failing);
    lull_pause(0);
    lull_kill(failing);
    CHECK_STATUS(lull_join(between, NULL), LULL_EKILLED);
    failing = lull_spawn(test_fails, NULL, .delay = 1);
    between = lull_spawn(passes_on, &failing);
    CHECK_STATUS(lull_join(between, NULL), LULL_EFAILED);
    CHECK_TEXT(lull_last_error()->message, "broken");
}

TASK_TEST(what_is_passed_on_is_the_very_same_error)
{
    lull_future first = lull_future_new();
    lull_future second = lull_future_new();
    CHECK_STATUS(lull_future_reject(first, LULL_EFAILED, "one"), LULL_OK);
    CHECK_STATUS(lull_await(first, NULL), LULL_EFAILED);
    CHECK_STATUS(lull_future_reject(second, LULL_EFAILED, NULL), LULL_OK);
    CHECK(lull__future_get(second)->error == lull__future_get(first)->error);
    CHECK_STATUS(lull_await(second, NULL), LULL_EFAILED);
}

TASK_TEST(a_null_format_with_another_code_passes_nothing_on)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_join(lull_spawn(test_fails, NULL), NULL), LULL_EFAILED);
    CHECK_STATUS(lull_future_reject(future, -200, NULL), LULL_OK);
    CHECK_STATUS(lull_await(future, NULL), -200);
    CHECK_TEXT(lull_last_error()->message, "unknown status");
}

TASK_TEST(with_a_format_the_last_error_becomes_the_cause)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_join(lull_spawn(test_fails, NULL), NULL), LULL_EFAILED);
    CHECK_STATUS(lull_future_reject(future, LULL_EFAILED, "cannot go on"), LULL_OK);
    const lull__error *error = lull__future_get(future)->error;
    CHECK_TEXT(error->public.message, "cannot go on");
    CHECK_TEXT(error->cause->public.message, "broken");
    CHECK_STATUS(lull_await(future, NULL), LULL_EFAILED);
}

TASK_TEST(a_long_message_is_kept_whole)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_reject(future, LULL_EFAILED, "%0300d", 7), LULL_OK);
    CHECK_STATUS(lull_await(future, NULL), LULL_EFAILED);
    CHECK_INT((int64_t)strlen(lull_last_error()->message), 300);
    CHECK_TEXT(lull_last_error()->message + 298, "07");
}

TASK_TEST(an_error_that_is_only_a_status_has_no_parts)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_reject(future, -200, NULL), LULL_OK);
    CHECK_STATUS(lull_await(future, NULL), -200);
    CHECK(!lull_error_part(lull_last_error(), 0));
}

TEST(freeing_the_last_reference_releases_the_javascript_error)
{
    lull__error *cause = lull__error_new(LULL_EFAILED, "js", 2, NULL);
    cause->thrown = 17;
    lull__error *error = lull__error_new(LULL_EFAILED, "c", 1, cause);
    lull__error_release(cause);
    CHECK_INT(lull_native.released, 0);
    lull__error_release(error);
    CHECK_INT(lull_native.released, 1);
    CHECK_INT(lull_native.last_released, 17);
}
