/* All of lull_sync.h: yieldables as any other, which keep their promises whatever befalls who waits. */
#include "test.h"

static lull_mutex mutex;
static lull_mutex another;
static lull_rwlock rwlock;
static lull_semaphore semaphore;
static lull_event event;
static lull_barrier barrier;
static lull_wait_group group;

/* ---- As yieldables ------------------------------------------------------------------------------------------- */

TASK_TEST(each_has_a_name_for_dumps)
{
    CHECK_TEXT(lull_mutex_yieldable(&mutex)->name, "mutex");
    CHECK_TEXT(lull_rwlock_read_yieldable(&rwlock)->name, "read lock");
    CHECK_TEXT(lull_rwlock_write_yieldable(&rwlock)->name, "write lock");
    CHECK_TEXT(lull_semaphore_yieldable(&semaphore)->name, "semaphore");
    CHECK_TEXT(lull_event_yieldable(&event)->name, "event");
    CHECK_TEXT(lull_barrier_yieldable(&barrier)->name, "barrier");
    CHECK_TEXT(lull_wait_group_yieldable(&group)->name, "wait group");
}

static lull_value holds_both(void *unused)
{
    (void)unused;
    CHECK_STATUS(lull_mutex_lock(&mutex), LULL_OK);
    CHECK_STATUS(lull_mutex_lock(&another), LULL_OK);
    lull_pause(1);
    CHECK_STATUS(lull_mutex_unlock(&another), LULL_OK);
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_OK);
    return 0;
}

TASK_TEST(a_select_locks_one_of_two)
{
    lull_spawn(holds_both, NULL);
    lull_pause(0);
    lull_case cases[] = {
        {.yieldable = lull_mutex_yieldable(&mutex)},
        {.yieldable = lull_mutex_yieldable(&another)},
    };
    CHECK_STATUS(lull_try_select(cases, 2), LULL_EBUSY);
    CHECK_INT(lull_select(cases, 2), 1);
    CHECK_STATUS(cases[1].status, LULL_OK);
    CHECK_STATUS(lull_mutex_unlock(&another), LULL_OK);
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_EINVAL);
    lull_pause(0);
    CHECK_STATUS(lull_mutex_destroy(&mutex), LULL_OK);
    CHECK_STATUS(lull_mutex_destroy(&another), LULL_OK);
}

TASK_TEST(a_select_that_is_over_waits_for_none_of_them)
{
    lull_spawn(holds_both, NULL);
    lull_pause(0);
    CHECK_STATUS(lull_rwlock_try_write(&rwlock), LULL_OK);
    CHECK_STATUS(lull_barrier_init(&barrier, 2), LULL_OK);
    CHECK_STATUS(lull_wait_group_add(&group, 1), LULL_OK);
    lull_case cases[] = {
        {.yieldable = lull_mutex_yieldable(&mutex)},      {.yieldable = lull_semaphore_yieldable(&semaphore)},
        {.yieldable = lull_event_yieldable(&event)},      {.yieldable = lull_barrier_yieldable(&barrier)},
        {.yieldable = lull_wait_group_yieldable(&group)}, {.after = 0.5},
        {.yieldable = lull_mutex_yieldable(&another)},
    };
    CHECK_INT(lull_select(cases, 7), 5);
    CHECK_STATUS(lull_rwlock_unlock(&rwlock), LULL_OK);
    CHECK_STATUS(lull_semaphore_destroy(&semaphore), LULL_OK);
    CHECK_STATUS(lull_event_destroy(&event), LULL_OK);
    CHECK_STATUS(lull_barrier_destroy(&barrier), LULL_OK);
    CHECK_STATUS(lull_wait_group_done(&group), LULL_OK);
    CHECK_STATUS(lull_wait_group_destroy(&group), LULL_OK);
    lull_pause(1);
    CHECK_STATUS(lull_mutex_destroy(&mutex), LULL_OK);
    CHECK_STATUS(lull_mutex_destroy(&another), LULL_OK);
    CHECK_STATUS(lull_rwlock_destroy(&rwlock), LULL_OK);
}

/* ---- Made new -------------------------------------------------------------------------------------------------- */

