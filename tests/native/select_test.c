/* Select: of several things, the one that happens. */
#include "test.h"

#include <limits.h>

static lull_future resolved(lull_value value)
{
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_resolve(future, value), LULL_OK);
    return future;
}

/* ---- What a task selects from -------------------------------------------------------------------------------- */

#define MOST 8

typedef struct choice {
    lull_case cases[MOST];
    size_t count;
    int index; /* out: what lull_select returned; 99 before */
    lull_task task;
} choice;

static lull_value selects(void *pointer)
{
    choice *one = (choice *)pointer;
    one->index = lull_select(one->cases, one->count);
    if (one->index < 0) {
        test_log("%s:%s", lull_name(lull_current()), test_short_name(one->index));
        lull_check(one->index);
    } else {
        int status = one->cases[one->index].status;
        test_log("%s=%d:%s", lull_name(lull_current()), one->index, test_short_name(status));
    }
    return one->index;
}

/* Start a task that selects, and let it get as far as it gets. */
static void start(choice *one, const char *name)
{
    while (one->count < MOST) {
        const lull_case *given = &one->cases[one->count];
        bool said = given->send || given->receive || given->await || given->join || given->yieldable;
        if (!said && !(given->after > 0)) break;
        one->count++;
    }
    one->index = 99;
    one->task = lull_spawn(selects, one, .name = name);
    lull_pause(0);
}

static void finish(choice *one)
{
    if (lull__task_get(one->task)) CHECK(lull_join(one->task, NULL) != 99);
}

#define CASES(...)                                                                                                     \
    {                                                                                                                  \
        .cases = { __VA_ARGS__ }                                                                                       \
    }

/* A yieldable of the user's: its waiter, and what its begin and its end do. */
typedef struct gate {
    lull_yieldable yieldable;
    lull_task waiter;
    lull_task task; /* whom its end acts on */
    lull_chan channel;
    lull_future future;
    int begun;
    int ended;
} gate;

static int begin_gate(lull_yieldable *self, lull_task waiter)
{
    ((gate *)(void *)self)->waiter = waiter;
    ((gate *)(void *)self)->begun++;
    return 0;
}

static void end_gate(lull_yieldable *self, lull_task waiter)
{
    gate *one = (gate *)(void *)self;
    CHECK_INT(waiter, one->waiter);
    CHECK_STATUS(lull_resume(waiter, 1), LULL_ESRCH); /* it has happened, or will not */
    one->ended++;
}

static gate new_gate(void)
{
    return (gate){.yieldable = {begin_gate, end_gate, "gate"}};
}

/* ---- Each kind of case --------------------------------------------------------------------------------------- */

TASK_TEST(a_case_can_send)
{
    int value = 5;
    choice one = CASES({.send = test_new_channel(sizeof(int), 0), .element = &value});
    start(&one, "s");
    CHECK_LOG("");
    value = 6; /* it was copied */
    CHECK_INT(test_try_receive_int(one.cases[0].send), 5);
    CHECK_STATUS(test_try_receive_int(one.cases[0].send), LULL_EBUSY);
    lull_pause(0);
    CHECK_LOG("s=0:OK");
    lull_chan channel = test_new_channel(sizeof(int), 1);
    lull_case ready = {.send = channel, .element = &value, .status = 99};
    CHECK_INT(lull_select(&ready, 1), 0);
    CHECK_STATUS(ready.status, LULL_OK);
    CHECK_INT(test_try_receive_int(channel), 6);
    test_release(channel);
    test_release(one.cases[0].send);
}

TASK_TEST(a_case_can_receive)
{
    int value = -1;
    choice one = CASES({.receive = test_new_channel(sizeof(int), 0), .element = &value});
    start(&one, "s");
    CHECK_STATUS(test_try_send_int(one.cases[0].receive, 5), LULL_OK);
    CHECK_STATUS(test_try_send_int(one.cases[0].receive, 6), LULL_EBUSY);
    CHECK_INT(value, -1);
    lull_pause(0);
    CHECK_INT(value, 5);
    CHECK_LOG("s=0:OK");
    lull_chan channel = test_new_channel(sizeof(int), 1);
    CHECK_STATUS(test_try_send_int(channel, 7), LULL_OK);
    lull_case ready = {.receive = channel, .element = &value};
    CHECK_INT(lull_select(&ready, 1), 0);
    CHECK_INT(value, 7);
    test_release(channel);
    test_release(one.cases[0].receive);
}

TASK_TEST(elements_of_any_size_go_through_cases)
{
    static const size_t sizes[] = {1, 8, 9, 100};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (int drop = 0; drop < 2; drop++) {
            unsigned char out[100];
            unsigned char in[101];
            for (size_t b = 0; b < sizeof out; b++) out[b] = (unsigned char)(b * 3 + i);
            memset(in, 0xAA, sizeof in);
            lull_chan channel = test_new_channel(sizes[i], 0);
            choice sending = CASES({.send = channel, .element = out});
            choice receiving = CASES({.receive = channel, .element = drop ? NULL : in});
            start(drop ? &sending : &receiving, "a");
            start(drop ? &receiving : &sending, "b");
            lull_pause(0);
            CHECK_INT(sending.index + receiving.index, 0);
            if (!drop) CHECK(memcmp(in, out, sizes[i]) == 0);
            CHECK_INT(in[drop ? 0 : sizes[i]], 0xAA);
            test_release(channel);
        }
    }
}

TASK_TEST(a_case_can_await_a_future)
{
    lull_future future = lull_future_new();
    choice one = CASES({.await = future});
    start(&one, "s");
    CHECK_STATUS(lull_future_resolve(future, 42), LULL_OK);
    lull_pause(0);
    CHECK_LOG("s=0:OK");
    CHECK_INT(one.cases[0].value, 42);
    lull_case settled = {.await = future};
    CHECK_INT(lull_select(&settled, 1), 0);
    CHECK_INT(settled.value, 42);
    future = lull_future_new();
    CHECK_STATUS(lull_future_reject(future, -44, "rejected"), LULL_OK);
    settled.await = future;
    settled.value = 7;
    CHECK_INT(lull_select(&settled, 1), 0);
    CHECK_STATUS(settled.status, -44);
    CHECK_TEXT(lull_last_error()->message, "rejected");
    CHECK_INT(settled.value, 0);
}

TASK_TEST(a_case_can_join_a_task)
{
    lull_case one = {.join = lull_spawn(test_returns_7, NULL)};
    CHECK_INT(lull_select(&one, 1), 0);
    CHECK_STATUS(one.status, LULL_OK);
    CHECK_INT(one.value, 7);
    one.join = lull_spawn(test_fails, NULL);
    CHECK_INT(lull_select(&one, 1), 0);
    CHECK_STATUS(one.status, LULL_EFAILED);
    CHECK_TEXT(lull_last_error()->message, "broken");
    CHECK_INT(lull_native.failures, 0);
}

TASK_TEST(a_case_can_be_the_end_of_a_groups_children)
{
    lull_group group = lull_group_open();
    lull_case one = {.yieldable = lull_group_yieldable(group)};
    CHECK_INT(lull_select(&one, 1), 0);
    lull_spawn(test_returns_7, NULL, .group = group, .delay = 2);
    lull_case cases[] = {{.after = 1}, {.yieldable = lull_group_yieldable(group)}};
    CHECK_INT(lull_select(cases, 2), 0);
    cases[0].after = 2;
    CHECK_INT(lull_select(cases, 2), 1);
    CHECK_TIME(2);
    CHECK_STATUS(lull_group_wait(group), LULL_OK);
}

