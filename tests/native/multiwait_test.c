/* Waiting for several things at once: all, any, the first. */
#include "test.h"

#include <limits.h>

static double one = 1;
static double two = 2;
static double three = 3;

/* Return 10 times the seconds, after them. */
static lull_value returns_later(void *seconds)
{
    lull_check(lull_pause(*(const double *)seconds));
    return (lull_value)(*(const double *)seconds * 10);
}

/* Fail with -40 minus the seconds after them, and the task's name as the message. */
static lull_value fails_later(void *seconds)
{
    lull_check(lull_pause(*(const double *)seconds));
    lull_fail(-40 - (int)*(const double *)seconds, "%s", lull_name(lull_current()));
}

static lull_value says_cancelled(void *unused)
{
    (void)unused;
    int status = lull_pause(LULL_FOREVER);
    test_log("%s:%s@%g", lull_name(lull_current()), lull_err_name(status) + 5, lull_native.now);
    lull_check(status);
    return 0;
}

static lull_awaited of(int64_t handle)
{
    CHECK(handle > 0);
    return (lull_awaited){.handle = handle, .status = 99, .value = 99};
}

static lull_future resolved(lull_value value)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_resolve(future, value), LULL_OK);
    return future;
}

static lull_future rejected(int code, const char *message)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_reject(future, code, "%s", message), LULL_OK);
    return future;
}

/* ---- All ----------------------------------------------------------------------------------------------------- */

TASK_TEST(all_of_several_tasks_and_futures_are_waited_for)
{
    lull_future future = lull_future_new();
    lull_spawn(returns_later, &two, .result = future);
    lull_awaited items[] = {of(lull_spawn(returns_later, &three)), of(future), of(lull_spawn(returns_later, &one)),
                            of(resolved(5))};
    CHECK_STATUS(lull_await_all(items, 4, 0), LULL_OK);
    CHECK_TIME(3);
    static const lull_value values[] = {30, 20, 10, 5};
    for (int i = 0; i < 4; i++) {
        CHECK_STATUS(items[i].status, LULL_OK);
        CHECK_INT(items[i].value, values[i]);
    }
}

TASK_TEST(all_of_what_is_settled_does_not_suspend)
{
    lull_spawn(test_says_name, NULL);
    lull_awaited items[] = {of(resolved(1)), of(resolved(2))};
    CHECK_STATUS(lull_await_all(items, 2, 0), LULL_OK);
    CHECK_LOG("");
    CHECK_INT(items[0].value + items[1].value, 3);
}

TASK_TEST(all_of_nothing_is_over_at_once)
{
    CHECK_STATUS(lull_await_all(NULL, 0, 0), LULL_OK);
    CHECK_STATUS(lull_await_all(NULL, 0, LULL_CANCEL_LOSERS), LULL_OK);
}

TASK_TEST(the_first_failure_ends_the_wait_for_all)
{
    lull_awaited items[] = {of(lull_spawn(returns_later, &one)), of(lull_spawn(returns_later, &three)),
                            of(lull_spawn(fails_later, &two, .name = "f"))};
    CHECK_STATUS(lull_await_all(items, 3, 0), -42);
    CHECK_TIME(2);
    CHECK_TEXT(lull_last_error()->message, "f");
    CHECK(!lull_error_part(lull_last_error(), 0));
    CHECK_STATUS(items[0].status, LULL_OK);
    CHECK_INT(items[0].value, 10);
    CHECK_STATUS(items[1].status, LULL_EBUSY);
    CHECK_STATUS(items[2].status, -42);
    CHECK_INT(lull_native.failures, 0);
    CHECK_STATUS(lull_join((lull_task)items[1].handle, NULL), LULL_OK); /* it goes on */
}

TASK_TEST(what_is_stale_has_failed)
{
    lull_future freed = lull_future_new();
    lull_future_free(freed);
    lull_task ended = lull_spawn(test_returns_7, NULL);
    lull_pause(0);
    lull_awaited items[] = {of(freed), of(ended), {.handle = 0}, {.handle = -5}};
    for (int i = 0; i < 4; i++) {
        CHECK_STATUS(lull_await_all(&items[i], 1, LULL_CANCEL_LOSERS), LULL_ESRCH);
        CHECK_STATUS(items[i].status, LULL_ESRCH);
        CHECK_STATUS(lull_last_error()->code, LULL_ESRCH);
        CHECK_STATUS(lull_await_any(&items[i], 1, 0), LULL_ESRCH);
        CHECK_STATUS(lull_race(&items[i], 1, 0), LULL_ESRCH);
    }
}

