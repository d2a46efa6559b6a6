/* Waiting: yieldables, pauses, joins, limits. */
#include "test.h"

#define NAN_SECONDS (LULL_FOREVER - LULL_FOREVER)

/* A yieldable of one's own, embedded in a struct: it records what it is asked. */
typedef struct doorbell {
    int rings;
    lull_yieldable yieldable;
    lull_task visitor;
    void (*at_begin)(struct doorbell *bell, lull_task waiter);
    int begin_status;
    int begun;
    int ended;
} doorbell;

static doorbell *bell_of(lull_yieldable *yieldable)
{
    return LULL__CONTAINER(yieldable, doorbell, yieldable);
}

static int begin_bell(lull_yieldable *self, lull_task waiter)
{
    doorbell *bell = bell_of(self);
    bell->visitor = waiter;
    bell->begun++;
    if (bell->at_begin) bell->at_begin(bell, waiter);
    return bell->begin_status;
}

static void end_bell(lull_yieldable *self, lull_task waiter)
{
    doorbell *bell = bell_of(self);
    CHECK_INT(waiter, bell->visitor);
    bell->ended++;
    bell->visitor = 0;
}

#define DOORBELL ((doorbell){.yieldable = {begin_bell, end_bell, "doorbell"}})

static lull_value waits_for_bell(void *bell)
{
    lull_value value = 0;
    int status = lull_yield_to(&((doorbell *)bell)->yieldable, &value);
    CHECK_INT(((doorbell *)bell)->ended, 1);
    test_log_wait(status, value);
    return 0;
}

/* ---- lull_yield_to ------------------------------------------------------------------------------------------- */

TASK_TEST(a_yieldable_of_ones_own_suspends_until_it_resumes_its_waiter)
{
    doorbell bell = DOORBELL;
    lull_spawn(waits_for_bell, &bell, .name = "a");
    lull_pause(0);
    CHECK_INT(bell.begun, 1);
    CHECK_INT(bell.ended, 0);
    CHECK_STATUS(lull_resume(bell.visitor, 4), LULL_OK);
    lull_pause(0);
    CHECK_INT(bell.ended, 1);
    CHECK_LOG("a=4");
}

static void resume_at_once(doorbell *bell, lull_task waiter)
{
    (void)bell;
    CHECK_STATUS(lull_resume(waiter, 8), LULL_OK);
}

TASK_TEST(a_begin_that_resumes_at_once_does_not_suspend)
{
    doorbell bell = DOORBELL;
    bell.at_begin = resume_at_once;
    lull_spawn(test_says_name, NULL, .name = "other");
    lull_value value = 0;
    uint64_t switches = lull__rt.switches;
    CHECK_STATUS(lull_yield_to(&bell.yieldable, &value), LULL_OK);
    CHECK_INT(value, 8);
    CHECK_INT((int64_t)(lull__rt.switches - switches), 0);
    CHECK_LOG("");
}

TASK_TEST(end_is_called_once_also_where_begin_resumes_at_once)
{
    doorbell bell = DOORBELL;
    bell.at_begin = resume_at_once;
    CHECK_STATUS(lull_yield_to(&bell.yieldable, NULL), LULL_OK);
    CHECK_INT(bell.begun, 1);
    CHECK_INT(bell.ended, 1);
}

static void throw_at_once(doorbell *bell, lull_task waiter)
{
    (void)bell;
    CHECK_STATUS(lull_throw(waiter, LULL_EFAILED, "at once"), LULL_OK);
}

TASK_TEST(a_begin_that_throws_at_once_fails_the_wait)
{
    doorbell bell = DOORBELL;
    bell.at_begin = throw_at_once;
    CHECK_STATUS(lull_yield_to(&bell.yieldable, NULL), LULL_EFAILED);
    CHECK_TEXT(lull_last_error()->message, "at once");
    CHECK_INT(bell.ended, 1);
}

static void schedule_and_resume(doorbell *bell, lull_task waiter)
{
    (void)bell;
    CHECK_STATUS(lull_schedule(waiter, 1, 1), LULL_OK);
    CHECK_STATUS(lull_resume(waiter, 2), LULL_OK);
}