static lull_value locks_mutex(void *unused)
{
    (void)unused;
    test_log_wait(lull_mutex_lock(&mutex), 0);
    return lull_mutex_unlock(&mutex);
}

static lull_value writes(void *unused)
{
    (void)unused;
    test_log_wait(lull_rwlock_write(&rwlock), 0);
    return lull_rwlock_unlock(&rwlock);
}

static lull_value acquires(void *unused)
{
    (void)unused;
    test_log_wait(lull_semaphore_acquire(&semaphore), 0);
    return 0;
}

static lull_value comes(void *unused)
{
    (void)unused;
    test_log_wait(lull_barrier_wait(&barrier), 0);
    return 0;
}

TASK_TEST(a_task_that_was_resumed_waits_again_for_what_was_destroyed_meanwhile)
{
    CHECK_STATUS(lull_mutex_lock(&mutex), LULL_OK);
    CHECK_STATUS(lull_rwlock_write(&rwlock), LULL_OK);
    CHECK_STATUS(lull_barrier_init(&barrier, 2), LULL_OK);
    lull_task waiting[] = {lull_spawn(locks_mutex, NULL, .name = "mutex"), lull_spawn(writes, NULL, .name = "rwlock"),
                           lull_spawn(acquires, NULL, .name = "semaphore"), lull_spawn(comes, NULL, .name = "barrier")};
    lull_pause(0);
    for (int i = 0; i < 4; i++) CHECK_STATUS(lull_resume(waiting[i], 1), LULL_OK);
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_OK);
    CHECK_STATUS(lull_rwlock_unlock(&rwlock), LULL_OK);
    CHECK_STATUS(lull_mutex_destroy(&mutex), LULL_OK);
    CHECK_STATUS(lull_rwlock_destroy(&rwlock), LULL_OK);
    CHECK_STATUS(lull_semaphore_destroy(&semaphore), LULL_OK);
    CHECK_STATUS(lull_barrier_destroy(&barrier), LULL_OK);
    lull_pause(0);
    CHECK_LOG("mutex=0 rwlock=0 barrier:LULL_EINVAL");
    CHECK_STATUS(lull_semaphore_release(&semaphore), LULL_OK);
    lull_pause(0);
    CHECK_LOG("mutex=0 rwlock=0 barrier:LULL_EINVAL semaphore=0");
}

/* ---- Whatever befalls who waits ------------------------------------------------------------------------------ */

#define TASKS 12
#define ROUNDS 400
#define UNITS 3

static lull_task tasks[TASKS];
static int writing;
static int reading;
static int locked;
static int units;
static lull_cond cond;
static uint32_t chance;

static int throw_of(int sides)
{
    chance = chance * 1664525 + 1013904223;
    return (int)((chance >> 8) % (uint32_t)sides);
}

/* What a task holds, for its cleanup. */
typedef struct held {
    bool mutex;
    bool read;
    bool write;
    int units;
} held;

/* The counts of what one held who is gone. A lock that was handed to it unnoticed is given back, too. */
static void give_back(void *pointer)
{
    held *held = pointer;
    if (held->mutex) locked--;
    if (held->read) reading--;
    if (held->write) writing--;
    for (; held->units; held->units--) {
        units--;
        CHECK_STATUS(lull_semaphore_release(&semaphore), LULL_OK);
    }
    int status = lull_mutex_unlock(&mutex);
    CHECK(status == 0 || (status == LULL_EINVAL && !held->mutex));
    status = lull_rwlock_unlock(&rwlock);
    CHECK(status == 0 || (status == LULL_EINVAL && !held->read && !held->write));
}

static void stay(void)
{
    if (throw_of(2)) lull_pause(throw_of(3));
}

static void use_mutex(held *held)
{
    if (lull_mutex_lock(&mutex) < 0) return;
    held->mutex = true;
    CHECK_INT(++locked, 1);
    stay();
    if (throw_of(2)) {
        locked--;
        held->mutex = false;
        int status = lull_cond_wait(&cond, &mutex);
        CHECK(status != LULL_EDEADLOCK && status != LULL_EINVAL);
        held->mutex = true;
        CHECK_INT(++locked, 1);
    }
    locked--;
    held->mutex = false;
    CHECK_STATUS(lull_mutex_unlock(&mutex), LULL_OK);
}

