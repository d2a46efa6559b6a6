/* The table of descriptors, and the operations of all kinds. (POSIX.1-2017.) */
#include "posix/file_waits.h"
#include "posix/stdin.h"

#if defined(__wasm__)

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_NUMBERS 65536

#ifndef F_DUPFD_CLOEXEC
#define F_DUPFD_CLOEXEC 1030
#endif

typedef struct numbered {
    lull__description *description; /* NULL: it is free */
    bool closes_on_exec;            /* nothing is executed: it is what F_GETFD says */
} numbered;

static numbered *numbers;
static size_t numbers_room;
static size_t lowest; /* below it none is free */

/* Of the stdio call that is under way: nothing suspends between lull__descriptor_calls.await and the end of it. */
static bool overfills;
static int await_error;

/* ---- Descriptions ------------------------------------------------------------------------------------------------ */

void lull__description_init(lull__description *description, const lull__descriptor_kind *kind)
{
    static unsigned serials;
    *description = (lull__description){.kind = kind, .serial = ++serials, .reads = true, .writes = true};
    lull__list_init(&description->observers);
}

LULL__HOOK static unsigned lull__hook_state(const lull__description *description)
{
    return description->kind->state(description);
}

LULL__HOOK static void lull__hook_notice(lull__observer *observer, unsigned changed)
{
    observer->notice(observer, changed);
}

LULL__HOOK static bool lull__hook_awaited(lull__observer *observer)
{
    unsigned awaited = 1;
    if (observer->is_awaited) observer->is_awaited(observer, &awaited);
    return awaited;
}

LULL__HOOK static void lull__hook_close(lull__description *description)
{
    description->kind->close(description);
}

LULL__HOOK static int lull__hook_transfer(lull__description *description, bool writes, const lull__memory *memory,
                                          size_t *done)
{
    return writes ? description->kind->write(description, memory, done)
                  : description->kind->read(description, memory, done);
}

unsigned lull__description_state(const lull__description *description)
{
    return lull__hook_state(description);
}

void lull__description_changed(lull__description *description, unsigned state)
{
    if (state & ~LULL__WRITABLE) lull__unpark_all(&description->readers);
    if (state & ~LULL__READABLE) lull__unpark_all(&description->writers);
    lull__link *next;
    for (lull__link *link = description->observers.next; link != &description->observers; link = next) {
        next = link->next;
        lull__hook_notice(LULL__CONTAINER(link, lull__observer, link), state);
    }
}

bool lull__description_awaited(const lull__description *description)
{
    if (lull__lot_count(&description->readers) + lull__lot_count(&description->writers) > 0) return true;
    const lull__link *link = description->observers.next;
    for (; link != &description->observers; link = link->next) {
        if (lull__hook_awaited(LULL__CONTAINER(link, lull__observer, link))) return true;
    }
    return false;
}

void lull__description_release(lull__description *description)
{
    lull__description_changed(description, LULL__INVALID);
    if (--description->references > 0) return;
    while (!lull__list_empty(&description->observers)) {
        lull__link *first = description->observers.next;
        lull__list_remove(first);
        lull__hook_notice(LULL__CONTAINER(first, lull__observer, link), 0);
    }
    lull__hook_close(description);
}

/* Of a file behind promises, it waits, and the description may be gone afterwards. */
static int transfer_once(lull__description *description, bool writes, const lull__memory *memory, size_t *done)
{
    int error = lull__hook_transfer(description, writes, memory, done);
    return lull__file_answer(writes ? LULL__FILE_write : LULL__FILE_read, error);
}

/* ---- Descriptors of the host ------------------------------------------------------------------------------------- */

static int host_read(lull__description *self, const lull__memory *memory, size_t *done)
{
    return lull__host_fd_read(self->host, memory->vectors, memory->count, done);
}

