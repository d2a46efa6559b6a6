/* Channels. */
#include "test.h"

/* One side of a channel: what a task sends, or how much it receives. */
typedef struct party {
    lull_chan channel;
    int value; /* the first that it sends */
    int count;
} party;

/* Log "name=value" or "name:status" for a wait of the current task. */
static void log_wait(int status, int value)
{
    if (status < 0) {
        test_log("%s:%s", lull_name(lull_current()), test_short_name(status));
    } else {
        test_log("%s=%d", lull_name(lull_current()), value);
    }
}

/* Send ints, and log "name:status" for each. */
static lull_value sends(void *pointer)
{
    const party *side = (const party *)pointer;
    for (int i = 0; i < side->count; i++) {
        int value = side->value + i;
        test_log("%s:%s", lull_name(lull_current()), test_short_name(lull_send(side->channel, &value)));
    }
    return 0;
}

/* Receive ints, and log "name=value" or "name:status" for each. */
static lull_value receives(void *pointer)
{
    const party *side = (const party *)pointer;
    for (int i = 0; i < side->count; i++) {
        int value = -1;
        int status = lull_receive(side->channel, &value);
        log_wait(status, value);
        if (status < 0) CHECK_INT(value, -1);
    }
    return 0;
}

static void settle_down(void)
{
    for (int i = 0; i < 3; i++) lull_pause(0);
}

/* ---- From sender to receiver --------------------------------------------------------------------------------- */

TASK_TEST(a_sender_waits_for_a_receiver)
{
    party side = {test_new_channel(sizeof(int), 0), 5, 1};
    lull_spawn(sends, &side, .name = "s");
    lull_pause(1);
    CHECK_LOG("");
    int value = 0;
    CHECK_STATUS(lull_receive(side.channel, &value), LULL_OK);
    CHECK_INT(value, 5);
    lull_pause(0);
    CHECK_LOG("s:OK");
    test_release(side.channel);
}

TASK_TEST(a_receiver_waits_for_a_sender)
{
    party side = {test_new_channel(sizeof(int), 0), 5, 1};
    lull_spawn(receives, &side, .name = "r");
    lull_pause(1);
    CHECK_LOG("");
    int value = 5;
    CHECK_STATUS(lull_send(side.channel, &value), LULL_OK);
    value = 6; /* it has been copied */
    lull_pause(0);
    CHECK_LOG("r=5");
    test_release(side.channel);
}

TASK_TEST(who_finds_the_other_side_waiting_does_not_wait)
{
    party side = {test_new_channel(sizeof(int), 0), 5, 1};
    lull_spawn(receives, &side, .name = "r");
    lull_pause(0);
    lull_spawn(test_says_name, NULL, .name = "other");
    int value = 5;
    CHECK_STATUS(lull_send(side.channel, &value), LULL_OK);
    CHECK_LOG("");
    lull_pause(0);
    lull_spawn(sends, &side, .name = "s");
    lull_pause(0);
    lull_spawn(test_says_name, NULL, .name = "another");
    CHECK_STATUS(lull_receive(side.channel, &value), LULL_OK);
    CHECK_LOG("other r=5");
    lull_pause(0);
    CHECK_LOG("other r=5 another s:OK");
    test_release(side.channel);
}

TASK_TEST(a_channel_takes_up_to_its_capacity)
{
    party side = {test_new_channel(sizeof(int), 3), 1, 5};
    CHECK_INT(lull_chan_capacity(side.channel), 3);
    CHECK_INT(lull_chan_length(side.channel), 0);
    lull_spawn(sends, &side, .name = "s");
    settle_down();
    CHECK_LOG("s:OK s:OK s:OK");
    CHECK_INT(lull_chan_length(side.channel), 3);
    for (int i = 1; i <= 5; i++) {
        int value = 0;
        CHECK_STATUS(lull_receive(side.channel, &value), LULL_OK);
        CHECK_INT(value, i);
        lull_pause(0);
    }
    CHECK_INT(lull_chan_length(side.channel), 0);
    CHECK_LOG("s:OK s:OK s:OK s:OK s:OK");
    test_release(side.channel);
}

TASK_TEST(elements_come_out_in_the_order_in_which_they_went_in_however_often_the_buffer_turns)
{
    for (size_t capacity = 1; capacity <= 4; capacity++) {
        lull_chan channel = test_new_channel(sizeof(int), capacity);
        int in = 0;
        int out = 0;
        for (int round = 0; round < 50; round++) {
            for (int i = round % 3; i >= 0; i--) in += test_try_send_int(channel, in) == 0;
            for (int i = round % 2; i >= 0; i--) {
                int value = test_try_receive_int(channel);
                if (value >= 0) CHECK_INT(value, out++);
            }
            CHECK_INT(lull_chan_length(channel), in - out);
        }
        CHECK(out > 40);
        test_release(channel);
    }
}

