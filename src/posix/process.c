/* Child processes: their start, the copies of their input and output, and the waits for their ends. (POSIX.1-2017.) */
#include "posix/process.h"

#if defined(__wasm__)

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "posix/poll.h"
#include "posix/stdin.h"

#define COPIED 16384 /* bytes at a time */

extern char **environ;

/* ---- Signals ----------------------------------------------------------------------------------------------------- */

static const unsigned char signal_numbers[] = {
#define NUMBER(name) (name),
    LULL__SIGNAL_MAP(NUMBER) LULL__CHILD_SIGNAL_MAP(NUMBER)
#undef NUMBER
};
#define SIGNALS (sizeof signal_numbers / sizeof *signal_numbers)

/* ---- Pipes ------------------------------------------------------------------------------------------------------- */

void lull__pipe_close(lull__description *self)
{
    lull__external *external = lull__external_of(self);
    lull__external_end(external);
    free(external);
}

lull__description *lull__pipe_new(bool reads)
{
    static const lull__descriptor_kind kind = {.type = __WASI_FILETYPE_SOCKET_STREAM, /* WASI has none for pipes */
                                               .read = lull__external_read,
                                               .write = lull__external_write,
                                               .state = lull__external_state,
                                               .close = lull__pipe_close};
    lull__external *pipe = (lull__external *)malloc(sizeof *pipe);
    if (!pipe) return NULL;
    lull__external_init(pipe, &kind);
    pipe->description.reads = reads;
    pipe->description.writes = !reads;
    return &pipe->description;
}

/* ---- Children ---------------------------------------------------------------------------------------------------- */

typedef struct lull__child {
    lull__external external; /* READABLE: it has ended */
    lull__observer observer;
    lull__link others; /* all children that nobody has waited for */
    lull__link copiers;
    pid_t process;
    bool is_leader; /* of a group */
    bool is_abandoned;
    bool is_dropped;  /* its end leaves nothing to wait for */
    unsigned outputs; /* copiers to the host: all of them end before it does, to the program */
} lull__child;

/* Copies what a child reads, or writes. */
typedef struct child_copier {
    lull__child *child; /* NULL: it is gone */
    lull__link others;
    lull__description *from;
    lull__description *to;
    lull_task task;
    bool is_input;
    uint8_t bytes[COPIED];
} child_copier;

static lull__link children = {&children, &children};
static lull__lot child_ends; /* tasks that wait for one */

static lull__child *child_of(lull__link *link)
{
    return LULL__CONTAINER(link, lull__child, others);
}

static bool child_has_ended(const lull__child *child)
{
    return (child->external.state & LULL__READABLE) && child->outputs == 0;
}

static void free_child(lull__child *child)
{
    lull__link *link;
    while ((link = child->copiers.next) != &child->copiers) {
        LULL__CONTAINER(link, child_copier, others)->child = NULL;
        lull__list_remove(link);
    }
    lull__list_remove(&child->others);
    lull__external_end(&child->external);
    free(child);
}

static void free_forgotten(void)
{
    lull__link *next;
    for (lull__link *link = children.next; link != &children; link = next) {
        next = link->next;
        lull__child *child = child_of(link);
        if ((child->is_abandoned || child->is_dropped) && child_has_ended(child)) free_child(child);
    }
}

/* A child has ended. Its input has no reader any more. */
static void notice_child_end(lull__observer *observer, unsigned changed)
{
    lull__child *child = LULL__CONTAINER(observer, lull__child, observer);
    (void)changed;
    child->is_dropped = lull__children_are_dropped;
    for (lull__link *link = child->copiers.next; link != &child->copiers; link = link->next) {
        const child_copier *copier = LULL__CONTAINER(link, child_copier, others);
        if (copier->is_input) (void)lull_cancel(copier->task);
    }
    lull__unpark_all(&child_ends);
}

static void child_is_awaited(lull__observer *observer, unsigned *awaited)
{
    (void)observer;
    *awaited = lull__lot_count(&child_ends) > 0;
}

