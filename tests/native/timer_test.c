/* The timers, the loop and its budget of time. */
#include "test.h"

/* ---- The heap ------------------------------------------------------------------------------------------------ */

#define TIMERS 300

typedef struct numbered_timer {
    lull__timer timer;
    double deadline;
    unsigned order; /* of arming */
    bool armed;
} numbered_timer;

static numbered_timer timers[TIMERS];
static unsigned fired;

/* The timer that has to fire next: the reference, found by looking at them all. */
static numbered_timer *expected_next(double now)
{
    numbered_timer *first = NULL;
    for (int i = 0; i < TIMERS; i++) {
        numbered_timer *timer = &timers[i];
        if (!timer->armed || timer->deadline > now) continue;
        if (!first || timer->deadline < first->deadline ||
            (timer->deadline == first->deadline && timer->order < first->order)) {
            first = timer;
        }
    }
    return first;
}

static double firing_at;

static void fire_numbered(lull__timer *timer)
{
    numbered_timer *numbered = LULL__CONTAINER(timer, numbered_timer, timer);
    CHECK(expected_next(firing_at) == numbered);
    CHECK_INT(timer->position, 0);
    numbered->armed = false;
    fired++;
}

static void reset_timers(void)
{
    memset(timers, 0, sizeof timers);
    for (int i = 0; i < TIMERS; i++) timers[i].timer.alarm = LULL__GROUP_ALARM;
    lull__alarms[LULL__GROUP_ALARM] = fire_numbered;
    fired = 0;
}

static void arm(int number, double deadline, unsigned order)
{
    timers[number].deadline = deadline;
    timers[number].order = order;
    timers[number].armed = true;
    CHECK_STATUS(lull__timer_arm(&timers[number].timer, deadline), LULL_OK);
}

static void disarm(int number)
{
    timers[number].armed = false;
    lull__timer_disarm(&timers[number].timer);
}

TEST(timers_fire_as_a_sorted_list_would_after_any_arming_and_disarming)
{
    for (uint32_t seed = 1; seed <= 20; seed++) {
        test_seed(seed * 2654435761U);
        reset_timers();
        double now = 0;
        for (unsigned step = 0; step < 2000; step++) {
            int number = (int)test_random_below(TIMERS);
            switch (test_random_below(8)) {
            case 0:
            case 1:
                disarm(number);
                break;
            case 2:
                if (test_random_below(10)) break;
                firing_at = now += test_random_below(4);
                lull__timers_fire(now);
                break;
            default:
                arm(number, now + test_random_below(30), step);
            }
        }
        const numbered_timer *next = expected_next(LULL_FOREVER);
        CHECK(lull__timers_next() == (next ? next->deadline : LULL_FOREVER));
        firing_at = now + 100;
        lull__timers_fire(firing_at);
        CHECK(!expected_next(LULL_FOREVER));
        CHECK(fired > 0);
        CHECK(lull__timers_next() == LULL_FOREVER);
    }
}

TEST(a_timer_armed_again_fires_at_its_new_deadline_only)
{
    reset_timers();
    arm(0, 1, 0);
    arm(0, 5, 1);
    firing_at = 2;
    lull__timers_fire(2);
    CHECK_INT(fired, 0);
    firing_at = 5;
    lull__timers_fire(5);
    CHECK_INT(fired, 1);
}

TEST(disarming_a_timer_twice_is_as_once)
{
    reset_timers();
    arm(0, 1, 0);
    arm(1, 1, 1);
    disarm(0);
    disarm(0);
    firing_at = 1;
    lull__timers_fire(1);
    CHECK_INT(fired, 1);
}

/* ---- Sleepers ------------------------------------------------------------------------------------------------ */

static lull_value sleeps_2(void *unused)
{
    lull_pause(2);
    return test_says_name(unused);
}

TASK_TEST(equal_deadlines_fire_in_start_order)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g"};
    for (int i = 0; i < 7; i++) lull_spawn(sleeps_2, NULL, .name = names[i]);
    lull_pause(3);
    CHECK_LOG("a b c d e f g");
}

TASK_TEST(equal_delays_of_spawn_fire_in_start_order)
{
    lull_spawn(test_says_name, NULL, .name = "a", .delay = 1);
    lull_spawn(test_says_name, NULL, .name = "b", .delay = 1);
    lull_spawn(test_says_name, NULL, .name = "c", .delay = 0.5);
    lull_spawn(test_says_name, NULL, .name = "d", .delay = 1);
    lull_pause(3);
    CHECK_LOG("c a b d");
}