TASK_TEST(receivers_are_served_in_the_order_in_which_they_came)
{
    party side = {test_new_channel(sizeof(int), 0), 0, 1};
    lull_spawn(receives, &side, .name = "a");
    lull_spawn(receives, &side, .name = "b");
    lull_spawn(receives, &side, .name = "c");
    lull_pause(0);
    for (int i = 1; i <= 3; i++) CHECK_STATUS(lull_send(side.channel, &i), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a=1 b=2 c=3");
    test_release(side.channel);
}

TASK_TEST(senders_are_served_in_the_order_in_which_they_came)
{
    for (size_t capacity = 0; capacity < 3; capacity++) {
        party sides[5];
        lull_chan channel = test_new_channel(sizeof(int), capacity);
        for (int i = 0; i < 5; i++) {
            sides[i] = (party){channel, i, 1};
            lull_spawn(sends, &sides[i]);
        }
        lull_pause(0);
        for (int i = 0; i < 5; i++) {
            int value = -1;
            CHECK_STATUS(lull_receive(channel, &value), LULL_OK);
            CHECK_INT(value, i);
        }
        lull_pause(0);
        test_release(channel);
    }
}

TASK_TEST(a_sender_that_waited_goes_before_one_that_comes_when_there_is_room)
{
    party side = {test_new_channel(sizeof(int), 1), 1, 2};
    lull_spawn(sends, &side, .name = "s"); /* 1 is in the channel, 2 waits */
    lull_pause(0);
    CHECK_INT(test_try_receive_int(side.channel), 1);
    CHECK_STATUS(test_try_send_int(side.channel, 3), LULL_EBUSY); /* 2 has taken the place */
    CHECK_INT(test_try_receive_int(side.channel), 2);
    lull_pause(0);
    test_release(side.channel);
}

/* ---- Elements ------------------------------------------------------------------------------------------------ */

static lull_value sends_bytes(void *pointer)
{
    const party *side = (const party *)pointer;
    unsigned char bytes[100];
    for (int i = 0; i < side->count; i++) {
        for (int b = 0; b < side->value; b++) bytes[b] = (unsigned char)(i * 7 + b);
        CHECK_STATUS(lull_send(side->channel, bytes), LULL_OK);
        memset(bytes, 0xEE, sizeof bytes);
    }
    return 0;
}

TASK_TEST(elements_of_any_size_are_copied_byte_by_byte)
{
    static const int sizes[] = {1, 4, 7, 8, 9, 16, 100};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t capacity = 0; capacity < 3; capacity++) {
            party side = {test_new_channel((size_t)sizes[i], capacity), sizes[i], 5};
            lull_spawn(sends_bytes, &side);
            for (int n = 0; n < side.count; n++) {
                if (n % 2) lull_pause(0); /* either side comes first */
                unsigned char bytes[101];
                memset(bytes, 0xAA, sizeof bytes);
                CHECK_STATUS(lull_receive(side.channel, bytes), LULL_OK);
                for (int b = 0; b < sizes[i]; b++) CHECK_INT(bytes[b], (unsigned char)(n * 7 + b));
                CHECK_INT(bytes[sizes[i]], 0xAA);
            }
            lull_pause(0);
            test_release(side.channel);
        }
    }
}

TASK_TEST(an_element_can_be_dropped)
{
    static const int sizes[] = {4, 100};
    for (int i = 0; i < 2; i++) {
        for (size_t capacity = 0; capacity < 2; capacity++) {
            party side = {test_new_channel((size_t)sizes[i], capacity), sizes[i], 3};
            lull_spawn(sends_bytes, &side);
            CHECK_STATUS(lull_receive(side.channel, NULL), LULL_OK);
            lull_pause(0);
            CHECK_STATUS(lull_try_receive(side.channel, NULL), LULL_OK);
            CHECK_STATUS(lull_receive(side.channel, NULL), LULL_OK);
            lull_pause(0);
            CHECK_STATUS(lull_try_receive(side.channel, NULL), LULL_EBUSY);
            test_release(side.channel);
        }
    }
}

TASK_TEST(a_channel_of_nothing_or_of_too_much_is_refused)
{
    CHECK_STATUS(lull_chan_new(0, 5), LULL_EINVAL);
    CHECK_STATUS(lull_chan_new(4, SIZE_MAX), LULL_ENOMEM);
    CHECK_STATUS(lull_chan_new(4, SIZE_MAX / 8), LULL_ENOMEM);
}

/* ---- Close --------------------------------------------------------------------------------------------------- */