TASK_TEST(what_is_settled_is_not_pending_whatever_decided)
{
    lull_awaited items[] = {of(rejected(-41, "a")), of(resolved(5)), of(rejected(-42, "b")), of(lull_future_new())};
    CHECK_STATUS(lull_await_all(items, 4, 0), -41);
    CHECK_TEXT(lull_last_error()->message, "a");
    CHECK_STATUS(items[1].status, LULL_OK);
    CHECK_INT(items[1].value, 5);
    CHECK_STATUS(items[2].status, -42);
    CHECK_STATUS(items[3].status, LULL_EBUSY);
    CHECK_INT(lull_await_any(items, 4, 0), 1);
    CHECK_STATUS(items[2].status, -42);
    CHECK_STATUS(lull_race(items, 4, 0), -41);
    CHECK_INT(lull_race(items + 1, 3, 0), 0);
}

TASK_TEST(the_same_handle_can_be_there_twice)
{
    lull_task task = lull_spawn(returns_later, &one);
    lull_future future = resolved(5);
    lull_awaited items[] = {of(task), of(future), of(task), of(future)};
    CHECK_STATUS(lull_await_all(items, 4, 0), LULL_OK);
    CHECK_INT(items[0].value, 10);
    CHECK_INT(items[2].value, 10);
    CHECK_INT(items[1].value, 5);
    CHECK_INT(items[3].value, 5);
    task = lull_spawn(says_cancelled, NULL, .name = "loser");
    lull_awaited again[] = {of(task), of(task), of(future)};
    CHECK_INT(lull_race(again, 3, LULL_CANCEL_LOSERS), 2);
    lull_pause(0);
    CHECK_LOG("loser:ECANCELED@1");
}

/* ---- Any ----------------------------------------------------------------------------------------------------- */

TASK_TEST(any_is_the_first_to_succeed)
{
    lull_awaited items[] = {of(lull_spawn(fails_later, &one)), of(lull_spawn(returns_later, &three)),
                            of(lull_spawn(returns_later, &two))};
    CHECK_INT(lull_await_any(items, 3, 0), 2);
    CHECK_TIME(2);
    CHECK_STATUS(items[0].status, -41);
    CHECK_STATUS(items[1].status, LULL_EBUSY);
    CHECK_STATUS(items[2].status, LULL_OK);
    CHECK_INT(items[2].value, 20);
    CHECK_INT(lull_native.failures, 0);
}

TASK_TEST(where_all_failed_any_fails_with_all_of_them_first_to_last)
{
    lull_awaited items[] = {of(lull_spawn(fails_later, &two, .name = "b")),
                            of(lull_spawn(fails_later, &three, .name = "c")),
                            of(lull_spawn(fails_later, &one, .name = "a")), of(lull_future_new())};
    lull_future last = lull_future_new();
    lull_spawn(fails_later, &three, .name = "d", .result = last);
    items[3].handle = last;
    CHECK_STATUS(lull_await_any(items, 4, 0), -41);
    const lull_error *error = lull_last_error();
    CHECK_INT(error->code, -41);
    CHECK_TEXT(error->message, "a; b; c; d");
    static const char *const names[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < 4; i++) CHECK_TEXT(lull_error_part(error, i)->message, names[i]);
    CHECK(!lull_error_part(error, 4));
}

TASK_TEST(any_of_one_that_failed_fails_with_its_error)
{
    lull_awaited item = of(rejected(-41, "a"));
    CHECK_STATUS(lull_await_any(&item, 1, 0), -41);
    CHECK_TEXT(lull_last_error()->message, "a");
    CHECK(!lull_error_part(lull_last_error(), 0));
}

TASK_TEST(any_and_the_first_of_nothing_are_refused)
{
    lull_awaited item = of(resolved(1));
    CHECK_STATUS(lull_await_any(NULL, 0, 0), LULL_EINVAL);
    CHECK_STATUS(lull_race(NULL, 0, 0), LULL_EINVAL);
    CHECK_STATUS(lull_await_any(&item, (size_t)INT_MAX + 1, 0), LULL_EINVAL);
    CHECK_STATUS(lull_race(&item, (size_t)INT_MAX + 1, 0), LULL_EINVAL);
}