/* ---- The loop ------------------------------------------------------------------------------------------------ */

static int rounds;

static lull_value pauses_for_ever(void *unused)
{
    (void)unused;
    do {
        rounds++;
    } while (lull_pause(0) == 0);
    return 0;
}

TEST(a_run_stops_after_its_time_budget)
{
    rounds = 0;
    lull_spawn(pauses_for_ever, NULL);
    lull_native.tick = 0.001;
    CHECK(lull__run(0.008, false) == 0);
    CHECK(rounds >= 1);
    CHECK(rounds <= 10);
    CHECK(lull_native.now <= 0.012);
    int rounds_before = rounds;
    CHECK(lull__run(0.008, false) == 0);
    CHECK(rounds > rounds_before);
}

TEST(a_run_of_short_slices_looks_at_the_clock_less_often_than_it_switches)
{
    rounds = 0;
    lull_spawn(pauses_for_ever, NULL);
    lull_native.tick = 0.000001;
    CHECK(lull__run(0.001, false) == 0);
    CHECK(rounds > 10000);
}

static lull_value takes_5_ms(void *unused)
{
    (void)unused;
    do {
        rounds++;
        lull_native.now += 0.005;
    } while (lull_pause(0) == 0);
    return 0;
}

TEST(a_run_of_long_slices_stops_at_the_first_that_exceeds_its_budget)
{
    rounds = 0;
    lull_spawn(takes_5_ms, NULL);
    CHECK(lull__run(0.008, false) == 0);
    CHECK_INT(rounds, 2);
}

TEST(a_run_says_when_to_call_again)
{
    CHECK(lull__run(LULL_FOREVER, false) == LULL_FOREVER);
    lull_spawn(test_says_name, NULL, .delay = 3);
    lull_spawn(test_says_name, NULL, .delay = 2);
    CHECK(lull__run(LULL_FOREVER, false) == 2);
    lull_native.now = 2;
    CHECK(lull__run(LULL_FOREVER, false) == 3);
    lull_native.now = 3;
    CHECK(lull__run(LULL_FOREVER, false) == LULL_FOREVER);
}

TEST(a_run_reads_no_clock_for_a_single_task_where_the_host_has_a_timer)
{
    lull_spawn(test_says_name, NULL, .name = "sleeper", .delay = 5);
    CHECK(lull__run(LULL_FOREVER, true) == 5);
    lull_spawn(test_says_name, NULL, .name = "single");
    lull_native.tick = 10;
    CHECK(lull__run(LULL_FOREVER, true) == 5);
    CHECK_TIME(0);
    CHECK_LOG("single");
    lull_native.tick = 0;
    lull_native.now = 5;
    CHECK(lull__run(LULL_FOREVER, false) == LULL_FOREVER);
    CHECK_LOG("single sleeper");
}

TEST(a_sleeper_for_ever_does_not_keep_the_loop)
{
    lull_spawn(test_says_name, NULL, .delay = LULL_FOREVER);
    CHECK(lull__run(LULL_FOREVER, false) == LULL_FOREVER);
}

TEST(the_host_is_woken_once_for_all_that_becomes_ready)
{
    lull_spawn(test_says_name, NULL);
    lull_spawn(test_says_name, NULL);
    CHECK_INT(lull_native.wakes, 1);
    lull_native_run();
    lull_spawn(test_says_name, NULL);
    CHECK_INT(lull_native.wakes, 2);
}

TEST(the_host_is_woken_for_an_earlier_deadline_only)
{
    lull_spawn(test_says_name, NULL, .delay = 5);
    CHECK_INT(lull_native.wakes, 1);
    CHECK(lull__run(LULL_FOREVER, false) == 5);
    lull_spawn(test_says_name, NULL, .delay = 6);
    CHECK_INT(lull_native.wakes, 1);
    lull_spawn(test_says_name, NULL, .delay = 4);
    CHECK_INT(lull_native.wakes, 2);
}

TASK_TEST(a_run_within_a_run_does_nothing)
{
    lull_spawn(test_says_name, NULL, .name = "other");
    CHECK(lull__run(LULL_FOREVER, false) == 0);
    CHECK_LOG("");
}

TASK_TEST(a_sleeper_wakes_among_busy_tasks)
{
    rounds = 0;
    lull_task busy = lull_spawn(pauses_for_ever, NULL);
    lull_native.tick = 0.0001;
    lull_pause(0.5);
    lull_native.tick = 0;
    CHECK(rounds > 0);
    lull_kill(busy);
}