void lull__child_abandon(pid_t process)
{
    for (lull__link *link = children.next; link != &children; link = link->next) {
        if (child_of(link)->process == process) child_of(link)->is_abandoned = true;
    }
}

/* ---- Copies ------------------------------------------------------------------------------------------------------ */

static void end_copier(void *argument)
{
    child_copier *copier = (child_copier *)argument;
    lull__description_release(copier->from);
    lull__description_release(copier->to);
    if (copier->child) {
        lull__list_remove(&copier->others);
        if (!copier->is_input && lull__description_host(copier->to) >= 0) copier->child->outputs--;
        lull__unpark_all(&child_ends);
    }
    free(copier);
}

static lull_value run_copier(void *argument)
{
    static const lull__lot_kind reading = {.name = "the output of a process"}, writing = {.name = "a process"};
    child_copier *copier = (child_copier *)argument;
    lull__thread *self = lull__thread_self();
    if (!self || lull_defer(end_copier, copier) < 0) {
        end_copier(copier);
        return 0;
    }
    self->is_internal = true;
    for (;;) {
        __wasi_iovec_t vector = {copier->bytes, COPIED};
        const lull__memory memory = {.vectors = &vector, .count = 1};
        size_t left, done;
        if (lull__description_transfer(copier->from, false, &memory, &reading, &left) != 0 || left == 0) return 0;
        for (; left > 0; left -= done, vector.buf += done) {
            vector.buf_len = left;
            if (lull__description_transfer(copier->to, true, &memory, &writing, &done) != 0) return 0;
        }
    }
}

/* Give a description of the program's own to a child. Returns an error number. */
static int add_copier(lull__child *child, lull__description *description, bool is_input, lull__description **pipe)
{
    child_copier *copier = (child_copier *)malloc(sizeof *copier);
    *pipe = lull__pipe_new(!is_input);
    if (!copier || !*pipe) {
        free(copier);
        if (*pipe) lull__pipe_close(*pipe);
        return ENOMEM;
    }
    copier->child = child;
    copier->is_input = is_input;
    copier->from = is_input ? description : *pipe;
    copier->to = is_input ? *pipe : description;
    copier->from->references++;
    copier->to->references++;
    if (!is_input && lull__description_host(description) >= 0) child->outputs++;
    lull__list_push_back(&child->copiers, &copier->others);
    copier->task = lull_spawn(run_copier, copier, .name = is_input ? "input of a process" : "output of a process");
    if (copier->task > 0) return 0;
    end_copier(copier);
    return ENOMEM;
}

static void end_copiers(lull__child *child)
{
    while (child->copiers.next != &child->copiers) {
        child_copier *copier = LULL__CONTAINER(child->copiers.next, child_copier, others);
        (void)lull_kill(copier->task); /* which has not begun */
        end_copier(copier);
    }
}

static bool is_stdin(const lull__description *description)
{
    const lull__external *input = lull__stdin_get(NULL); /* the table has it by now */
    return input && description == &input->description;
}

/* What a number of the child is to the host. Returns an error number. */
static int place_stdio(lull__child *child, lull__start *start, int fd, const lull__stdio *stdio)
{
    lull__description *description = stdio->description;
    start->stdio[fd].kind = LULL__STDIO_NONE;
    if (!description) return 0;
    int host = lull__description_host(description);
    if (stdio->pipe) {
        start->stdio[fd].kind = stdio->pipe;
    } else if (host >= 0 && lull__host_shares(host, stdio->is_own) > 0) {
        start->stdio[fd].kind = LULL__STDIO_HOST;
        start->stdio[fd].value = (uint32_t)host;
        return 0;
    } else if (is_stdin(description)) {
        return 0; /* it would be read ahead of the child, which may not read it */
    } else {
        bool is_input = fd == STDIN_FILENO || (fd > STDERR_FILENO && !description->writes);
        int error = add_copier(child, description, is_input, &description);
        if (error) return error;
        start->stdio[fd].kind = is_input ? LULL__STDIO_INPUT : LULL__STDIO_OUTPUT;
    }
    start->stdio[fd].value = (uint32_t)(uintptr_t)lull__external_of(description);
    return 0;
}

