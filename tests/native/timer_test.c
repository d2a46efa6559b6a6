/* The timers, the loop and its budget of time. */
#include "test.h"

#include <setjmp.h>

#include "base/timer_batch.h"
#include "base/timer_heap.h"

/* ---- The heap ------------------------------------------------------------------------------------------------ */

#define TIMERS 300
#define MANY 3000 /* so many that they are taken out of the heap together */
#define SLEEPERS 1000

typedef struct numbered_timer {
    lull__timer timer;
    double deadline;
    unsigned order; /* of arming */
    bool armed;
} numbered_timer;

static numbered_timer timers[MANY];
static int timers_in_use;
static unsigned fired;

/* The timer that has to fire next: the reference, found by looking at them all. */
static numbered_timer *expected_next(double now)
{
    numbered_timer *first = NULL;
    for (int i = 0; i < timers_in_use; i++) {
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
    lull__batch_due(firing_at);
    numbered_timer *numbered = LULL__CONTAINER(timer, numbered_timer, timer);
    CHECK_INT(timer->position, 0);
    CHECK(expected_next(firing_at) == numbered);
    numbered->armed = false;
    fired++;
}

static void reset_timers(int count)
{
    timers_in_use = count;
    lull__batch_dispose(); /* its memory of when it has looked */
    memset(timers, 0, sizeof timers);
    for (int i = 0; i < count; i++) timers[i].timer.alarm = LULL__GROUP_ALARM;
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
        reset_timers(TIMERS);
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
    reset_timers(TIMERS);
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
    reset_timers(TIMERS);
    arm(0, 1, 0);
    arm(1, 1, 1);
    disarm(0);
    disarm(0);
    firing_at = 1;
    lull__timers_fire(1);
    CHECK_INT(fired, 1);
}

/* ---- Many at once -------------------------------------------------------------------------------------------- */

static unsigned armings;

/* Arm many timers at a few deadlines, three of four of them within a second. */
static void arm_many(void)
{
    reset_timers(MANY);
    armings = 0;
    for (int i = 0; i < MANY; i++) arm(i, test_random_below(100) / 100.0 + (test_random_below(4) == 0), armings++);
}

static void fire_at(double now)
{
    firing_at = now;
    lull__timers_fire(now);
}

/* Fire as usual, and arm and disarm others. */
static void fire_and_meddle(lull__timer *timer)
{
    fire_numbered(timer);
    if (fired > 3 * MANY) return; /* this has to end */
    switch (test_random_below(4)) {
    case 0:
        disarm((int)test_random_below(MANY));
        break;
    case 1: /* in the past, now or later; itself or another */
        arm((int)test_random_below(MANY), test_random_below(200) / 100.0, armings++);
        break;
    case 2:
        arm((int)(LULL__CONTAINER(timer, numbered_timer, timer) - timers), 2, armings++);
    }
}

TEST(many_due_timers_fire_in_order_while_others_are_armed_and_disarmed)
{
    for (uint32_t seed = 1; seed <= 5; seed++) {
        test_seed(seed * 2654435761U);
        arm_many();
        lull__alarms[LULL__GROUP_ALARM] = fire_and_meddle;
        fire_at(1);
        CHECK(fired > MANY / 2);
        CHECK(!expected_next(1));
        const numbered_timer *next = expected_next(LULL_FOREVER);
        CHECK(lull__timers_next() == (next ? next->deadline : LULL_FOREVER));
        lull__alarms[LULL__GROUP_ALARM] = fire_numbered;
        fire_at(2);
        CHECK_INT(lull__timers_count(), 0);
    }
}

TEST(many_due_timers_fire_in_order_when_the_sequence_wraps)
{
    test_seed(1);
    reset_timers(MANY);
    lull__heap.sequence = UINT32_MAX - MANY / 2;
    for (int i = 0; i < MANY; i++) arm(i, test_random_below(3), (unsigned)i);
    fire_at(2);
    CHECK_INT(fired, MANY);
}

static jmp_buf trap;

static void fire_and_trap(lull__timer *timer)
{
    fire_numbered(timer);
    if (fired % 1000 == 0) longjmp(trap, 1);
}

/* Fire until a timer traps. */
static void fire_to_trap(double now)
{
    lull__alarms[LULL__GROUP_ALARM] = fire_and_trap;
    if (!setjmp(trap)) fire_at(now);
}

TEST(a_trap_among_many_due_timers_loses_none_of_them)
{
    test_seed(1);
    arm_many();
    fire_to_trap(1);
    CHECK_INT(fired, 1000);
    CHECK_INT(lull__timers_count(), MANY - 1000);
    CHECK(lull__timers_next() == expected_next(LULL_FOREVER)->deadline);
    disarm((int)(expected_next(LULL_FOREVER) - timers)); /* the first of all */
    CHECK(lull__timers_next() == expected_next(LULL_FOREVER)->deadline);
    for (int i = 0; i < MANY; i += 3) arm(i, test_random_below(200) / 100.0, armings++);
    for (int i = 1; i < MANY; i += 9) disarm(i);
    fire_to_trap(1);
    CHECK_INT(fired, 2000);
    lull__alarms[LULL__GROUP_ALARM] = fire_numbered;
    fire_at(2);
    CHECK(!expected_next(LULL_FOREVER));
    CHECK_INT(lull__timers_count(), 0);
}

TEST(many_due_timers_that_are_disarmed_leave_no_memory_in_use)
{
    test_seed(1);
    arm_many();
    size_t before = lull__live_allocations;
    fire_to_trap(2);
    CHECK_INT(lull__live_allocations, before + 1);
    for (int i = 0; i < MANY; i++) disarm(i);
    CHECK_INT(lull__timers_count(), 0);
    CHECK_INT(lull__live_allocations, before);
}

TEST(a_few_due_timers_of_many_need_no_memory)
{
    reset_timers(MANY);
    for (int i = 0; i < MANY; i++) arm(i, i < MANY / 10 ? 1 : 2, (unsigned)i);
    size_t before = lull__live_allocations;
    lull__alarms[LULL__GROUP_ALARM] = fire_and_trap;
    fired = 999;
    if (!setjmp(trap)) fire_at(1);
    CHECK_INT(fired, 1000);
    CHECK_INT(lull__live_allocations, before);
    CHECK_INT(lull__timers_count(), MANY - 1);
    for (int i = 0; i < MANY; i++) disarm(i);
}

TEST(a_timer_armed_before_the_rest_of_many_fires_before_them)
{
    test_seed(1);
    arm_many();
    fire_to_trap(2);
    const numbered_timer *next = expected_next(LULL_FOREVER);
    int number = (int)(expected_next(LULL_FOREVER) - timers);
    while (timers[number].armed) number = (number + 1) % MANY; /* one that has fired */
    arm(number, 0, armings++);
    CHECK(expected_next(LULL_FOREVER) == &timers[number]);
    CHECK(lull__timers_next() == 0);
    lull__alarms[LULL__GROUP_ALARM] = fire_numbered;
    fire_at(0);
    CHECK_INT(fired, 1001);
    CHECK(lull__timers_next() == next->deadline);
    fire_at(2);
    CHECK_INT(lull__timers_count(), 0);
}

TEST(a_disposal_among_many_due_timers_frees_all_memory)
{
    test_seed(1);
    arm_many();
    fire_to_trap(2);
    lull__batch_dispose();
    lull__timers_dispose();
    CHECK_INT(lull__live_allocations, 0);
}

TEST(many_due_timers_fire_without_memory)
{
    test_seed(1);
    arm_many();
    lull__allocations_left = 0;
    fire_at(2);
    lull__allocations_left = -1;
    CHECK_INT(fired, MANY);
}

static void fire_and_arm_again(lull__timer *timer)
{
    fire_numbered(timer);
    arm((int)(LULL__CONTAINER(timer, numbered_timer, timer) - timers), LULL_FOREVER, armings++);
}

TEST(a_timer_that_has_fired_among_many_needs_no_memory_to_be_armed_again)
{
    test_seed(1);
    arm_many();
    fire_to_trap(2);
    lull__allocations_left = 0;
    for (int i = 0; i < MANY; i++) { /* all that there is room for */
        if (timers[i].armed || lull__timer_arm(&timers[i].timer, LULL_FOREVER) < 0) continue;
        timers[i].armed = true;
        timers[i].deadline = LULL_FOREVER;
        timers[i].order = armings++;
    }
    lull__alarms[LULL__GROUP_ALARM] = fire_and_arm_again;
    fire_at(2);
    lull__allocations_left = -1;
    CHECK_INT(fired, MANY);
    for (int i = 0; i < MANY; i++) disarm(i);
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

static int awake;

static lull_value sleeps_in_turn(void *number)
{
    lull_pause(2);
    lull_pause((double)((intptr_t)number % 2)); /* those with even numbers are ready at once */
    CHECK_INT(awake % (SLEEPERS / 2), (intptr_t)number / 2);
    awake++;
    return 0;
}

TASK_TEST(many_equal_deadlines_fire_in_start_order)
{
    awake = 0;
    for (int i = 0; i < SLEEPERS; i++) lull_spawn(sleeps_in_turn, (void *)(intptr_t)i);
    lull_pause(4);
    CHECK_INT(awake, SLEEPERS);
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