TASK_TEST(a_begin_that_resumes_at_once_takes_its_schedule_back)
{
    doorbell bell = DOORBELL;
    bell.at_begin = schedule_and_resume;
    lull_value value = 0;
    CHECK_STATUS(lull_yield_to(&bell.yieldable, &value), LULL_OK);
    CHECK_INT(value, 2);
    CHECK_STATUS(lull_pause(3), LULL_OK);
    CHECK_TIME(3);
}

static void schedule(doorbell *bell, lull_task waiter)
{
    (void)bell;
    CHECK_STATUS(lull_schedule(waiter, 2, 6), LULL_OK);
}

TASK_TEST(a_begin_can_schedule_its_waiter)
{
    doorbell bell = DOORBELL;
    bell.at_begin = schedule;
    lull_value value = 0;
    CHECK_STATUS(lull_yield_to(&bell.yieldable, &value), LULL_OK);
    CHECK_INT(value, 6);
    CHECK_INT(bell.ended, 1);
    CHECK_TIME(2);
}

TASK_TEST(a_begin_that_fails_fails_the_wait_and_is_not_ended)
{
    doorbell bell = DOORBELL;
    bell.begin_status = LULL_EBUSY;
    CHECK_STATUS(lull_yield_to(&bell.yieldable, NULL), LULL_EBUSY);
    CHECK_INT(lull_last_error()->code, LULL_EBUSY);
    CHECK_INT(bell.ended, 0);
}

TASK_TEST(a_begin_that_schedules_and_fails_takes_its_schedule_back)
{
    doorbell bell = DOORBELL;
    bell.at_begin = schedule;
    bell.begin_status = LULL_EFAILED;
    CHECK_STATUS(lull_yield_to(&bell.yieldable, NULL), LULL_EFAILED);
    CHECK_STATUS(lull_pause(5), LULL_OK);
    CHECK_TIME(5);
}

TASK_TEST(a_begin_that_throws_and_fails_fails_with_its_own_status)
{
    doorbell bell = DOORBELL;
    bell.at_begin = throw_at_once;
    bell.begin_status = LULL_EBUSY;
    CHECK_STATUS(lull_yield_to(&bell.yieldable, NULL), LULL_EBUSY);
    CHECK_INT(lull_last_error()->code, LULL_EBUSY);
}

static void cancel_waiter(doorbell *bell, lull_task waiter)
{
    (void)bell;
    lull_cancel(waiter);
}

TASK_TEST(a_begin_that_cancels_its_waiter_fails_the_wait)
{
    doorbell bell = DOORBELL;
    bell.at_begin = cancel_waiter;
    lull_spawn(waits_for_bell, &bell, .name = "a");
    lull_pause(0);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED");
}

static void schedule_and_kill(doorbell *bell, lull_task waiter)
{
    (void)bell;
    CHECK_STATUS(lull_schedule(waiter, 1, 1), LULL_OK);
    lull_kill(waiter);
}

static void pauses_0_and_says(void *unused)
{
    (void)unused;
    test_log("%s", lull_err_name(lull_pause(0)));
    lull_native.now += 2;
    test_log("%s", lull_err_name(lull_pause(0)));
}

static lull_value defers_and_waits_for_bell(void *bell)
{
    CHECK_STATUS(lull_defer(pauses_0_and_says, NULL), LULL_OK);
    return waits_for_bell(bell);
}

TASK_TEST(a_begin_that_schedules_and_kills_its_waiter_takes_its_schedule_back)
{
    doorbell bell = DOORBELL;
    bell.at_begin = schedule_and_kill;
    CHECK_STATUS(lull_join(lull_spawn(defers_and_waits_for_bell, &bell), NULL), LULL_EKILLED);
    CHECK(lull__timers_next() == LULL_FOREVER);
    CHECK_INT(bell.ended, 0);
}

static void try_to_wait(doorbell *bell, lull_task waiter)
{
    (void)bell;
    CHECK_STATUS(lull_pause(0), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_pause(1), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_yield_to(NULL, NULL), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_resume(waiter, 0), LULL_OK);
}

static lull_future future_of_begin;

static int begin_awaits_and_resolves(lull_yieldable *self, lull_task waiter)
{
    (void)self;
    lull_yieldable *future = lull_future_yieldable(future_of_begin);
    int status = future->begin(future, waiter);
    CHECK_STATUS(lull_future_resolve(future_of_begin, 5), LULL_OK);
    return status;
}