TASK_TEST(what_is_in_a_closed_channel_is_received_first)
{
    party side = {test_new_channel(sizeof(int), 3), 0, 3};
    CHECK_STATUS(test_try_send_int(side.channel, 1), LULL_OK);
    CHECK_STATUS(test_try_send_int(side.channel, 2), LULL_OK);
    CHECK_STATUS(lull_chan_close(side.channel), LULL_OK);
    CHECK_INT(lull_chan_length(side.channel), 2);
    lull_spawn(receives, &side, .name = "r");
    lull_pause(0);
    CHECK_LOG("r=1 r=2 r:ECLOSED");
    CHECK_STATUS(lull_last_error()->code, LULL_OK);
    test_release(side.channel);
}

TASK_TEST(a_closed_channel_takes_nothing)
{
    for (size_t capacity = 0; capacity < 2; capacity++) {
        int value[25] = {0};
        lull_chan channel = test_new_channel(sizeof value, capacity);
        CHECK_STATUS(lull_chan_close(channel), LULL_OK);
        CHECK_STATUS(lull_chan_close(channel), LULL_OK); /* again */
        CHECK_STATUS(lull_send(channel, value), LULL_ECLOSED);
        CHECK_STATUS(lull_last_error()->code, LULL_ECLOSED);
        CHECK_STATUS(lull_try_send(channel, value), LULL_ECLOSED);
        CHECK_STATUS(lull_receive(channel, value), LULL_ECLOSED);
        CHECK_STATUS(lull_try_receive(channel, value), LULL_ECLOSED);
        test_release(channel);
    }
}

TASK_TEST(who_waits_learns_that_a_channel_is_closed)
{
    party side = {test_new_channel(sizeof(int), 0), 0, 1};
    lull_spawn(receives, &side, .name = "a");
    lull_spawn(receives, &side, .name = "b");
    lull_pause(0);
    CHECK_STATUS(lull_chan_close(side.channel), LULL_OK);
    CHECK_LOG("");
    lull_pause(0);
    CHECK_LOG("a:ECLOSED b:ECLOSED");
    test_release(side.channel);
}

TASK_TEST(waiting_senders_of_a_closed_channel_have_not_sent)
{
    party side = {test_new_channel(sizeof(int), 1), 1, 2};
    lull_spawn(sends, &side, .name = "a");
    lull_spawn(sends, &side, .name = "b");
    lull_pause(0);
    CHECK_STATUS(lull_chan_close(side.channel), LULL_OK);
    lull_pause(0);
    CHECK_LOG("a:OK a:ECLOSED b:ECLOSED b:ECLOSED");
    CHECK_INT(test_try_receive_int(side.channel), 1);
    CHECK_STATUS(test_try_receive_int(side.channel), LULL_ECLOSED);
    test_release(side.channel);
}

TASK_TEST(a_task_that_was_handed_an_element_receives_it_though_the_channel_is_closed)
{
    party side = {test_new_channel(sizeof(int), 0), 0, 2};
    lull_spawn(receives, &side, .name = "r");
    lull_pause(0);
    CHECK_STATUS(test_try_send_int(side.channel, 5), LULL_OK);
    test_release(side.channel);
    lull_pause(0);
    CHECK_LOG("r=5 r:ESRCH");
}

/* ---- References ---------------------------------------------------------------------------------------------- */

TASK_TEST(the_last_reference_frees_a_channel_and_what_is_in_it)
{
    size_t before = lull__live_allocations;
    lull_chan channel = test_new_channel(100, 4);
    for (int i = 0; i < 3; i++) CHECK_STATUS(lull_try_send(channel, (char[100]){0}), LULL_OK);
    CHECK_STATUS(lull_chan_retain(channel), LULL_OK);
    test_release(channel);
    CHECK_INT(lull_chan_length(channel), 3);
    test_release(channel);
    CHECK_INT((int64_t)lull__live_allocations, (int64_t)before);
}

TASK_TEST(who_waits_at_a_channel_that_is_freed_is_told)
{
    party side = {test_new_channel(sizeof(int), 0), 1, 1};
    lull_spawn(receives, &side, .name = "r");
    party other = {test_new_channel(sizeof(int), 0), 1, 1};
    lull_spawn(sends, &other, .name = "s");
    lull_pause(0);
    test_release(side.channel);
    test_release(other.channel);
    lull_pause(0);
    CHECK_LOG("r:ECLOSED s:ECLOSED");
}

