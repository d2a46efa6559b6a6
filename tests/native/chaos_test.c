/*
 * Tasks that do anything to one another, at random but from a seed: whatever they do, the runtime stays whole, nothing
 * leaks, and every wait ends in a way that its contract names.
 */
#include "test.h"

#define TASKS 12
#define FUTURES 4
#define GROUPS 4
#define STEPS 40
#ifndef SEEDS
#define SEEDS 60
#endif

static lull_task tasks[TASKS];
static lull_future futures[FUTURES];
static lull_future results[TASKS];
static lull_group groups[GROUPS];
static lull_local local;

static lull_task any_task(void)
{
    return tasks[test_random_below(TASKS)];
}

static lull_future any_future(void)
{
    return futures[test_random_below(FUTURES)];
}

/* What a wait may come to. */
static void check_wait(int status)
{
    static const int allowed[] = {LULL_OK,      LULL_ECANCELED, LULL_ETIMEDOUT, LULL_EFAILED, LULL_ENOMEM,
                                  LULL_ECLOSED, LULL_ESRCH,     LULL_EINVAL,    LULL_EKILLED, LULL_EBUSY};
    bool known = false;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) known = known || status == allowed[i];
    CHECK(known);
}

/* What acting on another task may come to. */
static void check_act(int status)
{
    CHECK(status == LULL_OK || status == LULL_ESRCH || status == LULL_EBUSY || status == LULL_ENOMEM);
}

static lull_value lives(void *pointer);

static void live_a_little(unsigned depth);

static void cleanup(void *unused)
{
    (void)unused;
    live_a_little(1);
}

static void spawn_in_place(uint32_t place)
{
    if (lull__task_get(tasks[place])) return;
    double delay = test_random_below(2) ? 0 : test_random_below(3);
    lull_future_free(results[place]);
    results[place] = lull_future_new();
    lull_future result = results[place] > 0 && test_random_below(2) ? results[place] : 0;
    const char *name = test_random_below(2) ? "named" : NULL;
    lull_group group = test_random_below(2) ? groups[test_random_below(GROUPS)] : 0;
    if (!lull_group_yieldable(group)) group = 0;
    double timeout = test_random_below(4) ? 0 : test_random_below(4);
    bool inherit = test_random_below(2);
    lull_task task = lull_spawn(lives, NULL, .delay = delay, .name = name, .result = result, .group = group,
                                .timeout = timeout, .inherit = inherit);
    if (task > 0) tasks[place] = task;
}

static void wait_in_a_scope(unsigned depth)
{
    lull_scope scope;
    double seconds = test_random_below(4);
    bool shield = test_random_below(3) == 0;
    int status = shield ? lull_scope_enter_shielded(&scope, seconds) : lull_scope_enter(&scope, seconds);
    if (status < 0) {
        CHECK_STATUS(status, LULL_ENOMEM);
        return;
    }
    live_a_little(depth - 1);
    if (test_random_below(8) == 0) CHECK_STATUS(lull_scope_cancel(&scope), LULL_OK);
    status = lull_pause(test_random_below(3));
    check_wait(status);
    check_wait(lull_scope_exit(&scope, status));
}

/* Open a group, live, and wait for it, or leave it open: then a scope that this is in has to stay open too. */
static void wait_in_a_group(unsigned depth)
{
    lull_group group = lull_group_open();
    if (group < 0) {
        CHECK_STATUS(group, LULL_ENOMEM);
        return;
    }
    groups[test_random_below(GROUPS)] = group;
    spawn_in_place(test_random_below(TASKS));
    live_a_little(depth - 1);
    if (test_random_below(20) == 0) lull_return(6);
    if (test_random_below(20) == 0) lull_fail(LULL_EFAILED, "left open");
    check_wait(lull_group_wait(group));
    CHECK(!lull_group_yieldable(group));
}

static void wait_for_several(void)
{
    lull_awaited items[6];
    size_t count = test_random_below(6) + 1;
    for (size_t i = 0; i < count; i++) items[i].handle = test_random_below(2) ? any_task() : any_future();
    for (size_t i = 0; i < count; i++) { /* nobody waits for himself */
        if (items[i].handle == lull_current()) items[i].handle = 0;
    }
    int flags = test_random_below(4) ? 0 : LULL_CANCEL_LOSERS;
    int kind = (int)test_random_below(3);
    int status = kind == 0   ? lull_await_all(items, count, flags)
                 : kind == 1 ? lull_await_any(items, count, flags)
                             : lull_race(items, count, flags);
    CHECK(status < (int)count);
    if (kind && status >= 0) CHECK_STATUS(items[status].status, LULL_OK);
    check_wait(status < 0 ? status : 0);
    const lull_error *error = lull_last_error();
    for (size_t part = 0; lull_error_part(error, part); part++) CHECK(lull_error_part(error, part)->code < 0);
}