/* ---- The first ----------------------------------------------------------------------------------------------- */

TASK_TEST(a_race_is_won_by_the_first)
{
    lull_awaited items[] = {of(lull_spawn(fails_later, &two)), of(lull_spawn(returns_later, &one))};
    CHECK_INT(lull_race(items, 2, LULL_CANCEL_LOSERS), 1);
    CHECK_TIME(1);
    CHECK_INT(items[1].value, 10);
    CHECK_STATUS(items[0].status, LULL_EBUSY);
}

TASK_TEST(a_race_whose_first_fails_has_failed)
{
    lull_awaited items[] = {of(lull_spawn(returns_later, &two)), of(lull_spawn(fails_later, &one, .name = "f"))};
    CHECK_STATUS(lull_race(items, 2, 0), -41);
    CHECK_TEXT(lull_last_error()->message, "f");
    CHECK_STATUS(items[0].status, LULL_EBUSY);
    CHECK_STATUS(items[1].status, -41);
}

TASK_TEST(of_those_that_are_settled_the_first_in_order_wins)
{
    lull_awaited items[] = {of(lull_future_new()), of(resolved(1)), of(resolved(2))};
    CHECK_INT(lull_race(items, 3, 0), 1);
    CHECK_INT(lull_await_any(items, 3, 0), 1);
}

static lull_value settles_both(void *futures)
{
    const lull_future *both = (const lull_future *)futures;
    CHECK_STATUS(lull_future_reject(both[1], -41, "first"), LULL_OK);
    CHECK_STATUS(lull_future_resolve(both[0], 5), LULL_OK);
    return 0;
}

TASK_TEST(what_is_settled_after_the_first_does_not_win)
{
    lull_future futures[] = {lull_future_new(), lull_future_new()};
    lull_spawn(settles_both, futures);
    lull_awaited items[] = {of(futures[0]), of(futures[1])};
    CHECK_STATUS(lull_race(items, 2, 0), -41);
    CHECK_TEXT(lull_last_error()->message, "first");
    CHECK_STATUS(items[0].status, LULL_OK); /* settled by now */
    CHECK_INT(items[0].value, 5);
}

/* ---- Losers -------------------------------------------------------------------------------------------------- */

TASK_TEST(losers_are_cancelled_also_those_behind_futures)
{
    lull_future behind = lull_future_new();
    lull_future nobodys = lull_future_new();
    lull_spawn(says_cancelled, NULL, .name = "b", .result = behind);
    lull_awaited items[] = {of(lull_spawn(says_cancelled, NULL, .name = "a")), of(behind), of(nobodys),
                            of(lull_spawn(returns_later, &one))};
    CHECK_INT(lull_await_any(items, 4, LULL_CANCEL_LOSERS), 3);
    lull_pause(0);
    CHECK_LOG("a:ECANCELED@1 b:ECANCELED@1");
    CHECK_STATUS(lull_await(behind, NULL), LULL_ECANCELED);
    CHECK_INT(lull_future_settled(nobodys), 0);
}

TASK_TEST(losers_are_cancelled_where_one_of_all_fails)
{
    lull_awaited items[] = {of(lull_spawn(says_cancelled, NULL, .name = "a")), of(lull_spawn(fails_later, &one))};
    CHECK_STATUS(lull_await_all(items, 2, LULL_CANCEL_LOSERS), -41);
    lull_pause(0);
    CHECK_LOG("a:ECANCELED@1");
}

TASK_TEST(losers_go_on_where_nobody_cancels_them)
{
    lull_awaited items[] = {of(lull_spawn(returns_later, &two)), of(lull_spawn(returns_later, &one))};
    CHECK_INT(lull_race(items, 2, 0), 1);
    lull_value value = 0;
    CHECK_STATUS(lull_join((lull_task)items[0].handle, &value), LULL_OK);
    CHECK_INT(value, 20);
}

TASK_TEST(a_loser_that_fails_later_is_reported)
{
    lull_awaited items[] = {of(lull_spawn(fails_later, &two)), of(lull_spawn(returns_later, &one))};
    CHECK_INT(lull_race(items, 2, 0), 1);
    lull_pause(2);
    CHECK_INT(lull_native.failures, 1);
    CHECK_STATUS(lull_native.failure[0].status, -42);
}