static void end_leaves_future(lull_yieldable *self, lull_task waiter)
{
    (void)self;
    lull_yieldable *future = lull_future_yieldable(future_of_begin);
    future->end(future, waiter);
}

TASK_TEST(a_begin_that_settles_what_it_waits_for_does_not_suspend)
{
    lull_yieldable yieldable = {begin_awaits_and_resolves, end_leaves_future, NULL};
    lull_value value = 0;
    future_of_begin = lull_future_new();
    CHECK_STATUS(lull_yield_to(&yieldable, &value), LULL_OK);
    CHECK_INT(value, 5);
}

TASK_TEST(a_begin_may_not_suspend)
{
    doorbell bell = DOORBELL;
    bell.at_begin = try_to_wait;
    CHECK_STATUS(lull_yield_to(&bell.yieldable, NULL), LULL_OK);
}

TASK_TEST(end_is_called_before_the_waiter_runs_on_whatever_ended_the_wait)
{
    doorbell bells[3] = {DOORBELL, DOORBELL, DOORBELL};
    lull_task a = lull_spawn(waits_for_bell, &bells[0], .name = "a");
    lull_task b = lull_spawn(waits_for_bell, &bells[1], .name = "b");
    lull_task c = lull_spawn(waits_for_bell, &bells[2], .name = "c");
    lull_pause(0);
    lull_cancel(a);
    CHECK_STATUS(lull_throw(b, LULL_EFAILED, "x"), LULL_OK);
    lull_kill(c);
    CHECK_INT(bells[2].ended, 1);
    lull_pause(0);
    CHECK_LOG("b:LULL_EFAILED a:LULL_ECANCELED");
    CHECK_INT(bells[0].ended, 1);
    CHECK_INT(bells[1].ended, 1);
}

TASK_TEST(a_yieldable_without_begin_and_end_waits_for_anybody)
{
    lull_yieldable plain = {.name = "plain"};
    CHECK_STATUS(lull_with_timeout(1, &plain, NULL), LULL_ETIMEDOUT);
    CHECK_TIME(1);
}

TASK_TEST(a_null_yieldable_waits_until_anybody_resumes)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_pause(5);
    CHECK_LOG("");
    CHECK_STATUS(lull_resume(task, 5), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=5");
}

TEST(waiting_outside_of_a_task_is_refused)
{
    lull_task task = lull_spawn(test_waits, NULL);
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_yield_to(NULL, NULL), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_with_timeout(1, NULL, NULL), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_pause(0), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_pause(1), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_join(task, NULL), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_await(future, NULL), LULL_ENOSUSPEND);
}

/* ---- lull_pause ---------------------------------------------------------------------------------------------- */

static lull_value pauses_thrice(void *unused)
{
    for (int i = 0; i < 3; i++) {
        test_says_name(unused);
        lull_pause(0);
    }
    return 0;
}

TASK_TEST(pause_0_goes_on_after_the_ready_tasks)
{
    lull_spawn(pauses_thrice, NULL, .name = "a");
    lull_spawn(pauses_thrice, NULL, .name = "b");
    lull_pause(1);
    CHECK_LOG("a b a b a b");
}

TASK_TEST(pause_0_allocates_nothing)
{
    size_t allocations = lull__live_allocations;
    lull__allocations_left = 0;
    for (int i = 0; i < 10; i++) CHECK_STATUS(lull_pause(0), LULL_OK);
    lull__allocations_left = -1;
    CHECK_INT((int64_t)lull__live_allocations, (int64_t)allocations);
}

TASK_TEST(a_pause_lasts_as_long_as_it_says)
{
    CHECK_STATUS(lull_pause(2.5), LULL_OK);
    CHECK_TIME(2.5);
}

TASK_TEST(a_pause_that_is_negative_or_no_number_is_refused)
{
    CHECK_STATUS(lull_pause(-1), LULL_EINVAL);
    CHECK_STATUS(lull_pause(NAN_SECONDS), LULL_EINVAL);
    CHECK_TIME(0);
}

static lull_value pauses_and_logs(void *seconds)
{
    test_log_wait(lull_pause(*(const double *)seconds), 0);
    return 0;
}

TASK_TEST(a_pause_ends_with_the_cancellation)
{
    double hour = 3600;
    lull_task task = lull_spawn(pauses_and_logs, &hour, .name = "a");
    lull_pause(1);
    lull_cancel(task);
    lull_pause(0);
    CHECK_LOG("a:LULL_ECANCELED");
    CHECK_TIME(1);
}