/* ---- Start ------------------------------------------------------------------------------------------------------- */

static int send_to_child(pid_t process, int number, int unused)
{
    size_t index = 0;
    (void)unused;
    free_forgotten();
    for (lull__link *link = children.next; link != &children; link = link->next) {
        const lull__child *child = child_of(link);
        bool is_it = child->process == process || (child->is_leader && child->process == -process);
        if (!is_it || child->is_abandoned) continue;
        if (number == 0 || (process > 0 && (child->external.state & LULL__READABLE))) return 0;
        while (index < SIGNALS && signal_numbers[index] != number) index++;
        if (index == SIGNALS) return EINVAL;
        return -lull__host_kill(process, (unsigned)index);
    }
    return ESRCH;
}

pid_t lull__child_start(lull__start *start, const lull__stdio stdio[LULL__STDIO_COUNT])
{
    static const lull__descriptor_kind kind = {.state = lull__external_state};
    free_forgotten();
    lull__child *child = (lull__child *)calloc(1, sizeof *child);
    if (!child) return -ENOMEM;
    lull__external_init(&child->external, &kind);
    lull__list_init(&child->copiers);
    child->observer = (lull__observer){.notice = notice_child_end, .is_awaited = child_is_awaited};
    lull__list_push_back(&child->external.description.observers, &child->observer.link);
    lull__list_push_back(&children, &child->others);
    int result = 0;
    for (int fd = 0; result == 0 && fd < LULL__STDIO_COUNT; fd++) result = -place_stdio(child, start, fd, &stdio[fd]);
    if (result == 0) result = lull__host_spawn(&child->external, start);
    if (result < 0) {
        end_copiers(child);
        free_child(child);
        return result;
    }
    child->process = result;
    child->is_leader = start->is_detached;
    lull__send_to_child = send_to_child;
    return result;
}

void lull__stdio_inherit(lull__stdio stdio[LULL__STDIO_COUNT])
{
    memset(stdio, 0, LULL__STDIO_COUNT * sizeof *stdio);
    (void)lull__descriptors_use();
    for (int fd = 0; fd <= STDERR_FILENO; fd++) stdio[fd].description = lull__description_of(fd);
}

lull__start lull__shell(char *const arguments[4])
{
    static char folder[4096];
    return (lull__start){.file = "/bin/sh",
                         .arguments = arguments,
                         .environment = environ,
                         .folder = getcwd(folder, sizeof folder) ? folder : "/"};
}

/* ---- Waits ------------------------------------------------------------------------------------------------------- */

/* The status, as POSIX's macros take it apart. */
static int wait_status(lull__child *child)
{
    int end = lull__host_settle(&child->external);
    if (end < 0x10000) return end;
    size_t index = (size_t)end - 0x10000;
    return index < SIGNALS ? signal_numbers[index] : SIGKILL;
}

static bool is_meant(const lull__child *child, pid_t process)
{
    if (child->is_abandoned) return false;
    if (process < -1) return child->is_leader && child->process == -process;
    return process <= 0 || child->process == process;
}

pid_t lull__child_await(pid_t process, lull__child_wait *wait, const lull__lot_kind *kind)
{
    bool has_yielded = false;
    lull__point_pass();
    for (;;) {
        bool is_any = false;
        free_forgotten();
        for (lull__link *link = children.next; link != &children; link = link->next) {
            lull__child *child = child_of(link);
            if (!is_meant(child, process)) continue;
            is_any = true;
            if (!child_has_ended(child)) continue;
            pid_t found = child->process;
            wait->status = wait_status(child);
            if (!wait->keeps) free_child(child);
            return found;
        }
        if (!is_any) return -ECHILD;
        if (wait->is_nonblocking) {
            if (has_yielded) return 0;
            lull__poll_yield();
            has_yielded = true;
        } else {
            int status = lull__park_once(&child_ends, NULL, kind, LULL_FOREVER);
            bool goes_on = lull__park_restarts(status) || (wait->persists && status == LULL__EINTR);
            if (status < 0 && !goes_on) return -lull__posix_error(kind->name, status);
        }
    }
}

#endif