/* ---- What ends the wait otherwise ---------------------------------------------------------------------------- */

static lull_value waits_for_two(void *items)
{
    int status = lull_await_all((lull_awaited *)items, 2, LULL_CANCEL_LOSERS);
    test_log("all:%s@%g", lull_err_name(status) + 5, lull_native.now);
    lull_check(status);
    return 0;
}

TASK_TEST(a_wait_for_several_can_be_cancelled)
{
    lull_awaited items[] = {of(lull_spawn(returns_later, &one)), of(lull_spawn(says_cancelled, NULL, .name = "a"))};
    lull_task task = lull_spawn(waits_for_two, items);
    lull_pause(2);
    CHECK_STATUS(lull_cancel(task), LULL_OK);
    CHECK_STATUS(lull_join(task, NULL), LULL_ECANCELED);
    CHECK_LOG("all:ECANCELED@2 a:ECANCELED@2");
    CHECK_STATUS(items[0].status, LULL_OK);
    CHECK_INT(items[0].value, 10);
    CHECK_STATUS(items[1].status, LULL_EBUSY);
}

TASK_TEST(a_wait_for_several_can_time_out)
{
    lull_awaited items[] = {of(lull_spawn(returns_later, &one)), of(lull_future_new())};
    lull_scope scope;
    CHECK_STATUS(lull_scope_enter(&scope, 2), LULL_OK);
    int status = lull_await_all(items, 2, 0);
    CHECK_STATUS(status, LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_exit(&scope, status), LULL_ETIMEDOUT);
    CHECK_STATUS(items[0].status, LULL_OK);
    CHECK_STATUS(items[1].status, LULL_EBUSY);
}

TASK_TEST(a_task_that_is_cancelled_does_not_wait_for_several)
{
    lull_awaited items[] = {of(lull_spawn(says_cancelled, NULL, .name = "a")), of(resolved(1))};
    lull_task task = lull_spawn(waits_for_two, items);
    CHECK_STATUS(lull_cancel(task), LULL_OK);
    CHECK_STATUS(lull_join(task, NULL), LULL_ECANCELED);
    CHECK_LOG("all:ECANCELED@0 a:ECANCELED@0");
}

TASK_TEST(a_task_that_waits_for_several_can_be_killed)
{
    lull_awaited items[] = {of(lull_spawn(returns_later, &one)), of(lull_future_new())};
    lull_task task = lull_spawn(waits_for_two, items);
    lull_pause(0.5);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    CHECK_STATUS(lull_future_resolve((lull_future)items[1].handle, 1), LULL_OK);
    CHECK_STATUS(lull_join((lull_task)items[0].handle, NULL), LULL_OK);
    CHECK_LOG("");
}

TASK_TEST(a_task_whose_wait_for_several_is_decided_can_be_killed)
{
    lull_awaited items[] = {of(lull_future_new()), of(lull_future_new())};
    lull_task task = lull_spawn(waits_for_two, items);
    lull_pause(0);
    CHECK_STATUS(lull_future_reject((lull_future)items[0].handle, -41, "a"), LULL_OK);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    CHECK_STATUS(lull_future_resolve((lull_future)items[1].handle, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("");
}

TASK_TEST(a_task_that_is_resumed_waits_for_several_on)
{
    lull_awaited items[] = {of(lull_spawn(returns_later, &one)), of(lull_spawn(returns_later, &two))};
    lull_task task = lull_spawn(waits_for_two, items);
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 5), LULL_OK);
    lull_pause(0);
    CHECK_STATUS(lull_schedule(task, 1, 5), LULL_OK);
    CHECK_STATUS(lull_join(task, NULL), LULL_OK);
    CHECK_LOG("all:OK@2");
    CHECK_INT(items[0].value + items[1].value, 30);
}

TASK_TEST(what_is_settled_or_freed_before_a_resumed_task_runs_on_is_not_lost)
{
    lull_awaited items[] = {of(lull_future_new()), of(lull_future_new())};
    lull_task task = lull_spawn(waits_for_two, items);
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 5), LULL_OK);
    CHECK_STATUS(lull_future_resolve((lull_future)items[0].handle, 5), LULL_OK);
    CHECK_STATUS(lull_future_free((lull_future)items[0].handle), LULL_OK);
    CHECK_STATUS(lull_future_free((lull_future)items[1].handle), LULL_OK);
    CHECK_STATUS(lull_join(task, NULL), LULL_ECLOSED);
    CHECK_STATUS(items[0].status, LULL_OK);
    CHECK_INT(items[0].value, 5);
    CHECK_STATUS(items[1].status, LULL_ECLOSED);
}