TASK_TEST(a_pause_for_ever_ends_with_a_resume)
{
    double ever = LULL_FOREVER;
    lull_task task = lull_spawn(pauses_and_logs, &ever, .name = "a");
    lull_pause(1000);
    CHECK_STATUS(lull_resume(task, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=0");
}

/* ---- lull_join ----------------------------------------------------------------------------------------------- */

TASK_TEST(a_join_gets_the_result)
{
    lull_value value = 0;
    CHECK_STATUS(lull_join(lull_spawn(test_returns_7, NULL), &value), LULL_OK);
    CHECK_INT(value, 7);
}

TASK_TEST(a_join_does_not_need_the_result)
{
    CHECK_STATUS(lull_join(lull_spawn(test_returns_7, NULL), NULL), LULL_OK);
}

TASK_TEST(a_join_gets_the_failure_and_its_error)
{
    CHECK_STATUS(lull_join(lull_spawn(test_fails, NULL), NULL), LULL_EFAILED);
    CHECK_INT(lull_last_error()->code, LULL_EFAILED);
    CHECK_TEXT(lull_last_error()->message, "broken");
}

TASK_TEST(all_who_join_are_told_in_the_order_in_which_they_came)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_spawn(test_joins, &task, .name = "b");
    lull_spawn(test_joins, &task, .name = "c");
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 1), LULL_OK);
    lull_pause(0);
    lull_pause(0);
    CHECK_LOG("a=1 b=0 c=0");
}

TASK_TEST(joining_a_finished_or_unknown_task_is_refused)
{
    lull_task task = lull_spawn(test_returns_7, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_join(task, NULL), LULL_ESRCH);
    CHECK_STATUS(lull_join(0, NULL), LULL_ESRCH);
}

TASK_TEST(joining_oneself_is_refused)
{
    CHECK_STATUS(lull_join(lull_current(), NULL), LULL_EINVAL);
}

TASK_TEST(a_join_can_be_cancelled)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    lull_task joiner = lull_spawn(test_joins, &task, .name = "b");
    lull_pause(0);
    lull_cancel(joiner);
    lull_pause(0);
    CHECK_LOG("b:LULL_ECANCELED");
    CHECK_STATUS(lull_resume(task, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("b:LULL_ECANCELED a=1");
}

TASK_TEST(the_end_of_a_task_can_be_waited_for_with_a_limit)
{
    lull_task task = lull_spawn(test_waits, NULL, .name = "a");
    CHECK_STATUS(lull_with_timeout(1, lull_task_yieldable(task), NULL), LULL_ETIMEDOUT);
    CHECK_TIME(1);
    lull_task other = lull_spawn(test_returns_7, NULL);
    lull_value value = 0;
    CHECK_STATUS(lull_with_timeout(1, lull_task_yieldable(other), &value), LULL_OK);
    CHECK_INT(value, 7);
}

TASK_TEST(a_stale_task_has_no_yieldable)
{
    CHECK(!lull_task_yieldable(0));
    CHECK(!lull_task_yieldable(lull_future_new()));
}

/* ---- lull_with_timeout --------------------------------------------------------------------------------------- */

TASK_TEST(a_wait_with_a_limit_times_out)
{
    CHECK_STATUS(lull_with_timeout(3, NULL, NULL), LULL_ETIMEDOUT);
    CHECK_INT(lull_last_error()->code, LULL_ETIMEDOUT);
    CHECK_TIME(3);
}

TASK_TEST(a_limit_of_0_allows_what_does_not_have_to_wait)
{
    doorbell bell = DOORBELL;
    bell.at_begin = resume_at_once;
    lull_value value = 0;
    CHECK_STATUS(lull_with_timeout(0, &bell.yieldable, &value), LULL_OK);
    CHECK_INT(value, 8);
    CHECK_STATUS(lull_with_timeout(0, NULL, NULL), LULL_ETIMEDOUT);
    CHECK_TIME(0);
}

TASK_TEST(a_limit_of_0_times_out_also_right_after_another_timeout)
{
    CHECK_STATUS(lull_with_timeout(1, NULL, NULL), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_with_timeout(0, NULL, NULL), LULL_ETIMEDOUT);
    CHECK_TIME(1);
}

TASK_TEST(a_limit_of_0_allows_what_does_not_have_to_wait_also_right_after_another_timeout)
{
    doorbell bell = DOORBELL;
    bell.at_begin = resume_at_once;
    lull_scope scope;
    CHECK_STATUS(lull_scope_enter(&scope, LULL_FOREVER), LULL_OK);
    CHECK_STATUS(lull_with_timeout(1, NULL, NULL), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_with_timeout(0, &bell.yieldable, NULL), LULL_OK);
    CHECK_STATUS(lull_scope_exit(&scope, 0), LULL_OK);
}

TASK_TEST(a_limit_that_is_negative_or_no_number_is_refused)
{
    CHECK_STATUS(lull_with_timeout(-1, NULL, NULL), LULL_EINVAL);
    CHECK_STATUS(lull_with_timeout(NAN_SECONDS, NULL, NULL), LULL_EINVAL);
}

TASK_TEST(the_timer_of_a_limit_that_was_not_reached_never_fires)
{
    doorbell bell = DOORBELL;
    bell.at_begin = schedule;
    lull_value value = 0;
    CHECK_STATUS(lull_with_timeout(3, &bell.yieldable, &value), LULL_OK);
    CHECK_INT(value, 6);
    CHECK(lull__timers_next() == LULL_FOREVER);
    CHECK_STATUS(lull_pause(5), LULL_OK);
    CHECK_TIME(7);
}

static lull_task resumed_late;

static lull_value resumes_and_takes_its_time(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_resume(resumed_late, 5), LULL_OK);
    lull_native.now += 10;
    return 0;
}