TASK_TEST(a_case_can_be_any_yieldable)
{
    gate one = new_gate();
    choice all = CASES({.yieldable = &one.yieldable});
    start(&all, "a");
    CHECK(one.waiter != all.task);
    CHECK_STATUS(lull_resume(one.waiter, 5), LULL_OK);
    CHECK_STATUS(lull_resume(one.waiter, 6), LULL_ESRCH);
    lull_pause(0);
    CHECK_INT(all.cases[0].value, 5);
    start(&all, "b");
    CHECK_STATUS(lull_throw(one.waiter, -45, "thrown"), LULL_OK);
    lull_pause(0);
    CHECK_STATUS(all.cases[0].status, -45);
    start(&all, "c");
    CHECK_STATUS(lull_schedule(one.waiter, 1, 7), LULL_OK);
    CHECK_STATUS(lull_schedule(one.waiter, 2, 8), LULL_OK);
    finish(&all);
    CHECK_TIME(2);
    CHECK_INT(all.cases[0].value, 8);
    CHECK_LOG("a=0:OK b=0:E? c=0:OK");
    CHECK_INT(one.begun, 3);
    CHECK_INT(one.ended, 3);
}

TASK_TEST(a_case_can_be_a_time)
{
    lull_case cases[] = {{.after = LULL_FOREVER}, {.after = 2}, {.after = 1}, {.receive = test_new_channel(4, 0)}};
    CHECK_INT(lull_select(cases, 4), 2);
    CHECK_STATUS(cases[2].status, LULL_OK);
    CHECK_TIME(1);
    CHECK(lull__timers_next() == LULL_FOREVER); /* the others are disarmed */
    CHECK_INT(lull_select(cases, 2), 1);
    CHECK_TIME(3);
    test_release(cases[3].receive);
}

TASK_TEST(a_time_does_not_begin_again_when_the_task_is_resumed)
{
    choice one = CASES({.after = 2});
    start(&one, "s");
    lull_pause(1.5);
    CHECK_STATUS(lull_resume(one.task, 1), LULL_OK);
    finish(&one);
    CHECK_TIME(2);
}

/* ---- Exactly one happens ------------------------------------------------------------------------------------- */

