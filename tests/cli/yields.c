/* Programs whose tasks loop until another has done something, for tests/cli/yields.test.js. */
#include <errno.h>
#include <lull.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

static volatile bool ready;
static volatile int count;

static void *spin_until_ready(void *argument)
{
    while (!ready) continue;
    count++;
    return argument;
}

static void *set_ready(void *argument)
{
    ready = true;
    return argument;
}

LULL_TASK(int, threads_spin)
{
    pthread_t ids[5];
    ready = false;
    count = 0;
    for (int i = 0; i < 5; i++) pthread_create(&ids[i], NULL, i < 4 ? spin_until_ready : set_ready, NULL);
    while (count != 4) continue;
    for (int i = 0; i < 5; i++) pthread_join(ids[i], NULL);
    return count;
}

static atomic_int turn;

static void *take_turns(void *number)
{
    for (int own = *(int *)number; own < 30; own += 3) {
        while (atomic_load(&turn) != own) continue;
        atomic_store(&turn, own + 1);
    }
    return NULL;
}

LULL_TASK(int, atomics_spin)
{
    pthread_t ids[3];
    int numbers[] = {2, 1, 0};
    for (int i = 0; i < 3; i++) pthread_create(&ids[i], NULL, take_turns, &numbers[i]);
    for (int i = 0; i < 3; i++) pthread_join(ids[i], NULL);
    return atomic_load(&turn);
}

/* ---- Tasks ------------------------------------------------------------------------------------------------------- */

static volatile int flag;

static lull_value set_later(void *argument)
{
    (void)argument;
    lull_check(lull_pause(0.1));
    flag = 1;
    return 0;
}

LULL_TASK(int, task_spins)
{
    flag = 0;
    lull_check((int)lull_spawn(set_later, NULL));
    while (!flag) continue;
    return flag;
}

/* With a depth of many calls, each of which has variables that have to be the same afterwards. */
static int sum_down(int depth)
{
    volatile int own = depth;
    for (int i = 0; i < 100; i++) own += i % 2 ? -1 : 1;
    return depth == 0 ? 0 : own + sum_down(depth - 1);
}

LULL_TASK(int, recurses, (int, rounds))
{
    for (int i = 0; i < rounds; i++) {
        if (sum_down(40) != 820) return -1;
    }
    return 820;
}

static _Thread_local int own;

LULL_TASK(int, keeps_its_own, (int, number))
{
    own = number;
    errno = number;
    for (volatile int i = 0; i < 1000000; i++) continue;
    return own == number && errno == number;
}

static int deferred;

static void note(void *unused)
{
    (void)unused;
    deferred++;
}

LULL_TASK(int, spins_for_ever)
{
    lull_check(lull_defer(note, NULL));
    flag = 0;
    while (!flag) continue;
    return 1;
}

LULL_TASK(int, count_deferred)
{
    return deferred;
}

/* ---- Where nothing may suspend ----------------------------------------------------------------------------------- */

static void grind(void)
{
    for (volatile int i = 0; i < 1000000; i++) continue;
}

static int begin_slowly(lull_yieldable *self, lull_task waiter)
{
    (void)self;
    grind();
    if (lull_resume(waiter, 5) < 0) return LULL_EINVAL;
    grind();
    return 0;
}

static void end_slowly(lull_yieldable *self, lull_task waiter)
{
    (void)self, (void)waiter;
    grind();
}

LULL_TASK(int, waits_slowly)
{
    static lull_yieldable slow = {.name = "slow", .begin = begin_slowly, .end = end_slowly};
    lull_value value;
    lull_check(lull_yield_to(&slow, &value));
    return (int)value;
}

__attribute__((export_name("grind_outside"))) int grind_outside(void);
int grind_outside(void)
{
    grind();
    return 1;
}
