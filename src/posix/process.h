/*
 * Child processes, which the host starts: each is an external, as is each pipe to one. What the child has of the
 * program's own descriptors, such as a pipe in memory, a task copies. See D117.
 */
#ifndef LULL_POSIX_PROCESS_H
#define LULL_POSIX_PROCESS_H

#include "posix/external.h"

#if defined(__wasm__)

#include <sys/types.h>

/* The descriptors that a child can have. */
#define LULL__STDIO_COUNT 16

/* One of them. */
typedef struct lull__stdio {
    lull__description *description; /* NULL: none */
    bool is_own;                    /* opened for the child alone */
    unsigned pipe;                  /* of popen, whose description it is: LULL__STDIO_INPUT or LULL__STDIO_OUTPUT; 0 */
} lull__stdio;

/* What to start, as it crosses. */
typedef struct lull__start {
    const char *file;
    const char *path; /* where to search for it; NULL: nowhere */
    char *const *arguments;
    char *const *environment;
    const char *folder;
    uint32_t is_detached; /* in a session and a group of its own */
    struct {
        uint32_t kind; /* LULL__STDIO_MAP */
        uint32_t value;
    } stdio[LULL__STDIO_COUNT];
} lull__start;

/* Start a child. Returns its number, or an error number below 0. */
pid_t lull__child_start(lull__start *start, const lull__stdio stdio[LULL__STDIO_COUNT]);
/* No task waits for it any more. */
void lull__child_abandon(pid_t process);

/* How to wait: of waitid. */
typedef struct lull__child_wait {
    bool is_nonblocking;
    bool keeps;    /* WNOWAIT */
    bool persists; /* where the handler of a signal has run meanwhile */
    int status;    /* result */
} lull__child_wait;

/*
 * Wait for a child: as waitpid, `process` is a number, that of a group below 0, -1 for any; 0 likewise, since there is
 * one group. A cancellation point. Returns its number, 0 where none has ended, or an error number below 0. May suspend.
 */
pid_t lull__child_await(pid_t process, lull__child_wait *wait, const lull__lot_kind *kind);

/* The pipe to a child, of popen: without a number. NULL: there is no memory. */
lull__description *lull__pipe_new(bool reads);
void lull__pipe_close(lull__description *pipe);
/* The descriptors of the program, as a child inherits them. */
void lull__stdio_inherit(lull__stdio stdio[LULL__STDIO_COUNT]);
/* The start of a command of the shell. */
lull__start lull__shell(char *const arguments[4]);
/* The shell's arguments. */
#define LULL__SHELL(command)                                                                                           \
    {                                                                                                                  \
        (char *)"sh", (char *)"-c", (char *)(command), NULL                                                            \
    }

#endif

#endif