static lull_value resumes_and_fails(void *task)
{
    lull_pause(1);
    CHECK_STATUS(lull_resume(*(const lull_task *)task, 5), LULL_OK);
    lull_fail(-41, "after the resume");
}

TASK_TEST(a_task_that_ends_before_a_resumed_one_runs_on_is_not_lost)
{
    lull_task self = lull_current();
    lull_awaited items[] = {of(lull_spawn(resumes_and_fails, &self)), of(lull_future_new())};
    CHECK_STATUS(lull_await_all(items, 2, 0), -41);
    CHECK_TEXT(lull_last_error()->message, "after the resume");
    CHECK_INT(lull_native.failures, 0);
}

static lull_value throws_into(void *task)
{
    CHECK_STATUS(lull_throw(*(const lull_task *)task, -70, "thrown"), LULL_OK);
    return 0;
}

TASK_TEST(what_is_thrown_into_a_wait_for_several_fails_it)
{
    lull_task self = lull_current();
    lull_spawn(throws_into, &self, .delay = 2);
    lull_awaited items[] = {of(lull_spawn(returns_later, &one)), of(lull_spawn(says_cancelled, NULL, .name = "a"))};
    CHECK_STATUS(lull_await_all(items, 2, LULL_CANCEL_LOSERS), -70);
    CHECK_TEXT(lull_last_error()->message, "thrown");
    CHECK_STATUS(items[0].status, LULL_OK);
    CHECK_STATUS(items[1].status, LULL_EBUSY);
    lull_pause(0);
    CHECK_LOG("a:ECANCELED@2");
}

static lull_value frees_future(void *future)
{
    CHECK_STATUS(lull_future_free(*(const lull_future *)future), LULL_OK);
    return 0;
}

TASK_TEST(a_future_freed_meanwhile_has_failed)
{
    lull_future future = lull_future_new();
    lull_spawn(frees_future, &future, .delay = 1);
    lull_awaited items[] = {of(lull_future_new()), of(future)};
    CHECK_STATUS(lull_await_all(items, 2, 0), LULL_ECLOSED);
    CHECK_STATUS(items[1].status, LULL_ECLOSED);
    CHECK_STATUS(items[0].status, LULL_EBUSY);
}

TASK_TEST(a_task_killed_meanwhile_has_failed)
{
    lull_task task = lull_spawn(test_waits, NULL);
    lull_task waiter = 0;
    lull_awaited items[] = {of(task), of(lull_future_new())};
    waiter = lull_spawn(waits_for_two, items);
    lull_pause(1);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    CHECK_STATUS(lull_join(waiter, NULL), LULL_EKILLED);
    CHECK_STATUS(items[0].status, LULL_EKILLED);
}

TASK_TEST(others_who_wait_for_the_same_are_told_too)
{
    lull_future future = lull_future_new();
    lull_awaited items[] = {of(future), of(future)};
    lull_awaited others[] = {of(future), of(future)};
    lull_task first = lull_spawn(waits_for_two, items);
    lull_spawn(test_awaits, &future, .name = "awaits");
    lull_task second = lull_spawn(waits_for_two, others);
    lull_pause(0);
    CHECK_STATUS(lull_future_resolve(future, 5), LULL_OK);
    lull_awaited both[] = {of(first), of(second)};
    CHECK_STATUS(lull_await_all(both, 2, 0), LULL_OK);
    CHECK_LOG("all:OK@0 awaits=5 all:OK@0");
}

TEST(waiting_for_several_outside_of_a_task_is_refused)
{
    lull_awaited item = of(lull_future_new());
    CHECK_STATUS(lull_await_all(&item, 1, 0), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_await_any(&item, 1, 0), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_race(&item, 1, 0), LULL_ENOSUSPEND);
}

TASK_TEST(waiting_for_oneself_among_several_is_refused)
{
    lull_awaited items[] = {of(resolved(1)), of(lull_current())};
    CHECK_STATUS(lull_await_all(items, 2, 0), LULL_EINVAL);
    CHECK_STATUS(lull_await_any(items, 2, 0), LULL_EINVAL);
    CHECK_STATUS(lull_race(items, 2, 0), LULL_EINVAL);
}

