/* popen and system: commands of the shell. (POSIX.1-2017.) */
#include "posix/process.h"

#if defined(__wasm__)

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Wait until a child has ended; the handlers of signals do not end that. Returns its status, or -1. */
static int end_of_command(pid_t process, const char *function)
{
    const lull__lot_kind kind = {.name = function};
    lull__child_wait wait = {.persists = true};
    pid_t found = lull__child_await(process, &wait, &kind);
    if (found >= 0) return wait.status;
    if (found != -ECHILD) lull__child_abandon(process);
    return lull__posix_result(-found);
}

LULL__WEAK int system(const char *command)
{
    char *const arguments[] = LULL__SHELL(command);
    lull__start start = lull__shell(arguments);
    lull__stdio stdio[LULL__STDIO_COUNT];
    if (!command) return lull__host_spawn(NULL, &start) == 0;
    lull__stdio_inherit(stdio);
    pid_t process = lull__child_start(&start, stdio);
    return process < 0 ? lull__posix_result(-process) : end_of_command(process, "system");
}

/* A stream of popen. */
typedef struct opened_command {
    struct opened_command *next;
    FILE *file;
    pid_t process;
} opened_command;

static opened_command *opened_commands;

LULL__THREADS(FILE *, popen, const char *command, const char *mode)
{
    bool reads = mode[0] == 'r';
    char *const arguments[] = LULL__SHELL(command);
    lull__start start = lull__shell(arguments);
    lull__stdio stdio[LULL__STDIO_COUNT];
    if ((!reads && mode[0] != 'w') || (mode[1] && strcmp(mode + 1, "e") != 0)) {
        errno = EINVAL;
        return NULL;
    }
    lull__stdio_inherit(stdio);
    opened_command *opened = (opened_command *)malloc(sizeof *opened);
    lull__description *pipe = lull__pipe_new(reads);
    pid_t process = -ENOMEM;
    if (opened && pipe) {
        stdio[reads] = (lull__stdio){pipe, false, reads ? LULL__STDIO_OUTPUT : LULL__STDIO_INPUT};
        process = lull__child_start(&start, stdio);
    }
    int fd = process < 0 ? -1 : lull__number(pipe, (lull__number_flags){.closes_on_exec = true});
    if (pipe && fd < 0) lull__pipe_close(pipe);
    FILE *file = fd < 0 ? NULL : fdopen(fd, reads ? "r" : "w");
    if (!file) {
        int error = process < 0 ? -process : errno;
        if (process >= 0) lull__child_abandon(process);
        if (fd >= 0) (void)lull__number_close(fd);
        free(opened);
        errno = error;
        return NULL;
    }
    *opened = (opened_command){opened_commands, file, process};
    opened_commands = opened;
    return file;
}

LULL__THREADS(int, pclose, FILE *file)
{
    opened_command **at = &opened_commands;
    while (*at && (*at)->file != file) at = &(*at)->next;
    opened_command *opened = *at;
    if (!opened) return lull__posix_result(ECHILD);
    *at = opened->next;
    pid_t process = opened->process;
    free(opened);
    (void)fclose(file);
    return end_of_command(process, "pclose");
}

#endif
