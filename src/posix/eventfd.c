/* Event counters: a descriptor by which tasks wake each other. (Linux.) */
#include "posix/descriptors.h"

#if defined(__wasm__)

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#define MAX_COUNT (UINT64_MAX - 1)

typedef struct event_counter {
    lull__description description;
    uint64_t count;
    bool is_semaphore;
} event_counter;

static event_counter *counter_of(lull__description *self)
{
    return LULL__CONTAINER(self, event_counter, description);
}

/* A number is in one piece of memory. */
static uint8_t *number_in(const lull__memory *memory)
{
    for (size_t i = 0; i < memory->count; i++) {
        if (memory->vectors[i].buf_len > 0) return memory->vectors[i].buf_len >= 8 ? memory->vectors[i].buf : NULL;
    }
    return NULL;
}

static int counter_read(lull__description *self, const lull__memory *memory, size_t *done)
{
    event_counter *counter = counter_of(self);
    uint8_t *to = number_in(memory);
    if (!to) return EINVAL;
    if (counter->count == 0) return EAGAIN;
    uint64_t taken = counter->is_semaphore ? 1 : counter->count;
    counter->count -= taken;
    memcpy(to, &taken, sizeof taken);
    *done = sizeof taken;
    lull__description_changed(self, LULL__WRITABLE);
    return 0;
}

static int counter_write(lull__description *self, const lull__memory *memory, size_t *done)
{
    event_counter *counter = counter_of(self);
    uint64_t added;
    const uint8_t *from = number_in(memory);
    if (!from) return EINVAL;
    memcpy(&added, from, sizeof added);
    if (added == UINT64_MAX) return EINVAL;
    if (added > MAX_COUNT - counter->count) return EAGAIN;
    counter->count += added;
    *done = sizeof added;
    if (counter->count > 0) lull__description_changed(self, LULL__READABLE);
    return 0;
}

static unsigned counter_state(const lull__description *self)
{
    uint64_t count = ((const event_counter *)(const void *)self)->count;
    return (count > 0 ? LULL__READABLE : 0) | (count < MAX_COUNT ? LULL__WRITABLE : 0);
}

static void counter_close(lull__description *self)
{
    free(counter_of(self));
}

LULL__WEAK int eventfd(unsigned count, int flags)
{
    static const lull__descriptor_kind kind = {.type = __WASI_FILETYPE_UNKNOWN,
                                               .read = counter_read,
                                               .write = counter_write,
                                               .state = counter_state,
                                               .close = counter_close};
    if (flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK)) return lull__posix_result(EINVAL);
    event_counter *counter = (event_counter *)malloc(sizeof *counter);
    if (!counter) return -1;
    lull__description_init(&counter->description, &kind);
    counter->count = count;
    counter->is_semaphore = flags & EFD_SEMAPHORE;
    int fd = lull__number(&counter->description, (lull__number_flags){.is_nonblocking = flags & EFD_NONBLOCK,
                                                                      .closes_on_exec = flags & EFD_CLOEXEC});
    if (fd < 0) free(counter);
    return fd;
}

static int transfer_count(int fd, bool writes, eventfd_t *count)
{
    static const lull__lot_kind reads = {.name = "eventfd_read"}, adds = {.name = "eventfd_write"};
    const __wasi_iovec_t vector = {(uint8_t *)count, sizeof *count};
    const lull__memory memory = {&vector, 1, 0};
    size_t done;
    return lull__posix_result(writes ? lull__number_write(fd, &memory, &adds, &done)
                                     : lull__number_read(fd, &memory, &reads, &done));
}

LULL__WEAK int eventfd_read(int fd, eventfd_t *count)
{
    return transfer_count(fd, false, count);
}

LULL__WEAK int eventfd_write(int fd, eventfd_t count)
{
    return transfer_count(fd, true, &count);
}

#endif
