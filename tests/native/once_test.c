/* Once: what is done once. */
#include "test.h"

static lull_once once;

static void destroy(void)
{
    CHECK_STATUS(lull_once_destroy(&once), LULL_OK);
}

static void says(void *what)
{
    test_log("%s", (const char *)what);
}

static void takes_a_second(void *unused)
{
    (void)unused;
    test_log("(%s)", lull_name(lull_current()));
    lull_check(lull_pause(1));
}

static void takes_a_second_and_fails(void *unused)
{
    takes_a_second(unused);
    lull_fail(LULL_EFAILED, "broken");
}

static void takes_a_second_and_returns(void *unused)
{
    takes_a_second(unused);
    lull_return(0);
}

typedef void function(void *);

static lull_value does(void *pointer)
{
    test_log_wait(lull_once_do(&once, *(function **)pointer, NULL), 0);
    return 0;
}

static function *succeeds = takes_a_second;
static function *fails = takes_a_second_and_fails;
static function *returns = takes_a_second_and_returns;

TASK_TEST(it_is_done_once)
{
    lull_spawn(test_says_name, NULL, .name = "other");
    CHECK_STATUS(lull_once_do(&once, says, "1"), LULL_OK);
    CHECK_STATUS(lull_once_do(&once, says, "2"), LULL_OK);
    CHECK_LOG("1"); /* and nobody suspends */
    destroy();
}

TASK_TEST(others_wait_until_it_is_done)
{
    lull_spawn(does, &succeeds, .name = "a");
    lull_spawn(does, &fails, .name = "b");
    lull_spawn(does, &fails, .name = "c");
    lull_pause(0.5);
    CHECK_LOG("(a)");
    lull_pause(1);
    CHECK_LOG("(a) a=0 b=0 c=0");
    CHECK_STATUS(lull_once_do(&once, says, "again"), LULL_OK);
    CHECK_LOG("(a) a=0 b=0 c=0");
    destroy();
}

TASK_TEST(where_the_task_fails_in_it_the_first_who_waits_does_it)
{
    lull_spawn(does, &fails, .name = "a");
    lull_spawn(does, &succeeds, .name = "b");
    lull_spawn(does, &fails, .name = "c");
    lull_pause(3);
    CHECK_LOG("(a) (b) b=0 c=0");
    CHECK_INT(lull_native.failures, 1); /* a's is nobody else's */
    destroy();
}

TASK_TEST(where_the_task_fails_in_it_the_next_who_comes_does_it)
{
    lull_spawn(does, &fails, .name = "a");
    lull_pause(2);
    CHECK_STATUS(lull_once_do(&once, says, "again"), LULL_OK);
    CHECK_STATUS(lull_once_do(&once, says, "and again"), LULL_OK);
    CHECK_LOG("(a) again");
    destroy();
}

TASK_TEST(a_task_that_returns_in_it_has_not_done_it)
{
    lull_spawn(does, &returns, .name = "a");
    lull_spawn(does, &succeeds, .name = "b");
    lull_pause(3);
    CHECK_LOG("(a) (b) b=0");
    destroy();
}

TASK_TEST(a_task_that_is_killed_in_it_has_not_done_it)
{
    lull_task a = lull_spawn(does, &succeeds, .name = "a");
    lull_spawn(does, &succeeds, .name = "b");
    lull_pause(0.5);
    lull_kill(a);
    lull_pause(2);
    CHECK_LOG("(a) (b) b=0");
    destroy();
}

TASK_TEST(a_task_that_is_cancelled_in_it_has_not_done_it_if_it_ends)
{
    lull_task a = lull_spawn(does, &succeeds, .name = "a");
    lull_spawn(does, &succeeds, .name = "b");
    lull_pause(0.5);
    lull_cancel(a);
    lull_pause(2);
    CHECK_LOG("(a) (b) b=0");
    destroy();
}

TASK_TEST(many_fail_one_after_the_other)
{
    for (int i = 0; i < 3; i++) lull_spawn(does, &fails, .name = "a");
    lull_spawn(does, &succeeds, .name = "b");
    lull_pause(5);
    CHECK_LOG("(a) (a) (a) (b) b=0");
    CHECK_INT(lull_native.failures, 3);
    destroy();
}

TASK_TEST(one_to_whom_it_was_left_may_be_killed_before_it_runs)
{
    lull_task a = lull_spawn(does, &succeeds, .name = "a");
    lull_task b = lull_spawn(does, &succeeds, .name = "b");
    lull_spawn(does, &succeeds, .name = "c");
    lull_pause(0.5);
    lull_kill(a);
    lull_kill(b);
    lull_pause(2);
    CHECK_LOG("(a) (c) c=0");
    destroy();
}

TASK_TEST(waiting_for_it_can_be_cancelled)
{
    lull_spawn(does, &succeeds, .name = "a");
    lull_task b = lull_spawn(does, &succeeds, .name = "b");
    lull_spawn(does, &succeeds, .name = "c");
    lull_pause(0.5);
    lull_cancel(b);
    lull_pause(2);
    CHECK_LOG("(a) b:LULL_ECANCELED a=0 c=0");
    destroy();
}

TASK_TEST(waiting_for_it_can_be_limited)
{
    lull_spawn(does, &succeeds, .name = "a");
    lull_pause(0);
    lull_scope scope;
    CHECK_STATUS(lull_scope_enter(&scope, 0.5), LULL_OK);
    CHECK_STATUS(lull_scope_exit(&scope, lull_once_do(&once, says, "x")), LULL_ETIMEDOUT);
    CHECK_TIME(0.5);
    lull_pause(1);
    CHECK_LOG("(a) a=0");
    destroy();
}

TASK_TEST(a_resume_does_not_end_the_wait)
{
    lull_task a = lull_spawn(does, &succeeds, .name = "a");
    lull_task b = lull_spawn(does, &succeeds, .name = "b");
    lull_task c = lull_spawn(does, &succeeds, .name = "c");
    lull_pause(0.5);
    CHECK_STATUS(lull_resume(b, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("(a)");
    CHECK_STATUS(lull_resume(b, 1), LULL_OK);
    CHECK_STATUS(lull_resume(c, 1), LULL_OK);
    lull_kill(a); /* while nobody waits in the queue */
    lull_pause(2);
    CHECK_LOG("(a) (b) b=0 c=0");
    destroy();
}

static void does_it_again(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_once_do(&once, says, "x"), LULL_EDEADLOCK);
}

TASK_TEST(doing_it_in_itself_is_a_deadlock)
{
    CHECK_STATUS(lull_once_do(&once, does_it_again, NULL), LULL_OK);
    CHECK_LOG("");
    destroy();
}

TEST(outside_of_a_task_it_can_only_have_been_done)
{
    CHECK_STATUS(lull_once_do(&once, NULL, NULL), LULL_EINVAL);
    CHECK_STATUS(lull_once_do(&once, says, "x"), LULL_ENOSUSPEND);
    lull_spawn(does, &succeeds, .name = "a");
    lull_native_run();
    CHECK_STATUS(lull_once_do(&once, says, "x"), LULL_OK);
    CHECK_LOG("(a) a=0");
    destroy();
}

TASK_TEST(what_is_being_done_is_not_destroyed)
{
    lull_spawn(does, &succeeds, .name = "a");
    lull_pause(0.5);
    CHECK_STATUS(lull_once_destroy(&once), LULL_EBUSY);
    lull_pause(1);
    destroy();
    CHECK_STATUS(lull_once_do(&once, says, "anew"), LULL_OK);
    CHECK_LOG("(a) a=0 anew");
    destroy();
}
