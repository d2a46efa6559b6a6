/* The harness: see test.h. */
#include "test.h"

#include <stdarg.h>
#include <stdio.h>

static test_case *tests;
static test_case **last = &tests;
static unsigned failed_checks;
static char log_text[4096];
static size_t log_length;

void test_register(test_case *test)
{
    *last = test;
    last = &test->next;
}

/* ---- Checks -------------------------------------------------------------------------------------------------- */

static void fail(const char *file, int line)
{
    failed_checks++;
    printf("  %s:%d: ", file, line);
}

void test_check(const char *file, int line, bool held, const char *condition)
{
    if (held) return;
    fail(file, line);
    printf("does not hold: %s\n", condition);
}

void test_check_int(const char *file, int line, const char *what, int64_t actual, int64_t expected)
{
    if (actual == expected) return;
    fail(file, line);
    printf("%s is %lld, expected %lld\n", what, (long long)actual, (long long)expected);
}

void test_check_status(const char *file, int line, const char *what, int actual, int expected)
{
    if (actual == expected) return;
    fail(file, line);
    printf("%s is %s (%d), expected %s\n", what, lull_err_name(actual), actual, lull_err_name(expected));
}

void test_check_text(const char *file, int line, const char *what, const char *actual, const char *expected)
{
    if (strcmp(actual, expected) == 0) return;
    fail(file, line);
    printf("%s is \"%s\", expected \"%s\"\n", what, actual, expected);
}

void test_check_time(const char *file, int line, double actual, double expected)
{
    if (actual == expected) return;
    fail(file, line);
    printf("the time is %g, expected %g\n", actual, expected);
}

/* ---- The log ------------------------------------------------------------------------------------------------- */

void test_log(const char *format, ...)
{
    size_t room = sizeof log_text - log_length;
    if (room < 2) return;
    if (log_length) {
        log_text[log_length++] = ' ';
        room--;
    }
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(log_text + log_length, room, format, arguments);
    va_end(arguments);
    log_length = length < (int)room ? log_length + (size_t)length : sizeof log_text - 1;
}

const char *test_log_text(void)
{
    log_text[log_length] = '\0';
    return log_text;
}

/* ---- Tasks that many tests use ------------------------------------------------------------------------------- */

void test_log_wait(int status, lull_value value)
{
    const char *name = lull_name(lull_current());
    if (status < 0) {
        test_log("%s:%s", name, lull_err_name(status));
    } else {
        test_log("%s=%d", name, (int)value);
    }
}

lull_value test_says_name(void *unused)
{
    (void)unused;
    test_log("%s", lull_name(lull_current()));
    return 0;
}

lull_value test_waits(void *unused)
{
    (void)unused;
    lull_value value = 0;
    int status = lull_yield_to(NULL, &value);
    test_log_wait(status, value);
    return 0;
}

lull_value test_joins(void *task)
{
    lull_value value = 0;
    int status = lull_join(*(const lull_task *)task, &value);
    test_log_wait(status, value);
    return 0;
}

lull_value test_awaits(void *future)
{
    lull_value value = 0;
    int status = lull_await(*(const lull_future *)future, &value);
    test_log_wait(status, value);
    return 0;
}

lull_value test_fails(void *unused)
{
    (void)unused;
    lull_fail(LULL_EFAILED, "broken");
}

lull_value test_returns_7(void *unused)
{
    (void)unused;
    return 7;
}

/* ---- Running ------------------------------------------------------------------------------------------------- */

typedef struct main_task {
    void (*body)(void);
    bool returned;
} main_task;

static lull_value run_main_task(void *pointer)
{
    main_task *task = (main_task *)pointer;
    task->body();
    task->returned = true;
    return 0;
}

void test_in_task(void (*body)(void))
{
    main_task task = {.body = body};
    CHECK(lull_spawn(run_main_task, &task, .name = "main") > 0);
    lull_native_run();
    CHECK(task.returned);
    test_close(); /* while `task` is there */
}