static void use_rwlock(held *held)
{
    bool write = throw_of(3) == 0;
    if ((write ? lull_rwlock_write(&rwlock) : lull_rwlock_read(&rwlock)) < 0) return;
    held->write = write;
    held->read = !write;
    writing += write;
    reading += !write;
    CHECK(writing ? writing == 1 && reading == 0 : reading > 0);
    stay();
    CHECK(writing ? writing == 1 && reading == 0 : reading > 0);
    writing -= write;
    reading -= !write;
    held->read = held->write = false;
    CHECK_STATUS(lull_rwlock_unlock(&rwlock), LULL_OK);
}

static void use_semaphore(held *held)
{
    if (lull_semaphore_acquire(&semaphore) < 0) return;
    held->units++;
    CHECK(++units <= UNITS);
    stay();
    units--;
    held->units--;
    CHECK_STATUS(lull_semaphore_release(&semaphore), LULL_OK);
}

static lull_value uses_them(void *unused)
{
    (void)unused;
    static held of_task[TASKS];
    int self = 0;
    while (tasks[self] != lull_current()) self++;
    held *held = &of_task[self];
    memset(held, 0, sizeof *held);
    lull_check(lull_defer(give_back, held));
    int status = 0;
    while (status == 0 || status == LULL_EFAILED) {
        lull_scope scope;
        CHECK_STATUS(lull_scope_enter(&scope, throw_of(3) ? LULL_FOREVER : throw_of(4)), LULL_OK);
        switch (throw_of(3)) {
        case 0:
            use_mutex(held);
            break;
        case 1:
            use_rwlock(held);
            break;
        default:
            use_semaphore(held);
            break;
        }
        lull_scope_exit(&scope, 0);
        status = lull_pause(throw_of(2));
    }
    return 0;
}

/* Do something to a task. A kill may lose a unit that was handed to it. */
static void befall(lull_task task, bool kill)
{
    switch (throw_of(kill ? 5 : 4)) {
    case 0:
        lull_cancel(task);
        break;
    case 1:
        (void)!lull_resume(task, throw_of(3));
        break;
    case 2:
        (void)!lull_throw(task, LULL_EFAILED, "x");
        break;
    case 3:
        lull_cond_signal(&cond);
        break;
    default:
        lull_kill(task);
        break;
    }
}

static void run_at_random(uint32_t seed, bool kill)
{
    chance = seed;
    locked = reading = writing = units = 0;
    lull_semaphore_init(&semaphore, UNITS);
    for (int i = 0; i < ROUNDS; i++) {
        lull_task *task = &tasks[throw_of(TASKS)];
        if (!*lull_name(*task)) *task = lull_spawn(uses_them, NULL, .name = "random");
        lull_pause(throw_of(3) * 0.5);
        befall(tasks[throw_of(TASKS)], kill);
        if (throw_of(4) == 0) lull_cond_broadcast(&cond);
    }
    for (int i = 0; i < TASKS; i++) lull_cancel(tasks[i]);
    lull_pause(100);
    CHECK_STATUS(lull_cond_destroy(&cond), LULL_OK);
    CHECK_STATUS(lull_mutex_destroy(&mutex), LULL_OK);
    CHECK_STATUS(lull_rwlock_destroy(&rwlock), LULL_OK);
    CHECK_INT(locked + reading + writing + units, 0);
}

TASK_TEST(nobody_breaks_a_promise_by_being_cancelled_resumed_or_thrown_at)
{
    for (uint32_t seed = 1; seed <= 20; seed++) {
        run_at_random(seed, false);
        CHECK_INT((int64_t)semaphore.units, UNITS);
        CHECK_STATUS(lull_semaphore_destroy(&semaphore), LULL_OK);
    }
}

TASK_TEST(nor_by_being_killed)
{
    for (uint32_t seed = 1; seed <= 20; seed++) {
        run_at_random(seed, true);
        CHECK(semaphore.units <= UNITS);
        CHECK_STATUS(lull_semaphore_destroy(&semaphore), LULL_OK);
    }
}
