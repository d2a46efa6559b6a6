/* The common part of all waits of POSIX. */
#include "posix/wait.h"

#if defined(__wasm__)

#include "sched/notify.h"

bool lull__point_restarts;
const lull__points *lull__points_in_use;
void (*lull__run_handlers)(void);
void (*lull__leave_handlers)(void);
void (*lull__signal_broken_pipe)(void);
int (*lull__send_to_child)(int process, int signal, int unused);
bool lull__children_are_dropped;

/* A wait where nothing can wait is a mistake of the program, which may not look at errno. */
LULL__NOINLINE static void report_no_task(const char *function)
{
    static const char rest[] = "() cannot wait here: only a task can, such as main() and a LULL_TASK, and not while "
                               "JavaScript that it has called calls back";
    char text[sizeof rest + 64];
    size_t length = strlen(function);
    if (length > 64) length = 64;
    memcpy(text, function, length);
    memcpy(text + length, rest, sizeof rest);
    lull__error *error = lull__error_new(LULL_ENOSUSPEND, text, length + sizeof rest - 1, NULL);
    lull__notify_unhandled(NULL, LULL_ENOSUSPEND, error);
    lull__error_release(error);
}

static int number_of_status(int status)
{
    switch (status) {
    case 0:
        return 0;
    case LULL_ETIMEDOUT:
        return ETIMEDOUT;
    case LULL_ENOMEM:
        return ENOMEM;
    case LULL_EINVAL:
        return EINVAL;
    case LULL_EDEADLOCK:
        return EDEADLK;
    case LULL_ENOSUSPEND:
        return EAGAIN;
    default:
        return EINTR;
    }
}

int lull__posix_error(const char *function, int status)
{
    if (status == LULL_ENOSUSPEND) report_no_task(function);
    return number_of_status(status);
}

bool lull__posix_is_interrupted(int status)
{
    return number_of_status(status) == EINTR && status != LULL_ECANCELED;
}

#endif