static int host_write(lull__description *self, const lull__memory *memory, size_t *done)
{
    return lull__host_fd_write(self->host, memory->vectors, memory->count, done);
}

/* Files are always ready, as everywhere. */
static unsigned host_state(const lull__description *self)
{
    (void)self;
    return LULL__READABLE | LULL__WRITABLE;
}

static int host_close_error; /* of the last close */

static void host_close(lull__description *self)
{
    host_close_error = lull__host_fd_close(self->host);
    free(self);
}

static const lull__descriptor_kind host_kind = {
    .read = host_read, .write = host_write, .state = host_state, .close = host_close};

/* The standard input is the host's number 0, too. */
static void close_stdin(lull__description *self)
{
    lull__stdin_end();
    host_close_error = lull__host_fd_close(self->host);
}

static const lull__descriptor_kind stdin_kind = {
    .read = lull__stdin_receive, .write = host_write, .state = lull__stdin_state, .close = close_stdin};

static bool is_of_host(const lull__description *description)
{
    return description->kind == &host_kind || description->kind == &stdin_kind;
}

bool lull__is_file(const lull__description *description)
{
    __wasi_fdstat_t stat;
    if (description->kind != &host_kind || lull__host_fd_fdstat_get(description->host, &stat) != 0) return false;
    return stat.fs_filetype == __WASI_FILETYPE_REGULAR_FILE || stat.fs_filetype == __WASI_FILETYPE_DIRECTORY;
}

int lull__description_host(const lull__description *description)
{
    return is_of_host(description) ? description->host : -1;
}

int lull__description_transfer(lull__description *description, bool writes, const lull__memory *memory,
                               const lull__lot_kind *kind, size_t *done)
{
    for (;;) {
        *done = 0;
        int error = transfer_once(description, writes, memory, done);
        if (*done > 0) return 0;
        if (error != EAGAIN) return error;
        int status =
            lull__park_once(writes ? &description->writers : &description->readers, description, kind, LULL_FOREVER);
        if (status < 0) return lull__posix_error(kind->name, status);
    }
}