TASK_TEST(stale_handles_are_no_channels)
{
    lull_chan freed = test_new_channel(sizeof(int), 1);
    test_release(freed);
    lull_chan reused = test_new_channel(sizeof(int), 1);
    lull_chan stale[] = {freed, 0, -1, -5, 12345, (lull_chan)lull_current()};
    for (size_t i = 0; i < sizeof stale / sizeof *stale; i++) {
        int value = 7;
        CHECK_STATUS(lull_send(stale[i], &value), LULL_ESRCH);
        CHECK_STATUS(lull_receive(stale[i], &value), LULL_ESRCH);
        CHECK_STATUS(lull_try_send(stale[i], &value), LULL_ESRCH);
        CHECK_STATUS(lull_try_receive(stale[i], &value), LULL_ESRCH);
        CHECK_STATUS(lull_chan_close(stale[i]), LULL_ESRCH);
        CHECK_STATUS(lull_chan_retain(stale[i]), LULL_ESRCH);
        CHECK_STATUS(lull_chan_release(stale[i]), LULL_ESRCH);
        CHECK_STATUS(lull_chan_length(stale[i]), LULL_ESRCH);
        CHECK_STATUS(lull_chan_capacity(stale[i]), LULL_ESRCH);
        CHECK_INT(value, 7);
    }
    CHECK_INT(lull_chan_length(reused), 0);
    test_release(reused);
}

TASK_TEST(a_channel_that_nobody_frees_is_freed_at_the_end)
{
    lull_chan channel = test_new_channel(100, 4);
    CHECK_STATUS(lull_try_send(channel, (char[100]){0}), LULL_OK);
    CHECK_STATUS(lull_chan_retain(channel), LULL_OK);
}

/* ---- Without waiting ----------------------------------------------------------------------------------------- */

TASK_TEST(trying_says_busy_where_it_would_have_to_wait)
{
    lull_chan channel = test_new_channel(sizeof(int), 0);
    CHECK_STATUS(test_try_send_int(channel, 1), LULL_EBUSY);
    CHECK_STATUS(test_try_receive_int(channel), LULL_EBUSY);
    CHECK_STATUS(lull_try_send(channel, &channel), LULL_EBUSY);
    test_release(channel);
    channel = test_new_channel(100, 1);
    CHECK_STATUS(lull_try_send(channel, (char[100]){0}), LULL_OK);
    CHECK_STATUS(lull_try_send(channel, (char[100]){0}), LULL_EBUSY); /* its copy is freed */
    test_release(channel);
}

TASK_TEST(trying_meets_who_waits)
{
    party side = {test_new_channel(sizeof(int), 0), 8, 1};
    lull_spawn(receives, &side, .name = "r");
    lull_pause(0);
    CHECK_STATUS(test_try_send_int(side.channel, 5), LULL_OK);
    CHECK_STATUS(test_try_send_int(side.channel, 6), LULL_EBUSY); /* it has got one */
    lull_pause(0);
    lull_spawn(sends, &side, .name = "s");
    lull_pause(0);
    CHECK_INT(test_try_receive_int(side.channel), 8);
    CHECK_STATUS(test_try_receive_int(side.channel), LULL_EBUSY);
    lull_pause(0);
    CHECK_LOG("r=5 s:OK");
    test_release(side.channel);
}

TEST(trying_is_for_anybody_waiting_for_tasks)
{
    lull_chan channel = test_new_channel(sizeof(int), 1);
    int value = 3;
    CHECK_STATUS(lull_send(channel, &value), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_receive(channel, &value), LULL_ENOSUSPEND);
    CHECK_STATUS(lull_try_send(channel, &value), LULL_OK);
    CHECK_STATUS(lull_try_send(channel, &value), LULL_EBUSY);
    CHECK_INT(test_try_receive_int(channel), 3);
    CHECK_STATUS(test_try_receive_int(channel), LULL_EBUSY);
    party side = {channel, 0, 1};
    lull_spawn(receives, &side, .name = "r");
    lull_native_run();
    CHECK_STATUS(test_try_send_int(channel, 4), LULL_OK);
    lull_native_run();
    CHECK_LOG("r=4");
    test_release(channel);
}

/* ---- What else ends a wait ----------------------------------------------------------------------------------- */

TASK_TEST(what_a_cancelled_sender_had_is_not_sent)
{
    for (size_t capacity = 0; capacity < 2; capacity++) {
        lull_chan channel = test_new_channel(sizeof(int), capacity);
        if (capacity) CHECK_STATUS(test_try_send_int(channel, 1), LULL_OK);
        party first = {channel, 2, 1};
        party second = {channel, 3, 1};
        party third = {channel, 4, 1};
        lull_spawn(sends, &first, .name = "a");
        lull_task task = lull_spawn(sends, &second, .name = "b");
        lull_spawn(sends, &third, .name = "c");
        lull_pause(0);
        CHECK_STATUS(lull_cancel(task), LULL_OK);
        if (capacity) CHECK_INT(test_try_receive_int(channel), 1);
        CHECK_INT(test_try_receive_int(channel), 2);
        CHECK_INT(test_try_receive_int(channel), 4);
        CHECK_STATUS(test_try_receive_int(channel), LULL_EBUSY);
        settle_down();
        test_release(channel);
    }
    CHECK_LOG("b:ECANCELED a:OK c:OK b:ECANCELED a:OK c:OK");
}

