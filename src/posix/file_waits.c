/* Waits for files whose host answers with promises: see D119. */
#include "posix/file_waits.h"

#if defined(__wasm__)

#include <string.h>

#include "posix/wait.h"

/* Called by the build, in place of the functions without `waits` in their names: the linker is told to keep them. */
int lull__file_waits_answer(unsigned call, int error);
size_t lull__file_waits_await(FILE *file, unsigned char *data, size_t length);

/* JavaScript calls this once an operation has its answer. Negative: the task is gone. */
int lull__used_file_answered(lull_task waiter);

LULL__NOINLINE int lull__used_file_answered(lull_task waiter)
{
    return lull_resume(waiter, 0);
}

static int begun_operation; /* between the begin of a wait and its registration */

static int begin_file_wait(lull_yieldable *self, lull_task waiter)
{
    (void)self;
    lull__host_file_wait(begun_operation, waiter);
    return 0;
}

static lull_yieldable file_waits[] = {
#define FILE_WAIT(name) {begin_file_wait, NULL, #name},
    LULL__FILE_CALL_MAP(FILE_WAIT)
#undef FILE_WAIT
};

/* Returns a status. */
static int wait_for_file(unsigned call, int operation)
{
    begun_operation = lull__never() ? lull__used_file_answered(lull__never()) : operation;
    return lull_yield_to(&file_waits[call], NULL);
}

/* A lull_resume of the task by others does not end the wait. */
static int answer_of(unsigned call, int operation)
{
    int error;
    do {
        int status = wait_for_file(call, operation);
        if (status < 0) {
            error = lull__host_file_leave(operation, status == LULL_ENOSUSPEND);
            return error ? lull__posix_error(file_waits[call].name, status) : 0;
        }
        error = lull__host_file_take(operation);
    } while (error >= LULL__FILE_PENDING);
    return error;
}

LULL__NOINLINE int lull__file_waits_answer(unsigned call, int error)
{
    return error < LULL__FILE_PENDING ? error : answer_of(call, error);
}

LULL__HOOK static int lull__hook_host_of(const lull__descriptor_calls *calls, int fd)
{
    return calls->host(fd, EBADF);
}

static size_t take_ahead(FILE *file, unsigned char *data, size_t length)
{
    size_t ahead = 0;
    const char *from = __freadptr(file, &ahead);
    if (length > ahead) length = ahead;
    memcpy(data, from, length);
    __freadptrinc(file, length);
    return length;
}

LULL__NOINLINE size_t lull__file_waits_await(FILE *file, unsigned char *data, size_t length)
{
    const lull__descriptor_calls *calls = lull__descriptors();
    unsigned call = data ? LULL__FILE_read : LULL__FILE_write;
    for (;;) {
        if (data && __freadahead(file) > 0) return take_ahead(file, data, length);
        int fd = fileno(file);
        if (calls) fd = lull__hook_host_of(calls, fd);
        int operation = fd < 0 ? 0 : lull__host_file_ahead(fd, !data, length);
        if (operation == 0) return 0;
        int status = wait_for_file(call, operation);
        if (status == 0) continue;
        if (!data && status == LULL_ENOSUSPEND) return 0; /* rather than lose it */
        lull__host_file_fail(fd, lull__posix_error(file_waits[call].name, status));
        return 0;
    }
}

#endif