static lull__description *new_host(int host)
{
    lull__description *description = (lull__description *)malloc(sizeof *description);
    if (!description) return NULL;
    lull__description_init(description, &host_kind);
    description->host = host;
    return description;
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

lull__description *lull__description_of(int fd)
{
    return fd >= 0 && (size_t)fd < numbers_room ? numbers[fd].description : NULL;
}

static int make_room(size_t fd)
{
    if (fd < numbers_room) return 0;
    if (fd >= MAX_NUMBERS) return EMFILE;
    size_t room = numbers_room ? numbers_room : 16;
    while (room <= fd) room *= 2;
    numbered *grown = (numbered *)malloc(room * sizeof *grown);
    if (!grown) return ENOMEM;
    if (numbers_room) memcpy(grown, numbers, numbers_room * sizeof *grown);
    memset(grown + numbers_room, 0, (room - numbers_room) * sizeof *grown);
    free(numbers);
    numbers = grown;
    numbers_room = room;
    return 0;
}

/* The lowest free number from `least` on. Returns an error number. */
static int find_free(size_t least, size_t *fd)
{
    *fd = least > lowest ? least : lowest;
    while (*fd < numbers_room && numbers[*fd].description) ++*fd;
    int error = make_room(*fd);
    if (!error && least <= lowest) lowest = *fd;
    return error;
}

static void assign(size_t fd, lull__description *description, bool closes_on_exec)
{
    numbers[fd] = (numbered){description, closes_on_exec};
    description->references++;
}

int lull__number(lull__description *description, lull__number_flags flags)
{
    size_t fd;
    int error = lull__descriptors_use() ? find_free(0, &fd) : ENOMEM;
    if (error) return lull__posix_result(error);
    description->is_nonblocking = flags.is_nonblocking;
    assign(fd, description, flags.closes_on_exec);
    return (int)fd;
}

int lull__number_both(lull__description *const descriptions[2], lull__number_flags flags, int fds[2])
{
    int first = lull__number(descriptions[0], flags);
    if (first < 0) return -1;
    int second = lull__number(descriptions[1], flags);
    if (second < 0) {
        numbers[first] = (numbered){NULL, false};
        descriptions[0]->references--;
        lowest = (size_t)first;
        return -1;
    }
    fds[0] = first;
    fds[1] = second;
    return 0;
}

int lull__number_close(int fd)
{
    lull__description *description = lull__description_of(fd);
    if (!description) return EBADF;
    numbers[fd] = (numbered){NULL, false};
    if ((size_t)fd < lowest) lowest = (size_t)fd;
    host_close_error = 0;
    lull__description_release(description);
    return host_close_error;
}

/* ---- Reading and writing ----------------------------------------------------------------------------------------- */

/* A timeout of 0 is none. */
static int wait_for_number(int fd, bool writes, const lull__lot_kind *kind, double timeout)
{
    lull__description *description = lull__description_of(fd);
    unsigned serial = description->serial;
    double deadline = timeout > 0 ? lull_now() + timeout : LULL_FOREVER;
    int status = lull__park_once(writes ? &description->writers : &description->readers, description, kind, deadline);
    bool is_over = status == LULL_ETIMEDOUT && timeout > 0 && lull_now() + 1e-6 >= deadline;
    if (status < 0 && !is_over && !lull__park_restarts(status)) return lull__posix_error(kind->name, status);
    description = lull__description_of(fd);
    if (!description || description->serial != serial) return EBADF;
    return is_over ? EAGAIN : 0;
}

int lull__number_wait(int fd, bool writes, const lull__lot_kind *kind)
{
    const lull__description *description = lull__description_of(fd);
    return wait_for_number(fd, writes, kind, writes ? description->write_timeout : description->read_timeout);
}

/* The bytes for which a transfer waits; 0: for any. */
static size_t least_of(const lull__description *description, bool writes, const lull__memory *memory)
{
    if (memory->how & LULL__FILL) return lull__memory_size(memory);
    if (writes || !description->read_least) return 0;
    size_t size = lull__memory_size(memory);
    return size < description->read_least ? size : description->read_least;
}

static int transfer(int fd, bool writes, const lull__memory *memory, const lull__lot_kind *kind, size_t *done)
{
    *done = 0;
    lull__point_pass();
    lull__description *description = lull__description_of(fd);
    if (!description || !(writes ? description->writes : description->reads)) return EBADF;
    size_t least = least_of(description, writes, memory);
    bool waits = !description->is_nonblocking && !(memory->how & LULL__DONT_WAIT) && description->kind != &host_kind;
    bool is_input = !writes && description->kind == &stdin_kind;
    bool is_host = is_of_host(description); /* such as a file behind promises, which another task may close meanwhile */
    for (;;) {
        size_t before = *done;
        int error = transfer_once(description, writes, memory, done);
        if (!error && *done > before && *done < least) continue;
        if (error == EAGAIN && waits) {
            bool is_first = !writes && description->read_least && *done == 0;
            error = is_first ? wait_for_number(fd, writes, kind, 0) : lull__number_wait(fd, writes, kind);
            if (!error) continue;
            if (error == EAGAIN && !writes && description->reads_nothing) return 0;
        }
        bool is_over = (!error || error == EIO) && *done == 0 && is_input;
        if (is_over && lull__memory_size(memory) > 0) {
            int interrupted = lull__stdin_rest();
            return error ? error : interrupted;
        }
        bool signals = error == EPIPE && !(memory->how & LULL__NO_SIGNAL) && !is_host;
        if (signals && lull__signal_broken_pipe) lull__signal_broken_pipe();
        return *done > 0 ? 0 : error;
    }
}

int lull__number_read(int fd, const lull__memory *memory, const lull__lot_kind *kind, size_t *done)
{
    return transfer(fd, false, memory, kind, done);
}

int lull__number_write(int fd, const lull__memory *memory, const lull__lot_kind *kind, size_t *done)
{
    return transfer(fd, true, memory, kind, done);
}

static const lull__lot_kind reading = {.name = "read"};
static const lull__lot_kind writing = {.name = "write"};

static int call_read(int fd, const __wasi_iovec_t *vectors, size_t count, size_t *done)
{
    int error = await_error;
    await_error = 0;
    if (error) return error;
    return transfer(fd, false, &(lull__memory){.vectors = vectors, .count = count}, &reading, done);
}

static int call_write(int fd, const __wasi_iovec_t *vectors, size_t count, size_t *done)
{
    int error = await_error;
    await_error = 0;
    if (error) return error;
    unsigned how = overfills ? LULL__OVERFILL : 0;
    return transfer(fd, true, &(lull__memory){.vectors = vectors, .count = count, .how = how}, &writing, done);
}

static void call_awaited(void)
{
    await_error = 0;
    overfills = false;
}

/* Where it fails, so does the call that follows. */
static bool call_await(int fd, bool writes)
{
    const lull__description *description = lull__description_of(fd);
    call_awaited();
    if (!description || description->is_nonblocking) return false;
    overfills = writes;
    if (lull__hook_state(description) & ~(writes ? LULL__READABLE : LULL__WRITABLE)) return false;
    if (writes && !lull_current()) return false; /* rather than lose it */
    int error = lull__number_wait(fd, writes, writes ? &writing : &reading);
    await_error = error;
    overfills = writes;
    return !error;
}

/* ---- Other calls of the C library -------------------------------------------------------------------------------- */

static int call_host(int fd, int other)
{
    const lull__description *description = lull__description_of(fd);
    if (!description) return -EBADF;
    return is_of_host(description) ? description->host : -other;
}

static int call_adopt(int host, int *fd)
{
    size_t found;
    lull__description *description = new_host(host);
    int error = description ? find_free(0, &found) : ENOMEM;
    if (error) {
        free(description);
        (void)lull__host_fd_close(host);
        return error;
    }
    assign(found, description, false);
    *fd = (int)found;
    return 0;
}

static int call_stat(int fd, __wasi_fdstat_t *stat)
{
    const lull__description *description = lull__description_of(fd);
    if (!description) return EBADF;
    if (is_of_host(description)) {
        int error = lull__host_fd_fdstat_get(description->host, stat);
        if (!error && description->is_nonblocking) stat->fs_flags |= __WASI_FDFLAGS_NONBLOCK;
        return error;
    }
    *stat = (__wasi_fdstat_t){
        .fs_filetype = description->kind->type,
        .fs_flags = description->is_nonblocking ? __WASI_FDFLAGS_NONBLOCK : 0,
        .fs_rights_base = (description->reads ? __WASI_RIGHTS_FD_READ : 0) |
                          (description->writes ? __WASI_RIGHTS_FD_WRITE : 0) | __WASI_RIGHTS_POLL_FD_READWRITE,
    };
    return 0;
}

static int call_set_flags(int fd, __wasi_fdflags_t flags)
{
    lull__description *description = lull__description_of(fd);
    if (!description) return EBADF;
    if (description->kind == &host_kind) return lull__host_fd_fdstat_set_flags(description->host, flags);
    description->is_nonblocking = flags & __WASI_FDFLAGS_NONBLOCK;
    return 0;
}

/* Returns the new number, or an error number below 0. */
static int duplicate(int fd, int least, bool closes_on_exec)
{
    lull__description *description = lull__description_of(fd);
    size_t found;
    if (!description) return -EBADF;
    if (least < 0 || least >= MAX_NUMBERS) return -EINVAL;
    int error = find_free((size_t)least, &found);
    if (error) return -error;
    assign(found, description, closes_on_exec);
    return (int)found;
}

static int duplicate_to(int fd, int other, bool closes_on_exec)
{
    lull__description *description = lull__description_of(fd);
    if (!description || other < 0 || other >= MAX_NUMBERS) return -EBADF;
    int error = make_room((size_t)other);
    if (error) return -error;
    lull__description *before = numbers[other].description;
    assign((size_t)other, description, closes_on_exec);
    if (before) lull__description_release(before);
    return other;
}

static int call_renumber(int from, int to)
{
    if (!lull__description_of(from) || !lull__description_of(to)) return EBADF;
    if (from == to) return 0;
    int result = duplicate_to(from, to, numbers[from].closes_on_exec);
    return result < 0 ? -result : lull__number_close(from);
}

static int call_control(int fd, int command, int argument)
{
    if (!lull__description_of(fd)) return -EBADF;
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        return duplicate(fd, argument, command == F_DUPFD_CLOEXEC);
    case F_GETFD:
        return numbers[fd].closes_on_exec ? FD_CLOEXEC : 0;
    case F_SETFD:
        numbers[fd].closes_on_exec = argument & FD_CLOEXEC;
        return 0;
    default:
        return -ENOSYS;
    }
}