TASK_TEST(a_cancelled_receiver_gets_nothing)
{
    party side = {test_new_channel(sizeof(int), 0), 0, 1};
    lull_task task = lull_spawn(receives, &side, .name = "a");
    lull_spawn(receives, &side, .name = "b");
    lull_pause(0);
    CHECK_STATUS(lull_cancel(task), LULL_OK);
    CHECK_STATUS(test_try_send_int(side.channel, 5), LULL_OK);
    CHECK_STATUS(test_try_send_int(side.channel, 6), LULL_EBUSY);
    lull_pause(0);
    CHECK_LOG("a:ECANCELED b=5");
    test_release(side.channel);
}

TASK_TEST(a_task_that_is_cancelled_neither_sends_nor_receives)
{
    party side = {test_new_channel(sizeof(int), 2), 5, 1};
    CHECK_STATUS(test_try_send_int(side.channel, 1), LULL_OK);
    CHECK_STATUS(lull_cancel(lull_spawn(sends, &side, .name = "s")), LULL_OK);
    CHECK_STATUS(lull_cancel(lull_spawn(receives, &side, .name = "r")), LULL_OK);
    lull_pause(0);
    CHECK_LOG("s:ECANCELED r:ECANCELED");
    CHECK_INT(lull_chan_length(side.channel), 1);
    test_release(side.channel);
}

/* Receive twice, of 100 bytes, and log. */
static lull_value receives_bytes(void *pointer)
{
    const party *side = (const party *)pointer;
    for (int i = 0; i < side->count; i++) {
        char bytes[100] = {0};
        int status = lull_receive(side->channel, bytes);
        log_wait(status, bytes[99]);
    }
    return 0;
}

static lull_value tries(void *pointer)
{
    lull_chan channel = *(const lull_chan *)pointer;
    CHECK_STATUS(lull_pause(0), LULL_ECANCELED);
    CHECK_STATUS(test_try_send_int(channel, 5), LULL_OK);
    CHECK_STATUS(test_try_send_int(channel, 6), LULL_EBUSY);
    CHECK_INT(test_try_receive_int(channel), 5);
    test_log("tried");
    return 0;
}

TASK_TEST(a_task_that_is_cancelled_may_try)
{
    lull_chan channel = test_new_channel(sizeof(int), 1);
    CHECK_STATUS(lull_cancel(lull_spawn(tries, &channel)), LULL_OK);
    lull_pause(0);
    CHECK_LOG("tried");
    test_release(channel);
}

TASK_TEST(an_element_that_was_handed_over_is_received_by_a_task_that_is_cancelled_meanwhile)
{
    party side = {test_new_channel(100, 0), 0, 2};
    char bytes[100] = {[99] = 9};
    lull_task task = lull_spawn(receives_bytes, &side, .name = "r");
    lull_pause(0);
    CHECK_STATUS(lull_try_send(side.channel, bytes), LULL_OK);
    CHECK_STATUS(lull_cancel(task), LULL_OK);
    lull_pause(0);
    CHECK_LOG("r=9 r:ECANCELED");
    test_release(side.channel);
}

TASK_TEST(a_sender_whose_element_was_taken_has_sent_though_it_is_cancelled_meanwhile)
{
    party side = {test_new_channel(sizeof(int), 0), 5, 2};
    lull_task task = lull_spawn(sends, &side, .name = "s");
    lull_pause(0);
    CHECK_INT(test_try_receive_int(side.channel), 5);
    CHECK_STATUS(lull_cancel(task), LULL_OK);
    lull_pause(0);
    CHECK_LOG("s:OK s:ECANCELED");
    test_release(side.channel);
}

TASK_TEST(sending_and_receiving_can_time_out)
{
    char bytes[100] = {0};
    lull_chan channel = test_new_channel(sizeof bytes, 0);
    lull_scope scope;
    CHECK_STATUS(lull_scope_enter(&scope, 1), LULL_OK);
    CHECK_STATUS(lull_scope_exit(&scope, lull_send(channel, bytes)), LULL_ETIMEDOUT);
    CHECK_STATUS(lull_scope_enter(&scope, 1), LULL_OK);
    CHECK_STATUS(lull_scope_exit(&scope, lull_receive(channel, bytes)), LULL_ETIMEDOUT);
    CHECK_TIME(2);
    CHECK_STATUS(lull_try_receive(channel, bytes), LULL_EBUSY);
    CHECK_STATUS(lull_try_send(channel, bytes), LULL_EBUSY);
    test_release(channel);
}