TASK_TEST(a_value_that_was_handed_over_beats_the_limit_that_expires_meanwhile)
{
    resumed_late = lull_current();
    lull_spawn(resumes_and_takes_its_time, NULL);
    lull_value value = 0;
    CHECK_STATUS(lull_with_timeout(3, NULL, &value), LULL_OK);
    CHECK_INT(value, 5);
    CHECK_TIME(10);
}

/* ---- The clock ----------------------------------------------------------------------------------------------- */

TASK_TEST(now_is_the_hosts_clock)
{
    CHECK(lull_now() == 0);
    lull_pause(1.25);
    CHECK(lull_now() == 1.25);
}

/* ---- What `end` may do to its waiter ---------------------------------------------------------------------------- */

typedef struct meddler {
    lull_yieldable yieldable;
    int (*meddle)(lull_task waiter);
    int answer;
} meddler;

static void end_meddles(lull_yieldable *self, lull_task waiter)
{
    meddler *meddler = LULL__CONTAINER(self, struct meddler, yieldable);
    meddler->answer = meddler->meddle(waiter);
}

static int resumes(lull_task waiter)
{
    return lull_resume(waiter, 2);
}

static int throws(lull_task waiter)
{
    return lull_throw(waiter, LULL_EFAILED, "meddled");
}

static int schedules(lull_task waiter)
{
    return lull_schedule(waiter, 0.01, 3);
}

static lull_value waits_then_pauses(void *yieldable)
{
    lull_value value = 0;
    lull_check(lull_yield_to((lull_yieldable *)yieldable, &value));
    lull_check(lull_pause(0.1));
    return value;
}

/* Wait with this meddler, be resumed with 1, and say what the task came to. */
static int outcome_with(meddler *meddler, lull_value *value)
{
    lull_task task = lull_spawn(waits_then_pauses, &meddler->yieldable);
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 1), LULL_OK);
    return lull_join(task, value);
}

TASK_TEST(an_end_that_resumes_throws_or_schedules_its_waiter_finds_it_no_longer_waiting)
{
    int (*const meddling[])(lull_task) = {resumes, throws, schedules};
    for (size_t i = 0; i < sizeof meddling / sizeof *meddling; i++) {
        meddler meddler = {.yieldable = {.end = end_meddles}, .meddle = meddling[i]};
        lull_value value = 0;
        CHECK_STATUS(outcome_with(&meddler, &value), LULL_OK);
        CHECK_STATUS(meddler.answer, LULL_EBUSY);
        CHECK_INT(value, 1);
    }
}

TASK_TEST(an_end_that_kills_its_waiter_ends_it)
{
    meddler meddler = {.yieldable = {.end = end_meddles}, .meddle = lull_kill};
    CHECK_STATUS(outcome_with(&meddler, NULL), LULL_EKILLED);
    CHECK_STATUS(meddler.answer, LULL_OK);
}