void test_close(void)
{
    lull__allocations_left = -1;
    lull_native.tick = 0;
    lull__rt.closing = true;
    uint32_t index = 0;
    const lull__task *task;
    while ((task = (const lull__task *)lull__handle_next(LULL__TASK_KIND, &index))) lull_kill(lull__task_handle(task));
    lull_native_run();
    CHECK_INT((int64_t)lull__rt.live, 0);
    const lull__pool *pools[] = {&lull__rt.stacks, &lull__rt.tasks, &lull__rt.exts,
                                 &lull__rt.scopes, &lull__rt.packs, &lull__rt.memberships};
    for (int i = 0; i < 6; i++) CHECK_INT((int64_t)pools[i]->taken, 0);
    lull__dispose();
    CHECK_INT((int64_t)lull__live_allocations, 0);
    CHECK(!lull__rt.ready && !lull__rt.running && !lull__rt.looping && !lull__awake);
    lull__rt.closing = false;
}

static bool named(const test_case *test, int argc, char **argv)
{
    bool all = argc < 2;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], test->name) == 0) return true;
    }
    return all;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that a crash does not swallow the name of its test */
    unsigned ran = 0;
    unsigned failed = 0;
    for (const test_case *test = tests; test; test = test->next) {
        if (!named(test, argc, argv)) continue;
        printf("%s\n", test->name);
        failed_checks = 0;
        log_length = 0;
        lull_native_reset();
        test->run();
        test_close();
        ran++;
        if (failed_checks) failed++;
    }
    printf("%u tests, %u failed\n", ran, failed);
    if (ran == 0) printf("no such test\n");
    return failed || ran == 0 ? 1 : 0;
}

/* ---- What tests share ---------------------------------------------------------------------------------------- */

void test_enter(lull_scope *scope, double seconds)
{
    CHECK_STATUS(lull_scope_enter(scope, seconds), LULL_OK);
}

void test_enter_shielded(lull_scope *scope, double seconds)
{
    CHECK_STATUS(lull_scope_enter_shielded(scope, seconds), LULL_OK);
}

void test_leave(lull_scope *scope)
{
    CHECK_STATUS(lull_scope_exit(scope, 0), LULL_OK);
}

lull_chan test_new_channel(size_t size, size_t capacity)
{
    lull_chan channel = lull_chan_new(size, capacity);
    CHECK(channel > 0);
    return channel;
}

void test_release(lull_chan channel)
{
    CHECK_STATUS(lull_chan_release(channel), LULL_OK);
}

int test_try_send_int(lull_chan channel, int value)
{
    return lull_try_send(channel, &value);
}

int test_try_receive_int(lull_chan channel)
{
    int value = -1;
    int status = lull_try_receive(channel, &value);
    return status < 0 ? status : value;
}

static uint32_t random_state;

void test_seed(uint32_t seed)
{
    random_state = seed;
}

uint32_t test_random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

int test_disturb(lull_task task, uint32_t how)
{
    switch (how) {
    case 0:
        return lull_cancel(task);
    case 1:
        return lull_resume(task, 5);
    case 2:
        return lull_throw(task, LULL_EFAILED, "thrown");
    case 3:
        return lull_schedule(task, test_random_below(3), 5);
    default:
        return lull_kill(task);
    }
}

const char *test_short_name(int status)
{
    return lull_err_name(status) + strlen("LULL_");
}

lull_task test_spawn_for_host(lull_function function, lull_ref ticket)
{
    lull__arguments *arguments = lull__arguments_new("", 0, NULL, ticket);
    if (!arguments) return LULL_ENOMEM;
    lull_task task = lull_spawn_with(&(lull_spawn_options){.function = function});
    if (task < 0) {
        lull__arguments_free(arguments);
    } else {
        lull__task_get(task)->as.arguments = arguments;
    }
    return task;
}

void test_out_of_memory_anywhere(lull_function program)
{
    bool completed = false;
    long allowed = 0;
    for (; allowed < 100 && !completed; allowed++) {
        lull_native_reset();
        lull__allocations_left = allowed;
        lull_task task = test_spawn_for_host(program, 1);
        if (task < 0) CHECK_STATUS(task, LULL_ENOMEM);
        lull_native_run();
        lull__allocations_left = -1;
        if (lull_native.done) {
            int status = lull_native.ended[0].status;
            completed = status == 0;
            if (completed) {
                CHECK_INT(lull_native.ended[0].value, 42);
            } else {
                CHECK_STATUS(status, LULL_ENOMEM);
            }
            CHECK_INT(lull_native.failures, 0);
        }
        test_close(); /* all gone, whatever happened */
    }
    CHECK(completed);
    CHECK(allowed > 5);
}
