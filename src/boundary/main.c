/* main() of a plain C program, run as a task. Without a main(), all of this folds away. */
#include <stdlib.h>

#include "boundary/spawn.h"
#include "lull_boundary.h"
#include "port/port.h"

/* A plain program expects more stack than a task. Memory that it does not touch takes only addresses. */
#define MAIN_STACK_SIZE ((size_t)1 << 20)

/* The compilers name main after its signature, so either of these may exist. */
__attribute__((weak)) int lull__main_plain(int argc, char **argv) __asm__("main");
__attribute__((weak)) int lull__main_mangled(int argc, char **argv) __asm__("__main_argc_argv");

struct arguments {
    int argc;
    char **argv;
};

static lull_value run_main(void *pointer)
{
    const struct arguments *arguments = (const struct arguments *)pointer;
    int (*program)(int, char **) = lull__main_mangled ? lull__main_mangled : lull__main_plain;
    if (!program) return 0; /* so that exit() folds away, too */
    /*
     * The streams are flushed; what atexit registered runs, but with Emscripten, whose modules of this kind ignore it.
     */
    exit(program(arguments->argc, arguments->argv));
}

/* argv lies in the block of the next spawn. Returns the task, or LULL_ESRCH where there is no main. */
__attribute__((export_name(LULL__MAIN_NAME))) double lull__spawn_main(lull__ticket ticket, int argc, char **argv)
{
    struct arguments arguments = {argc, argv};
    bool there = lull__main_mangled || lull__main_plain;
    lull__js_options(0, 0, MAIN_STACK_SIZE, NULL);
    /* Without a function it spawns nothing, and frees argv. */
    double task = lull__spawn_exported(ticket, there ? run_main : NULL, &arguments, sizeof arguments, "main", NULL);
    return there ? task : LULL_ESRCH;
}