static void waits_for_several_in_cleanup(void *items)
{
    waits_for_two(items);
}

static lull_value defers_a_wait(void *items)
{
    lull_check(lull_defer(waits_for_several_in_cleanup, items));
    return 3;
}

TASK_TEST(a_defer_can_wait_for_several)
{
    lull_awaited items[] = {of(lull_spawn(returns_later, &one)), of(lull_spawn(returns_later, &two))};
    CHECK_STATUS(lull_join(lull_spawn(defers_a_wait, items), NULL), LULL_OK);
    CHECK_LOG("all:OK@2");
}

/* ---- Many, and out of memory --------------------------------------------------------------------------------- */

static lull_value resolves_future(void *future)
{
    CHECK_STATUS(lull_future_resolve(*(const lull_future *)future, 5), LULL_OK);
    return 0;
}

TASK_TEST(a_thousand_can_be_waited_for)
{
    enum { COUNT = 1000 };
    static lull_awaited items[COUNT];
    for (int i = 0; i < COUNT; i++) items[i] = of(lull_future_new());
    lull_spawn(resolves_future, &items[COUNT - 1].handle, .delay = 1);
    CHECK_INT(lull_await_any(items, COUNT, 0), COUNT - 1);
    CHECK_TIME(1);
}

TASK_TEST(waiting_for_several_out_of_memory_is_refused)
{
    lull_awaited items[100];
    for (int i = 0; i < 100; i++) items[i] = of(lull_future_new());
    CHECK_STATUS(lull_future_resolve((lull_future)items[99].handle, 5), LULL_OK);
    int status = 0;
    long allowed = 0;
    for (;; allowed++) {
        lull__allocations_left = allowed;
        status = lull_race(items, 100, 0);
        lull__allocations_left = -1;
        if (status != LULL_ENOMEM) break;
        CHECK_INT(items[0].status, LULL_EBUSY);
    }
    CHECK_INT(status, 99);
    CHECK(allowed > 1); /* the wait, and the handles of its cases */
}

/* A task whose end takes memory to wait for. */
static lull_task task_without_room(void)
{
    for (;;) {
        const lull_task task = lull_spawn(test_waits, NULL);
        lull__allocations_left = 0;
        const bool had_room = lull_task_yieldable(task) != NULL;
        lull__allocations_left = -1;
        if (had_room) continue;
        CHECK_STATUS(lull_pause(0), LULL_OK); /* they all have their stacks */
        return task;
    }
}

TASK_TEST(a_task_that_is_waited_for_out_of_memory_is_not_taken_for_a_stale_handle)
{
    lull_awaited items[] = {{.handle = task_without_room()}, of(lull_future_new())};
    CHECK_STATUS(lull_future_resolve((lull_future)items[1].handle, 5), LULL_OK);
    int status = LULL_ENOMEM;
    for (long allowed = 0; status == LULL_ENOMEM; allowed++) {
        lull__allocations_left = allowed;
        status = lull_race(items, 2, 0);
        lull__allocations_left = -1;
    }
    CHECK_INT(status, 1);
    lull_case cases[] = {{.join = task_without_room()}, {.after = 1}};
    status = LULL_ENOMEM;
    for (long allowed = 0; status == LULL_ENOMEM; allowed++) {
        lull__allocations_left = allowed;
        status = lull_select(cases, 2);
        lull__allocations_left = -1;
    }
    CHECK_INT(status, 1);
}

TASK_TEST(failures_that_find_no_memory_keep_their_statuses)
{
    CHECK(lull_task_yieldable(lull_current())); /* its extra stays until its end */
    for (long allowed = 1; allowed < 8; allowed++) {
        lull_awaited items[] = {{.handle = -1}, of(rejected(-41, "a")), of(rejected(-42, "b"))};
        lull__allocations_left = allowed;
        int status = lull_await_any(items, 3, 0);
        lull__allocations_left = -1;
        CHECK_STATUS(status, LULL_ESRCH);
        CHECK_STATUS(items[0].status, LULL_ESRCH);
        CHECK_STATUS(items[1].status, -41);
        CHECK_STATUS(items[2].status, -42);
    }
}