TASK_TEST(what_a_killed_sender_had_is_not_sent)
{
    party side = {test_new_channel(100, 0), 100, 1};
    party other = {side.channel, 100, 1};
    lull_task task = lull_spawn(sends_bytes, &side);
    lull_spawn(sends_bytes, &other);
    lull_pause(0);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    CHECK_STATUS(lull_try_receive(side.channel, NULL), LULL_OK);
    CHECK_STATUS(lull_try_receive(side.channel, NULL), LULL_EBUSY);
    lull_pause(0);
    test_release(side.channel);
}

TASK_TEST(a_killed_receiver_gets_nothing)
{
    party side = {test_new_channel(sizeof(int), 0), 0, 1};
    lull_task task = lull_spawn(receives, &side, .name = "r");
    lull_pause(0);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    CHECK_STATUS(test_try_send_int(side.channel, 5), LULL_EBUSY);
    test_release(side.channel);
    CHECK_LOG("");
}

TASK_TEST(an_element_that_was_handed_to_a_task_that_is_killed_is_freed)
{
    char bytes[100] = {0};
    party side = {test_new_channel(sizeof bytes, 0), 0, 1};
    lull_task task = lull_spawn(receives_bytes, &side, .name = "r");
    lull_pause(0);
    size_t before = lull__live_allocations;
    CHECK_STATUS(lull_try_send(side.channel, bytes), LULL_OK);
    CHECK_INT((int64_t)lull__live_allocations, (int64_t)before + 1);
    CHECK_STATUS(lull_kill(task), LULL_OK);
    CHECK_INT((int64_t)lull__live_allocations, (int64_t)before);
    test_release(side.channel);
}

TASK_TEST(what_is_thrown_into_a_send_or_a_receive_fails_it)
{
    party side = {test_new_channel(sizeof(int), 0), 5, 1};
    lull_task task = lull_spawn(sends, &side, .name = "s");
    lull_pause(0);
    CHECK_STATUS(lull_throw(task, LULL_EFAILED, "thrown"), LULL_OK);
    CHECK_STATUS(test_try_receive_int(side.channel), LULL_EBUSY);
    lull_pause(0);
    task = lull_spawn(receives, &side, .name = "r");
    lull_pause(0);
    CHECK_STATUS(lull_throw(task, LULL_EFAILED, "thrown"), LULL_OK);
    CHECK_STATUS(test_try_send_int(side.channel, 5), LULL_EBUSY);
    lull_pause(0);
    CHECK_LOG("s:EFAILED r:EFAILED");
    test_release(side.channel);
}

TASK_TEST(a_task_that_is_resumed_sends_on_behind_the_others)
{
    party side = {test_new_channel(100, 0), 100, 1};
    party ints = {test_new_channel(sizeof(int), 0), 5, 1};
    party more = {ints.channel, 6, 1};
    lull_task large = lull_spawn(sends_bytes, &side);
    lull_task task = lull_spawn(sends, &ints, .name = "a");
    lull_spawn(sends, &more, .name = "b");
    lull_pause(0);
    CHECK_STATUS(lull_resume(large, 1), LULL_OK);
    CHECK_STATUS(lull_resume(task, 1), LULL_OK);
    lull_pause(0);
    CHECK_STATUS(lull_schedule(task, 1, 1), LULL_OK);
    lull_pause(2);
    CHECK_LOG("");
    CHECK_INT(test_try_receive_int(ints.channel), 6);
    CHECK_INT(test_try_receive_int(ints.channel), 5);
    char bytes[100];
    CHECK_STATUS(lull_receive(side.channel, bytes), LULL_OK);
    CHECK_INT(bytes[99], 99);
    lull_pause(0);
    CHECK_LOG("b:OK a:OK");
    test_release(side.channel);
    test_release(ints.channel);
}

TASK_TEST(a_task_that_is_resumed_receives_on)
{
    party side = {test_new_channel(sizeof(int), 0), 0, 2};
    lull_task task = lull_spawn(receives, &side, .name = "r");
    lull_pause(0);
    for (int i = 0; i < 3; i++) {
        CHECK_STATUS(lull_resume(task, 1), LULL_OK);
        lull_pause(0);
    }
    CHECK_STATUS(test_try_send_int(side.channel, 5), LULL_OK);
    lull_pause(0);
    CHECK_STATUS(lull_resume(task, 1), LULL_OK);
    CHECK_STATUS(test_try_send_int(side.channel, 6), LULL_EBUSY); /* it does not wait until it has run */
    CHECK_STATUS(lull_chan_close(side.channel), LULL_OK);
    lull_pause(0);
    CHECK_LOG("r=5 r:ECLOSED");
    test_release(side.channel);
}