static unsigned call_state(int fd)
{
    const lull__description *description = lull__description_of(fd);
    return description ? lull__hook_state(description) : LULL__INVALID;
}

static bool call_observe(int fd, lull__observer *observer)
{
    lull__description *description = lull__description_of(fd);
    if (!description) return false;
    lull__list_push_back(&description->observers, &observer->link);
    return true;
}

/*
 * The numbers that the host has opened stay. Those of stdin, stdout and stderr are taken even where it has not: else
 * printf would write into the first pipe.
 */
static bool start_table(void)
{
    __wasi_fdstat_t stat;
    lull__external *input = lull__stdin_get(&stdin_kind);
    if (input && make_room(0)) return false;
    if (input) assign(0, &input->description, false);
    for (int fd = input != NULL; fd <= STDERR_FILENO || lull__host_fd_fdstat_get(fd, &stat) != EBADF; fd++) {
        lull__description *description = new_host(fd);
        if (!description || make_room((size_t)fd)) {
            free(description);
            return false;
        }
        assign((size_t)fd, description, false);
    }
    return true;
}

LULL__NOINLINE const lull__descriptor_calls *lull__descriptors_use(void)
{
    static const lull__descriptor_calls calls = {
        .read = call_read,
        .write = call_write,
        .await = call_await,
        .awaited = call_awaited,
        .close = lull__number_close,
        .host = call_host,
        .adopt = call_adopt,
        .stat = call_stat,
        .set_flags = call_set_flags,
        .renumber = call_renumber,
        .control = call_control,
        .state = call_state,
        .observe = call_observe,
    };
    if (!numbers && !start_table()) abort(); /* before the program has begun */
    return &calls;
}

/* ---- Functions of POSIX ------------------------------------------------------------------------------------------ */

static int result_or_errno(int result)
{
    return result < 0 ? lull__posix_result(-result) : result;
}

LULL__WEAK int dup(int fd)
{
    (void)lull__descriptors_use();
    return result_or_errno(duplicate(fd, 0, false));
}

LULL__WEAK int dup2(int fd, int other)
{
    (void)lull__descriptors_use();
    if (fd == other) return lull__description_of(fd) ? fd : lull__posix_result(EBADF);
    return result_or_errno(duplicate_to(fd, other, false));
}

int dup3(int fd, int other, int flags);

LULL__WEAK int dup3(int fd, int other, int flags)
{
    (void)lull__descriptors_use();
    if (fd == other || (flags & ~O_CLOEXEC)) return lull__posix_result(EINVAL);
    return result_or_errno(duplicate_to(fd, other, O_CLOEXEC && (flags & O_CLOEXEC)));
}

#endif
