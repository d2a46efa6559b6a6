/* The standard input, for which tasks wait. (POSIX.1-2017.) */
#include "posix/stdin.h"

#if defined(__wasm__)

#include "sched/wait.h"
#include "sched/waiter.h"

static lull__external standard_input;
static enum { STDIN_UNKNOWN, STDIN_OF_HOST, STDIN_OPEN } stdin_state;
static int stdin_await_error; /* of the stdio call that is under way */

lull__external *lull__stdin_get(const lull__descriptor_kind *kind)
{
    if (stdin_state == STDIN_UNKNOWN) {
        lull__external_init(&standard_input, kind);
        stdin_state = STDIN_OPEN;
        if (lull__host_standard_input(&standard_input) < 0) lull__stdin_end();
    }
    return stdin_state == STDIN_OPEN ? &standard_input : NULL;
}

void lull__stdin_end(void)
{
    bool is_open = stdin_state == STDIN_OPEN;
    stdin_state = STDIN_OF_HOST;
    if (!is_open) return;
    lull__description_changed(&standard_input.description, LULL__INVALID); /* the waiters look again */
    lull__external_end(&standard_input);
}

int lull__stdin_receive(lull__description *self, const lull__memory *memory, size_t *done)
{
    if (lull__memory_size(memory) == 0) return 0;
    int result =
        lull__host_receive(lull__external_of(self), memory->vectors, memory->count, *done, memory->how, NULL, NULL);
    if (result < 0) return -result;
    *done += (size_t)result;
    return 0;
}

/* Nothing is read before C asks: for its state, the host reads one piece ahead. */
unsigned lull__stdin_state(const lull__description *self)
{
    lull__external *external = lull__external_of(self);
    if (!(external->state & LULL__READABLE)) (void)lull__host_receive(external, NULL, 0, 0, 0, NULL, NULL);
    return external->state | LULL__WRITABLE;
}

int lull__stdin_rest(void)
{
    int status = lull_current() ? lull_pause(0) : 0;
    return status < 0 ? lull__posix_error("read", status) : 0;
}

/* ---- Without the table ------------------------------------------------------------------------------------------- */

bool lull__is_stdin(int fd)
{
    return fd == 0 && lull__stdin_get(NULL);
}

static int begin_stdin(lull_yieldable *self, lull_task waiter)
{
    (void)self;
    lull__link *waiters = &standard_input.description.readers.waiters;
    if (!waiters->next) lull__list_init(waiters);
    lull__list_push_back(waiters, &lull__waiter_get(waiter)->link);
    return 0;
}

/* Without lull__park, which would link threads. */
static int wait_for_stdin(void)
{
    static lull_yieldable wait = {begin_stdin, lull__end_in_list, "read"};
    lull__point_enter();
    int status = lull_yield_to(&wait, NULL);
    lull__point_leave(status);
    if (status < 0 && !lull__point_restarts) return lull__posix_error(wait.name, status);
    return stdin_state == STDIN_OPEN ? 0 : EBADF;
}

int lull__stdin_read(const __wasi_iovec_t *vectors, size_t count, size_t *done)
{
    const lull__memory memory = {.vectors = vectors, .count = count};
    int error = stdin_await_error;
    stdin_await_error = 0;
    *done = 0;
    if (error) return error;
    lull__point_pass();
    do {
        error = lull__stdin_receive(&standard_input.description, &memory, done);
        bool is_over = error != EAGAIN && *done == 0 && lull__memory_size(&memory) > 0;
        if (is_over) {
            int interrupted = lull__stdin_rest();
            return error ? error : interrupted;
        }
        if (error != EAGAIN || standard_input.description.is_nonblocking) return error;
        error = wait_for_stdin();
    } while (!error);
    return error;
}

bool lull__stdin_await(void)
{
    const lull__description *description = &standard_input.description;
    stdin_await_error = 0;
    if (description->is_nonblocking || (lull__stdin_state(description) & ~LULL__WRITABLE)) return false;
    stdin_await_error = wait_for_stdin();
    return !stdin_await_error;
}

void lull__stdin_awaited(void)
{
    stdin_await_error = 0;
}

void lull__stdin_add_flags(int fd, __wasi_fdstat_t *stat)
{
    if (fd == 0 && standard_input.description.is_nonblocking) stat->fs_flags |= __WASI_FDFLAGS_NONBLOCK;
}

bool lull__stdin_set_flags(int fd, int flags)
{
    if (!lull__is_stdin(fd)) return false;
    standard_input.description.is_nonblocking = flags & __WASI_FDFLAGS_NONBLOCK;
    return true;
}

#endif