static void act(void)
{
    switch (test_random_below(11)) {
    case 0:
    case 1:
        check_act(lull_resume(any_task(), 1));
        break;
    case 2:
        check_act(lull_schedule(any_task(), test_random_below(3), 2));
        break;
    case 3:
        check_act(lull_throw(any_task(), LULL_EFAILED, test_random_below(2) ? "thrown" : NULL));
        break;
    case 4:
        if (test_random_below(3) == 0) check_act(lull_cancel(any_task()));
        break;
    case 5:
        if (test_random_below(3) == 0) check_act(lull_kill(any_task()));
        break;
    case 6:
        check_act(lull_future_resolve(any_future(), 3));
        break;
    case 7:
        check_act(lull_future_reject(any_future(), LULL_EFAILED, test_random_below(2) ? "rejected" : NULL));
        break;
    case 8:
        if (test_random_below(3) == 0) check_act(lull_group_cancel(groups[test_random_below(GROUPS)]));
        break;
    case 9:
        check_act(lull_current() ? lull_local_set(&local, test_random_below(2) ? &local : NULL) : 0);
        CHECK(!lull_local_get(&local) || lull_local_get(&local) == &local);
        break;
    default: {
        uint32_t place = test_random_below(FUTURES);
        if (lull_future_free(futures[place]) == 0 || futures[place] < 0) futures[place] = lull_future_new();
    }
    }
}

static void wait(unsigned depth)
{
    switch (test_random_below(11)) {
    case 0:
        check_wait(lull_pause(0));
        break;
    case 1:
        check_wait(lull_pause(test_random_below(3)));
        break;
    case 2:
        check_wait(lull_await(any_future(), NULL));
        break;
    case 3:
        check_wait(lull_join(any_task(), NULL));
        break;
    case 4:
        check_wait(lull_with_timeout(test_random_below(3), NULL, NULL));
        break;
    case 5: {
        lull_yieldable *future = lull_future_yieldable(any_future());
        if (future) check_wait(lull_with_timeout(test_random_below(3), future, NULL));
        break;
    }
    case 6: {
        lull_yieldable *group = lull_group_yieldable(groups[test_random_below(GROUPS)]);
        if (group) check_wait(lull_with_timeout(test_random_below(3), group, NULL));
        break;
    }
    case 7:
        wait_for_several();
        break;
    case 8:
    case 9:
        if (depth) wait_in_a_group(depth);
        break;
    default:
        if (depth) wait_in_a_scope(depth);
    }
}

static void live_a_little(unsigned depth)
{
    for (unsigned step = test_random_below(STEPS / 4); step; step--) {
        switch (test_random_below(8)) {
        case 0:
            spawn_in_place(test_random_below(TASKS));
            break;
        case 1:
            if (lull_defer(cleanup, NULL) < 0) continue;
            break;
        case 2:
        case 3:
        case 4:
            act();
            break;
        default:
            wait(depth);
        }
    }
    if (test_random_below(20) == 0) lull_return(4);
    if (test_random_below(20) == 0) lull_fail(LULL_EFAILED, test_random_below(2) ? "failed" : NULL);
}

static lull_value lives(void *pointer)
{
    (void)pointer;
    live_a_little(3);
    return 5;
}

/* Steps of a run: a cleanup may spawn, and defer another, so a run is stopped, not waited for. */
static void run_for_a_while(void)
{
    for (int run = 0; run < 60; run++) {
        lull_native.now += 0.5;
        lull_native.tick = 0.0001;
        lull__run(0.05, false);
    }
}

static void live_with_seed(uint32_t seed, long allowed)
{
    lull_native_reset();
    memset(tasks, 0, sizeof tasks);
    memset(results, 0, sizeof results);
    memset(futures, 0, sizeof futures);
    memset(groups, 0, sizeof groups);
    test_seed(seed * 2654435761U + 1);
    lull__allocations_left = allowed;
    for (uint32_t i = 0; i < FUTURES; i++) futures[i] = lull_future_new();
    for (uint32_t i = 0; i < TASKS; i++) spawn_in_place(i);
    run_for_a_while();
    test_close();
}

TEST(whatever_tasks_do_to_one_another_the_runtime_stays_whole)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) live_with_seed(seed, -1);
}

TEST(whatever_tasks_do_without_memory_the_runtime_stays_whole)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) live_with_seed(seed, (long)(seed % 150));
}
