/* Host calls, with the test in the place of JavaScript. */
#include "test.h"

#include "lull_boundary.h"

enum { TICKET = 7 };

static lull_future start(void)
{
    const lull_future call = lull__host_call_start("call");
    return call < 0 ? call : lull__host_call_started(call, TICKET);
}

static int finish(lull_future call, int *result)
{
    const lull_ref ticket = lull__host_call_take(call);
    return ticket < 0 ? ticket : lull__host_call_end(ticket, result, sizeof *result);
}

static lull_value settles(void *call)
{
    lull__future_settle(lull__future_get(*(const lull_future *)call), 0, 5, NULL);
    return 0;
}

TASK_TEST(a_call_is_finished_when_it_has_settled)
{
    const lull_future call = start();
    lull_spawn(settles, (void *)&call, .delay = 1);
    int result = 0;
    CHECK_STATUS(finish(call, &result), LULL_OK);
    CHECK_INT(result, 5);
    CHECK_TIME(1);
    CHECK_INT(lull_native.abandoned, 0);
}

static int answered(int value, int *result)
{
    lull__host_call_begin("call");
    lull__mailbox.value = (lull_value)value;
    return lull__host_call_end(~LULL__OWNS_NOTHING, result, sizeof *result);
}

TASK_TEST(calls_that_are_answered_at_once_share_a_future)
{
    int result = 0;
    CHECK_STATUS(answered(1, &result), LULL_OK);
    CHECK_INT(result, 1);
    const int index = lull__host_call_begin("call");
    lull__mailbox.value = 2;
    CHECK_STATUS(lull__host_call_end(~LULL__OWNS_NOTHING, &result, sizeof result), LULL_OK);
    CHECK_INT(result, 2);
    CHECK_INT(lull__host_call_begin("call"), index);
    lull__mailbox.value = 3;
    CHECK_STATUS(lull__host_call_end(~LULL__OWNS_NOTHING, &result, sizeof result), LULL_OK);
}

static lull_value calls_at_once(void *unused)
{
    (void)unused;
    int result = 0;
    CHECK_STATUS(answered(4, &result), LULL_OK);
    return result;
}

TASK_TEST(a_call_that_is_pending_keeps_its_future_from_others)
{
    const lull_future call = start();
    lull_value value = 0;
    CHECK_STATUS(lull_join(lull_spawn(calls_at_once, NULL), &value), LULL_OK);
    CHECK_INT(value, 4);
    settles((void *)(uintptr_t)&call);
    int result = 0;
    CHECK_STATUS(finish(call, &result), LULL_OK);
    CHECK_INT(result, 5);
}

TASK_TEST(a_call_is_finished_once)
{
    const lull_future call = start();
    lull_spawn(settles, (void *)&call);
    int result = 0;
    CHECK_STATUS(finish(call, &result), LULL_OK);
    CHECK_STATUS(finish(call, &result), LULL_ESRCH);
    CHECK_STATUS(lull_future_free(call), LULL_ESRCH);
}

TASK_TEST(freeing_a_call_in_flight_abandons_it)
{
    CHECK_STATUS(lull_future_free(start()), LULL_OK);
    CHECK_INT(lull_native.abandoned, 1);
    CHECK_INT(lull_native.last_abandoned, TICKET);
    CHECK_STATUS(lull_native.last_abandoned_status, LULL_ECANCELED);
}

static lull_value starts_two(void *unused)
{
    (void)unused;
    CHECK(start() > 0);
    CHECK(start() > 0);
    return 0;
}

TASK_TEST(the_end_of_a_task_abandons_what_it_has_started)
{
    CHECK_STATUS(lull_join(lull_spawn(starts_two, NULL), NULL), LULL_OK);
    CHECK_INT(lull_native.abandoned, 2);
}

static lull_value finishes_in_defer(void *call)
{
    int result = 0;
    CHECK_STATUS(finish(*(const lull_future *)call, &result), LULL_OK);
    CHECK_INT(result, 5);
    return 0;
}

static void finish_deferred(void *call)
{
    finishes_in_defer(call);
}

static lull_value leaves_a_call_to_its_defer(void *unused)
{
    (void)unused;
    static lull_future call;
    call = start();
    CHECK_STATUS(lull_defer(finish_deferred, &call), LULL_OK);
    lull_spawn(settles, &call, .delay = 1);
    return 0;
}

TASK_TEST(a_defer_can_finish_a_call)
{
    CHECK_STATUS(lull_join(lull_spawn(leaves_a_call_to_its_defer, NULL), NULL), LULL_OK);
    CHECK_TIME(1);
    CHECK_INT(lull_native.abandoned, 0);
}

static lull_value starts_out_of_memory(void *unused)
{
    (void)unused;
    const lull_future call = start();
    lull_check(call < 0 ? (int)call : 0);
    settles((void *)&call);
    int result;
    lull_check(finish(call, &result));
    return 42;
}

TEST(starting_a_call_out_of_memory_is_refused)
{
    test_out_of_memory_anywhere(starts_out_of_memory);
}

TEST(outside_of_a_task_no_call_is_started_or_finished)
{
    int result;
    CHECK_INT(start(), LULL_ENOSUSPEND);
    CHECK_STATUS(finish(1, &result), LULL_ENOSUSPEND);
}