static void sends_in_cleanup(void *pointer)
{
    sends(pointer);
}

static lull_value defers_a_send(void *pointer)
{
    lull_check(lull_defer(sends_in_cleanup, pointer));
    return lull_check(lull_receive(((const party *)pointer)->channel, NULL));
}

TASK_TEST(a_defer_can_send)
{
    party side = {test_new_channel(sizeof(int), 0), 5, 1};
    lull_task task = lull_spawn(defers_a_send, &side, .name = "d");
    lull_pause(0);
    CHECK_STATUS(lull_cancel(task), LULL_OK);
    lull_pause(0);
    CHECK_INT(test_try_receive_int(side.channel), 5);
    CHECK_STATUS(lull_join(task, NULL), LULL_ECANCELED);
    CHECK_LOG("d:OK");
    test_release(side.channel);
}

static lull_value sends_until_patience_is_over(void *pointer)
{
    for (;;) {
        int status = lull_send(((const party *)pointer)->channel, (char[100]){0});
        if (status != LULL_ECANCELED) test_log("%s", lull_err_name(status));
    }
    return 0;
}

TASK_TEST(a_task_that_ignores_its_cancellation_is_killed_in_a_send)
{
    party side = {test_new_channel(100, 0), 0, 0};
    lull_task task = lull_spawn(sends_until_patience_is_over, &side);
    lull_pause(0);
    CHECK_STATUS(lull_cancel(task), LULL_OK);
    CHECK_STATUS(lull_join(task, NULL), LULL_EKILLED);
    CHECK_LOG("");
    test_release(side.channel);
}

/* ---- Out of memory ------------------------------------------------------------------------------------------- */

TEST(a_channel_that_finds_no_memory_is_refused)
{
    long allowed = 0;
    for (;; allowed++) {
        size_t before = lull__live_allocations;
        lull__allocations_left = allowed;
        lull_chan channel = lull_chan_new(4, 4);
        lull__allocations_left = -1;
        if (channel > 0) break;
        CHECK_STATUS(channel, LULL_ENOMEM);
        CHECK_INT((int64_t)lull__live_allocations, (int64_t)before);
    }
    CHECK(allowed > 1);
}

TASK_TEST(a_large_element_that_finds_no_memory_is_not_sent)
{
    char bytes[100] = {0};
    lull_chan channel = test_new_channel(sizeof bytes, 1);
    lull__allocations_left = 0;
    CHECK_STATUS(lull_send(channel, bytes), LULL_ENOMEM);
    CHECK_STATUS(lull_last_error()->code, LULL_ENOMEM);
    CHECK_STATUS(lull_try_send(channel, bytes), LULL_ENOMEM);
    CHECK_STATUS(lull_send(channel + ((lull_chan)1 << 24), bytes), LULL_ESRCH); /* what failed before is forgotten */
    CHECK_INT(lull_chan_length(channel), 0);
    lull__allocations_left = -1;
    CHECK_STATUS(lull_send(channel, bytes), LULL_OK);
    lull__allocations_left = 0;
    CHECK_STATUS(lull_receive(channel, bytes), LULL_OK); /* takes none */
    lull__allocations_left = -1;
    test_release(channel);
}

TASK_TEST(small_elements_and_waits_take_no_memory)
{
    party side = {test_new_channel(sizeof(int), 1), 1, 4};
    lull_spawn(receives, &side, .name = "r");
    lull_pause(0);
    lull__allocations_left = 0;
    for (int i = 0; i < 4; i++) CHECK_STATUS(lull_send(side.channel, &i), LULL_OK);
    lull_pause(0);
    lull__allocations_left = -1;
    CHECK_LOG("r=0 r=1 r=2 r=3");
    test_release(side.channel);
}

/* ---- Many ---------------------------------------------------------------------------------------------------- */

#define SIDES 6
#ifndef SEEDS
#define SEEDS 150
#endif

/* An element says who sent it, and as which of his. */
typedef struct element {
    int32_t sender;
    int32_t number;
    char rest[40];
} element;

#define NUMBERS 1000

static struct {
    lull_chan channel;
    size_t size;
    lull_task senders[SIDES];
    lull_task receivers[SIDES];
    int next[SIDES];           /* the number of each sender's next element */
    int last[SIDES][SIDES];    /* that each receiver got of each sender's */
    bool seen[SIDES][NUMBERS]; /* of each sender's */
    int64_t sent;              /* lull_send has said so */
    int64_t received;          /* likewise */
    bool killing;
} many;