TASK_TEST(an_end_called_because_its_waiter_is_killed_finds_it_gone)
{
    meddler meddler = {.yieldable = {.end = end_meddles}, .meddle = resumes};
    lull_task task = lull_spawn(waits_then_pauses, &meddler.yieldable);
    lull_pause(0);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    CHECK_STATUS(meddler.answer, LULL_ESRCH);
    CHECK_STATUS(lull_join(task, NULL), LULL_ESRCH);
}

/* ---- An end acts on the task on top of which it is called -------------------------------------------------------- */

static lull_task beneath;

static int kills_beneath(lull_task waiter)
{
    (void)waiter;
    return lull_kill(beneath);
}

static int cancels_beneath(lull_task waiter)
{
    (void)waiter;
    return lull_cancel(beneath);
}

static lull_value cancels_then_says_and_pauses(void *task)
{
    lull_cancel(*(lull_task *)task);
    test_log("on");
    lull_check(lull_pause(1));
    test_log("never");
    return 1;
}

static lull_value cancels_then_returns(void *task)
{
    lull_cancel(*(lull_task *)task);
    return 1;
}

/* A task cancels another one, whose wait's end then meddles. What the first comes to. */
static int meddled_with(int (*meddle)(lull_task), lull_function first)
{
    meddler meddler = {.yieldable = {.end = end_meddles}, .meddle = meddle};
    lull_task other = lull_spawn(waits_then_pauses, &meddler.yieldable);
    lull_pause(0);
    beneath = lull_spawn(first, &other);
    int status = lull_join(beneath, NULL);
    CHECK_STATUS(meddler.answer, LULL_OK);
    return status;
}

TASK_TEST(a_task_killed_beneath_an_end_ends_at_its_next_wait)
{
    CHECK_STATUS(meddled_with(kills_beneath, cancels_then_says_and_pauses), LULL_EKILLED);
    CHECK_LOG("on");
}

TASK_TEST(a_task_killed_beneath_an_end_that_does_not_wait_again_is_killed_all_the_same)
{
    CHECK_STATUS(meddled_with(kills_beneath, cancels_then_returns), LULL_EKILLED);
}

TASK_TEST(a_task_cancelled_beneath_an_end_fails_at_its_next_wait)
{
    CHECK_STATUS(meddled_with(cancels_beneath, cancels_then_says_and_pauses), LULL_ECANCELED);
    CHECK_LOG("on");
}

static lull_task other_waiter;

static int begin_cancels_other(lull_yieldable *self, lull_task waiter)
{
    (void)self;
    (void)waiter;
    return lull_cancel(other_waiter);
}

static lull_value waits_with_a_begin_that_cancels(void *unused)
{
    (void)unused;
    lull_yieldable yieldable = {.begin = begin_cancels_other};
    int status = lull_yield_to(&yieldable, NULL);
    test_log("%s", lull_err_name(status));
    return lull_check(status);
}

/* The same from a begin: the task beneath is waiting already, and not yet suspended. */
static int meddled_with_in_begin(int (*meddle)(lull_task))
{
    meddler meddler = {.yieldable = {.end = end_meddles}, .meddle = meddle};
    other_waiter = lull_spawn(waits_then_pauses, &meddler.yieldable);
    lull_pause(0);
    beneath = lull_spawn(waits_with_a_begin_that_cancels, NULL);
    return lull_join(beneath, NULL);
}

TASK_TEST(a_task_killed_by_what_its_begin_causes_ends_there)
{
    CHECK_STATUS(meddled_with_in_begin(kills_beneath), LULL_EKILLED);
    CHECK_LOG("");
}

TASK_TEST(a_task_cancelled_by_what_its_begin_causes_does_not_suspend)
{
    CHECK_STATUS(meddled_with_in_begin(cancels_beneath), LULL_ECANCELED);
    CHECK_LOG("LULL_ECANCELED");
}

static int resumes_beneath(lull_task waiter)
{
    (void)waiter;
    return lull_resume(beneath, 5);
}

TASK_TEST(a_task_resumed_by_what_its_begin_causes_does_not_suspend)
{
    CHECK_STATUS(meddled_with_in_begin(resumes_beneath), LULL_OK);
    CHECK_LOG("LULL_OK");
}