TASK_TEST(of_two_that_become_ready_the_first_happens)
{
    char out[100] = {0};
    char in[100];
    lull_chan a = test_new_channel(100, 0);
    lull_chan b = test_new_channel(100, 0);
    choice one = CASES({.receive = a, .element = in}, {.send = b, .element = out}, {.await = lull_future_new()});
    start(&one, "s");
    CHECK_STATUS(lull_try_receive(b, in), LULL_OK);
    CHECK_STATUS(lull_try_send(a, out), LULL_EBUSY);
    CHECK_STATUS(lull_try_receive(b, in), LULL_EBUSY);
    CHECK_STATUS(lull_future_resolve(one.cases[2].await, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("s=1:OK");
    test_release(a);
    test_release(b);
}

TASK_TEST(losers_are_withdrawn_when_the_winner_has_happened_not_when_the_task_runs)
{
    int out = 5;
    char large[100] = {0};
    lull_chan a = test_new_channel(sizeof(int), 0);
    lull_chan b = test_new_channel(100, 0);
    lull_future future = lull_future_new();
    lull_future winner = lull_future_new();
    gate one = new_gate();
    choice all =
        CASES({.receive = a, .element = &out}, {.send = b, .element = large}, {.await = future},
              {.join = lull_spawn(test_waits, NULL)}, {.yieldable = &one.yieldable}, {.after = 5}, {.await = winner});
    start(&all, "s");
    CHECK_STATUS(lull_future_resolve(winner, 1), LULL_OK);
    CHECK_STATUS(test_try_send_int(a, 1), LULL_EBUSY);
    CHECK_STATUS(lull_try_receive(b, large), LULL_EBUSY);
    CHECK_STATUS(lull_resume(one.waiter, 1), LULL_ESRCH);
    CHECK_STATUS(lull_throw(one.waiter, -45, "x"), LULL_ESRCH);
    CHECK_STATUS(lull_schedule(one.waiter, 1, 1), LULL_ESRCH);
    CHECK(lull__timers_next() == LULL_FOREVER);
    /* What they waited for may go, too. */
    test_release(a);
    test_release(b);
    CHECK_STATUS(lull_future_free(future), LULL_OK);
    CHECK_STATUS(lull_future_free(winner), LULL_OK);
    CHECK_STATUS(lull_kill(all.cases[3].join), LULL_OK);
    lull_pause(0);
    CHECK_LOG("s=6:OK");
    CHECK_INT(one.ended, 1);
}

TASK_TEST(what_is_freed_after_its_case_has_happened_is_not_touched_again)
{
    lull_chan channel = test_new_channel(100, 0);
    char bytes[100] = {0};
    choice one = CASES({.send = channel, .element = bytes});
    start(&one, "a");
    CHECK_STATUS(lull_try_receive(channel, bytes), LULL_OK);
    test_release(channel);
    lull_pause(0);
    lull_task task = lull_spawn(test_waits, NULL);
    choice join = CASES({.join = task});
    start(&join, "b");
    CHECK_STATUS(lull_kill(task), LULL_OK);
    lull_spawn(test_waits, NULL, .name = "another");
    lull_pause(0);
    CHECK_LOG("a=0:OK b=0:EKILLED");
}

TASK_TEST(the_two_sides_of_a_channel_in_one_select_do_not_meet)
{
    for (size_t capacity = 0; capacity < 2; capacity++) {
        for (uint32_t seed = 1; seed < 9; seed++) {
            lull_seed(seed);
            int out = 5;
            int in = -1;
            lull_chan channel = test_new_channel(sizeof(int), capacity);
            lull_case cases[] = {
                {.send = channel, .element = &out}, {.receive = channel, .element = &in}, {.after = 1}};
            int index = lull_select(cases, 3);
            CHECK_INT(index, capacity ? 0 : 2);
            CHECK_INT(in, -1);
            CHECK_INT(lull_chan_length(channel), capacity ? 1 : 0);
            if (capacity) { /* a full one */
                CHECK_INT(lull_select(cases, 3), 1);
                CHECK_INT(in, 5);
                CHECK_INT(lull_chan_length(channel), 0);
            }
            test_release(channel);
        }
    }
}

TASK_TEST(others_pass_by_the_two_sides_of_one_select)
{
    int out = 5;
    int in = -1;
    int value = 6;
    lull_chan channel = test_new_channel(sizeof(int), 0);
    choice one = CASES({.send = channel, .element = &out}, {.receive = channel, .element = &in});
    start(&one, "a");
    CHECK_STATUS(lull_send(channel, &value), LULL_OK);
    CHECK_STATUS(lull_try_receive(channel, &value), LULL_EBUSY);
    lull_pause(0);
    CHECK_INT(in, 6);
    start(&one, "b");
    CHECK_STATUS(lull_receive(channel, &value), LULL_OK);
    CHECK_INT(value, 5);
    lull_pause(0);
    CHECK_LOG("a=1:OK b=0:OK");
    test_release(channel);
}

TASK_TEST(two_selects_meet)
{
    for (uint32_t seed = 1; seed < 9; seed++) {
        lull_seed(seed);
        int ones = 1;
        int twos = 2;
        int first = 0;
        int second = 0;
        lull_chan a = test_new_channel(sizeof(int), 0);
        lull_chan b = test_new_channel(sizeof(int), 0);
        choice one = CASES({.send = a, .element = &ones}, {.receive = b, .element = &first});
        choice two = CASES({.send = b, .element = &twos}, {.receive = a, .element = &second});
        start(&one, "a");
        start(&two, "b");
        lull_pause(0);
        CHECK_INT(one.index + two.index, 1); /* one sends, the other receives, on one of the channels */
        CHECK_INT(first + second, one.index ? 2 : 1);
        CHECK_STATUS(test_try_receive_int(a), LULL_EBUSY);
        CHECK_STATUS(test_try_receive_int(b), LULL_EBUSY);
        CHECK_STATUS(test_try_send_int(a, 1), LULL_EBUSY);
        CHECK_STATUS(test_try_send_int(b, 1), LULL_EBUSY);
        test_release(a);
        test_release(b);
    }
}

TASK_TEST(two_selects_of_both_sides_of_one_channel_meet)
{
    int ones = 1;
    int twos = 2;
    int first = 0;
    int second = 0;
    lull_chan channel = test_new_channel(sizeof(int), 0);
    choice one = CASES({.send = channel, .element = &ones}, {.receive = channel, .element = &first});
    choice two = CASES({.send = channel, .element = &twos}, {.receive = channel, .element = &second});
    start(&one, "a");
    start(&two, "b");
    lull_pause(0);
    CHECK_INT(one.index + two.index, 1);
    CHECK_INT(first + second, one.index ? 2 : 1);
    test_release(channel);
}

TASK_TEST(the_same_channel_can_be_there_twice)
{
    int first = 0;
    int second = 0;
    lull_chan channel = test_new_channel(sizeof(int), 0);
    choice one = CASES({.receive = channel, .element = &first}, {.receive = channel, .element = &second});
    start(&one, "a");
    CHECK_STATUS(test_try_send_int(channel, 5), LULL_OK);
    CHECK_STATUS(test_try_send_int(channel, 6), LULL_EBUSY);
    lull_pause(0);
    CHECK_INT(first + second, 5);
    CHECK_INT(one.index ? second : first, 5);
    test_release(channel);
}

TASK_TEST(a_select_waits_its_turn_at_a_channel)
{
    int value = 0;
    lull_chan channel = test_new_channel(sizeof(int), 0);
    choice first = CASES({.receive = channel, .element = &value}, {.after = 9});
    choice second = CASES({.receive = channel, .element = &value}, {.after = 9});
    start(&first, "a");
    start(&second, "b");
    CHECK_STATUS(test_try_send_int(channel, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=0:OK");
    CHECK_STATUS(test_try_send_int(channel, 1), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=0:OK b=0:OK");
    test_release(channel);
}

/* ---- What is over -------------------------------------------------------------------------------------------- */

TASK_TEST(a_closed_channel_is_a_case_that_happens)
{
    int value = 5;
    lull_chan channel = test_new_channel(sizeof(int), 1);
    CHECK_STATUS(test_try_send_int(channel, 1), LULL_OK);
    CHECK_STATUS(lull_chan_close(channel), LULL_OK);
    lull_case sending = {.send = channel, .element = &value};
    CHECK_INT(lull_select(&sending, 1), 0);
    CHECK_STATUS(sending.status, LULL_ECLOSED);
    CHECK_STATUS(lull_last_error()->code, LULL_ECLOSED);
    lull_case receiving = {.receive = channel, .element = &value};
    CHECK_INT(lull_select(&receiving, 1), 0);
    CHECK_STATUS(receiving.status, LULL_OK);
    CHECK_INT(value, 1);
    CHECK_INT(lull_select(&receiving, 1), 0);
    CHECK_STATUS(receiving.status, LULL_ECLOSED);
    CHECK_INT(value, 1);
    test_release(channel);
}

TASK_TEST(closing_or_freeing_what_a_select_waits_for_is_a_case_that_happens)
{
    char large[100] = {0};
    lull_chan closed = test_new_channel(100, 0);
    lull_chan freed = test_new_channel(100, 0);
    lull_future future = lull_future_new();
    choice a = CASES({.send = closed, .element = large}, {.after = 9});
    choice b = CASES({.receive = freed, .element = large}, {.send = freed, .element = large});
    choice c = CASES({.await = future});
    start(&a, "a");
    start(&b, "b");
    start(&c, "c");
    CHECK_STATUS(lull_chan_close(closed), LULL_OK);
    test_release(freed);
    CHECK_STATUS(lull_future_free(future), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=0:ECLOSED b=1:ECLOSED c=0:ECLOSED");
    test_release(closed);
}

TASK_TEST(a_stale_handle_is_a_case_that_happens)
{
    char large[100] = {0};
    lull_chan channel = test_new_channel(100, 1);
    test_release(channel);
    lull_future future = lull_future_new();
    CHECK_STATUS(lull_future_free(future), LULL_OK);
    lull_task task = lull_spawn(test_returns_7, NULL);
    lull_pause(0);
    lull_case stale[] = {{.send = channel, .element = large},
                         {.receive = channel},
                         {.await = future},
                         {.join = task},
                         {.receive = -5},
                         {.join = -1}};
    for (int i = 0; i < 6; i++) {
        lull_case cases[] = {stale[i], {.after = 1}};
        CHECK_INT(lull_select(cases, 2), 0);
        CHECK_STATUS(cases[0].status, LULL_ESRCH);
        CHECK_STATUS(lull_last_error()->code, LULL_ESRCH);
        CHECK_INT(lull_try_select(cases, 2), 0);
    }
    CHECK_TIME(0);
}

TASK_TEST(cases_that_make_no_sense_are_refused)
{
    int value = 5;
    lull_chan channel = test_new_channel(sizeof(int), 1);
    gate one = new_gate();
    lull_case wrong[] = {{0},
                         {.after = -1},
                         {.after = 0.0 / 0.0},
                         {.receive = channel, .after = 1},
                         {.receive = channel, .after = -1},
                         {.send = channel, .receive = channel, .element = &value},
                         {.await = 5, .join = 6},
                         {.yieldable = &one.yieldable, .await = 5},
                         {.send = channel},
                         {.join = lull_current()}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        lull_case cases[] = {{.send = channel, .element = &value}, wrong[i]};
        CHECK_STATUS(lull_select(cases, 2), LULL_EINVAL);
        CHECK_STATUS(lull_try_select(cases, 2), LULL_EINVAL);
    }
    CHECK_INT(lull_chan_length(channel), 0);
    lull_case right = {.send = channel, .element = &value};
    CHECK_STATUS(lull_select(&right, 0), LULL_EINVAL);
    CHECK_STATUS(lull_select(NULL, 0), LULL_EINVAL);
    CHECK_STATUS(lull_select(&right, (size_t)INT_MAX + 1), LULL_EINVAL);
    CHECK_STATUS(lull_try_select(&right, (size_t)INT_MAX + 1), LULL_EINVAL);
    CHECK_INT(one.begun, 0);
    test_release(channel);
}

TEST(selecting_outside_of_a_task_is_refused)
{
    lull_case one = {.after = 1};
    CHECK_STATUS(lull_select(&one, 1), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_try_select(&one, 1), LULL_ENOSUSPEND);
}

/* ---- What else ends the wait --------------------------------------------------------------------------------- */

/* A select of everything that must happen to none of its cases. */
typedef struct everything {
    choice choice;
    gate gate;
    lull_chan sending;
    lull_chan receiving;
    char element[100];
} everything;

static void start_everything(everything *all)
{
    memset(all, 0, sizeof *all);
    all->gate = new_gate();
    all->sending = test_new_channel(100, 0);
    all->receiving = test_new_channel(100, 0);
    all->choice = (choice)CASES({.yieldable = &all->gate.yieldable}, {.send = all->sending, .element = all->element},
                                {.receive = all->receiving, .element = all->element}, {.await = lull_future_new()},
                                {.after = 100});
    start(&all->choice, "s");
}

static void check_nothing_happens(everything *all)
{
    CHECK_STATUS(lull_resume(all->gate.waiter, 1), LULL_ESRCH);
    CHECK_STATUS(lull_try_send(all->receiving, all->element), LULL_EBUSY);
    CHECK_STATUS(lull_try_receive(all->sending, NULL), LULL_EBUSY);
    CHECK_STATUS(lull_future_resolve(all->choice.cases[3].await, 1), LULL_OK);
    CHECK(lull__timers_next() == LULL_FOREVER);
    lull_pause(0);
    CHECK_INT(all->gate.ended, 1);
    test_release(all->sending);
    test_release(all->receiving);
}

TASK_TEST(after_a_cancellation_nothing_happens_even_before_the_task_runs)
{
    everything all;
    start_everything(&all);
    CHECK_STATUS(lull_cancel(all.choice.task), LULL_OK);
    check_nothing_happens(&all);
    CHECK_LOG("s:ECANCELED");
}

TASK_TEST(after_a_throw_nothing_happens_even_before_the_task_runs)
{
    everything all;
    start_everything(&all);
    CHECK_STATUS(lull_throw(all.choice.task, LULL_EBUSY, "thrown"), LULL_OK);
    check_nothing_happens(&all);
    CHECK_LOG("s:EBUSY");
}

TASK_TEST(after_a_kill_nothing_happens)
{
    everything all;
    start_everything(&all);
    CHECK_STATUS(lull_kill(all.choice.task), LULL_OK);
    CHECK_INT(all.gate.ended, 1);
    check_nothing_happens(&all);
    CHECK_LOG("");
}

TASK_TEST(a_select_can_time_out)
{
    lull_chan channel = test_new_channel(4, 0);
    lull_case cases[] = {{.receive = channel}, {.after = 5}};
    lull_scope scope;
    CHECK_STATUS(lull_scope_enter(&scope, 2), LULL_OK);
    CHECK_STATUS(lull_scope_exit(&scope, lull_select(cases, 2)), LULL_ETIMEDOUT);
    CHECK_TIME(2);
    CHECK(lull__timers_next() == LULL_FOREVER);
    test_release(channel);
}

TASK_TEST(a_deadline_and_a_time_at_once_are_as_they_were_armed)
{
    lull_case one = {.after = 2};
    lull_scope scope;
    CHECK_STATUS(lull_scope_enter(&scope, 2), LULL_OK);
    CHECK_STATUS(lull_scope_exit(&scope, lull_select(&one, 1)), LULL_ETIMEDOUT);
    CHECK_TIME(2);
}

TASK_TEST(a_task_that_is_cancelled_does_not_select)
{
    lull_chan channel = test_new_channel(sizeof(int), 1);
    CHECK_STATUS(test_try_send_int(channel, 1), LULL_OK);
    gate one = new_gate();
    choice all = CASES({.yieldable = &one.yieldable}, {.receive = channel});
    all.count = 2;
    all.task = lull_spawn(selects, &all, .name = "s");
    CHECK_STATUS(lull_cancel(all.task), LULL_OK);
    lull_pause(0);
    CHECK_LOG("s:ECANCELED");
    CHECK_INT(one.begun, 0);
    CHECK_INT(lull_chan_length(channel), 1);
    test_release(channel);
}

static lull_value tries_to_select(void *pointer)
{
    choice *one = (choice *)pointer;
    CHECK_STATUS(lull_pause(0), LULL_ECANCELED);
    CHECK_INT(lull_try_select(one->cases, 2), 1);
    CHECK_STATUS(lull_try_select(one->cases, 2), LULL_EBUSY);
    test_log("tried");
    return 0;
}

TASK_TEST(a_task_that_is_cancelled_may_try_to_select)
{
    lull_chan channel = test_new_channel(sizeof(int), 1);
    CHECK_STATUS(test_try_send_int(channel, 1), LULL_OK);
    choice one = CASES({.after = 1}, {.receive = channel});
    CHECK_STATUS(lull_cancel(lull_spawn(tries_to_select, &one)), LULL_OK);
    lull_pause(0);
    CHECK_LOG("tried");
    test_release(channel);
}

TASK_TEST(what_has_happened_is_kept_by_a_task_that_is_cancelled_meanwhile)
{
    int value = 0;
    lull_chan channel = test_new_channel(sizeof(int), 0);
    choice one = CASES({.receive = channel, .element = &value}, {.after = 1});
    start(&one, "s");
    CHECK_STATUS(test_try_send_int(channel, 5), LULL_OK);
    CHECK_STATUS(lull_cancel(one.task), LULL_OK);
    CHECK_STATUS(lull_throw(one.task, -45, "too late"), LULL_EBUSY);
    lull_pause(0);
    CHECK_LOG("s=0:OK");
    CHECK_INT(value, 5);
    test_release(channel);
}

TASK_TEST(a_large_element_of_a_select_that_is_killed_is_freed)
{
    char bytes[100] = {0};
    lull_chan channel = test_new_channel(100, 0);
    choice one = CASES({.receive = channel, .element = bytes}, {.after = 1});
    start(&one, "s");
    CHECK_STATUS(lull_try_send(channel, bytes), LULL_OK);
    CHECK_STATUS(lull_kill(one.task), LULL_OK);
    lull_pause(0);
    CHECK_LOG("");
    test_release(channel);
}

TASK_TEST(a_task_that_is_resumed_selects_on_and_misses_nothing)
{
    int value = 0;
    lull_chan channel = test_new_channel(sizeof(int), 0);
    gate one = new_gate();
    choice all = CASES({.receive = channel, .element = &value}, {.yieldable = &one.yieldable});
    start(&all, "a");
    CHECK_STATUS(lull_resume(all.task, 1), LULL_OK);
    lull_pause(0);
    CHECK_STATUS(lull_schedule(all.task, 1, 1), LULL_OK);
    lull_pause(2);
    CHECK_LOG("");
    CHECK_STATUS(lull_resume(all.task, 1), LULL_OK);
    CHECK_STATUS(test_try_send_int(channel, 5), LULL_OK); /* it keeps its place */
    CHECK_STATUS(lull_resume(one.waiter, 1), LULL_ESRCH);
    CHECK_STATUS(lull_cancel(all.task), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=0:OK");
    CHECK_INT(value, 5);
    CHECK_INT(one.begun, 1);
    start(&all, "b");
    CHECK_STATUS(lull_resume(all.task, 1), LULL_OK);
    CHECK_STATUS(lull_cancel(all.task), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=0:OK b:ECANCELED");
    CHECK_STATUS(test_try_send_int(channel, 6), LULL_EBUSY);
    test_release(channel);
}

/* ---- Chance -------------------------------------------------------------------------------------------------- */

/* How often each of two is chosen out of so many cases, the others of which are silent. */
static void check_shares(size_t count, size_t a, size_t b)
{
    enum { ROUNDS = 2000 };
    lull_chan silent = test_new_channel(sizeof(int), 0);
    lull_chan closed = test_new_channel(sizeof(int), 0);
    CHECK_STATUS(lull_chan_close(closed), LULL_OK);
    int shares[MOST] = {0};
    for (int i = 0; i < ROUNDS; i++) {
        lull_case cases[MOST] = {{0}};
        for (size_t c = 0; c < count; c++) cases[c].receive = c == a || c == b ? closed : silent;
        shares[lull_select(cases, count)]++;
    }
    CHECK_INT(shares[a] + shares[b], ROUNDS);
    CHECK(shares[a] > ROUNDS * 4 / 10 && shares[a] < ROUNDS * 6 / 10);
    test_release(silent);
    test_release(closed);
}

TASK_TEST(of_two_that_are_ready_each_is_chosen_as_often)
{
    lull_seed(1);
    check_shares(2, 0, 1);
    check_shares(3, 0, 1);
    check_shares(3, 0, 2);
    check_shares(4, 0, 3);
    check_shares(8, 6, 7); /* those before them have no say */
    check_shares(8, 1, 4);
}

TASK_TEST(of_many_that_are_ready_each_is_chosen_as_often)
{
    lull_seed(3);
    int shares[MOST] = {0};
    for (int i = 0; i < 4000; i++) {
        lull_case cases[MOST];
        for (int c = 0; c < MOST; c++) cases[c] = (lull_case){.await = -1};
        shares[lull_try_select(cases, MOST)]++;
    }
    for (int c = 0; c < MOST; c++) CHECK(shares[c] > 400 && shares[c] < 600);
}

static int choose_one(size_t count)
{
    lull_case cases[MOST];
    for (int c = 0; c < MOST; c++) cases[c] = (lull_case){.await = -1};
    return lull_select(cases, count);
}

TASK_TEST(what_is_chosen_follows_from_the_seed)
{
    int first[50];
    lull_seed(7);
    for (int i = 0; i < 50; i++) first[i] = choose_one(2 + (size_t)i % 7);
    lull_seed(7);
    int same = 0;
    for (int i = 0; i < 50; i++) same += first[i] == choose_one(2 + (size_t)i % 7);
    CHECK_INT(same, 50);
    lull_seed(8);
    same = 0;
    for (int i = 0; i < 50; i++) same += first[i] == choose_one(2 + (size_t)i % 7);
    CHECK(same < 40);
    lull_seed(0);
    int of_zero = choose_one(8) * 8 + choose_one(8);
    lull_seed(1);
    CHECK_INT(choose_one(8) * 8 + choose_one(8), of_zero);
}

TASK_TEST(small_seeds_differ_from_the_first_choice_on)
{
    int firsts = 0;
    for (uint32_t seed = 1; seed <= 100; seed++) {
        lull_seed(seed);
        firsts += choose_one(2);
    }
    CHECK(firsts > 30 && firsts < 70);
}

/* ---- Without waiting ----------------------------------------------------------------------------------------- */

TASK_TEST(trying_leaves_nothing_behind)
{
    everything all;
    memset(&all, 0, sizeof all);
    all.gate = new_gate();
    all.sending = test_new_channel(100, 0);
    all.receiving = test_new_channel(100, 0);
    lull_task task = lull_spawn(test_waits, NULL, .name = "waits");
    lull_future future = lull_future_new();
    lull_case cases[] = {{.yieldable = &all.gate.yieldable},
                         {.send = all.sending, .element = all.element},
                         {.receive = all.receiving, .element = all.element},
                         {.await = future},
                         {.join = task},
                         {.after = 1}};
    CHECK(lull_task_yieldable(task) && lull_task_yieldable(lull_current())); /* their exts stay until their ends */
    size_t before = lull__live_allocations;
    CHECK_STATUS(lull_try_select(cases, 6), LULL_EBUSY);
    CHECK(lull__live_allocations <= before + 2); /* the tables of handles and timers */
    CHECK_INT(all.gate.ended, 1);
    CHECK_STATUS(lull_try_send(all.receiving, all.element), LULL_EBUSY);
    CHECK_STATUS(lull_try_receive(all.sending, NULL), LULL_EBUSY);
    CHECK(lull__timers_next() == LULL_FOREVER);
    CHECK_STATUS(lull_future_resolve(future, 4), LULL_OK);
    CHECK_INT(lull_try_select(cases, 6), 3);
    CHECK_INT(cases[3].value, 4);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    test_release(all.sending);
    test_release(all.receiving);
}

TASK_TEST(trying_does_what_can_be_done)
{
    int value = 5;
    lull_chan full = test_new_channel(sizeof(int), 1);
    lull_chan empty = test_new_channel(sizeof(int), 1);
    lull_case cases[] = {{.receive = full, .element = &value}, {.send = empty, .element = &value}};
    CHECK_INT(lull_try_select(cases, 2), 1);
    CHECK_STATUS(lull_try_select(cases, 2), LULL_EBUSY);
    CHECK_INT(test_try_receive_int(empty), 5);
    CHECK_STATUS(test_try_send_int(full, 6), LULL_OK);
    CHECK_INT(lull_try_select(cases, 1), 0);
    CHECK_INT(value, 6);
    test_release(full);
    test_release(empty);
}

/* ---- Yieldables of the user's, which do anything ------------------------------------------------------------- */

static int begin_at_once(lull_yieldable *self, lull_task waiter)
{
    gate *one = (gate *)(void *)self;
    begin_gate(self, waiter);
    CHECK_STATUS(lull_resume(waiter, 5), LULL_OK);
    CHECK_STATUS(lull_resume(waiter, 6), LULL_ESRCH);
    if (one->channel) CHECK_STATUS(test_try_send_int(one->channel, 1), LULL_EBUSY); /* no other case happens */
    CHECK_INT(one->ended, 0);
    return 0;
}

static int begin_throws(lull_yieldable *self, lull_task waiter)
{
    begin_gate(self, waiter);
    return lull_throw(waiter, -45, "from begin");
}

static int begin_fails(lull_yieldable *self, lull_task waiter)
{
    ((gate *)(void *)self)->waiter = waiter;
    return -46;
}

static int begin_resumes_and_fails(lull_yieldable *self, lull_task waiter)
{
    CHECK_STATUS(((gate *)(void *)self)->begun ? lull_resume(waiter, 5) : lull_throw(waiter, -45, "x"), LULL_OK);
    return begin_fails(self, waiter);
}

TASK_TEST(a_yieldable_may_resume_or_fail_at_once)
{
    for (uint32_t seed = 1; seed < 9; seed++) {
        lull_seed(seed);
        lull_chan channel = test_new_channel(sizeof(int), 0);
        gate one = new_gate();
        one.channel = channel;
        one.yieldable.begin = begin_at_once;
        lull_case cases[] = {{.receive = channel}, {.yieldable = &one.yieldable}, {.after = 1}};
        CHECK_INT(lull_select(cases, 3), 1);
        CHECK_STATUS(cases[1].status, LULL_OK);
        CHECK_INT(cases[1].value, 5);
        CHECK_INT(one.ended, 1);
        one.yieldable.begin = begin_throws;
        CHECK_INT(lull_select(cases, 3), 1);
        CHECK_STATUS(cases[1].status, -45);
        CHECK_TEXT(lull_last_error()->message, "from begin");
        CHECK_INT(one.ended, 2);
        one.yieldable.begin = begin_fails;
        CHECK_INT(lull_select(cases, 3), 1);
        CHECK_STATUS(cases[1].status, -46);
        CHECK_STATUS(lull_last_error()->code, -46);
        CHECK_STATUS(lull_resume(one.waiter, 1), LULL_ESRCH);
        one.yieldable.begin = begin_resumes_and_fails;
        for (one.begun = 0; one.begun < 2; one.begun++) {
            CHECK_INT(lull_select(cases, 3), 1);
            CHECK_STATUS(cases[1].status, -46);
            CHECK_INT(cases[1].value, 0);
        }
        CHECK_INT(one.ended, 2); /* no end for a begin that failed */
        CHECK_INT(lull_try_select(cases, 3), 1);
        CHECK_STATUS(cases[1].status, -46);
        CHECK_STATUS(test_try_send_int(channel, 1), LULL_EBUSY);
        CHECK_TIME(0);
        test_release(channel);
    }
}

static int begin_throws_at_the_task(lull_yieldable *self, lull_task waiter)
{
    begin_gate(self, waiter);
    CHECK_STATUS(lull_throw(lull_current(), -45, "at the task"), LULL_OK);
    return 0;
}

static int begin_resumes_the_task(lull_yieldable *self, lull_task waiter)
{
    begin_gate(self, waiter);
    CHECK_STATUS(lull_resume(lull_current(), 9), LULL_OK);
    return 0;
}

static int begin_cancels_the_task(lull_yieldable *self, lull_task waiter)
{
    begin_gate(self, waiter);
    return lull_cancel(lull_current());
}

TASK_TEST(a_begin_may_end_the_whole_wait)
{
    for (uint32_t seed = 1; seed < 9; seed++) {
        lull_seed(seed);
        int out = 5;
        lull_chan silent = test_new_channel(sizeof(int), 0);
        gate one = new_gate();
        one.yieldable.begin = begin_throws_at_the_task;
        lull_case cases[] = {{.send = silent, .element = &out}, {.yieldable = &one.yieldable}, {.receive = silent}};
        CHECK_STATUS(lull_select(cases, 3), -45);
        CHECK_TEXT(lull_last_error()->message, "at the task");
        CHECK_STATUS(test_try_receive_int(silent), LULL_EBUSY);
        one.yieldable.begin = begin_resumes_the_task; /* says nothing */
        cases[2] = (lull_case){.after = 1};
        CHECK_INT(lull_select(cases, 3), 2);
        CHECK_INT(one.begun, 2);
        CHECK_INT(one.ended, 2);
        gate other = new_gate();
        other.yieldable.begin = begin_cancels_the_task;
        choice all = CASES({.yieldable = &other.yieldable}, {.receive = silent});
        start(&all, "c");
        CHECK_STATUS(all.index, LULL_ECANCELED);
        CHECK_INT(other.ended, 1);
        test_release(silent);
    }
}

/* What a begin finds others waiting for is gone when it returns. */
static int begin_frees(lull_yieldable *self, lull_task waiter)
{
    gate *one = (gate *)(void *)self;
    begin_gate(self, waiter);
    if (one->channel) lull_chan_release(one->channel);
    if (one->future) lull_future_free(one->future);
    if (one->task) lull_kill(one->task);
    return 0;
}

TASK_TEST(a_begin_may_free_what_other_cases_are_of)
{
    for (uint32_t seed = 1; seed < 30; seed++) {
        lull_seed(seed);
        char bytes[100] = {0};
        gate one = new_gate();
        one.yieldable.begin = begin_frees;
        one.channel = test_new_channel(100, 0);
        one.future = lull_future_new();
        one.task = lull_spawn(test_waits, NULL, .name = "waits");
        lull_pause(0);
        lull_case cases[] = {{.yieldable = &one.yieldable},
                             {.send = one.channel, .element = bytes},
                             {.receive = one.channel, .element = bytes},
                             {.await = one.future},
                             {.join = one.task}};
        int index = lull_select(cases, 5);
        CHECK(index > 0);
        int status = cases[index].status;
        CHECK(status == LULL_ECLOSED || status == LULL_EKILLED || status == LULL_ESRCH);
        CHECK_INT(one.ended, one.begun);
    }
}

static lull_case nested_case;
static int nested_status;

static int begin_selects(lull_yieldable *self, lull_task waiter)
{
    lull_awaited item = {.handle = resolved(1)};
    CHECK_STATUS(lull_select(&nested_case, 1), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_await_all(&item, 1, 0), LULL_ENOSUSPEND);
    nested_status = lull_try_select(&nested_case, 1);
    return begin_at_once(self, waiter);
}

static void end_selects(lull_yieldable *self, lull_task waiter)
{
    CHECK_STATUS(lull_try_select(&nested_case, 1), LULL_ENOSUSPEND);
    end_gate(self, waiter);
}

TASK_TEST(a_begin_of_one_of_several_may_not_select)
{
    gate one = new_gate();
    one.yieldable = (lull_yieldable){begin_selects, end_selects, NULL};
    nested_case = (lull_case){.await = resolved(3)};
    lull_case cases[] = {{.yieldable = &one.yieldable}, {.after = 1}};
    CHECK_INT(lull_select(cases, 2), 0);
    CHECK_STATUS(nested_status, LULL_ENOSUSPEND);
    CHECK_INT(one.ended, 1);
}

static lull_value kills_itself_in_begin(void *pointer)
{
    choice *one = (choice *)pointer;
    return lull_select(one->cases, one->count);
}

static int begin_kills(lull_yieldable *self, lull_task waiter)
{
    begin_gate(self, waiter);
    lull_kill(lull_current());
    return 0;
}

static int begin_returns(lull_yieldable *self, lull_task waiter)
{
    begin_gate(self, waiter);
    lull_return(3);
}

TASK_TEST(a_begin_may_end_its_task)
{
    for (uint32_t seed = 1; seed < 9; seed++) {
        lull_seed(seed);
        lull_chan channel = test_new_channel(100, 0);
        char bytes[100] = {0};
        gate one = new_gate();
        gate other = new_gate();
        choice all = CASES({.send = channel, .element = bytes}, {.yieldable = &one.yieldable},
                           {.yieldable = &other.yieldable}, {.after = 1});
        all.count = 4;
        one.yieldable.begin = begin_kills;
        CHECK_STATUS(lull_join(lull_spawn(kills_itself_in_begin, &all), NULL), LULL_EKILLED);
        one.yieldable.begin = begin_returns;
        lull_value value = 0;
        CHECK_STATUS(lull_join(lull_spawn(kills_itself_in_begin, &all), &value), LULL_OK);
        CHECK_INT(value, 3);
        CHECK_INT(one.ended, 0);
        CHECK_INT(other.ended, other.begun);
        CHECK_STATUS(lull_resume(one.waiter, 1), LULL_ESRCH);
        CHECK_STATUS(lull_try_receive(channel, bytes), LULL_EBUSY);
        test_release(channel);
    }
}

static void end_kills(lull_yieldable *self, lull_task waiter)
{
    end_gate(self, waiter);
    CHECK_STATUS(lull_kill(((gate *)(void *)self)->task), LULL_OK);
}

static void end_cancels(lull_yieldable *self, lull_task waiter)
{
    end_gate(self, waiter);
    CHECK_STATUS(lull_cancel(((gate *)(void *)self)->task), LULL_OK);
}

TASK_TEST(the_end_of_the_one_that_happened_may_kill_the_task)
{
    lull_chan channel = test_new_channel(sizeof(int), 0);
    gate one = new_gate();
    gate other = new_gate();
    one.yieldable.end = end_kills;
    choice all = CASES({.yieldable = &other.yieldable}, {.yieldable = &one.yieldable}, {.receive = channel});
    start(&all, "s");
    one.task = all.task;
    CHECK_STATUS(lull_resume(one.waiter, 1), LULL_OK);
    CHECK_STATUS(test_try_send_int(channel, 1), LULL_EBUSY);
    lull_pause(0);
    CHECK_LOG("");
    CHECK_INT(one.ended, 1);
    CHECK_INT(other.ended, 1);
    test_release(channel);
}

TASK_TEST(the_end_of_one_that_did_not_happen_may_end_the_task)
{
    for (int kill = 0; kill < 2; kill++) {
        lull_chan channel = test_new_channel(sizeof(int), 0);
        gate one = new_gate();
        gate other = new_gate();
        one.yieldable.end = kill ? end_kills : end_cancels;
        choice all = CASES({.yieldable = &one.yieldable}, {.yieldable = &other.yieldable}, {.receive = channel});
        start(&all, "s");
        one.task = all.task;
        CHECK_STATUS(test_try_send_int(channel, 1), LULL_OK);
        lull_pause(0);
        CHECK_INT(all.index, 2); /* it is on the processor's stack by then */
        CHECK_INT(one.ended, 1);
        CHECK_INT(other.ended, 1);
        test_release(channel);
    }
}

static void end_acts(lull_yieldable *self, lull_task waiter)
{
    gate *one = (gate *)(void *)self;
    end_gate(self, waiter);
    if (one->channel) {
        CHECK_STATUS(test_try_send_int(one->channel, 9), LULL_EBUSY);
        test_release(one->channel);
        one->channel = 0;
    }
    if (one->future) CHECK_STATUS(lull_future_free(one->future), LULL_OK);
}

TASK_TEST(ends_find_the_other_cases_withdrawn_whatever_ended_the_wait)
{
    for (int how = 0; how < 4; how++) {
        for (uint32_t seed = 1; seed < 7; seed++) {
            lull_seed(seed);
            gate one = new_gate();
            gate other = new_gate();
            one.channel = test_new_channel(sizeof(int), 0);
            other.channel = test_new_channel(sizeof(int), 0);
            one.yieldable.end = other.yieldable.end = end_acts;
            int value = 0;
            choice all = CASES({.yieldable = &one.yieldable}, {.receive = one.channel, .element = &value},
                               {.receive = other.channel, .element = &value}, {.yieldable = &other.yieldable});
            start(&all, "s");
            if (how == 0) CHECK_STATUS(lull_resume(one.waiter, 1), LULL_OK);
            if (how == 1) CHECK_STATUS(lull_cancel(all.task), LULL_OK);
            if (how == 2) CHECK_STATUS(lull_throw(all.task, -45, "x"), LULL_OK);
            if (how == 3) CHECK_STATUS(lull_kill(all.task), LULL_OK);
            lull_pause(0);
            CHECK_INT(one.ended + other.ended, 2);
            CHECK_INT(value, 0);
        }
    }
}

TASK_TEST(an_end_may_free_what_has_happened_while_others_wait_for_it)
{
    lull_future future = lull_future_new();
    gate one = new_gate();
    one.yieldable.end = end_acts;
    one.future = future;
    choice all = CASES({.yieldable = &one.yieldable}, {.await = future});
    start(&all, "s");
    lull_spawn(test_awaits, &future, .name = "a");
    lull_pause(0);
    CHECK_STATUS(lull_future_resolve(future, 7), LULL_OK);
    lull_pause(0);
    CHECK_LOG("s=1:OK a=7");
}

/* A channel's end of a wait is over while another one's begins: what the user's ends do comes after both. */
TASK_TEST(ends_do_not_run_between_the_two_sides_of_a_channel)
{
    for (size_t capacity = 0; capacity < 2; capacity++) {
        gate one = new_gate();
        one.yieldable.end = end_acts;
        one.channel = test_new_channel(sizeof(int), capacity);
        int out = 5;
        int in = 0;
        if (capacity) CHECK_STATUS(test_try_send_int(one.channel, 4), LULL_OK);
        choice sending = CASES({.yieldable = &one.yieldable}, {.send = one.channel, .element = &out});
        start(&sending, "s");
        CHECK_STATUS(lull_receive(one.channel, &in), LULL_OK);
        CHECK_INT(in, capacity ? 4 : 5);
        CHECK_INT(lull_chan_length(one.channel), (int)capacity);
        lull_pause(0);
        CHECK_INT(sending.index, 1);
    }
}

/* ---- Out of memory ------------------------------------------------------------------------------------------- */

/* Use up the handles that are there. */
static void fill_handles(void)
{
    static lull__waiter waiter;
    lull__allocations_left = 0;
    while (lull__handle_new(LULL__WAITER_KIND, &waiter) > 0) continue;
    lull__allocations_left = -1;
}

static void check_out_of_memory(int (*select)(lull_case *, size_t), int expected)
{
    everything all;
    memset(&all, 0, sizeof all);
    all.gate = new_gate();
    all.sending = test_new_channel(100, 0);
    all.receiving = test_new_channel(100, 0);
    lull_future future = lull_future_new();
    lull_case cases[] = {{.yieldable = &all.gate.yieldable},
                         {.send = all.sending, .element = all.element},
                         {.receive = all.receiving, .element = all.element},
                         {.await = future},
                         {.after = 1}};
    fill_handles();
    int status = 0;
    long allowed = 0;
    for (; allowed < 20; allowed++) {
        lull_seed(5);
        lull__allocations_left = allowed;
        status = select(cases, 5);
        lull__allocations_left = -1;
        if (status != LULL_ENOMEM) break;
        CHECK_INT(all.gate.ended, all.gate.begun);
        CHECK_STATUS(lull_try_send(all.receiving, all.element), LULL_EBUSY);
        CHECK_STATUS(lull_try_receive(all.sending, NULL), LULL_EBUSY);
    }
    CHECK_STATUS(status, expected);
    CHECK(allowed > 2); /* the wait, the element, the handles */
    test_release(all.sending);
    test_release(all.receiving);
}

TASK_TEST(a_select_that_finds_no_memory_is_refused)
{
    check_out_of_memory(lull_select, 4);
    CHECK_TIME(1);
}

TASK_TEST(trying_without_memory_is_refused)
{
    check_out_of_memory(lull_try_select, LULL_EBUSY);
}

#define SPARE_TIMERS 64

static lull__timer spare_timers[SPARE_TIMERS];

TASK_TEST(a_time_that_finds_no_memory_is_no_case_that_happens)
{
    memset(spare_timers, 0, sizeof spare_timers);
    CHECK_STATUS(lull__timer_arm(&spare_timers[0], LULL_FOREVER), LULL_OK);
    lull__allocations_left = 0;
    for (int i = 1; i < SPARE_TIMERS && lull__timer_arm(&spare_timers[i], LULL_FOREVER) == 0; i++) continue;
    lull__allocations_left = 1; /* the wait */
    lull_case cases[] = {{.after = 1}, {.after = 2}};
    CHECK_STATUS(lull_select(cases, 2), LULL_ENOMEM);
    lull__allocations_left = -1;
    for (int i = 0; i < SPARE_TIMERS; i++) lull__timer_disarm(&spare_timers[i]);
}

TASK_TEST(what_wakes_a_select_takes_no_memory)
{
    int value = 0;
    lull_chan channel = test_new_channel(sizeof(int), 0);
    choice one = CASES({.receive = channel, .element = &value}, {.after = 1});
    start(&one, "s");
    lull__allocations_left = 0;
    CHECK_STATUS(test_try_send_int(channel, 5), LULL_OK);
    lull_pause(0);
    lull__allocations_left = -1;
    CHECK_INT(value, 5);
    test_release(channel);
}

/* ---- Many ---------------------------------------------------------------------------------------------------- */

#define CHANNELS 3
#define WORKERS 8
#define ELEMENTS 20000
#define PERMITS 2
#ifndef SEEDS
#define SEEDS 120
#endif

typedef struct element {
    int64_t number;
    char rest[24];
} element;

/* A semaphore of the user's. */
typedef struct semaphore {
    lull_yieldable yieldable;
    lull_task waiters[WORKERS * MOST];
    int waiting;
    int permits;
} semaphore;

static struct {
    lull_chan channels[CHANNELS];
    size_t size;
    lull_future future;
    lull_task workers[WORKERS];
    semaphore semaphore;
    int64_t elements;
    int64_t sent;
    int64_t received;
    int held; /* permits */
    bool seen[ELEMENTS];
    bool killing;
} many;

static int begin_semaphore(lull_yieldable *self, lull_task waiter)
{
    semaphore *one = (semaphore *)(void *)self;
    if (one->permits == 0) {
        one->waiters[one->waiting++] = waiter;
        return 0;
    }
    one->permits--;
    return lull_resume(waiter, 1);
}

static void end_semaphore(lull_yieldable *self, lull_task waiter)
{
    semaphore *one = (semaphore *)(void *)self;
    int kept = 0;
    for (int i = 0; i < one->waiting; i++) {
        if (one->waiters[i] != waiter) one->waiters[kept++] = one->waiters[i];
    }
    one->waiting = kept;
}

static void give_permit(void)
{
    semaphore *one = &many.semaphore;
    for (int i = 0; i < one->waiting; i++) {
        if (lull_resume(one->waiters[i], 1) == 0) return;
    }
    one->permits++;
}

static void note_received(const element *one)
{
    CHECK(one->number >= 0 && one->number < many.elements && !many.seen[one->number]);
    many.seen[one->number] = true;
    many.received++;
    for (size_t i = 0; i < many.size - 8; i++) CHECK_INT(one->rest[i], (char)one->number);
}

static element new_element(void)
{
    element one = {.number = many.elements++};
    memset(one.rest, (int)one.number, sizeof one.rest);
    return one;
}

static lull_chan any_channel(void)
{
    return many.channels[test_random_below(CHANNELS)];
}

/* Select from so many random cases once. Returns what that came to. */
static int select_at_random(size_t count)
{
    lull_case cases[MOST];
    element elements[MOST];
    for (size_t i = 0; i < count; i++) {
        cases[i] = (lull_case){.element = &elements[i]};
        switch (test_random_below(8)) {
        case 0:
        case 1:
        case 2:
            cases[i].receive = any_channel();
            break;
        case 3:
            cases[i].await = many.future;
            break;
        case 4:
            cases[i].yieldable = &many.semaphore.yieldable;
            break;
        case 5:
            cases[i].after = test_random_below(3) + 0.5;
            break;
        default:
            elements[i] = new_element();
            cases[i].send = any_channel();
        }
    }
    int index = test_random_below(4) ? lull_select(cases, count) : lull_try_select(cases, count);
    if (index < 0 || cases[index].status < 0) return index;
    if (cases[index].receive) note_received(&elements[index]);
    if (cases[index].send) many.sent++;
    if (cases[index].yieldable) {
        many.held++;
        int status = test_random_below(2) ? lull_pause(test_random_below(2)) : 0;
        many.held--;
        give_permit();
        if (status < 0) return status;
    }
    return index;
}

static int send_or_receive(void)
{
    element one;
    int status;
    if (test_random_below(2)) {
        one = new_element();
        status = lull_send(any_channel(), &one);
        if (status == 0) many.sent++;
    } else {
        status = lull_receive(any_channel(), &one);
        if (status == 0) note_received(&one);
    }
    return status;
}

static lull_value works(void *unused)
{
    (void)unused;
    while (many.elements < ELEMENTS - MOST) {
        lull_scope scope;
        bool limited = test_random_below(3) == 0;
        if (limited) lull_check(lull_scope_enter(&scope, test_random_below(3)));
        int status = test_random_below(4) ? select_at_random(1 + test_random_below(MOST)) : send_or_receive();
        if (limited) status = lull_scope_exit(&scope, status);
        CHECK(status >= 0 || status == LULL_EBUSY || status == LULL_ECANCELED || status == LULL_ETIMEDOUT ||
              status == LULL_EFAILED || status == LULL_ECLOSED ||
              status == LULL_ESRCH); /* it waited again, at a channel that was gone */
        if (status == LULL_ECANCELED) break;
        if (lull_pause(test_random_below(3) ? 0 : 0.25) == LULL_ECANCELED) break;
    }
    return 0;
}

static void disturb(void)
{
    lull_task task = many.workers[test_random_below(WORKERS)];
    uint32_t how = test_random_below(8);
    int status = 0;
    switch (how) {
    case 0:
    case 1:
    case 2:
    case 3:
        status = test_disturb(task, how);
        break;
    case 4:
        if (many.killing) status = test_disturb(task, how);
        break;
    case 5:
        status = lull_future_resolve(many.future, 1);
        break;
    case 6:
        status = lull_future_free(many.future);
        many.future = lull_future_new();
        break;
    default: {
        element one = {0};
        status = lull_try_receive(any_channel(), &one);
        if (status == 0) note_received(&one);
    }
    }
    CHECK(status == 0 || status == LULL_ESRCH || status == LULL_EBUSY || status == LULL_ECLOSED);
}

static void drain(lull_chan channel)
{
    element one = {0};
    while (lull_try_receive(channel, &one) == 0) note_received(&one);
}

/* Another channel in the place of one. */
static void replace(int place)
{
    if (many.channels[place]) {
        CHECK_STATUS(lull_chan_close(many.channels[place]), LULL_OK);
        drain(many.channels[place]);
        test_release(many.channels[place]);
    }
    many.channels[place] = test_new_channel(many.size, test_random_below(3));
}

static void work(uint32_t seed)
{
    static const size_t sizes[] = {8, 9, 32};
    memset(&many, 0, sizeof many);
    test_seed(seed * 2654435761U);
    many.size = sizes[test_random_below(3)];
    many.killing = seed % 2;
    many.semaphore.yieldable = (lull_yieldable){begin_semaphore, end_semaphore, "semaphore"};
    many.semaphore.permits = PERMITS;
    many.future = lull_future_new();
    lull_seed(seed);
    for (int i = 0; i < CHANNELS; i++) replace(i);
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < WORKERS; i++) {
            if (!lull__task_get(many.workers[i])) many.workers[i] = lull_spawn(works, NULL);
        }
        lull_native_advance(0.4);
        while (test_random_below(4)) disturb();
        if (test_random_below(8) == 0) replace((int)test_random_below(CHANNELS));
    }
    for (int i = 0; i < WORKERS; i++) lull_cancel(many.workers[i]);
    lull_native_run();
    CHECK_INT((int64_t)lull__rt.live, 0);
    for (int i = 0; i < CHANNELS; i++) drain(many.channels[i]);
    CHECK(many.received > 50);
    CHECK_INT(many.semaphore.waiting, 0);
    if (!many.killing) {
        CHECK_INT(many.received, many.sent);
        CHECK_INT(many.held, 0);
        CHECK_INT(many.semaphore.permits, PERMITS);
    }
    for (int i = 0; i < CHANNELS; i++) test_release(many.channels[i]);
    CHECK(lull__timers_next() == LULL_FOREVER);
}

TEST(whatever_befalls_those_who_select_every_element_sent_is_received_once)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        work(seed);
        test_close();
        lull_native_reset();
    }
}