static void wait_a_little(void)
{
    if (test_random_below(3) == 0 && lull_pause(test_random_below(3)) < 0) return;
}

static bool may_be(int status)
{
    return status == 0 || status == LULL_EBUSY || status == LULL_ECLOSED || status == LULL_ECANCELED ||
           status == LULL_ETIMEDOUT || status == LULL_EFAILED;
}

static lull_value sends_at_random(void *pointer)
{
    int self = (int)(intptr_t)pointer;
    for (;;) {
        wait_a_little();
        element one = {self, many.next[self], {0}};
        memset(one.rest, self, sizeof one.rest);
        many.next[self]++;
        lull_scope scope;
        bool limited = test_random_below(4) == 0;
        if (limited) lull_check(lull_scope_enter(&scope, test_random_below(3)));
        int status = test_random_below(3) ? lull_send(many.channel, &one) : lull_try_send(many.channel, &one);
        if (status == 0) many.sent++;
        if (limited) status = lull_scope_exit(&scope, status);
        CHECK(may_be(status));
        if (status == LULL_ECLOSED || status == LULL_ECANCELED) return 0;
    }
}

static void check_element(const element *one, int receiver)
{
    CHECK(one->sender >= 0 && one->sender < SIDES && one->number < NUMBERS);
    CHECK(one->number > many.last[receiver][one->sender]); /* in order */
    CHECK(!many.seen[one->sender][one->number]);
    many.last[receiver][one->sender] = one->number;
    many.seen[one->sender][one->number] = true;
    for (size_t i = 0; i < many.size - 8; i++) CHECK_INT(one->rest[i], one->sender);
}

static lull_value receives_at_random(void *pointer)
{
    int self = (int)(intptr_t)pointer;
    for (;;) {
        wait_a_little();
        element one = {-1, -1, {0}};
        lull_scope scope;
        bool limited = test_random_below(4) == 0;
        if (limited) lull_check(lull_scope_enter(&scope, test_random_below(3)));
        int status = test_random_below(3) ? lull_receive(many.channel, &one) : lull_try_receive(many.channel, &one);
        if (status == 0) {
            many.received++;
            check_element(&one, self);
        }
        if (limited) status = lull_scope_exit(&scope, status);
        CHECK(may_be(status));
        if (status == LULL_ECLOSED || status == LULL_ECANCELED) return 0;
    }
}

static void spawn_sides(void)
{
    for (int i = 0; i < SIDES; i++) {
        if (!lull__task_get(many.senders[i])) {
            many.senders[i] = lull_spawn(sends_at_random, lull_to_pointer(i));
        }
        if (!lull__task_get(many.receivers[i])) many.receivers[i] = lull_spawn(receives_at_random, lull_to_pointer(i));
    }
}

/* Something befalls one of them. */
static void disturb(void)
{
    lull_task task =
        test_random_below(2) ? many.senders[test_random_below(SIDES)] : many.receivers[test_random_below(SIDES)];
    int status = test_disturb(task, test_random_below(many.killing ? 5 : 4));
    CHECK(status == 0 || status == LULL_ESRCH || status == LULL_EBUSY);
}

static void exchange(uint32_t seed)
{
    static const size_t sizes[] = {8, 9, 40};
    memset(&many, 0, sizeof many);
    test_seed(seed * 2654435761U);
    many.size = sizes[test_random_below(3)];
    many.killing = seed % 2;
    memset(many.last, -1, sizeof many.last);
    many.channel = test_new_channel(many.size, test_random_below(4));
    for (int round = 0; round < 60; round++) {
        spawn_sides();
        lull_native_advance(1);
        while (test_random_below(3)) disturb();
    }
    CHECK_STATUS(lull_chan_close(many.channel), LULL_OK);
    int64_t left = lull_chan_length(many.channel);
    lull_native_run();
    if (lull_chan_length(many.channel)) { /* every receiver was cancelled */
        many.receivers[0] = lull_spawn(receives_at_random, NULL);
        lull_native_run();
    }
    CHECK(left <= lull_chan_capacity(many.channel));
    CHECK_INT(lull_chan_length(many.channel), 0);
    CHECK_INT((int64_t)lull__rt.live, 0);
    if (!many.killing) CHECK_INT(many.received, many.sent);
    CHECK(many.received > 20);
    test_release(many.channel);
}

TEST(whatever_befalls_senders_and_receivers_every_element_sent_is_received_once_and_in_order)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        exchange(seed);
        test_close();
        lull_native_reset();
    }
}
