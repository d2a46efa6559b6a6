/*
 * A test harness for the C core. A test program is one file of TESTs and test.c; it runs them all, or those that its
 * arguments name, and prints each name as it goes. After each test everything is closed, and nothing may be left.
 */
#ifndef LULL_TEST_H
#define LULL_TEST_H

#include "clock.h"
#include "sched/last_error.h"
#include "base/memory.h"
#include "base/wakeup.h"
#include "sched/state.h"
#include "sched/task_ext.h"
#include "waitables/future.h"

typedef struct test_case {
    const char *name;
    void (*run)(void);
    struct test_case *next;
} test_case;

void test_register(test_case *test);

/* A test: code outside of any task, as the host's. */
#define TEST(test_name)                                                                                                \
    static void test_name(void);                                                                                       \
    __attribute__((constructor)) static void register_##test_name(void)                                                \
    {                                                                                                                  \
        static test_case test = {.name = #test_name, .run = test_name};                                                \
        test_register(&test);                                                                                          \
    }                                                                                                                  \
    static void test_name(void)

/* A test whose code is a task, named "main", which has to return. */
#define TASK_TEST(test_name)                                                                                           \
    static void body_of_##test_name(void);                                                                             \
    TEST(test_name)                                                                                                    \
    {                                                                                                                  \
        test_in_task(body_of_##test_name);                                                                             \
    }                                                                                                                  \
    static void body_of_##test_name(void)

void test_in_task(void (*body)(void));

/*
 * Kill every task, run what that causes, dispose, and check that nothing is left. Tests that go in steps call it too.
 */
void test_close(void);

/* Checks: a failed one says what it found, and the test goes on. */
#define CHECK(condition) test_check(__FILE__, __LINE__, (condition), #condition)
#define CHECK_INT(actual, expected) test_check_int(__FILE__, __LINE__, #actual, (actual), (expected))
#define CHECK_STATUS(actual, expected) test_check_status(__FILE__, __LINE__, #actual, (int)(actual), (expected))
#define CHECK_TEXT(actual, expected) test_check_text(__FILE__, __LINE__, #actual, (actual), (expected))
#define CHECK_TIME(expected) test_check_time(__FILE__, __LINE__, lull_native.now, (expected))
#define CHECK_LOG(expected) test_check_text(__FILE__, __LINE__, "the log", test_log_text(), (expected))

void test_check(const char *file, int line, bool held, const char *condition);
void test_check_int(const char *file, int line, const char *what, int64_t actual, int64_t expected);
void test_check_status(const char *file, int line, const char *what, int actual, int expected);
void test_check_text(const char *file, int line, const char *what, const char *actual, const char *expected);
void test_check_time(const char *file, int line, double actual, double expected);

/* The log of a test: words, in the order in which they were said, with a space between. */
void test_log(const char *format, ...) LULL_PRINTF(1, 2);
const char *test_log_text(void);

/* ---- Tasks that many tests use ------------------------------------------------------------------------------- */

/* Log its name. */
lull_value test_says_name(void *unused);
/* Wait until anybody resumes it; log "name=value", or "name:status". */
lull_value test_waits(void *unused);
/* Join the task whose handle the argument points to; log likewise. */
lull_value test_joins(void *task);
/* Await the future whose handle the argument points to; log likewise. */
lull_value test_awaits(void *future);
/* Fail with LULL_EFAILED and "broken". */
lull_value test_fails(void *unused);
/* Return 7. */
lull_value test_returns_7(void *unused);

/* Enter and leave a scope, where the test is not about that. */
void test_enter(lull_scope *scope, double seconds);
void test_enter_shielded(lull_scope *scope, double seconds);
void test_leave(lull_scope *scope);

/* Make and release a channel, likewise; send and receive an int without waiting: the status, or what was received. */
lull_chan test_new_channel(size_t size, size_t capacity);
void test_release(lull_chan channel);
int test_try_send_int(lull_chan channel, int value);
int test_try_receive_int(lull_chan channel);

/* A number below the limit, by chance that follows from the seed, which is not 0. (Marsaglia's xorshift32.) */
void test_seed(uint32_t seed);
uint32_t test_random_below(uint32_t limit);

/* Cancel a task (0), resume it (1), throw (2), schedule it by chance (3), or kill it. Returns what that did. */
int test_disturb(lull_task task, uint32_t how);

/* The name of a status without its LULL_. */
const char *test_short_name(int status);

/* Spawn a task whose end the host is told of, as JavaScript's. */
lull_task test_spawn_for_host(lull_function function, lull_ref ticket);
/*
 * Run a program, a task that returns 42, over and over, with memory for one allocation more each time, until it comes
 * to its end: before, it fails with LULL_ENOMEM, reports nothing, and leaks nothing.
 */
void test_out_of_memory_anywhere(lull_function program);

/* Log what a wait of the current task came to, as those do. */
void test_log_wait(int status, lull_value value);

/* Whether the runtime's n-th allocation fails: see memory.c. */
extern long lull__allocations_left;

#endif
